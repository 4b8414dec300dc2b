//! Values of attributes.

use crate::spelling::{self, quoted};
use crate::twiml::Method;
use crate::twiml::schema::Kind;

/// What is wrong with a value of this kind, and the cure, to follow the attribute's name.
pub(super) fn problem(kind: Kind, value: &str) -> Option<String> {
    match kind {
        Kind::Text => None,
        Kind::Boolean => one_of(value, &["true", "false"]),
        Kind::OneOf(known) => one_of(value, known),
        Kind::SomeOf(known) => value
            .split_whitespace()
            .find_map(|word| one_of(word, known)),
        Kind::Method => match Method::named(value) {
            Some(_) => None,
            None => Some(format!("is {} and must be `GET` or `POST`", quoted(value))),
        },
        Kind::Whole(least, most) => whole(value, least, most),
        Kind::WholeOrAuto(..) if value == "auto" => None,
        Kind::WholeOrAuto(least, most) => whole(value, least, most),
        Kind::Url(..) => url(value),
        Kind::Socket => match value.trim().get(..6) {
            Some(scheme) if scheme.eq_ignore_ascii_case("wss://") => None,
            _ => Some(format!("is {} and must begin with `wss://`", quoted(value))),
        },
        Kind::Keys => {
            let unknown = value
                .chars()
                .find(|c| !matches!(c, '0'..='9' | '#' | '*'))?;
            Some(format!(
                "has `{unknown}`, which is no key: the keys are `0` to `9`, `#` and `*`"
            ))
        }
        Kind::Tones => {
            let unknown = value.chars().find(
                |c| !matches!(c, '0'..='9' | '#' | '*' | 'w' | 'W' | 'A'..='D' | 'a'..='d' | ','),
            )?;
            Some(format!(
                "has `{unknown}`, which cannot be pressed: write digits, `#`, `*`, and `w` for half a second"
            ))
        }
        Kind::Sid(prefix) => match is_sid(value, prefix) {
            true => None,
            false => Some(format!(
                "is {} and must be `{prefix}` with 32 hexadecimal digits",
                quoted(value)
            )),
        },
        Kind::Language => match is_language(value) {
            true => None,
            false => Some(format!(
                "is {}: write a language such as `en-US`",
                quoted(value)
            )),
        },
        Kind::Voice => voice(value),
    }
}

fn one_of(value: &str, known: &[&str]) -> Option<String> {
    if known.contains(&value) {
        return None;
    }
    let help = spelling::help(value, known.iter().copied(), "it is one of");
    Some(format!("is {}: {help}", quoted(value)))
}

fn whole(value: &str, least: u32, most: u32) -> Option<String> {
    if number(value, least, most).is_some() {
        return None;
    }
    let value = value.trim();
    // To whom wrote a number the bound is told that it is beyond, though Twilio's own is not known.
    let bounds = match most {
        u32::MAX if !are_digits(value) => format!("a whole number from {least}"),
        _ => format!("a whole number from {least} to {most}"),
    };
    Some(format!("is {} and must be {bounds}", quoted(value)))
}

/// The whole number that `value` is, if it is one within the bounds.
pub(super) fn number(value: &str, least: u32, most: u32) -> Option<u32> {
    let value = value.trim();
    let number = value.parse().ok().filter(|_| are_digits(value));
    number.filter(|number| (least..=most).contains(number))
}

fn are_digits(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_ascii_digit())
}

/// What no address has. Whether it leads anywhere is for those to say who know the routes.
pub(super) fn url(value: &str) -> Option<String> {
    let value = value.trim();
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some(format!(
            "is {}: an address has no white space, write `%20`",
            quoted(value)
        ));
    }
    let scheme = value.split_once(':').map(|(scheme, _)| scheme)?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let known = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    (is_scheme && !known)
        .then(|| format!("is {}: Twilio asks `http` and `https` only", quoted(value)))
}

fn is_sid(value: &str, prefix: &str) -> bool {
    let rest = value.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.len() == 32 && rest.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The form of a tag, such as `arb`, `en-US`, `cmn-Hans-CN`; `multi` is one that Twilio has added.
fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

/// The basic voices, and the makers of the others; their voices come and go.
fn voice(value: &str) -> Option<String> {
    let basic = ["man", "woman", "alice"];
    let makers = ["polly.", "google.", "elevenlabs."];
    let lower = value.to_ascii_lowercase();
    let known = basic.contains(&lower.as_str())
        || makers
            .iter()
            .any(|maker| lower.len() > maker.len() && lower.starts_with(maker));
    (!known).then(|| {
        format!(
            "is {}: write `man`, `woman`, or a voice with its maker, such as `Polly.Joanna`",
            quoted(value)
        )
    })
}
