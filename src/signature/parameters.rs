//! Form parameters as they are signed.
//!
//! Source: twilio-node 6.2.0, `getExpectedTwilioSignature` and `toFormUrlEncodedParam`.

use std::cmp::Ordering;

/// The order of JavaScript's `Array.prototype.sort` on strings: by UTF-16 unit, which differs from
/// the order of code points beyond the basic plane.
fn javascript_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// The parameters in the order in which they are signed: sorted by name, then by value; a pair that
/// occurs twice counts once.
pub(super) fn in_signing_order(params: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut sorted: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // Where all is ASCII the order of bytes is the same, and most is.
    if params
        .iter()
        .all(|(name, value)| name.is_ascii() && value.is_ascii())
    {
        sorted.sort_unstable();
    } else {
        sorted.sort_unstable_by(|a, b| {
            javascript_order(a.0, b.0).then_with(|| javascript_order(a.1, b.1))
        });
    }
    sorted.dedup();
    sorted
}

/// The text that follows the URL in what is hashed: names and values without any separator.
pub(super) fn parameter_text(params: &[(String, String)]) -> String {
    joined(&in_signing_order(params))
}

/// Names and values one after the other, in the order given.
pub(super) fn joined(params: &[(&str, &str)]) -> String {
    let length = params.iter().map(|(n, v)| n.len() + v.len()).sum();
    let mut text = String::with_capacity(length);
    for (name, value) in params {
        text.push_str(name);
        text.push_str(value);
    }
    text
}
