//! What shows only when verbs are seen together.

use super::Faults;
use crate::twiml::Medium;
use crate::twiml::document::Element;
use crate::twiml::schema::{MOST_PARTIES, MOST_REPLIES};

pub(super) fn check(response: &Element, medium: Medium, faults: &mut Faults) {
    unreachable(response, faults);
    match medium {
        Medium::Voice => {
            if response.elements().next().is_none() {
                let text = "`<Response>` is empty: the call ends at once";
                faults.warn(None, response.at(), text);
            }
        }
        Medium::Messaging => {
            let mut replies = response
                .elements()
                .filter(|verb| matches!(verb.name(), "Message" | "Sms"));
            if let Some(verb) = replies.nth(MOST_REPLIES) {
                let text = format!(
                    "Twilio sends {MOST_REPLIES} replies to a message at most: send the others \
                     through the REST API"
                );
                faults.push(14109, verb.at(), text);
            }
        }
    }
    for verb in response.elements() {
        match verb.name() {
            "Dial" if medium == Medium::Voice => parties(verb, faults),
            "Record" => transcription(verb, faults),
            _ => {}
        }
    }
}

/// A verb after one that never comes back.
fn unreachable(response: &Element, faults: &mut Faults) {
    let mut verbs = response.elements();
    let last = verbs.find(|verb| matches!(verb.name(), "Redirect" | "Hangup" | "Reject"));
    if let (Some(last), Some(next)) = (last, verbs.next()) {
        let text = format!(
            "`<{}>` is never reached, for `<{}>` before it ends the document: remove one of them",
            next.name(),
            last.name()
        );
        faults.warn(None, next.at(), text);
    }
}

fn parties(dial: &Element, faults: &mut Faults) {
    let is_room = |noun: &&Element| matches!(noun.name(), "Conference" | "Queue");
    let room = dial.elements().find(is_room);
    let other = dial.elements().find(|noun| !is_room(noun));
    if let (Some(room), Some(_)) = (room, other) {
        let text = format!(
            "`<{}>` cannot be mixed with others to call: use one `<Dial>` for each",
            room.name()
        );
        faults.push(13000, room.at(), text);
    }
    if let Some(noun) = dial.elements().nth(MOST_PARTIES) {
        let text = format!("`<Dial>` calls {MOST_PARTIES} at once at most: remove some");
        faults.warn(None, noun.at(), text);
    }
}

/// Only recordings of up to two minutes are transcribed.
fn transcription(record: &Element, faults: &mut Faults) {
    let length = record.attribute("maxLength");
    let seconds = length.and_then(|length| length.value().trim().parse::<u32>().ok());
    let asked = record.value("transcribe") == Some("true");
    if let (true, Some(length), Some(121..)) = (asked, length, seconds) {
        let text = "recordings over 120 seconds are not transcribed: lower `maxLength`, or leave \
                    `transcribe` out";
        faults.push(13615, length.at(), text);
    }
}
