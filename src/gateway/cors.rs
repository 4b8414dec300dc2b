//! Preflights: the cloud answers OPTIONS by itself, the function is never run.
//!
//! Sources: the documented values are those of Twilio docs, "Headers and cookies: limitations";
//! the others were seen on an asset in June 2020 (serverless-toolkit pull request 141). Documents
//! and capture disagree on the allowed headers, and a browser does not let `*` cover
//! `Authorization`; `[cloud] cors` chooses. The status is not verified: 204, as runtime-handler.

use crate::config::Cors;
use crate::response::answer::Answer;
use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

const DOCUMENTED: [(HeaderName, HeaderValue); 3] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    ),
];

const OBSERVED: [(HeaderName, HeaderValue); 6] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, \
             If-Unmodified-Since",
        ),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    ),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag"),
    ),
    (
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    ),
];

/// The answer to OPTIONS on an existing route.
pub(super) fn preflight(cors: Cors) -> Answer {
    let mut answer = Answer::plain(StatusCode::NO_CONTENT, Bytes::new());
    answer.content_type = None;
    answer.headers = match cors {
        Cors::Docs => DOCUMENTED.to_vec(),
        Cors::Observed2020 => OBSERVED.to_vec(),
    };
    answer
}

/// Whether a browser will keep this answer from the page that asked: the request tells an origin
/// other than the host it goes to, and the answer allows none.
pub(super) fn browser_blocks(request: &HeaderMap, answer: &HeaderMap) -> bool {
    let Some(origin) = request.get(header::ORIGIN) else {
        return false;
    };
    let same_host = request.get(header::HOST).is_some_and(|host| {
        origin
            .as_bytes()
            .strip_suffix(host.as_bytes())
            .is_some_and(|scheme| scheme.ends_with(b"://"))
    });
    !same_host && !answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_browser_blocks_what_another_origin_may_not_read() {
        let plain = map(&[]);
        let open = map(&[("access-control-allow-origin", "*")]);
        for (request, blocked) in [
            (map(&[("host", "localhost:3000")]), false),
            (
                map(&[
                    ("host", "localhost:3000"),
                    ("origin", "http://localhost:3000"),
                ]),
                false,
            ),
            (
                map(&[
                    ("host", "localhost:3000"),
                    ("origin", "http://localhost:5173"),
                ]),
                true,
            ),
            (map(&[("host", "localhost:3000"), ("origin", "null")]), true),
        ] {
            assert_eq!(browser_blocks(&request, &plain), blocked, "{request:?}");
            assert!(!browser_blocks(&request, &open));
        }
    }
}
