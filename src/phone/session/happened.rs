//! What has happened, as people and pages are shown it.

use crate::phone::{Action, Ending, Fetch, Lasting, Step, Text, Unanswered, Use};
use crate::twiml::Fault;
use serde::Serialize;
use std::time::Duration;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Happened {
    /// Counts them, from 1.
    pub number: u32,
    /// When it began, counted from the beginning, in milliseconds of the call's own clock.
    pub at_ms: u64,
    /// How long it takes on that clock.
    pub lasts: Lasts,
    /// The line of its verb in its document, from 1.
    pub line: Option<u32>,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// How long a thing takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "known", content = "ms", rename_all = "kebab-case")]
pub enum Lasts {
    /// As long as this, in milliseconds.
    Exactly(u64),
    /// About as long as this, in milliseconds.
    About(u64),
    /// Only the file knows.
    Unknown,
    /// Until somebody hangs up.
    UntilHangup,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// Twilio asked, or told.
    Request {
        /// `GET` or `POST`.
        method: &'static str,
        /// As Twilio calls it, without the parameters.
        url: String,
        /// The verb or noun that made it; `None` for the first.
        verb: Option<String>,
        /// The attribute of a callback.
        attribute: Option<String>,
        /// Whether it is a callback, whose answer means nothing.
        told: bool,
        /// What it tells besides what every request of the call has.
        parameters: Vec<(String, String)>,
        /// The numbers of its exchanges in the journal.
        exchanges: Vec<u64>,
        /// The status of the answer; `None` where there is none, or none yet.
        status: Option<u16>,
        /// Why there is none.
        error: Option<String>,
    },
    /// A text is spoken.
    Say {
        /// The text.
        text: String,
        /// The voice, if one is named.
        voice: Option<String>,
        /// The language, if one is named.
        language: Option<String>,
        /// How often; 0 is until somebody hangs up.
        times: u32,
    },
    /// A file is played.
    Play {
        /// Its absolute address.
        url: String,
        /// How often; 0 is until somebody hangs up.
        times: u32,
    },
    /// Keys are pressed for the caller.
    Tones {
        /// The keys.
        keys: String,
    },
    /// Nothing.
    Pause,
    /// A message is sent: in reply, or during a call.
    Message {
        /// To whom.
        to: Option<String>,
        /// From which number.
        from: Option<String>,
        /// The text.
        body: String,
        /// Addresses of files.
        media: Vec<String>,
    },
    /// The caller is asked for keys or speech.
    Gather,
    /// The caller is recorded.
    Record,
    /// Others are called.
    Dial {
        /// Whom: the noun, and the address.
        parties: Vec<(String, String)>,
    },
    /// The phone rings.
    Ring,
    /// The caller does something.
    Did {
        /// What, in words.
        text: String,
    },
    /// A verb that is not imitated.
    NotSupported {
        /// The verb, with its noun.
        verb: String,
    },
    /// What Twilio's debugger would show.
    Fault(ToldFault),
    /// It is over.
    End(Ended),
}

/// A fault, with what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldFault {
    /// Twilio's number for it.
    pub code: Option<u32>,
    /// `error`, at which Twilio stops, or `warning`.
    pub severity: &'static str,
    /// The line of the document, from 1.
    pub fault_line: u32,
    /// The column, from 1.
    pub fault_column: u32,
    /// What is wrong and what to do.
    pub text: String,
    /// The document.
    pub document: Option<String>,
    /// What Twilio says of the number.
    pub link: Option<String>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// `nothing-left`, `hangup`, `rejected`, `caller-hung-up`, `failed`, `abandoned`; of a call that nobody
    /// answers `busy`, `no-answer`, `canceled`.
    pub why: &'static str,
    /// In words.
    pub text: String,
    /// Whether Twilio would have failed.
    pub failed: bool,
}

impl Ended {
    /// What `ending` means. `placed`: the API has placed the call; `by_api`: and has asked for its end.
    pub(super) fn of(ending: &Ending, placed: bool, by_api: bool) -> Self {
        let (why, text) = match ending {
            Ending::NothingLeft => ("nothing-left", "no verb is left: Twilio hangs up".into()),
            Ending::Hangup => ("hangup", "Twilio hangs up".into()),
            Ending::Rejected { reason } => ("rejected", format!("the call is refused: {reason}")),
            Ending::CallerHungUp if by_api => ("hangup", "the API has ended the call".into()),
            Ending::CallerHungUp if placed => {
                ("caller-hung-up", "whoever was called hung up".into())
            }
            Ending::CallerHungUp => ("caller-hung-up", "the caller hung up".into()),
            Ending::Unanswered(why) => {
                let text = match why {
                    Unanswered::Busy => "the line is busy",
                    Unanswered::NoAnswer => "nobody answers",
                    Unanswered::Canceled => "the API has taken the call back",
                };
                (why.as_str(), text.into())
            }
            Ending::Failed(_) => (
                "failed",
                "the caller hears that an application error has occurred, and Twilio hangs up"
                    .into(),
            ),
        };
        Ended {
            why,
            text,
            failed: matches!(ending, Ending::Failed(_)),
        }
    }

    pub(super) fn abandoned(text: &str) -> Self {
        Ended {
            why: "abandoned",
            text: text.to_string(),
            failed: false,
        }
    }
}

impl ToldFault {
    pub(super) fn new(fault: &Fault, document: Option<&str>) -> Self {
        ToldFault {
            code: fault.code,
            severity: fault.severity.as_str(),
            fault_line: fault.line,
            fault_column: fault.column,
            text: fault.text.clone(),
            document: document.map(String::from),
            link: fault
                .code
                .map(|code| format!("https://www.twilio.com/docs/api/errors/{code}")),
        }
    }
}

impl From<Lasting> for Lasts {
    fn from(lasting: Lasting) -> Self {
        match lasting {
            Lasting::Exactly(time) => Lasts::Exactly(milliseconds(time)),
            Lasting::About(time) => Lasts::About(milliseconds(time)),
            Lasting::Unknown => Lasts::Unknown,
            Lasting::UntilHangup => Lasts::UntilHangup,
        }
    }
}

/// Whether a `CallStatus` says nothing new.
fn is_usual(status: &str) -> bool {
    matches!(status, "ringing" | "in-progress")
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl What {
    /// What a step does; `None` where a document was read, of which its request tells.
    pub(super) fn of(step: &Step) -> Option<What> {
        Some(match step.action.clone() {
            Action::Read { .. } => return None,
            Action::Say {
                text,
                voice,
                language,
                times,
            } => What::Say {
                text,
                voice,
                language,
                times,
            },
            Action::Play { url, times } => What::Play { url, times },
            Action::Tones { keys } => What::Tones { keys },
            Action::Pause => What::Pause,
            Action::Sms { to, from, body } => What::Message {
                to,
                from,
                body,
                media: Vec::new(),
            },
            Action::NotSupported { verb } => What::NotSupported { verb },
        })
    }

    /// What a called party hears before it is connected.
    pub(super) fn first_heard(action: &Action) -> What {
        let heard = match action {
            Action::Say { text, .. } => format!("“{text}”"),
            Action::Play { url, .. } => url.clone(),
            Action::Tones { keys } => format!("the keys {keys}"),
            _ => "nothing".to_string(),
        };
        What::Did {
            text: format!("the called party hears {heard}"),
        }
    }

    pub(super) fn request(fetch: &Fetch) -> What {
        What::Request {
            method: fetch.method.as_str(),
            url: fetch.url.clone(),
            verb: fetch.verb.clone(),
            attribute: fetch.attribute.clone(),
            told: fetch.answer != Use::Instructions,
            parameters: fetch
                .parameters
                .iter()
                .filter(|(name, value)| {
                    name != "CallStatus" || !is_usual(value) || fetch.answer != Use::Instructions
                })
                .cloned()
                .collect(),
            exchanges: Vec::new(),
            status: None,
            error: None,
        }
    }

    pub(super) fn reply(text: &Text) -> What {
        What::Message {
            to: text.to.clone(),
            from: text.from.clone(),
            body: text.body.clone(),
            media: text.media.clone(),
        }
    }

    /// How many bytes it takes, about.
    pub(super) fn bytes(&self) -> usize {
        const USUAL: usize = 200;
        USUAL
            + match self {
                What::Request {
                    url, parameters, ..
                } => {
                    let parameters = parameters.iter();
                    url.len() + parameters.map(|(n, v)| n.len() + v.len()).sum::<usize>()
                }
                What::Say { text, .. } | What::Did { text } => text.len(),
                What::Play { url, .. } => url.len(),
                What::Tones { keys } => keys.len(),
                What::Message { body, media, .. } => {
                    body.len() + media.iter().map(String::len).sum::<usize>()
                }
                What::Dial { parties } => parties.iter().map(|(_, address)| address.len()).sum(),
                What::NotSupported { verb } => verb.len(),
                What::Fault(fault) => fault.text.len(),
                What::Pause | What::Gather | What::Record | What::Ring | What::End(_) => 0,
            }
    }
}
