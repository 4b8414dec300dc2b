//! A call, verb by verb.
//!
//! [`Call::begin`] gives the first [`CallTurn`], and each turn the next one, until it is
//! [`CallTurn::End`].

mod dial;
mod gather;
mod record;
#[cfg(test)]
mod tests;
mod turn;

pub use dial::{Dial, DialStatus, Dialling, Party};
pub use gather::{Gather, Gathering};
pub use record::{Record, Recording};
pub use turn::{Fetching, Playing};

use super::attribute::{flowing, method};
use super::cookies::Cookies;
use super::fetch::{Fetch, Use};
use super::step::{self, Action, Lasting, Step};
use crate::sid;
use crate::twiml::{Element, Fault, Medium, Method, Position, resolve};
use std::collections::VecDeque;
use std::time::Duration;
use turn::Asking;

/// As many documents are fetched for a call, unless it is told another number.
const MOST_DOCUMENTS: u32 = 100;

/// A call: what it needs to know between two turns.
#[derive(Clone, Debug)]
pub struct Call {
    seed: String,
    account_sid: String,
    most_documents: u32,
    fetched: u32,
    /// Where the current document came from.
    url: String,
    verbs: VecDeque<Element>,
    cookies: Cookies,
    elapsed: Duration,
    stage: Stage,
    /// How many SIDs have been made.
    made: u32,
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
    /// The caller hung up.
    CallerHungUp,
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
            most_documents: MOST_DOCUMENTS,
            fetched: 0,
            url: String::new(),
            verbs: VecDeque::new(),
            cookies: Cookies::default(),
            elapsed: Duration::ZERO,
            stage: Stage::Ringing,
            made: 0,
        }
    }

    /// Ends with a fault when more than this many documents are asked for (100 by itself).
    #[must_use]
    pub fn most_documents(mut self, most: u32) -> Call {
        self.most_documents = most;
        self
    }

    /// The call comes in, and `url` (absolute) is asked what to do.
    pub fn begin(mut self, method: Method, url: &str) -> CallTurn {
        self.url = url.to_string();
        let ringing = vec![pair("CallStatus", "ringing")];
        Box::new(self).ask(None, method, url.to_string(), ringing)
    }

    /// The next verb.
    fn advance(mut self: Box<Self>) -> CallTurn {
        while let Some(verb) = self.verbs.pop_front() {
            if verb.name() == "Reject" && self.stage == Stage::Ringing {
                let reason = verb.value("reason").unwrap_or("rejected").to_string();
                return self.end(Ending::Rejected { reason });
            }
            if let Some((action, lasts)) = step::heard(&verb, &self.url) {
                return self.play(&verb, action, lasts, None);
            }
            match verb.name() {
                "Gather" => {
                    self.stage = Stage::Open;
                    let gather = Gather::of(&verb, &self.url, self.elapsed);
                    return CallTurn::Gather(Gathering::new(self, verb, gather));
                }
                "Record" => {
                    self.stage = Stage::Open;
                    let record = Record::of(&verb, &self.url);
                    return CallTurn::Record(Recording::new(self, verb, record));
                }
                "Dial" => {
                    self.stage = Stage::Open;
                    let dial = Dial::of(&verb, &self.url);
                    if !dial.parties.is_empty() {
                        return CallTurn::Dial(Dialling::new(self, verb, dial));
                    }
                }
                "Redirect" => {
                    let to = verb.own_text();
                    let url = resolve(&self.url, to.trim()).unwrap_or(to);
                    return self.ask(Some(&verb), method(&verb, "method"), url, Vec::new());
                }
                "Hangup" | "Reject" => return self.end(Ending::Hangup),
                "Sms" => {
                    let sid = self.sid("SM");
                    let told = vec![pair("SmsSid", sid), pair("SmsStatus", "sent")];
                    let then = step::action(&verb, &self.url);
                    let then = then.map(|(method, url)| Asking {
                        verb: verb.clone(),
                        method,
                        url,
                        parameters: told,
                    });
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
            callbacks: step::callbacks(verb, &self.url, Medium::Voice),
        };
        CallTurn::Step(Playing {
            call: self,
            step,
            then,
        })
    }

    /// Asks for the document that the call goes on with.
    fn ask(
        mut self: Box<Self>,
        verb: Option<&Element>,
        method: Method,
        url: String,
        mut parameters: Vec<(String, String)>,
    ) -> CallTurn {
        self.fetched += 1;
        if self.fetched > self.most_documents {
            let text = format!(
                "the call has asked for {} documents: is there a loop of `<Redirect>` or of an \
                 `action`? (the limit is this tool's; Twilio goes on until the call is too long)",
                self.most_documents
            );
            let at = verb.map_or(Position::START, Element::at);
            return self.fail(Fault::error(None, at, text));
        }
        if !parameters.iter().any(|(name, _)| name == "CallStatus") {
            parameters.insert(0, pair("CallStatus", "in-progress"));
        }
        self.request(verb, method, url, parameters, Use::Instructions)
    }

    /// Tells of the end of the call, which nothing follows.
    fn tell(
        self: Box<Self>,
        verb: &Element,
        method: Method,
        url: String,
        mut parameters: Vec<(String, String)>,
    ) -> CallTurn {
        parameters.insert(0, pair("CallStatus", "completed"));
        self.request(Some(verb), method, url, parameters, Use::Nothing)
    }

    fn request(
        self: Box<Self>,
        verb: Option<&Element>,
        method: Method,
        url: String,
        parameters: Vec<(String, String)>,
        answer: Use,
    ) -> CallTurn {
        let url = url.split('#').next().unwrap_or_default().trim().to_string();
        let lower = url.to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            let text = format!(
                "`{}` cannot be asked: write an http or https address",
                flowing(&url)
            );
            let at = verb.map_or(Position::START, Element::at);
            return self.fail(Fault::error(11100, at, text));
        }
        let fetch = Fetch {
            method,
            cookies: self.cookies.header(&url),
            url,
            parameters,
            answer,
            verb: verb.map(|verb| verb.name().to_string()),
        };
        CallTurn::Fetch(Fetching { call: self, fetch })
    }

    fn end(self, ending: Ending) -> CallTurn {
        CallTurn::End(CallEnd {
            ending,
            elapsed: self.elapsed,
        })
    }

    fn fail(self, fault: Fault) -> CallTurn {
        self.end(Ending::Failed(fault))
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
