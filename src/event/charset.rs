//! From a body's bytes to text.
//!
//! JSON may come in any charset whose name starts with `utf-`, forms in UTF-8 alone. A byte order
//! mark is dropped, what is malformed becomes U+FFFD.
//!
//! Source: body-parser 1.20.9, iconv-lite 0.4.24 (`bom-handling`, `encodings/utf16`).

use crate::lossy;
use std::borrow::Cow;

const MARK: char = '\u{feff}';

/// UTF-8 without its byte order mark.
pub(super) fn decode_utf8(bytes: &[u8]) -> Cow<'_, str> {
    lossy::text(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// `bytes` as text, or `None` where the charset is none that JSON can come in.
///
/// `charset` is the name as the `Content-Type` gives it, in lower case. UTF-7, which iconv-lite
/// knows too, is refused: RFC 8259 excludes it, and nothing sends it.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: &str) -> Option<Cow<'a, str>> {
    if !charset.starts_with("utf-") {
        return None;
    }
    let order = match canonical(charset).as_str() {
        "utf8" => return Some(decode_utf8(bytes)),
        "utf16le" => ByteOrder::Little,
        "utf16be" => ByteOrder::Big,
        "utf16" => ByteOrder::guess(bytes),
        _ => return None,
    };
    Some(Cow::Owned(decode_utf16(bytes, order)))
}

/// iconv-lite compares names without punctuation and without a year such as `:1993`.
fn canonical(charset: &str) -> String {
    let name = match charset.rsplit_once(':') {
        Some((name, year)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => charset,
    };
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// By the mark; else by where the zero bytes of ASCII characters stand in the first 64 bytes.
    fn guess(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\xfe\xff") {
            return ByteOrder::Big;
        }
        if bytes.starts_with(b"\xff\xfe") {
            return ByteOrder::Little;
        }
        let units = || bytes.as_chunks::<2>().0.iter().take(32);
        let big = units().filter(|u| u[0] == 0 && u[1] != 0).count();
        let little = units().filter(|u| u[0] != 0 && u[1] == 0).count();
        if big > little {
            ByteOrder::Big
        } else {
            ByteOrder::Little
        }
    }
}

fn decode_utf16(bytes: &[u8], order: ByteOrder) -> String {
    // An odd last byte is dropped, as the original does.
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| match order {
        ByteOrder::Little => u16::from_le_bytes(*unit),
        ByteOrder::Big => u16::from_be_bytes(*unit),
    });
    let mut characters = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .peekable();
    characters.next_if_eq(&MARK);
    characters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charsets_of_json() {
        for (bytes, charset, text) in [
            (&b"a\xc3\xa9"[..], "utf-8", Some("aé")),
            (b"\xef\xbb\xbf\xef\xbb\xbfa", "utf-8", Some("\u{feff}a")),
            (b"\xff", "utf-8", Some("\u{fffd}")),
            (b"a\0b\0c", "utf-16le", Some("ab")),
            (b"\0a\0b", "utf-16be", Some("ab")),
            (b"\0a\0b", "utf-16", Some("ab")),
            (b"a\0", "utf-16", Some("a")),
            (b"\xfe\xff\0a", "utf-16", Some("a")),
            (b"\xff\xfea\0", "utf-16", Some("a")),
            (b"\0\xd8", "utf-16le", Some("\u{fffd}")),
            (b"a", "utf-8:1993", Some("a")),
            (b"a", "utf-7", None),
            (b"a", "utf-32", None),
            (b"a", "utf8", None),
            (b"a", "iso-8859-1", None),
        ] {
            assert_eq!(decode(bytes, charset).as_deref(), text, "{charset}");
        }
    }
}
