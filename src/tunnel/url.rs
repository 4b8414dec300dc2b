//! Public URLs from others, checked before they are believed; and words of others, cut to what may
//! be shown.

use crate::webhook::requestable;

/// Characters of an agent's words that are shown.
const MOST_SHOWN: usize = 300;

/// `text` as the base of a public URL, without a slash at the end, if it is one: `https`, a host, no
/// user, no path. Where an agent carries plain `http` too, there is an `https` URL beside it.
pub(super) fn public(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let uri = requestable(text)?;
    let authority = uri.authority()?;
    let host = uri.host().filter(|host| host.contains('.'))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let good = uri.scheme_str() == Some("https")
        && !authority.as_str().contains('@')
        && host.chars().all(plain)
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none();
    good.then(|| text.to_string())
}

/// The first line of `text` that may be shown: short, and not about an authtoken, which agents quote
/// when they do not like it.
pub(super) fn quotable(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.find(|line| !line.to_ascii_lowercase().contains("token"));
    line.unwrap_or_default().chars().take(MOST_SHOWN).collect()
}
