//! Bodies of forms: what handlers get, and what signatures are computed over.

use super::{escaped, event, is_json};
use http::Uri;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use switchboard::Event;
use switchboard::event::{BodyRejected, form};

pub(super) fn of(body: &[u8]) -> Result<Event, BodyRejected> {
    let form: (_, &[u8]) = (CONTENT_TYPE, b"application/x-www-form-urlencoded");
    event(Uri::from_static("/"), &[form], body)
}

pub(super) fn holds(data: &[u8]) {
    let pairs = form::pairs(data);
    // Escaped wholly, they are read as they were.
    let text: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    assert_eq!(form::pairs(text.join("&").as_bytes()), pairs);
    let Ok(event) = of(data) else {
        let parts = data.iter().filter(|byte| **byte == b'&').count() + 1;
        assert!(
            parts > form::PARAMETER_LIMIT,
            "a form of {parts} is refused"
        );
        return;
    };
    is_json(&event);
    // Every pair that is signed reaches the handler, in the order of its name's values.
    let mut reached: Vec<(String, String)> = Vec::new();
    for (name, value) in event.parameters() {
        let values = match value {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        let text = |value: Value| value.as_str().expect("forms are flat").to_string();
        reached.extend(values.into_iter().map(|v| (name.clone(), text(v))));
    }
    let by_name = |mut pairs: Vec<(String, String)>| {
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        pairs
    };
    assert_eq!(by_name(reached), by_name(pairs));
}
