//! How many invocations of a service run at this moment.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Counts the invocations of a service. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Running(Arc<AtomicUsize>);

impl Running {
    /// How many run now.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// A place for one more, not yet taken.
    ///
    /// It is taken when the invocation begins to run and not when it is asked for: a request that
    /// waits for a thread of this machine is none that runs, and counting it would refuse what the
    /// cloud, which has more threads, would have answered long ago.
    pub fn slot(&self) -> Arc<Slot> {
        Arc::new(Slot {
            running: Arc::clone(&self.0),
            taken: AtomicBool::new(false),
            began: OnceLock::new(),
        })
    }
}

/// A place among those that run. It is left once, by whoever notices first that the invocation is
/// over: itself, or the one that waits for it and cannot stop it.
#[derive(Debug)]
pub struct Slot {
    running: Arc<AtomicUsize>,
    taken: AtomicBool,
    began: OnceLock<Instant>,
}

impl Slot {
    /// Takes the place, unless `most` run already.
    pub fn enter(&self, most: Option<usize>) -> bool {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        self.taken.store(true, Ordering::Relaxed);
        let room = most.is_none_or(|most| before < most);
        if !room {
            self.leave();
        }
        room
    }

    /// Its invocation began at that moment.
    pub fn begin(&self, at: Instant) {
        // It begins once.
        let _ = self.began.set(at);
    }

    /// When its invocation began, if it has, and if whoever runs it said so.
    pub fn began(&self) -> Option<Instant> {
        self.began.get().copied()
    }

    /// Leaves it; once it is left, or was never taken, nothing happens.
    pub fn leave(&self) {
        if self.taken.swap(false, Ordering::Relaxed) {
            self.running.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_counts_from_its_beginning_to_its_end_and_once() {
        let running = Running::default();
        let (first, second) = (running.slot(), running.slot());
        assert_eq!(running.count(), 0);
        assert!(first.enter(Some(1)));
        assert!(!second.enter(Some(1)));
        assert_eq!(running.count(), 1);
        first.leave();
        first.leave();
        assert_eq!(running.count(), 0);
        assert!(second.enter(Some(1)));
        drop((first, second));
        assert_eq!(running.count(), 0);
    }
}
