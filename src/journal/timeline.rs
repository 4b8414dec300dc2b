//! Where the time of an exchange went.

use std::time::Duration;

/// The parts of an exchange's time that are known. What is left of its whole is the server's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// From the request's head until its body was there, or was refused.
    pub received: Duration,
    /// How its function ran; `None` where none was asked to.
    pub run: Option<Run>,
}

/// An invocation of a function, from the moment at which it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// It waited for its turn: behind others, or for a thread.
    pub queued: Duration,
    /// It waited for a process to start, or for its file to be loaded into one.
    pub cold: Duration,
    /// Its handler ran, until it had called back or was ended.
    pub ran: Duration,
    /// The process that it ran in; `None` for a function in Rust, and for one that never ran.
    pub worker: Option<WorkerTaken>,
}

/// The Node process that an invocation ran in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerTaken {
    /// Counts the workers of its service's pool, from 1.
    pub number: u64,
    /// Its process.
    pub pid: u32,
    /// Which version of the service's files it has loaded: counts from 1, and each change of a
    /// loaded file begins another.
    pub generation: u64,
}
