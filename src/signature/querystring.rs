//! A query parsed and written again by Node's legacy module `querystring`.
//!
//! Some of Twilio's back ends signed that form, so twilio-node tries it. Its ways: at most 1,000
//! pairs, names that occur twice move to where they stood first, names that are array indexes come
//! first in rising order, `+` becomes `%20`, and `!'()*` are left as they are.
//!
//! Source: Node `lib/querystring.js` (`parse`, `unescapeBuffer`, `stringify`); the tests compare with it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::HashMap;

const MAX_PAIRS: usize = 1000;

const ESCAPED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// `url` with everything behind its first `?` encoded anew; as it is without a query.
pub(super) fn reencoded(url: &str) -> String {
    match url.split_once('?') {
        Some((_, "")) | None => url.to_string(),
        Some((before, query)) => format!("{before}?{}", stringify(&parse(query))),
    }
}

/// The decoded pairs of `query`, in its order.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .take(MAX_PAIRS)
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (unescape(name), unescape(value))
        })
        .collect()
}

/// The names with their values, in the order of a JavaScript object's keys.
fn parse(query: &str) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for (name, value) in pairs(query) {
        let at = *index.entry(name.clone()).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(value);
    }
    // A stable sort: what is no index keeps its order behind those that are.
    groups.sort_by_key(|(name, _)| array_index(name).unwrap_or(u64::MAX));
    groups
}

/// The number that `name` is, if JavaScript takes it for an array index.
fn array_index(name: &str) -> Option<u64> {
    let number: u32 = name.parse().ok()?;
    (number.to_string() == name && number != u32::MAX).then_some(u64::from(number))
}

fn stringify(groups: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (name, values) in groups {
        for value in values {
            if !text.is_empty() {
                text.push('&');
            }
            text.extend(utf8_percent_encode(name, &ESCAPED));
            text.push('=');
            text.extend(utf8_percent_encode(value, &ESCAPED));
        }
    }
    text
}

/// Decodes `%XX` and `+`; a percent sign without two digits stays.
fn unescape(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_come_out_as_from_node() {
        for (query, expected) in [
            ("a=1&b=2", "a=1&b=2"),
            ("a=it%27s+%2b", "a=it's%20%2B"),
            ("a=1&b&a=2", "a=1&a=2&b="),
            ("b=1&10=x&9=y&01=z", "9=y&10=x&b=1&01=z"),
            ("&&a=1&&", "a=1"),
            ("=x", "=x"),
            ("a==b", "a=%3Db"),
            ("a=%zz&b=%4&c=%ff", "a=%25zz&b=%254&c=%EF%BF%BD"),
            ("a=%4%41&b=%%41", "a=%254A&b=%25A"),
        ] {
            assert_eq!(
                reencoded(&format!("https://h/?{query}")),
                format!("https://h/?{expected}")
            );
        }
        assert_eq!(reencoded("https://h/?"), "https://h/?");
        assert_eq!(reencoded("https://h/"), "https://h/");
    }
}
