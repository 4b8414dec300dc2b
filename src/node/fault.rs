//! Why an invocation has no answer of its own: what the caller is told, and what the developer is.

use http::StatusCode;
use std::path::PathBuf;
use std::time::Duration;

/// Why an invocation has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The function ran for longer than the limit; its process was killed.
    TimedOut(Duration),
    /// As many invocations as may run do.
    Busy {
        /// How many may.
        most: usize,
    },
    /// There was no process to run it, or none that lived for long enough.
    Fault(NodeFault),
}

impl From<NodeFault> for Unanswered {
    fn from(fault: NodeFault) -> Self {
        Unanswered::Fault(fault)
    }
}

/// What is wrong with a worker, or with Node.js.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NodeFault {
    /// There is no `node`.
    #[error(
        "this service has JavaScript functions, and Node.js was not found ({0}): install version \
         18 or later from https://nodejs.org, or set SWITCHBOARD_NODE to the program"
    )]
    NoNode(String),
    /// The service's folder, in which its processes work, is not there.
    #[error("the folder of this service, {}, is not there: it is served again once it is", .0.display())]
    NoFolder(PathBuf),
    /// `node` is older than 18.
    #[error(
        "Node.js {0} is too old: install version 18 or later from https://nodejs.org, or set \
         SWITCHBOARD_NODE to a newer one"
    )]
    TooOld(String),
    /// The process ended while the function ran.
    #[error("the function's process ended before it called back: {how} (82002)")]
    Died {
        /// How, and where as far as it is known.
        how: String,
    },
    /// The worker sent what no worker sends.
    #[error("a worker was ended because it broke the protocol: {0}")]
    Protocol(String),
    /// Workers end before they can take an invocation, again and again.
    #[error(
        "Node.js ended {times} times before it was ready, last because {how}; it is tried again \
         later"
    )]
    SpawnLoop {
        /// How often in a row.
        times: u32,
        /// How the last one ended.
        how: String,
    },
}

impl NodeFault {
    /// What the caller is told.
    pub(crate) fn told(&self) -> (StatusCode, &'static str) {
        match self {
            NodeFault::NoNode(_)
            | NodeFault::NoFolder(_)
            | NodeFault::TooOld(_)
            | NodeFault::SpawnLoop { .. } => (StatusCode::SERVICE_UNAVAILABLE, "Not available"),
            NodeFault::Died { .. } | NodeFault::Protocol(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
        }
    }
}
