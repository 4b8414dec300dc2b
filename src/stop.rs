//! The wish that the server end, as a value that can be asked and waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Clones carry the same wish. Once it is said it stays said.
///
/// Asking costs one load, since every connection asks each time something happens on it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Wish>);

#[derive(Debug, Default)]
struct Wish {
    said: AtomicBool,
    heard: Notify,
}

impl Stop {
    /// Says it.
    pub fn say(&self) {
        self.0.said.store(true, Ordering::Release);
        self.0.heard.notify_waiters();
    }

    /// Whether it was said.
    pub fn said(&self) -> bool {
        self.0.said.load(Ordering::Acquire)
    }

    /// Waits until it is said.
    pub async fn wait(&self) {
        // Made before the question, so that a wish said in between is heard.
        let heard = self.0.heard.notified();
        if !self.said() {
            heard.await;
        }
    }
}
