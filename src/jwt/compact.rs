//! The text form of a token, `header.payload.signature`, taken apart as npm's `jws` does it.
//!
//! `jws` looks at the characters first (a regular expression), then decodes with Node's `Buffer`,
//! which is lenient: bits that are left over are ignored, and so is a single character after the
//! last whole group. The header's bytes are read as Latin-1, the payload's as UTF-8 with U+FFFD for
//! what is not; both can be seen from outside, so both are kept.
//!
//! Source: jws 4 `lib/verify-stream.js`; Node `Buffer.from(text, 'base64')`.

use super::header::Header;
use crate::lossy;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The parts of a token whose characters are those of a token.
pub(super) struct Compact<'t> {
    /// `header.payload`, as it was signed.
    pub(super) signed: &'t str,
    /// What its header says: any JSON that JavaScript holds to be true.
    pub(super) header: Header,
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
    if ![payload, signature].into_iter().all(is_base64url) {
        return None;
    }
    let header = Header::known(header).or_else(|| read(header))?;
    Some(Compact {
        signed,
        header,
        payload: lossy::text(&decode(payload)).into_owned(),
        signature,
    })
}

fn read(header: &str) -> Option<Header> {
    if !is_base64url(header) {
        return None;
    }
    let text: String = decode(header).into_iter().map(char::from).collect();
    Header::read(&serde_json::from_str(&text).ok()?)
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
