//! Numbers of the command line: what is wanted is said where something else was typed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What a port is, for whoever wrote something else.
pub(super) const A_PORT: &str = "a port is a number from 0 to 65535";

/// A port, as a flag has it.
pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| A_PORT.to_string())
}

/// What takes a number in `range`: clap's own words for what is none are those of Rust.
pub(super) fn within<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Clone,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("it is to be a number from {least} to {most}")
        })
    }
}

/// The number of an exchange, bare or as lines show it: `#12`.
pub(super) fn exchange(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix('#').unwrap_or(text);
    number
        .parse()
        .map_err(|_| "it is to be the number behind `#` in a line, such as 12".to_string())
}
