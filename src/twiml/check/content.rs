//! The text of an element.

use super::{Faults, value};
use crate::spelling::quoted;
use crate::twiml::document::{Element, Node};
use crate::twiml::schema::{Content, LONGEST_MESSAGE, MOST_MEDIA, SCHEMA, Verb};

/// "Invalid URL format".
const INVALID_URL: u32 = 11100;

pub(super) fn check(element: &Element, verb: &Verb, faults: &mut Faults) {
    let own = element.own_text();
    let text = own.trim();
    let name = element.name();
    match verb.content {
        Content::Text => {}
        Content::Nothing => nothing(element, faults),
        Content::Speech => speech(element, faults),
        Content::Message => message(element, faults),
        Content::Url(..) if text.is_empty() => match name {
            "Redirect" => {
                let text =
                    "an empty `<Redirect>` asks for the same document again: write an address";
                faults.warn(None, element.at(), text);
            }
            "Play" if element.attribute("digits").is_some() => {}
            _ => {
                let text = format!("`<{name}>` is empty: write the address of a file");
                faults.push(INVALID_URL, element.at(), text);
            }
        },
        Content::Url(..) => {
            if let Some(problem) = value::url(text) {
                faults.push(
                    INVALID_URL,
                    element.at(),
                    format!("the address of `<{name}>` {problem}"),
                );
            }
        }
        Content::PhoneOrNouns if text.is_empty() => {
            if element.elements().next().is_none() {
                faults.push(
                    13223,
                    element.at(),
                    "`<Dial>` calls nobody: write a number into it",
                );
            }
        }
        Content::PhoneOrNouns | Content::Phone => phone(element, text, faults),
        Content::Sip => {
            let has_uri = element.elements().any(|child| child.name() == "Uri");
            let is_sip = text
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("sip:"))
                || text
                    .get(..5)
                    .is_some_and(|start| start.eq_ignore_ascii_case("sips:"));
            let is_elsewhere = text.is_empty() && has_uri;
            if !is_sip && !is_elsewhere {
                let text = format!("`<{name}>` has {} and needs `sip:…`", quoted(text));
                faults.push(13243, element.at(), text);
            }
        }
        Content::Name(code) => {
            if text.is_empty() {
                faults.push(code, element.at(), format!("`<{name}>` needs a name in it"));
            }
        }
    }
}

fn nothing(element: &Element, faults: &mut Faults) {
    let stray = element.children().iter().find_map(|child| match child {
        Node::Text(text) if !text.value().trim().is_empty() => Some(text),
        _ => None,
    });
    if let Some(text) = stray {
        let shown = quoted(text.value().trim());
        let hint = match element.name() {
            "Response" | "Gather" => "put it into `<Say>`, or into `<Message>` for a message",
            _ => "remove it",
        };
        let told = format!(
            "the text {shown} has no meaning in `<{}>`: {hint}",
            element.name()
        );
        faults.push(SCHEMA, text.at(), told);
    }
}

fn speech(element: &Element, faults: &mut Faults) {
    let text = element.text();
    if text.trim().is_empty() && element.elements().next().is_none() {
        faults.push(
            13520,
            element.at(),
            "`<Say>` has nothing to say: write a text into it",
        );
        return;
    }
    let voice = element
        .value("voice")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let (most, whose) = match voice.split('.').next() {
        Some("polly") => (3000, "an Amazon Polly voice"),
        Some("google") => (5000, "a Google voice"),
        _ => (4096, "a basic voice"),
    };
    let length = text.chars().count();
    if length > most {
        let text = format!(
            "`<Say>` has {length} characters, and {whose} speaks {most} at most: split it into several"
        );
        faults.push(13521, element.at(), text);
    }
}

fn message(element: &Element, faults: &mut Faults) {
    let nouns = |name: &'static str| element.elements().filter(move |child| child.name() == name);
    let mut body = element.own_text().trim().to_string();
    for noun in nouns("Body") {
        body.push_str(&noun.own_text());
    }
    let name = element.name();
    let media = nouns("Media").count();
    let length = body.encode_utf16().count();
    if body.trim().is_empty() && media == 0 {
        let text = format!("`<{name}>` has neither a text nor a file: Twilio sends nothing");
        faults.push(14103, element.at(), text);
    } else if length > LONGEST_MESSAGE {
        let text = format!(
            "`<{name}>` has {length} characters, and Twilio sends {LONGEST_MESSAGE} at most: \
             split it into several (the REST API calls this 21617)"
        );
        faults.push(14103, element.at(), text);
    }
    if media > MOST_MEDIA {
        let text = format!("`<{name}>` has {media} files, and Twilio sends {MOST_MEDIA} at most");
        faults.warn(None, element.at(), text);
    }
}

fn phone(element: &Element, text: &str, faults: &mut Faults) {
    let number = text.strip_prefix("whatsapp:").unwrap_or(text);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let rest = number.strip_prefix('+').unwrap_or(number);
    let formed = rest
        .chars()
        .all(|c| c.is_ascii_digit() || " ()-.".contains(c));
    if !formed || !(1..=15).contains(&digits) {
        let text = format!(
            "`<{}>` has {}, which is no telephone number: write it as `+14155550100`",
            element.name(),
            quoted(text)
        );
        faults.push(13223, element.at(), text);
    }
}
