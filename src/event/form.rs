//! Bodies of type `application/x-www-form-urlencoded`.
//!
//! Flat: brackets are ordinary characters of a name, unlike in the query. A name that comes twice
//! becomes an array. The crate `form_urlencoded` was turned down: it follows the WHATWG rules,
//! which replace every broken byte, where Node first tries to decode a field as a whole.
//!
//! Source: body-parser 1.20.9 `urlencoded({extended: false})`, which is Node's
//! `querystring.parse`.

use super::{charset, percent};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The number of `&`-separated parts that body-parser reads at most, empty ones included.
pub const PARAMETER_LIMIT: usize = 1000;

/// The fields of a form: names and values, decoded.
pub type FormPairs = Vec<(String, String)>;

/// The fields of a form, flat, in the order of their arrival and with every duplicate: what a
/// signature is computed over.
///
/// `body` is the raw body, taken as UTF-8 with an optional byte order mark; what is no UTF-8
/// becomes U+FFFD. Nothing is refused, and there is no limit but the body's length.
pub fn pairs(body: &[u8]) -> FormPairs {
    let mut pairs = Vec::with_capacity(parts(body).min(PARAMETER_LIMIT));
    pairs.extend(split(&charset::decode_utf8(body)));
    pairs
}

fn parts(body: &[u8]) -> usize {
    1 + body.iter().filter(|byte| **byte == b'&').count()
}

/// The fields of the form `body` as an object, or `None` with more than [`PARAMETER_LIMIT`] parts.
/// `read` is what [`pairs`] has read of it, where that was done.
pub(super) fn parse(body: &[u8], read: Option<FormPairs>) -> Option<Map<String, Value>> {
    let parts = parts(body);
    if parts > PARAMETER_LIMIT {
        return None;
    }
    let mut fields = Map::with_capacity(parts);
    for (name, value) in read.unwrap_or_else(|| pairs(body)) {
        let value = Value::String(value);
        match fields.entry(name) {
            Entry::Vacant(field) => {
                field.insert(value);
            }
            Entry::Occupied(field) => match field.into_mut() {
                Value::Array(values) => values.push(value),
                first => *first = Value::Array(vec![first.take(), value]),
            },
        }
    }
    Some(fields)
}

fn split(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        // Most are, and one look is cheaper than those below.
        let is_plain = !part.bytes().any(|byte| matches!(byte, b'%' | b'+'));
        if is_plain {
            return (name.to_string(), value.to_string());
        }
        let first = first_escape(name, true);
        // Node goes on looking for an escape of the value while it is still in the name.
        let again = first.and_then(|end| first_escape(&name[end..], false));
        let value_encoded = again.or_else(|| first_escape(value, false)).is_some();
        (decode(name, first.is_some()), decode(value, value_encoded))
    })
}

fn decode(component: &str, encoded: bool) -> String {
    let spaced = match component.contains('+') {
        true => Cow::Owned(component.replace('+', " ")),
        false => Cow::Borrowed(component),
    };
    if !encoded {
        return spaced.into_owned();
    }
    match percent::decode_uri_component(&spaced) {
        Some(decoded) => decoded.into_owned(),
        None => percent::unescape_leniently(&spaced),
    }
}

/// Where the first `%` with two hexadecimal digits ends: without one, Node decodes nothing. In a
/// value (not in a name) it overlooks any `+` in between. All of this shows only where the lenient
/// decoding then mangles other characters.
fn first_escape(component: &str, plus_interrupts: bool) -> Option<usize> {
    let mut matched = 0;
    for (at, byte) in component.bytes().enumerate() {
        matched = match byte {
            b'%' => 1,
            b'+' if !plus_interrupts => matched,
            _ if matched > 0 && byte.is_ascii_hexdigit() => matched + 1,
            _ => 0,
        };
        if matched == 3 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_rules_for_forms() {
        for (body, fields) in [
            ("a=1&a=2", json!({"a": ["1", "2"]})),
            ("a=1&a=2&a=3", json!({"a": ["1", "2", "3"]})),
            ("b[c]=3&d[]=4", json!({"b[c]": "3", "d[]": "4"})),
            ("x=&y", json!({"x": "", "y": ""})),
            ("=1&=", json!({"": ["1", ""]})),
            ("a+b=c+d%20e%2B", json!({"a b": "c d e+"})),
            ("a=b=c", json!({"a": "b=c"})),
            ("&&a=1&", json!({"a": "1"})),
            ("", json!({})),
            (
                "a=100%&b=%ff%41&c=%",
                json!({"a": "100%", "b": "\u{fffd}A", "c": "%"}),
            ),
            ("é=é&__proto__=1", json!({"é": "é", "__proto__": "1"})),
        ] {
            let body = body.as_bytes();
            for read in [None, Some(pairs(body))] {
                assert_eq!(parse(body, read).map(Value::Object), Some(fields.clone()));
            }
        }
    }

    #[test]
    fn the_limit_counts_parts() {
        assert!(parse(&b"&".repeat(PARAMETER_LIMIT - 1), None).is_some());
        assert!(parse(&b"&".repeat(PARAMETER_LIMIT), None).is_none());
    }

    #[test]
    fn pairs_keep_order_and_duplicates() {
        let expected = [("b", "1"), ("a", "x y"), ("b", "2"), ("c[0]", "")];
        let expected = expected.map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(pairs(b"\xef\xbb\xbfb=1&a=x+y&&b=2&c%5B0%5D"), expected);
        assert_eq!(
            pairs(b"a=\xff"),
            [("a".to_string(), "\u{fffd}".to_string())]
        );
        assert_eq!(pairs(&b"&a".repeat(5000)).len(), 5000);
    }
}
