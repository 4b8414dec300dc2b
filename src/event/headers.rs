//! Which headers a Function sees, and how.
//!
//! The docs and the open-source runtime handler each name headers that are removed, and differ in
//! part (`Host`); what either removes is removed here. Two faults of the local handler are not
//! copied: it forgets an empty first value of a repeated header, and fails on a header called
//! `__proto__` or `constructor`.
//!
//! Source: Twilio docs, "Headers and cookies: limitations"; runtime-handler,
//! `checks/restricted-headers.ts` and `route.ts` (`constructHeaders`).

use super::object::{array_index, in_javascript_order};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

const RESTRICTED_PREFIXES: [&str; 6] = [
    "i-twilio-",
    "i-t-",
    "ot-",
    "x-amz",
    "x-forwarded-",
    "x-accel-",
];

const RESTRICTED: [&str; 12] = [
    "connection",
    "expect",
    "host",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];

/// Whether a Function never sees the header.
pub(super) fn is_restricted(name: &HeaderName) -> bool {
    let name = name.as_str();
    RESTRICTED.contains(&name) || RESTRICTED_PREFIXES.iter().any(|p| name.starts_with(p))
}

/// The visible headers: names in lower case, one value as text, several as an array in the order
/// of their arrival.
pub(super) fn visible(headers: &HeaderMap) -> Map<String, Value> {
    let mut visible = Map::with_capacity(headers.keys_len());
    for name in names(headers) {
        let mut values = headers
            .get_all(name)
            .iter()
            .map(|value| Value::String(text(value).into_owned()));
        let value = match (values.next(), values.next()) {
            (Some(only), None) => only,
            (first, second) => first.into_iter().chain(second).chain(values).collect(),
        };
        visible.insert(name.as_str().to_string(), value);
    }
    in_javascript_order(visible)
}

fn names(headers: &HeaderMap) -> impl Iterator<Item = &HeaderName> {
    headers.keys().filter(|name| !is_restricted(name))
}

/// As [`visible`], written without a value in between.
#[derive(Debug)]
pub(super) struct Visible<'a>(pub(super) &'a HeaderMap);

impl Serialize for Visible<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Visible(headers) = self;
        if names(headers).any(|name| array_index(name.as_str()).is_some()) {
            return visible(headers).serialize(serializer);
        }
        let entry = |name| (HeaderName::as_str(name), Values { headers, name });
        serializer.collect_map(names(headers).map(entry))
    }
}

/// All values of one header.
struct Values<'a> {
    headers: &'a HeaderMap,
    name: &'a HeaderName,
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.headers.get_all(self.name);
        let mut values = all.iter();
        match (values.next(), values.next()) {
            (Some(only), None) => serializer.serialize_str(&text(only)),
            _ => serializer.collect_seq(all.iter().map(text)),
        }
    }
}

/// A header's value as Node reads it: each byte is one character (ISO 8859-1).
pub(super) fn text(value: &HeaderValue) -> Cow<'_, str> {
    match value.to_str() {
        Ok(ascii) => Cow::Borrowed(ascii),
        Err(_) => Cow::Owned(latin1(value.as_bytes())),
    }
}

/// Bytes as characters of the same numbers.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn visible_of(headers: &[(&str, &[u8])]) -> Value {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_bytes(value).unwrap(),
            )
        });
        let headers = HeaderMap::from_iter(headers);
        let visible = Value::Object(visible(&headers));
        let written = serde_json::to_string(&Visible(&headers)).unwrap();
        assert_eq!(written, visible.to_string());
        visible
    }

    #[test]
    fn what_either_list_names_is_removed() {
        let lists = "Connection Proxy-Connection Expect Host Proxy-Authorization \
            Proxy-Authenticate Referer Trailer Transfer-Encoding Upgrade Via X-Accel-Expires \
            X-Forwarded-For X-Real-IP I-Twilio-Idempotency-Token I-T-A OT-Tracer \
            X-Amzn-Trace-Id X-Amz-Date";
        for name in lists.split_ascii_whitespace() {
            assert_eq!(visible_of(&[(name, b"1")]), json!({}), "{name}");
        }
        for name in [
            "x-twilio-signature",
            "user-agent",
            "cookie",
            "origin",
            "__proto__",
        ] {
            assert_eq!(visible_of(&[(name, b"1")]), json!({name: "1"}));
        }
    }

    #[test]
    fn repeated_headers_are_arrays_in_the_order_of_arrival() {
        let headers: [(&str, &[u8]); 5] = [
            ("Cache-Control", b"no-cache"),
            ("X-Empty", b""),
            ("cache-control", b"private"),
            ("X-Empty", b""),
            ("1", b"\xe9"),
        ];
        let expected = json!({
            "1": "é", "cache-control": ["no-cache", "private"], "x-empty": ["", ""],
        });
        assert_eq!(visible_of(&headers).to_string(), expected.to_string());
    }
}
