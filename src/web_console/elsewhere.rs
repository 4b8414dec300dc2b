//! A replay to another server: to the cloud, to a colleague's machine.

use super::answer::Refused;
use super::replay::Answered;
use crate::client::{self, Asked};
use crate::replay::Prepared;
use crate::webhook::requestable;
use http::header::HOST;
use http::{Method, StatusCode};
use std::time::{Duration, Instant};

/// How long it may take: longer than a function in the cloud has.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a proxy said of the way to here.
const OF_THE_WAY: [&str; 6] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Another server.
pub(super) struct Elsewhere(String);

impl Elsewhere {
    /// The server that `to` names. A path in it takes the place of the request's, and a query
    /// likewise.
    pub(super) fn parse(to: &str, prepared: &mut Prepared) -> Result<Self, Refused> {
        let wrong = || {
            Refused::bad_request(format!(
                "`{to}` is not a URL that can be requested, such as https://HOST/PATH"
            ))
        };
        let uri = requestable(to).ok_or_else(wrong)?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(wrong)?;
        let (path, query) = match prepared.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (prepared.target.as_str(), None),
        };
        let path = match uri.path() {
            "" | "/" => path,
            named => named,
        };
        prepared.target = match uri.query().or(query) {
            Some(query) => format!("{path}?{query}"),
            None => path.to_string(),
        };
        Ok(Elsewhere(format!("{scheme}://{authority}")))
    }

    /// Scheme and host.
    pub(super) fn base(&self) -> &str {
        &self.0
    }

    pub(super) async fn send(&self, prepared: &mut Prepared) -> Result<Answered, Refused> {
        prepared.headers.remove(HOST);
        for name in OF_THE_WAY {
            prepared.headers.remove(name);
        }
        let target = format!("{}{}", self.0, prepared.target);
        let mut headers = Vec::with_capacity(prepared.headers.len());
        for (name, value) in &prepared.headers {
            let value = value.to_str().map_err(|_| {
                Refused::bad_request(format!("the header {name} is not ASCII: set another"))
            })?;
            headers.push((name.as_str(), value.to_string()));
        }
        let bare = matches!(prepared.method, Method::GET | Method::HEAD);
        let start = Instant::now();
        let answer = client::ask(Asked {
            method: prepared.method.clone(),
            url: &target,
            headers: &headers,
            body: (!bare).then(|| prepared.body.clone()),
            patience: PATIENCE,
        });
        let answer = answer.await.map_err(|error| {
            Refused::new(
                StatusCode::BAD_GATEWAY,
                format!("{} does not answer: {error}", self.0),
            )
        })?;
        prepared.target = target;
        Ok(Answered {
            id: None,
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            took: start.elapsed(),
            fault: answer
                .cut_off
                .then(|| "the answer was too long to be read to its end".to_string()),
        })
    }
}
