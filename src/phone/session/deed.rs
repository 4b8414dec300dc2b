//! What comes of what the caller does, or whoever is called: in words, and as the next turn of the call.

use super::Unfitting;
use super::act::Act;
use crate::phone::{CallTurn, DialStatus, Dialling, Gathering, Recording, Ringing, Unanswered};
use std::time::Duration;

/// How long the parties talk, and how long a caller speaks, where nobody says how long.
const USUAL: Duration = Duration::from_secs(10);

/// How sure Twilio is of what was said, where nobody says how sure.
const CONFIDENCE: f32 = 0.9;

pub(super) fn gather(gathering: Gathering, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    let asked = gathering.gather();
    Ok(match act {
        Act::Press { .. } if !asked.keys => {
            return Err(Unfitting(
                "this <Gather> takes no keys: say something".into(),
            ));
        }
        Act::Say { .. } if !asked.speech => {
            return Err(Unfitting(
                "this <Gather> takes no speech: press keys, or write input=\"dtmf speech\"".into(),
            ));
        }
        Act::Press { keys, .. } => (format!("pressed {keys}"), gathering.keys(keys)),
        Act::Say {
            text, confidence, ..
        } => {
            let confidence = confidence.unwrap_or(CONFIDENCE);
            (format!("said “{text}”"), gathering.speech(text, confidence))
        }
        Act::TimeOut => ("did nothing".into(), gathering.silence()),
        Act::HangUp { .. } => ("hung up".into(), gathering.hang_up()),
        Act::Dial { .. } | Act::Answer => return Err(nobody_called()),
    })
}

fn nobody_called() -> Unfitting {
    Unfitting("nobody is being called".into())
}

pub(super) fn ring(ringing: Ringing, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    Ok(match act {
        Act::Answer => ("answered".into(), ringing.answered()),
        Act::HangUp { .. } => ("declined".into(), ringing.unanswered(Unanswered::Busy)),
        Act::TimeOut => (
            "let it ring".into(),
            ringing.unanswered(Unanswered::NoAnswer),
        ),
        _ => {
            return Err(Unfitting(
                "the phone rings: answer, hang up, or let it ring".into(),
            ));
        }
    })
}

pub(super) fn record(recording: Recording, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    let length = |seconds: &Option<u32>| {
        seconds.map_or(USUAL, |seconds| Duration::from_secs(seconds.into()))
    };
    Ok(match act {
        Act::Press { keys, seconds } => {
            let (length, key) = (length(seconds), keys.chars().next());
            let told = format!("spoke for {} s, and pressed {keys}", length.as_secs());
            (told, recording.spoken(length, key))
        }
        Act::Say { text, seconds, .. } => {
            let length = length(seconds);
            let told = match text.is_empty() {
                true => format!("spoke for {} s", length.as_secs()),
                false => format!("said “{text}”, for {} s", length.as_secs()),
            };
            (told, recording.saying(text).spoken(length, None))
        }
        Act::TimeOut => ("said nothing".into(), recording.silence()),
        Act::HangUp { seconds } => {
            let length = seconds.map_or(Duration::ZERO, |s| Duration::from_secs(s.into()));
            ("hung up".into(), recording.hang_up(length))
        }
        Act::Dial { .. } | Act::Answer => return Err(nobody_called()),
    })
}

pub(super) fn dial(dialling: Dialling, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    Ok(match act {
        Act::Dial { outcome, seconds } => {
            let status = match outcome.as_str() {
                "answered" if is_joined(&dialling) => DialStatus::Answered,
                "answered" => DialStatus::Completed,
                word => DialStatus::named(word).ok_or_else(|| {
                    Unfitting(format!(
                        "`{word}` is no outcome: answered, busy, no-answer, failed or canceled"
                    ))
                })?,
            };
            let talked = seconds.map_or(USUAL, |seconds| Duration::from_secs(seconds.into()));
            (
                format!("the call: {outcome}"),
                dialling.ended(status, talked),
            )
        }
        // Nobody has to answer there: who dials it is in it.
        Act::TimeOut if is_room(&dialling) => (
            format!("in the conference for {} s", USUAL.as_secs()),
            dialling.ended(DialStatus::Answered, USUAL),
        ),
        Act::TimeOut => (
            "the call: no-answer".into(),
            dialling.ended(DialStatus::NoAnswer, Duration::ZERO),
        ),
        Act::HangUp { seconds } => {
            let talked = seconds.map_or(Duration::ZERO, |s| Duration::from_secs(s.into()));
            ("hung up".into(), dialling.hang_up(talked))
        }
        Act::Press { .. } | Act::Say { .. } | Act::Answer => {
            return Err(Unfitting(
                "others are being called: say how that goes, or hang up".into(),
            ));
        }
    })
}

/// Whether a room or a queue is joined, which nobody answers.
fn is_joined(dialling: &Dialling) -> bool {
    let mut parties = dialling.dial().parties.iter();
    parties.any(|party| matches!(party.noun.as_str(), "Conference" | "Queue"))
}

/// Whether a room is joined. A queue is not: there somebody has to wait already.
fn is_room(dialling: &Dialling) -> bool {
    let mut parties = dialling.dial().parties.iter();
    parties.any(|party| party.noun == "Conference")
}
