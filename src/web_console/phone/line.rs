//! The line of a phone: performs the requests of calls and texts, in this server or elsewhere.

use crate::client::{self, Asked};
use crate::gateway::Gateway;
use crate::journal::Journal;
use crate::phone::Answer;
use crate::phone::session::{Missed, Performed, Request};
use crate::registry::LiveRegistry;
use crate::signature::Signer;
use crate::web_console::replay::recorded;
use crate::webhook::{Course, Hop, Journey, Method, Unreached};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Of an answer as much is read as a function can answer with, and more.
const ANSWER_BYTES: usize = 8 << 20;

/// What tells a request apart from all others.
const IDEMPOTENCY: &str = "i-twilio-idempotency-token";

/// Where requests are performed.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) gateway: Arc<Gateway>,
    pub(super) live: LiveRegistry,
    pub(super) journal: Journal,
}

/// An answer on its way.
struct Answered {
    exchange: Option<u64>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Line {
    /// Performs a request as Twilio would, through all redirects.
    pub(super) async fn perform(&self, request: Request, signer: &Signer) -> Performed {
        let patience = request.webhook.kind.patience();
        let url = self.askable(&request.url);
        let mut journey = Journey::new(request.webhook, &url, &url);
        let mut exchanges = Vec::new();
        let start = Instant::now();
        let result = loop {
            let mut hop = journey.hop(signer);
            if let Some(cookies) = &request.cookies {
                hop.headers.push(("Cookie", cookies.clone()));
            }
            let left = patience.saturating_sub(start.elapsed());
            let answered = match self.ask(&hop, left).await {
                Ok(answered) => answered,
                Err(missed) => break Err(missed),
            };
            exchanges.extend(answered.exchange);
            let location = answered.headers.get(LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            match journey.answered(answered.status.as_u16(), location) {
                Course::On => {}
                Course::Arrived => break Ok(answer(&answered, &journey, exchanges.len())),
                Course::Lost(cause) => {
                    let text = format!("{} answered {}", hop.url, answered.status);
                    break Err(Missed { cause, text });
                }
            }
        };
        Performed { exchanges, result }
    }

    /// The URL as it is asked: a local name has no certificate, whatever a document says of https.
    fn askable(&self, url: &str) -> String {
        let registry = self.live.snapshot();
        let public = registry.reach.public_url.as_deref();
        let rest = url.strip_prefix("https://");
        match rest {
            Some(rest)
                if registry.is_own(authority(rest))
                    && !public.is_some_and(|public| url.starts_with(public)) =>
            {
                format!("http://{rest}")
            }
            _ => url.to_string(),
        }
    }

    async fn ask(&self, hop: &Hop, left: Duration) -> Result<Answered, Missed> {
        let uri: Uri = hop.url.parse().map_err(|_| Missed {
            cause: Unreached::Host,
            text: format!("`{}` is no URL", hop.url),
        })?;
        let host = uri.authority().map_or("", |authority| authority.as_str());
        match self.live.snapshot().is_own(host) {
            true => self.here(hop, &uri, left).await,
            false => elsewhere(hop, left).await,
        }
    }

    async fn here(&self, hop: &Hop, uri: &Uri, left: Duration) -> Result<Answered, Missed> {
        let registry = self.live.snapshot();
        let wrong = |text: &str| Missed {
            cause: Unreached::Protocol,
            text: text.to_string(),
        };
        let body: Bytes = hop.body.clone().unwrap_or_default().into();
        let mut request = http::Request::new(Full::new(body.clone()));
        *request.method_mut() = match hop.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        };
        // Behind a public URL with a path of its own the server is asked for the rest.
        let public = registry.reach.public_url.as_deref();
        let public = public.and_then(|public| hop.url.strip_prefix(public.trim_end_matches('/')));
        let target = match public {
            Some("") => "/",
            Some(rest) => rest,
            None => uri.path_and_query().map_or("/", |path| path.as_str()),
        };
        *request.uri_mut() = target
            .parse()
            .map_err(|_| wrong("the path is none that can be requested"))?;
        let host = match public {
            Some(_) => format!("localhost:{}", registry.reach.port),
            None => uri.authority().map_or("", |a| a.as_str()).to_string(),
        };
        let headers = request.headers_mut();
        let value = |text: &str| {
            HeaderValue::try_from(text).map_err(|_| wrong("a header has what no header can have"))
        };
        headers.insert(HOST, value(&host)?);
        for (name, text) in &hop.headers {
            let name = HeaderName::try_from(*name).map_err(|_| wrong("a header has no name"))?;
            headers.append(name, value(text)?);
        }
        if !body.is_empty() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let idempotency = headers.get(IDEMPOTENCY).cloned();
        let uri = request.uri().clone();
        let before = self.journal.latest();
        let answering = async {
            let (head, body) = self.gateway.handle(request, None).await.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            body.map(|body| (head, body.to_bytes()))
        };
        // Where a function may take any time, as under a debugger, so may its caller.
        let answered = match registry.limits.time {
            Some(_) => tokio::time::timeout(left, answering)
                .await
                .map_err(|_| Missed {
                    cause: Unreached::Time,
                    text: "no whole answer in time".to_string(),
                })?,
            None => answering.await,
        };
        let (head, body) = answered.map_err(|error| Missed {
            cause: Unreached::Connection,
            text: format!("the answer broke off, or is over {ANSWER_BYTES} bytes: {error}"),
        })?;
        let found = recorded(&self.journal, before, |exchange| {
            exchange.peer.is_none()
                && exchange.request.uri == uri
                && exchange.request.headers.get(IDEMPOTENCY) == idempotency.as_ref()
        });
        Ok(Answered {
            exchange: found.map(|(number, _)| number),
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

async fn elsewhere(hop: &Hop, left: Duration) -> Result<Answered, Missed> {
    let asked = client::ask(Asked {
        method: match hop.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        },
        url: &hop.url,
        headers: &hop.headers,
        body: hop.body.clone().map(Into::into),
        patience: left,
    });
    match asked.await {
        Ok(answer) => Ok(Answered {
            exchange: None,
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }),
        Err(error) => Err(Missed {
            cause: error.cause,
            text: error.to_string(),
        }),
    }
}

fn answer(answered: &Answered, journey: &Journey, hops: usize) -> Answer {
    let text = |value: &HeaderValue| value.to_str().ok().map(String::from);
    let cookies = answered.headers.get_all(SET_COOKIE).iter();
    Answer {
        url: (hops > 1).then(|| journey.at().to_string()),
        status: answered.status.as_u16(),
        content_type: answered.headers.get(CONTENT_TYPE).and_then(text),
        set_cookies: cookies.filter_map(text).collect(),
        body: String::from_utf8_lossy(&answered.body).into_owned(),
    }
}
