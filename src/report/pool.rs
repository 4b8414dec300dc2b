//! The processes of a service, as the console tells them.

use super::milliseconds;
use crate::node::{self, NodePool, PoolView, Summary, WorkerView};
use serde::Serialize;
use std::time::Duration;

/// The processes of a service's JavaScript functions.
#[derive(Debug, Serialize)]
pub struct PoolReport {
    /// The version of Node.js, once a process has told it.
    pub node: Option<String>,
    /// Where debuggers attach: host and port.
    pub debugger: Option<String>,
    /// Why no process can be started now.
    pub trouble: Option<String>,
    /// How many calls wait for one.
    pub waiting: usize,
    /// How long calls waited for a process to start or a file to be loaded.
    pub cold: TimesReport,
    /// How long handlers ran that had nothing to wait for.
    pub warm: TimesReport,
    /// The processes, the oldest first.
    pub workers: Vec<WorkerStateReport>,
}

/// What there is to tell of many times.
#[derive(Debug, Serialize)]
pub struct TimesReport {
    /// How many there were since the pool began.
    pub count: u64,
    /// The newest, in milliseconds.
    pub last_ms: Option<f64>,
    /// The middle one of the latest 64, in milliseconds.
    pub median_ms: Option<f64>,
}

/// A process.
#[derive(Debug, Serialize)]
pub struct WorkerStateReport {
    /// Counts the workers of the service, from 1.
    pub number: u64,
    /// Its process.
    pub pid: u32,
    /// `starting`, `fresh` (it has run nothing yet), `idle` or `busy`.
    pub stage: &'static str,
    /// How many calls it has been given since its start.
    pub calls: u64,
    /// How many of them it has not answered: what it runs, and what was sent ahead.
    pub running: usize,
    /// Which version of the service's files it has loaded; `None` if none yet.
    pub generation: Option<u64>,
    /// Since its start, in milliseconds.
    pub age_ms: f64,
    /// In its stage, or since it last answered, in milliseconds.
    pub since_ms: f64,
    /// The memory that it has in use, where the system tells it.
    pub memory_bytes: Option<u64>,
}

impl PoolReport {
    pub(super) fn new(pool: &NodePool) -> Self {
        let PoolView {
            node,
            workers,
            waiting,
            cold,
            warm,
            trouble,
            debugger,
        } = pool.view();
        PoolReport {
            node,
            debugger: debugger.map(|address| address.to_string()),
            trouble,
            waiting,
            cold: TimesReport::new(cold),
            warm: TimesReport::new(warm),
            workers: workers.iter().map(WorkerStateReport::new).collect(),
        }
    }
}

impl TimesReport {
    fn new(summary: Summary) -> Self {
        TimesReport {
            count: summary.count,
            last_ms: summary.last.map(milliseconds),
            median_ms: summary.median.map(milliseconds),
        }
    }
}

impl WorkerStateReport {
    fn new(worker: &WorkerView) -> Self {
        // Whole milliseconds: it is old by the time that it is read.
        let whole = |time: Duration| milliseconds(Duration::from_millis(time.as_millis() as u64));
        WorkerStateReport {
            number: worker.number,
            pid: worker.pid,
            stage: worker.stage.as_str(),
            calls: worker.calls,
            running: worker.running,
            generation: worker.generation,
            age_ms: whole(worker.age),
            since_ms: whole(worker.since),
            memory_bytes: node::resident_bytes(worker.pid),
        }
    }
}
