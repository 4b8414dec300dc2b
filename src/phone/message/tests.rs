use super::*;

/// What happens when `POST http://t/start` answers with `body`, and every other address with an
/// empty `<Response>`: one thing after the other, and then the codes of the faults.
fn walk(content_type: &str, body: &str) -> String {
    let mut trace = Vec::new();
    let mut turn = Message::new("test").begin(Method::Post, "http://t/start");
    loop {
        turn = match turn {
            MessageTurn::Fetch(fetching) => {
                let fetch = fetching.fetch();
                let parameters = fetch
                    .parameters
                    .iter()
                    .map(|(name, value)| match value.len() {
                        34 => format!("{name}={}", &value[..2]),
                        _ => format!("{name}={value}"),
                    });
                let is_first = fetch.verb.is_none();
                if !is_first {
                    let parameters: Vec<_> = parameters.collect();
                    trace.push(format!(
                        "{} {} {}",
                        fetch.method,
                        fetch.url,
                        parameters.join("&")
                    ));
                }
                let own = fetch.url == "http://t/start";
                fetching.answered(&Answer {
                    status: 200,
                    content_type: Some(if own { content_type } else { "text/xml" }.into()),
                    body: if own { body } else { "<Response/>" }.into(),
                    ..Answer::default()
                })
            }
            MessageTurn::Send(sending) => {
                let Text {
                    to,
                    from,
                    body,
                    media,
                    status,
                } = sending.text();
                let mut told = format!("send {body}");
                for (name, value) in [("to", to), ("from", from)] {
                    told.extend(value.iter().map(|value| format!(" {name} {value}")));
                }
                told.extend(media.iter().map(|url| format!(" + {url}")));
                told.extend(
                    status
                        .iter()
                        .map(|c| format!(" tell {} {}", c.method, c.url)),
                );
                trace.push(told);
                sending.done()
            }
            MessageTurn::End(end) => {
                let code = |fault: &Fault| fault.code.map_or("-".into(), |code| code.to_string());
                let faults: Vec<String> = end.faults.iter().map(|(_, fault)| code(fault)).collect();
                trace.push(format!("{} sent", end.sent));
                trace.extend(
                    end.failed
                        .iter()
                        .map(|fault| format!("failed {}", code(fault))),
                );
                trace.extend((!faults.is_empty()).then(|| format!("({})", faults.join(", "))));
                return trace.join(" | ");
            }
        };
    }
}

#[test]
fn documents() {
    let long = "x".repeat(1601);
    let (long_message, eleven) = (
        format!("<Message>{long}</Message>"),
        "<Message>a</Message>".repeat(11),
    );
    let ten = format!("{}10 sent | (14109)", "send a | ".repeat(10));
    let mut wrong = Vec::new();
    for (verbs, expected) in [
        ("", "0 sent"),
        ("<Message>Hi</Message>", "send Hi | 1 sent"),
        ("<Message>\n  Hi\n</Message>", "send Hi | 1 sent"),
        (
            "<Message><Body>Hi  you</Body></Message>",
            "send Hi  you | 1 sent",
        ),
        (
            "<Message>a<Body>b</Body><Body>c</Body></Message>",
            "send bc | 1 sent",
        ),
        (
            "<Message><Body>Hi</Body><Media>/a.png</Media><Media> http://x/b.png </Media></Message>",
            "send Hi + http://t/a.png + http://x/b.png | 1 sent",
        ),
        (
            "<Message><Media>a.png</Media></Message>",
            "send  + http://t/a.png | 1 sent",
        ),
        (
            "<Message>a</Message><Message>b</Message>",
            "send a | send b | 2 sent",
        ),
        ("<Sms>a</Sms>", "send a | 1 sent"),
        (
            "<Message to='+1' from='+2'>a</Message>",
            "send a to +1 from +2 | 1 sent",
        ),
        ("<Message to=''>a</Message>", "send a | 1 sent"),
        (
            "<Message statusCallback='s'>a</Message>",
            "send a tell POST http://t/s | POST http://t/s MessageSid=SM&SmsSid=SM&MessageStatus=queued&SmsStatus=queued | POST http://t/s MessageSid=SM&SmsSid=SM&MessageStatus=sent&SmsStatus=sent | POST http://t/s MessageSid=SM&SmsSid=SM&MessageStatus=delivered&SmsStatus=delivered | 1 sent",
        ),
        (
            "<Message action='/a'>a</Message><Message>b</Message>",
            "send a | POST http://t/a MessageSid=SM&SmsSid=SM&MessageStatus=sent&SmsStatus=sent | 1 sent",
        ),
        (
            "<Message action='/a' method='GET'>a</Message>",
            "send a | GET http://t/a MessageSid=SM&SmsSid=SM&MessageStatus=sent&SmsStatus=sent | 1 sent",
        ),
        (
            "<Message>a</Message><Redirect>next</Redirect>",
            "send a | POST http://t/next  | 1 sent",
        ),
        (
            "<Redirect method='GET'>../next?x</Redirect><Message>a</Message>",
            "GET http://t/next?x  | 0 sent | (-)",
        ),
        (
            "<Redirect>sms:+1</Redirect>",
            "0 sent | failed 11100 | (11100)",
        ),
        (
            "<Message/><Message>b</Message>",
            "send b | 1 sent | (14103)",
        ),
        (
            "<Say>a</Say><Message>b</Message>",
            "send b | 1 sent | (14110)",
        ),
        (
            "<Message colour='red'>a</Message>",
            "send a | 1 sent | (12200)",
        ),
        (long_message.as_str(), "0 sent | (14103)"),
        (eleven.as_str(), ten.as_str()),
    ] {
        let found = walk("text/xml", &format!("<Response>{verbs}</Response>"));
        if found != expected {
            wrong.push(format!("{verbs}\n   found {found}\nexpected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn answers_of_other_kinds() {
    let long = "x".repeat(1601);
    let larger = "x".repeat(64 * 1024 + 1);
    for (content_type, body, expected) in [
        (
            "text/plain; charset=utf-8",
            "Hi\nyou\n",
            "send Hi\nyou | 1 sent",
        ),
        (
            "text/plain",
            "<Response><Message>a</Message></Response>",
            "send <Response><Message>a</Message></Response> | 1 sent",
        ),
        ("text/plain", "", "0 sent"),
        ("text/plain", " \n", "0 sent"),
        ("text/xml", "<Response/>", "0 sent"),
        ("text/xml", " ", "0 sent | failed 12100"),
        ("application/json", "", "0 sent | failed 12300"),
        ("", "", "0 sent"),
        ("text/plain", long.as_str(), "0 sent | failed 14103"),
        ("text/plain", larger.as_str(), "0 sent | failed 11750"),
        ("application/json", "{}", "0 sent | failed 12300"),
        ("audio/mpeg", "x", "0 sent | failed 12300"),
        ("text/xml", "<Response>", "0 sent | failed 12100"),
        ("text/html", "<html></html>", "0 sent | failed 12102"),
    ] {
        assert_eq!(walk(content_type, body), expected, "{content_type} {body}");
    }
}

#[test]
fn a_loop_ends_as_twilio_ends_it() {
    let found = walk("text/xml", "<Response><Redirect/></Response>");
    assert_eq!(found.matches("POST http://t/start").count(), 49, "{found}");
    assert!(found.contains("0 sent | failed 14106"), "{found}");
    // An action that sends again: what is sent has an end, too.
    let found = walk(
        "text/xml",
        "<Response><Message action='/start'>a</Message></Response>",
    );
    assert_eq!(found.matches("send a").count(), 10, "{found}");
}

#[test]
fn a_text_that_is_one_too_many_is_not_sent() {
    let messages = "<Message>a</Message>".repeat(10);
    let document = format!("<Response>{messages}<Redirect>/text</Redirect></Response>");
    let mut turn = Message::new("s").begin(Method::Post, "http://t/start");
    let end = loop {
        turn = match turn {
            MessageTurn::Fetch(fetching) => {
                let (content_type, body) = match fetching.fetch().url.as_str() {
                    "http://t/start" => ("text/xml", document.as_str()),
                    _ => ("text/plain", "b"),
                };
                fetching.answered(&Answer {
                    status: 200,
                    content_type: Some(content_type.into()),
                    body: body.into(),
                    ..Answer::default()
                })
            }
            MessageTurn::Send(sending) => sending.done(),
            MessageTurn::End(end) => break end,
        }
    };
    let failed = end.failed.expect("a fault");
    assert_eq!((end.sent, failed.code), (10, Some(14109)), "{failed}");
}

#[test]
fn no_answer_and_cookies() {
    let turn = Message::new("s").begin(Method::Post, "http://t/start");
    let MessageTurn::Fetch(fetching) = turn else {
        panic!()
    };
    let MessageTurn::End(end) = fetching
        .clone()
        .failed(Unreached::Connection, "connection refused")
    else {
        panic!()
    };
    let fault = end.failed.expect("a fault");
    assert_eq!(fault.code, Some(11205));
    assert!(fault.text.contains("connection refused"), "{fault}");
    let turn = fetching.answered(&Answer {
        url: Some("http://u/x/".into()),
        status: 200,
        content_type: Some("text/xml".into()),
        set_cookies: vec!["a=1; Path=/".into()],
        body: "<Response><Redirect>y</Redirect></Response>".into(),
    });
    let MessageTurn::Fetch(fetching) = turn else {
        panic!()
    };
    assert_eq!(fetching.fetch().url, "http://u/x/y");
    assert_eq!(fetching.fetch().cookies.as_deref(), Some("a=1"));
}
