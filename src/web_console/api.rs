//! The API: what is asked for by which path. Documented in docs/console.md.

use super::answer::{self, Refused};
use super::listing::Query;
use super::once::Worth;
use super::{WebConsole, admit, page};
use crate::body::Body;
use crate::journal::{Exchange, Notice};
use crate::report::{ExchangeReport, Secrets};
use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The largest body of a request.
const BODY_BYTES: usize = 5 * 1024 * 1024;
/// How long it may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// What a path leads to.
enum Place {
    Server,
    Services,
    Visibility(String),
    SavedVisibility(String),
    Entries,
    Events,
    Exchange(u64),
    Replay(u64),
    Reading(u64),
    Commands(u64),
}

impl Place {
    /// The place of a path behind `/api/1`.
    fn find(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        Some(match segments.as_slice() {
            ["server"] => Place::Server,
            ["services"] => Place::Services,
            ["services", name, "visibility"] => Place::Visibility(name.to_string()),
            ["services", name, "visibility", "save"] => Place::SavedVisibility(name.to_string()),
            ["entries"] => Place::Entries,
            ["events"] => Place::Events,
            ["exchanges", id] => Place::Exchange(id.parse().ok()?),
            ["exchanges", id, "replay"] => Place::Replay(id.parse().ok()?),
            ["exchanges", id, "reading"] => Place::Reading(id.parse().ok()?),
            ["exchanges", id, "commands"] => Place::Commands(id.parse().ok()?),
            _ => return None,
        })
    }

    fn methods(&self) -> &'static str {
        match self {
            Place::Entries => "GET, DELETE",
            Place::Visibility(_) => "PUT, DELETE",
            Place::Replay(_) | Place::SavedVisibility(_) => "POST",
            _ => "GET",
        }
    }
}

/// Answers a request, whatever it is.
pub(super) async fn answer(console: &WebConsole, request: Request<Incoming>) -> Response<Body> {
    match reply(console, request).await {
        Ok(response) => response,
        Err(refused) => refused.answer(),
    }
}

async fn reply(
    console: &WebConsole,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refused> {
    let (head, body) = request.into_parts();
    admit::place(&head.headers, console.port)?;
    let path = head.uri.path();
    if head.method == Method::GET
        && let Some(file) = page::file(path)
    {
        return Ok(file);
    }
    let Some(path) = path.strip_prefix("/api/1") else {
        return Err(Refused::not_found("the console's API is below /api/1"));
    };
    if path == "/token" && head.method == Method::POST {
        return console.exchange_code(&read(body).await?);
    }
    admit::token(&head.headers, console)?;
    if let Some(path) = below(path, "/phone") {
        return console.phone(path, &head, body).await;
    }
    if let Some(path) = below(path, "/sync") {
        return console.sync(path, &head, body).await;
    }
    let place = Place::find(path)
        .ok_or_else(|| Refused::not_found(format!("there is nothing at /api/1{path}")))?;
    let query = head.uri.query().unwrap_or_default();
    match (&place, &head.method) {
        (Place::Server, &Method::GET) => Ok(console.server()),
        (Place::Services, &Method::GET) => console.services(secrets(query)?).await,
        (Place::Visibility(service), &Method::PUT) => {
            console.try_visibility(service, &read(body).await?)
        }
        (Place::Visibility(service), &Method::DELETE) => {
            console.forget_visibility(service, &read(body).await?)
        }
        (Place::SavedVisibility(service), &Method::POST) => {
            console.save_visibility(service, &read(body).await?).await
        }
        (Place::Entries, &Method::GET) => console.list(Query::parse(query)?).await,
        (Place::Entries, &Method::DELETE) => {
            console.journal.clear();
            Ok(answer::empty())
        }
        (Place::Events, &Method::GET) => console.stream(&head.headers, Query::parse(query)?),
        (Place::Exchange(number), &Method::GET) => console.exchange(*number, secrets(query)?),
        (Place::Reading(number), &Method::GET) => console.reading(*number).await,
        (Place::Commands(number), &Method::GET) => console.commands(*number, secrets(query)?),
        (Place::Replay(number), &Method::POST) => {
            let secrets = secrets(query)?;
            let body = read(body).await?;
            console.replay(*number, &body, secrets).await
        }
        _ => Ok(other_method(place.methods())),
    }
}

/// What `path` has behind `place`, if it is that place or below it.
fn below<'p>(path: &'p str, place: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(place)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// That a place takes other methods.
pub(super) fn other_method(methods: &'static str) -> Response<Body> {
    let text = format!("this place takes {methods}");
    let refused = Refused::new(StatusCode::METHOD_NOT_ALLOWED, text);
    let mut response = refused.answer();
    let methods = HeaderValue::from_static(methods);
    response.headers_mut().insert(ALLOW, methods);
    response
}

impl WebConsole {
    /// The key, for the code of a link that is good for once.
    fn exchange_code(&self, code: &[u8]) -> Result<Response<Body>, Refused> {
        let code = std::str::from_utf8(code).unwrap_or_default();
        let why = match self.once.take(code, Instant::now()) {
            Worth::Key => {
                let told = json!({ "token": self.token.as_str() });
                return Ok(answer::json(StatusCode::OK, &told));
            }
            Worth::Taken => {
                let text = "the console's link for one time was used twice: unless you opened it \
                            again yourself, another user of this machine has read it";
                self.journal.note(Notice::Said { text: text.into() });
                "this link was used already"
            }
            Worth::Nothing => "this link is good no longer",
        };
        let text = format!("{why}: open the console by the link that the terminal shows");
        Err(Refused::new(StatusCode::UNAUTHORIZED, text))
    }

    fn server(&self) -> Response<Body> {
        let registry = self.live.snapshot();
        let value = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "pid": std::process::id(),
            "folder": self.folder.display().to_string(),
            "service_url": format!("http://localhost:{}", registry.reach.port),
            "public_url": registry.reach.public_url,
            "generation": registry.generation,
            "latest": self.journal.latest(),
        });
        answer::json(StatusCode::OK, &value)
    }

    /// The exchange of that number, if the journal has it.
    pub(super) fn recorded(&self, number: u64) -> Result<Arc<Exchange>, Refused> {
        self.journal.exchange(number).ok_or_else(|| {
            Refused::not_found(format!(
                "there is no exchange {number} in the journal: it is another kind of entry, or too \
                 old, or yet to come"
            ))
        })
    }

    fn exchange(&self, number: u64, secrets: Secrets) -> Result<Response<Body>, Refused> {
        let exchange = self.recorded(number)?;
        let report = ExchangeReport::new(number, &exchange, secrets);
        Ok(answer::json(StatusCode::OK, &report))
    }
}

fn secrets(query: &str) -> Result<Secrets, Refused> {
    match query {
        "" | "secrets=hidden" => Ok(Secrets::Hidden),
        "secrets=shown" => Ok(Secrets::Shown),
        _ => Err(Refused::bad_request(
            "the only parameter here is secrets=shown",
        )),
    }
}

async fn read(body: Incoming) -> Result<Bytes, Refused> {
    read_at_most(body, BODY_BYTES).await
}

/// A request's body of at most so many bytes.
pub(super) async fn read_at_most(body: Incoming, most: usize) -> Result<Bytes, Refused> {
    let reading = Limited::new(body, most).collect();
    match tokio::time::timeout(BODY_PATIENCE, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) => match error.is::<http_body_util::LengthLimitError>() {
            true => Err(Refused::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is over {most} bytes"),
            )),
            false => Err(Refused::bad_request("the body broke off")),
        },
        Err(_) => Err(Refused::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}
