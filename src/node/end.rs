//! The end of a worker: its process is gone for certain, what ran is answered for, and what did not
//! run goes back to the pool.

use super::fault::{NodeFault, Unanswered};
use super::state::Order;
use super::worker::{End, START_LIMIT, Worker};
use crate::console::Line;
use crate::journal::Notice;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::time::Instant;

impl Worker {
    /// Ends the process, answers for what ran, and hands back what did not.
    pub(super) async fn end(mut self, end: End) {
        self.withdraw();
        let pool = self.pool.upgrade();
        if let (Some(pool), true) = (&pool, self.ready) {
            pool.leaves(self.number);
        }
        if let (End::TimedOut, true) = (&end, self.ready) {
            // The caller need not wait for the process to be gone.
            self.native_output();
            if let Some(running) = self.line.pop_front() {
                let limit = running.job.limit.unwrap_or_default();
                let run = self.course(&running, Instant::now(), None);
                running.job.end(Err(Unanswered::TimedOut(limit)), run);
            }
        }
        // One that ends by itself is given the moment that it takes, so that its own status is seen.
        if !matches!(end, End::Died) || !self.exits_soon().await {
            self.process.kill();
        }
        let status = self.process.child.wait().await.ok();
        self.process.bury();
        self.native_output();
        let fault = match end {
            End::Protocol(why) => NodeFault::Protocol(why),
            End::Unusable(fault) => fault,
            End::TimedOut => NodeFault::Died {
                how: format!("it was not ready after {} s", START_LIMIT.as_secs()),
            },
            End::Retired | End::Died => NodeFault::Died {
                how: self.how(status),
            },
        };
        self.tell_late();
        let died = Instant::now();
        let mut unstarted = Vec::new();
        let ahead = self.unstarted();
        for running in std::mem::take(&mut self.line) {
            match &self.fatal {
                // It said that it ended between two invocations.
                Some((id, _)) if *id != running.id => unstarted.push(running.job),
                _ => {
                    let run = self.course(&running, died, None);
                    running.job.end(Err(fault.clone().into()), run);
                }
            }
        }
        unstarted.extend(ahead);
        self.orders.close();
        while let Ok(order) = self.orders.try_recv() {
            if let Order::Run(job) = order {
                unstarted.push(job);
            }
        }
        match pool {
            Some(pool) if self.ready => pool.ended(self.number, unstarted),
            Some(pool) => pool.false_start(self.number, fault),
            None => {
                for job in unstarted {
                    job.refuse(fault.clone());
                }
            }
        }
    }

    /// What was printed after the last answer would be the next invocation's: there is none.
    fn tell_late(&mut self) {
        let lines = self.late.take();
        if lines.is_empty() {
            return;
        }
        let lines = lines.iter();
        let text: String = lines
            .map(|Line { level, text }| format!("\n{:<7} {text}", level.as_str()))
            .collect();
        let text = format!("printed after an answer, by a process that has ended:{text}");
        self.around.journal.note(Notice::Said { text });
    }

    async fn exits_soon(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(200), self.process.child.wait())
            .await
            .is_ok()
    }

    fn how(&self, status: Option<ExitStatus>) -> String {
        if let Some((_, how)) = &self.fatal {
            return how.clone();
        }
        let printed = self.native[1].tail();
        let own = printed.lines().filter(|line| !self.is_talk(line));
        let printed = own.collect::<Vec<_>>().join("\n");
        if printed.contains("heap out of memory") {
            return "JavaScript heap out of memory".to_string();
        }
        let ended = match status {
            Some(status) => ended_by(status),
            None => "how it ended is not known".to_string(),
        };
        match printed.trim() {
            "" => ended,
            printed => format!("{ended}; the last that it printed:\n{printed}"),
        }
    }
}

fn ended_by(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (_, Some(signal)) => format!("it was killed by signal {signal}"),
        (Some(code), None) => format!("it exited with code {code}"),
        (None, None) => status.to_string(),
    }
}
