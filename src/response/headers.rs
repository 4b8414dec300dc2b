//! From the headers that a function set to the ones that may leave.
//!
//! The characters allowed are Node's (`validateHeaderName`, `validateHeaderValue`): a token for
//! the name; for the value tab, and U+0020 to U+00FF without DEL, each sent as one byte. What the
//! cloud does with headers that only the gateway may set is not public (not verified): they are
//! dropped, as HTTP/2 does not allow most of them, and the developer is warned.

use crate::parity::{ParityWarning, Rule};
use http::header::{HeaderName, HeaderValue};
use std::borrow::Cow;

/// Never a function's to set: they belong to the connection, or the gateway writes them itself.
const GATEWAYS_OWN: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "te",
    "trailer",
    "date",
    "x-shenanigans",
];

/// What becomes of a header that a function set.
pub(super) enum Fate {
    /// It is sent, under this name.
    Sent(HeaderName),
    /// It is dropped, and this is said.
    Dropped(ParityWarning),
}

/// Decides by name.
///
/// # Errors
///
/// Node's words for a name that is no token.
pub(super) fn name(name: &str) -> Result<Fate, String> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(format!(
            "TypeError [ERR_INVALID_HTTP_TOKEN]: Header name must be a valid HTTP token [{name:?}]"
        ));
    };
    if GATEWAYS_OWN.contains(&name.as_str()) {
        return Ok(Fate::Dropped(ParityWarning::new(
            Rule::HeaderDropped,
            format!("the function set `{name}`, which only the gateway may set; it was dropped"),
        )));
    }
    Ok(Fate::Sent(name))
}

/// Turns a text into a header value, one byte a character.
///
/// # Errors
///
/// Node's words for a character that a header cannot hold.
pub(super) fn value(name: &str, text: &str) -> Result<HeaderValue, String> {
    latin1(text)
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
        .ok_or_else(|| {
            format!("TypeError [ERR_INVALID_CHAR]: Invalid character in header content [{name:?}]")
        })
}

/// `text`, one byte a character; `None` if a character has no byte.
fn latin1(text: &str) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes.map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_as_node_takes_them() {
        for good in ["access_token", "WWW-Authenticate", "x.y", "X!"] {
            assert!(matches!(name(good), Ok(Fate::Sent(_))), "{good}");
        }
        for bad in ["", "a b", "a:b", "é", "a\r\nb"] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        for own in ["Connection", "DATE", "x-shenanigans"] {
            assert!(matches!(name(own), Ok(Fate::Dropped(_))), "{own}");
        }
        assert_eq!(value("a", "caf\u{e9}").unwrap().as_bytes(), b"caf\xe9");
        for bad in ["a\nb", "a\rb", "\0", "\u{7f}", "👋", "\u{100}"] {
            assert!(value("a", bad).is_err(), "{bad:?}");
        }
    }
}
