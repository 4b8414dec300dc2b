//! Calls and messages walked through what a served project answers.

use crate::project::{Project, Site};
use std::time::Duration;
use switchboard::phone::{
    Action, Answer, Call, CallTurn, DialStatus, Ending, Fetch, Message, MessageTurn,
};
use switchboard::twiml::Method;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Response, Twiml};

/// A menu: the first visit is greeted, each choice is told, 2 is connected.
async fn menu(_: Context, event: Event, callback: Callback) -> Outcome {
    let mut response = Response::new();
    let verbs = match (event.text("Digits"), event.text("DialCallStatus")) {
        (_, Some(status)) => format!("<Say>They were {status}.</Say><Hangup/>"),
        (Some("1"), _) => "<Redirect method=\"GET\">hours?day=monday</Redirect>".to_string(),
        (Some("2"), _) => "<Dial action=\"menu\" timeout=\"9\">+14155550100</Dial>".to_string(),
        (Some(other), _) => format!("<Say>There is no {other}.</Say><Redirect>/menu</Redirect>"),
        (None, _) => {
            let known = event.request().cookies().get("known").is_some();
            let greeting = if known { "Again" } else { "Welcome" };
            format!("<Gather numDigits=\"1\" action=\"/menu\"><Say>{greeting}</Say></Gather>")
        }
    };
    response.append_header("Content-Type", "text/xml");
    response.set_cookie("known", "yes", &[]);
    response.set_body(format!("<Response>{verbs}</Response>"));
    callback.success(response)
}

async fn hours(_: Context, event: Event, callback: Callback) -> Outcome {
    let (day, status) = (event.text("day"), event.text("CallStatus"));
    let said = format!(
        "Closed on {}, {}",
        day.unwrap_or("?"),
        status.unwrap_or("?")
    );
    callback.success(Twiml::new(format!(
        "<Response><Say>{said}</Say></Response>"
    )))
}

async fn reply(_: Context, event: Event, callback: Callback) -> Outcome {
    match event.text("Body") {
        Some(body) => callback.success(format!("You said {body}")),
        None => callback.success(Twiml::new(
            "<Response><Message><Body>Who are you?</Body><Media>/who.png</Media></Message></Response>",
        )),
    }
}

fn handlers() -> Handlers {
    Handlers::new()
        .with("menu", menu)
        .with("hours", hours)
        .with("reply", reply)
}

/// Performs a request as whoever walks through a call does.
fn perform(site: &Site, fetch: &Fetch, more: &[(&str, &str)]) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&fetch.parameters).extend_pairs(more);
    let form = form.finish();
    let path = fetch
        .url
        .strip_prefix("http://localhost")
        .expect("the site");
    let (path, body) = match fetch.method {
        Method::Post => (path.to_string(), form),
        Method::Get => (
            format!("{path}{}{form}", if path.contains('?') { '&' } else { '?' }),
            String::new(),
        ),
    };
    let cookies = fetch
        .cookies
        .as_ref()
        .map_or(String::new(), |c| format!("\r\nCookie: {c}"));
    let kind = match body.is_empty() {
        true => "",
        false => "\r\nContent-Type: application/x-www-form-urlencoded",
    };
    let head = format!("{} {path}{kind}{cookies}", fetch.method);
    let reply = site.ask(&head, &body);
    let headers = reply.headers.iter();
    Answer {
        url: None,
        status: reply.status,
        content_type: reply.header("content-type").map(String::from),
        set_cookies: headers
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .map(|(_, value)| value.clone())
            .collect(),
        body: reply.text(),
    }
}

/// What is heard in a call, with the keys pressed in turn.
fn walk(site: &Site, start: &str, keys: &[&str]) -> (Vec<String>, Ending) {
    let mut keys = keys.iter();
    let mut heard = Vec::new();
    let url = format!("http://localhost{start}");
    let mut turn = Call::new("test", "AC").begin(Method::Post, &url);
    loop {
        turn = match turn {
            CallTurn::Fetch(fetching) => {
                let answer = perform(site, fetching.fetch(), &[]);
                fetching.answered(&answer)
            }
            CallTurn::Step(playing) => {
                if let Action::Say { text, .. } = &playing.step().action {
                    heard.push(text.clone());
                }
                playing.done()
            }
            CallTurn::Gather(gathering) => {
                for prompt in &gathering.gather().prompts {
                    if let Action::Say { text, .. } = &prompt.action {
                        heard.push(format!("{text}?"));
                    }
                }
                gathering.keys(keys.next().copied().unwrap_or_default())
            }
            CallTurn::Record(recording) => recording.silence(),
            CallTurn::Dial(dialling) => dialling.ended(DialStatus::NoAnswer, Duration::ZERO),
            CallTurn::Ring(_) => unreachable!("nobody places a call here"),
            CallTurn::End(end) => return (heard, end.ending),
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_through_a_menu() {
    let site = Project::app("", handlers()).start().await;
    let (heard, ending) = walk(&site, "/menu", &["7", "1"]);
    let expected = [
        "Welcome?",
        "There is no 7.",
        "Again?",
        "Closed on monday, in-progress",
    ];
    assert_eq!(heard, expected);
    assert_eq!(ending, Ending::NothingLeft);

    let (heard, ending) = walk(&site, "/menu", &["2"]);
    assert_eq!(heard, ["Welcome?", "They were no-answer."]);
    assert_eq!(ending, Ending::Hangup);

    let (heard, ending) = walk(&site, "/menu", &[]);
    assert_eq!((heard.len(), ending), (1, Ending::NothingLeft));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_twiml_ends_the_call() {
    let site = Project::app("", handlers()).start().await;
    for (start, code) in [("/nowhere", 11200), ("/menu/", 11200)] {
        let (heard, ending) = walk(&site, start, &[]);
        let Ending::Failed(fault) = ending else {
            panic!("{start}: {heard:?} {ending:?}");
        };
        assert_eq!(fault.code, Some(code), "{start}: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_gets_its_replies() {
    let site = Project::app("", handlers()).start().await;
    for (parameters, body, media) in [
        (&[("Body", "Ahoy")][..], "You said Ahoy", None),
        (&[], "Who are you?", Some("http://localhost/who.png")),
    ] {
        let turn = Message::new("test").begin(Method::Post, "http://localhost/reply");
        let MessageTurn::Fetch(fetching) = turn else {
            panic!("{turn:?}");
        };
        let answer = perform(&site, fetching.fetch(), parameters);
        let MessageTurn::Send(sending) = fetching.answered(&answer) else {
            panic!("{answer:?}");
        };
        assert_eq!(sending.text().body, body);
        assert_eq!(sending.text().media.first().map(String::as_str), media);
        assert!(matches!(sending.done(), MessageTurn::End(end) if end.sent == 1));
    }
}
