//! A call that the API places: it rings, and somebody answers or nobody does.
//!
//! Only then is it asked what to do, and `CallStatus` is `in-progress` from the first request on.
//!
//! Source: Twilio docs, "Calls resource", "Create a Call" with `StatusCallbackEvent`, and "Call Status
//! Values". Not verified: the order of `initiated` and `ringing`, which Twilio does not promise.

use super::told::{self, told};
use super::{Call, CallTurn, Ending, Stage};
use crate::phone::fetch::Fetch;
use crate::webhook::{First, Progress};
use std::time::Duration;

/// Why nobody answers: `CallStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unanswered {
    /// The line is busy, or whoever is called refuses.
    Busy,
    /// It has rung for as long as it may.
    NoAnswer,
    /// The API takes it back.
    Canceled,
}

impl Unanswered {
    /// Twilio's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Unanswered::Busy => "busy",
            Unanswered::NoAnswer => "no-answer",
            Unanswered::Canceled => "canceled",
        }
    }
}

/// What a call that is placed tells, and how often it has.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    events: Vec<Progress>,
    told: u32,
}

/// It rings.
#[derive(Clone, Debug)]
pub struct Ringing {
    call: Box<Call>,
    first: First,
    timeout: Duration,
}

impl Call {
    /// The API places the call, and it rings for `timeout` at most. Of its `events` the status callback is
    /// told; it goes on with `first` once somebody answers.
    pub fn ring(mut self, first: First, events: Vec<Progress>, timeout: Duration) -> CallTurn {
        self.placed = Some(Placed { events, told: 0 });
        let begun = [
            (Progress::Initiated, "initiated"),
            (Progress::Ringing, "ringing"),
        ];
        let begun = begun.map(|(event, status)| self.progress(event, status, None));
        let call = Box::new(self);
        let ringing = Ringing {
            call,
            first,
            timeout,
        };
        told(
            begun.into_iter().flatten().collect(),
            CallTurn::Ring(ringing),
        )
    }

    /// What is told of `event` in a call that is placed, if somebody wants to know: `lasted` is its
    /// length, once that is known.
    pub(super) fn progress(
        &mut self,
        event: Progress,
        status: &str,
        lasted: Option<Duration>,
    ) -> Option<Fetch> {
        let placed = self.placed.as_mut()?;
        if !placed.events.contains(&event) {
            return None;
        }
        let number = placed.told;
        placed.told += 1;
        told::progress(self, status, number, lasted)
    }

    /// The call goes on with `first`.
    fn go_on(mut self: Box<Self>, first: First) -> CallTurn {
        match first {
            First::At(method, url) => {
                let asking = self.instructions.begin(method, &url);
                self.ask(asking)
            }
            First::Twiml(text) => match self.instructions.given(&text) {
                Ok((heard, from)) => self.heard(heard, from),
                Err(fault) => self.fail(fault),
            },
        }
    }
}

impl CallTurn {
    /// The API leads the call to `first`, whatever the turn; what is told already is told to its end. A
    /// call that rings, or is over, is led nowhere.
    pub fn lead(self, first: First) -> CallTurn {
        match self {
            CallTurn::Fetch(fetching) => fetching.instead(
                |call| call.go_on(first.clone()),
                |turn| turn.lead(first.clone()),
            ),
            CallTurn::Step(playing) => playing.call.go_on(first),
            CallTurn::Gather(gathering) => gathering.call.go_on(first),
            CallTurn::Record(recording) => recording.call.go_on(first),
            CallTurn::Dial(dialling) => {
                let (events, call) = dialling.given_up();
                told(events, call.go_on(first))
            }
            turn @ (CallTurn::Ring(_) | CallTurn::End(_)) => turn,
        }
    }
}

impl Ringing {
    /// When, counted from the beginning of the call.
    pub fn at(&self) -> Duration {
        self.call.elapsed
    }

    /// So long it rings.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Somebody answers.
    pub fn answered(mut self) -> CallTurn {
        // There is nobody left to be refused: `<Reject>` hangs up.
        self.call.stage = Stage::Open;
        let event = self.call.progress(Progress::Answered, "in-progress", None);
        let turn = self.call.go_on(self.first);
        told(event.into_iter().collect(), turn)
    }

    /// Nobody does.
    pub fn unanswered(mut self, why: Unanswered) -> CallTurn {
        if why == Unanswered::NoAnswer {
            self.call.wait(self.timeout);
        }
        self.call.end(Ending::Unanswered(why))
    }
}
