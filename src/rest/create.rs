//! A message that is to be sent: what Twilio checks of it.

use super::address::{channel, is_recipient, is_sender, normal};
use super::refused::Refused;
use super::{Message, Now, Request, Status};
use crate::sid;
use crate::twiml::{LONGEST_MESSAGE, MOST_MEDIA};
use crate::webhook::requestable;
use jiff::Timestamp;

const WRONG_SENDER: &str =
    "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.";
const WRONG_RECIPIENT: &str = "The 'To' number {to} is not a valid phone number.";

/// Numbers that stand for a refusal, whoever sends from them.
/// Source: Twilio docs, "Test credentials".
const SENDERS: &[(&str, u32, &str)] = &[
    ("+15005550001", 21212, WRONG_SENDER),
    (
        "+15005550007",
        21606,
        "The From phone number {from} is not a valid, SMS-capable inbound phone number or short code for your account.",
    ),
    (
        "+15005550008",
        21611,
        "This 'From' number has exceeded the maximum number of queued messages",
    ),
];

/// The same, whoever sends to them.
const RECIPIENTS: &[(&str, u32, &str)] = &[
    ("+15005550001", 21211, WRONG_RECIPIENT),
    (
        "+15005550002",
        21612,
        "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from} via SMS.",
    ),
    (
        "+15005550003",
        21408,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.",
    ),
    (
        "+15005550004",
        21610,
        "Attempt to send to unsubscribed recipient",
    ),
    (
        "+15005550009",
        21614,
        "To number: {to}, is not a mobile number",
    ),
];

/// The message that `request` asks for, or why Twilio would not send it.
pub(super) fn message(account: &str, request: &Request, now: Now<'_>) -> Result<Message, Refused> {
    let service = request.parameter("MessagingServiceSid");
    let from = request.parameter("From").map(normal);
    let from = from.as_deref();
    if from.is_none() && service.is_none() {
        return Err(Refused::given(21603, "A 'From' phone number is required."));
    }
    let Some(to) = request.parameter("To").map(normal) else {
        return Err(Refused::given(21604, "A 'To' phone number is required."));
    };
    let body = request.parameter("Body").unwrap_or_default();
    let media: Vec<&str> = request
        .all("MediaUrl")
        .filter(|url| !url.is_empty())
        .collect();
    if body.is_empty() && media.is_empty() && request.parameter("ContentSid").is_none() {
        return Err(Refused::given(21602, "Message body is required."));
    }
    addresses(from, &to)?;
    if body.encode_utf16().count() > LONGEST_MESSAGE {
        return Err(Refused::given(
            21617,
            "The concatenated message body exceeds the 1600 character limit.",
        ));
    }
    if media.len() > MOST_MEDIA {
        return Err(Refused::given(
            21623,
            "Number of media files exceeds allowed limit",
        ));
    }
    if let Some(url) = media.iter().find(|url| requestable(url).is_none()) {
        return Err(Refused::given(21620, format!("Invalid media URL: {url}")));
    }
    let status_callback = request.parameter("StatusCallback");
    if let Some(url) = status_callback.filter(|url| requestable(url).is_none()) {
        let text = format!("The 'StatusCallback' URL {url} is not a valid URL.");
        return Err(Refused::given(21609, text));
    }
    let is_scheduled = is_scheduled(request, service.or(from), now)?;
    let prefix = if media.is_empty() { "SM" } else { "MM" };
    Ok(Message {
        sid: sid::stable(prefix, now.seed),
        account_sid: account.to_string(),
        from: from.map(String::from),
        to,
        messaging_service_sid: service.map(String::from),
        body: body.to_string(),
        media: media.into_iter().map(String::from).collect(),
        status: match service {
            _ if is_scheduled => Status::Scheduled,
            Some(_) => Status::Accepted,
            None => Status::Queued,
        },
        status_callback: status_callback.map(String::from),
        created: now.unix_seconds,
        updated: now.unix_seconds,
        sent: None,
    })
}

/// Whether it is to be sent later, `by` a messaging service alone. Without `ScheduleType` it is sent at
/// once, whatever `SendAt` says (not verified).
fn is_scheduled(request: &Request, by: Option<&str>, now: Now<'_>) -> Result<bool, Refused> {
    let at = match (
        request.parameter("ScheduleType"),
        request.parameter("SendAt"),
    ) {
        (None, _) => return Ok(false),
        (Some("fixed"), Some(at)) => at,
        (Some("fixed"), None) => return Err(Refused::given(35111, "SendAt timestamp is missing")),
        (Some(_), _) => {
            let text = "The ScheduleType value provided is not supported for this channel";
            return Err(Refused::given(35126, text));
        }
    };
    if !by.is_some_and(|by| by.starts_with("MG")) {
        let text = "MessagingServiceSid is required to schedule a message";
        return Err(Refused::given(35118, text));
    }
    let ahead = at
        .parse::<Timestamp>()
        .map(|at| at.as_second() - now.unix_seconds);
    match ahead {
        Ok(300..=3_024_000) => Ok(true),
        _ => Err(Refused::given(
            35114,
            "SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive.",
        )),
    }
}

/// Whether these two can have to do with each other.
fn addresses(from: Option<&str>, to: &str) -> Result<(), Refused> {
    let refused = |code, text: &str| {
        let text = text.replace("{from}", from.unwrap_or_default());
        Err(Refused::given(code, text.replace("{to}", to)))
    };
    let stands_for = |table: &[(&str, u32, &'static str)], number: &str| {
        let entry = table.iter().find(|(known, ..)| *known == number);
        entry.map(|(_, code, text)| (*code, *text))
    };
    if let Some(from) = from {
        if let Some((code, text)) = stands_for(SENDERS, from) {
            return refused(code, text);
        }
        if !is_sender(from) {
            return refused(21212, WRONG_SENDER);
        }
    }
    if let Some((code, text)) = stands_for(RECIPIENTS, to) {
        return refused(code, text);
    }
    if !is_recipient(to) {
        return refused(21211, WRONG_RECIPIENT);
    }
    let Some(from) = from else {
        return Ok(());
    };
    if from == to {
        return refused(21266, "'To' and 'From' number cannot be the same: {to}");
    }
    let name = |address| channel(address).map(|(name, _)| name);
    if name(from) != name(to) {
        return refused(
            21910,
            "Invalid From and To pair. From and To should be of the same channel",
        );
    }
    Ok(())
}
