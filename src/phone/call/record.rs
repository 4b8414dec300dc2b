//! `<Record>`: the caller is recorded.

use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::seconds;
use crate::phone::step::{self, Callback};
use crate::twiml::{Element, Medium, Method};
use std::time::Duration;

/// How the caller is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// So much silence ends it.
    pub timeout: Duration,
    /// So long it may be.
    pub longest: Duration,
    /// Each of these keys ends it.
    pub finish_on: String,
    /// Whether a beep comes first.
    pub beep: bool,
    /// Whom Twilio tells of the recording and its transcription.
    pub callbacks: Vec<Callback>,
}

impl Record {
    pub(super) fn of(verb: &Element, base: &str) -> Record {
        Record {
            timeout: seconds(verb, "timeout", 5),
            longest: seconds(verb, "maxLength", 3600),
            finish_on: verb
                .value("finishOnKey")
                .unwrap_or("1234567890*#")
                .to_string(),
            beep: verb.value("playBeep") != Some("false"),
            callbacks: step::callbacks(verb, base, Medium::Voice),
        }
    }
}

/// The caller is recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    call: Box<Call>,
    verb: Element,
    record: Record,
}

impl Recording {
    pub(super) fn new(call: Box<Call>, verb: Element, record: Record) -> Self {
        Recording { call, verb, record }
    }

    /// How it is recorded.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The caller has spoken for `length`, at most as long as is recorded. `key` is what ended it;
    /// `None` is silence, the greatest length, or a key that ends nothing.
    pub fn spoken(mut self, length: Duration, key: Option<char>) -> CallTurn {
        let length = length.min(self.record.longest);
        self.call.wait(length);
        if length.as_secs() == 0 {
            // "If Twilio receives an empty recording, it goes on with the next verb."
            return self.call.advance();
        }
        let key = key.filter(|key| self.record.finish_on.contains(*key));
        let parameters = self.parameters(length, &key.map(String::from).unwrap_or_default());
        let (method, url) = self.action();
        self.call.ask(Some(&self.verb), method, url, parameters)
    }

    /// The caller says nothing until the timeout has passed.
    pub fn silence(mut self) -> CallTurn {
        self.call.wait(self.record.timeout);
        self.call.advance()
    }

    /// The caller hangs up after having spoken for `length`; the recording is told of all the same.
    pub fn hang_up(mut self, length: Duration) -> CallTurn {
        let length = length.min(self.record.longest);
        self.call.wait(length);
        if length.as_secs() == 0 {
            return self.call.end(Ending::CallerHungUp);
        }
        let parameters = self.parameters(length, "hangup");
        let (method, url) = self.action();
        self.call.tell(&self.verb, method, url, parameters)
    }

    fn parameters(&mut self, length: Duration, digits: &str) -> Vec<(String, String)> {
        let sid = self.call.sid("RE");
        vec![
            pair("RecordingUrl", self.call.recording_url(&sid)),
            pair("RecordingSid", sid),
            pair("RecordingDuration", length.as_secs().to_string()),
            pair("Digits", digits),
        ]
    }

    fn action(&self) -> (Method, String) {
        step::action(&self.verb, &self.call.url).unwrap_or_else(|| {
            let named = self.verb.value("method").and_then(Method::named);
            (named.unwrap_or(Method::Post), self.call.url.clone())
        })
    }
}
