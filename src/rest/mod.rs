//! Twilio's REST API, as far as it is answered here: messages, calls, the codes of Verify, and Sync.
//!
//! A project without credentials has the development account, which Twilio does not know: it would
//! refuse all that a client of that account asks for. So those requests, or with `--local-api` all, are answered here: a message
//! is checked as Twilio checks one, and kept; nobody gets it but the phones of the console, which ring for
//! calls, too, and get the codes of Verify. What functions keep in Sync is kept here. What else a client may ask
//! for (Lookup) is refused with a sentence on what to do.
//!
//! Pure: the time and the SIDs are given. Sources, read November 2026: Twilio docs, "Messages resource",
//! "Calls resource" and "Test credentials" (the numbers that stand for a refusal); the words of refusals are those of
//! captured answers. What no source settles: the order of the checks, and that a message is sent and
//! delivered at once.

mod address;
mod call;
mod calls;
mod create;
pub mod door;
mod message;
mod messages;
mod page;
mod place;
mod refused;
mod sync;
mod verification;
mod verify;

pub(crate) use address::normal as normal_number;
pub(crate) use call::{Call, CallStatus};
pub(crate) use message::{Message, Status};
pub(crate) use sync::Overview;

use crate::console::Level;
use crate::webhook::Change;
use calls::Calls;
use jiff::Timestamp;
use messages::Messages;
use percent_encoding::percent_decode_str;
use refused::Refused;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;
use sync::Services;
use verify::Verifications;

/// Bytes of a request's parameters. What is kept is bounded by it; a message with ten media has 3 KB.
const MOST_BYTES: usize = 32 * 1024;

/// What a client asks for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub(crate) method: String,
    /// The absolute URL.
    pub(crate) url: String,
    /// Who asks: an account's SID, or a key's.
    pub(crate) account: String,
    /// Of the query or of the body, in order.
    pub(crate) parameters: Vec<(String, String)>,
    /// The revision that is to be changed: the header `If-Match`.
    #[serde(default)]
    pub(crate) if_match: Option<String>,
}

impl Request {
    /// The first parameter of that name which is not empty: an empty one is as good as none.
    fn parameter<'r>(&'r self, name: &str) -> Option<&'r str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// The product whose API it is for (`api`, `verify`, `sync`), and the path without a leading `/`.
    fn product(&self) -> Option<(&str, &str)> {
        let (host, path) = self.url.strip_prefix("https://")?.split_once('/')?;
        // `api.ashburn.us1.twilio.com` is the same API, from an edge and a region.
        let (product, rest) = host.split_once('.')?;
        let ours = rest == "twilio.com" || rest.ends_with(".twilio.com");
        let path = path.split(['?', '#']).next().unwrap_or(path);
        ours.then_some((product, path))
    }

    /// With the parameters of the URL itself, where a client that goes to the next page has them.
    fn with_query(&self) -> Request {
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        let of_url = form_urlencoded::parse(query.as_bytes()).into_owned();
        Request {
            parameters: of_url.chain(self.parameters.iter().cloned()).collect(),
            ..self.clone()
        }
    }

    fn bytes(&self) -> usize {
        let parameters = self.parameters.iter();
        parameters
            .map(|(name, value)| name.len() + value.len())
            .sum()
    }

    fn all<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> {
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

impl Reply {
    /// An object in JSON.
    fn json(status: u16, shown: &impl Serialize) -> Self {
        Reply {
            status,
            // Numbers and texts alone: it cannot fail.
            body: serde_json::to_string(shown).unwrap_or_default(),
        }
    }

    /// Something has been deleted.
    fn nothing() -> Self {
        Reply {
            status: 204,
            body: String::new(),
        }
    }
}

/// A request with all that comes of it.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// For the client.
    pub(crate) reply: Reply,
    /// For the developer.
    pub(crate) said: Option<(Level, String)>,
    /// What is on its way now.
    pub(crate) sent: Option<Sent>,
}

/// What leaves for others.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// A message.
    Message(Box<Message>),
    /// A call is to be placed.
    Call(Box<Call>),
    /// The call of this SID is to be changed.
    Change(String, Change),
}

/// When a request is answered, and what its message will be called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now<'a> {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) unix_seconds: i64,
    /// A SID is made from it: unlike any other.
    pub(crate) seed: &'a str,
}

impl From<Reply> for Answered {
    /// Nothing comes of it, and nothing is to be said.
    fn from(reply: Reply) -> Self {
        Answered {
            reply,
            said: None,
            sent: None,
        }
    }
}

/// All that is kept.
#[derive(Debug, Default)]
pub(crate) struct Api {
    messages: Messages,
    calls: Calls,
    verifications: Verifications,
    sync: Services,
}

impl Api {
    /// Answers a client's request.
    pub(crate) fn answer(&mut self, request: &Request, now: Now<'_>) -> Answered {
        let answered = match request.product() {
            Some(("sync", path)) => self.sync.answer(path, request, now),
            _ if request.bytes() > MOST_BYTES => Err(Refused::too_large(MOST_BYTES)),
            Some(("api", path)) => self.of_account(path, request, now),
            Some(("verify", path)) => self.verifications.answer(path, request, now),
            _ => Err(Refused::not_here(request)),
        };
        answered.unwrap_or_else(|refused| Answered {
            reply: refused.reply(),
            said: Some((Level::Warning, refused.to_string())),
            sent: None,
        })
    }

    /// Answers what is asked of an account's own resources, at `path` of `api.twilio.com`.
    fn of_account(
        &mut self,
        path: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let segments: Vec<&str> = path.split('/').collect();
        let (account, resource, sid) = match segments.as_slice() {
            ["2010-04-01", "Accounts", account, resource] => (account, resource, None),
            ["2010-04-01", "Accounts", account, resource, sid] => (account, resource, Some(sid)),
            _ => return Err(Refused::not_here(request)),
        };
        let last = sid.unwrap_or(resource).strip_suffix(".json");
        match (sid, *resource, last) {
            (None, _, Some("Messages")) => self.messages.answer(account, None, request, now),
            (None, _, Some("Calls")) => self.calls.answer(account, None, request, now),
            (Some(_), "Messages", sid @ Some(_)) => {
                self.messages.answer(account, sid, request, now)
            }
            (Some(_), "Calls", sid @ Some(_)) => self.calls.answer(account, sid, request, now),
            _ => Err(Refused::not_here(request)),
        }
    }

    /// What Sync keeps, by name.
    pub(crate) fn sync_overview(&mut self, unix_seconds: i64) -> Overview {
        self.sync.overview(unix_seconds)
    }

    /// The call has come to be `status`, and has lasted so long on its own clock.
    pub(crate) fn advance_call(
        &mut self,
        sid: &str,
        status: CallStatus,
        lasted: Duration,
        unix_seconds: i64,
    ) {
        self.calls.advance(sid, status, lasted, unix_seconds);
    }

    /// The calls that are queued are lost.
    pub(crate) fn fail_queued(&mut self, unix_seconds: i64) {
        self.calls.fail_queued(unix_seconds);
    }

    /// The message has come to be `status`. Returns it, if it is still there and still on its way.
    pub(crate) fn advance(
        &mut self,
        sid: &str,
        status: Status,
        unix_seconds: i64,
    ) -> Option<Message> {
        self.messages.advance(sid, status, unix_seconds)
    }
}

/// A moment as the newer of Twilio's APIs write it.
fn iso(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

/// A part of a path, as it was before it was escaped: `%2B14155550100`.
fn unescaped(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

#[cfg(test)]
mod client;
#[cfg(test)]
mod tests;
