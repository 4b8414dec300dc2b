//! The page: a live list of requests, one of them whole, the services.
//!
//! It is made of three files without a framework. Nothing in them is inline, so that the policy can
//! forbid all scripts but this one, and whatever a request holds is set as text.

use super::answer;
use crate::body::Body;
use crate::token::Token;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The file at `path`, if it is one of the page's. The page itself holds the token: it is what a
/// browser has instead of the run file.
pub(super) fn file(path: &str, token: &Token) -> Option<Response<Body>> {
    let (content_type, body) = match path {
        "/" => {
            let page = include_str!("page/index.html");
            let page = page.replace("{token}", &escaped(token.as_str()));
            ("text/html; charset=utf-8", Bytes::from(page))
        }
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

/// As the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
