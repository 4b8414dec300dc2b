//! The `Cookie` header as an object.
//!
//! Names keep their case and are not decoded; the first of duplicates wins; quotes around a value
//! are dropped; a value that does not percent-decode stays as it is; `j:` starts a JSON value.
//!
//! Source: npm cookie 0.7.2 (`parse`), cookie-parser 1.4.7 (`JSONCookies`).

use super::json;
use super::object::in_javascript_order;
use super::percent::decode_uri_component;
use crate::truthy::is_truthy;
use serde_json::{Map, Value};

/// The cookies of one header (several are joined by `; ` first).
pub(super) fn parse(header: &str) -> Map<String, Value> {
    let mut cookies = Map::new();
    // One character is no cookie to the original, though `a;=` ends in one just like it.
    let mut rest = if header.len() < 2 { "" } else { header };
    while let Some(equals) = rest.find('=') {
        // What precedes the last `;` before the `=` has no value: the original passes over it.
        let start = rest[..equals]
            .rfind(';')
            .map_or(0, |semicolon| semicolon + 1);
        let end = rest[equals..].find(';').map_or(rest.len(), |i| equals + i);
        let name = trim(&rest[start..equals]);
        // Assigning text to `__proto__` of a plain object does nothing.
        if name != "__proto__" && !cookies.contains_key(name) {
            cookies.insert(name.to_string(), value(&rest[equals + 1..end]));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    in_javascript_order(cookies)
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn value(text: &str) -> Value {
    let text = trim(text);
    let text = match text.strip_prefix('"') {
        Some("") => "",
        Some(quoted) => quoted.strip_suffix('"').unwrap_or(text),
        None => text,
    };
    let decoded = decode_uri_component(text).unwrap_or(text.into());
    decoded
        .strip_prefix("j:")
        .and_then(|json| json::parse(json).ok())
        // cookie-parser takes over only what is true; a `null` that stands for an infinite number (see
        // [`json`]) is thus kept as text.
        .filter(is_truthy)
        .unwrap_or_else(|| Value::String(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_rules_for_cookies() {
        for (header, cookies) in [
            ("", json!({})),
            ("a", json!({})),
            ("=", json!({})),
            ("a=1; B=2;c = 3 ", json!({"a": "1", "B": "2", "c": "3"})),
            ("a=1; a=2", json!({"a": "1"})),
            (
                "a=%20%C3%A9; b=%; c=%ff",
                json!({"a": " é", "b": "%", "c": "%ff"}),
            ),
            (
                r#"a="x y"; b="; c="x"#,
                json!({"a": "x y", "b": "", "c": "\"x"}),
            ),
            ("a; b; c=1; =2; d=", json!({"c": "1", "": "2", "d": ""})),
            ("a=b=c", json!({"a": "b=c"})),
            ("__proto__=1; %41=2", json!({"%41": "2"})),
            ("b=1; 1=2", json!({"1": "2", "b": "1"})),
            (
                r#"a=j:{"b":[1]}; c=j:5; d=j:{"#,
                json!({"a": {"b": [1]}, "c": 5, "d": "j:{"}),
            ),
            (
                "a=j:0; b=j:null; c=j:\"\"; d=J:1",
                json!({"a": "j:0", "b": "j:null", "c": "j:\"\"", "d": "J:1"}),
            ),
        ] {
            let parsed = Value::Object(parse(header));
            assert_eq!(parsed.to_string(), cookies.to_string(), "{header}");
        }
    }
}
