//! JavaScript functions: warm Node processes, supervised, one invocation at a time in each.
//!
//! ```text
//! gateway ─► NodePool::invoke ─► worker task ─► socket ─► bridge/*.js ─► exports.handler
//!                 │                  │
//!                 │                  └ times, captures output, kills; tells the pool how it went
//!                 └ which worker, when another one, when none ([`pool`])
//! ```
//!
//! The program is the user's own `node` and the modules are theirs: an engine of our own would be
//! another language in the details. A process for each request (as the Toolkit's own tool has it)
//! costs 175 ms; invocations at the same time in one process, as an ordinary Node server has them,
//! would let a blocking or crashing function take others with it, which the cloud does not.
//!
//! A worker's slot is freed by the worker's answer or its death and never by the request: a caller
//! may leave at any time.
//!
//! A service can be debugged: then one worker runs all its calls ([`debugger`]).
//!
//! # The end
//!
//! Workers end when the pool is dropped and what they run has ended, and with the runtime. Each is a
//! process group of its own, which is killed whole: what a function has started goes with it, unless
//! it was started `detached`. When the server is killed, a worker's channel ends, and the worker
//! kills its group; one that spins at that moment is killed by the [`warden`].

mod ahead;
mod around;
mod asked;
mod channel;
mod course;
mod debugger;
#[doc(hidden)]
pub mod door;
mod end;
mod fault;
mod files;
mod inherit;
mod job;
mod line;
mod memory;
mod message;
mod output;
mod pool;
mod spawn;
mod spec;
mod state;
mod syntax;
mod tickets;
mod times;
mod version;
mod view;
mod vigil;
mod warden;
mod wire;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use around::Around;
pub(crate) use debugger::Debuggers;
pub use debugger::{Begin, Inspect};
pub(crate) use fault::{NodeFault, Unanswered};
pub(crate) use inherit::reserve;
pub(crate) use job::{Answered, Call};
pub(crate) use memory::resident_bytes;
pub(crate) use message::Ended;
pub(crate) use pool::NodePool;
pub(crate) use spec::NodeSpec;
pub(crate) use syntax::{SyntaxFault, syntax_faults};
pub(crate) use times::Summary;
pub(crate) use version::{fault_of, version_of};
pub(crate) use view::{PoolView, WorkerView};
