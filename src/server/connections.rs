//! The connections of one listener, and which of them have been idle for too long.

use super::socket::Writing;
use crate::crew;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::{AbortHandle, Id, JoinSet};

/// How often connections are looked over. One that is without a running exchange, and has had none
/// since the last look, is closed: an idle one, or one whose next head is slow to arrive.
pub(super) const LOOK_OVER: Duration = Duration::from_secs(30);

/// At how many looks in a row an answer may wait for its caller to take more of it. Several, since a
/// caller on a slow line is not seen to read: its system takes megabytes ahead.
const WAITING_LOOKS: u32 = 4;

/// The connections that are open.
#[derive(Default)]
pub(super) struct Connections {
    tasks: JoinSet<()>,
    /// By their tasks. A handle keeps what its task was made of, so it goes as soon as that ends.
    open: HashMap<Id, Open>,
}

impl Connections {
    /// Has a connection served, whose `traffic` is noted there.
    pub(super) fn begin(
        &mut self,
        traffic: Arc<Traffic>,
        serving: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = self.tasks.spawn(crew::counted(serving));
        let open = Open {
            task: task.clone(),
            traffic,
            seen: None,
            silent: 0,
        };
        self.open.insert(task.id(), open);
    }

    /// Waits until one has ended; `None` if there is none.
    pub(super) async fn ended(&mut self) -> Option<()> {
        let id = match self.tasks.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.open.remove(&id);
        Some(())
    }

    /// Closes those that are of no use.
    pub(super) fn look_over(&mut self) {
        self.open.retain(|_, open| open.is_wanted());
    }

    /// Those that are still served.
    pub(super) fn into_tasks(self) -> JoinSet<()> {
        self.tasks
    }
}

/// A connection, as the accepting task knows it.
struct Open {
    task: AbortHandle,
    traffic: Arc<Traffic>,
    /// How many exchanges had ended at the last look, and how often something was written; the first
    /// comes less than a whole period after the start and closes nothing.
    seen: Option<(u32, u32)>,
    /// At how many looks in a row nothing had happened.
    silent: u32,
}

impl Open {
    /// Whether it is of use; one of no use is closed.
    fn is_wanted(&mut self) -> bool {
        let ended = self.traffic.ended.load(Ordering::Relaxed);
        let now = Some((ended, self.traffic.writing.times()));
        let silent = !self.traffic.is_running() && self.seen == now;
        self.silent = if silent { self.silent + 1 } else { 0 };
        self.seen = now;
        let most = match self.traffic.writing.is_waiting() {
            true => WAITING_LOOKS,
            false => 1,
        };
        let wanted = self.silent < most;
        if !wanted {
            self.task.abort();
        }
        wanted
    }
}

/// What happened on one connection.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) begun: AtomicU32,
    pub(super) ended: AtomicU32,
    pub(super) writing: Arc<Writing>,
}

impl Traffic {
    pub(super) fn is_running(&self) -> bool {
        self.begun.load(Ordering::Relaxed) != self.ended.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_kept_of_a_connection_that_has_ended() {
        let mut connections = Connections::default();
        connections.begin(Arc::default(), std::future::pending());
        connections.begin(Arc::default(), async {});
        connections.begin(Arc::default(), async { panic!("of a connection") });
        connections.ended().await;
        connections.ended().await;
        assert_eq!(connections.open.len(), 1);
        assert_eq!(connections.into_tasks().len(), 1);
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_at_the_second_look() {
        let mut connections = Connections::default();
        let traffic = Arc::<Traffic>::default();
        connections.begin(Arc::clone(&traffic), std::future::pending());
        connections.look_over();
        traffic.begun.store(1, Ordering::Relaxed);
        connections.look_over();
        traffic.ended.store(1, Ordering::Relaxed);
        connections.look_over();
        assert_eq!(connections.open.len(), 1);
        connections.look_over();
        assert!(connections.ended().await.is_some());
        assert!(connections.into_tasks().is_empty());
    }
}
