//! What the caller is wanted to do, and does.

use crate::phone::{Dialling, Gathering, Recording, Ringing};
use serde::{Deserialize, Serialize};

/// What the caller can do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Wanted {
    /// Press keys, speak, or let time pass.
    Gather {
        /// Whether keys count.
        keys: bool,
        /// Whether speech counts.
        speech: bool,
        /// As many keys are enough; `None` is any number.
        most_keys: Option<u32>,
        /// Each of these keys ends the input.
        finish_on: String,
        /// So long Twilio waits.
        timeout_ms: u64,
    },
    /// Speak, and be recorded, or say nothing.
    Record {
        /// So much silence ends it.
        timeout_ms: u64,
        /// So long it may be.
        longest_ms: u64,
        /// Each of these keys ends it.
        finish_on: String,
    },
    /// Others are called: say how that goes.
    Dial {
        /// Whom: the noun, and the address.
        parties: Vec<(String, String)>,
        /// So long it rings.
        timeout_ms: u64,
    },
    /// The phone rings: answer, hang up, or let it ring.
    Ring {
        /// So long it rings.
        timeout_ms: u64,
    },
    /// What is heard has no end: hang up.
    HangUp,
}

impl Wanted {
    pub(super) fn gather(gathering: &Gathering) -> Self {
        let gather = gathering.gather();
        Wanted::Gather {
            keys: gather.keys,
            speech: gather.speech,
            most_keys: gather.most_keys,
            finish_on: gather.finish_on.clone(),
            timeout_ms: super::happened::milliseconds(gather.timeout),
        }
    }

    pub(super) fn record(recording: &Recording) -> Self {
        let record = recording.record();
        Wanted::Record {
            timeout_ms: super::happened::milliseconds(record.timeout),
            longest_ms: super::happened::milliseconds(record.longest),
            finish_on: record.finish_on.clone(),
        }
    }

    pub(super) fn ring(ringing: &Ringing) -> Self {
        Wanted::Ring {
            timeout_ms: super::happened::milliseconds(ringing.timeout()),
        }
    }

    pub(super) fn dial(dialling: &Dialling) -> Self {
        let dial = dialling.dial();
        Wanted::Dial {
            parties: parties(dialling),
            timeout_ms: super::happened::milliseconds(dial.timeout),
        }
    }
}

pub(super) fn parties(dialling: &Dialling) -> Vec<(String, String)> {
    let parties = dialling.dial().parties.iter();
    parties
        .map(|party| (party.noun.clone(), party.address.clone()))
        .collect()
}

/// What the caller does, or somebody who is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Keys are pressed.
    Press {
        /// `0`–`9`, `*`, `#`.
        keys: String,
        /// While recorded: after so many seconds.
        #[serde(default)]
        seconds: Option<u32>,
    },
    /// Something is said.
    Say {
        /// What.
        text: String,
        /// How sure Twilio is of it, from 0 to 1.
        #[serde(default)]
        confidence: Option<f32>,
        /// While recorded: for so many seconds.
        #[serde(default)]
        seconds: Option<u32>,
    },
    /// The call is answered, which the API has placed.
    Answer,
    /// Nothing is done until Twilio goes on.
    TimeOut,
    /// The parties that are called behave so.
    Dial {
        /// `answered`, `busy`, `no-answer`, `failed`, `canceled`.
        outcome: String,
        /// So long they talk.
        #[serde(default)]
        seconds: Option<u32>,
    },
    /// The caller hangs up.
    HangUp {
        /// After having spoken so long, where somebody is recorded or was called.
        #[serde(default)]
        seconds: Option<u32>,
    },
}
