//! Bodies of JSON, beside a reader that others wrote.

use super::{event, is_json};
use http::Uri;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use switchboard::Event;
use switchboard::event::BodyRejected;

fn of(body: &[u8]) -> Result<Event, BodyRejected> {
    let json: (_, &[u8]) = (CONTENT_TYPE, b"application/json");
    event(Uri::from_static("/"), &[json], body)
}

pub(super) fn holds(data: &[u8]) {
    // A byte order mark is passed over, and what is no UTF-8 is replaced, as body-parser does.
    let text = String::from_utf8_lossy(data);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let theirs = serde_json::from_str::<Value>(text);
    match of(data) {
        Ok(event) => {
            is_json(&event);
            let own = Value::Object(event.parameters().clone()).to_string();
            let again = of(own.as_bytes()).expect("what was read can be read again");
            assert_eq!(Value::Object(again.parameters().clone()).to_string(), own);
            // Ours takes no more than is known: nothing at all, halves of surrogate pairs, and numbers
            // that are beyond a double.
            let known = text.trim().is_empty() || text.contains("\\u") || text.contains(['e', 'E']);
            assert!(theirs.is_ok() || known || data.len() > 300, "{data:?}");
        }
        Err(error) => {
            assert!(error.status().is_client_error());
            let Ok(Value::Object(map)) = theirs else {
                return;
            };
            assert!(depth(&Value::Object(map)) > 100, "{data:?}: {error}");
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
