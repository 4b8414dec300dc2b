//! What the journal holds: requests with their answers, and what else happened to the server.

use super::Timeline;
use crate::console::Line;
use crate::diagnostic::Diagnostic;
use crate::event::RequestHead;
use crate::parity::ParityWarning;
use crate::visibility::{Admission, Visibility};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One request with its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When the request's head had arrived.
    pub at: SystemTime,
    /// From then until the answer was ready to be sent.
    pub duration: Duration,
    /// Where that time went.
    pub timeline: Timeline,
    /// The number of the registry that answered.
    pub generation: u64,
    /// Who asked; `None` in memory.
    pub peer: Option<SocketAddr>,
    /// The service that the request was for, if it named one.
    pub service: Option<Arc<str>>,
    /// The route that it reached, if there was one.
    pub route: Option<Arc<RouteTaken>>,
    /// Whether the route let it in; `None` where it lets everybody in, or was not asked.
    pub admission: Option<Admission>,
    /// The request's head, as received.
    pub request: Arc<RequestHead>,
    /// The request's body, as received.
    pub request_body: Bytes,
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The answer's body; empty for an asset, which is streamed.
    pub body: Bytes,
    /// What the function printed.
    pub console: Vec<Line>,
    /// What would go otherwise in the cloud.
    pub warnings: Vec<ParityWarning>,
    /// Why it is not a success, for the developer: never told to the caller.
    pub fault: Option<String>,
}

/// What a request reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTaken {
    /// The service's name.
    pub service: Arc<str>,
    /// The path within the service.
    pub path: Arc<str>,
    /// Who may reach it.
    pub visibility: Visibility,
    /// What stands behind it, in a word or two: `rust:jwt`, `asset`, `javascript`.
    pub target: Arc<str>,
}

/// An exchange that is over, to be recorded: what it is made of still belongs to others.
#[derive(Debug)]
pub(crate) struct Finished<'a> {
    pub(crate) at: SystemTime,
    pub(crate) duration: Duration,
    pub(crate) timeline: Timeline,
    pub(crate) generation: u64,
    pub(crate) peer: Option<SocketAddr>,
    /// Where there is a route, it knows the service.
    pub(crate) service: Option<Arc<str>>,
    pub(crate) route: Option<Arc<RouteTaken>>,
    pub(crate) admission: Option<Admission>,
    pub(crate) request: &'a RequestHead,
    pub(crate) request_body: &'a Bytes,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) console: Vec<Line>,
    pub(crate) warnings: Vec<ParityWarning>,
    pub(crate) fault: Option<String>,
}

/// Something that happened to the server and not to one request.
#[derive(Clone, Debug)]
pub enum Notice {
    /// New files are served.
    Reloaded {
        /// The number of the registry, from 1.
        generation: u64,
        /// The services that changed, appeared or went.
        changed: Vec<String>,
        /// From the first sign of the change to the swap.
        took: Duration,
        /// What is worth saying about the files.
        diagnostics: Vec<Diagnostic>,
    },
    /// The files cannot be served; the last good version serves on.
    Rejected {
        /// Why.
        diagnostics: Vec<Diagnostic>,
    },
    /// Something else worth a line.
    Said {
        /// The line.
        text: String,
    },
}

/// An entry of the journal.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A request and its answer.
    Exchange(Arc<Exchange>),
    /// Something else.
    Notice(Arc<Notice>),
}
