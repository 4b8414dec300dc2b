//! What functions keep in Sync, to be looked at, changed and filled before a test: asked for as clients ask Twilio, by the
//! same paths and parameters, with the same answers.

use super::WebConsole;
use super::answer::{self, Refused};
use super::api::{other_method, read_at_most};
use crate::body::Body;
use crate::config::DEVELOPMENT_ACCOUNT_SID;
use crate::rest::Request;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use hyper::body::Incoming;

/// Sync's parameters, whatever they are: data of 16 KiB, escaped.
const BODY_BYTES: usize = 128 * 1024;

/// The one kind of body that Twilio takes.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

impl WebConsole {
    /// Answers what `https://sync.twilio.com/v1` + `path` would; without a path, what is kept, by name.
    pub(super) async fn sync(
        &self,
        path: &str,
        head: &Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        if ![Method::GET, Method::POST, Method::DELETE].contains(&head.method) {
            return Ok(other_method("GET, POST, DELETE"));
        }
        if path.is_empty() {
            return Ok(match head.method {
                Method::GET => answer::json(StatusCode::OK, &self.outbox.sync_overview()),
                _ => other_method("GET"),
            });
        }
        let body = read_at_most(body, BODY_BYTES).await?;
        let kind = head.headers.get(CONTENT_TYPE);
        if !body.is_empty() && !kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM)) {
            let text = "parameters are sent as a form: application/x-www-form-urlencoded";
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let query = head.uri.query().map(|query| format!("?{query}"));
        let if_match = head.headers.get(IF_MATCH);
        let request = Request {
            method: head.method.to_string(),
            url: format!(
                "https://sync.twilio.com/v1{path}{}",
                query.unwrap_or_default()
            ),
            account: DEVELOPMENT_ACCOUNT_SID.to_string(),
            parameters: form_urlencoded::parse(&body).into_owned().collect(),
            // What is no text is no revision, either, and matches none.
            if_match: if_match
                .map(|revision| String::from_utf8_lossy(revision.as_bytes()).into_owned()),
        };
        // What there is to say is in the answer.
        let (reply, _) = self.outbox.answer(&request, "");
        let status = StatusCode::from_u16(reply.status).unwrap_or_default();
        Ok(match status {
            StatusCode::NO_CONTENT => answer::empty(),
            status => answer::whole(status, "application/json", reply.body.into()),
        })
    }
}
