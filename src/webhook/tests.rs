//! The requests by tables, and the verdicts.

use super::*;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn moment(seed: &str) -> Moment<'_> {
    Moment {
        seed,
        unix_seconds: 1_521_971_599,
        account_sid: ACCOUNT,
    }
}

fn parameters(kind: Kind, wishes: &Wishes) -> Parameters {
    match compose(kind, wishes, moment("1")).unwrap().content {
        Content::Parameters(parameters) => parameters,
        Content::Json(text) => panic!("{text}"),
    }
}

fn value<'p>(parameters: &'p Parameters, name: &str) -> &'p str {
    let mut found = parameters.iter().filter(|(known, _)| known == name);
    let value = &found.next().unwrap_or_else(|| panic!("no {name}")).1;
    assert_eq!(found.next(), None, "two of {name}");
    value
}

fn names(parameters: &Parameters) -> Vec<&str> {
    parameters.iter().map(|(name, _)| name.as_str()).collect()
}

fn with(name: &str, value: &str) -> (String, String) {
    (name.to_string(), value.to_string())
}

#[test]
fn a_text_is_told_in_the_order_of_a_captured_one() {
    let names = [
        "ToCountry",
        "ToState",
        "SmsMessageSid",
        "NumMedia",
        "ToCity",
        "FromZip",
        "SmsSid",
        "FromState",
        "SmsStatus",
        "FromCity",
        "Body",
        "FromCountry",
        "To",
        "ToZip",
        "NumSegments",
        "ReferralNumMedia",
        "MessageSid",
        "AccountSid",
        "From",
        "ApiVersion",
    ];
    assert_eq!(
        self::names(&parameters(Kind::Sms, &Wishes::default())),
        names
    );
}

#[test]
fn a_call_status_is_told_in_the_order_of_a_captured_one() {
    let names = "Called ToState CallerCountry Direction Timestamp CallbackSource CallerState ToZip \
        SequenceNumber To CallSid ToCountry CallerZip CalledZip ApiVersion CallStatus CalledCity \
        Duration From CallDuration AccountSid CalledCountry CallerCity ToCity FromCountry Caller \
        FromCity CalledState FromZip FromState";
    let parameters = parameters(Kind::CallStatus, &Wishes::default());
    assert_eq!(self::names(&parameters).join(" "), names);
    assert_eq!(
        value(&parameters, "Timestamp"),
        "Sun, 25 Mar 2018 09:53:19 +0000"
    );
}

#[test]
fn calls_are_told_sorted_and_the_right_way_round() {
    for kind in [
        Kind::Voice,
        Kind::Gather,
        Kind::DialStatus,
        Kind::CallStatus,
    ] {
        let wishes = Wishes {
            from: Some("+14155550100".into()),
            to: Some("+442071838750".into()),
            ..Wishes::default()
        };
        let parameters = parameters(kind, &wishes);
        for (double, single) in [("Caller", "From"), ("Called", "To")] {
            for part in ["", "City", "State", "Zip", "Country"] {
                let both =
                    [double, single].map(|side| value(&parameters, &format!("{side}{part}")));
                assert_eq!(both[0], both[1], "{kind} {double}{part}");
            }
        }
        assert_eq!(value(&parameters, "From"), "+14155550100");
        assert_eq!(value(&parameters, "FromCity"), "SAN FRANCISCO");
        assert_eq!(value(&parameters, "ToCountry"), "");
        if kind != Kind::CallStatus {
            assert!(parameters.is_sorted(), "{kind}");
            assert_eq!(value(&parameters, "Direction"), "inbound");
        }
    }
}

#[test]
fn sids_have_the_right_form_and_are_each_requests_own() {
    for kind in Kind::ALL {
        let text = |seed| format!("{:?}", compose(kind, &Wishes::default(), moment(seed)));
        assert_eq!(text("1"), text("1"), "{kind}");
        assert_ne!(text("1"), text("2"), "{kind}");
    }
    let sid =
        |kind, name: &str, wishes: &Wishes| value(&parameters(kind, wishes), name).to_string();
    let none = Wishes::default();
    let pictured = Wishes {
        media: vec!["https://example.com/a.png".into()],
        ..Wishes::default()
    };
    for (prefix, sid) in [
        ("SM", sid(Kind::Sms, "SmsSid", &none)),
        ("SM", sid(Kind::Whatsapp, "MessageSid", &none)),
        ("MM", sid(Kind::Mms, "MessageSid", &none)),
        ("MM", sid(Kind::Whatsapp, "MessageSid", &pictured)),
        ("CA", sid(Kind::Voice, "CallSid", &none)),
        ("CA", sid(Kind::DialStatus, "DialCallSid", &none)),
        ("RE", sid(Kind::Recording, "RecordingSid", &none)),
        ("SM", sid(Kind::MessageStatus, "SmsSid", &none)),
    ] {
        let digits = sid.strip_prefix(prefix).unwrap();
        assert!(
            digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()),
            "{sid}"
        );
    }
}

#[test]
fn media_are_counted_and_typed() {
    let wishes = Wishes {
        media: vec![
            "https://example.com/a.png?x=.txt".into(),
            "https://example.com/ME1".into(),
        ],
        body: Some("look".into()),
        ..Wishes::default()
    };
    for kind in [Kind::Mms, Kind::Whatsapp] {
        let parameters = parameters(kind, &wishes);
        assert_eq!(value(&parameters, "NumMedia"), "2");
        assert_eq!(value(&parameters, "MediaContentType0"), "image/png");
        assert_eq!(value(&parameters, "MediaContentType1"), "image/jpeg");
        assert_eq!(value(&parameters, "MediaUrl1"), "https://example.com/ME1");
    }
    let made_up = parameters(Kind::Mms, &Wishes::default());
    assert!(value(&made_up, "MediaUrl0").contains(&format!("/Accounts/{ACCOUNT}/Messages/MM")));
}

#[test]
fn whatsapp_has_its_own_addresses() {
    let wishes = Wishes {
        from: Some("+491511234567".into()),
        to: Some("whatsapp:+1".into()),
        ..Wishes::default()
    };
    let parameters = parameters(Kind::Whatsapp, &wishes);
    assert_eq!(value(&parameters, "From"), "whatsapp:+491511234567");
    assert_eq!(value(&parameters, "To"), "whatsapp:+1");
    assert_eq!(value(&parameters, "WaId"), "491511234567");
}

#[test]
fn parameters_replace_in_place_or_come_at_the_end() {
    let wishes = Wishes {
        parameters: vec![
            with("Body", "1"),
            with("New", "x"),
            with("Body", "2"),
            with("AccountSid", "AC1"),
        ],
        ..Wishes::default()
    };
    let parameters = parameters(Kind::Mms, &wishes);
    let at = parameters
        .iter()
        .position(|(name, _)| name == "Body")
        .unwrap();
    assert_eq!(parameters[at - 1].0, "FromCity");
    assert_eq!(
        parameters[at..at + 2],
        [with("Body", "1"), with("Body", "2")]
    );
    assert_eq!(parameters.last(), Some(&with("New", "x")));
    assert!(value(&parameters, "MediaUrl0").contains("/AC1/"));
}

#[test]
fn what_says_nothing_about_a_kind_is_refused_with_what_is_possible() {
    let one = |wishes: Wishes| wishes;
    let text = || Some("x".to_string());
    for (kind, wishes, said) in [
        (
            Kind::Sms,
            one(Wishes {
                digits: text(),
                ..Wishes::default()
            }),
            "--digits says nothing about `sms`; `sms` takes --from, --to, --body, --param NAME=VALUE; --digits goes with gather",
        ),
        (
            Kind::Sms,
            Wishes {
                media: vec!["x".into()],
                ..Wishes::default()
            },
            "--media says nothing about `sms`; `sms` takes --from, --to, --body, --param NAME=VALUE; --media goes with mms, whatsapp",
        ),
        (
            Kind::Studio,
            Wishes {
                from: text(),
                ..Wishes::default()
            },
            "--from says nothing about `studio`; `studio` takes --param NAME=VALUE; --from goes with sms, mms, whatsapp, voice, gather, dial-status, call-status, message-status, json",
        ),
        (
            Kind::Json,
            Wishes {
                method: Some(Method::Get),
                ..Wishes::default()
            },
            "`json` is sent by POST alone; leave --method out",
        ),
        (
            Kind::Gather,
            Wishes {
                digits: Some("1a".into()),
                ..Wishes::default()
            },
            "`1a` holds what no telephone has a key for; --digits takes 0-9, * and #; for speech: --param SpeechResult=… --param Confidence=…",
        ),
        (
            Kind::Sms,
            Wishes {
                from: Some("whatsapp:+1".into()),
                ..Wishes::default()
            },
            "a `whatsapp:` address is not in `sms`; send `whatsapp`",
        ),
        (
            Kind::Json,
            Wishes {
                body: Some("{".into()),
                ..Wishes::default()
            },
            "--body is not JSON: EOF while parsing an object at line 1 column 1; `json` sends JSON alone",
        ),
        (
            Kind::Json,
            Wishes {
                parameters: vec![with("a", "1"), with("b", ""), with("a", "2")],
                ..Wishes::default()
            },
            "a JSON object has `a` once; give the whole event with --body",
        ),
        (
            Kind::Json,
            Wishes {
                body: Some("{}".into()),
                to: text(),
                ..Wishes::default()
            },
            "with --body the event is given whole; leave --from, --to and --param out, or --body",
        ),
        (
            Kind::Sms,
            Wishes {
                body: Some("é".repeat(1601)),
                ..Wishes::default()
            },
            "a message has at most 1600 characters; shorten --body; --param Body=… is sent whatever its length",
        ),
        (
            Kind::Voice,
            Wishes {
                parameters: vec![with("", "x")],
                ..Wishes::default()
            },
            "a parameter has no name; write --param NAME=VALUE",
        ),
    ] {
        let unfit = compose(kind, &wishes, moment("1")).unwrap_err();
        assert_eq!(format!("{unfit}; {}", unfit.help), said);
    }
}

#[test]
fn a_get_has_its_parameters_in_the_query_and_json_its_hash() {
    let get = Wishes {
        method: Some(Method::Get),
        parameters: vec![with("Digits", "it's 1+1")],
        ..Wishes::default()
    };
    let webhook = Webhook {
        content: Content::Parameters(get.parameters.clone()),
        ..compose(Kind::Voice, &get, moment("1")).unwrap()
    };
    for (base, url) in [
        ("http://h/x", "http://h/x?Digits=it%27s+1%2B1"),
        ("http://h/x?", "http://h/x?Digits=it%27s+1%2B1"),
        ("http://h/x?a=1", "http://h/x?a=1&Digits=it%27s+1%2B1"),
    ] {
        assert_eq!(webhook.url(base), url);
    }
    assert_eq!(webhook.body(), None);
    let event = Wishes {
        body: Some("{}".into()),
        ..Wishes::default()
    };
    let webhook = compose(Kind::Json, &event, moment("1")).unwrap();
    let hash = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(
        webhook.url("https://h/x?a=1"),
        format!("https://h/x?a=1&{hash}")
    );
    assert_eq!(
        webhook.url("https://h/x?bodySHA256=1"),
        "https://h/x?bodySHA256=1"
    );
}

#[test]
fn an_idempotency_token_is_a_uuid_of_the_fourth_version() {
    let token = compose(Kind::Sms, &Wishes::default(), moment("1"))
        .unwrap()
        .idempotency_token;
    let lengths: Vec<usize> = token.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{token}");
    assert_eq!((&token[14..15], &token[19..20]), ("4", "a"));
}

#[test]
fn an_answer_is_judged_by_its_status_type_and_text() {
    let twiml = "<Response><Message>Hi <Body>there</Body></Message></Response>";
    let call = "<Response><Say>Hi</Say><Gather action=\"/x\"><Say>Press</Say></Gather></Response>";
    for (kind, status, content_type, body, codes, says) in [
        (
            Kind::Sms,
            200,
            "text/xml",
            twiml,
            vec![],
            "Twilio would send one message: “there”",
        ),
        (
            Kind::Sms,
            200,
            "Text/HTML; charset=utf-8",
            twiml,
            vec![],
            "Twilio would send one message: “there”",
        ),
        (
            Kind::Sms,
            200,
            "text/xml",
            "<Response/>",
            vec![],
            "Twilio would send no reply.",
        ),
        (
            Kind::Sms,
            200,
            "text/plain",
            "a\n b",
            vec![],
            "Twilio would reply with the text: “a b”",
        ),
        (
            Kind::Sms,
            200,
            "text/plain",
            "<Response/>",
            vec![],
            "Twilio would reply with the text: “<Response/>”",
        ),
        (
            Kind::Sms,
            200,
            "text/plain",
            "\n",
            vec![],
            "The answer is empty: Twilio would send no reply.",
        ),
        (
            Kind::Sms,
            200,
            "",
            "",
            vec![],
            "The answer is empty: Twilio would send no reply.",
        ),
        (
            Kind::Sms,
            204,
            "text/xml",
            "",
            vec![],
            "The answer is empty: Twilio would send no reply.",
        ),
        (
            Kind::Sms,
            200,
            "text/xml",
            "",
            vec![12100],
            "Twilio would not follow the TwiML.",
        ),
        (
            Kind::Sms,
            200,
            "",
            twiml,
            vec![12300],
            "There is no Content-Type. Answer with text/xml (TwiML) or text/plain.",
        ),
        (
            Kind::Sms,
            200,
            "application/octet-stream",
            twiml,
            vec![12300],
            "application/octet-stream is nothing that Twilio takes here. Answer with text/xml (TwiML) or text/plain.",
        ),
        (
            Kind::Sms,
            200,
            "audio/mpeg",
            "x",
            vec![12300],
            "audio/mpeg is nothing that Twilio takes here. Answer with text/xml (TwiML) or text/plain.",
        ),
        (
            Kind::Sms,
            200,
            "text/xml",
            "<Response><Message>",
            vec![12100],
            "Twilio would not follow the TwiML.",
        ),
        (
            Kind::Sms,
            500,
            "text/xml",
            twiml,
            vec![11200, 82002],
            "500: Twilio takes that for a failure.",
        ),
        (
            Kind::Voice,
            404,
            "text/plain",
            "",
            vec![11200, 82001],
            "404: the Function answers so, or there is no such route, or it is private.",
        ),
        (
            Kind::Voice,
            200,
            "text/xml",
            call,
            vec![],
            "Twilio would run:",
        ),
        (
            Kind::Gather,
            200,
            "audio/mpeg",
            "x",
            vec![],
            "Twilio would play the audio/mpeg to the caller, and hang up.",
        ),
        (
            Kind::Voice,
            200,
            "text/plain",
            "Hi",
            vec![],
            "Twilio would read the text aloud and hang up: “Hi”",
        ),
        (
            Kind::Voice,
            200,
            "text/plain",
            call,
            vec![],
            "Twilio would run:",
        ),
        (
            Kind::CallStatus,
            200,
            "application/json",
            "{}",
            vec![],
            "Twilio would take note; the body of a callback's answer means nothing.",
        ),
        (
            Kind::CallStatus,
            403,
            "",
            "",
            vec![15003, 82001],
            "403: the Function answers so, or it is protected and the signature is not right.",
        ),
        (
            Kind::Json,
            500,
            "",
            "",
            vec![11217, 82002],
            "500: Twilio takes that for a failure.",
        ),
        (
            Kind::Studio,
            200,
            "application/json",
            "{\"a\":1,\"b\":2}",
            vec![],
            "The flow would find widgets.NAME.parsed.a, widgets.NAME.parsed.b.",
        ),
        (
            Kind::Studio,
            200,
            "text/plain",
            "[1]",
            vec![],
            "The flow would find the text as widgets.NAME.body.",
        ),
        (
            Kind::Studio,
            500,
            "",
            "",
            vec![81017, 82002],
            "500: Twilio takes that for a failure.",
        ),
    ] {
        let heard = Heard {
            status,
            content_type: (!content_type.is_empty()).then_some(content_type),
            body: body.as_bytes(),
        };
        let verdict = judge(kind, heard);
        let found: Vec<u32> = verdict.logged.iter().map(|logged| logged.code).collect();
        assert_eq!(found, codes, "{kind} {status} {content_type} {body}");
        assert_eq!(verdict.says[0], says);
        assert_eq!(
            verdict.outcome == Outcome::Failed,
            !codes.is_empty(),
            "{verdict:?}"
        );
    }
    let long = "x".repeat(64 * 1024 + 1);
    let heard = Heard {
        status: 200,
        content_type: Some("text/plain"),
        body: long.as_bytes(),
    };
    assert_eq!(judge(Kind::Sms, heard).logged[0].code, 11750);
}

#[test]
fn a_call_is_told_step_by_step() {
    let call = "<Response><Say>Hi</Say><Gather action=\"/x\"><Say>Press</Say></Gather></Response>";
    let heard = Heard {
        status: 200,
        content_type: Some("text/xml"),
        body: call.as_bytes(),
    };
    let says = judge(Kind::Voice, heard).says;
    assert_eq!(says[1..], ["Say “Hi”", "Gather “Press” (Say), then ask /x"]);
}
