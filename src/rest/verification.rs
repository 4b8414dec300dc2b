//! A verification: who is to show a code, and how a client sees that.

use super::{Message, Reply, Request, Status, iso};
use crate::sid;
use serde::Serialize;
use serde_json::{Map, Value};

/// How the code gets to its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Sms,
    Whatsapp,
    Call,
    Email,
}

/// How far a verification is. Source: Twilio docs, "Verification resource".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    Approved,
    Canceled,
}

/// A code that was sent and is to be shown again.
#[derive(Clone, Debug)]
pub(super) struct Verification {
    pub(super) sid: String,
    pub(super) account_sid: String,
    pub(super) service_sid: String,
    pub(super) to: String,
    pub(super) channel: Channel,
    pub(super) code: String,
    pub(super) stage: Stage,
    /// In seconds since 1970, as the next.
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) sent: Vec<Attempt>,
    /// How many wrong codes were shown.
    pub(super) wrong: usize,
}

/// One sending of the code.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) sid: String,
    pub(super) channel: Channel,
    pub(super) at: i64,
}

impl Channel {
    /// `auto` chooses by itself: here the one that every number has (not verified).
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sms" | "auto" => Channel::Sms,
            "whatsapp" => Channel::Whatsapp,
            "call" => Channel::Call,
            "email" => Channel::Email,
            _ => return None,
        })
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Whatsapp => "whatsapp",
            Channel::Call => "call",
            Channel::Email => "email",
        }
    }
}

impl Stage {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "approved" => Some(Stage::Approved),
            "canceled" => Some(Stage::Canceled),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Stage::Pending => "pending",
            Stage::Approved => "approved",
            Stage::Canceled => "canceled",
        }
    }
}

/// What both of the following begin with.
#[derive(Serialize)]
struct Known<'v> {
    sid: &'v str,
    service_sid: &'v str,
    account_sid: &'v str,
    to: &'v str,
    channel: &'static str,
    status: &'static str,
    valid: bool,
}

/// As Twilio writes one, in its order.
#[derive(Serialize)]
struct Shown<'v> {
    #[serde(flatten)]
    known: Known<'v>,
    date_created: String,
    date_updated: String,
    lookup: Map<String, Value>,
    amount: Option<&'v str>,
    payee: Option<&'v str>,
    send_code_attempts: Vec<ShownAttempt<'v>>,
    sna: Option<&'v str>,
    url: String,
}

#[derive(Serialize)]
struct ShownAttempt<'v> {
    attempt_sid: &'v str,
    channel: &'static str,
    time: String,
}

/// What a check of a code tells, likewise.
#[derive(Serialize)]
struct ShownCheck<'v> {
    #[serde(flatten)]
    known: Known<'v>,
    amount: Option<&'v str>,
    payee: Option<&'v str>,
    sna_attempts_error_codes: [u32; 0],
    date_created: String,
    date_updated: String,
}

impl Verification {
    fn known(&self) -> Known<'_> {
        Known {
            sid: &self.sid,
            service_sid: &self.service_sid,
            account_sid: &self.account_sid,
            to: &self.to,
            channel: self.channel.as_str(),
            status: self.stage.as_str(),
            valid: self.stage == Stage::Approved,
        }
    }

    pub(super) fn reply(&self, status: u16) -> Reply {
        let attempts = self.sent.iter().map(|attempt| ShownAttempt {
            attempt_sid: &attempt.sid,
            channel: attempt.channel.as_str(),
            time: iso(attempt.at),
        });
        let Verification {
            sid, service_sid, ..
        } = self;
        let shown = Shown {
            known: self.known(),
            date_created: iso(self.created),
            date_updated: iso(self.updated),
            lookup: Map::new(),
            amount: None,
            payee: None,
            send_code_attempts: attempts.collect(),
            sna: None,
            url: format!("https://verify.twilio.com/v2/Services/{service_sid}/Verifications/{sid}"),
        };
        Reply::json(status, &shown)
    }

    pub(super) fn reply_to_check(&self) -> Reply {
        let shown = ShownCheck {
            known: self.known(),
            amount: None,
            payee: None,
            sna_attempts_error_codes: [],
            date_created: iso(self.created),
            date_updated: iso(self.updated),
        };
        Reply::json(200, &shown)
    }

    /// The message that brings the code, if a message does. The words are Twilio's usual ones.
    pub(super) fn message(&self, request: &Request, seed: &str, now: i64) -> Option<Message> {
        let (prefix, from) = match self.channel {
            Channel::Sms => ("", "Verify"),
            Channel::Whatsapp => ("whatsapp:", "whatsapp:+14155238886"),
            Channel::Call | Channel::Email => return None,
        };
        let name = request.parameter("CustomFriendlyName");
        let name = name.map(|name| format!("{name} ")).unwrap_or_default();
        Some(Message {
            sid: sid::stable("SM", seed),
            account_sid: self.account_sid.clone(),
            from: Some(from.to_string()),
            to: format!("{prefix}{}", self.to),
            messaging_service_sid: None,
            body: format!("Your {name}verification code is: {}", self.code),
            media: Vec::new(),
            status: Status::Queued,
            status_callback: None,
            created: now,
            updated: now,
            sent: None,
        })
    }

    /// One line for the developer.
    pub(super) fn told(&self) -> String {
        format!(
            "verification {} of {}: the code is {} (by {}; it stays on this machine)",
            self.sid,
            self.to,
            self.code,
            self.channel.as_str(),
        )
    }
}
