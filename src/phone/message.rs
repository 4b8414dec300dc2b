//! A message that comes in, and what Twilio sends in reply.

use super::attribute::{flowing, method, text};
use super::cookies::Cookies;
use super::fetch::{Answer, Fetch, Heard, Use, hear, unanswered};
use super::step::{self, Callback};
use crate::sid;
use crate::twiml::{Element, Fault, Medium, Method, Position, resolve};
use std::collections::VecDeque;

/// "Your Message Reply session has requested too many documents. The limit is 50": error 14106.
const MOST_DOCUMENTS: u32 = 50;

/// Replies to one message: error 14109.
const MOST_REPLIES: usize = 10;

/// The longest text of a message, in the units of UTF-16: error 14103.
const LONGEST_TEXT: usize = 1600;

/// A message that has come in: what is known between two turns.
#[derive(Clone, Debug)]
pub struct Message {
    seed: String,
    fetched: u32,
    sent: usize,
    /// Where the current document came from.
    url: String,
    verbs: VecDeque<Element>,
    cookies: Cookies,
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
    /// Whom Twilio tells what became of it. Not told here: each is listed.
    pub callbacks: Vec<Callback>,
}

/// The request that is to be performed.
#[derive(Clone, Debug)]
pub struct MessageFetching {
    message: Box<Message>,
    fetch: Fetch,
}

/// The message that is sent.
#[derive(Clone, Debug)]
pub struct Sending {
    message: Box<Message>,
    text: Text,
    /// The verb with its action, if it has one.
    then: Option<(Element, Method, String)>,
}

impl Message {
    /// A message comes in. `seed` makes the SIDs of replies: the same seed, the same SIDs.
    pub fn new(seed: impl Into<String>) -> Message {
        Message {
            seed: seed.into(),
            fetched: 0,
            sent: 0,
            url: String::new(),
            verbs: VecDeque::new(),
            cookies: Cookies::default(),
            faults: Vec::new(),
        }
    }

    /// `url` (absolute) is asked what to do.
    pub fn begin(mut self, method: Method, url: &str) -> MessageTurn {
        self.url = url.to_string();
        Box::new(self).ask(None, method, url.to_string(), Vec::new())
    }

    fn advance(mut self: Box<Self>) -> MessageTurn {
        while let Some(verb) = self.verbs.pop_front() {
            match verb.name() {
                "Message" | "Sms" => {
                    let text = Text::of(&verb, &self.url);
                    // The check has told of those that are not sent.
                    if text.can_be_sent() && self.sent < MOST_REPLIES {
                        let action = step::action(&verb, &self.url);
                        let then = action.map(|(method, url)| (verb, method, url));
                        return self.send(text, then);
                    }
                }
                "Redirect" => {
                    let to = verb.own_text();
                    let url = resolve(&self.url, to.trim()).unwrap_or(to);
                    return self.ask(Some(&verb), method(&verb, "method"), url, Vec::new());
                }
                _ => {}
            }
        }
        self.end(None)
    }

    fn send(
        mut self: Box<Self>,
        text: Text,
        then: Option<(Element, Method, String)>,
    ) -> MessageTurn {
        self.sent += 1;
        MessageTurn::Send(Sending {
            message: self,
            text,
            then,
        })
    }

    fn ask(
        mut self: Box<Self>,
        verb: Option<&Element>,
        method: Method,
        url: String,
        parameters: Vec<(String, String)>,
    ) -> MessageTurn {
        let at = verb.map_or(Position::START, Element::at);
        self.fetched += 1;
        if self.fetched > MOST_DOCUMENTS {
            let text = format!(
                "{MOST_DOCUMENTS} documents have been asked for, and Twilio asks for no more: is \
                 there a loop of `<Redirect>` or of an `action`?"
            );
            return self.end(Some(Fault::error(14106, at, text)));
        }
        let url = url.split('#').next().unwrap_or_default().trim().to_string();
        let lower = url.to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            let text = format!(
                "`{}` cannot be asked: write an http or https address",
                flowing(&url)
            );
            return self.end(Some(Fault::error(11100, at, text)));
        }
        let fetch = Fetch {
            method,
            cookies: self.cookies.header(&url),
            url,
            parameters,
            answer: Use::Instructions,
            verb: verb.map(|verb| verb.name().to_string()),
        };
        MessageTurn::Fetch(MessageFetching {
            message: self,
            fetch,
        })
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
            callbacks: step::callbacks(verb, base, Medium::Messaging),
        }
    }

    fn can_be_sent(&self) -> bool {
        let is_empty = self.body.trim().is_empty() && self.media.is_empty();
        !is_empty && self.body.encode_utf16().count() <= LONGEST_TEXT
    }
}

impl MessageFetching {
    /// What is to be performed.
    pub fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    /// The answer has come.
    pub fn answered(self, answer: &Answer) -> MessageTurn {
        let MessageFetching { mut message, fetch } = self;
        let from = answer.url.clone().unwrap_or_else(|| fetch.url.clone());
        for cookie in &answer.set_cookies {
            message.cookies.keep(&from, cookie);
        }
        let heard = match hear(&fetch, answer, Medium::Messaging) {
            Ok(heard) => heard,
            Err(fault) => return message.end(Some(fault)),
        };
        message.url.clone_from(&from);
        message.verbs.clear();
        match heard {
            Heard::Document(document, faults) => {
                let faults = faults.into_iter().map(|fault| (from.clone(), fault));
                message.faults.extend(faults);
                message.verbs = document.root().elements().cloned().collect();
                message.advance()
            }
            Heard::Plain(body) => {
                let text = Text {
                    to: None,
                    from: None,
                    body: body.trim().to_string(),
                    media: Vec::new(),
                    callbacks: Vec::new(),
                };
                if text.can_be_sent() && message.sent < MOST_REPLIES {
                    return message.send(text, None);
                }
                let text = format!(
                    "the text is not sent: it has over {LONGEST_TEXT} characters, or is one too many"
                );
                message.end(Some(Fault::error(14103, Position::START, text)))
            }
            Heard::Audio | Heard::Nothing => message.end(None),
        }
    }

    /// No answer has come. `why` says what happened, in a few words: "connection refused".
    pub fn failed(self, why: &str) -> MessageTurn {
        let fault = unanswered(&self.fetch, why);
        self.message.end(Some(fault))
    }
}

impl Sending {
    /// What is sent.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// It has been sent.
    pub fn done(self) -> MessageTurn {
        let Sending { message, then, .. } = self;
        let Some((verb, method, url)) = then else {
            return message.advance();
        };
        let name = format!("{}/SM/{}", message.seed, message.sent);
        let sid = sid::stable("SM", &name);
        let told = [
            ("MessageSid", sid.as_str()),
            ("SmsSid", sid.as_str()),
            ("MessageStatus", "sent"),
            ("SmsStatus", "sent"),
        ];
        let told = told.map(|(name, value)| (name.to_string(), value.to_string()));
        message.ask(Some(&verb), method, url, told.into())
    }
}

#[cfg(test)]
mod tests;
