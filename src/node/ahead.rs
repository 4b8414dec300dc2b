//! Calls on their way to a worker: sent, sent ahead, and taken back.

use super::NodeFault;
use super::job::Job;
use super::wire::{self, Kind};
use super::worker::{Running, Worker};
use std::iter::successors;
use std::time::Duration;
use tokio::time::Instant;

impl Worker {
    /// Takes a call, to be sent before the worker's task waits again: several at a time cost one
    /// system call for all their tickets, and one to send them.
    pub(super) fn run(&mut self, job: Job) {
        self.unsent.push(job);
    }

    /// Sends the calls that were taken: to be started at once if the process is idle, else ahead.
    pub(super) fn send(&mut self) {
        if self.unsent.is_empty() {
            return;
        }
        // Taken out for as long as this lasts, and put back for its room.
        let mut jobs = std::mem::take(&mut self.unsent);
        let at_once = usize::from(self.line.is_empty());
        let ids = successors(Some(following(self.last_id)), |id| Some(following(*id)));
        let ahead = ids.take(jobs.len()).skip(at_once);
        if self.process.tickets.give(ahead).is_err() {
            self.hand_back(jobs.drain(at_once..).collect());
        }
        for job in jobs.drain(..) {
            self.enqueue(job);
        }
        self.unsent = jobs;
    }

    fn enqueue(&mut self, job: Job) {
        let mut flags = wire::AHEAD;
        let turn = Instant::now();
        if self.line.is_empty() {
            self.late.hand_over(&job.console);
            let idle = turn - self.since;
            self.vigil.begins(turn, idle, job.pace.is_brief());
            flags = 0;
        } else {
            self.vigil.joined();
        }
        self.last_id = following(self.last_id);
        let id = self.last_id;
        let channel = &mut self.process.channel;
        channel.put(Kind::Invoke, id, flags, &job.head, &[]);
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
        let back = back.into_iter().map(|running| running.job);
        back.chain(std::mem::take(&mut self.unsent)).collect()
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

/// The number after `id`: 0 is no call's.
fn following(id: u32) -> u32 {
    id.wrapping_add(1).max(1)
}
