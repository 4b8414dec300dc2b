//! `<Dial>`: others are called.

use super::told::{self, told};
use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::{callback, flowing, method, seconds, text, words};
use crate::phone::instructions::Asking;
use crate::phone::step::{self, Callback};
use crate::twiml::{Element, Medium, resolve};
use std::time::Duration;

/// Who is called, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// Whom, all at once.
    pub parties: Vec<Party>,
    /// So long it rings.
    pub timeout: Duration,
    /// So long they may talk.
    pub time_limit: Duration,
    /// The number shown to them.
    pub caller_id: Option<String>,
    /// Whether they are recorded.
    pub recorded: bool,
    /// Whom Twilio tells of what happens.
    pub callbacks: Vec<Callback>,
}

/// Somebody who is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// `Number`, `Client`, `Sip`, `Conference`, `Queue`, ….
    pub noun: String,
    /// The number, identity, address or name.
    pub address: String,
    /// Where the TwiML is that the called party hears before the two are connected: asked for, with
    /// its faults, but not walked.
    pub url: Option<Callback>,
    /// Whom Twilio tells how the call to it goes.
    pub status: Option<Callback>,
    /// Of which it tells: `initiated`, `ringing`, `answered`, `completed`.
    pub events: Vec<String>,
}

impl Dial {
    pub(super) fn of(verb: &Element, base: &str) -> Dial {
        let mut parties: Vec<Party> = verb.elements().map(|noun| Party::of(noun, base)).collect();
        let number = flowing(&verb.own_text());
        if !number.is_empty() {
            let noun = "Number".to_string();
            parties.insert(
                0,
                Party {
                    noun,
                    address: number,
                    url: None,
                    status: None,
                    events: Vec::new(),
                },
            );
        }
        Dial {
            parties,
            timeout: seconds(verb, "timeout", 30),
            time_limit: seconds(verb, "timeLimit", 4 * 3600),
            caller_id: text(verb, "callerId"),
            recorded: verb
                .value("record")
                .is_some_and(|record| !matches!(record, "false" | "do-not-record")),
            callbacks: step::callbacks(verb, base, Medium::Voice),
        }
    }
}

impl Party {
    fn of(noun: &Element, base: &str) -> Party {
        // `<Client>` and `<Sip>` may have their address in a noun of its own.
        let inner = noun
            .elements()
            .find(|inner| matches!(inner.name(), "Identity" | "Uri" | "ApplicationSid"));
        // A conference and a queue tell of other things, and let nobody hear anything first.
        let is_called = matches!(noun.name(), "Number" | "Client" | "Sip" | "WhatsApp");
        let url = text(noun, "url").filter(|_| is_called);
        Party {
            noun: noun.name().to_string(),
            address: flowing(&inner.unwrap_or(noun).own_text()),
            url: url.map(|url| Callback {
                attribute: "url".to_string(),
                url: resolve(base, &url).unwrap_or(url),
                method: method(noun, "method"),
            }),
            status: is_called
                .then(|| callback(noun, "statusCallback", base))
                .flatten(),
            events: words(noun, "statusCallbackEvent", "completed"),
        }
    }
}

/// Others are called.
#[derive(Clone, Debug)]
pub struct Dialling {
    call: Box<Call>,
    verb: Element,
    dial: Dial,
    legs: Vec<Leg>,
}

/// The call to a party.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) sid: String,
    /// How many of its events have been told.
    pub(super) told: u32,
}

/// How dialling ended: `DialCallStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialStatus {
    /// They talked, and the called party hung up.
    Completed,
    /// A conference or a queue was joined and left.
    Answered,
    /// The line was busy.
    Busy,
    /// Nobody picked up.
    NoAnswer,
    /// The number could not be called.
    Failed,
    /// The call was withdrawn before anybody picked up.
    Canceled,
}

impl DialStatus {
    /// All of them.
    pub const ALL: [DialStatus; 6] = [
        DialStatus::Completed,
        DialStatus::Answered,
        DialStatus::Busy,
        DialStatus::NoAnswer,
        DialStatus::Failed,
        DialStatus::Canceled,
    ];

    /// Twilio's word for it: `no-answer`.
    pub fn as_str(self) -> &'static str {
        match self {
            DialStatus::Completed => "completed",
            DialStatus::Answered => "answered",
            DialStatus::Busy => "busy",
            DialStatus::NoAnswer => "no-answer",
            DialStatus::Failed => "failed",
            DialStatus::Canceled => "canceled",
        }
    }

    /// The status of this word.
    pub fn named(word: &str) -> Option<DialStatus> {
        DialStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
    }

    fn is_answered(self) -> bool {
        matches!(self, DialStatus::Completed | DialStatus::Answered)
    }
}

impl Dialling {
    /// The parties are called.
    pub(super) fn begin(mut call: Box<Call>, verb: Element, dial: Dial) -> CallTurn {
        let legs = dial.parties.iter();
        let legs: Vec<Leg> = legs
            .map(|_| Leg {
                sid: call.sid("CA"),
                told: 0,
            })
            .collect();
        let mut this = Dialling {
            call,
            verb,
            dial,
            legs,
        };
        let mut begun = Vec::new();
        for at in 0..this.legs.len() {
            begun.extend(this.tell(at, "initiated", "initiated", Duration::ZERO));
        }
        told(begun, CallTurn::Dial(this))
    }

    /// Who is called.
    pub fn dial(&self) -> &Dial {
        &self.dial
    }

    /// When, counted from the beginning of the call.
    pub fn at(&self) -> Duration {
        self.call.elapsed
    }

    /// Dialling is over, and the caller is still there. `talked` counts where somebody answered,
    /// at most as long as they may talk.
    pub fn ended(mut self, status: DialStatus, talked: Duration) -> CallTurn {
        let talked = talked.min(self.dial.time_limit);
        let events = self.events(status, talked);
        let then = match self.call.action(&self.verb) {
            Some((method, url)) => {
                let asking = self.asking(method, url, status, talked);
                self.call.ask(asking)
            }
            None => self.call.advance(),
        };
        told(events, then)
    }

    /// The caller hangs up after having talked for `talked`, zero if it still rang; the action is
    /// told all the same.
    pub fn hang_up(mut self, talked: Duration) -> CallTurn {
        let talked = talked.min(self.dial.time_limit);
        let status = match talked.is_zero() {
            true => DialStatus::Canceled,
            false => DialStatus::Completed,
        };
        let events = self.events(status, talked);
        let then = match self.call.action(&self.verb) {
            Some((method, url)) => {
                let asking = self.asking(method, url, status, talked);
                self.call.hung_up(asking)
            }
            None => self.call.end(Ending::CallerHungUp),
        };
        told(events, then)
    }

    /// Nobody waits for an answer any more: what is told of that, and the call.
    pub(super) fn given_up(mut self) -> (Vec<crate::phone::Fetch>, Box<Call>) {
        let events = self.events(DialStatus::Canceled, Duration::ZERO);
        (events, self.call)
    }

    /// Time passes, and what happens to each party's call is told. Of several parties the first
    /// one answers, and the others' calls are withdrawn.
    fn events(&mut self, status: DialStatus, talked: Duration) -> Vec<crate::phone::Fetch> {
        let mut events = Vec::new();
        let rings = !matches!(status, DialStatus::Busy | DialStatus::Failed);
        for at in (0..self.legs.len()).filter(|_| rings) {
            events.extend(self.tell(at, "ringing", "ringing", Duration::ZERO));
        }
        if status.is_answered() {
            events.extend(self.tell(0, "answered", "in-progress", Duration::ZERO));
            events.extend(self.first_heard());
            for at in 1..self.legs.len() {
                events.extend(self.tell(at, "completed", "canceled", Duration::ZERO));
            }
        }
        self.call.wait(match status {
            DialStatus::NoAnswer => self.dial.timeout,
            _ if status.is_answered() => talked,
            _ => Duration::ZERO,
        });
        match status.is_answered() {
            true => events.extend(self.tell(0, "completed", "completed", talked)),
            false => {
                for at in 0..self.legs.len() {
                    events.extend(self.tell(at, "completed", status.as_str(), Duration::ZERO));
                }
            }
        }
        events
    }

    /// The request for what the party that answers hears first, if there is that.
    fn first_heard(&self) -> Option<crate::phone::Fetch> {
        let (party, leg) = (&self.dial.parties[0], &self.legs[0]);
        told::first_heard(&self.call, &self.dial, party, leg)
    }

    /// What is told of an event of a party's call, if somebody wants to know.
    fn tell(
        &mut self,
        at: usize,
        event: &str,
        status: &str,
        talked: Duration,
    ) -> Option<crate::phone::Fetch> {
        let (party, leg) = (&self.dial.parties[at], &mut self.legs[at]);
        told::leg(&self.call, &self.dial, party, leg, event, status, talked)
    }

    fn asking(
        &mut self,
        method: crate::twiml::Method,
        url: String,
        status: DialStatus,
        talked: Duration,
    ) -> Asking {
        let sid = self.legs.first().map(|leg| leg.sid.clone());
        let mut parameters = vec![
            pair("DialCallStatus", status.as_str()),
            pair("DialCallSid", sid.unwrap_or_default()),
            pair("DialBridged", status.is_answered().to_string()),
        ];
        if status.is_answered() {
            parameters.push(pair("DialCallDuration", talked.as_secs().to_string()));
            if self.dial.recorded {
                let sid = self.call.sid("RE");
                let recording = told::Recorded {
                    url: self.call.recording_url(&sid),
                    sid,
                    seconds: talked.as_secs(),
                };
                let later = told::dialled_recording(&self.call, &self.verb, &recording);
                self.call.later.extend(later);
                parameters.push(pair("RecordingUrl", recording.url));
            }
        }
        Asking {
            verb: Some(self.verb.clone()),
            method,
            url,
            parameters,
        }
    }
}
