//! Attributes read as Twilio reads them: a value that it cannot have counts as none.

use super::step::Callback;
pub(super) use crate::twiml::whole;
use crate::twiml::{Element, Method, resolve};
use std::time::Duration;

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

/// The words of an attribute that names events; `otherwise` if it is not there.
pub(super) fn words(element: &Element, name: &str, otherwise: &str) -> Vec<String> {
    let words = element.value(name).unwrap_or(otherwise).split_whitespace();
    words.map(str::to_ascii_lowercase).collect()
}

/// The address that the attribute `name` names, and how `nameMethod` says it is told.
pub(super) fn callback(element: &Element, name: &str, base: &str) -> Option<Callback> {
    let url = text(element, name)?;
    Some(Callback {
        attribute: name.to_string(),
        url: resolve(base, &url).unwrap_or(url),
        method: method(element, &format!("{name}Method")),
    })
}

/// Text as it is shown and spoken: white space, line breaks too, is one space.
pub(super) fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
