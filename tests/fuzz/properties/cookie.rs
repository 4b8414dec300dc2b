//! The `Cookie` header.

use super::{escaped, event, is_json};
use http::Uri;
use http::header::COOKIE;
use serde_json::{Map, Value};

fn of(header: &[u8]) -> Map<String, Value> {
    let event = event(Uri::from_static("/"), &[(COOKIE, header)], &[]).expect("no body");
    is_json(&event);
    event.request().cookies()
}

pub(super) fn holds(data: &[u8]) {
    let cookies = of(data);
    assert!(cookies.len() <= data.iter().filter(|byte| **byte == b'=').count());
    assert!(cookies.keys().all(|name| !name.contains([';', '='])));
    // Written again with values escaped, those that are text come back.
    let texts: Vec<(&String, &str)> = cookies
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .filter(|(_, value)| !value.starts_with("j:"))
        .collect();
    let header: Vec<String> = texts
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    let header = header.join("; ");
    // The bytes of a header are characters of Latin-1.
    let bytes: Option<Vec<u8>> = header.chars().map(|c| u8::try_from(c).ok()).collect();
    let Some(bytes) = bytes.filter(|bytes| bytes.len() > 1) else {
        return;
    };
    let again = of(&bytes);
    assert_eq!(again.len(), texts.len(), "{header:?}");
    for (name, value) in texts {
        assert_eq!(again[name], value, "{header:?}");
    }
}
