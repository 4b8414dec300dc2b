//! Time limits for what nearly always ends long before them.
//!
//! A timer of tokio's costs a clock reading, a lock and often a system call that wakes the I/O
//! driver, all to set an alarm that is taken back a few microseconds later. Under load that was a
//! fifth of a small request's time (measured, 64 connections). Here a deadline is an entry in a
//! table, made only when the future is not ready at once, and one thread sleeps until the earliest
//! of them. It is woken early only by a deadline that is earlier than all others, which happens
//! about once per limit and not once per request.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// How long the thread sleeps where there is no deadline at all.
const IDLE: Duration = Duration::from_secs(3600);
/// When the thread looks again at a deadline whose owner has been woken and has not come yet.
const AGAIN: Duration = Duration::from_millis(10);

/// A table of deadlines, with its thread. Clones share both; the last one ends the thread.
#[derive(Clone, Debug)]
pub(crate) struct Deadlines(Arc<Owner>);

#[derive(Debug)]
struct Owner(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    table: Mutex<Table>,
    earlier: Condvar,
}

#[derive(Debug)]
struct Table {
    entries: Vec<Option<Entry>>,
    free: Vec<usize>,
    /// When the thread will look next.
    next_look: Instant,
    over: bool,
}

#[derive(Debug)]
struct Entry {
    at: Instant,
    waker: Waker,
}

impl Default for Table {
    fn default() -> Self {
        Table {
            entries: Vec::new(),
            free: Vec::new(),
            next_look: Instant::now(),
            over: false,
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        // Without a thread, which a machine that can start none will hardly get as far as to need,
        // limits are noticed late: whenever the future is polled for another reason.
        let _ = std::thread::Builder::new()
            .name("deadlines".to_string())
            .spawn(move || watch(&watched));
        Deadlines(Arc::new(Owner(shared)))
    }
}

impl Deadlines {
    /// `future`, unless it is still not ready after `limit`.
    pub(crate) fn within<F>(&self, limit: Option<Duration>, future: F) -> Within<F>
    where
        F: Future + Unpin,
    {
        Within {
            shared: Arc::clone(&self.0.0),
            limit,
            alarm: None,
            future,
        }
    }
}

/// The limit has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// A future with a limit: [`Deadlines::within`].
#[derive(Debug)]
pub(crate) struct Within<F> {
    shared: Arc<Shared>,
    limit: Option<Duration>,
    alarm: Option<Alarm>,
    future: F,
}

/// An entry of the table, and what to compare the clock with.
#[derive(Debug)]
struct Alarm {
    shared: Arc<Shared>,
    index: usize,
    at: Instant,
}

impl<F> Within<F> {
    /// The future, without its limit.
    pub(crate) fn inner(&mut self) -> &mut F {
        &mut self.future
    }
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Poll::Ready(output) = Pin::new(&mut this.future).poll(context) {
            this.alarm = None;
            return Poll::Ready(Ok(output));
        }
        let Some(limit) = this.limit else {
            return Poll::Pending;
        };
        match &this.alarm {
            None => {
                let at = Instant::now() + limit;
                this.alarm = Some(this.shared.insert(at, context.waker()));
                Poll::Pending
            }
            Some(alarm) if Instant::now() >= alarm.at => {
                this.alarm = None;
                Poll::Ready(Err(Elapsed))
            }
            Some(alarm) => {
                alarm.rearm(context.waker());
                Poll::Pending
            }
        }
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(self: &Arc<Self>, at: Instant, waker: &Waker) -> Alarm {
        let entry = Some(Entry {
            at,
            waker: waker.clone(),
        });
        let mut table = self.table();
        let index = match table.free.pop() {
            Some(index) => {
                table.entries[index] = entry;
                index
            }
            None => {
                table.entries.push(entry);
                table.entries.len() - 1
            }
        };
        if at < table.next_look {
            table.next_look = at;
            self.earlier.notify_one();
        }
        drop(table);
        Alarm {
            shared: Arc::clone(self),
            index,
            at,
        }
    }
}

impl Alarm {
    fn rearm(&self, waker: &Waker) {
        if let Some(entry) = &mut self.shared.table().entries[self.index] {
            entry.waker.clone_from(waker);
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let mut table = self.shared.table();
        let entry = table.entries[self.index].take();
        table.free.push(self.index);
        drop(table);
        drop(entry);
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.table().over = true;
        self.0.earlier.notify_one();
    }
}

/// The thread: wakes what is due, sleeps until the next.
fn watch(shared: &Shared) {
    let mut table = shared.table();
    while !table.over {
        let now = Instant::now();
        let mut due = Vec::new();
        let mut next = now + IDLE;
        for entry in table.entries.iter().flatten() {
            if entry.at <= now {
                due.push(entry.waker.clone());
                // Until its owner takes the entry back it is looked at again soon.
                next = next.min(now + AGAIN);
            } else {
                next = next.min(entry.at);
            }
        }
        table.next_look = next;
        if !due.is_empty() {
            // Waking runs code of others: not under the lock.
            drop(table);
            due.into_iter().for_each(Waker::wake);
            table = shared.table();
        }
        let wait = table.next_look.saturating_duration_since(Instant::now());
        if !table.over {
            (table, _) = shared
                .earlier
                .wait_timeout(table, wait)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn what_is_ready_makes_no_entry() {
        let deadlines = Deadlines::default();
        assert_eq!(
            deadlines.within(Some(Duration::ZERO), ready(1)).await,
            Ok(1)
        );
        assert!(deadlines.0.0.table().entries.is_empty());
    }

    #[tokio::test]
    async fn what_is_never_ready_ends_at_its_limit() {
        let deadlines = Deadlines::default();
        let long = tokio::spawn(deadlines.within(Some(Duration::from_secs(3600)), pending::<()>()));
        let limit = Some(Duration::from_millis(5));
        assert_eq!(deadlines.within(limit, pending::<()>()).await, Err(Elapsed));
        assert_eq!(deadlines.within(limit, pending::<()>()).await, Err(Elapsed));
        long.abort();
        assert!(long.await.is_err());
        assert!(deadlines.0.0.table().entries.iter().all(Option::is_none));
    }

    #[tokio::test]
    async fn an_entry_is_used_again() {
        let deadlines = Deadlines::default();
        for _ in 0..100 {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            let waiting = tokio::spawn(deadlines.within(Some(IDLE), receiver));
            tokio::task::yield_now().await;
            sender.send(7).unwrap();
            assert_eq!(waiting.await.unwrap(), Ok(Ok(7)));
        }
        assert_eq!(deadlines.0.0.table().entries.len(), 1);
    }
}
