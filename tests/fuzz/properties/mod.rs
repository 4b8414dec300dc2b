//! What holds for every input, however strange: one function for each target, which panics where it
//! does not hold.
//!
//! The targets of `tests/fuzz` search for inputs that break them; `tests/it/fuzz.rs` runs them on
//! the kept inputs and on mutations of those, with every `cargo test`.

mod conditions;
mod cookie;
mod dotenv;
mod form;
mod frames;
mod json;
mod jwt;
mod phone;
mod project;
mod query;
mod range;
mod rest;
mod signature;
mod twiml;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::sync::Arc;
use switchboard::Event;
use switchboard::event::{BodyRejected, RequestHead};

/// A property of all inputs.
pub(crate) type Property = fn(&[u8]);

/// All targets by name.
pub(crate) const ALL: [(&str, Property); 15] = [
    ("conditions", conditions::hold),
    ("cookie", cookie::holds),
    ("dotenv", dotenv::holds),
    ("form", form::holds),
    ("frames", frames::hold),
    ("json", json::holds),
    ("jwt", jwt::holds),
    ("phone", phone::holds),
    ("query", query::holds),
    ("range", range::holds),
    ("rc", project::rc_holds),
    ("rest", rest::holds),
    ("services", project::services_hold),
    ("signature", signature::holds),
    ("twiml", twiml::holds),
];

/// The event of a request with that target, those headers and that body.
fn event(uri: Uri, headers: &[(HeaderName, &[u8])], body: &[u8]) -> Result<Event, BodyRejected> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append(name, value);
        }
    }
    let head = RequestHead {
        method: Method::POST,
        uri,
        headers: map,
    };
    Event::from_request(Arc::new(head), &Bytes::copy_from_slice(body))
}

/// The same text with every byte escaped that could mean anything.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// What handlers get is JSON for every reader, those with a bound on nesting included.
fn is_json(event: &Event) {
    let text = event.to_json().to_string();
    let again = serde_json::from_str::<serde_json::Value>(&text);
    assert!(again.is_ok(), "{text}");
}
