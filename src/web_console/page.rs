//! The page: a live list of requests, one of them whole, the services.
//!
//! It is made of three files without a framework. Nothing in them is inline, so that the policy can
//! forbid all scripts but this one, and whatever a request holds is set as text.

use super::answer;
use crate::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The file at `path`, if it is one of the page's. None of them holds the token, since whoever reaches
/// this machine's loopback can read them: other users, and a function that fetches what it is told
/// to. The page has it from the link by which it was opened.
pub(super) fn file(path: &str) -> Option<Response<Body>> {
    let (content_type, body) = match path {
        "/" => (
            "text/html; charset=utf-8",
            Bytes::from_static(include_bytes!("page/index.html")),
        ),
        "/app.js" => (
            "text/javascript; charset=utf-8",
            Bytes::from_static(include_bytes!("page/app.js")),
        ),
        "/style.css" => (
            "text/css; charset=utf-8",
            Bytes::from_static(include_bytes!("page/style.css")),
        ),
        _ => return None,
    };
    let mut response = answer::whole(StatusCode::OK, content_type, body);
    let headers = response.headers_mut();
    headers.insert("content-security-policy", POLICY);
    Some(response)
}
