//! The exchange while it happens: what the journal will hold.

use crate::console::Console;
use crate::event::RequestHead;
use crate::journal::{Finished, Journal};
use crate::parity::{ParityWarning, Rule};
use crate::registry::{Route, Service};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// What is recorded when the caller leaves before the answer: nginx's number for it.
const CALLER_LEFT: u16 = 499;

/// An exchange that is not over. Dropped unrecorded, it is one whose caller left.
pub(super) struct Draft<'j> {
    journal: &'j Journal,
    started: Instant,
    recorded: bool,
    pub(super) at: SystemTime,
    pub(super) peer: Option<SocketAddr>,
    head: Arc<RequestHead>,
    service: Option<Arc<Service>>,
    route: Option<Arc<Route>>,
    body: Bytes,
    console: Option<Console>,
}

impl<'j> Draft<'j> {
    pub(super) fn new(
        journal: &'j Journal,
        head: Arc<RequestHead>,
        peer: Option<SocketAddr>,
        at: SystemTime,
    ) -> Self {
        Draft {
            journal,
            started: Instant::now(),
            recorded: false,
            at,
            peer,
            head,
            service: None,
            route: None,
            body: Bytes::new(),
            console: None,
        }
    }

    /// The request is for this service, which has no such route.
    pub(super) fn service(&mut self, service: &Arc<Service>) {
        self.service = Some(Arc::clone(service));
    }

    pub(super) fn route(&mut self, route: &Arc<Route>) {
        self.route = Some(Arc::clone(route));
    }

    pub(super) fn received(&mut self, body: &Bytes) {
        self.body = body.clone();
    }

    pub(super) fn console(&mut self, console: &Console) {
        self.console = Some(console.clone());
    }

    /// Writes it to the journal with this answer.
    pub(super) fn record(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        mut warnings: Vec<ParityWarning>,
        fault: Option<String>,
    ) {
        if super::cors::browser_blocks(&self.head.headers, headers) {
            warnings.push(ParityWarning::new(
                Rule::BrowserBlocks,
                "a browser will keep this answer from the page that asked: append \
                 Access-Control-Allow-Origin to the Response",
            ));
        }
        self.write(status, headers, body, warnings, fault);
    }

    fn write(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        warnings: Vec<ParityWarning>,
        fault: Option<String>,
    ) {
        self.recorded = true;
        self.journal.record(Finished {
            at: self.at,
            duration: self.started.elapsed(),
            peer: self.peer,
            service: self
                .service
                .as_ref()
                .map(|service| Arc::clone(&service.name)),
            route: self.route.as_ref().map(|route| Arc::clone(&route.taken)),
            request: &self.head,
            request_body: &self.body,
            status,
            headers,
            body,
            console: self
                .console
                .as_ref()
                .map(Console::lines)
                .unwrap_or_default(),
            warnings,
            fault,
        });
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.recorded {
            let status = StatusCode::from_u16(CALLER_LEFT).unwrap_or_default();
            let fault = Some("the caller left before the answer".to_string());
            self.write(status, &HeaderMap::new(), &Bytes::new(), Vec::new(), fault);
        }
    }
}
