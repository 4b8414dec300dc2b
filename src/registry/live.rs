//! The registry in use, swapped whole.

use super::Registry;
use std::sync::Arc;
use tokio::sync::watch;

/// Holds the registry in use. Clones hold the same.
///
/// A `watch` channel, since it also tells waiters (tests, the console page) of a swap; a lock-free
/// cell would be some 20 ns faster per request and would need another crate.
#[derive(Clone, Debug)]
pub struct LiveRegistry(Arc<watch::Sender<Arc<Registry>>>);

impl LiveRegistry {
    /// Starts with `first`.
    pub fn new(first: Registry) -> Self {
        LiveRegistry(Arc::new(watch::Sender::new(Arc::new(first))))
    }

    /// The registry of this moment; a request takes it once.
    pub fn snapshot(&self) -> Arc<Registry> {
        Arc::clone(&self.0.borrow())
    }

    /// Puts `next` in use. Requests in flight keep the old one until they end.
    pub fn replace(&self, next: Registry) {
        self.0.send_replace(Arc::new(next));
    }

    /// Wakes its reader at each swap.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Registry>> {
        self.0.subscribe()
    }
}
