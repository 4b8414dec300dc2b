//! Calls that functions place.
//!
//! A call rings on the phone that has its number; where none has, nobody answers, and that at once on the
//! call's own clock. Who is to be told of it is, and what a client is told of the call follows it.

use super::pace::Pace;
use super::{Courier, Line};
use crate::outbox::{Left, Outbox};
use crate::phone::session::{CallSession, Ring, Setup};
use crate::rest::{Call, CallStatus, Sent};
use crate::server::grace;
use crate::stop::Stop;
use crate::twiml::Method;
use crate::webhook::{Change, Kind, Unfit, Wishes};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Phones on which calls ring.
pub(crate) trait Phones: fmt::Debug + Send + Sync {
    /// The call, placed by the function in the file `by`, rings on the phone that has its number, or
    /// nobody answers it. Returns whether it began: it does not where too many calls go on.
    fn place(&self, call: Box<CallSession>, by: &str, line: Line) -> bool;

    /// The API changes the call of that SID; one that is over stays so.
    fn change(&self, sid: &str, change: Change, line: Line);

    /// Ends when no request is on its way, for a call that a phone makes either.
    fn walks_end(&self) -> JoinHandle<()>;

    /// Ends the calls that nobody has done anything about for long.
    fn give_up_idle(&self, line: &Line);
}

/// How often it is looked for calls that were left alone.
const LOOKS: Duration = Duration::from_secs(60);

impl Courier {
    /// Places calls and changes them, in the order in which that is asked for, until the server ends;
    /// then what is being asked has as long as a function may take.
    pub(super) async fn place(self, mut leaving: Receiver<Arc<Left>>, stop: Stop) {
        let mut pace = Pace::new(Instant::now());
        let mut looks = tokio::time::interval(LOOKS);
        loop {
            let left = tokio::select! {
                left = leaving.recv() => left,
                _ = looks.tick() => {
                    self.phones.give_up_idle(&self.line);
                    continue;
                }
                () = stop.wait() => break,
            };
            let left = match left {
                Ok(left) => left,
                Err(RecvError::Lagged(_)) => {
                    self.outbox.fail_queued();
                    self.say(
                        "calls were placed too quickly to be followed: they failed".to_string(),
                    );
                    continue;
                }
                Err(RecvError::Closed) => break,
            };
            match &left.sent {
                Sent::Message(_) => {}
                Sent::Call(call) => {
                    if !self.keep(&mut pace, "calls were placed", &stop).await {
                        break;
                    }
                    self.begin(call, &left.by);
                }
                Sent::Change(sid, change) => {
                    self.phones.change(sid, change.clone(), self.line.clone());
                }
            }
        }
        let ended = self.phones.walks_end();
        let _ = tokio::time::timeout(grace(self.line.gateway.limits()), ended).await;
    }

    /// The call begins, or why not is told.
    fn begin(&self, call: &Call, by: &str) {
        let why = match session(call) {
            Ok(begun) => match self.phones.place(begun, by, self.line.clone()) {
                true => return,
                false => "too many calls go on that nobody answers".to_string(),
            },
            Err(unfit) => format!("{unfit}: {}", unfit.help),
        };
        self.outbox
            .advance_call(&call.sid, CallStatus::Failed, Duration::ZERO);
        self.say(format!("call {} is not placed: {why}", call.sid));
    }
}

/// The call that was asked for, before anything of it has happened.
fn session(call: &Call) -> Result<Box<CallSession>, Unfit> {
    let setup = Setup {
        kind: Kind::Voice,
        url: String::new(),
        wishes: Wishes {
            from: Some(call.from.clone()),
            to: Some(call.to.clone()),
            ..Wishes::default()
        },
        seed: call.seed.clone(),
        unix_seconds: call.created,
        account_sid: call.account_sid.clone(),
        status_callback: call.status_callback.as_ref().map(|(_, url)| url.clone()),
    };
    let ring = Ring {
        first: call.first.clone(),
        events: call.events.clone(),
        callback_method: call
            .status_callback
            .as_ref()
            .map_or(Method::Post, |(method, _)| *method),
        timeout: call.timeout,
        detects_machines: call.detects_machines,
    };
    CallSession::ring(setup, ring).map(Box::new)
}

/// What clients are told of the call follows it.
pub(crate) fn tell(outbox: &Outbox, call: &CallSession) {
    // One that was given up, for a fault of this server's.
    let status = CallStatus::named(call.status()).unwrap_or(CallStatus::Failed);
    outbox.advance_call(&call.sid(), status, call.elapsed());
}
