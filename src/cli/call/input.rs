//! The caller: somebody at the terminal, or a list.

use crate::cli::exit::Failure;
use crate::cli::print;
use crate::phone::session::{Act, Wanted};
use std::collections::VecDeque;

/// So often a caller whose list is at its end does nothing, and then hangs up.
const PATIENCE: u32 = 3;

/// Who does what is done.
pub(super) enum Caller {
    Listed { left: VecDeque<String>, waited: u32 },
    Asked,
}

impl Caller {
    pub(super) fn listed(acts: Vec<String>) -> Self {
        Caller::Listed {
            left: acts.into(),
            waited: 0,
        }
    }

    pub(super) fn asked() -> Self {
        Caller::Asked
    }

    /// What is done now.
    pub(super) fn act(&mut self, wanted: &Wanted) -> Result<Act, Failure> {
        match self {
            Caller::Listed { left, waited } => match left.pop_front() {
                Some(item) => {
                    *waited = 0;
                    parse(&item, wanted).map_err(|text| Failure::usage(format!("--digits: {text}")))
                }
                None if *waited == PATIENCE || *wanted == Wanted::HangUp => {
                    Ok(Act::HangUp { seconds: None })
                }
                None => {
                    *waited += 1;
                    Ok(Act::TimeOut)
                }
            },
            Caller::Asked => loop {
                print::out(&format!("      {} ", question(wanted)))?;
                let mut line = String::new();
                let read = std::io::stdin()
                    .read_line(&mut line)
                    .map_err(|error| Failure::at_fault(format!("cannot read: {error}")))?;
                if read == 0 {
                    print::out("\n")?;
                    return Ok(Act::HangUp { seconds: None });
                }
                match parse(line.trim(), wanted) {
                    Ok(act) => return Ok(act),
                    Err(text) => self.wrong(&text)?,
                }
            },
        }
    }

    /// Nothing came of it.
    pub(super) fn wrong(&mut self, text: &str) -> Result<(), Failure> {
        match self {
            Caller::Listed { .. } => Err(Failure::usage(format!("--digits: {text}"))),
            Caller::Asked => print::out(&format!("      {text}\n")),
        }
    }
}

fn question(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Gather { keys, speech, .. } => match (keys, speech) {
            (true, true) => "keys, or words; Enter lets the time pass, h hangs up:",
            (false, true) => "words; Enter lets the time pass, h hangs up:",
            _ => "keys; Enter lets the time pass, h hangs up:",
        },
        Wanted::Record { .. } => "words, or a length (7s), or a key; Enter is silence, h hangs up:",
        Wanted::Dial { .. } => "answered, busy, no-answer, failed (or a, b, n, f); h hangs up:",
        // Nothing rings at the phone that calls.
        Wanted::HangUp | Wanted::Ring { .. } => "Enter hangs up:",
    }
    .to_string()
}

/// What a word stands for.
fn parse(text: &str, wanted: &Wanted) -> Result<Act, String> {
    let text = text.trim();
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let seconds = match rest.trim().trim_end_matches('s') {
        "" => None,
        number => number.parse::<u32>().ok(),
    };
    if matches!(word, "h" | "hangup") && (rest.is_empty() || seconds.is_some()) {
        return Ok(Act::HangUp { seconds });
    }
    if matches!(wanted, Wanted::HangUp | Wanted::Ring { .. }) {
        return Ok(Act::HangUp { seconds: None });
    }
    if matches!(text, "" | "wait") {
        return Ok(Act::TimeOut);
    }
    if matches!(wanted, Wanted::Dial { .. }) {
        let outcome = match word {
            "a" => "answered",
            "b" => "busy",
            "n" => "no-answer",
            "f" => "failed",
            "answered" | "busy" | "no-answer" | "failed" | "canceled" => word,
            _ => {
                return Err(format!(
                    "`{text}` is no outcome of a call: answered, busy, no-answer, failed"
                ));
            }
        };
        return Ok(Act::Dial {
            outcome: outcome.to_string(),
            seconds,
        });
    }
    let say = |text: &str, seconds| Act::Say {
        text: text.trim().to_string(),
        confidence: None,
        seconds,
    };
    if word == "say" {
        return Ok(say(rest, None));
    }
    if let (Wanted::Record { .. }, Some(Ok(length))) = (
        wanted,
        text.strip_suffix('s').map(|number| number.parse::<u32>()),
    ) {
        return Ok(say("", Some(length)));
    }
    if text.chars().all(|c| matches!(c, '0'..='9' | '*' | '#')) {
        return Ok(Act::Press {
            keys: text.to_string(),
            seconds: None,
        });
    }
    match wanted {
        Wanted::Gather { speech: true, .. } | Wanted::Record { .. } => Ok(say(text, None)),
        _ => Err(format!(
            "`{text}` are no keys: 0-9, * and #; or wait, hangup"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(speech: bool) -> Wanted {
        Wanted::Gather {
            keys: true,
            speech,
            most_keys: None,
            finish_on: "#".into(),
            timeout_ms: 5000,
        }
    }

    #[test]
    fn words_stand_for_what_fits() {
        let record = Wanted::Record {
            timeout_ms: 5000,
            longest_ms: 60_000,
            finish_on: "#".into(),
        };
        let dial = Wanted::Dial {
            parties: Vec::new(),
            timeout_ms: 30_000,
        };
        let press = |keys: &str| Act::Press {
            keys: keys.into(),
            seconds: None,
        };
        let say = |text: &str, seconds| Act::Say {
            text: text.into(),
            confidence: None,
            seconds,
        };
        let outcome = |word: &str, seconds| Act::Dial {
            outcome: word.into(),
            seconds,
        };
        let hang_up = |seconds| Act::HangUp { seconds };
        for (text, wanted, act) in [
            ("12#", gather(false), Some(press("12#"))),
            ("wait", gather(false), Some(Act::TimeOut)),
            ("", gather(false), Some(Act::TimeOut)),
            ("h", gather(true), Some(hang_up(None))),
            ("hangup 5", record.clone(), Some(hang_up(Some(5)))),
            ("hello", gather(false), None),
            ("hello you", gather(true), Some(say("hello you", None))),
            ("say 12", gather(true), Some(say("12", None))),
            ("7s", record.clone(), Some(say("", Some(7)))),
            ("#", record.clone(), Some(press("#"))),
            ("call me", record, Some(say("call me", None))),
            ("a", dial.clone(), Some(outcome("answered", None))),
            (
                "answered 30s",
                dial.clone(),
                Some(outcome("answered", Some(30))),
            ),
            ("busy", dial.clone(), Some(outcome("busy", None))),
            ("1", dial.clone(), None),
            ("wait", dial, Some(Act::TimeOut)),
            ("anything", Wanted::HangUp, Some(hang_up(None))),
        ] {
            assert_eq!(parse(text, &wanted).ok(), act, "{text} {wanted:?}");
        }
    }

    #[test]
    fn who_has_nothing_left_to_do_waits_and_then_hangs_up() {
        let mut caller = Caller::listed(vec!["1".into()]);
        let mut acts = Vec::new();
        for _ in 0..5 {
            acts.push(caller.act(&gather(false)).expect("an act"));
        }
        assert!(matches!(acts[0], Act::Press { .. }));
        assert_eq!(acts[1..4], [Act::TimeOut, Act::TimeOut, Act::TimeOut]);
        assert_eq!(acts[4], Act::HangUp { seconds: None });
    }
}
