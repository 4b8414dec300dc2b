//! What is asked of a route: a request with all that has been found out about it.

use super::edge;
use crate::event::RequestHead;
use crate::registry::{Registry, Route, Service};
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;

/// A request that has found its route, with its body. Owned whole, so that it can be worked on
/// elsewhere and outlive the connection.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) registry: Arc<Registry>,
    pub(super) service: Arc<Service>,
    pub(super) route: Arc<Route>,
    /// Whether the first path segment named the service and was cut off.
    pub(super) by_prefix: bool,
    pub(super) head: Arc<RequestHead>,
    pub(super) body: Bytes,
    pub(super) peer: Option<SocketAddr>,
}

impl Asked {
    /// The host that was asked for, with its port if one was named.
    pub(super) fn host(&self) -> &str {
        // The edge has let it pass, so that there is one.
        edge::host(&self.head).unwrap_or_default()
    }
}
