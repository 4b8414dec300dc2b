//! The life of a request, from its head to the journal.
//!
//! ```text
//! request ─► edge (headers, host, method) ──────────► 400 431 403
//!            registry: one snapshot, to the end
//!            service by host, path or default; route ► 404
//!            private ────────────────────────────────► 404
//!            OPTIONS ─► cors
//!            receive the body ───────────────────────► 413 408 400
//!            protected: signature ───────────────────► 403
//!            asset    ─► asset::AssetStore
//!            function ─► event, context ─► invoke ───► 429 500 504
//!            answer ─► headers in the cloud's order
//!            journal ◄─ all of it
//! ```
//!
//! Each step answers or hands on; whatever ends early is a `Refusal`, so that nothing reaches a
//! caller that is not in that one list.

mod asked;
mod cors;
mod date;
mod edge;
mod exchange;
mod function;
mod guard;
mod invoke;
mod javascript;
mod links;
mod parity;
mod receive;
mod refusal;
mod signed;

use crate::asset::{AssetFile, AssetStore, Served};
use crate::body::Body;
use crate::clock::Clock;
use crate::config::Limits;
use crate::crew::Tenancy;
use crate::event::RequestHead;
use crate::journal::{Journal, Notice};
use crate::parity::Bound;
use crate::registry::{LiveRegistry, Registry, Resolved, Route, Service, Target};
use crate::response::answer::{self, Answer};
use crate::stop::Stop;
use crate::visibility::Visibility;
use asked::Asked;
use bytes::Bytes;
use exchange::Draft;
pub(crate) use exchange::Recorded;
use guard::Guard;
use http::{Method, Request, Version};
use invoke::Invoker;
use refusal::Refusal;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

pub use parity::{Parity, ParityHeader, Strictness};
pub use signed::SignatureReading;

/// The HTTP side of the server: one for all connections.
#[derive(Debug)]
pub struct Gateway {
    live: LiveRegistry,
    journal: Journal,
    assets: AssetStore,
    guard: Guard,
    invoker: Invoker,
    clock: Clock,
    stop: Stop,
    parity: Parity,
}

/// What is about to leave.
enum Reply {
    /// A function's answer, or one of our own.
    Answer(Answer),
    /// A file.
    Asset(Served),
}

impl Gateway {
    /// A gateway to what `live` holds, writing to `journal`.
    ///
    /// It must be made within a tokio runtime, which is the one that handlers run on.
    /// Once `stop` is said, bodies that have not arrived are no longer waited for.
    pub fn new(live: LiveRegistry, journal: Journal, clock: Clock, stop: Stop) -> Self {
        Gateway {
            live,
            journal,
            assets: AssetStore::default(),
            guard: Guard::default(),
            invoker: Invoker::new(Tenancy::Shared),
            clock,
            stop,
            parity: Parity::default(),
        }
    }

    /// The same, with these wishes about parity warnings.
    #[must_use]
    pub fn with_parity(mut self, parity: Parity) -> Self {
        self.parity = parity;
        self
    }

    /// The same, in a runtime that it has to itself or not.
    #[must_use]
    pub(crate) fn with_tenancy(mut self, tenancy: Tenancy) -> Self {
        self.invoker = Invoker::new(tenancy);
        self
    }

    /// The limits that hold at this moment.
    pub fn limits(&self) -> Limits {
        self.live.snapshot().limits
    }

    /// Answers one request that came from `peer`.
    ///
    /// It cannot fail: what goes wrong is an answer.
    pub async fn handle<B>(
        &self,
        request: Request<B>,
        peer: Option<SocketAddr>,
    ) -> http::Response<Body>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Display,
    {
        let registry = self.live.snapshot();
        let (parts, body) = request.into_parts();
        let head = Arc::new(RequestHead {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
        });
        let (at, generation) = (self.clock.now(), registry.generation);
        let mut draft = Draft::new(&self.journal, Arc::clone(&head), peer, at, generation);
        let reply = match self
            .reply(&registry, head, parts.version, body, &mut draft)
            .await
        {
            Ok(reply) => self.judged(reply, &registry, &mut draft),
            Err(refusal) => Reply::Answer(refusal.answer(&registry.cloud)),
        };
        leave(reply, &mut draft, self.parity)
    }

    /// The steps of the module's doc, in order.
    async fn reply<B>(
        &self,
        registry: &Arc<Registry>,
        head: Arc<RequestHead>,
        version: Version,
        body: B,
        draft: &mut Draft<'_>,
    ) -> Result<Reply, Refusal>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Display,
    {
        let limits = &registry.limits;
        let seen = edge::check(&head, version, limits)?;
        draft.warn(Bound::HEADER_BYTES.judge(seen.bytes, limits.header_bytes));
        draft.warn(Bound::HEADERS.judge(head.headers.len(), limits.headers));
        let resolved = registry
            .resolve(seen.host, head.uri.path())
            .ok_or(Refusal::NoService)?;
        // The edge knows no routes; they are found first so that the journal can name them.
        let route = find(&resolved);
        match &route {
            Ok(route) => draft.route(route),
            Err(_) => draft.service(resolved.service),
        }
        edge::check_method(&head.method, !body.is_end_stream())?;
        let route = route?;
        if route.visibility == Visibility::Private {
            draft.admitted(false);
            return Err(Refusal::Private {
                shown: route.taken.target.to_string(),
            });
        }
        if head.method == Method::OPTIONS {
            return Ok(Reply::Answer(cors::preflight(registry.cloud.cors)));
        }
        let most = match limits.request_bytes {
            Some(most) => most.saturating_sub(seen.bytes),
            None => receive::CEILING,
        };
        let body = receive::body(body, &head, most, &self.stop)
            .await
            .inspect_err(|_| draft.received_no_more())?;
        draft.received(&body);
        draft.warn(Bound::REQUEST.judge(seen.bytes + body.len(), limits.request_bytes));
        let asked = Asked {
            registry: Arc::clone(registry),
            service: Arc::clone(resolved.service),
            route: Arc::clone(route),
            by_prefix: resolved.by_prefix,
            head: Arc::clone(&head),
            body,
            peer: draft.peer,
        };
        let mut form = None;
        if route.visibility == Visibility::Protected {
            let admitted = self.guard.admit(&asked).await;
            draft.admitted(admitted.is_ok());
            form = admitted?;
        }
        if !matches!(route.target, Target::Asset(_)) {
            let running = asked.service.running.count() + 1;
            draft.warn(Bound::CONCURRENCY.judge(running, limits.concurrency));
            draft.warn(asked.service.config().parity.iter().cloned());
        }
        match &route.target {
            Target::Asset(file) => self.asset(&asked, file).await.map(Reply::Asset),
            Target::Rust(handler) => self
                .rust(&asked, form, handler, draft)
                .await
                .map(Reply::Answer),
            Target::JavaScript(file) => self
                .javascript(&asked, form, file, draft)
                .await
                .map(Reply::Answer),
        }
    }

    /// The reply with what the cloud's rules say of it.
    fn judged(&self, mut reply: Reply, registry: &Registry, draft: &mut Draft<'_>) -> Reply {
        if let Reply::Answer(answer) = &mut reply {
            draft.warn(answer.warnings.drain(..));
            draft.warn(links::judge(answer, registry, draft));
            draft.ended(registry.limits.time);
        }
        match self.parity.refusal(draft.warnings()) {
            Some(refusal) => Reply::Answer(refusal.answer(&registry.cloud)),
            None => reply,
        }
    }

    /// Writes a line to the journal: for what happens before there is a request.
    pub(crate) fn say(&self, text: String) {
        self.journal.note(Notice::Said { text });
    }

    async fn asset(&self, asked: &Asked, file: &AssetFile) -> Result<Served, Refusal> {
        self.assets
            .serve(file, &asked.head.method, &asked.head.headers)
            .await
            .map_err(Refusal::Asset)
    }
}

/// Puts the reply on the wire and into the journal.
fn leave(reply: Reply, draft: &mut Draft<'_>, parity: Parity) -> http::Response<Body> {
    let date = date::header(draft.at);
    let in_memory = draft.peer.is_none();
    let (status, headers, body, recorded) = match reply {
        Reply::Answer(answer) => {
            let mut headers = answer.header_map(date);
            let (status, body) = (answer.status, answer.body);
            parity.name(draft.judge_headers(&headers), &mut headers);
            let recorded = draft.record(status, &headers, &body, answer.fault);
            (status, headers, Body::from(body), recorded)
        }
        Reply::Asset(served) => {
            let mut headers = answer::framed(date, served.headers);
            parity.name(draft.judge_headers(&headers), &mut headers);
            let recorded = draft.record(served.status, &headers, &Bytes::new(), None);
            (served.status, headers, served.body, recorded)
        }
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if in_memory {
        response.extensions_mut().insert(recorded);
    }
    response
}

/// The route for the path; `/` may be answered by the root asset.
fn find<'r>(resolved: &Resolved<'r, '_>) -> Result<&'r Arc<Route>, Refusal> {
    let service: &'r Service = resolved.service;
    service.at(resolved.path).ok_or_else(|| Refusal::NoRoute {
        service: service.name.to_string(),
        hint: hint(service, resolved.path),
    })
}

/// What may have been meant by a path that has no route: a few look-ups, however many routes there
/// are.
fn hint(service: &Service, path: &str) -> Option<String> {
    let trimmed = path.trim_end_matches('/');
    [
        trimmed.to_string(),
        trimmed.to_ascii_lowercase(),
        format!("{trimmed}/index"),
        format!("{trimmed}/index.html"),
    ]
    .into_iter()
    .find(|candidate| {
        // What is private has no URL to be meant.
        let route = service.route(candidate);
        route.is_some_and(|route| route.visibility != Visibility::Private)
    })
    .map(|found| format!("did you mean {found}? Paths match exactly"))
}
