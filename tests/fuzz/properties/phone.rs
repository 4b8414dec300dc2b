//! Calls and messages, walked through documents from nowhere. Parts are divided by NUL: the first
//! says what the person does, each other part is a document that some request is answered with.

use std::time::Duration;
use switchboard::phone::{Answer, Call, CallTurn, DialStatus, Message, MessageTurn, Unanswered};
use switchboard::twiml::Method;
use switchboard::webhook::{First, Progress};

/// Turns of which all must be over: a document has at most a few thousand verbs, and at most ten
/// documents are read here.
const TURNS: usize = 200_000;

pub(super) fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let deeds = parts.next().unwrap_or_default();
    let documents: Vec<String> = parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    let mut answers = documents.iter().cycle().map(|body| Answer {
        status: 200,
        content_type: Some("text/xml".to_string()),
        set_cookies: vec![format!("a={}", body.len())],
        body: body.clone(),
        url: None,
    });
    let mut next = || answers.next().unwrap_or_default();
    let call = Call::new("seed", "AC0").most_documents(10);
    let url = "https://a.example/call?x=1";
    // Of calls that the API places, some come with TwiML of their own.
    let mut turn = match deeds.len() % 4 {
        0 | 1 => call.begin(Method::Post, url),
        kind => {
            let first = match kind {
                2 => First::At(Method::Get, url.to_string()),
                _ => First::Twiml(next().body),
            };
            call.ring(first, Progress::ALL.to_vec(), Duration::from_secs(60))
        }
    };
    let mut deeds = deeds.iter().copied().chain(std::iter::repeat(1));
    let mut fetched = 0;
    for _ in 0..TURNS {
        let deed = deeds.next().unwrap_or(1);
        let seconds = Duration::from_secs(u64::from(deed));
        turn = match turn {
            turn if deed == u8::MAX && !matches!(turn, CallTurn::End(_)) => turn.hang_up(),
            turn if deed == u8::MAX - 1 && !matches!(turn, CallTurn::End(_)) => {
                turn.lead(First::Twiml(next().body))
            }
            CallTurn::Fetch(fetching) => {
                is_address(&fetching.fetch().url);
                fetched += 1;
                assert!(fetched <= 10);
                match deed {
                    0 => fetching.failed(
                        switchboard::webhook::Unreached::Connection,
                        "connection refused",
                    ),
                    _ => fetching.answered(&next()),
                }
            }
            CallTurn::Step(playing) => match deed {
                0 => playing.hang_up(),
                _ => playing.done(),
            },
            CallTurn::Gather(gathering) => match deed % 4 {
                0 => gathering.hang_up(),
                1 => gathering.silence(),
                2 => gathering.keys("12#*0wrong"),
                _ => gathering.speech("yes", 0.5),
            },
            CallTurn::Record(recording) => match deed % 4 {
                0 => recording.hang_up(seconds),
                1 => recording.silence(),
                2 => recording.spoken(Duration::MAX, Some('#')),
                _ => recording.spoken(seconds, None),
            },
            CallTurn::Dial(dialling) => match deed % 4 {
                0 => dialling.hang_up(seconds),
                1 => dialling.ended(DialStatus::Busy, Duration::ZERO),
                2 => dialling.ended(DialStatus::Completed, Duration::MAX),
                _ => dialling.ended(DialStatus::NoAnswer, seconds),
            },
            CallTurn::Ring(ringing) => match deed % 4 {
                0 => ringing.unanswered(Unanswered::Busy),
                1 => ringing.unanswered(Unanswered::NoAnswer),
                _ => ringing.answered(),
            },
            CallTurn::End(_) => return message(&documents),
        };
    }
    panic!("a call without end");
}

fn message(documents: &[String]) {
    let mut answers = documents.iter().cycle().map(|body| Answer {
        status: 200,
        content_type: Some("text/xml".to_string()),
        body: body.clone(),
        ..Answer::default()
    });
    let mut turn = Message::new("seed").begin(Method::Post, "https://a.example/sms");
    let mut sent = 0;
    for _ in 0..TURNS {
        turn = match turn {
            MessageTurn::Fetch(fetching) => {
                is_address(&fetching.fetch().url);
                fetching.answered(&answers.next().unwrap_or_default())
            }
            MessageTurn::Send(sending) => {
                sent += 1;
                sending.done()
            }
            MessageTurn::End(end) => {
                assert_eq!(end.sent, sent);
                return;
            }
        };
    }
    panic!("a message without end");
}

/// What is asked for is an address of http without a fragment, whatever the document said. What no
/// address may hold (a space) is left for whoever performs it to refuse.
fn is_address(url: &str) {
    let scheme = url.split("://").next().unwrap_or_default();
    let known = ["http", "https"];
    assert!(
        known.iter().any(|known| known.eq_ignore_ascii_case(scheme)),
        "{url}"
    );
    assert!(!url.contains('#'), "{url:?}");
}
