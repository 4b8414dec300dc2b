//! Attributes read as Twilio reads them: a value that it cannot have counts as none.

use crate::twiml::{Element, Method};
use std::time::Duration;

pub(super) fn whole(element: &Element, name: &str) -> Option<u32> {
    element.value(name)?.trim().parse().ok()
}

pub(super) fn seconds(element: &Element, name: &str, otherwise: u32) -> Duration {
    Duration::from_secs(whole(element, name).unwrap_or(otherwise).into())
}

pub(super) fn is_true(element: &Element, name: &str) -> bool {
    element.value(name) == Some("true")
}

pub(super) fn method(element: &Element, name: &str) -> Method {
    let named = element.value(name).and_then(Method::named);
    named.unwrap_or(Method::Post)
}

/// The text of an attribute, if there is any.
pub(super) fn text(element: &Element, name: &str) -> Option<String> {
    let value = element.value(name)?.trim();
    (!value.is_empty()).then(|| value.to_string())
}

/// Text as it is shown and spoken: white space, line breaks too, is one space.
pub(super) fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
