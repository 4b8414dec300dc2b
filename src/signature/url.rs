//! A URL taken apart without changing a character of it: Twilio signs what was typed.
//!
//! The crate `url` was turned down: it normalises while it parses, and its tables for
//! international domain names cost 26 packages.
//!
//! Source: twilio-node 6.2.0 `webhooks.js`, `splitUrl`, `addPort`, `removePort`.

use std::borrow::Cow;

/// The parts of `scheme://user@host:port/rest`; put together again they are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'u> {
    /// With `://`.
    pub(super) scheme: &'u str,
    /// With the `@`; may be empty.
    pub(super) user_info: &'u str,
    /// Brackets of an IPv6 address included.
    pub(super) host: &'u str,
    /// With the colon; may be empty, and may be a colon alone.
    pub(super) port: &'u str,
    /// Path, query and fragment.
    pub(super) rest: &'u str,
}

/// Takes `url` apart; `None` without `scheme://`.
pub(super) fn split(url: &str) -> Option<Parts<'_>> {
    let scheme_end = url.find("://")? + "://".len();
    let (scheme, after) = url.split_at(scheme_end);
    let name = &scheme[..scheme.len() - "://".len()];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
    {
        return None;
    }
    let end = after.bytes().position(|b| matches!(b, b'/' | b'?' | b'#'));
    let (authority, rest) = after.split_at(end.unwrap_or(after.len()));
    let (user_info, address) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    // A colon starts the port only after the bracket that closes an IPv6 address.
    let bracket = address.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = address.split_at(
        address[bracket..]
            .find(':')
            .map_or(address.len(), |at| bracket + at),
    );
    Some(Parts {
        scheme,
        user_info,
        host,
        port,
        rest,
    })
}

impl<'u> Parts<'u> {
    /// The parts as one text.
    pub(super) fn join(&self) -> String {
        [self.scheme, self.user_info, self.host, self.port, self.rest].concat()
    }

    /// The rest as path and query; the query holds its question mark and may be empty.
    pub(super) fn path_and_query(&self) -> (&'u str, &'u str) {
        self.rest
            .split_at(self.rest.find('?').unwrap_or(self.rest.len()))
    }

    /// `:443` or `:80`, as the scheme has it.
    pub(super) fn default_port(&self) -> &'static str {
        if self.scheme.eq_ignore_ascii_case("https://") {
            ":443"
        } else {
            ":80"
        }
    }
}

/// `url` without its port, whatever port that is.
pub(super) fn without_port(url: &str) -> Cow<'_, str> {
    match split(url) {
        Some(parts) if !parts.port.is_empty() => Cow::Owned(Parts { port: "", ..parts }.join()),
        _ => Cow::Borrowed(url),
    }
}

/// `url` without the port that its scheme implies: `https://host:443/…` is `https://host/…`.
pub(crate) fn without_usual_port(url: &str) -> Cow<'_, str> {
    match split(url) {
        Some(parts) if parts.port == parts.default_port() => {
            Cow::Owned(Parts { port: "", ..parts }.join())
        }
        _ => Cow::Borrowed(url),
    }
}

/// `url` with the port that its scheme implies, unless it names one.
pub(super) fn with_port(url: &str) -> Cow<'_, str> {
    match split(url) {
        Some(parts) if parts.port.is_empty() => Cow::Owned(
            Parts {
                port: parts.default_port(),
                ..parts
            }
            .join(),
        ),
        _ => Cow::Borrowed(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_come_and_go_as_in_twilio_node() {
        for (url, without, with) in [
            ("https://h/p", "https://h/p", "https://h:443/p"),
            ("http://h?a=1", "http://h?a=1", "http://h:80?a=1"),
            ("HTTPS://h:1/p", "HTTPS://h/p", "HTTPS://h:1/p"),
            ("https://h:/p", "https://h/p", "https://h:/p"),
            ("https://u:p@h:1/", "https://u:p@h/", "https://u:p@h:1/"),
            ("http://[::1]/", "http://[::1]/", "http://[::1]:80/"),
            ("http://[::1]:9/", "http://[::1]/", "http://[::1]:9/"),
            ("https://h/a:1@b", "https://h/a:1@b", "https://h:443/a:1@b"),
            ("/path", "/path", "/path"),
            ("1x://h:1/", "1x://h:1/", "1x://h:1/"),
            ("a/b://h:1", "a/b://h:1", "a/b://h:1"),
        ] {
            assert_eq!(without_port(url), without);
            assert_eq!(with_port(url), with);
        }
    }

    #[test]
    fn the_usual_port_alone_is_taken_away() {
        for (url, without) in [
            ("https://h:443/p?a=:443", "https://h/p?a=:443"),
            ("HTTPS://u@h:443", "HTTPS://u@h"),
            ("http://[::1]:80/", "http://[::1]/"),
            ("http://h:443/", "http://h:443/"),
            ("https://h:80/", "https://h:80/"),
            ("https://h:4430/", "https://h:4430/"),
            ("h:443", "h:443"),
        ] {
            assert_eq!(without_usual_port(url), without);
        }
    }
}
