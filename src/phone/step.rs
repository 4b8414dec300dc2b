//! What happens in a call, as data.

use super::attribute::{flowing, method, seconds, text, whole};
use crate::twiml::{Element, Fault, Link, Medium, Method, Position, Purpose, links_of, resolve};
use std::time::Duration;

/// A thing that happens without anybody's doing.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub action: Action,
    /// Where its verb stands in its document; `None` where no verb makes it.
    pub at: Option<Position>,
    /// How long it takes.
    pub lasts: Lasting,
    /// When it begins, counted from the beginning of the call.
    pub begins: Duration,
    /// Whom Twilio tells of it. Not told here: each is listed.
    pub callbacks: Vec<Callback>,
}

/// What happens in a [`Step`].
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A document has been read; the faults are those at which Twilio does not stop.
    Read {
        /// Where it came from.
        url: String,
        /// What Twilio writes into its debugger.
        faults: Vec<Fault>,
    },
    /// A text is spoken.
    Say {
        /// The text, without markup.
        text: String,
        /// The voice, if the document names one.
        voice: Option<String>,
        /// The language, if the document names one.
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
        /// The keys; `w` is half a second.
        keys: String,
    },
    /// Nothing.
    Pause,
    /// A message is sent during the call.
    Sms {
        /// To whom; the caller, if the document names nobody.
        to: Option<String>,
        /// From which number; the one called, if the document names none.
        from: Option<String>,
        /// The text.
        body: String,
    },
    /// A verb that is not imitated: the walk goes on behind it.
    NotSupported {
        /// The verb, with its noun if it has one: `Connect Stream`.
        verb: String,
    },
}

/// How long a thing takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// As long as this.
    Exactly(Duration),
    /// About as long as this: a guess from a text's length.
    About(Duration),
    /// Only the file knows.
    Unknown,
    /// Until somebody hangs up.
    UntilHangup,
}

impl Lasting {
    /// What the call's clock is moved by: nothing where no length is known.
    pub fn counted(self) -> Duration {
        match self {
            Lasting::Exactly(time) | Lasting::About(time) => time,
            Lasting::Unknown | Lasting::UntilHangup => Duration::ZERO,
        }
    }
}

/// An address that Twilio tells of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The attribute: `statusCallback`, `recordingStatusCallback`, ….
    pub attribute: String,
    /// The absolute address.
    pub url: String,
    /// How it is asked.
    pub method: Method,
}

/// How fast texts are spoken: 150 words of five letters and a space a minute.
const LETTERS_A_SECOND: u64 = 15;

/// A voice's speed: a guess, told as one.
fn spoken(text: &str, times: u32) -> Lasting {
    let letters = text.chars().count() as u64;
    match times {
        0 => Lasting::UntilHangup,
        _ => Lasting::About(Duration::from_millis(
            letters * 1000 / LETTERS_A_SECOND * u64::from(times),
        )),
    }
}

/// A text without markup is read out.
pub(super) fn say(text: &str) -> (Action, Lasting) {
    let text = flowing(text);
    let lasts = spoken(&text, 1);
    let action = Action::Say {
        text,
        voice: None,
        language: None,
        times: 1,
    };
    (action, lasts)
}

/// What a `<Say>`, `<Play>` or `<Pause>` does; `None` for any other verb, or an empty one.
pub(super) fn heard(verb: &Element, base: &str) -> Option<(Action, Lasting)> {
    Some(match verb.name() {
        "Say" => {
            let said = flowing(&verb.text());
            let times = whole(verb, "loop").unwrap_or(1);
            let lasts = spoken(&said, times);
            if said.is_empty() {
                return None;
            }
            let action = Action::Say {
                text: said,
                voice: text(verb, "voice"),
                language: text(verb, "language"),
                times,
            };
            (action, lasts)
        }
        "Play" => match (verb.own_text().trim(), text(verb, "digits")) {
            (_, Some(keys)) => {
                let pauses = keys.chars().filter(|c| matches!(c, 'w' | 'W')).count() as u64;
                let lasts = Lasting::About(Duration::from_millis(
                    500 * pauses + 250 * (keys.len() as u64 - pauses),
                ));
                (Action::Tones { keys }, lasts)
            }
            ("", None) => return None,
            (url, None) => {
                let url = resolve(base, url).unwrap_or_else(|| url.to_string());
                let times = whole(verb, "loop").unwrap_or(1);
                let lasts = match times {
                    0 => Lasting::UntilHangup,
                    _ => Lasting::Unknown,
                };
                (Action::Play { url, times }, lasts)
            }
        },
        "Pause" => (Action::Pause, Lasting::Exactly(seconds(verb, "length", 1))),
        _ => return None,
    })
}

/// Whom Twilio tells of what a verb does.
pub(super) fn callbacks(verb: &Element, base: &str, medium: Medium) -> Vec<Callback> {
    let links = links_of(verb, medium).into_iter();
    let told = links.filter(|link| link.purpose == Purpose::Callback);
    told.filter_map(
        |Link {
             attribute,
             url,
             method,
             ..
         }| {
            Some(Callback {
                attribute: attribute?,
                url: resolve(base, &url).unwrap_or(url),
                method,
            })
        },
    )
    .collect()
}

/// What a `<Sms>` within a call sends.
pub(super) fn sms(verb: &Element) -> Action {
    Action::Sms {
        to: text(verb, "to"),
        from: text(verb, "from"),
        body: verb.own_text().trim().to_string(),
    }
}

/// The address of an action, absolute, and how it is asked; `None` if the verb has none.
pub(super) fn action(verb: &Element, base: &str) -> Option<(Method, String)> {
    let url = text(verb, "action")?;
    let url = resolve(base, &url).unwrap_or(url);
    Some((method(verb, "method"), url))
}
