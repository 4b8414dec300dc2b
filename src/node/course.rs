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
    pub(super) fn new(pid: Option<u32>) -> Self {
        let began = Instant::now();
        Birth {
            pid: pid.unwrap_or_default(),
            began,
            ready: began,
        }
    }

    /// How long a call that is in line since `queued` waited for this worker to start.
    fn awaited(&self, queued: Instant) -> Duration {
        self.ready.saturating_duration_since(self.began.max(queued))
    }
}

impl Worker {
    /// How `running` went, which ends `now`; `told` is how long it ran by the process's own clock.
    pub(super) fn course(&self, running: &Running, now: Instant, told: Option<Duration>) -> Run {
        let job = &running.job;
        let whole = now - job.queued;
        let starting = self.birth.awaited(job.queued);
        let cold = (starting + running.loading).min(whole);
        // The process's clock is without the way to and fro; but it counts loading as well, and
        // holds no long time.
        let exact = |told: &Duration| {
            let holds = !told.is_zero() && *told < wire::LONGEST_TIME;
            holds && running.loading.is_zero()
        };
        let seen = (now - running.turn).saturating_sub(running.loading);
        let ran = told.filter(exact).unwrap_or(seen).min(whole - cold);
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
