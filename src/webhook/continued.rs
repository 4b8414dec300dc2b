//! The requests that follow the first one of a call or a message.
//!
//! Each has what the first one had, and what has happened since.

use super::call::{self, rfc2822};
use super::wishes::set;
use super::{Content, Kind, Method, Moment, Parameters, Webhook, Wishes, message, request};

/// The request of `kind` within the call or the message that [`super::compose`] began with `wishes`
/// and the same seed. `told` is what has happened: it replaces what stands there by the same name.
/// `number` tells the requests of one seed apart.
///
/// `From` and `To` among `told` are those of another call or message, which the first one led to.
pub fn continued(
    kind: Kind,
    wishes: &Wishes,
    moment: Moment<'_>,
    told: &[(String, String)],
    method: Method,
    number: u32,
) -> Webhook {
    let moment = moment.of_account(wishes);
    let mut parameters = match kind {
        Kind::Sms | Kind::Mms | Kind::Whatsapp => message::incoming(kind, wishes, moment),
        Kind::MessageStatus => message::status(&other_way(wishes, told), moment),
        Kind::CallStatus => call_status(wishes, moment, told),
        Kind::Recording => recording(moment, told),
        _ => match value(told, "CallStatus") {
            Some("ringing") => call::incoming(wishes, moment),
            _ => call::inbound(wishes, moment, "in-progress"),
        },
    };
    for (name, _) in &wishes.parameters {
        set(&mut parameters, name, &wishes.parameters);
    }
    let sorted = parameters.is_sorted_by(|one, other| one.0 <= other.0);
    for (name, value) in told {
        let known = parameters.iter().any(|(known, _)| known == name);
        match sorted && !known {
            true => call::add(&mut parameters, &[(name, value)]),
            false => set(&mut parameters, name, told),
        }
    }
    Webhook {
        kind,
        method,
        content: Content::Parameters(parameters),
        idempotency_token: request::idempotency_token(
            &moment.sid("", &format!("idempotency/{number}")),
        ),
    }
}

fn value<'t>(told: &'t [(String, String)], name: &str) -> Option<&'t str> {
    let found = told.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// A message in reply goes from the number to the sender, unless it names others. In a call that the API
/// has placed the number is the one that calls.
fn other_way(wishes: &Wishes, told: &[(String, String)]) -> Wishes {
    let named = |name: &str| value(told, name).map(String::from);
    let outbound = value(&wishes.parameters, "Direction") == Some("outbound-api");
    let (number, person) = match outbound {
        true => (&wishes.from, &wishes.to),
        false => (&wishes.to, &wishes.from),
    };
    Wishes {
        from: named("From").or_else(|| number.clone()),
        to: named("To").or_else(|| person.clone()),
        ..Wishes::default()
    }
}

/// The number's own call, or one that it dialled.
fn call_status(wishes: &Wishes, moment: Moment<'_>, told: &[(String, String)]) -> Parameters {
    let dialled = value(told, "To");
    let from = value(told, "From").map(String::from);
    let parties = Wishes {
        from: from.or_else(|| wishes.from.clone()),
        to: dialled.map(String::from).or_else(|| wishes.to.clone()),
        ..Wishes::default()
    };
    // Those of a status callback, which are the other way round where nobody is named.
    let parties = super::party::Parties::inbound(&parties);
    let parties = Wishes {
        from: Some(parties.from),
        to: Some(parties.to),
        ..Wishes::default()
    };
    let mut parameters = call::status(&parties, moment);
    parameters.retain(|(name, _)| !matches!(name.as_str(), "Duration" | "CallDuration"));
    if dialled.is_some() {
        parameters.push(("ParentCallSid".to_string(), moment.call_sid()));
    }
    parameters
}

fn recording(moment: Moment<'_>, told: &[(String, String)]) -> Parameters {
    let seconds = value(told, "RecordingDuration").and_then(|text| text.parse().ok());
    let began = moment.unix_seconds.saturating_sub(seconds.unwrap_or(0));
    let mut parameters = call::recorded(moment);
    let is_told = |name: &str| value(told, name).is_some();
    parameters.retain_mut(|(name, value)| match name.as_str() {
        "RecordingStartTime" => {
            *value = rfc2822(began);
            true
        }
        "RecordingSid" | "RecordingUrl" | "RecordingDuration" => is_told(name),
        _ => true,
    });
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pairs: &[(&str, &str)]) -> Parameters {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        pairs.iter().map(owned).collect()
    }

    fn request(kind: Kind, pairs: &[(&str, &str)]) -> Parameters {
        let wishes = Wishes {
            from: Some("+15005550006".into()),
            to: Some("+15005550007".into()),
            parameters: told(&[("CallerName", "Ada")]),
            ..Wishes::default()
        };
        let moment = Moment {
            seed: "s",
            unix_seconds: 100,
            account_sid: "AC1",
        };
        let webhook = continued(kind, &wishes, moment, &told(pairs), Method::Post, 2);
        let Content::Parameters(parameters) = webhook.content else {
            panic!("JSON");
        };
        parameters
    }

    fn of<'p>(parameters: &'p Parameters, name: &str) -> &'p str {
        let found: Vec<_> = parameters.iter().filter(|(n, _)| n == name).collect();
        match found.as_slice() {
            [(_, value)] => value,
            [] => "none",
            _ => "several",
        }
    }

    #[test]
    fn requests_of_a_call_are_sorted_and_tell_what_happened() {
        let first = request(Kind::Voice, &[("CallStatus", "ringing")]);
        let next = request(
            Kind::Voice,
            &[("CallStatus", "in-progress"), ("Digits", "1")],
        );
        assert_eq!(of(&first, "CallSid"), of(&next, "CallSid"));
        assert_eq!(
            (of(&first, "CallStatus"), of(&first, "Digits")),
            ("ringing", "none")
        );
        assert_ne!(of(&first, "CallToken"), "none");
        assert_eq!(
            (of(&next, "CallStatus"), of(&next, "Digits")),
            ("in-progress", "1")
        );
        assert_eq!(
            (of(&next, "CallToken"), of(&next, "CallerName")),
            ("none", "Ada")
        );
        assert_eq!(of(&next, "From"), "+15005550006");
    }

    #[test]
    fn callbacks_name_their_own_ends() {
        let dialled = [
            ("To", "+1999"),
            ("CallSid", "CA2"),
            ("CallStatus", "ringing"),
        ];
        let leg = request(Kind::CallStatus, &dialled);
        assert_eq!((of(&leg, "To"), of(&leg, "Called")), ("+1999", "+1999"));
        assert_eq!(
            (of(&leg, "From"), of(&leg, "CallSid")),
            ("+15005550006", "CA2")
        );
        let parent = request(Kind::Voice, &[]);
        assert_eq!(of(&leg, "ParentCallSid"), of(&parent, "CallSid"));
        assert_eq!(of(&leg, "CallDuration"), "none");
        let own = request(
            Kind::CallStatus,
            &[("Direction", "inbound"), ("CallDuration", "7")],
        );
        assert_eq!(
            (of(&own, "From"), of(&own, "To")),
            ("+15005550006", "+15005550007")
        );
        assert_eq!(
            (of(&own, "ParentCallSid"), of(&own, "CallDuration")),
            ("none", "7")
        );
        let reply = request(Kind::MessageStatus, &[("MessageSid", "SM2")]);
        assert_eq!(
            (of(&reply, "From"), of(&reply, "To")),
            ("+15005550007", "+15005550006")
        );
        let made = request(
            Kind::Recording,
            &[("RecordingSid", "RE2"), ("RecordingDuration", "9")],
        );
        assert_eq!(
            of(&made, "RecordingStartTime"),
            "Thu, 01 Jan 1970 00:01:31 +0000"
        );
        let none = request(Kind::Recording, &[("RecordingStatus", "absent")]);
        assert_eq!(
            (of(&none, "RecordingSid"), of(&none, "RecordingUrl")),
            ("none", "none")
        );
    }
}
