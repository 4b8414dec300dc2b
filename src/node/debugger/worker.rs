//! A worker under a debugger.

use super::{Begin, Offered};
use crate::node::message::Inspector;
use crate::node::wire::Kind;
use crate::node::worker::Worker;
use tokio::time::Instant;

/// What Node itself says to those who debug a script of theirs.
const SAID_BY_NODE: [&str; 5] = [
    "Debugger listening on ws://",
    "For help, see: https://nodejs.org/",
    "Debugger attached.",
    "Debugger ending on ws://",
    "Waiting for the debugger to disconnect...",
];

/// Whether a worker is debugged.
#[derive(Debug)]
pub(in crate::node) enum Debugged {
    /// It is not.
    No,
    /// It opens its inspector.
    Opening,
    /// Its inspector is there.
    At(Offered),
}

impl Worker {
    /// Has the inspector opened.
    pub(in crate::node) fn inspect(&mut self, begin: Begin) {
        let head: &[u8] = match begin {
            Begin::AtOnce => br#"{"wait":false}"#,
            Begin::Waiting => br#"{"wait":true}"#,
        };
        self.debugged = Debugged::Opening;
        self.process.channel.put(Kind::Inspect, 0, 0, head, &[]);
    }

    /// What its inspector tells.
    pub(in crate::node) fn inspector(&mut self, told: Inspector) {
        let Some(pool) = self.pool.upgrade() else {
            return;
        };
        match told {
            Inspector::Listens { port } => {
                if let Some(seat) = pool.seat.get() {
                    self.debugged = Debugged::At(seat.offer(port));
                }
            }
            Inspector::Released => pool.released(self.number),
        }
    }

    /// Whether it is one that a debugger can attach to.
    pub(in crate::node) fn is_debugged(&self) -> bool {
        !matches!(self.debugged, Debugged::No)
    }

    /// Whether what runs may run on though its time is up: while somebody looks at it, and then as
    /// long again as it may run at all.
    pub(in crate::node) fn is_held(&mut self) -> bool {
        let held = matches!(&self.debugged, Debugged::At(offered) if offered.is_attached());
        if held && let Some(running) = self.line.front_mut() {
            running.started = Instant::now();
        }
        held
    }

    /// Whether a line of native output is Node's own talk of debuggers.
    pub(in crate::node) fn is_talk(&self, line: &str) -> bool {
        self.is_debugged() && SAID_BY_NODE.iter().any(|said| line.starts_with(said))
    }

    /// Debuggers are led elsewhere.
    pub(in crate::node) fn withdraw(&mut self) {
        if let Debugged::At(offered) = &self.debugged {
            offered.withdraw();
        }
    }
}
