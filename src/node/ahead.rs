//! Calls on their way to a worker: sent, sent ahead, and taken back.

use super::NodeFault;
use super::job::Job;
use super::wire::{self, Kind};
use super::worker::{Running, Worker};
use std::time::Duration;
use tokio::time::Instant;

impl Worker {
    /// Sends a call: to be started at once if the worker is idle, else ahead.
    pub(super) fn run(&mut self, job: Job) {
        self.last_id = self.last_id.wrapping_add(1).max(1);
        let id = self.last_id;
        let ahead = !self.line.is_empty();
        if ahead && self.process.tickets.give(id).is_err() {
            self.hand_back(vec![job]);
            return;
        }
        let flags = if ahead { wire::AHEAD } else { 0 };
        wire::encode(&mut self.outbox, Kind::Invoke, id, flags, &job.head, &[]);
        if !ahead {
            self.late.hand_over(&job.console);
        }
        let turn = Instant::now();
        self.line.push_back(Running {
            id,
            job,
            started: turn,
            turn,
            loading: Duration::ZERO,
        });
    }

    /// It finishes what it runs, and no more.
    pub(super) fn retire(&mut self) {
        self.retiring = true;
        self.recall();
    }

    /// Hands back what was sent ahead and is not started.
    pub(super) fn recall(&mut self) {
        let jobs = self.unstarted();
        self.hand_back(jobs);
    }

    pub(super) fn unstarted(&mut self) -> Vec<Job> {
        let ids = self.process.tickets.take_back();
        let all = std::mem::take(&mut self.line);
        let (back, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| ids.contains(&r.id));
        self.line = kept.into();
        back.into_iter().map(|running| running.job).collect()
    }

    fn hand_back(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        match self.pool.upgrade() {
            Some(pool) => pool.returned(self.number, jobs),
            None => {
                for job in jobs {
                    job.refuse(NodeFault::Died {
                        how: "its service was taken down".to_string(),
                    });
                }
            }
        }
    }
}
