//! The cookies that Twilio keeps while a call or a conversation lasts.
//!
//! Plain ones: a name and a value for each host. `Path`, `Domain`, `Secure` and `Expires` are not
//! looked at; `Max-Age=0` removes, since that is how functions take a cookie back.

use std::collections::BTreeMap;

/// As many cookies are kept for a host; the oldest names in the alphabet stay.
const MOST: usize = 50;

/// A cookie larger than this is not kept, as in browsers.
const LARGEST: usize = 4096;

/// Cookies by host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cookies {
    hosts: BTreeMap<String, BTreeMap<String, String>>,
}

impl Cookies {
    /// Keeps what a `Set-Cookie` header of an answer from `url` says.
    pub fn keep(&mut self, url: &str, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || set_cookie.len() > LARGEST {
            return;
        }
        let kept = self.hosts.entry(host(url)).or_default();
        let mut attributes = parts.filter_map(|part| part.split_once('='));
        let is_over = attributes.any(|(attribute, value)| {
            attribute.trim().eq_ignore_ascii_case("max-age")
                && value
                    .trim()
                    .parse::<i64>()
                    .is_ok_and(|seconds| seconds <= 0)
        });
        if is_over {
            kept.remove(name);
        } else if kept.len() < MOST || kept.contains_key(name) {
            kept.insert(name.to_string(), value.to_string());
        }
    }

    /// The `Cookie` header of a request for `url`, if there are any.
    pub fn header(&self, url: &str) -> Option<String> {
        let kept = self.hosts.get(&host(url))?;
        let pairs: Vec<_> = kept
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The host of a URL, without its port: cookies do not know ports.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let end = match host.starts_with('[') {
        true => host.find(']').map(|end| end + 1),
        false => host.find(':'),
    };
    host[..end.unwrap_or(host.len())].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_kept_for_their_host() {
        let at = "http://a.example:3000/x?y";
        for (set, expected) in [
            (vec!["a=1; Path=/; HttpOnly"], Some("a=1")),
            (vec!["a=1", "b=2"], Some("a=1; b=2")),
            (vec!["a=1", "a=2"], Some("a=2")),
            (vec!["a=1", "a=; Max-Age=0"], None),
            (vec!["a=1", "a=x; max-age=-5"], None),
            (vec!["a=1; Max-Age=60"], Some("a=1")),
            (vec![" a = 1 "], Some("a=1")),
            (vec!["a="], Some("a=")),
            (vec!["a=b=c"], Some("a=b=c")),
            (vec!["a", "=b", ""], None),
        ] {
            let mut cookies = Cookies::default();
            for cookie in &set {
                cookies.keep(at, cookie);
            }
            let found = cookies.header("https://A.example/other");
            assert_eq!(found.as_deref(), expected, "{set:?}");
            assert_eq!(cookies.header("http://b.example/x"), None);
        }
    }

    #[test]
    fn hosts_of_urls() {
        for (url, expected) in [
            ("http://localhost:3000/a", "localhost"),
            ("http://[::1]:3000/a", "[::1]"),
            ("https://me:secret@Example.com?x", "example.com"),
            ("https://example.com#x", "example.com"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[test]
    fn a_hostile_server_fills_no_memory() {
        let mut cookies = Cookies::default();
        for i in 0..1000 {
            cookies.keep("http://a/", &format!("c{i}=1"));
        }
        cookies.keep("http://b/", &format!("c={}", "x".repeat(LARGEST)));
        assert_eq!(cookies.hosts["a"].len(), MOST);
        assert_eq!(cookies.header("http://b/"), None);
    }
}
