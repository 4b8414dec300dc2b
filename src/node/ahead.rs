//! Calls on their way to a worker: sent, sent ahead, and taken back.

use super::NodeFault;
use super::job::Job;
use super::wire::{self, Kind};
use super::worker::{Running, Worker};
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
        let mut jobs = std::mem::take(&mut self.unsent).into_iter();
        if self.line.is_empty()
            && let Some(job) = jobs.next()
        {
            self.late.hand_over(&job.console);
            let id = self.next_id();
            self.enqueue(id, 0, job);
        }
        let ahead: Vec<(u32, Job)> = jobs.map(|job| (self.next_id(), job)).collect();
        if ahead.is_empty() {
            return;
        }
        if self
            .process
            .tickets
            .give(ahead.iter().map(|(id, _)| *id))
            .is_err()
        {
            self.hand_back(ahead.into_iter().map(|(_, job)| job).collect());
            return;
        }
        for (id, job) in ahead {
            self.enqueue(id, wire::AHEAD, job);
        }
    }

    fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1).max(1);
        self.last_id
    }

    fn enqueue(&mut self, id: u32, flags: u8, job: Job) {
        let channel = &mut self.process.channel;
        channel.put(Kind::Invoke, id, flags, &job.head, &[]);
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
