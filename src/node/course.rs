//! Where the time of a call went, told when it ends from what the worker noted on its way.

use super::wire;
use super::worker::{Running, Worker};
use crate::journal::{Run, WorkerTaken};
use std::time::Duration;
use tokio::time::Instant;

/// The start of a worker.
#[derive(Debug)]
pub(super) struct Birth {
    pid: u32,
    began: Instant,
    /// When it was ready; before that, when it began.
    pub(super) ready: Instant,
}

impl Birth {
    /// It begins now.
    pub(super) fn new(pid: u32) -> Self {
        let began = Instant::now();
        Birth {
            pid,
            began,
            ready: began,
        }
    }

    /// How long a call that is in line since `queued` waited for this worker to start.
    fn awaited(&self, queued: Instant) -> Duration {
        self.ready.saturating_duration_since(self.began.max(queued))
    }
}

impl Running {
    /// Its handler begins, if it does, after it was loaded for so long by the process's clock.
    pub(super) fn loads(&mut self, begins_after: Option<Duration>) {
        if let Some(told) = begins_after {
            let seen = self.started - self.turn;
            self.loading = exact(told).unwrap_or(seen);
        }
    }
}

/// A time that a process told, if it can be what it was.
fn exact(told: Duration) -> Option<Duration> {
    (!told.is_zero() && told < wire::LONGEST_TIME).then_some(told)
}

impl Worker {
    /// How `running` went, which ends `now`; `told` is how long it ran by the process's own clock.
    pub(super) fn course(&self, running: &Running, now: Instant, told: Option<Duration>) -> Run {
        let job = &running.job;
        let whole = now - job.queued;
        let starting = self.birth.awaited(job.queued);
        let cold = (starting + running.loading).min(whole);
        // The process's clock is better: it is without the way to and fro, and without the time that
        // this task may have had to wait for a thread.
        let since_turn = told.and_then(exact).unwrap_or(now - running.turn);
        let ran = since_turn.saturating_sub(running.loading);
        let ran = ran.min(whole - cold);
        // Its turn is noted late where several answers come in one piece.
        let line = (running.turn - job.queued).saturating_sub(starting);
        Run {
            queued: line.min(whole - cold - ran),
            cold,
            ran,
            worker: Some(WorkerTaken {
                number: self.number,
                pid: self.birth.pid,
                generation: job.generation,
            }),
        }
    }
}
