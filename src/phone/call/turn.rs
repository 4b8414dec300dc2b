//! Requests and steps: the turns that every verb can take.

use super::told::told;
use super::{Call, CallEnd, CallTurn, Ending, Stage, Unanswered};
use crate::phone::fetch::{Answer, Aside, Fetch, Heard, aside, unanswered};
use crate::phone::instructions::Asking;
use crate::phone::step::{self, Action, Lasting, Step};
use crate::twiml::Fault;
use crate::webhook::Unreached;
use std::time::Duration;

/// The request that is to be performed.
#[derive(Clone, Debug)]
pub struct Fetching {
    fetch: Fetch,
    then: Then,
}

/// What a request leads to.
#[derive(Clone, Debug)]
enum Then {
    /// The call goes on with the answer.
    Heard(Box<Call>),
    /// The call is at this turn, whatever the answer.
    Told(Box<CallTurn>),
}

/// The step that happens.
#[derive(Clone, Debug)]
pub struct Playing {
    pub(super) call: Box<Call>,
    pub(super) step: Step,
    /// What is asked afterwards: the action of a `<Sms>`.
    pub(super) then: Option<Asking>,
}

impl Fetching {
    pub(super) fn asked(call: Box<Call>, fetch: Fetch) -> Self {
        let then = Then::Heard(call);
        Fetching { fetch, then }
    }

    pub(super) fn told(fetch: Fetch, then: CallTurn) -> Self {
        let then = Then::Told(Box::new(then));
        Fetching { fetch, then }
    }

    /// What is to be performed.
    pub fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    /// What comes of an answer on which the call does not depend; nothing where it does.
    pub fn aside(&self, answer: &Answer) -> Aside {
        match &self.then {
            Then::Told(_) => aside(&self.fetch, answer),
            Then::Heard(_) => Aside::default(),
        }
    }

    /// Whether the call does not depend on the answer.
    pub fn is_told(&self) -> bool {
        matches!(self.then, Then::Told(_))
    }

    /// How the call has ended, where nothing follows but what is told of that.
    pub fn ending(&self) -> Option<&CallEnd> {
        match &self.then {
            Then::Heard(_) => None,
            Then::Told(turn) => match &**turn {
                CallTurn::Fetch(fetching) => fetching.ending(),
                CallTurn::End(end) => Some(end),
                _ => None,
            },
        }
    }

    /// The fault that has ended the call, where nothing follows but what is told of its end.
    pub fn failing(&self) -> Option<&Fault> {
        match &self.ending()?.ending {
            Ending::Failed(fault) => Some(fault),
            _ => None,
        }
    }

    /// The call goes another way than with the answer; what is only told is told all the same, and what
    /// comes of that is another turn.
    pub(super) fn instead(
        self,
        of_call: impl FnOnce(Box<Call>) -> CallTurn,
        of_turn: impl FnOnce(CallTurn) -> CallTurn,
    ) -> CallTurn {
        match self.then {
            Then::Heard(call) => of_call(call),
            Then::Told(turn) => CallTurn::Fetch(Fetching::told(self.fetch, of_turn(*turn))),
        }
    }

    /// The answer has come.
    pub fn answered(self, answer: &Answer) -> CallTurn {
        let mut call = match self.then {
            Then::Heard(call) => call,
            Then::Told(turn) => return *turn,
        };
        match call.instructions.take(&self.fetch, answer) {
            Ok((heard, from)) => call.heard(heard, from),
            Err(fault) => call.fail(fault),
        }
    }

    /// No answer has come, for `cause`. `why` says what happened, in a few words: "connection
    /// refused".
    pub fn failed(self, cause: Unreached, why: &str) -> CallTurn {
        match self.then {
            Then::Heard(call) => {
                let fault = unanswered(&self.fetch, cause, why);
                call.fail(fault)
            }
            Then::Told(turn) => *turn,
        }
    }
}

impl Call {
    /// The call goes on with what is heard, which came from the address `from`.
    pub(super) fn heard(mut self: Box<Self>, heard: Heard, from: String) -> CallTurn {
        let (action, lasts) = match heard {
            Heard::Document(_, faults) => {
                let zero = Lasting::Exactly(Duration::ZERO);
                (Action::Read { url: from, faults }, zero)
            }
            Heard::Audio => {
                self.stage = Stage::Open;
                let action = Action::Play {
                    url: from,
                    times: 1,
                };
                (action, Lasting::Unknown)
            }
            Heard::Plain(text) => {
                self.stage = Stage::Open;
                step::say(&text)
            }
            Heard::Nothing => return self.end(Ending::NothingLeft),
        };
        let step = Step {
            action,
            at: None,
            lasts,
            begins: self.elapsed,
            callbacks: Vec::new(),
        };
        let later = std::mem::take(&mut self.later);
        let playing = Playing {
            call: self,
            step,
            then: None,
        };
        told(later, CallTurn::Step(playing))
    }
}

impl CallTurn {
    /// Whoever is at the other end hangs up, whatever the turn; what is told already is told to its end.
    pub fn hang_up(self) -> CallTurn {
        match self {
            CallTurn::Fetch(fetching) => {
                fetching.instead(|call| call.end(Ending::CallerHungUp), CallTurn::hang_up)
            }
            CallTurn::Step(playing) => playing.hang_up(),
            CallTurn::Gather(gathering) => gathering.hang_up(),
            CallTurn::Record(recording) => recording.hang_up(Duration::ZERO),
            CallTurn::Dial(dialling) => dialling.hang_up(Duration::ZERO),
            CallTurn::Ring(ringing) => ringing.unanswered(Unanswered::Canceled),
            CallTurn::End(end) => CallTurn::End(end),
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
            Some(asking) => call.ask(asking),
            None => call.advance(),
        }
    }

    /// The caller has hung up.
    pub fn hang_up(self) -> CallTurn {
        self.call.end(Ending::CallerHungUp)
    }
}
