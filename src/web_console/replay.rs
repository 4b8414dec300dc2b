//! An exchange sent again: to the server itself in memory, by the way that every request takes, or
//! to another server.

use super::WebConsole;
use super::answer::{self, Refused};
use super::differences::Differences;
use super::elsewhere::Elsewhere;
use crate::body::Body;
use crate::gateway::Recorded;
use crate::journal::Exchange;
use crate::replay::{Edits, Prepared};
use crate::report::{AnswerReport, Secrets, SentReport, milliseconds};
use crate::signature::{self, Signer};
use crate::visibility::Visibility;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The largest answer that is taken.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// What is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayWish {
    /// What is to be different.
    pub edits: Edits,
    /// Where it is sent, if not here: the base of another server, or a whole URL.
    pub to: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplayReport {
    /// The number of the exchange that was sent again.
    pub replayed: u64,
    /// The number of the new one; `None` where it was sent elsewhere.
    pub id: Option<u64>,
    /// Whether it was signed.
    pub signed: bool,
    /// What was sent.
    pub request: SentReport,
    /// The answer of then.
    pub before: AnswerReport,
    /// The answer of now.
    pub after: AnswerReport,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// Why it was refused or failed, if it was.
    pub fault: Option<String>,
    /// The two answers line by line.
    #[serde(default)]
    pub differences: Differences,
}

/// An answer that has come.
pub(super) struct Answered {
    /// The number of its exchange, if it is one of this server's.
    pub(super) id: Option<u64>,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) took: Duration,
    pub(super) fault: Option<String>,
}

/// What a request to `host` of this server is signed for.
pub(super) fn signed_for(host: &str) -> String {
    format!("http://{host}")
}

impl WebConsole {
    /// Sends the exchange of that number again, as `wish` (JSON, a [`ReplayWish`]) has it.
    pub(super) async fn replay(
        &self,
        number: u64,
        wish: &Bytes,
        secrets: Secrets,
    ) -> Result<Response<Body>, Refused> {
        let wish: ReplayWish = match wish.is_empty() {
            true => ReplayWish::default(),
            false => serde_json::from_slice(wish)
                .map_err(|error| Refused::bad_request(format!("the body: {error}")))?,
        };
        let exchange = self.recorded(number)?;
        let mut prepared = Prepared::new(&exchange.request, &exchange.request_body, &wish.edits)
            .map_err(|error| Refused::bad_request(error.to_string()))?;
        let signer;
        let answered = match &wish.to {
            None => {
                let host = self.host(&mut prepared.headers);
                signer = self.signer(&exchange, &prepared, &host);
                if let Some(signer) = &signer {
                    prepared.sign(&signed_for(&host), signer);
                }
                self.send(&prepared).await?
            }
            Some(to) => {
                let elsewhere = Elsewhere::parse(to, &mut prepared)?;
                signer = self.own_signer(&exchange);
                if let Some(signer) = &signer {
                    prepared.sign(elsewhere.base(), signer);
                }
                elsewhere.send(&mut prepared).await?
            }
        };
        let before = AnswerReport::new(exchange.status, &exchange.headers, &exchange.body, secrets);
        let after = AnswerReport::new(answered.status, &answered.headers, &answered.body, secrets);
        let report = ReplayReport {
            replayed: number,
            id: answered.id,
            signed: signer.is_some(),
            request: SentReport::new(&prepared, secrets),
            differences: Differences::new(&before, &after),
            before,
            after,
            duration_ms: milliseconds(answered.took),
            fault: answered.fault,
        };
        Ok(answer::json(StatusCode::OK, &report))
    }

    /// The host that the request names; one that names none is for this machine.
    pub(super) fn host(&self, headers: &mut HeaderMap) -> String {
        let named = headers.get(HOST).and_then(|host| host.to_str().ok());
        if let Some(named) = named {
            return named.to_string();
        }
        let own = format!("localhost:{}", self.live.snapshot().reach.port);
        if let Ok(value) = HeaderValue::try_from(own.as_str()) {
            headers.insert(HOST, value);
        }
        own
    }

    /// Signs for the service that the request is for, if it was signed before, or if nothing
    /// unsigned gets in there.
    pub(super) fn signer(&self, before: &Exchange, now: &Prepared, host: &str) -> Option<Signer> {
        let registry = self.live.snapshot();
        let path = now.target.split('?').next().unwrap_or_default();
        let resolved = registry.resolve(host, path)?;
        let protected = |route: &str| {
            let route = resolved.service.route(route);
            route.is_some_and(|route| route.visibility == Visibility::Protected)
        };
        let signed = before.request.headers.contains_key(signature::HEADER);
        (signed || protected(resolved.path)).then(|| resolved.service.signer.clone())
    }

    /// Signs for the service that the request was for, if it was signed, or protected here.
    fn own_signer(&self, before: &Exchange) -> Option<Signer> {
        let route = before.route.as_deref();
        let protected = route.is_some_and(|route| route.visibility == Visibility::Protected);
        let signed = before.request.headers.contains_key(signature::HEADER);
        let registry = self.live.snapshot();
        let service = registry.service(before.service.as_deref()?)?;
        (signed || protected).then(|| service.signer.clone())
    }

    async fn send(&self, prepared: &Prepared) -> Result<Answered, Refused> {
        let mut request = Request::new(Full::new(prepared.body.clone()));
        *request.method_mut() = prepared.method.clone();
        *request.uri_mut() = prepared
            .target
            .parse()
            .map_err(|_| Refused::bad_request("the edited path and query make no URL"))?;
        *request.headers_mut() = prepared.headers.clone();
        if !prepared.body.is_empty() {
            let length = HeaderValue::from(prepared.body.len());
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        let start = Instant::now();
        let (head, body) = self.gateway.handle(request, None).await.into_parts();
        let body = Limited::new(body, ANSWER_BYTES).collect().await;
        let body = body.map_err(|error| {
            Refused::new(
                StatusCode::BAD_GATEWAY,
                format!("the answer broke off, or is over {ANSWER_BYTES} bytes: {error}"),
            )
        })?;
        let took = start.elapsed();
        let id = head.extensions.get().map(|Recorded(number)| *number);
        let exchange = id.and_then(|id| self.journal.exchange(id));
        Ok(Answered {
            id,
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
            took,
            fault: exchange.and_then(|exchange| exchange.fault.clone()),
        })
    }
}
