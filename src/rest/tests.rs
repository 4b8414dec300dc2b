use super::messages::MOST;
use super::*;
use serde_json::{Value, json};

const ACCOUNT: &str = "AC00000000000000000000000000000000";

fn request(method: &str, path: &str, parameters: &[(&str, &str)]) -> Request {
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    Request {
        method: method.to_string(),
        url: format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/{path}"),
        account: ACCOUNT.to_string(),
        parameters: parameters.iter().map(owned).collect(),
        if_match: None,
    }
}

/// Answers one request at 2018-03-25T09:53:19Z.
fn ask(api: &mut Api, method: &str, path: &str, parameters: &[(&str, &str)]) -> Answered {
    let now = Now {
        unix_seconds: 1_521_971_599,
        seed: &format!("test/{}", api.messages.kept.len()),
    };
    api.answer(&request(method, path, parameters), now)
}

fn json_of(answered: &Answered) -> Value {
    serde_json::from_str(&answered.reply.body).unwrap()
}

const TO: (&str, &str) = ("To", "+14155550100");
const FROM: (&str, &str) = ("From", "+15005550006");
const BODY: (&str, &str) = ("Body", "Ahoy");
const SERVICE: (&str, &str) = ("MessagingServiceSid", "MG1");
const FIXED: (&str, &str) = ("ScheduleType", "fixed");

#[test]
fn a_message_is_what_twilio_answers_in_its_order() {
    let answered = ask(
        &mut Api::default(),
        "POST",
        "Messages.json",
        &[
            TO,
            FROM,
            BODY,
            ("StatusCallback", "https://localhost:3000/told"),
        ],
    );
    let sid = sid_of(&answered);
    assert!(sid.starts_with("SM") && sid.len() == 34, "{sid}");
    let uri = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}");
    let expected = json!({
        "sid": sid,
        "date_created": "Sun, 25 Mar 2018 09:53:19 +0000",
        "date_updated": "Sun, 25 Mar 2018 09:53:19 +0000",
        "date_sent": null,
        "account_sid": ACCOUNT,
        "to": "+14155550100",
        "from": "+15005550006",
        "messaging_service_sid": null,
        "body": "Ahoy",
        "status": "queued",
        "num_segments": "1",
        "num_media": "0",
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "price": null,
        "price_unit": "USD",
        "error_code": null,
        "error_message": null,
        "uri": format!("{uri}.json"),
        "subresource_uris": {"media": format!("{uri}/Media.json")},
    });
    assert_eq!(answered.reply.status, 201);
    assert_eq!(answered.reply.body, expected.to_string());
    let sent = answered.message().expect("it is on its way");
    assert_eq!(
        sent.status_callback.as_deref(),
        Some("https://localhost:3000/told")
    );
    let (level, said) = answered.said.expect("a line");
    assert_eq!(level, Level::Info);
    assert!(
        said.contains("from +15005550006 to +14155550100: “Ahoy”"),
        "{said}"
    );
}

impl Answered {
    /// The message that is on its way.
    pub(super) fn message(&self) -> Option<&Message> {
        match self.sent.as_ref()? {
            Sent::Message(message) => Some(message),
            Sent::Call(_) | Sent::Change(..) => None,
        }
    }
}

fn sid_of(answered: &Answered) -> String {
    json_of(answered)["sid"].as_str().unwrap().to_string()
}

#[test]
fn what_twilio_would_not_send() {
    let long = "x".repeat(1601);
    let media = ("MediaUrl", "https://a/b.png");
    let mut wrong = Vec::new();
    for (parameters, code, message) in [
        (vec![], 21603, "A 'From' phone number is required."),
        (vec![TO, BODY], 21603, "A 'From' phone number is required."),
        (
            vec![TO, BODY, ("From", "")],
            21603,
            "A 'From' phone number is required.",
        ),
        (vec![FROM, BODY], 21604, "A 'To' phone number is required."),
        (vec![TO, FROM], 21602, "Message body is required."),
        (
            vec![TO, FROM, ("Body", "")],
            21602,
            "Message body is required.",
        ),
        (
            vec![TO, FROM, ("Body", &long)],
            21617,
            "The concatenated message body exceeds the 1600 character limit.",
        ),
        (
            vec![("To", "+1212BADCODE"), FROM, BODY],
            21211,
            "The 'To' number +1212BADCODE is not a valid phone number.",
        ),
        (
            vec![TO, ("From", "+1"), BODY],
            21212,
            "The 'From' number +1 is not a valid phone number, shortcode, or alphanumeric sender ID.",
        ),
        (
            vec![TO, ("From", "+14155550100"), BODY],
            21266,
            "'To' and 'From' number cannot be the same: +14155550100",
        ),
        (
            vec![("To", "whatsapp:+14155550100"), FROM, BODY],
            21910,
            "Invalid From and To pair. From and To should be of the same channel",
        ),
        (
            vec![TO, FROM, ("MediaUrl", "b.png")],
            21620,
            "Invalid media URL: b.png",
        ),
        (
            vec![TO, FROM, BODY, ("StatusCallback", "/told")],
            21609,
            "The 'StatusCallback' URL /told is not a valid URL.",
        ),
        (
            [vec![TO, FROM], vec![media; 11]].concat(),
            21623,
            "Number of media files exceeds allowed limit",
        ),
        // To be sent later.
        (
            vec![TO, FROM, BODY, FIXED],
            35111,
            "SendAt timestamp is missing",
        ),
        (
            vec![TO, FROM, BODY, FIXED, ("SendAt", "2018-03-25T12:00:00Z")],
            35118,
            "MessagingServiceSid is required to schedule a message",
        ),
        (
            vec![TO, SERVICE, BODY, FIXED, ("SendAt", "2018-03-25T09:58:18Z")],
            35114,
            "SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive.",
        ),
        (
            vec![TO, SERVICE, BODY, ("ScheduleType", "whenever")],
            35126,
            "The ScheduleType value provided is not supported for this channel",
        ),
        // The numbers that stand for a refusal.
        (
            vec![TO, ("From", "+15005550001"), BODY],
            21212,
            "The 'From' number +15005550001 is not a valid phone number, shortcode, or alphanumeric sender ID.",
        ),
        (
            vec![TO, ("From", "+15005550007"), BODY],
            21606,
            "The From phone number +15005550007 is not a valid, SMS-capable inbound phone number or short code for your account.",
        ),
        (
            vec![TO, ("From", "+15005550008"), BODY],
            21611,
            "This 'From' number has exceeded the maximum number of queued messages",
        ),
        (
            vec![("To", "+15005550001"), FROM, BODY],
            21211,
            "The 'To' number +15005550001 is not a valid phone number.",
        ),
        (
            vec![("To", "+15005550002"), FROM, BODY],
            21612,
            "The 'To' phone number: +15005550002, is not currently reachable using the 'From' phone number: +15005550006 via SMS.",
        ),
        (
            vec![("To", "+15005550003"), FROM, BODY],
            21408,
            "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003.",
        ),
        (
            vec![("To", "+15005550004"), FROM, BODY],
            21610,
            "Attempt to send to unsubscribed recipient",
        ),
        (
            vec![("To", "+15005550009"), FROM, BODY],
            21614,
            "To number: +15005550009, is not a mobile number",
        ),
    ] {
        let mut api = Api::default();
        let answered = ask(&mut api, "POST", "Messages.json", &parameters);
        let expected = json!({
            "code": code,
            "message": message,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": 400,
        });
        let told = matches!(&answered.said, Some((Level::Warning, said)) if said.contains(message));
        if json_of(&answered) != expected
            || answered.reply.status != 400
            || !told
            || !api.messages.kept.is_empty()
        {
            wrong.push(format!(
                "{parameters:?}\n   found {answered:?}\nexpected {expected}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_sent() {
    for (parameters, status, prefix, segments, media) in [
        (vec![TO, FROM, BODY], "queued", "SM", "1", "0"),
        (
            vec![TO, FROM, ("MediaUrl", "https://a/b.png")],
            "queued",
            "MM",
            "1",
            "1",
        ),
        (
            vec![TO, ("MessagingServiceSid", "MG1"), BODY],
            "accepted",
            "SM",
            "0",
            "0",
        ),
        (
            vec![
                TO,
                ("MessagingServiceSid", "MG1"),
                BODY,
                ("SendAt", "2018-03-25T12:00:00Z"),
                ("ScheduleType", "fixed"),
            ],
            "scheduled",
            "SM",
            "0",
            "0",
        ),
        (
            vec![TO, FROM, ("ContentSid", "HX1")],
            "queued",
            "SM",
            "1",
            "0",
        ),
        (
            vec![
                ("To", "whatsapp:+14155550100"),
                ("From", "whatsapp:+15005550006"),
                BODY,
            ],
            "queued",
            "SM",
            "1",
            "0",
        ),
    ] {
        let answered = ask(&mut Api::default(), "POST", "Messages.json", &parameters);
        let message = json_of(&answered);
        assert_eq!(answered.reply.status, 201, "{message}");
        assert_eq!(message["status"], status, "{message}");
        assert!(
            message["sid"].as_str().unwrap().starts_with(prefix),
            "{message}"
        );
        assert_eq!(message["num_segments"], segments, "{message}");
        assert_eq!(message["num_media"], media, "{message}");
        assert_eq!(answered.sent.is_some(), status != "scheduled", "{message}");
    }
}

#[test]
fn a_message_is_found_followed_changed_and_deleted() {
    let mut api = Api::default();
    let sid = sid_of(&ask(&mut api, "POST", "Messages.json", &[TO, FROM, BODY]));
    let path = format!("Messages/{sid}.json");
    let later = api.advance(&sid, Status::Sent, 1_521_971_600).unwrap();
    assert_eq!(
        (later.status, later.sent),
        (Status::Sent, Some(1_521_971_600))
    );
    let found = json_of(&ask(&mut api, "GET", &path, &[]));
    assert_eq!(found["status"], "sent");
    assert_eq!(found["date_sent"], "Sun, 25 Mar 2018 09:53:20 +0000");
    // Its text is taken back; it cannot be canceled any more.
    let redacted = ask(&mut api, "POST", &path, &[("Body", "")]);
    assert_eq!(
        (redacted.reply.status, &json_of(&redacted)["body"]),
        (200, &json!(""))
    );
    let canceled = ask(&mut api, "POST", &path, &[("Status", "canceled")]);
    assert_eq!(json_of(&canceled)["code"], 30409);
    let deleted = ask(&mut api, "DELETE", &path, &[]).reply;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    for method in ["GET", "POST", "DELETE"] {
        let gone = ask(&mut api, method, &path, &[]);
        assert_eq!(
            (gone.reply.status, &json_of(&gone)["code"]),
            (404, &json!(20404))
        );
    }
    assert_eq!(api.advance(&sid, Status::Delivered, 0), None);
}

#[test]
fn a_scheduled_message_can_be_canceled_and_never_leaves() {
    let mut api = Api::default();
    let scheduled = [
        TO,
        ("MessagingServiceSid", "MG1"),
        BODY,
        ("SendAt", "2018-03-25T12:00:00Z"),
        ("ScheduleType", "fixed"),
    ];
    let sid = sid_of(&ask(&mut api, "POST", "Messages.json", &scheduled));
    let canceled = ask(
        &mut api,
        "POST",
        &format!("Messages/{sid}.json"),
        &[("Status", "canceled")],
    );
    assert_eq!(json_of(&canceled)["status"], "canceled");
    assert_eq!(api.advance(&sid, Status::Sent, 0), None);
    // It has no date that would be before any.
    let before = [("DateSent<", "2026-01-01")];
    let list = json_of(&ask(&mut api, "GET", "Messages.json", &before));
    assert_eq!(list["messages"], json!([]));
}

#[test]
fn what_a_message_cannot_come_to_be_is_refused() {
    let mut api = Api::default();
    let sid = sid_of(&ask(&mut api, "POST", "Messages.json", &[TO, FROM, BODY]));
    let path = format!("Messages/{sid}.json");
    for change in [("Status", "bogus"), ("Body", "changed")] {
        let refused = ask(&mut api, "POST", &path, &[change]);
        assert_eq!(refused.reply.status, 400, "{change:?}");
        assert!(
            json_of(&refused)["message"]
                .as_str()
                .unwrap()
                .contains("an empty Body")
        );
    }
    assert_eq!(json_of(&ask(&mut api, "GET", &path, &[]))["body"], "Ahoy");
}

#[test]
fn messages_are_listed_in_pages_the_newest_first() {
    let mut api = Api::default();
    for n in 0..7 {
        let to = format!("+1415555010{}", n % 2);
        let body = n.to_string();
        let sid = sid_of(&ask(
            &mut api,
            "POST",
            "Messages.json",
            &[("To", &to), FROM, ("Body", &body)],
        ));
        api.advance(&sid, Status::Sent, 1_521_971_599 + n * 86_400);
    }
    let mut bodies = |path: &str, parameters: &[(&str, &str)]| {
        let page = json_of(&ask(&mut api, "GET", path, parameters));
        let bodies = page["messages"].as_array().unwrap().iter();
        let bodies: Vec<String> = bodies
            .map(|m| m["body"].as_str().unwrap().to_string())
            .collect();
        (
            bodies.join(""),
            page["next_page_uri"].as_str().map(String::from),
        )
    };
    assert_eq!(bodies("Messages.json", &[]), ("6543210".to_string(), None));
    let (first, next) = bodies(
        "Messages.json",
        &[("PageSize", "3"), ("From", "+15005550006")],
    );
    let next = next.expect("another page");
    let next = next.rsplit('/').next().unwrap();
    let (second, next) = bodies(next, &[]);
    let next = next.expect("a third");
    let (third, none) = bodies(next.rsplit('/').next().unwrap(), &[]);
    assert_eq!(
        (first + &second + &third, none),
        ("6543210".to_string(), None)
    );
    for (name, value, expected) in [
        ("To", "+14155550101", "531"),
        ("From", "+1", ""),
        ("DateSent", "2018-03-26", "1"),
        ("DateSent<", "2018-03-26", "10"),
        ("DateSent>", "2018-03-30T00:00:00Z", "65"),
        ("DateSent", "x", ""),
        ("Page", "1", ""),
        ("Page", "99999999999999999999", "6543210"),
        ("PageSize", "0", "6"),
    ] {
        assert_eq!(
            bodies("Messages.json", &[(name, value)]).0,
            expected,
            "{name}={value}"
        );
    }
}

#[test]
fn so_many_messages_are_kept() {
    let mut api = Api::default();
    let now = |n: usize| Now {
        unix_seconds: 0,
        seed: &*format!("{n}").leak(),
    };
    for n in 0..=MOST {
        api.answer(&request("POST", "Messages.json", &[TO, FROM, BODY]), now(n));
    }
    assert_eq!(api.messages.kept.len(), MOST);
}

#[test]
fn what_is_not_answered_says_what_to_do() {
    let mut api = Api::default();
    for (method, url) in [
        (
            "PUT",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json",
        ),
        (
            "GET",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls/CA1/Recordings.json",
        ),
        (
            "POST",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json",
        ),
        (
            "PUT",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
        ),
        (
            "GET",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1/Media.json",
        ),
        (
            "GET",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1",
        ),
        (
            "POST",
            "https://lookups.twilio.com/v2/PhoneNumbers/1?secret=1",
        ),
        (
            "POST",
            "https://api.example.com/2010-04-01/Accounts/AC1/Messages.json",
        ),
        ("POST", "nonsense"),
    ] {
        let request = Request {
            method: method.into(),
            url: url.into(),
            account: ACCOUNT.into(),
            parameters: Vec::new(),
            if_match: None,
        };
        let answered = api.answer(
            &request,
            Now {
                unix_seconds: 0,
                seed: "",
            },
        );
        assert_eq!(answered.reply.status, 501, "{url}");
        let shown = url.split('?').next().unwrap();
        let (level, said) = answered.said.clone().expect("a line");
        assert_eq!(level, Level::Warning);
        assert!(said.starts_with(&format!("{method} {shown}: ")), "{said}");
        assert!(said.contains("ACCOUNT_SID and AUTH_TOKEN"), "{said}");
        assert_eq!(json_of(&answered)["message"], said);
    }
    // An edge and a region lead to the same API.
    let url =
        format!("https://api.ashburn.us1.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let request = Request {
        method: "GET".into(),
        url,
        account: ACCOUNT.into(),
        parameters: Vec::new(),
        if_match: None,
    };
    assert_eq!(
        api.answer(
            &request,
            Now {
                unix_seconds: 0,
                seed: ""
            }
        )
        .reply
        .status,
        200
    );
}

#[test]
fn what_is_larger_than_any_message_is_not_kept() {
    let mut api = Api::default();
    let url = format!("https://a/{}", "x".repeat(MOST_BYTES));
    let answered = ask(
        &mut api,
        "POST",
        "Messages.json",
        &[TO, FROM, ("MediaUrl", &url)],
    );
    assert_eq!(answered.reply.status, 413);
    assert!(api.messages.kept.is_empty());
}
