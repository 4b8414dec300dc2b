//! Calls that functions place with the development account.
//!
//! A call rings on the phone that has its number; where none has, it rings until it is over, at once on
//! its own clock. Who is to be told of it is, and what a client is told of the call follows it.

use super::{Line, lost};
use crate::config::DEVELOPMENT_AUTH_TOKEN;
use crate::journal::{Journal, Notice};
use crate::outbox::Outbox;
use crate::phone::session::{Act, CallSession, Change, Ring, Setup, Wanted};
use crate::phone::{First, Progress};
use crate::rest::{self, Call, CallStatus, Heard};
use crate::signature::Signer;
use crate::twiml::Method;
use crate::webhook::{Kind, Wishes};
use std::fmt;
use tokio::task::JoinHandle;

/// Phones on which calls ring.
pub(crate) trait Phones: fmt::Debug + Send + Sync {
    /// The call rings on the phone that has its number, placed by the function in the file `by`; until
    /// that one is wanted its requests are performed by what is returned.
    ///
    /// # Errors
    ///
    /// Where no phone has the number the call comes back.
    fn ring(
        &self,
        call: Box<CallSession>,
        by: &str,
        line: Line,
    ) -> Result<JoinHandle<()>, Box<CallSession>>;

    /// The API changes the call of that SID, if a phone has it.
    fn change(&self, sid: &str, change: Change, line: Line) -> Option<JoinHandle<()>>;
}

/// The call that was asked for, before anything of it has happened. `None` where there can be no such
/// call, of which the API has told.
pub(super) fn begin(call: &Call) -> Option<Box<CallSession>> {
    let answered_by = ("AnsweredBy".to_string(), "human".to_string());
    let setup = Setup {
        kind: Kind::Voice,
        url: String::new(),
        wishes: Wishes {
            from: Some(call.from.clone()),
            to: Some(call.to.clone()),
            parameters: call
                .detects_machines
                .then_some(answered_by)
                .into_iter()
                .collect(),
            ..Wishes::default()
        },
        seed: call.seed.clone(),
        unix_seconds: call.created,
        account_sid: call.account_sid.clone(),
        status_callback: call.status_callback.as_ref().map(|(_, url)| url.clone()),
    };
    let ring = Ring {
        first: first(&call.heard),
        events: call
            .events
            .iter()
            .filter_map(|e| Progress::named(e))
            .collect(),
        callback_method: call
            .status_callback
            .as_ref()
            .map_or(Method::Post, |(method, _)| *method),
        timeout: call.timeout,
    };
    CallSession::ring(setup, ring).ok().map(Box::new)
}

fn first(heard: &Heard) -> First {
    match heard {
        Heard::At(method, url) => First::At(*method, url.clone()),
        Heard::Twiml(text) => First::Twiml(text.clone()),
    }
}

pub(super) fn change(change: &rest::Change) -> Change {
    match change {
        rest::Change::HangUp => Change::HangUp,
        rest::Change::Lead(heard) => Change::Lead(first(heard)),
    }
}

/// Why nobody answers the call, with the way out.
pub(super) fn nobody(call: &CallSession, has_phones: bool) -> String {
    let (sid, to) = (call.sid(), call.setup().wishes.to.as_deref());
    let to = to.unwrap_or_default();
    match has_phones {
        true => {
            format!("nobody answers call {sid}: add a phone with the number {to} in the console")
        }
        false => {
            format!("nobody answers call {sid}: phones ring in the console, and it is left out")
        }
    }
}

/// What requests of such a call are signed by.
pub(crate) fn signer() -> Signer {
    Signer::new(DEVELOPMENT_AUTH_TOKEN)
}

/// What clients are told of the call follows it.
pub(crate) fn tell(outbox: &Outbox, call: &CallSession) {
    // A call that was left alone until it was given up has been answered by nobody.
    let status = CallStatus::named(call.status()).unwrap_or(CallStatus::NoAnswer);
    outbox.advance_call(&call.sid(), status, call.elapsed());
}

/// The call goes on without anybody at the phone: it rings until it is over, or ends.
pub(crate) async fn alone(
    mut call: Box<CallSession>,
    mut line: Line,
    outbox: &Outbox,
    journal: &Journal,
) {
    let signer = signer();
    loop {
        tell(outbox, &call);
        if let Some(request) = call.request() {
            let at = format!("{} {}", request.webhook.method.as_str(), request.url);
            let performed = line.perform(request, &signer).await;
            if let Some(why) = lost(&performed) {
                let text = format!("{at} was to be told of call {}, but {why}", call.sid());
                journal.note(Notice::Said { text });
            }
            call.performed(performed);
            continue;
        }
        match call.wanted() {
            None => return,
            // What nobody hears has no more to say.
            Some(Wanted::Ring { .. }) if call.act(&Act::TimeOut).is_ok() => {}
            Some(_) => call.change(Change::HangUp),
        }
    }
}
