//! What Twilio tells without waiting for an answer: status callbacks.
//!
//! They are requests like others, but nothing depends on what is answered. Twilio promises no order
//! among them; here they come in the order of what happens, a recording's after the action's answer.
//!
//! Sources: Twilio docs, "Number", attributes `statusCallback` and `statusCallbackEvent`; "Record",
//! `recordingStatusCallback` and `transcribeCallback`; "Gather", `partialResultCallback`.

use super::dial::{Dial, Leg, Party};
use super::turn::Fetching;
use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::{callback, words};
use crate::phone::fetch::{Fetch, Use};
use crate::phone::message::statuses;
use crate::twiml::Element;
use crate::webhook::{Kind, Progress};
use std::time::Duration;

/// As many parts of what is said are told.
const MOST_PARTS: usize = 5;

/// `fetches` one after the other, and then `then`.
pub(super) fn told(fetches: Vec<Fetch>, then: CallTurn) -> CallTurn {
    let last_first = fetches.into_iter().rev();
    last_first.fold(then, |then, fetch| {
        CallTurn::Fetch(Fetching::told(fetch, then))
    })
}

/// A recording.
pub(super) struct Recorded {
    pub(super) sid: String,
    pub(super) url: String,
    pub(super) seconds: u64,
}

/// The call's own callback: it has ended.
pub(super) fn ended(call: &mut Call, ending: &Ending) -> Option<Fetch> {
    let status = match ending {
        Ending::Rejected { reason } if reason == "busy" => "busy",
        Ending::Rejected { .. } => "no-answer",
        Ending::Unanswered(why) => why.as_str(),
        _ => "completed",
    };
    let length = match ending {
        Ending::Rejected { .. } | Ending::Unanswered(_) => Duration::ZERO,
        _ => call.elapsed,
    };
    match call.placed {
        Some(_) => call.progress(Progress::Completed, status, Some(length)),
        None => own(call, "inbound", status, 0, Some(length)),
    }
}

/// What is told of a call that the API has placed; `number` counts such.
pub(super) fn progress(
    call: &Call,
    status: &str,
    number: u32,
    lasted: Option<Duration>,
) -> Option<Fetch> {
    own(call, "outbound-api", status, number, lasted)
}

fn own(
    call: &Call,
    direction: &str,
    status: &str,
    number: u32,
    lasted: Option<Duration>,
) -> Option<Fetch> {
    let mut parameters = vec![
        pair("Direction", direction),
        pair("CallStatus", status),
        pair("SequenceNumber", number.to_string()),
    ];
    parameters.extend(lasted.into_iter().flat_map(durations));
    let callback = call.status.as_ref()?;
    Fetch::told(callback, Kind::CallStatus, None, parameters, call.elapsed)
}

/// `CallDuration` in seconds, and `Duration` in minutes, begun ones included.
fn durations(length: Duration) -> [(String, String); 2] {
    let seconds = length.as_secs();
    [
        pair("CallDuration", seconds.to_string()),
        pair("Duration", seconds.div_ceil(60).to_string()),
    ]
}

/// An event of the call to a party.
pub(super) fn leg(
    call: &Call,
    dial: &Dial,
    party: &Party,
    leg: &mut Leg,
    event: &str,
    status: &str,
    talked: Duration,
) -> Option<Fetch> {
    let callback = party.status.as_ref()?;
    if !party.events.iter().any(|wanted| wanted == event) {
        return None;
    }
    let mut parameters = of_leg(leg, status);
    parameters.push(pair("SequenceNumber", leg.told.to_string()));
    parameters.extend(addressed(dial, party));
    // The length is known at the end alone.
    if event == "completed" {
        parameters.extend(durations(talked));
    }
    leg.told += 1;
    let noun = Some(party.noun.as_str());
    Fetch::told(callback, Kind::CallStatus, noun, parameters, call.elapsed)
}

/// The request for what `party` hears once it has answered, before the two are connected.
pub(super) fn first_heard(call: &Call, dial: &Dial, party: &Party, leg: &Leg) -> Option<Fetch> {
    let mut parameters = of_leg(leg, "in-progress");
    parameters.extend(addressed(dial, party));
    let noun = Some(party.noun.as_str());
    let asked = Fetch::told(
        party.url.as_ref()?,
        Kind::Voice,
        noun,
        parameters,
        call.elapsed,
    )?;
    Some(Fetch {
        answer: Use::CalledParty,
        ..asked
    })
}

/// What every request about the call to a party has.
fn of_leg(leg: &Leg, status: &str) -> Vec<(String, String)> {
    vec![
        pair("CallSid", leg.sid.clone()),
        pair("Direction", "outbound-dial"),
        pair("CallStatus", status),
    ]
}

/// Whom it calls, and from which number where the document names one.
fn addressed(dial: &Dial, party: &Party) -> impl Iterator<Item = (String, String)> {
    let from = dial.caller_id.iter().map(|from| pair("From", from.clone()));
    std::iter::once(pair("To", to(party))).chain(from)
}

/// The address of a party as Twilio writes it.
fn to(party: &Party) -> String {
    match party.noun.as_str() {
        "Client" => format!("client:{}", party.address),
        "WhatsApp" => format!("whatsapp:{}", party.address),
        "Number" => party
            .address
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect(),
        _ => party.address.clone(),
    }
}

/// The recording of a `<Record>`, and its transcription.
pub(super) fn recording(
    call: &mut Call,
    verb: &Element,
    made: &Recorded,
    said: &str,
) -> Vec<Fetch> {
    let mut told = recorded(call, verb, made, "RecordVerb");
    let base = call.instructions.url();
    let transcribed = verb.value("transcribe") == Some("true");
    let callback = callback(verb, "transcribeCallback", base).filter(|_| transcribed);
    if let Some(callback) = callback
        && !said.is_empty()
    {
        let sid = call.sid("TR");
        let url = made.url.replace("/Recordings/", "/Transcriptions/");
        let parameters = vec![
            pair("TranscriptionSid", sid.clone()),
            pair("TranscriptionText", said),
            pair("TranscriptionStatus", "completed"),
            pair("TranscriptionUrl", url.replace(&made.sid, &sid)),
            pair("RecordingSid", made.sid.clone()),
            pair("RecordingUrl", made.url.clone()),
        ];
        let at = call.elapsed;
        told.extend(Fetch::told(
            &callback,
            Kind::Voice,
            Some("Record"),
            parameters,
            at,
        ));
    }
    told
}

/// The recording of a `<Dial>`.
pub(super) fn dialled_recording(call: &Call, verb: &Element, made: &Recorded) -> Vec<Fetch> {
    recorded(call, verb, made, "DialVerb")
}

fn recorded(call: &Call, verb: &Element, made: &Recorded, source: &str) -> Vec<Fetch> {
    let told = ["in-progress", "completed"]
        .into_iter()
        .filter_map(|event| {
            let mut parameters = vec![
                pair("RecordingSid", made.sid.clone()),
                pair("RecordingUrl", made.url.clone()),
                pair("RecordingStatus", event),
                pair("RecordingSource", source),
            ];
            if event == "completed" {
                parameters.push(pair("RecordingDuration", made.seconds.to_string()));
            }
            recording_event(call, verb, event, parameters)
        });
    told.collect()
}

/// Nothing was said: there is no recording.
pub(super) fn no_recording(call: &Call, verb: &Element) -> Vec<Fetch> {
    let parameters = vec![
        pair("RecordingStatus", "absent"),
        pair("RecordingDuration", "0"),
        pair("RecordingSource", "RecordVerb"),
    ];
    let told = recording_event(call, verb, "absent", parameters);
    told.into_iter().collect()
}

fn recording_event(
    call: &Call,
    verb: &Element,
    event: &str,
    parameters: Vec<(String, String)>,
) -> Option<Fetch> {
    let base = call.instructions.url();
    let callback = callback(verb, "recordingStatusCallback", base)?;
    let wanted = words(verb, "recordingStatusCallbackEvent", "completed");
    let verb = Some(verb.name());
    wanted
        .iter()
        .any(|word| word == event)
        .then(|| Fetch::told(&callback, Kind::Recording, verb, parameters, call.elapsed))
        .flatten()
}

/// Parts of what is said in a `<Gather>`, each a word longer.
pub(super) fn partial(call: &Call, verb: &Element, said: &str) -> Vec<Fetch> {
    let base = call.instructions.url();
    let Some(callback) = callback(verb, "partialResultCallback", base) else {
        return Vec::new();
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let parts = 1..=words.len().min(MOST_PARTS);
    let told = parts.filter_map(|part| {
        // The last part is the whole.
        let part_words = match part == words.len().min(MOST_PARTS) {
            true => words.len(),
            false => part,
        };
        let parameters = vec![
            pair("SequenceNumber", (part - 1).to_string()),
            pair("UnstableSpeechResult", words[..part_words].join(" ")),
            pair("Stability", "0.9"),
        ];
        Fetch::told(
            &callback,
            Kind::Voice,
            Some("Gather"),
            parameters,
            call.elapsed,
        )
    });
    told.collect()
}

/// What becomes of a `<Sms>`.
pub(super) fn message(call: &Call, verb: &Element, sid: &str) -> Vec<Fetch> {
    let base = call.instructions.url();
    match callback(verb, "statusCallback", base) {
        Some(callback) => statuses(&callback, verb, sid, call.elapsed),
        None => Vec::new(),
    }
}
