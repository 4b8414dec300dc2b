//! A call, verb by verb.
//!
//! [`Call::begin`] gives the first [`CallTurn`], and each turn the next one, until it is
//! [`CallTurn::End`].

mod dial;
mod gather;
mod record;
mod ring;
#[cfg(test)]
mod tests;
mod told;
mod turn;

pub use dial::{Dial, DialStatus, Dialling, Party};
pub use gather::{Gather, Gathering};
pub use record::{Record, Recording};
pub use ring::{Ringing, Unanswered};
pub use turn::{Fetching, Playing};

use super::fetch::{Fetch, Use};
use super::instructions::{Asking, Bound, Instructions};
use super::step::{self, Action, Callback, Lasting, Step};
use crate::sid;
use crate::twiml::{Element, Fault, Medium, Method};
use crate::webhook::Kind;
use ring::Placed;
use std::time::Duration;
use told::told;

/// As many documents are fetched for a call, unless it is told another number.
const MOST_DOCUMENTS: u32 = 100;

/// A call: what it needs to know between two turns.
#[derive(Clone, Debug)]
pub struct Call {
    seed: String,
    account_sid: String,
    instructions: Instructions,
    elapsed: Duration,
    stage: Stage,
    /// How many SIDs have been made.
    made: u32,
    /// What Twilio tells once the next document is read: a recording is there a while after it
    /// was made.
    later: Vec<Fetch>,
    /// Whom Twilio tells that the call has ended.
    status: Option<Callback>,
    /// What else it tells, where the API has placed the call.
    placed: Option<Placed>,
}

/// Whether anybody has picked up: `<Reject>` refuses only a call that still rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Ringing,
    Open,
}

/// What is next in a call.
#[derive(Clone, Debug)]
pub enum CallTurn {
    /// A request is to be performed.
    Fetch(Fetching),
    /// Something happens.
    Step(Playing),
    /// The caller is asked for keys or speech.
    Gather(Gathering),
    /// The caller is recorded.
    Record(Recording),
    /// Others are called.
    Dial(Dialling),
    /// Whoever the API calls has not answered yet.
    Ring(Ringing),
    /// The call is over.
    End(CallEnd),
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEnd {
    /// Why.
    pub ending: Ending,
    /// How long the call was, as far as lengths are known.
    pub elapsed: Duration,
}

/// Why a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The last verb was done, and Twilio hangs up.
    NothingLeft,
    /// `<Hangup>`, or `<Reject>` after the call was taken.
    Hangup,
    /// `<Reject>`, with its reason: the caller hears that the number is not in service, or is busy.
    Rejected {
        /// `rejected` or `busy`.
        reason: String,
    },
    /// The caller hung up; where the API placed the call, whoever was called, or the API.
    CallerHungUp,
    /// Nobody answered a call that the API placed.
    Unanswered(Unanswered),
    /// Twilio says "an application error has occurred" and hangs up.
    Failed(Fault),
}

impl Call {
    /// A call. `seed` makes its SIDs: the same seed, the same SIDs. `account_sid` is part of the
    /// addresses of recordings.
    pub fn new(seed: impl Into<String>, account_sid: impl Into<String>) -> Call {
        Call {
            seed: seed.into(),
            account_sid: account_sid.into(),
            instructions: Instructions::new(
                Medium::Voice,
                Bound {
                    most: MOST_DOCUMENTS,
                    code: None,
                },
            ),
            elapsed: Duration::ZERO,
            stage: Stage::Ringing,
            made: 0,
            later: Vec::new(),
            status: None,
            placed: None,
        }
    }

    /// Ends with a fault when more than this many documents are asked for (100 by itself).
    #[must_use]
    pub fn most_documents(mut self, most: u32) -> Call {
        self.instructions.at_most(most);
        self
    }

    /// Tells `url` (absolute) once the call has ended: the number's "call status changes".
    #[must_use]
    pub fn status_callback(mut self, method: Method, url: &str) -> Call {
        self.status = Some(Callback {
            attribute: "StatusCallback".to_string(),
            url: url.to_string(),
            method,
        });
        self
    }

    /// The call comes in, and `url` (absolute) is asked what to do.
    pub fn begin(mut self, method: Method, url: &str) -> CallTurn {
        let mut first = self.instructions.begin(method, url);
        first.parameters.push(pair("CallStatus", "ringing"));
        Box::new(self).ask(first)
    }

    /// The next verb.
    fn advance(mut self: Box<Self>) -> CallTurn {
        while let Some(verb) = self.instructions.next() {
            if verb.name() == "Reject" && self.stage == Stage::Ringing {
                let reason = verb.value("reason").unwrap_or("rejected").to_string();
                return self.end(Ending::Rejected { reason });
            }
            if let Some((action, lasts)) = step::heard(&verb, self.instructions.url()) {
                return self.play(&verb, action, lasts, None);
            }
            match verb.name() {
                "Gather" => {
                    self.stage = Stage::Open;
                    let gather = Gather::of(&verb, self.instructions.url(), self.elapsed);
                    return CallTurn::Gather(Gathering::new(self, verb, gather));
                }
                "Record" => {
                    self.stage = Stage::Open;
                    let record = Record::of(&verb, self.instructions.url());
                    return CallTurn::Record(Recording::new(self, verb, record));
                }
                "Dial" => {
                    self.stage = Stage::Open;
                    let dial = Dial::of(&verb, self.instructions.url());
                    if !dial.parties.is_empty() {
                        return Dialling::begin(self, verb, dial);
                    }
                }
                "Redirect" => {
                    let asking = self.instructions.redirected(verb);
                    return self.ask(asking);
                }
                "Hangup" | "Reject" => return self.end(Ending::Hangup),
                "Sms" => {
                    let sid = self.sid("SM");
                    let then = self.action(&verb).map(|(method, url)| Asking {
                        verb: Some(verb.clone()),
                        method,
                        url,
                        parameters: vec![pair("SmsSid", sid.clone()), pair("SmsStatus", "sent")],
                    });
                    self.later.extend(told::message(&self, &verb, &sid));
                    let action = step::sms(&verb);
                    return self.play(&verb, action, Lasting::Exactly(Duration::ZERO), then);
                }
                "Connect" | "Start" | "Stop" | "Enqueue" | "Leave" | "Pay" | "Prompt" | "Queue"
                | "Refer" | "Echo" => {
                    let noun = verb.elements().next();
                    let noun = noun.map_or(String::new(), |noun| format!(" {}", noun.name()));
                    let action = Action::NotSupported {
                        verb: format!("{}{noun}", verb.name()),
                    };
                    return self.play(&verb, action, Lasting::Unknown, None);
                }
                // The check has told of it, and Twilio passes over it.
                _ => {}
            }
        }
        self.end(Ending::NothingLeft)
    }

    fn play(
        mut self: Box<Self>,
        verb: &Element,
        action: Action,
        lasts: Lasting,
        then: Option<Asking>,
    ) -> CallTurn {
        self.stage = Stage::Open;
        let step = Step {
            action,
            at: Some(verb.at()),
            lasts,
            begins: self.elapsed,
            callbacks: step::callbacks(verb, self.instructions.url(), Medium::Voice),
        };
        CallTurn::Step(Playing {
            call: self,
            step,
            then,
        })
    }

    /// Asks for the document that the call goes on with.
    fn ask(mut self: Box<Self>, mut asking: Asking) -> CallTurn {
        if !asking
            .parameters
            .iter()
            .any(|(name, _)| name == "CallStatus")
        {
            let status = pair("CallStatus", "in-progress");
            asking.parameters.insert(0, status);
        }
        match self.instructions.fetch(asking, self.elapsed) {
            Ok(fetch) => CallTurn::Fetch(Fetching::asked(self, fetch)),
            Err(fault) => self.fail(fault),
        }
    }

    /// The caller has hung up: the action of a verb is told, and nothing follows.
    fn hung_up(mut self: Box<Self>, mut asking: Asking) -> CallTurn {
        asking.parameters.insert(0, pair("CallStatus", "completed"));
        match self.instructions.fetch(asking, self.elapsed) {
            Ok(fetch) => {
                let fetch = Fetch {
                    answer: Use::Told(Kind::Voice),
                    ..fetch
                };
                told(vec![fetch], self.end(Ending::CallerHungUp))
            }
            Err(fault) => self.fail(fault),
        }
    }

    fn end(mut self, ending: Ending) -> CallTurn {
        let mut last = std::mem::take(&mut self.later);
        last.extend(told::ended(&mut self, &ending));
        let elapsed = self.elapsed;
        told(last, CallTurn::End(CallEnd { ending, elapsed }))
    }

    fn fail(self, fault: Fault) -> CallTurn {
        self.end(Ending::Failed(fault))
    }

    /// The action of a verb, if it has one.
    fn action(&self, verb: &Element) -> Option<(Method, String)> {
        step::action(verb, self.instructions.url())
    }

    /// The action of a verb, or else the current document.
    fn action_or_here(&self, verb: &Element) -> (Method, String) {
        self.action(verb).unwrap_or_else(|| {
            let here = self.instructions.url().to_string();
            (super::attribute::method(verb, "method"), here)
        })
    }

    /// Time passes.
    fn wait(&mut self, time: Duration) {
        self.elapsed = self.elapsed.saturating_add(time);
    }

    /// A new SID, the same in every walk with the same seed.
    fn sid(&mut self, prefix: &str) -> String {
        self.made += 1;
        sid::stable(prefix, &format!("{}/{prefix}/{}", self.seed, self.made))
    }

    fn recording_url(&self, sid: &str) -> String {
        format!(
            "https://api.twilio.com/2010-04-01/Accounts/{}/Recordings/{sid}",
            self.account_sid
        )
    }
}

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_string(), value.into())
}
