use super::*;
use crate::twiml::Method;
use crate::webhook::{Change, Content, First, Progress};

fn setup(kind: Kind) -> Setup {
    Setup {
        kind,
        url: "http://t/start".into(),
        wishes: Wishes {
            from: Some("+15005550006".into()),
            to: Some("+15005550007".into()),
            ..Wishes::default()
        },
        seed: "s".into(),
        unix_seconds: 100,
        account_sid: "AC1".into(),
        status_callback: None,
    }
}

fn answer(body: &str) -> Performed {
    Performed {
        exchanges: vec![7],
        result: Ok(Answer {
            status: 200,
            content_type: Some("text/xml".into()),
            body: format!("<Response>{body}</Response>"),
            ..Answer::default()
        }),
    }
}

fn missed() -> Performed {
    Performed {
        exchanges: Vec::new(),
        result: Err(Missed::new(
            crate::webhook::Unreached::Connection,
            "refused",
        )),
    }
}

/// The kinds of what happened, with what tells most about each.
fn told(steps: &[Happened]) -> Vec<String> {
    let told = |happened: &Happened| match &happened.what {
        What::Request {
            url,
            status,
            exchanges,
            error,
            ..
        } => format!("{url} {status:?} {exchanges:?} {error:?}"),
        What::Say { text, .. } => format!("says {text}"),
        What::Message { body, media, .. } => format!("message {body} {media:?}"),
        What::Did { text } => text.clone(),
        What::Fault(fault) => format!("fault {:?} of {:?}", fault.code, fault.document),
        What::End(ended) => format!("{} {}", ended.why, ended.failed),
        What::Dial { parties } => format!("dial {parties:?}"),
        other => format!("{other:?}"),
    };
    steps.iter().map(told).collect()
}

fn call(bodies: &[&str], acts: &[Act]) -> CallSession {
    let mut call = CallSession::begin(setup(Kind::Voice)).expect("a call");
    let (mut bodies, mut acts) = (bodies.iter(), acts.iter());
    loop {
        if call.request().is_some() {
            call.performed(bodies.next().map_or_else(missed, |body| answer(body)));
        } else if call.wanted().is_some()
            && let Some(act) = acts.next()
        {
            call.act(act).expect("fitting");
        } else {
            return call;
        }
    }
}

fn press(keys: &str) -> Act {
    Act::Press {
        keys: keys.into(),
        seconds: None,
    }
}

#[test]
fn a_call_is_a_list_of_what_happened() {
    let menu =
        "<Gather numDigits='1' timeout='7' action='/menu'><Say>123456789012345</Say></Gather>";
    let call = call(
        &[menu, "<Dial action='/d'>+1</Dial>", "<Hangup/>"],
        &[
            press("1"),
            Act::Dial {
                outcome: "answered".into(),
                seconds: Some(30),
            },
        ],
    );
    assert_eq!(
        told(call.steps()),
        [
            "http://t/start Some(200) [7] None",
            "says 123456789012345",
            "Gather",
            "pressed 1",
            "http://t/menu Some(200) [7] None",
            "dial [(\"Number\", \"+1\")]",
            "the call: answered",
            "http://t/d Some(200) [7] None",
            "hangup false",
        ]
    );
    assert_eq!(call.ended().expect("over").why, "hangup");
    let last = call.steps().last().expect("steps");
    assert_eq!((last.number, last.at_ms), (9, 30_000));
    let gather = &call.steps()[2];
    assert_eq!((gather.at_ms, gather.lasts), (0, Lasts::Exactly(7000)));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let menu = "<Gather/>";
    let mut menu = call(&[menu], &[]);
    let before = menu.steps().len();
    for act in [
        press(""),
        press("1a"),
        press(&"1".repeat(5000)),
        Act::Say {
            text: "hello".into(),
            confidence: None,
            seconds: None,
        },
        Act::Dial {
            outcome: "busy".into(),
            seconds: None,
        },
    ] {
        assert!(menu.act(&act).is_err(), "{act:?}");
    }
    assert_eq!(menu.steps().len(), before);
    let mut dial = call(&["<Dial>1</Dial>"], &[]);
    for act in [
        press("1"),
        Act::Dial {
            outcome: "maybe".into(),
            seconds: None,
        },
    ] {
        assert!(dial.act(&act).is_err(), "{act:?}");
    }
    let mut over = call(&["<Hangup/>"], &[]);
    assert!(over.act(&Act::TimeOut).is_err());
    let mut asking = CallSession::begin(setup(Kind::Voice)).expect("a call");
    assert!(asking.act(&Act::TimeOut).is_err());
    asking.abandon("left alone");
    asking.performed(answer("<Say>late</Say>"));
    assert_eq!(asking.ended().expect("over").why, "abandoned");
}

#[test]
fn what_has_no_end_waits_for_the_caller_to_hang_up() {
    let mut call = call(&["<Play loop='0'>a</Play><Say>never</Say>"], &[]);
    assert_eq!(call.wanted(), Some(Wanted::HangUp));
    assert!(call.act(&Act::TimeOut).is_err());
    call.act(&Act::HangUp { seconds: None }).expect("fitting");
    assert_eq!(call.ended().expect("over").why, "caller-hung-up");
}

#[test]
fn a_fault_stands_where_it_happened() {
    let setup = Setup {
        status_callback: Some("http://t/status".into()),
        ..setup(Kind::Voice)
    };
    let mut call = CallSession::begin(setup).expect("a call");
    call.performed(answer("<Say>"));
    call.performed(missed());
    assert_eq!(
        told(call.steps()),
        [
            "http://t/start Some(200) [7] None",
            "fault Some(12100) of Some(\"http://t/start\")",
            "http://t/status None [] Some(\"refused\")",
            "failed true",
        ]
    );
}

#[test]
fn steps_have_an_end() {
    let says = "<Say>a</Say>".repeat(400);
    let call = call(&[format!("{says}<Redirect/>").as_str(); 3], &[]);
    let ended = call.ended().expect("over");
    assert!(ended.failed && ended.text.contains("loop"), "{ended:?}");
    assert!(call.steps().len() < 1100);
    let long = format!("<Say>{}</Say>", "x".repeat(4000)).repeat(15);
    let call = super::tests::call(&[format!("{long}<Redirect/>").as_str(); 60], &[]);
    assert!(call.ended().expect("over").failed);
    assert!(call.steps().len() < 400);
}

#[test]
fn requests_are_those_of_one_call_in_its_own_time() {
    let mut call = CallSession::begin(setup(Kind::Voice)).expect("a call");
    let first = call.request().expect("a request");
    let same = call.request().expect("a request");
    assert_eq!(first.webhook, same.webhook);
    call.performed(answer(
        "<Pause length='60'/><Dial><Number statusCallback='/c'>+1999</Number></Dial>",
    ));
    call.act(&Act::TimeOut).expect("fitting");
    let told = call.request().expect("a request");
    let Content::Parameters(parameters) = &told.webhook.content else {
        panic!("JSON");
    };
    let value = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found.map_or("none", |(_, value)| value.as_str())
    };
    assert_eq!(told.url, "http://t/c");
    assert_eq!(value("ParentCallSid"), call.sid());
    assert_eq!(value("CallStatus"), "no-answer");
    assert_eq!(value("Timestamp"), "Thu, 01 Jan 1970 00:03:10 +0000");
    assert_ne!(
        told.webhook.idempotency_token,
        first.webhook.idempotency_token
    );
}

#[test]
fn nobody_has_to_answer_in_a_conference() {
    for (noun, status) in [
        ("<Conference>Room</Conference>", "answered"),
        ("<Queue>Line</Queue>", "no-answer"),
        ("<Number>+1999</Number>", "no-answer"),
    ] {
        let mut call = CallSession::begin(setup(Kind::Voice)).expect("a call");
        call.performed(answer(&format!("<Dial action='/after'>{noun}</Dial>")));
        call.act(&Act::TimeOut).expect("fitting");
        let after = call.request().expect("a request");
        let Content::Parameters(parameters) = &after.webhook.content else {
            panic!("JSON");
        };
        let told = ("DialCallStatus".to_string(), status.to_string());
        assert!(parameters.contains(&told), "{noun}: {parameters:?}");
    }
}

fn text(bodies: &[&str]) -> TextSession {
    let mut text = TextSession::begin(setup(Kind::Sms)).expect("a text");
    let mut bodies = bodies.iter();
    while text.request().is_some() {
        text.performed(bodies.next().map_or_else(missed, |body| answer(body)));
    }
    text
}

#[test]
fn a_text_is_a_list_of_what_happened() {
    for (bodies, expected) in [
        (
            &["<Message>Hi<Media>a</Media></Message>"][..],
            &[
                "http://t/start Some(200) [7] None",
                "message Hi [\"http://t/a\"]",
                "nothing-left false",
            ][..],
        ),
        (
            &["<Redirect>b</Redirect>", "<Message/><Message>b</Message>"],
            &[
                "http://t/start Some(200) [7] None",
                "http://t/b Some(200) [7] None",
                "message b []",
                "fault Some(14103) of Some(\"http://t/b\")",
                "nothing-left false",
            ],
        ),
        (
            &[],
            &[
                "http://t/start None [] Some(\"refused\")",
                "fault Some(11205) of None",
                "failed true",
            ],
        ),
    ] {
        assert_eq!(told(text(bodies).steps()), expected, "{bodies:?}");
    }
    let broken = Setup {
        wishes: Wishes {
            body: Some("x".repeat(1601)),
            ..Wishes::default()
        },
        ..setup(Kind::Sms)
    };
    assert!(TextSession::begin(broken).is_err());
}

/// A call that the API places to a phone where `acts` are done, with all events told.
fn placed(first: First, bodies: &[&str], acts: &[Act]) -> CallSession {
    let setup = Setup {
        status_callback: Some("http://t/told".into()),
        ..setup(Kind::Voice)
    };
    let ring = Ring {
        first,
        events: Progress::ALL.to_vec(),
        callback_method: Method::Post,
        timeout: Duration::from_secs(20),
        detects_machines: false,
    };
    let mut call = CallSession::ring(setup, ring).expect("a call");
    let (mut bodies, mut acts) = (bodies.iter(), acts.iter());
    loop {
        match call.request() {
            Some(request) if request.url == "http://t/told" => call.performed(answer("")),
            Some(_) => call.performed(bodies.next().map_or_else(missed, |body| answer(body))),
            None => match acts.next() {
                Some(act) if call.wanted().is_some() => call.act(act).expect("fitting"),
                _ => return call,
            },
        }
    }
}

/// What a status callback was told: `CallStatus`, `SequenceNumber`, `CallDuration`.
fn progress(call: &CallSession) -> Vec<String> {
    let told = call.steps().iter().filter_map(|step| match &step.what {
        What::Request {
            parameters, url, ..
        } if url == "http://t/told" => Some(parameters),
        _ => None,
    });
    let value = |parameters: &[(String, String)], name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found.map_or("-".to_string(), |(_, value)| value.clone())
    };
    let names = ["CallStatus", "SequenceNumber", "CallDuration"];
    told.map(|told| names.map(|name| value(told, name)).join(" "))
        .collect()
}

#[test]
fn a_call_that_is_placed_rings_first() {
    let twiml = |text: &str| First::Twiml(format!("<Response>{text}</Response>"));
    let at = || First::At(Method::Get, "http://t/voice".into());
    let hang_up = Act::HangUp { seconds: None };
    // (what is heard, what is answered, what is done; how it ends, its status, its length, what is told last)
    for (first, bodies, acts, why, status, seconds, last) in [
        (at(), vec![], vec![], None, "ringing", 0, "ringing 1 -"),
        (
            at(),
            vec![],
            vec![Act::TimeOut],
            Some("no-answer"),
            "no-answer",
            0,
            "no-answer 2 0",
        ),
        (
            at(),
            vec![],
            vec![hang_up.clone()],
            Some("busy"),
            "busy",
            0,
            "busy 2 0",
        ),
        (
            at(),
            vec!["<Pause length='7'/>"],
            vec![Act::Answer],
            Some("nothing-left"),
            "completed",
            7,
            "completed 3 7",
        ),
        // Who has answered cannot be refused any more.
        (
            twiml("<Reject reason='busy'/>"),
            vec![],
            vec![Act::Answer],
            Some("hangup"),
            "completed",
            0,
            "completed 3 0",
        ),
        (
            twiml("<Gather timeout='3'/>"),
            vec![],
            vec![Act::Answer, Act::TimeOut],
            Some("nothing-left"),
            "completed",
            3,
            "completed 3 3",
        ),
        (
            twiml("<Gather/>"),
            vec![],
            vec![Act::Answer],
            None,
            "in-progress",
            0,
            "in-progress 2 -",
        ),
        (
            at(),
            vec![],
            vec![Act::Answer],
            Some("failed"),
            "completed",
            0,
            "completed 3 0",
        ),
        (
            twiml("<Say>oops</Say"),
            vec![],
            vec![Act::Answer],
            Some("failed"),
            "completed",
            0,
            "completed 3 0",
        ),
    ] {
        let call = placed(first.clone(), &bodies, &acts);
        let name = format!("{first:?} {acts:?}");
        assert_eq!(call.ended().map(|ended| ended.why), why, "{name}");
        assert_eq!(
            (call.status(), call.elapsed().as_secs()),
            (status, seconds),
            "{name}"
        );
        let told = progress(&call);
        assert_eq!(told.last().map(String::as_str), Some(last), "{name}");
        assert_eq!(told[..2], ["initiated 0 -", "ringing 1 -"], "{name}");
    }
}

#[test]
fn the_api_ends_a_call_that_it_has_placed() {
    let twiml = |text: &str| First::Twiml(format!("<Response>{text}</Response>"));
    let at = First::At(Method::Post, "http://t/voice".into());
    let all = [
        (at.clone(), vec![], "canceled", "canceled"),
        (twiml("<Gather/>"), vec![Act::Answer], "hangup", "completed"),
        (twiml("<Record/>"), vec![Act::Answer], "hangup", "completed"),
        (
            twiml("<Dial>+1</Dial>"),
            vec![Act::Answer],
            "hangup",
            "completed",
        ),
        (
            twiml("<Say loop='0'>a</Say>"),
            vec![Act::Answer],
            "hangup",
            "completed",
        ),
    ];
    for (first, acts, why, status) in all {
        let mut call = placed(first, &[], &acts);
        call.change(Change::HangUp);
        while call.request().is_some() {
            call.performed(answer(""));
        }
        let ended = call.ended().expect("over");
        assert_eq!((ended.why, call.status()), (why, status));
        let steps = call.steps().len();
        call.change(Change::HangUp);
        assert_eq!(call.steps().len(), steps);
    }
    // While a function is asked it waits for the answer, and takes nothing of it.
    let mut call = placed(at, &[], &[]);
    call.act(&Act::Answer).expect("it rings");
    while call
        .request()
        .is_some_and(|request| request.url == "http://t/told")
    {
        call.performed(answer(""));
    }
    call.change(Change::HangUp);
    assert!(call.ended().is_none());
    call.performed(answer("<Say>Too late</Say><Gather/>"));
    call.performed(answer(""));
    assert_eq!(call.ended().map(|ended| ended.why), Some("hangup"));
    assert!(
        !told(call.steps())
            .iter()
            .any(|step| step.contains("Too late"))
    );
}

#[test]
fn a_call_is_over_once_nothing_is_left_but_to_tell_of_it() {
    let hang_up = Act::HangUp { seconds: None };
    let twiml = First::Twiml("<Response><Pause length='7'/></Response>".into());
    for (act, status, seconds) in [
        (Act::Answer, "completed", 7),
        (Act::TimeOut, "no-answer", 0),
        (hang_up, "busy", 0),
    ] {
        let mut call = placed(twiml.clone(), &[], &[]);
        call.act(&act).expect("it rings");
        let mut last = None;
        while let Some(request) = call.request() {
            last = Some((request.url, call.status(), call.elapsed().as_secs()));
            call.performed(answer(""));
        }
        assert_eq!(last, Some(("http://t/told".to_string(), status, seconds)));
    }
}

#[test]
fn who_is_to_be_told_of_the_end_is_told_of_one_that_comes_of_too_much() {
    let many = "<Say>a</Say>".repeat(2000);
    let call = placed(
        First::Twiml(format!("<Response>{many}</Response>")),
        &[],
        &[Act::Answer],
    );
    let ended = call.ended().expect("over");
    assert!(ended.failed && ended.text.contains("too much"), "{ended:?}");
    let told = progress(&call);
    assert!(told[3].starts_with("completed 3 "), "{told:?}");
    assert!(call.steps().len() < 1010);
}

#[test]
fn who_has_answered_is_told_once_somebody_has() {
    let setup = Setup {
        status_callback: Some("http://t/told".into()),
        ..setup(Kind::Voice)
    };
    let ring = Ring {
        first: First::At(Method::Post, "http://t/voice".into()),
        events: Progress::ALL.to_vec(),
        callback_method: Method::Post,
        timeout: Duration::from_secs(20),
        detects_machines: true,
    };
    let mut call = CallSession::ring(setup, ring).expect("a call");
    let mut told = Vec::new();
    loop {
        if let Some(request) = call.request() {
            let Content::Parameters(parameters) = request.webhook.content else {
                panic!("JSON");
            };
            told.push(parameters.iter().any(|(name, _)| name == "AnsweredBy"));
            call.performed(answer(""));
        } else if call.act(&Act::Answer).is_err() {
            break;
        }
    }
    // Initiated, ringing, answered, asked, completed.
    assert_eq!(told, [false, false, true, true, true]);
}

#[test]
fn a_phone_that_rings_takes_no_keys() {
    let mut call = placed(First::Twiml("<Response/>".into()), &[], &[]);
    let refused =
        |call: &mut CallSession, act: &Act| call.act(act).expect_err("unfitting").to_string();
    let rings = "the phone rings: answer, hang up, or let it ring";
    assert_eq!(refused(&mut call, &press("1")), rings);
    let dial = Act::Dial {
        outcome: "busy".into(),
        seconds: None,
    };
    assert_eq!(refused(&mut call, &dial), rings);
    let mut incoming = self::call(&["<Gather/>"], &[]);
    let answered = "nothing rings: the call is answered already";
    assert_eq!(refused(&mut incoming, &Act::Answer), answered);
}

#[test]
fn the_api_leads_a_call_to_other_twiml() {
    let twiml = |text: &str| First::Twiml(format!("<Response>{text}</Response>"));
    let to = First::At(Method::Post, "http://t/other".into());
    for (first, acts) in [
        (twiml("<Gather/>"), vec![Act::Answer]),
        (twiml("<Record/>"), vec![Act::Answer]),
        (twiml("<Dial>+1</Dial>"), vec![Act::Answer]),
        (twiml("<Say loop='0'>a</Say>"), vec![Act::Answer]),
    ] {
        let mut call = placed(first, &[], &acts);
        call.change(Change::Lead(to.clone()));
        let asked = call.request().expect("a request");
        assert_eq!(asked.url, "http://t/other");
        call.performed(answer("<Say>Elsewhere</Say><Gather/>"));
        assert!(told(call.steps()).contains(&"says Elsewhere".to_string()));
        assert_eq!(call.status(), "in-progress");
    }
    // What a function answers meanwhile is not heard, and does not end the call either.
    for answered in [answer("<Say>Too late</Say>"), answer(""), missed()] {
        let mut call = placed(First::At(Method::Get, "http://t/voice".into()), &[], &[]);
        call.act(&Act::Answer).expect("it rings");
        call.performed(answer(""));
        call.change(Change::Lead(twiml("<Say>Elsewhere</Say><Gather/>")));
        assert_eq!(call.request().expect("a request").url, "http://t/voice");
        call.performed(answered);
        let steps = told(call.steps());
        assert!(steps.contains(&"says Elsewhere".to_string()), "{steps:?}");
        assert!(!steps.contains(&"says Too late".to_string()), "{steps:?}");
        assert_eq!(call.status(), "in-progress");
    }
    // Whoever is dialled is told of: what rings there is taken back.
    let dial = "<Dial><Number statusCallback='http://t/leg'>+1</Number></Dial>";
    let mut call = placed(twiml(dial), &[], &[Act::Answer]);
    call.change(Change::Lead(to.clone()));
    assert_eq!(call.request().expect("a request").url, "http://t/leg");
    call.performed(answer(""));
    assert_eq!(call.request().expect("a request").url, "http://t/other");
    // Nobody has answered a phone that rings.
    let mut call = placed(to.clone(), &[], &[]);
    call.change(Change::Lead(to));
    assert!(matches!(call.wanted(), Some(Wanted::Ring { .. })));
}
