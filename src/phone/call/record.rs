//! `<Record>`: the caller is recorded.

use super::told::{self, told};
use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::seconds;
use crate::phone::instructions::Asking;
use crate::phone::step::{self, Callback};
use crate::twiml::{Element, Medium};
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
    pub(super) call: Box<Call>,
    verb: Element,
    record: Record,
    said: String,
}

impl Recording {
    pub(super) fn new(call: Box<Call>, verb: Element, record: Record) -> Self {
        Recording {
            call,
            verb,
            record,
            said: String::new(),
        }
    }

    /// How it is recorded.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// When, counted from the beginning of the call.
    pub fn at(&self) -> Duration {
        self.call.elapsed
    }

    /// What the caller says, which a transcription would have.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self.said = text.to_string();
        self
    }

    /// The caller has spoken for `length`, at most as long as is recorded. `key` is what ended it;
    /// `None` is silence, the greatest length, or a key that ends nothing.
    pub fn spoken(mut self, length: Duration, key: Option<char>) -> CallTurn {
        let length = length.min(self.record.longest);
        self.call.wait(length);
        if length.as_secs() == 0 {
            // "If Twilio receives an empty recording, it goes on with the next verb."
            return self.absent();
        }
        let key = key.filter(|key| self.record.finish_on.contains(*key));
        let asking = self.made(length, &key.map(String::from).unwrap_or_default());
        self.call.ask(asking)
    }

    /// The caller says nothing until the timeout has passed.
    pub fn silence(mut self) -> CallTurn {
        self.call.wait(self.record.timeout);
        self.absent()
    }

    /// The caller hangs up after having spoken for `length`; the recording is told of all the same.
    pub fn hang_up(mut self, length: Duration) -> CallTurn {
        let length = length.min(self.record.longest);
        self.call.wait(length);
        if length.as_secs() == 0 {
            return self.call.end(Ending::CallerHungUp);
        }
        let asking = self.made(length, "hangup");
        self.call.hung_up(asking)
    }

    /// There is no recording.
    fn absent(self) -> CallTurn {
        let absent = told::no_recording(&self.call, &self.verb);
        told(absent, self.call.advance())
    }

    /// There is a recording of `length`: what its action is told.
    fn made(&mut self, length: Duration, digits: &str) -> Asking {
        let sid = self.call.sid("RE");
        let recording = told::Recorded {
            url: self.call.recording_url(&sid),
            sid,
            seconds: length.as_secs(),
        };
        let later = told::recording(&mut self.call, &self.verb, &recording, &self.said);
        self.call.later.extend(later);
        let (method, url) = self.call.action_or_here(&self.verb);
        Asking {
            verb: Some(self.verb.clone()),
            method,
            url,
            parameters: vec![
                pair("RecordingUrl", recording.url),
                pair("RecordingSid", recording.sid),
                pair("RecordingDuration", recording.seconds.to_string()),
                pair("Digits", digits),
            ],
        }
    }
}
