//! What functions send with an account that is answered for here: kept, and told to whoever is to know.
//!
//! One for a server, so that saves change nothing of it. It answers at once and waits for nobody;
//! `courier` sees to it that messages come to be delivered and calls are placed, and the console's phones
//! get both.

use crate::clock::Clock;
use crate::console::Level;
use crate::rest::{
    Answered, Api, CallStatus, Message, Now, Overview, Reply, Request, Sent, Status,
};
use crate::token::Token;
use serde::Serialize;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// Messages and calls that wait for a reader who is slow; the oldest are lost to it.
const WAITING: usize = 1000;

/// Whose requests are answered here, and not by Twilio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AnsweredFor {
    /// The development account's, which Twilio does not know.
    #[default]
    DevelopmentAccount,
    /// Every account's: nothing that a client of the package `twilio` asks for leaves this machine.
    EveryAccount,
}

/// What the functions of a server send. Clones are the same.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Shared>);

struct Shared {
    api: Mutex<Api>,
    answered_for: AnsweredFor,
    clock: Clock,
    /// Makes SIDs unlike those of another run, which a function may have stored.
    seed: String,
    made: AtomicU64,
    left: broadcast::Sender<Arc<Left>>,
}

/// What has left.
#[derive(Debug)]
pub(crate) struct Left {
    /// As it was when it left.
    pub(crate) sent: Sent,
    /// The file of the function that sent it, or nothing where that is not known.
    pub(crate) by: String,
}

impl Outbox {
    /// An empty one.
    pub(crate) fn new(clock: Clock, answered_for: AnsweredFor) -> Self {
        // Without randomness SIDs repeat those of an earlier run, and nothing else is the worse.
        let seed = Token::random().map(|token| token.as_str().to_string());
        Outbox(Arc::new(Shared {
            api: Mutex::default(),
            answered_for,
            clock,
            seed: seed.unwrap_or_default(),
            made: AtomicU64::new(0),
            left: broadcast::Sender::new(WAITING),
        }))
    }

    /// Whose requests are to be brought here.
    pub(crate) fn answered_for(&self) -> AnsweredFor {
        self.0.answered_for
    }

    /// Answers a request of a client in the file `by`; what there is to say to the developer is
    /// returned, too.
    pub(crate) fn answer(&self, request: &Request, by: &str) -> (Reply, Option<(Level, String)>) {
        let number = self.0.made.fetch_add(1, Ordering::Relaxed);
        let now = Now {
            unix_seconds: self.0.clock.unix_seconds(),
            seed: &format!("{}/{number}", self.0.seed),
        };
        let Answered { reply, said, sent } = self.api().answer(request, now);
        if let Some(sent) = sent {
            let by = by.to_string();
            // Nobody reads where a server is only asked about, not run.
            let _ = self.0.left.send(Arc::new(Left { sent, by }));
        }
        (reply, said)
    }

    /// What functions keep in Sync, by name.
    pub(crate) fn sync_overview(&self) -> Overview {
        let now = self.0.clock.unix_seconds();
        self.api().sync_overview(now)
    }

    /// The message has come to be `status`; returns it, if it is still on its way.
    pub(crate) fn advance(&self, sid: &str, status: Status) -> Option<Message> {
        let now = self.0.clock.unix_seconds();
        self.api().advance(sid, status, now)
    }

    /// The call has come to be `status`, and has lasted so long on its own clock.
    pub(crate) fn advance_call(&self, sid: &str, status: CallStatus, lasted: Duration) {
        let now = self.0.clock.unix_seconds();
        self.api().advance_call(sid, status, lasted, now);
    }

    /// The calls that nobody has placed yet are lost.
    pub(crate) fn fail_queued(&self) {
        let now = self.0.clock.unix_seconds();
        self.api().fail_queued(now);
    }

    /// All that leaves from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Left>> {
        self.0.left.subscribe()
    }

    fn api(&self) -> MutexGuard<'_, Api> {
        self.0.api.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbox(..)")
    }
}
