//! The request target and its query.

use super::{escaped, event, form, is_json};
use http::Uri;
use serde_json::{Map, Value};
use switchboard::RoutePath;

pub(super) fn holds(data: &[u8]) {
    let Ok(uri) = Uri::from_maybe_shared(bytes::Bytes::copy_from_slice(data)) else {
        return;
    };
    if let Ok(path) = RoutePath::new(uri.path()) {
        let again = RoutePath::new(path.as_str()).expect("a path is a path");
        assert_eq!(again.as_str(), path.as_str());
    }
    let query = uri.query().unwrap_or_default().to_string();
    let event = event(uri, &[], &[]).expect("no query is refused");
    is_json(&event);
    assert!(event.parameters().len() <= 1000);
    assert!(leaves(event.parameters()) <= 1001 + query.matches('[').count());
    // Where names are plain, a query is what a form of the same text is.
    if is_plain(&query) && query.split('&').count() <= 1000 {
        let form = form::of(query.as_bytes()).expect("a short form");
        let text = |map: &Map<String, Value>| Value::Object(map.clone()).to_string();
        assert_eq!(text(event.parameters()), text(form.parameters()));
    }
    // Fully escaped, flat parameters come back as they are, whatever they hold.
    let flat: Vec<(&String, &str)> = event
        .parameters()
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .filter(|(name, _)| !name.is_empty() && !name.contains(['[', ']']))
        .collect();
    let text: Vec<String> = flat
        .iter()
        .map(|(name, value)| format!("x{}={}", escaped(name), escaped(value)))
        .collect();
    let Ok(uri) = Uri::try_from(format!("/?{}", text.join("&"))) else {
        return; // Longer than a target may be.
    };
    let again = super::event(uri, &[], &[]).expect("no query is refused");
    assert_eq!(again.parameters().len(), flat.len());
    for (name, value) in flat {
        assert_eq!(again.text(&format!("x{name}")), Some(value));
    }
}

/// Only letters, digits and spaces in names and values, and no name is empty.
fn is_plain(query: &str) -> bool {
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+');
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .all(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            !name.is_empty() && word(name) && word(value)
        })
}

fn leaves(map: &Map<String, Value>) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::Array(values) => values.iter().map(of).sum::<usize>().max(1),
            Value::Object(map) => leaves(map).max(1),
            _ => 1,
        }
    }
    map.values().map(of).sum()
}
