//! Which URLs can be requested at all, by Twilio and by us.

use http::Uri;

/// `url`, if a request can be made for it: `http` or `https`, a host, and a port that is one.
///
/// [`Uri`] takes any text behind the host and has no port then, so that a number too large, or a
/// word, would be asked at port 80.
pub(crate) fn requestable(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let authority = uri.authority()?.as_str();
    let place = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
    let rest = place.strip_prefix(host)?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    (known && (rest.is_empty() || is_port(rest.strip_prefix(':')?))).then_some(uri)
}

/// What of `url` can be shown to anybody: without its query, and without a name and password.
pub(crate) fn public_part(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_string();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
    format!("{scheme}://{host}{path}")
}

/// Empty is the scheme's own: RFC 3986, 3.2.3.
fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text.is_empty() || text.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_not_shown() {
        for (url, shown) in [
            ("https://u:p@h:1/a@b?k=s#f", "https://h:1/a@b"),
            ("http://h?k=s", "http://h"),
            ("http://h/x", "http://h/x"),
            ("/x?k=s", "/x"),
            ("", ""),
        ] {
            assert_eq!(public_part(url), shown, "{url}");
        }
    }

    #[test]
    fn a_port_that_is_none_is_not_another() {
        for (url, port) in [
            ("http://localhost:65535/x", Some(Some(65535))),
            ("HTTPS://u:1@h?q", Some(None)),
            ("http://h:/x", Some(None)),
            ("http://[::1]:3000/", Some(Some(3000))),
            ("http://localhost:99999/x", None),
            ("http://localhost:42010abc/sms", None),
            ("http://h:+80/", None),
            ("http://[::1]80/", None),
            ("http://u:99@h:70000/", None),
            ("http://", None),
            ("ftp://h/", None),
            ("h:80", None),
            ("/path", None),
        ] {
            let found = requestable(url);
            assert_eq!(found.map(|uri| uri.port_u16()), port, "{url}");
        }
    }
}
