//! What there is to tell of a pool at one moment.

use super::pool::NodePool;
use super::state::Stage;
use super::times::Summary;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::Instant;

/// A pool at one moment.
#[derive(Clone, Debug)]
pub(crate) struct PoolView {
    /// The version of Node, once a worker has told it.
    pub(crate) node: Option<String>,
    /// Its workers, the oldest first; not those that finish their last call.
    pub(crate) workers: Vec<WorkerView>,
    /// How many calls no worker has.
    pub(crate) waiting: usize,
    /// Waits for a process or a file.
    pub(crate) cold: Summary,
    /// Runs that had nothing to wait for.
    pub(crate) warm: Summary,
    /// Why no worker can be started now.
    pub(crate) trouble: Option<String>,
    /// Where debuggers attach.
    pub(crate) debugger: Option<SocketAddr>,
}

/// A worker at one moment.
#[derive(Clone, Debug)]
pub(crate) struct WorkerView {
    pub(crate) number: u64,
    pub(crate) pid: u32,
    pub(crate) stage: Stage,
    /// Since its start.
    pub(crate) age: Duration,
    /// In that stage, or since it last answered.
    pub(crate) since: Duration,
    /// How many calls it has been given.
    pub(crate) calls: u64,
    /// How many of them it has not answered.
    pub(crate) running: usize,
    /// Which version of the files it has loaded; `None` if none yet.
    pub(crate) generation: Option<u64>,
}

impl NodePool {
    /// How it is now.
    pub(crate) fn view(&self) -> PoolView {
        let mut state = self.0.lock();
        let now = Instant::now();
        let workers = state.members.iter().map(|member| WorkerView {
            number: member.number,
            pid: member.pid,
            stage: member.stage,
            age: now.saturating_duration_since(member.born),
            since: now.saturating_duration_since(member.since),
            calls: member.calls,
            running: member.load,
            generation: match member.stage {
                Stage::Starting | Stage::Fresh => None,
                Stage::Idle | Stage::Busy => Some(state.version + 1),
            },
        });
        let mut workers: Vec<WorkerView> = workers.collect();
        workers.sort_by_key(|worker| worker.number);
        PoolView {
            node: state.node.clone(),
            workers,
            waiting: state.waiting.len(),
            cold: self.0.times.cold(),
            warm: self.0.times.warm(),
            trouble: state.trouble(now).map(ToString::to_string),
            debugger: self.0.seat.get().map(|seat| seat.address()),
        }
    }
}

impl Stage {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Stage::Starting => "starting",
            Stage::Fresh => "fresh",
            Stage::Idle => "idle",
            Stage::Busy => "busy",
        }
    }
}
