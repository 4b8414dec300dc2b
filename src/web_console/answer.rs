//! Answers of the console, all with the headers that keep a browser from doing more with them.

use crate::body::Body;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

/// For every answer. Nothing is loaded, framed, guessed or kept.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("x-frame-options"),
        HeaderValue::from_static("DENY"),
    ),
];

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    text: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Refused {
            status,
            text: text.into(),
        }
    }

    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Refused::new(StatusCode::BAD_REQUEST, text)
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Refused::new(StatusCode::NOT_FOUND, text)
    }

    /// What there is stands against it.
    pub(super) fn conflict(text: impl Into<String>) -> Self {
        Refused::new(StatusCode::CONFLICT, text)
    }

    /// As the asker sees it: `{"error": "…"}`.
    pub(super) fn answer(self) -> Response<Body> {
        let mut response = json(self.status, &json!({ "error": self.text }));
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"switchboard console\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// `value` as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // What is told has nothing that JSON could not hold.
    let text = serde_json::to_vec(value).unwrap_or_default();
    whole(status, "application/json", text.into())
}

/// A body of that content type.
pub(super) fn whole(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Body> {
    of(status, content_type, Body::from(body))
}

/// Nothing.
pub(super) fn empty() -> Response<Body> {
    let mut response = of(StatusCode::NO_CONTENT, "", Body::empty());
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

/// A body of that content type, from wherever.
pub(super) fn of(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
