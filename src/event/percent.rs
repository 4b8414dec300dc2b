//! Percent-decoding as JavaScript does it.
//!
//! Three parsers (query, form, cookie) rest on `decodeURIComponent`, which refuses a text as a
//! whole where `percent-encoding` and `form_urlencoded` would decode what they can; so neither
//! crate gives the original's result, and the few lines stand here.
//!
//! Source: ECMA-262 `decodeURIComponent`; Node.js `lib/querystring.js`, `unescapeBuffer`.

use std::borrow::Cow;

/// `decodeURIComponent`: `None` where JavaScript throws a `URIError` (a `%` without two
/// hexadecimal digits, or bytes that are no UTF-8).
pub(super) fn decode_uri_component(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            decoded.push(escaped_byte(tail)?);
            rest = &tail[2..];
        } else {
            decoded.push(*first);
            rest = tail;
        }
    }
    // A literal character is complete UTF-8, so it can neither mend nor break an escaped one:
    // checking the whole is checking each run of escapes.
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// Node's fall-back for form fields that `decodeURIComponent` refuses: escapes that are whole are
/// decoded, bytes that are no UTF-8 become U+FFFD.
///
/// The original keeps the low byte of every UTF-16 unit, so a literal non-ASCII character beside a
/// broken escape is mangled; so it is here.
pub(super) fn unescape_leniently(text: &str) -> String {
    let units: Vec<u8> = text.encode_utf16().map(|unit| unit as u8).collect();
    let wide: Vec<bool> = text.encode_utf16().map(|unit| unit > 0x7f).collect();
    let mut decoded = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        // A wide unit whose low byte happens to be '%' or a digit starts and continues no escape.
        let escape = (units[at] == b'%' && !wide[at])
            .then(|| escaped_byte(&units[at + 1..]))
            .flatten()
            .filter(|_| !wide[at + 1] && !wide[at + 2]);
        decoded.push(escape.unwrap_or(units[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The byte that the two hexadecimal digits at the start of `digits` stand for.
fn escaped_byte(digits: &[u8]) -> Option<u8> {
    let high = char::from(*digits.first()?).to_digit(16)?;
    let low = char::from(*digits.get(1)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_decodes_whole_or_not_at_all() {
        for (text, decoded) in [
            ("plain", Some("plain")),
            ("%41%c3%A9", Some("Aé")),
            ("é%20é", Some("é é")),
            ("%F0%9F%91%8B", Some("👋")),
            ("100%", None),
            ("%4", None),
            ("%zz", None),
            ("%ff", None),
            ("%C3é", None),
            ("%ED%A0%80", None),
            ("%C0%80", None),
        ] {
            assert_eq!(decode_uri_component(text).as_deref(), decoded, "{text}");
        }
    }

    #[test]
    fn what_is_refused_can_still_be_read_leniently() {
        for (text, decoded) in [
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%ff", "\u{fffd}"),
            ("é%ff", "\u{fffd}\u{fffd}"),
            ("%4\u{0131}%41", "%41A"),
        ] {
            assert_eq!(unescape_leniently(text), decoded, "{text}");
        }
    }
}
