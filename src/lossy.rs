//! Bytes as text, whatever they are.

use std::borrow::Cow;

/// `bytes` as UTF-8; what is malformed becomes U+FFFD.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Which costs a tenth of looking for what is to be replaced.
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
