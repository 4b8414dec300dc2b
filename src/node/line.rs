//! The calls that no worker has: how long they wait, and what becomes of them.

use super::pool::{MOST, Shared};
use super::state::{self, Stage, State, Takers};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a call waits for a used worker before another one is brought in. Far above what a quick
/// function takes, far below what a start takes.
const PATIENCE: Duration = Duration::from_millis(3);

/// How often the line is looked at when it has stood still for long.
const LOOKS: Duration = Duration::from_millis(50);

/// How long a call waits while as many run as may, before it is refused: the machine may be short
/// of time where the cloud is not.
const REFUSED_AFTER: Duration = Duration::from_millis(250);

/// How long one waits that is beyond as many as may run while there are not so many workers yet.
/// Thirty processes take seconds to start here: without it, a service that has just been started,
/// or saved, would answer as many calls at once as it has processes in the end, and refuse none.
const SURPLUS_AFTER: Duration = Duration::from_millis(500);

impl Shared {
    /// After calls or workers have come or gone: there is one in reserve, and a line is watched.
    pub(super) fn settle(self: &Arc<Self>, state: &mut State) {
        self.keep_one_fresh(state);
        if state.waiting.is_empty() || state.is_watched {
            return;
        }
        state.is_watched = true;
        let pool = Arc::downgrade(self);
        // One task for the line and not a timer for each call: under load most calls never stand in
        // it, and setting a timer costs a fair part of a quick function's time.
        tokio::spawn(async move {
            let mut pause = PATIENCE;
            loop {
                sleep(pause).await;
                let next = pool.upgrade().and_then(|pool| pool.look_at_line());
                let Some(next) = next else { return };
                pause = next;
            }
        });
    }

    /// Lets the line grow the pool; returns when to look again, if there still is a line.
    fn look_at_line(self: &Arc<Self>) -> Option<Duration> {
        let mut state = self.lock();
        self.grow(&mut state);
        let first = state.waiting.front();
        let pause = first.map(|first| first.queued.elapsed().clamp(PATIENCE, LOOKS));
        state.is_watched = pause.is_some();
        pause
    }

    /// If calls have waited for long, the reserve comes in, and other processes are started; at last,
    /// if as many run as may, or are in front of them, they are refused.
    pub(super) fn grow(self: &Arc<Self>, state: &mut State) {
        let now = Instant::now();
        let waits = |state: &State, time| {
            let first = state.waiting.front();
            first.is_some_and(|first| now - first.queued >= time)
        };
        if !waits(state, PATIENCE) || state.takers != Takers::All {
            return;
        }
        if state.count(Stage::Busy) >= state.most {
            if waits(state, REFUSED_AFTER) && state.all_run_long(now, REFUSED_AFTER) {
                state.refuse(now - REFUSED_AFTER);
            }
            return;
        }
        state.refuse_surplus(now, SURPLUS_AFTER);
        if state.is_moving(now) {
            return;
        }
        while state.place(true) {}
        self.keep_one_fresh(state);
        let room = MOST.saturating_sub(state.members.len());
        let wanted = state.waiting.len().min(room).min(state::cores());
        while state.trouble(now).is_none() && state.count(Stage::Starting) < wanted {
            self.start(state);
        }
    }
}
