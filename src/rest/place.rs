//! A call that is to be placed: what Twilio checks of it.

use super::address::{channel, is_number, normal};
use super::call::{Call, CallStatus};
use super::refused::Refused;
use super::{Now, Request};
use crate::twiml::Method;
use crate::webhook::{First, Moment, Progress, requestable};
use std::time::Duration;

/// Characters of TwiML that come with the call itself. Source: Twilio docs, "Calls resource".
const LONGEST_TWIML: usize = 4000;

/// How long it rings, in seconds: where nothing is said, and at most. Source: the same.
const RINGS: (u64, u64) = (60, 600);

const WRONG_CALLER: &str = "From is not a valid phone number: {from}";
const WRONG_CALLED: &str = "The phone number you are attempting to call, {to}, is not valid.";

/// The number that stands for a caller that is none. Source: Twilio docs, "Test credentials", as the
/// next. There all but +15005550006 are refused with 21210; here any other may call, since which numbers
/// are the developer's is not known.
const NO_CALLER: &str = "+15005550001";

/// Numbers that stand for a refusal, whoever calls them. The words of the first two are the titles of
/// their numbers.
const CALLED: &[(&str, u32, &str)] = &[
    (
        "+15005550001",
        21217,
        "Phone number does not appear to be valid",
    ),
    ("+15005550002", 21214, "'To' phone number cannot be reached"),
    (
        "+15005550003",
        21215,
        "Account not authorized to call {to}. Perhaps you need to enable some international permissions: https://www.twilio.com/console/voice/calls/geo-permissions/low-risk",
    ),
    ("+15005550004", 21216, "Account not allowed to call {to}"),
];

/// The call that `request` asks for, or why Twilio would not place it.
pub(super) fn call(account: &str, request: &Request, now: Now<'_>) -> Result<Call, Refused> {
    let (from, to) = ends(request)?;
    let status_callback = request.parameter("StatusCallback");
    if let Some(url) = status_callback.filter(|url| requestable(url).is_none()) {
        let text = format!("The 'StatusCallback' URL {url} is not a valid URL.");
        return Err(Refused::given(21609, text));
    }
    let status_method = method(request, "StatusCallbackMethod");
    let events = events(request);
    let timeout = request
        .parameter("Timeout")
        .and_then(|text| text.parse().ok());
    let moment = Moment {
        seed: now.seed,
        unix_seconds: now.unix_seconds,
        account_sid: account,
    };
    Ok(Call {
        sid: moment.call_sid(),
        seed: now.seed.to_string(),
        account_sid: account.to_string(),
        from,
        to,
        first: first(request)?,
        status_callback: status_callback.map(|url| (status_method, url.to_string())),
        events,
        timeout: Duration::from_secs(timeout.unwrap_or(RINGS.0).clamp(1, RINGS.1)),
        // Asynchronously it is told elsewhere, which is not imitated.
        detects_machines: request.parameter("MachineDetection").is_some()
            && request.parameter("SendDigits").is_none()
            && request.parameter("AsyncAmd") != Some("true"),
        status: CallStatus::Queued,
        created: now.unix_seconds,
        updated: now.unix_seconds,
        started: None,
        lasted: Duration::ZERO,
    })
}

/// Of what the status callback is told: `completed`, where nothing is named that there is. What Twilio
/// does with other words is not verified; the developer is told of them.
fn events(request: &Request) -> Vec<Progress> {
    let named = request.all("StatusCallbackEvent");
    let known: Vec<Progress> = named.filter_map(Progress::named).collect();
    match known.is_empty() {
        true => vec![Progress::Completed],
        false => known,
    }
}

/// The words of `request` that name no event.
pub(super) fn unknown_events(request: &Request) -> Vec<&str> {
    let named = request.all("StatusCallbackEvent");
    named
        .filter(|name| !name.is_empty() && Progress::named(name).is_none())
        .collect()
}

/// Who calls whom.
fn ends(request: &Request) -> Result<(String, String), Refused> {
    let Some(to) = request.parameter("To").map(normal) else {
        return Err(Refused::given(21201, "No 'To' number is specified"));
    };
    let Some(from) = request.parameter("From").map(normal) else {
        return Err(Refused::given(21213, "No 'From' number is specified"));
    };
    let refused = |code, text: &str| {
        let text = text.replace("{from}", &from).replace("{to}", &to);
        Err(Refused::given(code, text))
    };
    // A name is no number of anybody's, where what has digits and marks is a wrong number.
    let is_name = from.bytes().all(|b| b.is_ascii_alphanumeric());
    if from == NO_CALLER || (!is_party(&from) && !is_name) {
        return refused(21212, WRONG_CALLER);
    }
    // A SIP call shows any name that its caller wants to have.
    if !is_party(&from) && !to.starts_with("sip:") {
        return refused(
            21210,
            "The source phone number provided, {from}, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.",
        );
    }
    if let Some((_, code, text)) = CALLED.iter().find(|(number, ..)| *number == to) {
        return refused(*code, text);
    }
    if !is_party(&to) {
        return refused(21211, WRONG_CALLED);
    }
    Ok((from, to))
}

/// What is heard: `Url` before `Twiml`, as Twilio has it.
pub(super) fn first(request: &Request) -> Result<First, Refused> {
    if request.parameter("ApplicationSid").is_some() {
        return Err(Refused::application_not_here());
    }
    match (request.parameter("Url"), request.parameter("Twiml")) {
        (Some(url), _) if requestable(url).is_none() => {
            let text = format!("Url is not a valid URL: {url}");
            Err(Refused::given(21205, text))
        }
        (Some(url), _) => Ok(First::At(method(request, "Method"), url.to_string())),
        (None, Some(twiml)) if twiml.encode_utf16().count() > LONGEST_TWIML => {
            Err(Refused::longer_twiml(LONGEST_TWIML))
        }
        (None, Some(twiml)) => Ok(First::Twiml(twiml.to_string())),
        (None, None) => Err(Refused::given(21205, "Url parameter is required.")),
    }
}

fn method(request: &Request, name: &str) -> Method {
    match request.parameter(name) {
        Some(method) if method.eq_ignore_ascii_case("GET") => Method::Get,
        _ => Method::Post,
    }
}

/// Whether it can be in a call: a number, or a client, a SIP address and the like.
fn is_party(address: &str) -> bool {
    match channel(address) {
        Some((_, rest)) => !rest.is_empty(),
        None => is_number(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TO: (&str, &str) = ("To", "+14155550100");
    const FROM: (&str, &str) = ("From", "+15005550006");
    const URL: (&str, &str) = ("Url", "https://localhost:3000/voice");

    fn placed(parameters: &[(&str, &str)]) -> Result<Call, Value> {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let request = Request {
            method: "POST".to_string(),
            url: "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json".to_string(),
            account: "AC1".to_string(),
            parameters: parameters.iter().map(owned).collect(),
            if_match: None,
        };
        let now = Now {
            unix_seconds: 1_521_971_599,
            seed: "test",
        };
        call("AC1", &request, now)
            .map_err(|refused| serde_json::from_str(&refused.reply().body).expect("JSON"))
    }

    #[test]
    fn a_call_is_what_twilio_answers() {
        let call = placed(&[("To", "(415) 555-0100"), FROM, URL]).expect("a call");
        let sid = call.sid.clone();
        let uri = format!("/2010-04-01/Accounts/AC1/Calls/{sid}");
        let expected = json!({
            "sid": sid,
            "date_created": "Sun, 25 Mar 2018 09:53:19 +0000",
            "date_updated": "Sun, 25 Mar 2018 09:53:19 +0000",
            "parent_call_sid": null,
            "account_sid": "AC1",
            "to": "+14155550100",
            "to_formatted": "(415) 555-0100",
            "from": "+15005550006",
            "from_formatted": "(500) 555-0006",
            "phone_number_sid": null,
            "status": "queued",
            "start_time": null,
            "end_time": null,
            "duration": null,
            "price": null,
            "price_unit": "USD",
            "direction": "outbound-api",
            "answered_by": null,
            "api_version": "2010-04-01",
            "forwarded_from": null,
            "group_sid": null,
            "caller_name": null,
            "queue_time": "0",
            "trunk_sid": null,
            "uri": format!("{uri}.json"),
            "subresource_uris": {
                "notifications": format!("{uri}/Notifications.json"),
                "recordings": format!("{uri}/Recordings.json"),
            },
        });
        let reply = call.reply(201);
        assert_eq!(reply.status, 201);
        assert_eq!(
            serde_json::from_str::<Value>(&reply.body).expect("JSON"),
            expected
        );
    }

    #[test]
    fn what_twilio_would_not_place() {
        let long = "x".repeat(LONGEST_TWIML + 1);
        for (parameters, code, text) in [
            (vec![FROM, URL], 21201, "No 'To' number is specified"),
            (
                vec![("To", ""), FROM, URL],
                21201,
                "No 'To' number is specified",
            ),
            (vec![TO, URL], 21213, "No 'From' number is specified"),
            (
                vec![("From", "+1866"), TO, URL],
                21212,
                "From is not a valid phone number: +1866",
            ),
            (
                vec![("From", "!!###$%"), TO, URL],
                21212,
                "From is not a valid phone number: !!###$%",
            ),
            (
                vec![("From", "+15005550001"), TO, URL],
                21212,
                "From is not a valid phone number: +15005550001",
            ),
            (
                vec![("From", "gdygadba"), TO, URL],
                21210,
                "The source phone number provided, gdygadba, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.",
            ),
            (
                vec![("To", "+17890987654465789"), FROM, URL],
                21211,
                "The phone number you are attempting to call, +17890987654465789, is not valid.",
            ),
            (
                vec![("To", "client:"), FROM, URL],
                21211,
                "The phone number you are attempting to call, client:, is not valid.",
            ),
            (
                vec![("To", "+15005550001"), FROM, URL],
                21217,
                "Phone number does not appear to be valid",
            ),
            (
                vec![("To", "+15005550002"), FROM, URL],
                21214,
                "'To' phone number cannot be reached",
            ),
            (
                vec![("To", "+15005550003"), FROM, URL],
                21215,
                "Account not authorized to call +15005550003. Perhaps you need to enable some international permissions: https://www.twilio.com/console/voice/calls/geo-permissions/low-risk",
            ),
            (
                vec![("To", "+15005550004"), FROM, URL],
                21216,
                "Account not allowed to call +15005550004",
            ),
            (vec![TO, FROM], 21205, "Url parameter is required."),
            (
                vec![TO, FROM, ("Url", "/voice")],
                21205,
                "Url is not a valid URL: /voice",
            ),
            (
                vec![TO, FROM, URL, ("StatusCallback", "/told")],
                21609,
                "The 'StatusCallback' URL /told is not a valid URL.",
            ),
        ] {
            let refused = placed(&parameters).expect_err(text);
            assert_eq!(refused["code"], code, "{refused}");
            assert_eq!(refused["message"], text, "{refused}");
            assert_eq!(refused["status"], 400);
        }
        for (parameters, status, text) in [
            (
                vec![TO, FROM, ("Twiml", long.as_str())],
                400,
                "Twiml has over 4000 characters, and Twilio takes no more: give a Url",
            ),
            (
                vec![TO, FROM, ("ApplicationSid", "AP1"), URL],
                501,
                "ApplicationSid: a call that is placed here needs a Url or Twiml: set ACCOUNT_SID and AUTH_TOKEN in the .env file and leave out --local-api, and Twilio knows the application",
            ),
        ] {
            let refused = placed(&parameters).expect_err(text);
            let shown = [&refused["status"], &refused["code"], &refused["message"]];
            assert_eq!(shown, [&json!(status), &json!(null), &json!(text)]);
        }
    }

    #[test]
    fn what_is_wished_of_a_call() {
        let usual = placed(&[TO, FROM, URL]).expect("a call");
        assert_eq!(usual.first, First::At(Method::Post, URL.1.to_string()));
        assert_eq!(usual.timeout, Duration::from_secs(60));
        assert_eq!(usual.events, [Progress::Completed]);
        assert!(usual.status_callback.is_none() && !usual.detects_machines);

        let all = placed(&[
            ("To", "client:ada"),
            ("From", "sip:grace@example.com"),
            URL,
            ("Twiml", "<Response/>"),
            ("Method", "GET"),
            ("StatusCallback", "https://a/told"),
            ("StatusCallbackMethod", "get"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("Timeout", "601"),
            ("MachineDetection", "Enable"),
        ])
        .expect("a call");
        // Where there is a URL, no TwiML counts.
        assert_eq!(all.first, First::At(Method::Get, URL.1.to_string()));
        let told = Some((Method::Get, "https://a/told".to_string()));
        assert_eq!((all.status_callback, all.detects_machines), (told, true));
        assert_eq!(all.events, [Progress::Ringing, Progress::Answered]);
        assert_eq!(all.timeout, Duration::from_secs(600));
        let keys = [
            TO,
            FROM,
            ("Twiml", "<Response/>"),
            ("MachineDetection", "Enable"),
            ("SendDigits", "1"),
            ("Timeout", "soon"),
        ];
        let asynchronous = placed(&[
            ("To", "sip:ada@example.com"),
            ("From", "Jack"),
            URL,
            ("MachineDetection", "Enable"),
            ("AsyncAmd", "true"),
        ]);
        assert!(!asynchronous.expect("a call").detects_machines);
        let keys = placed(&keys).expect("a call");
        assert_eq!(keys.first, First::Twiml("<Response/>".to_string()));
        assert!(!keys.detects_machines);
        assert_eq!(keys.timeout, Duration::from_secs(60));
    }
}
