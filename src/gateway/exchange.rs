//! The exchange while it happens: what the journal will hold.

use crate::console::Console;
use crate::event::RequestHead;
use crate::journal::{Finished, Journal, Run, Timeline};
use crate::parity::{Bound, ParityWarning, Rule};
use crate::registry::{Route, Service};
use crate::visibility::Admission;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// What is recorded when the caller leaves before the answer: nginx's number for it.
const CALLER_LEFT: u16 = 499;

/// The journal's number of an exchange, in the extensions of its answer: for who asks in memory, where
/// many may ask the same at once. Over a connection it would be looked at by nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recorded(pub(crate) u64);

/// An exchange that is not over. Dropped unrecorded, it is one whose caller left.
pub(super) struct Draft<'j> {
    journal: &'j Journal,
    started: Instant,
    /// How long it took, once it is over.
    took: Option<Duration>,
    timeline: Timeline,
    generation: u64,
    warnings: Vec<ParityWarning>,
    recorded: bool,
    pub(super) at: SystemTime,
    pub(super) peer: Option<SocketAddr>,
    head: Arc<RequestHead>,
    service: Option<Arc<Service>>,
    route: Option<Arc<Route>>,
    admission: Option<Admission>,
    body: Bytes,
    console: Option<Console>,
}

impl<'j> Draft<'j> {
    pub(super) fn new(
        journal: &'j Journal,
        head: Arc<RequestHead>,
        peer: Option<SocketAddr>,
        at: SystemTime,
        generation: u64,
    ) -> Self {
        Draft {
            journal,
            started: Instant::now(),
            took: None,
            timeline: Timeline::default(),
            generation,
            warnings: Vec::new(),
            recorded: false,
            at,
            peer,
            head,
            service: None,
            route: None,
            admission: None,
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

    /// The route that answers, if one was found.
    pub(super) fn answered_by(&self) -> Option<&Route> {
        self.route.as_deref()
    }

    /// The route, which is not public, has let it in or not.
    pub(super) fn admitted(&mut self, passed: bool) {
        self.admission = Some(match passed {
            true => Admission::Passed,
            false => Admission::Refused,
        });
    }

    pub(super) fn received(&mut self, body: &Bytes) {
        // Without one there was nothing to wait for.
        if !body.is_empty() {
            self.received_no_more();
        }
        self.body = body.clone();
    }

    /// Its body is not waited for any longer.
    pub(super) fn received_no_more(&mut self) {
        self.timeline.received = self.started.elapsed();
    }

    /// Its function has run, or waited in vain.
    pub(super) fn ran(&mut self, run: Run) {
        self.timeline.run = Some(run);
    }

    pub(super) fn console(&mut self, console: &Console) {
        self.console = Some(console.clone());
    }

    /// Takes in what the cloud would do otherwise.
    pub(super) fn warn(&mut self, warnings: impl IntoIterator<Item = ParityWarning>) {
        self.warnings.extend(warnings);
    }

    pub(super) fn warnings(&self) -> &[ParityWarning] {
        &self.warnings
    }

    /// There is an answer of a function's, which may take `limit` here.
    pub(super) fn ended(&mut self, limit: Option<Duration>) {
        let took = self.started.elapsed();
        self.took = Some(took);
        let limit = limit.map(milliseconds);
        self.warn(Bound::TIME.judge(milliseconds(took), limit));
    }

    /// All warnings, with what a browser makes of the answer's `headers`.
    pub(super) fn judge_headers(&mut self, headers: &HeaderMap) -> &[ParityWarning] {
        if super::cors::browser_blocks(&self.head.headers, headers) {
            self.warnings.push(ParityWarning::new(
                Rule::BrowserBlocks,
                "a browser will keep this answer from the page that asked: append \
                 Access-Control-Allow-Origin to the Response",
            ));
        }
        &self.warnings
    }

    /// Writes it to the journal with this answer.
    pub(super) fn record(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        fault: Option<String>,
    ) -> Recorded {
        self.recorded = true;
        Recorded(
            self.journal.record(Finished {
                at: self.at,
                duration: self.took.unwrap_or_else(|| self.started.elapsed()),
                timeline: self.timeline,
                generation: self.generation,
                peer: self.peer,
                service: self
                    .service
                    .as_ref()
                    .map(|service| Arc::clone(&service.name)),
                route: self.route.as_ref().map(|route| Arc::clone(&route.taken)),
                admission: self.admission,
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
                warnings: std::mem::take(&mut self.warnings),
                fault,
            }),
        )
    }
}

fn milliseconds(time: Duration) -> usize {
    usize::try_from(time.as_millis()).unwrap_or(usize::MAX)
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.recorded {
            let status = StatusCode::from_u16(CALLER_LEFT).unwrap_or_default();
            let fault = Some("the caller left before the answer".to_string());
            self.record(status, &HeaderMap::new(), &Bytes::new(), fault);
        }
    }
}
