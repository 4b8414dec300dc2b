//! Who may ask.

use super::WebConsole;
use super::answer::Refused;
use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, StatusCode};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of this machine, each with the console's port behind it.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Lets pass what was sent to this machine under one of its own names, and by no other site.
///
/// A page of another port of this machine is another site too: it can be a function's.
pub(super) fn place(headers: &HeaderMap, port: u16) -> Result<(), Refused> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() || !host.is_some_and(|host| is_own(host, port)) {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            format!("the console answers to http://localhost:{port} alone"),
        ));
    }
    let foreign = Refused::new(
        StatusCode::FORBIDDEN,
        "the console answers no request that another site's page makes",
    );
    for origin in headers.get_all(ORIGIN) {
        let host = origin.to_str().ok().and_then(|o| o.strip_prefix("http://"));
        if !host.is_some_and(|host| is_own(host, port)) {
            return Err(foreign);
        }
    }
    for site in headers.get_all(SEC_FETCH_SITE) {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Err(foreign);
        }
    }
    Ok(())
}

/// Whether `host`, a name with a port, is the console's at `port` and nobody else's.
pub(crate) fn is_own(host: &str, port: u16) -> bool {
    let Some((name, number)) = host.rsplit_once(':') else {
        return false;
    };
    number.parse() == Ok(port) && NAMES.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Lets pass who knows the token.
pub(super) fn token(headers: &HeaderMap, console: &WebConsole) -> Result<(), Refused> {
    let given = headers.get(AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok());
    let token = given.and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    });
    match token {
        Some(token) if console.token.is(token) => Ok(()),
        _ => Err(Refused::new(
            StatusCode::UNAUTHORIZED,
            "the console's API needs the token of this run: Authorization: Bearer TOKEN; a browser \
             gets it by the link that the terminal shows at the start",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn admitted(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        place(&map, 4545).is_ok()
    }

    #[test]
    fn only_this_machines_names_with_the_right_port_are_answered() {
        for host in [
            "localhost:4545",
            "127.0.0.1:4545",
            "[::1]:4545",
            "LocalHost:4545",
        ] {
            assert!(admitted(&[("host", host)]), "{host}");
        }
        for host in [
            "localhost",
            "localhost:80",
            "evil.example:4545",
            "localhost.evil.example:4545",
            "127.0.0.1.nip.io:4545",
            "a.localhost:4545",
            "::1:4545",
            "[::1]",
            "",
            "localhost:04545x",
            "evil@localhost:4545",
        ] {
            assert!(!admitted(&[("host", host)]), "{host}");
        }
        assert!(!admitted(&[]));
        assert!(!admitted(&[
            ("host", "localhost:4545"),
            ("host", "evil.example")
        ]));
    }

    #[test]
    fn no_other_site_is_answered() {
        let host = ("host", "localhost:4545");
        for more in [
            ("origin", "http://localhost:4545"),
            ("sec-fetch-site", "none"),
            ("sec-fetch-site", "same-origin"),
        ] {
            assert!(admitted(&[host, more]), "{more:?}");
        }
        for more in [
            ("origin", "http://localhost:3000"),
            ("origin", "https://localhost:4545"),
            ("origin", "null"),
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!admitted(&[host, more]), "{more:?}");
        }
    }
}
