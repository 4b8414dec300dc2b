//! A phone at work: calls and texts, step by step, whoever performs the requests.
//!
//! [`CallSession`] and [`TextSession`] stand on [`super::Call`] and [`super::Message`], and hold what
//! has happened so far as a list of [`Happened`]. Whoever has one performs its [`Request`] and tells
//! what came of it, again and again, until there is none: then either the caller is wanted to do
//! something, or it is over. The clock is virtual: pauses, timeouts and speech take no time, and are
//! shown with the time that they would take.
//!
//! Bounded: so many steps and so many bytes of them, after which it ends with a fault.

mod act;
mod call;
mod deed;
mod happened;
mod placed;
mod steps;
#[cfg(test)]
mod tests;
mod text;

pub use act::{Act, Wanted};
pub use call::CallSession;
pub use happened::{Ended, Happened, Lasts, ToldFault, What};
pub use placed::Ring;
pub use text::TextSession;

use super::{Answer, Call, Fetch, Use};
use crate::twiml;
use crate::webhook::{self, Kind, Missed, Moment, Webhook, Wishes};
use std::time::Duration;

/// What a call or a text begins with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What has happened: `voice`, or `sms`, `mms`, `whatsapp`.
    pub kind: Kind,
    /// What Twilio asks what to do: an absolute URL, as Twilio would call it.
    pub url: String,
    /// Who turns to whom, with which parameters; with `from` and `to`, so that replies find their
    /// way.
    pub wishes: Wishes,
    /// SIDs are made from it.
    pub seed: String,
    /// When it begins, in seconds since 1970-01-01T00:00:00Z.
    pub unix_seconds: i64,
    /// `AC…`.
    pub account_sid: String,
    /// What is told when a call has ended: the number's "call status changes".
    pub status_callback: Option<String>,
}

/// A request that is to be performed: signed, with the redirects that Twilio would follow.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is sent.
    pub webhook: Webhook,
    /// Where to, as Twilio would call it; a GET's parameters are not in it.
    pub url: String,
    /// The `Cookie` header, if there are cookies for the host.
    pub cookies: Option<String>,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Performed {
    /// The journal's numbers of its exchanges, as far as they are known: one, and one for each
    /// redirect.
    pub exchanges: Vec<u64>,
    /// The answer, redirects followed.
    pub result: Result<Answer, Missed>,
}

/// Why something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfitting(String);

impl Setup {
    /// Whether it can be sent at all.
    fn check(&self) -> Result<(), webhook::Unfit> {
        webhook::compose(self.kind, &self.wishes, self.moment(Duration::ZERO)).map(|_| ())
    }

    fn moment(&self, at: Duration) -> Moment<'_> {
        let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
        Moment {
            seed: &self.seed,
            unix_seconds: self.unix_seconds.saturating_add(seconds),
            account_sid: &self.account_sid,
        }
    }

    fn method(&self) -> twiml::Method {
        match self.wishes.method {
            Some(webhook::Method::Get) => twiml::Method::Get,
            _ => twiml::Method::Post,
        }
    }

    /// The call, with its status callback, which is told by `method`.
    fn call(&self, method: twiml::Method) -> Call {
        let call = Call::new(self.seed.clone(), self.account_sid.clone());
        match &self.status_callback {
            Some(url) => call.status_callback(method, url),
            None => call,
        }
    }

    /// The request that a walk wants; `number` counts them.
    fn request(&self, fetch: &Fetch, number: u32) -> Request {
        let method = match fetch.method {
            twiml::Method::Get => webhook::Method::Get,
            twiml::Method::Post => webhook::Method::Post,
        };
        let kind = match fetch.answer {
            Use::Instructions | Use::CalledParty => self.kind,
            Use::Told(kind) => kind,
        };
        let mut parameters = fetch.parameters.clone();
        // The call to somebody else has an own number, and names the one that it came of.
        if let Some(at) = parameters.iter().position(|(name, _)| name == "CallSid") {
            let parent = self.moment(Duration::ZERO).call_sid();
            parameters.insert(at + 1, ("ParentCallSid".to_string(), parent));
        }
        let webhook = webhook::continued(
            kind,
            &self.wishes,
            self.moment(fetch.at),
            &parameters,
            method,
            number,
        );
        Request {
            webhook,
            url: fetch.url.clone(),
            cookies: fetch.cookies.clone(),
        }
    }
}
