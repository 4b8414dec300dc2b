//! Which bytes of a file the `Range` header asks for.
//!
//! One range is honoured and several that do not touch are answered with the whole file, as
//! Express does; the parts of the header that make no sense are passed over, and a header without
//! any sensible part is unsatisfiable. The `http-range-header` crate was turned down: it refuses a
//! header as a whole, and the rules wanted here are these forty lines.
//!
//! One rule is RFC 9110's and not Express's: a suffix longer than the file means the whole file
//! (14.1.2), where Express answers 416. CDNs, and so presumably the cloud, follow the RFC.
//!
//! Source: npm `range-parser` 1.2.1, as called by `send` 0.19.

use std::ops::Range;

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it, with status 200.
    Whole,
    /// These bytes (never none), with status 206.
    Part(Range<u64>),
    /// Nothing: 416.
    Unsatisfiable,
}

/// Reads the value of a `Range` header for a file of `length` bytes.
pub(super) fn wanted(header: &str, length: u64) -> Wanted {
    let Some(set) = header.trim_start_matches(' ').strip_prefix("bytes=") else {
        return Wanted::Whole;
    };
    let mut ranges: Vec<Range<u64>> = set.split(',').filter_map(|one| part(one, length)).collect();
    ranges.sort_unstable_by_key(|range| range.start);
    let mut ranges = ranges.into_iter();
    let Some(mut joined) = ranges.next() else {
        return Wanted::Unsatisfiable;
    };
    for next in ranges {
        if next.start > joined.end {
            return Wanted::Whole;
        }
        joined.end = joined.end.max(next.end);
    }
    Wanted::Part(joined)
}

/// `first-last`, `first-` or `-suffix`; `None` if it selects nothing.
fn part(text: &str, length: u64) -> Option<Range<u64>> {
    let mut numbers = text.split('-').map(leading_number);
    let range = match (numbers.next()?, numbers.next().flatten()) {
        (None, suffix) => length.saturating_sub(suffix?)..length,
        (Some(first), None) => first..length,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(length),
    };
    (range.start < range.end).then_some(range)
}

/// JavaScript's `parseInt(text, 10)`, but for the minus, at which the text was split. A number
/// too large is as good as the largest: no file is that long.
fn leading_number(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Wanted::{Part, Unsatisfiable, Whole};

    #[test]
    fn a_range_of_a_hundred_bytes() {
        for (header, expected) in [
            ("bytes=0-9", Part(0..10)),
            ("bytes=0-0", Part(0..1)),
            ("bytes=90-", Part(90..100)),
            ("bytes=-10", Part(90..100)),
            ("bytes=-100", Part(0..100)),
            ("bytes=-101", Part(0..100)),
            ("bytes=99-500", Part(99..100)),
            ("bytes=100-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-2", Unsatisfiable),
            ("bytes=", Unsatisfiable),
            ("bytes=a-b", Unsatisfiable),
            ("bytes=--5", Unsatisfiable),
            ("bytes=7", Part(7..100)),
            ("bytes=0-99999999999999999999999", Part(0..100)),
            ("bytes=99999999999999999999999-", Unsatisfiable),
            (
                "bytes=18446744073709551615-18446744073709551615",
                Unsatisfiable,
            ),
            ("bytes=0-18446744073709551615", Part(0..100)),
            ("bytes=0-4,5-9", Part(0..10)),
            ("bytes=50-59,40-52", Part(40..60)),
            ("bytes=0-4,6-9", Whole),
            ("bytes=0-4,x,200-", Part(0..5)),
            ("  bytes=0-4", Part(0..5)),
            ("Bytes=0-4", Whole),
            ("items=0-4", Whole),
            ("0-4", Whole),
            ("", Whole),
        ] {
            assert_eq!(wanted(header, 100), expected, "{header}");
        }
    }

    #[test]
    fn nothing_of_an_empty_file_can_be_had() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(wanted(header, 0), Unsatisfiable, "{header}");
        }
    }

    #[test]
    fn a_header_of_many_ranges_is_soon_read() {
        let many = format!("bytes={}", "9-,".repeat(30_000));
        assert_eq!(wanted(&many, 100), Part(9..100));
    }
}
