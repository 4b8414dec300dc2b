//! Twilio's REST API, as far as it is answered here: messages.
//!
//! A project without credentials has the development account, which Twilio does not know: it would
//! refuse all that a client of that account asks for. So those requests are answered here: a message
//! is checked as Twilio checks one, and kept; nobody gets it but the phones of the console. What else
//! a client may ask for (calls, Verify, Sync) is refused with a sentence on what to do.
//!
//! Pure: the time and the SIDs are given. Sources, read November 2026: Twilio docs, "Messages resource"
//! and "Test credentials" (the numbers that stand for a refusal); the words of refusals are those of
//! captured answers. What no source settles: the order of the checks, and that a message is sent and
//! delivered at once.

mod address;
mod create;
mod list;
mod message;
mod refused;

pub(crate) use message::{Message, Status};

use crate::console::Level;
use refused::Refused;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Messages that are kept; the oldest go.
const MOST: usize = 1000;
/// Bytes of a request's parameters. What is kept is bounded by it; a message with ten media has 3 KB.
const MOST_BYTES: usize = 32 * 1024;

/// What a client asks for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub(crate) method: String,
    /// The absolute URL.
    pub(crate) url: String,
    /// Of the query or of the body, in order.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Request {
    /// The first parameter of that name which is not empty: an empty one is as good as none.
    fn parameter<'r>(&'r self, name: &'r str) -> Option<&'r str> {
        self.all(name).find(|value| !value.is_empty())
    }

    fn bytes(&self) -> usize {
        let parameters = self.parameters.iter();
        parameters
            .map(|(name, value)| name.len() + value.len())
            .sum()
    }

    fn all<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        let named = move |(known, value): &'r (String, String)| (known == name).then_some(&**value);
        self.parameters.iter().filter_map(named)
    }
}

/// What the client gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// JSON, or nothing.
    pub(crate) body: String,
}

/// A request with all that comes of it.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// For the client.
    pub(crate) reply: Reply,
    /// For the developer.
    pub(crate) said: Option<(Level, String)>,
    /// A message that is on its way now.
    pub(crate) sent: Option<Message>,
}

/// When a request is answered, and what its message will be called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now<'a> {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) unix_seconds: i64,
    /// A SID is made from it: unlike any other.
    pub(crate) seed: &'a str,
}

/// All messages of the development account, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    kept: VecDeque<Message>,
}

/// What a URL leads to.
enum Place<'r> {
    Messages {
        account: &'r str,
    },
    Message {
        sid: &'r str,
    },
    /// What is not answered here.
    Elsewhere,
}

impl<'r> Place<'r> {
    fn find(url: &'r str) -> Self {
        let Some((host, path)) = url
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('/'))
        else {
            return Place::Elsewhere;
        };
        // `api.ashburn.us1.twilio.com` is the same API, from an edge and a region.
        if !host.starts_with("api.") || !host.ends_with(".twilio.com") {
            return Place::Elsewhere;
        }
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        match segments.as_slice() {
            ["2010-04-01", "Accounts", account, "Messages.json"] => Place::Messages { account },
            ["2010-04-01", "Accounts", _, "Messages", name] => match name.strip_suffix(".json") {
                Some(sid) => Place::Message { sid },
                None => Place::Elsewhere,
            },
            _ => Place::Elsewhere,
        }
    }
}

impl Messages {
    /// Answers a request of a client of the development account.
    pub(crate) fn answer(&mut self, request: &Request, now: Now<'_>) -> Answered {
        let quiet = |reply| Answered {
            reply,
            said: None,
            sent: None,
        };
        let answered = match (Place::find(&request.url), request.method.as_str()) {
            (Place::Messages { account }, "POST") => self.create(account, request, now),
            (Place::Messages { account }, "GET") => Ok(quiet(self.list(account, request))),
            (Place::Message { sid }, "GET") => self.find(sid, request).map(|at| {
                let message = &self.kept[at];
                quiet(message.reply(200))
            }),
            (Place::Message { sid }, "POST") => self.update(sid, request, now).map(quiet),
            (Place::Message { sid }, "DELETE") => self.find(sid, request).map(|at| {
                self.kept.remove(at);
                quiet(Reply {
                    status: 204,
                    body: String::new(),
                })
            }),
            _ => Err(Refused::not_here(request)),
        };
        answered.unwrap_or_else(|refused| Answered {
            reply: refused.reply(),
            said: Some((Level::Warning, refused.to_string())),
            sent: None,
        })
    }

    /// The message has come to be `status`. Returns it, if it is still there and still on its way.
    pub(crate) fn advance(
        &mut self,
        sid: &str,
        status: Status,
        unix_seconds: i64,
    ) -> Option<Message> {
        let message = self.kept.iter_mut().find(|message| message.sid == sid)?;
        if message.status == Status::Canceled {
            return None;
        }
        message.status = status;
        message.updated = unix_seconds;
        message.sent.get_or_insert(unix_seconds);
        Some(message.clone())
    }

    fn create(
        &mut self,
        account: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        if request.bytes() > MOST_BYTES {
            return Err(Refused::too_large(MOST_BYTES));
        }
        let message = create::message(account, request, now)?;
        if self.kept.len() == MOST {
            self.kept.pop_front();
        }
        self.kept.push_back(message.clone());
        Ok(Answered {
            reply: message.reply(201),
            said: Some((Level::Info, message.told())),
            sent: (message.status != Status::Scheduled).then_some(message),
        })
    }

    /// A text can be taken back (`Body` is empty), and a message that is not on its way yet.
    fn update(&mut self, sid: &str, request: &Request, now: Now<'_>) -> Result<Reply, Refused> {
        let at = self.find(sid, request)?;
        let message = &mut self.kept[at];
        match request.parameter("Status") {
            None => {}
            Some("canceled") if message.status == Status::Scheduled => {
                message.status = Status::Canceled;
            }
            Some("canceled") => return Err(Refused::no_cancelling()),
            Some(other) => return Err(Refused::update(&format!("Status={other}"))),
        }
        if request.parameter("Body").is_some() {
            return Err(Refused::update("Body"));
        }
        if request.all("Body").any(str::is_empty) {
            message.body.clear();
        }
        message.updated = now.unix_seconds;
        Ok(message.reply(200))
    }

    fn find(&self, sid: &str, request: &Request) -> Result<usize, Refused> {
        let mut kept = self.kept.iter();
        kept.position(|message| message.sid == sid)
            .ok_or_else(|| Refused::nowhere(&request.url))
    }
}

#[cfg(test)]
mod tests;
