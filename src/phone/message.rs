//! A message that comes in, and what Twilio sends in reply.

use super::attribute::{callback, text};
use super::fetch::{Answer, Fetch, Heard, lost, unanswered};
use super::instructions::{Asking, Bound, Instructions};
use super::step::{self, Callback};
use crate::sid;
use crate::twiml::{
    Element, Fault, LONGEST_MESSAGE, MOST_REPLIES, Medium, Method, Position, resolve,
};
use crate::webhook::{Kind, Unreached};
use std::time::Duration;

/// "Your Message Reply session has requested too many documents. The limit is 50": error 14106.
const MOST_DOCUMENTS: u32 = 50;

/// A message that has come in: what is known between two turns.
#[derive(Clone, Debug)]
pub struct Message {
    seed: String,
    sent: usize,
    instructions: Instructions,
    faults: Vec<(String, Fault)>,
}

/// What is next.
#[derive(Clone, Debug)]
pub enum MessageTurn {
    /// A request is to be performed.
    Fetch(MessageFetching),
    /// Twilio sends a message.
    Send(Sending),
    /// All is done.
    End(MessageEnd),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageEnd {
    /// How many messages were sent.
    pub sent: usize,
    /// What Twilio writes into its debugger without stopping, each with the document's address.
    pub faults: Vec<(String, Fault)>,
    /// At which Twilio stopped, if it did.
    pub failed: Option<Fault>,
}

/// A message that Twilio sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// To whom; the sender of the message that came in, if the document names nobody.
    pub to: Option<String>,
    /// From which number; the one that the message came to, if the document names none.
    pub from: Option<String>,
    /// The text; may be empty if there are files.
    pub body: String,
    /// The absolute addresses of files.
    pub media: Vec<String>,
    /// Whom Twilio tells what became of it, if anybody.
    pub status: Option<Callback>,
}

/// The request that is to be performed.
#[derive(Clone, Debug)]
pub struct MessageFetching {
    fetch: Fetch,
    then: Then,
}

/// What a request leads to.
#[derive(Clone, Debug)]
enum Then {
    /// Twilio goes on with the answer.
    Heard(Box<Message>),
    /// All is at this turn, whatever the answer.
    Told(Box<MessageTurn>),
}

/// The message that is sent.
#[derive(Clone, Debug)]
pub struct Sending {
    message: Box<Message>,
    text: Text,
    /// The verb that sends it; `None` where it was plain text.
    verb: Option<Element>,
}

impl Message {
    /// A message comes in. `seed` makes the SIDs of replies: the same seed, the same SIDs.
    pub fn new(seed: impl Into<String>) -> Message {
        let bound = Bound {
            most: MOST_DOCUMENTS,
            code: Some(14106),
        };
        Message {
            seed: seed.into(),
            sent: 0,
            instructions: Instructions::new(Medium::Messaging, bound),
            faults: Vec::new(),
        }
    }

    /// `url` (absolute) is asked what to do.
    pub fn begin(mut self, method: Method, url: &str) -> MessageTurn {
        let first = self.instructions.begin(method, url);
        Box::new(self).ask(first)
    }

    fn advance(mut self: Box<Self>) -> MessageTurn {
        while let Some(verb) = self.instructions.next() {
            match verb.name() {
                "Message" | "Sms" => {
                    let text = Text::of(&verb, self.instructions.url());
                    // The check has told of those that are not sent.
                    if text.can_be_sent() && self.sent < MOST_REPLIES {
                        return self.send(text, Some(verb));
                    }
                }
                "Redirect" => {
                    let asking = self.instructions.redirected(verb);
                    return self.ask(asking);
                }
                _ => {}
            }
        }
        self.end(None)
    }

    fn send(mut self: Box<Self>, text: Text, verb: Option<Element>) -> MessageTurn {
        self.sent += 1;
        let message = self;
        MessageTurn::Send(Sending {
            message,
            text,
            verb,
        })
    }

    fn ask(mut self: Box<Self>, asking: Asking) -> MessageTurn {
        match self.instructions.fetch(asking, Duration::ZERO) {
            Ok(fetch) => {
                let then = Then::Heard(self);
                MessageTurn::Fetch(MessageFetching { fetch, then })
            }
            Err(fault) => self.end(Some(fault)),
        }
    }

    fn end(self, failed: Option<Fault>) -> MessageTurn {
        MessageTurn::End(MessageEnd {
            sent: self.sent,
            faults: self.faults,
            failed,
        })
    }
}

impl Text {
    fn of(verb: &Element, base: &str) -> Text {
        let nouns = |name: &'static str| verb.elements().filter(move |noun| noun.name() == name);
        let mut body: String = nouns("Body").map(Element::own_text).collect();
        if nouns("Body").next().is_none() {
            body = verb.own_text().trim().to_string();
        }
        let media = nouns("Media").map(|noun| noun.own_text().trim().to_string());
        Text {
            to: text(verb, "to"),
            from: text(verb, "from"),
            body,
            media: media
                .filter(|url| !url.is_empty())
                .map(|url| resolve(base, &url).unwrap_or(url))
                .collect(),
            status: callback(verb, "statusCallback", base),
        }
    }

    fn can_be_sent(&self) -> bool {
        let is_empty = self.body.trim().is_empty() && self.media.is_empty();
        !is_empty && self.body.encode_utf16().count() <= LONGEST_MESSAGE
    }
}

impl MessageFetching {
    /// What is to be performed.
    pub fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    /// What Twilio notes about an answer with this status to what it told, if anything.
    pub fn lost(&self, status: u16) -> Option<Fault> {
        match &self.then {
            Then::Told(_) => lost(&self.fetch, status),
            Then::Heard(_) => None,
        }
    }

    /// The answer has come.
    pub fn answered(self, answer: &Answer) -> MessageTurn {
        let mut message = match self.then {
            Then::Heard(message) => message,
            Then::Told(turn) => return *turn,
        };
        let (heard, from) = match message.instructions.take(&self.fetch, answer) {
            Ok(taken) => taken,
            Err(fault) => return message.end(Some(fault)),
        };
        match heard {
            Heard::Document(_, faults) => {
                let faults = faults.into_iter().map(|fault| (from.clone(), fault));
                message.faults.extend(faults);
                message.advance()
            }
            Heard::Plain(body) => {
                let text = Text {
                    to: None,
                    from: None,
                    body: body.trim().to_string(),
                    media: Vec::new(),
                    status: None,
                };
                let (code, why) = if !text.can_be_sent() {
                    let why = format!("it is empty, or has over {LONGEST_MESSAGE} characters");
                    (14103, why)
                } else if message.sent >= MOST_REPLIES {
                    (
                        14109,
                        format!("{MOST_REPLIES} were sent, which is the most"),
                    )
                } else {
                    return message.send(text, None);
                };
                let text = format!("the text is not sent: {why}");
                message.end(Some(Fault::error(code, Position::START, text)))
            }
            Heard::Audio | Heard::Nothing => message.end(None),
        }
    }

    /// No answer has come, for `cause`. `why` says what happened, in a few words: "connection
    /// refused".
    pub fn failed(self, cause: Unreached, why: &str) -> MessageTurn {
        match self.then {
            Then::Heard(message) => {
                let fault = unanswered(&self.fetch, cause, why);
                message.end(Some(fault))
            }
            Then::Told(turn) => *turn,
        }
    }
}

impl Sending {
    /// What is sent.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// It has been sent.
    pub fn done(self) -> MessageTurn {
        let Sending {
            message,
            text,
            verb,
        } = self;
        let Some(verb) = verb else {
            return message.advance();
        };
        let name = format!("{}/SM/{}", message.seed, message.sent);
        let sid = sid::stable("SM", &name);
        let told = match &text.status {
            Some(callback) => statuses(callback, &verb, &sid, Duration::ZERO),
            None => Vec::new(),
        };
        let then = match step::action(&verb, message.instructions.url()) {
            Some((method, url)) => message.ask(Asking {
                verb: Some(verb),
                method,
                url,
                parameters: status(&sid, "sent"),
            }),
            None => message.advance(),
        };
        let last_first = told.into_iter().rev();
        last_first.fold(then, |then, fetch| {
            let then = Then::Told(Box::new(then));
            MessageTurn::Fetch(MessageFetching { fetch, then })
        })
    }
}

/// What becomes of a message that is sent, as its status callback is told: it arrives.
pub(super) fn statuses(callback: &Callback, verb: &Element, sid: &str, at: Duration) -> Vec<Fetch> {
    let told = ["queued", "sent", "delivered"]
        .into_iter()
        .filter_map(|word| {
            let mut parameters = status(sid, word);
            for (name, attribute) in [("To", "to"), ("From", "from")] {
                parameters.extend(text(verb, attribute).map(|value| (name.to_string(), value)));
            }
            let noun = Some(verb.name());
            Fetch::told(callback, Kind::MessageStatus, noun, parameters, at)
        });
    told.collect()
}

fn status(sid: &str, word: &str) -> Vec<(String, String)> {
    let told = [
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("MessageStatus", word),
        ("SmsStatus", word),
    ];
    told.map(|(name, value)| (name.to_string(), value.to_string()))
        .into()
}

#[cfg(test)]
mod tests;
