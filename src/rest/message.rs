//! A message, and how a client sees it.

use super::Reply;
use crate::webhook::{rfc2822, segments};
use serde::Serialize;

/// A message that a function sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// `SM…`, or `MM…` if it has media.
    pub(crate) sid: String,
    /// As the client named it.
    pub(crate) account_sid: String,
    /// `None` where a messaging service is to choose.
    pub(crate) from: Option<String>,
    /// Who gets it.
    pub(crate) to: String,
    /// `MG…`, if a messaging service sends it.
    pub(crate) messaging_service_sid: Option<String>,
    /// The text; may be empty if there is media.
    pub(crate) body: String,
    /// Addresses of media.
    pub(crate) media: Vec<String>,
    /// How far it is.
    pub(crate) status: Status,
    /// Who is told of that: an absolute URL.
    pub(crate) status_callback: Option<String>,
    /// In seconds since 1970, as the next two.
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) sent: Option<i64>,
}

/// How far a message is. Source: Twilio docs, "Messages resource", "Message Status values".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// A messaging service has it.
    Accepted,
    /// It waits for its time.
    Scheduled,
    /// It is given up before its time.
    Canceled,
    /// It is to be sent next.
    Queued,
    /// The carrier has it.
    Sent,
    /// It has arrived.
    Delivered,
}

impl Status {
    /// Twilio's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Status::Accepted => "accepted",
            Status::Scheduled => "scheduled",
            Status::Canceled => "canceled",
            Status::Queued => "queued",
            Status::Sent => "sent",
            Status::Delivered => "delivered",
        }
    }
}

/// As Twilio writes one, in its order.
#[derive(Serialize)]
pub(super) struct Shown<'m> {
    sid: &'m str,
    date_created: String,
    date_updated: String,
    date_sent: Option<String>,
    account_sid: &'m str,
    to: &'m str,
    from: Option<&'m str>,
    messaging_service_sid: Option<&'m str>,
    body: &'m str,
    status: &'static str,
    num_segments: String,
    num_media: String,
    direction: &'static str,
    api_version: &'static str,
    price: Option<&'m str>,
    price_unit: &'static str,
    error_code: Option<u32>,
    error_message: Option<&'m str>,
    uri: String,
    subresource_uris: Subresources,
}

#[derive(Serialize)]
struct Subresources {
    media: String,
}

impl Message {
    pub(super) fn shown(&self) -> Shown<'_> {
        let Message {
            sid, account_sid, ..
        } = self;
        let uri = format!("/2010-04-01/Accounts/{account_sid}/Messages/{sid}");
        Shown {
            sid,
            date_created: rfc2822(self.created),
            date_updated: rfc2822(self.updated),
            date_sent: self.sent.map(rfc2822),
            account_sid,
            to: &self.to,
            from: self.from.as_deref(),
            messaging_service_sid: self.messaging_service_sid.as_deref(),
            body: &self.body,
            status: self.status.as_str(),
            // Twilio counts them once the service has chosen who sends.
            num_segments: match (&self.messaging_service_sid, self.media.is_empty()) {
                (Some(_), _) => "0".to_string(),
                (None, true) => segments(&self.body).to_string(),
                (None, false) => "1".to_string(),
            },
            num_media: self.media.len().to_string(),
            direction: "outbound-api",
            api_version: "2010-04-01",
            price: None,
            price_unit: "USD",
            error_code: None,
            error_message: None,
            uri: format!("{uri}.json"),
            subresource_uris: Subresources {
                media: format!("{uri}/Media.json"),
            },
        }
    }

    pub(super) fn reply(&self, status: u16) -> Reply {
        Reply::json(status, &self.shown())
    }

    /// One line for the developer.
    pub(super) fn told(&self) -> String {
        let from = self
            .from
            .as_deref()
            .or(self.messaging_service_sid.as_deref());
        let media: String = self.media.iter().map(|url| format!(" + {url}")).collect();
        format!(
            "message {} from {} to {}: “{}”{media} ({}; it stays on this machine)",
            self.sid,
            from.unwrap_or_default(),
            self.to,
            self.body,
            self.status.as_str(),
        )
    }
}
