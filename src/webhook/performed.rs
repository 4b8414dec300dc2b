//! What TwiML makes Twilio do, in sentences.

use super::kind::Expects;
use crate::twiml::{Document, Element, Fault};

/// Verbs that are told one by one.
const MOST_VERBS: usize = 20;

/// Characters of a text that are shown in a sentence.
const MOST_CHARACTERS: usize = 300;

/// What `document` makes of a message or a call: at least one sentence. Verbs that are in `faults`
/// are left out, as Twilio leaves them.
pub(super) fn performed(expects: Expects, document: &Document, faults: &[Fault]) -> Vec<String> {
    let followed = |verb: &&Element| {
        let at = verb.at();
        !faults
            .iter()
            .any(|fault| (fault.line, fault.column) == (at.line, at.column) && fault.code.is_some())
    };
    let verbs: Vec<&Element> = document.root().elements().filter(followed).collect();
    match expects {
        Expects::Voice => call(&verbs),
        _ => message(&verbs),
    }
}

fn message(verbs: &[&Element]) -> Vec<String> {
    let replies: Vec<&Element> = verbs
        .iter()
        .copied()
        .filter(|verb| matches!(verb.name(), "Message" | "Sms"))
        .collect();
    let mut says = vec![match replies.len() {
        0 => "Twilio would send no reply.".to_string(),
        1 => format!("Twilio would send one message: {}", told(replies[0])),
        count => format!("Twilio would send {count} messages:"),
    }];
    if replies.len() > 1 {
        says.extend(replies.iter().take(MOST_VERBS).map(|reply| told(reply)));
        says.extend(more(replies.len()));
    }
    if let Some(redirect) = verbs.iter().find(|verb| verb.name() == "Redirect") {
        says.push(format!(
            "Twilio would then ask {}",
            one_line(&redirect.text())
        ));
    }
    says
}

/// The text, media and receiver of a `<Message>`.
fn told(reply: &Element) -> String {
    let inner = |name: &'static str| {
        reply
            .elements()
            .filter(move |noun| noun.name() == name)
            .map(Element::text)
    };
    let bodies: Vec<String> = inner("Body").collect();
    let text = match bodies.is_empty() {
        true => reply.own_text(),
        false => bodies.join(" "),
    };
    let mut told = quoted(&text);
    for media in inner("Media").take(MOST_VERBS) {
        told.push_str(&format!(", with {}", one_line(&media)));
    }
    if let Some(to) = reply.value("to") {
        told.push_str(&format!(", to {}", one_line(to)));
    }
    told
}

fn call(verbs: &[&Element]) -> Vec<String> {
    if verbs.is_empty() {
        return vec!["Twilio would hang up: there is no verb.".to_string()];
    }
    let mut says = vec!["Twilio would run:".to_string()];
    says.extend(verbs.iter().take(MOST_VERBS).map(|verb| step(verb)));
    says.extend(more(verbs.len()));
    says
}

/// A verb with its text, its nouns and where it goes on.
fn step(verb: &Element) -> String {
    let mut step = verb.name().to_string();
    let text = verb.text();
    if !text.trim().is_empty() {
        step.push_str(&format!(" {}", quoted(&text)));
    }
    let nouns: Vec<&str> = verb
        .elements()
        .take(MOST_VERBS)
        .map(Element::name)
        .collect();
    if !nouns.is_empty() {
        step.push_str(&format!(" ({})", nouns.join(", ")));
    }
    if let Some(action) = verb.value("action") {
        step.push_str(&format!(", then ask {}", one_line(action)));
    }
    step
}

fn more(count: usize) -> Option<String> {
    (count > MOST_VERBS).then(|| format!("… and {} more", count - MOST_VERBS))
}

/// The text with each white space, line breaks too, as one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in one line and in quotation marks, shortened.
pub(super) fn quoted(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("\u{201c}{}…\u{201d}", &line[..end]),
        None => format!("\u{201c}{line}\u{201d}"),
    }
}
