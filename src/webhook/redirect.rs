//! Where Twilio goes on to after a redirect.
//!
//! It follows 301, 302, 303 and 307, and no other status (ERR/11216), at most ten in a row
//! (ERR/11215), "just like a normal web browser": after the first three the next request is a GET
//! without the parameters. That Twilio keeps cookies between the two is not imitated.

use super::{Method, requestable};
use crate::twiml::resolve;

/// As many redirects are followed.
pub const MOST_REDIRECTS: usize = 10;

/// What is asked next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the answer is no redirect.
    Answered,
    /// This URL, by the same method with the same parameters.
    Same(String),
    /// This URL, by GET and without parameters.
    Get(String),
    /// Nothing: Twilio takes it for a fault.
    Invalid,
}

/// What follows an answer with `status` and that `Location`, to a request by `method` for `at`.
pub fn redirect(status: u16, location: Option<&str>, at: &str, method: Method) -> Next {
    if !(300..400).contains(&status) {
        return Next::Answered;
    }
    let Some(url) = location.and_then(|location| join(at, location)) else {
        return Next::Invalid;
    };
    match (status, method) {
        (301..=303, Method::Post) => Next::Get(url),
        // A GET that is redirected is a GET of what `Location` names: its parameters were in the
        // URL that it leaves.
        (301..=303 | 307, Method::Get) => Next::Get(url),
        (307, Method::Post) => Next::Same(url),
        _ => Next::Invalid,
    }
}

/// `location` as seen from the URL `at`, without its fragment; `None` if it cannot be requested.
fn join(at: &str, location: &str) -> Option<String> {
    let location = location.trim().split('#').next()?;
    if location.is_empty() {
        return None;
    }
    let url = resolve(at, location)?;
    requestable(&url).is_some().then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_seen_from_where_they_stand() {
        let at = "https://h:8443/a/b?c=1";
        for (location, url) in [
            ("/x", Some("https://h:8443/x")),
            ("x?y=1#z", Some("https://h:8443/a/x?y=1")),
            ("?y", Some("https://h:8443/a/b?y")),
            ("//i/x", Some("https://i/x")),
            ("http://i/x", Some("http://i/x")),
            ("HTTP://i", Some("HTTP://i")),
            ("ftp://i/x", None),
            ("javascript:alert(1)", None),
            ("", None),
            ("#x", None),
            ("http://", None),
            ("//h:99999/x", None),
            ("/a b", None),
        ] {
            assert_eq!(join(at, location).as_deref(), url, "{location}");
        }
    }

    #[test]
    fn only_four_statuses_are_followed() {
        let url = || "https://h/x".to_string();
        for (status, method, next) in [
            (200, Method::Post, Next::Answered),
            (404, Method::Post, Next::Answered),
            (301, Method::Post, Next::Get(url())),
            (302, Method::Post, Next::Get(url())),
            (303, Method::Get, Next::Get(url())),
            (307, Method::Post, Next::Same(url())),
            (307, Method::Get, Next::Get(url())),
            (308, Method::Post, Next::Invalid),
            (304, Method::Get, Next::Invalid),
        ] {
            assert_eq!(redirect(status, Some("/x"), "https://h/", method), next);
        }
        assert_eq!(
            redirect(302, None, "https://h/", Method::Get),
            Next::Invalid
        );
    }
}
