//! How a handler has behaved so far: whether it can be polled where its caller is waited for.
//!
//! A handler may block its thread, and then whoever polls it can do nothing else, not even answer 504.
//! So it has a task of its own, which costs a small request a tenth of its time. A handler that has
//! answered many times, always at its first poll and always at once, does without. Should it block
//! all the same, its own caller waits until it comes back, and nobody else does; from then on it has
//! its task again, and those callers get their 504. Trusting from the start, or never, were both
//! turned down.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// After how many quick answers in a row a handler is trusted.
const TRUSTED_AFTER: u32 = 100;
/// What a poll may take to be at once: many times what a function of a few thousand instructions
/// needs, so that a thread that is preempted once is no reason for distrust.
const AT_ONCE: Duration = Duration::from_millis(20);

/// What is remembered of one handler.
#[derive(Debug, Default)]
pub(crate) struct Habit {
    quick: AtomicU32,
}

impl Habit {
    /// Whether it has always answered at once, often enough.
    pub(crate) fn is_trusted(&self) -> bool {
        self.quick.load(Ordering::Relaxed) >= TRUSTED_AFTER
    }

    /// It answered at its first poll, which took so long.
    pub(crate) fn answered(&self, took: Duration) {
        if took >= AT_ONCE {
            self.distrust();
        } else if !self.is_trusted() {
            self.quick.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// It waited for something.
    pub(crate) fn distrust(&self) {
        self.quick.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_earned_slowly_and_lost_at_once() {
        let habit = Habit::default();
        for _ in 0..TRUSTED_AFTER {
            assert!(!habit.is_trusted());
            habit.answered(Duration::ZERO);
        }
        assert!(habit.is_trusted());
        habit.answered(AT_ONCE);
        assert!(!habit.is_trusted());
        habit.answered(Duration::ZERO);
        habit.distrust();
        assert!(!habit.is_trusted());
    }
}
