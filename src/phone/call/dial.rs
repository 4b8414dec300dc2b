//! `<Dial>`: others are called.

use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::{flowing, seconds, text};
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
    /// TwiML that the called party hears first; not walked here.
    pub url: Option<String>,
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
        Party {
            noun: noun.name().to_string(),
            address: flowing(&inner.unwrap_or(noun).own_text()),
            url: text(noun, "url").map(|url| resolve(base, &url).unwrap_or(url)),
        }
    }
}

/// Others are called.
#[derive(Clone, Debug)]
pub struct Dialling {
    call: Box<Call>,
    verb: Element,
    dial: Dial,
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
    pub(super) fn new(call: Box<Call>, verb: Element, dial: Dial) -> Self {
        Dialling { call, verb, dial }
    }

    /// Who is called.
    pub fn dial(&self) -> &Dial {
        &self.dial
    }

    /// Dialling is over, and the caller is still there. `talked` counts where somebody answered,
    /// at most as long as they may talk.
    pub fn ended(mut self, status: DialStatus, talked: Duration) -> CallTurn {
        let talked = talked.min(self.dial.time_limit);
        self.call.wait(match status {
            DialStatus::NoAnswer => self.dial.timeout,
            _ if status.is_answered() => talked,
            _ => Duration::ZERO,
        });
        let Some((method, url)) = step::action(&self.verb, &self.call.url) else {
            return self.call.advance();
        };
        let parameters = self.parameters(status, talked);
        self.call.ask(Some(&self.verb), method, url, parameters)
    }

    /// The caller hangs up after having talked for `talked`, zero if it still rang; the action is
    /// told all the same.
    pub fn hang_up(mut self, talked: Duration) -> CallTurn {
        let talked = talked.min(self.dial.time_limit);
        self.call.wait(talked);
        let Some((method, url)) = step::action(&self.verb, &self.call.url) else {
            return self.call.end(Ending::CallerHungUp);
        };
        let status = match talked.is_zero() {
            true => DialStatus::Canceled,
            false => DialStatus::Completed,
        };
        let parameters = self.parameters(status, talked);
        self.call.tell(&self.verb, method, url, parameters)
    }

    fn parameters(&mut self, status: DialStatus, talked: Duration) -> Vec<(String, String)> {
        let mut parameters = vec![
            pair("DialCallStatus", status.as_str()),
            pair("DialCallSid", self.call.sid("CA")),
            pair("DialBridged", status.is_answered().to_string()),
        ];
        if status.is_answered() {
            parameters.push(pair("DialCallDuration", talked.as_secs().to_string()));
            if self.dial.recorded {
                let sid = self.call.sid("RE");
                parameters.push(pair("RecordingUrl", self.call.recording_url(&sid)));
            }
        }
        parameters
    }
}
