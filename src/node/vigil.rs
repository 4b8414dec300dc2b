//! When a worker's task stays awake although it has nothing to do.
//!
//! Where a processor has gone idle, waking it takes some 25 µs (measured, on a virtual machine, whose
//! host has to do it): more than a small function does. A call is two such wakings, of Node and of
//! the server. So where a function is brief, the worker's task yields over and over instead of
//! waiting, for a tenth of a millisecond at most: until the reply, and after it, where calls come one
//! behind the other, until the next one. Other tasks run in between, and nothing is put off.
//!
//! With eight calls at a time the difference was within the noise; one after the other they are
//! answered in half the time (64 µs instead of 150, node:http 86; medians, interleaved). A machine with one core would only keep Node from running.

use super::state::cores;
use std::time::Duration;
use tokio::time::Instant;

/// How long the task stays awake for a reply, and for the call after it.
const LONGEST: Duration = Duration::from_micros(100);

/// Calls with no longer pauses between them come one behind the other.
const PAUSE: Duration = Duration::from_millis(1);

/// Whether the task of one worker stays awake.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    until: Option<Instant>,
    /// What runs came soon after the call before it.
    follows: bool,
    /// What runs was alone all the time.
    alone: bool,
}

impl Vigil {
    /// A call is sent to a process that was idle for `idle`; it starts `now`.
    pub(super) fn begins(&mut self, now: Instant, idle: Duration, brief: bool) {
        self.follows = idle < PAUSE;
        self.alone = true;
        self.stay(now, brief);
    }

    /// A call is sent behind the one that runs.
    pub(super) fn joined(&mut self) {
        self.alone = false;
    }

    /// A call has ended `now`; `next` is whether the one behind it, if there is one, is brief.
    pub(super) fn ends(&mut self, now: Instant, next: Option<bool>) {
        let was_brief = self.until.is_some();
        self.stay(now, next.unwrap_or(was_brief && self.follows && self.alone));
    }

    fn stay(&mut self, now: Instant, is_worth_it: bool) {
        self.until = (is_worth_it && cores() > 1).then(|| now + LONGEST);
    }

    /// Whether it does at this moment.
    pub(super) fn is_kept(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_micros(50);

    /// How long the task stays awake, counted from `now`.
    fn stays(vigil: &Vigil, now: Instant) -> Option<Duration> {
        vigil.until.map(|until| until - now)
    }

    #[test]
    fn it_is_kept_for_brief_calls_that_follow_each_other() {
        let now = Instant::now();
        let kept = (cores() > 1).then_some(LONGEST);
        for (idle, brief, during, after) in [
            (SOON, true, kept, kept),
            (PAUSE, true, kept, None),
            (SOON, false, None, None),
        ] {
            let mut vigil = Vigil::default();
            vigil.begins(now, idle, brief);
            assert_eq!(stays(&vigil, now), during, "{idle:?} {brief}");
            vigil.ends(now, None);
            assert_eq!(stays(&vigil, now), after, "{idle:?} {brief}");
        }
    }

    #[test]
    fn calls_at_once_keep_it_by_what_runs() {
        let now = Instant::now();
        let kept = (cores() > 1).then_some(LONGEST);
        let mut vigil = Vigil::default();
        vigil.begins(now, SOON, true);
        vigil.joined();
        vigil.ends(now, Some(false));
        assert_eq!(stays(&vigil, now), None, "what runs now is not brief");
        vigil.ends(now, Some(true));
        assert_eq!(stays(&vigil, now), kept);
        vigil.ends(now, None);
        assert_eq!(stays(&vigil, now), None, "they did not come one by one");
    }

    #[test]
    fn it_ends() {
        let long_ago = Instant::now() - LONGEST;
        let mut vigil = Vigil::default();
        assert!(!vigil.is_kept());
        vigil.begins(long_ago, SOON, true);
        assert!(!vigil.is_kept());
    }
}
