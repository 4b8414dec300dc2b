//! Requests and steps: the turns that every verb can take.

use super::{Call, CallTurn, Ending, Stage};
use crate::phone::fetch::{Answer, Fetch, Heard, Use, hear, unanswered};
use crate::phone::step::{self, Action, Lasting, Step};
use crate::twiml::{Element, Medium, Method};
use std::time::Duration;

/// The request that is to be performed.
#[derive(Clone, Debug)]
pub struct Fetching {
    pub(super) call: Box<Call>,
    pub(super) fetch: Fetch,
}

/// The step that happens.
#[derive(Clone, Debug)]
pub struct Playing {
    pub(super) call: Box<Call>,
    pub(super) step: Step,
    /// What is asked afterwards: the action of a `<Sms>`.
    pub(super) then: Option<Asking>,
}

/// A request that comes after a step.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) verb: Element,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Fetching {
    /// What is to be performed.
    pub fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    /// The answer has come.
    pub fn answered(self, answer: &Answer) -> CallTurn {
        let Fetching { mut call, fetch } = self;
        let from = answer.url.clone().unwrap_or_else(|| fetch.url.clone());
        for cookie in &answer.set_cookies {
            call.cookies.keep(&from, cookie);
        }
        if fetch.answer == Use::Nothing {
            return call.end(Ending::CallerHungUp);
        }
        let heard = match hear(&fetch, answer, Medium::Voice) {
            Ok(heard) => heard,
            Err(fault) => return call.fail(fault),
        };
        call.url.clone_from(&from);
        call.verbs.clear();
        let (action, lasts) = match heard {
            Heard::Document(document, faults) => {
                call.verbs = document.root().elements().cloned().collect();
                let zero = Lasting::Exactly(Duration::ZERO);
                (Action::Read { url: from, faults }, zero)
            }
            Heard::Audio => {
                call.stage = Stage::Open;
                (
                    Action::Play {
                        url: from,
                        times: 1,
                    },
                    Lasting::Unknown,
                )
            }
            Heard::Plain(text) => {
                call.stage = Stage::Open;
                step::say(&text)
            }
            Heard::Nothing => return call.end(Ending::NothingLeft),
        };
        let step = Step {
            action,
            at: None,
            lasts,
            begins: call.elapsed,
            callbacks: Vec::new(),
        };
        CallTurn::Step(Playing {
            call,
            step,
            then: None,
        })
    }

    /// No answer has come. `why` says what happened, in a few words: "connection refused".
    pub fn failed(self, why: &str) -> CallTurn {
        match self.fetch.answer {
            Use::Instructions => {
                let fault = unanswered(&self.fetch, why);
                self.call.fail(fault)
            }
            Use::Nothing => self.call.end(Ending::CallerHungUp),
        }
    }
}

impl Playing {
    /// What happens.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// It has happened.
    pub fn done(self) -> CallTurn {
        let Playing {
            mut call,
            step,
            then,
        } = self;
        call.wait(step.lasts.counted());
        match then {
            Some(asking) => call.ask(
                Some(&asking.verb),
                asking.method,
                asking.url,
                asking.parameters,
            ),
            None => call.advance(),
        }
    }

    /// The caller has hung up.
    pub fn hang_up(self) -> CallTurn {
        self.call.end(Ending::CallerHungUp)
    }
}
