//! TwiML: whatever comes in is read or refused, and all that npm `twilio` prints is read.

use crate::oracle;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRunner};
use serde_json::{Map, Value, json};
use std::time::Duration;
use switchboard::phone::{Answer, Call, CallTurn, DialStatus, Message, MessageTurn};
use switchboard::twiml::{Document, Element, LARGEST, Medium, Method, check, links, parse};

/// Pieces that TwiML is made of, whole and broken: most mixtures of them are nearly documents.
const PIECES: &[&str] = &[
    "<Response>",
    "</Response>",
    "<Response/>",
    "<Say>",
    "</Say>",
    "<Say",
    "<Gather numDigits='1'>",
    "</Gather>",
    "<Dial>",
    "</Dial>",
    "<Number>",
    "</Number>",
    "<Message>",
    "</Message>",
    "<Body>",
    "</Body>",
    "<Redirect>",
    "</Redirect>",
    "<Record/>",
    "<Pause length='1'/>",
    "<Play loop='0'>",
    "</Play>",
    "<Hangup/>",
    "<Sip>",
    "</Sip>",
    " action='/a'",
    " loop=\"2\"",
    " timeout='x'",
    "/>",
    ">",
    "<",
    "&amp;",
    "&#65;",
    "&#x1F600;",
    "&nbsp;",
    "&",
    ";",
    "<!--",
    "-->",
    "--",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<?x",
    "?>",
    "<!DOCTYPE r [<!ENTITY a 'b'>]>",
    "'",
    "\"",
    "=",
    "\r\n",
    "\n",
    "\t",
    " ",
    "Hi",
    "é",
    "😀",
    "\u{FEFF}",
    "\u{0}",
    "\u{FFFF}",
    "/a",
    "http://t/b",
    "sip:a@b",
    "+14155550100",
];

fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..40);
    let within = pieces
        .clone()
        .prop_map(|pieces| format!("<Response>{}</Response>", pieces.concat()));
    prop_oneof![
        pieces.prop_map(|pieces| pieces.concat()),
        within,
        any::<String>(),
        any::<String>().prop_map(|text| format!("<Response><Say>{text}</Say></Response>")),
    ]
}

/// Every fault stands in the text.
fn is_within(text: &str, line: u32, column: u32) -> bool {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let line = text.split('\n').nth(line as usize - 1);
    line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&(column as usize)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn anything_is_read_or_refused(text in soup()) {
        for medium in [None, Some(Medium::Voice), Some(Medium::Messaging)] {
            let checked = check(&text, medium);
            prop_assert_eq!(checked.document.is_none(), parse(&text).is_err());
            for fault in &checked.faults {
                prop_assert!(is_within(&text, fault.line, fault.column), "{fault}");
                prop_assert!(!fault.text.is_empty());
            }
        }
        if let Ok(document) = parse(&text) {
            let shown = document.to_indented();
            let again = parse(&shown).map_err(|fault| TestCaseError::fail(format!("{fault}: {shown}")))?;
            prop_assert_eq!(again.to_indented(), shown);
            links(&document);
        }
    }

    /// Whatever a site answers and whatever the caller does, a call and a message end.
    #[test]
    fn every_walk_ends(
        pages in prop::collection::vec(soup(), 1..4),
        inputs in prop::collection::vec("[0-9*#a-z]{0,5}", 0..8),
        plain in any::<bool>(),
    ) {
        let page = |n: usize| Answer {
            status: 200,
            content_type: Some(if plain { "text/plain" } else { "text/xml" }.into()),
            set_cookies: inputs.clone(),
            body: pages[n % pages.len()].clone(),
            ..Answer::default()
        };
        let mut turn = Call::new("s", "AC").most_documents(10).begin(Method::Post, "http://t/");
        let mut fetched = 0;
        for n in 0.. {
            prop_assert!(n < 100_000, "the call does not end");
            let input = inputs.get(n % 8).map(String::as_str).unwrap_or_default();
            turn = match turn {
                CallTurn::Fetch(fetching) => {
                    fetched += 1;
                    fetching.answered(&page(fetched))
                }
                CallTurn::Step(playing) => playing.done(),
                CallTurn::Gather(gathering) if n % 3 == 0 => gathering.speech(input, f32::NAN),
                CallTurn::Gather(gathering) => gathering.keys(input),
                CallTurn::Record(recording) => recording.spoken(Duration::MAX, input.chars().next()),
                CallTurn::Dial(dialling) => dialling.ended(DialStatus::ALL[n % 6], Duration::MAX),
                CallTurn::Ring(_) => unreachable!("nobody places a call here"),
                CallTurn::End(_) => break,
            };
        }
        let mut turn = Message::new("s").begin(Method::Get, "http://t/");
        loop {
            turn = match turn {
                MessageTurn::Fetch(fetching) => {
                    fetched += 1;
                    fetching.answered(&page(fetched))
                }
                MessageTurn::Send(sending) => sending.done(),
                MessageTurn::End(end) => {
                    prop_assert!(end.sent <= 10);
                    break;
                }
            };
        }
    }
}

#[test]
fn large_documents_take_no_time() {
    let fill = |piece: &str| piece.repeat((LARGEST - 40) / piece.len());
    let attributes: String = (0..7000).map(|n| format!(" a{n}=''")).collect();
    for text in [
        format!("<Response>{}</Response>", fill("<Foo/>")),
        format!("<Response>{}</Response>", fill("&amp;")),
        format!("<Response>{}", fill("<a>")),
        format!("<Response{attributes}/>"),
        format!("<Response><Say voice='{}'/></Response>", fill("x")),
        format!("<Response><{}/></Response>", fill("x")),
    ] {
        // A bound after which something grows by the square, and not a measurement.
        let begun = std::time::Instant::now();
        check(&text, None);
        assert!(begun.elapsed() < Duration::from_secs(5), "{}", &text[..40]);
    }
}

/// A verb as `tests/oracle/twiml.js` takes it.
fn verb(name: &str, attributes: Value, text: &str, verbs: Vec<Value>) -> Value {
    json!({ "name": name, "attributes": attributes, "text": text, "verbs": verbs })
}

/// Text that XML can hold: npm's builder throws at any other.
fn text() -> BoxedStrategy<String> {
    let text = prop::collection::vec(
        prop_oneof![
            4 => prop::char::range(' ', '~'),
            2 => prop::sample::select(vec!['&', '<', '>', '"', '\'', ']', '\n', '\t', '\r']),
            1 => prop::char::range('\u{A0}', '\u{D7FF}'),
            1 => prop::char::range('\u{10000}', '\u{1FFFD}'),
        ],
        0..30,
    );
    text.prop_map(|chars| chars.into_iter().collect()).boxed()
}

/// A document of a medium, of verbs that take any text.
fn generated() -> impl Strategy<Value = Value> {
    let say = (text(), text())
        .prop_map(|(voice, said)| verb("Say", json!({ "voice": voice }), &said, vec![]));
    let play = text().prop_map(|url| verb("Play", json!({ "loop": 2 }), &url, vec![]));
    let number =
        text().prop_map(|number| verb("Number", json!({ "url": "/a?b&c" }), &number, vec![]));
    let dial = (text(), prop::collection::vec(number, 0..3))
        .prop_map(|(number, nouns)| verb("Dial", json!({ "timeout": 5 }), &number, nouns));
    let gather = (
        text(),
        prop::collection::vec(prop_oneof![say.clone(), play.clone()], 0..3),
    )
        .prop_map(|(hints, prompts)| {
            verb(
                "Gather",
                json!({ "hints": hints, "numDigits": 1 }),
                "",
                prompts,
            )
        });
    let redirect = text().prop_map(|url| verb("Redirect", json!({}), &url, vec![]));
    let voice = prop::collection::vec(prop_oneof![say, play, dial, gather, redirect.clone()], 0..5);
    let noun = (prop::sample::select(vec!["Body", "Media"]), text())
        .prop_map(|(name, text)| verb(name, json!({}), &text, vec![]));
    let message = (text(), prop::collection::vec(noun, 0..3))
        .prop_map(|(to, nouns)| verb("Message", json!({ "to": to }), "", nouns));
    let messaging = prop::collection::vec(prop_oneof![message, redirect], 0..4);
    prop_oneof![
        voice.prop_map(|verbs| json!({ "medium": "Voice", "verbs": verbs })),
        messaging.prop_map(|verbs| json!({ "medium": "Messaging", "verbs": verbs })),
    ]
}

/// What was read, in the form in which it was generated. A `Gather` takes no text from the SDK.
fn read(element: &Element) -> Value {
    let attributes = element.attributes().iter();
    let attributes: Map<String, Value> = attributes
        .map(|a| (a.name().to_string(), a.value().into()))
        .collect();
    let verbs: Vec<Value> = element.elements().map(read).collect();
    verb(
        element.name(),
        attributes.into(),
        &element.own_text(),
        verbs,
    )
}

/// The same with all values as text, and line ends as XML has them.
fn as_text(wanted: &Value) -> Value {
    match wanted {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), as_text(value)))
            .collect(),
        Value::Array(array) => array.iter().map(as_text).collect(),
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

#[test]
fn what_npm_prints_is_read() {
    let config = ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        rng_algorithm: RngAlgorithm::ChaCha,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let documents: Vec<Value> = (0..400)
        .map(|_| {
            generated()
                .new_tree(&mut runner)
                .expect("a document")
                .current()
        })
        .collect();
    let answer = oracle::ask("twiml.js", &json!({ "documents": documents }));
    let printed = answer["printed"].as_array().expect("documents");
    assert_eq!(printed.len(), documents.len());
    for (document, printed) in documents.iter().zip(printed) {
        let printed = printed.as_str().expect("XML");
        let found: Document = parse(printed).unwrap_or_else(|fault| panic!("{fault}: {printed}"));
        let verbs: Vec<Value> = found.root().elements().map(read).collect();
        assert_eq!(Value::from(verbs), as_text(&document["verbs"]), "{printed}");
    }
}

/// Every attribute and every nesting that npm `twilio` knows is known to the check.
#[test]
fn the_table_of_verbs_has_all_that_npm_has() {
    let answer = oracle::ask("twiml.js", &json!({ "documents": [] }));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, medium) in [("Voice", Medium::Voice), ("Messaging", Medium::Messaging)] {
        let schema = &answer["schema"][name];
        // Paths of elements, each with the class that the SDK has for the last one.
        let mut open = vec![(vec!["Response".to_string()], format!("{name}Response"))];
        while let Some((path, class)) = open.pop() {
            seen += 1;
            let attributes = schema["attributes"][&class]
                .as_array()
                .into_iter()
                .flatten();
            let attributes: String = attributes
                .filter_map(Value::as_str)
                .map(|attribute| format!(" {attribute}=''"))
                .collect();
            let (last, before) = path.split_last().expect("an element");
            let mut text = format!("<{last}{attributes}/>");
            for parent in before.iter().rev() {
                text = format!("<{parent}>{text}</{parent}>");
            }
            let faults = check(&text, medium).faults.into_iter();
            let unknown = [
                "has no attribute",
                "may not stand",
                "is not known",
                "did you mean `<",
            ];
            wrong.extend(
                faults
                    .filter(|fault| unknown.iter().any(|words| fault.text.contains(words)))
                    .map(|fault| format!("{}: {}", path.join(" > "), fault.text)),
            );
            let children = schema["elements"][&class].as_object().into_iter().flatten();
            for (child, class) in children.filter(|_| path.len() < 6) {
                let inner = path.iter().cloned().chain([child.clone()]).collect();
                open.push((inner, class.as_str().expect("a class").to_string()));
            }
        }
    }
    assert!(
        seen > 70,
        "the SDK's sources were not understood: {seen} elements"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
