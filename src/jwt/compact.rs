//! The text form of a token, `header.payload.signature`, taken apart as npm's `jws` does it.
//!
//! `jws` looks at the characters first (a regular expression), then decodes with Node's `Buffer`,
//! which is lenient: bits that are left over are ignored, and so is a single character after the
//! last whole group. The header's bytes are read as Latin-1, the payload's as UTF-8 with U+FFFD for
//! what is not; both can be seen from outside, so both are kept.
//!
//! Source: jws 4 `lib/verify-stream.js`; Node `Buffer.from(text, 'base64')`.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// The parts of a token whose characters are those of a token.
pub(super) struct Compact<'t> {
    /// `header.payload`, as it was signed.
    pub(super) signed: &'t str,
    /// The decoded header: any JSON that JavaScript holds to be true.
    pub(super) header: Value,
    /// The payload's text, not yet read as JSON.
    pub(super) payload: String,
    /// The signature as written; may be empty.
    pub(super) signature: &'t str,
}

/// Takes `token` apart; `None` where `jws.decode` answers `null`.
pub(super) fn split(token: &str) -> Option<Compact<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    if header.is_empty() || payload.is_empty() {
        return None;
    }
    // A further dot is among the characters refused here.
    if ![header, payload, signature].iter().all(|p| is_base64url(p)) {
        return None;
    }
    let header: String = decode(header).into_iter().map(char::from).collect();
    let header: Value = serde_json::from_str(&header).ok()?;
    if !is_truthy(&header) {
        return None;
    }
    Some(Compact {
        signed,
        header,
        payload: String::from_utf8_lossy(&decode(payload)).into_owned(),
        signature,
    })
}

fn is_base64url(part: &str) -> bool {
    part.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Decodes `part`, which holds characters of the alphabet alone, as Node's `Buffer` does.
fn decode(part: &str) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let whole = match part.len() % 4 {
        1 => &part[..part.len() - 1],
        _ => part,
    };
    LENIENT
        .decode(whole)
        .expect("the alphabet was checked, and no length remains that base64 lacks")
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_ignored_as_node_ignores_them() {
        assert_eq!(decode("e30"), b"{}");
        assert_eq!(decode("e31"), b"{}");
        assert_eq!(decode("e30xA"), b"{}1");
        assert_eq!(decode("A"), b"");
    }
}
