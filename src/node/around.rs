//! What a server has around its pools: the same for all services, and over all reloads.

use super::debugger::Debuggers;
use super::pool::NodePool;
use crate::journal::Journal;
use crate::outbox::Outbox;

/// What the processes of all services of a server have in common.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    /// Where debuggers attach, if they may.
    pub(crate) debuggers: Option<Debuggers>,
    /// What functions send, and whose requests go there.
    pub(crate) outbox: Outbox,
    /// What they print when no invocation is left to have it.
    pub(crate) journal: Journal,
}

impl Around {
    /// Starts a process of `pool`, which is that of `service`, so that the first call finds it. To be
    /// called within a tokio runtime.
    pub(crate) fn warm(&self, service: &str, pool: &NodePool) {
        pool.serve(self);
        if let Some(debuggers) = &self.debuggers {
            debuggers.seat(service, pool);
        }
        pool.warm();
    }
}
