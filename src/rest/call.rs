//! A call, and how a client sees it.

use super::Reply;
use crate::twiml::Method;
use crate::webhook::{First, Progress, public_part, rfc2822};
use serde::Serialize;
use std::time::Duration;

/// A call that a function places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// `CA…`.
    pub(crate) sid: String,
    /// What the call's SIDs are made from, its own among them.
    pub(crate) seed: String,
    /// As the client named it.
    pub(crate) account_sid: String,
    /// Who calls.
    pub(crate) from: String,
    /// Who is called.
    pub(crate) to: String,
    /// What whoever answers hears.
    pub(crate) first: First,
    /// Who is told of it: how, and an absolute URL.
    pub(crate) status_callback: Option<(Method, String)>,
    /// Of what.
    pub(crate) events: Vec<Progress>,
    /// So long it rings.
    pub(crate) timeout: Duration,
    /// Whether it is told who has answered: a person, always.
    pub(crate) detects_machines: bool,
    /// How far it is.
    pub(crate) status: CallStatus,
    /// In seconds since 1970, as the next two.
    pub(crate) created: i64,
    pub(super) updated: i64,
    /// When it was dialled.
    pub(super) started: Option<i64>,
    /// How long it was, on its own clock.
    pub(super) lasted: Duration,
}

/// How far a call is. Source: Twilio docs, "Calls resource", "Call Status Values".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallStatus {
    /// It is to be placed next.
    Queued,
    /// It rings.
    Ringing,
    /// Somebody has answered.
    InProgress,
    /// Somebody had answered, and it is over.
    Completed,
    /// Whoever was called has refused.
    Busy,
    /// Nobody has answered.
    NoAnswer,
    /// It was taken back before anybody answered.
    Canceled,
    /// It could not be placed.
    Failed,
}

impl CallStatus {
    const ALL: [CallStatus; 8] = [
        CallStatus::Queued,
        CallStatus::Ringing,
        CallStatus::InProgress,
        CallStatus::Completed,
        CallStatus::Busy,
        CallStatus::NoAnswer,
        CallStatus::Canceled,
        CallStatus::Failed,
    ];

    /// Twilio's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            CallStatus::Queued => "queued",
            CallStatus::Ringing => "ringing",
            CallStatus::InProgress => "in-progress",
            CallStatus::Completed => "completed",
            CallStatus::Busy => "busy",
            CallStatus::NoAnswer => "no-answer",
            CallStatus::Canceled => "canceled",
            CallStatus::Failed => "failed",
        }
    }

    /// That of this word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        CallStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
    }

    /// Whether nothing more comes.
    pub(crate) fn is_last(self) -> bool {
        !matches!(
            self,
            CallStatus::Queued | CallStatus::Ringing | CallStatus::InProgress
        )
    }
}

/// As Twilio writes one, in its order.
#[derive(Serialize)]
pub(super) struct Shown<'c> {
    sid: &'c str,
    date_created: String,
    date_updated: String,
    parent_call_sid: Option<&'c str>,
    account_sid: &'c str,
    to: &'c str,
    to_formatted: String,
    from: &'c str,
    from_formatted: String,
    phone_number_sid: Option<&'c str>,
    status: &'static str,
    start_time: Option<String>,
    end_time: Option<String>,
    duration: Option<String>,
    price: Option<&'c str>,
    price_unit: &'static str,
    direction: &'static str,
    answered_by: Option<&'static str>,
    api_version: &'static str,
    forwarded_from: Option<&'c str>,
    group_sid: Option<&'c str>,
    caller_name: Option<&'c str>,
    queue_time: &'static str,
    trunk_sid: Option<&'c str>,
    uri: String,
    subresource_uris: Subresources,
}

#[derive(Serialize)]
struct Subresources {
    notifications: String,
    recordings: String,
}

impl Call {
    /// When it was completed, in seconds since 1970: "Empty if the call did not complete successfully",
    /// as is its length.
    pub(super) fn ended(&self) -> Option<i64> {
        let lasted = i64::try_from(self.lasted.as_secs()).unwrap_or(i64::MAX);
        let ended = self.started.map(|started| started.saturating_add(lasted));
        ended.filter(|_| self.status == CallStatus::Completed)
    }

    /// Whether somebody has answered.
    fn is_answered(&self) -> bool {
        matches!(self.status, CallStatus::InProgress | CallStatus::Completed)
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        let Call {
            sid, account_sid, ..
        } = self;
        let uri = format!("/2010-04-01/Accounts/{account_sid}/Calls/{sid}");
        Shown {
            sid,
            date_created: rfc2822(self.created),
            date_updated: rfc2822(self.updated),
            parent_call_sid: None,
            account_sid,
            to: &self.to,
            to_formatted: formatted(&self.to),
            from: &self.from,
            from_formatted: formatted(&self.from),
            phone_number_sid: None,
            status: self.status.as_str(),
            start_time: self.started.map(rfc2822),
            end_time: self.ended().map(rfc2822),
            duration: self.ended().map(|_| self.lasted.as_secs().to_string()),
            price: None,
            price_unit: "USD",
            direction: "outbound-api",
            answered_by: (self.detects_machines && self.is_answered()).then_some("human"),
            api_version: "2010-04-01",
            forwarded_from: None,
            group_sid: None,
            caller_name: None,
            queue_time: "0",
            trunk_sid: None,
            uri: format!("{uri}.json"),
            subresource_uris: Subresources {
                notifications: format!("{uri}/Notifications.json"),
                recordings: format!("{uri}/Recordings.json"),
            },
        }
    }

    pub(super) fn reply(&self, status: u16) -> Reply {
        Reply::json(status, &self.shown())
    }

    /// One line for the developer.
    pub(super) fn told(&self) -> String {
        let first = match &self.first {
            First::At(method, url) => format!("{} {}", method.as_str(), public_part(url)),
            First::Twiml(text) => format!("{} bytes of TwiML", text.len()),
        };
        format!(
            "call {} from {} to {}: {first} ({}; it stays on this machine)",
            self.sid,
            self.from,
            self.to,
            self.status.as_str(),
        )
    }
}

/// `(415) 555-0100`: numbers of North America as people there write them, all else as it is.
fn formatted(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()) => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_string(),
    }
}
