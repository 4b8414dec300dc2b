//! `<Gather>`: the caller is asked.

use super::told::{self, told};
use super::{Call, CallTurn, Ending, pair};
use crate::phone::attribute::{is_true, seconds, whole};
use crate::phone::instructions::Asking;
use crate::phone::step::{self, Callback, Step};
use crate::twiml::{Element, Medium};
use std::time::Duration;

/// The caller is asked for something.
#[derive(Clone, Debug, PartialEq)]
pub struct Gather {
    /// What is heard before, and can be interrupted.
    pub prompts: Vec<Step>,
    /// Whether keys count.
    pub keys: bool,
    /// Whether speech counts.
    pub speech: bool,
    /// As many keys are enough; `None` is any number.
    pub most_keys: Option<u32>,
    /// Each of these keys ends the input; none may.
    pub finish_on: String,
    /// So long Twilio waits for the next key, after the prompts.
    pub timeout: Duration,
    /// Whom Twilio tells of parts of what is said.
    pub callbacks: Vec<Callback>,
}

impl Gather {
    pub(super) fn of(verb: &Element, base: &str, begins: Duration) -> Gather {
        let input = verb.value("input").unwrap_or("dtmf");
        let counts = |kind: &str| input.split_whitespace().any(|word| word == kind);
        let known = counts("dtmf") || counts("speech");
        let mut at = begins;
        let prompts = verb.elements().filter_map(|prompt| {
            let (action, lasts) = step::heard(prompt, base)?;
            let begins = at;
            at = at.saturating_add(lasts.counted());
            Some(Step {
                action,
                at: Some(prompt.at()),
                lasts,
                begins,
                callbacks: Vec::new(),
            })
        });
        Gather {
            prompts: prompts.collect(),
            keys: counts("dtmf") || !known,
            speech: counts("speech"),
            most_keys: whole(verb, "numDigits").filter(|most| *most > 0),
            finish_on: verb.value("finishOnKey").unwrap_or("#").to_string(),
            timeout: seconds(verb, "timeout", 5),
            callbacks: step::callbacks(verb, base, Medium::Voice),
        }
    }
}

/// Whether a result without input is sent to the action, too.
fn tells_silence(verb: &Element) -> bool {
    is_true(verb, "actionOnEmptyResult")
}

/// The caller is asked for keys or speech.
#[derive(Clone, Debug)]
pub struct Gathering {
    pub(super) call: Box<Call>,
    verb: Element,
    gather: Gather,
}

impl Gathering {
    pub(super) fn new(call: Box<Call>, verb: Element, gather: Gather) -> Self {
        Gathering { call, verb, gather }
    }

    /// What is asked.
    pub fn gather(&self) -> &Gather {
        &self.gather
    }

    /// When, counted from the beginning of the call.
    pub fn at(&self) -> Duration {
        self.call.elapsed
    }

    /// The caller presses keys; any other character is passed over. Keys after the last one that
    /// counts are lost, and a key that ends the input counts only behind another ("finishOnKey only
    /// works when a digit sequence precedes it"). If they are fewer than are waited for, the timeout
    /// passes after them.
    pub fn keys(mut self, keys: &str) -> CallTurn {
        let mut digits = String::new();
        let pressed = keys.chars().filter(|c| matches!(c, '0'..='9' | '*' | '#'));
        for key in pressed.filter(|_| self.gather.keys) {
            if self.gather.finish_on.contains(key) {
                match digits.is_empty() {
                    true => continue,
                    false => return self.result(&digits, key.to_string()),
                }
            }
            digits.push(key);
            if self
                .gather
                .most_keys
                .is_some_and(|most| digits.len() >= most as usize)
            {
                return self.result(&digits, String::new());
            }
        }
        if digits.is_empty() {
            return self.silence();
        }
        self.call.wait(self.gather.timeout);
        self.result(&digits, String::new())
    }

    /// The caller says something. `confidence` is between 0 and 1.
    pub fn speech(self, text: &str, confidence: f32) -> CallTurn {
        if !self.gather.speech || text.trim().is_empty() {
            return self.silence();
        }
        let confidence = match confidence.is_nan() {
            true => 0.0,
            false => confidence.clamp(0.0, 1.0),
        };
        let partial = told::partial(&self.call, &self.verb, text);
        let turn = self.ask(vec![
            pair("SpeechResult", text),
            pair("Confidence", confidence.to_string()),
        ]);
        told(partial, turn)
    }

    /// The prompts are over and the timeout has passed, and nothing has come.
    pub fn silence(mut self) -> CallTurn {
        for prompt in &self.gather.prompts {
            self.call.wait(prompt.lasts.counted());
        }
        self.call.wait(self.gather.timeout);
        match tells_silence(&self.verb) {
            true if self.gather.keys => {
                self.ask(vec![pair("Digits", ""), pair("FinishedOnKey", "")])
            }
            true => self.ask(vec![pair("SpeechResult", "")]),
            false => self.call.advance(),
        }
    }

    /// The caller has hung up.
    pub fn hang_up(self) -> CallTurn {
        self.call.end(Ending::CallerHungUp)
    }

    fn result(self, digits: &str, finished_on: String) -> CallTurn {
        self.ask(vec![
            pair("Digits", digits),
            pair("FinishedOnKey", finished_on),
        ])
    }

    fn ask(self, parameters: Vec<(String, String)>) -> CallTurn {
        let Gathering { call, verb, .. } = self;
        let (method, url) = call.action_or_here(&verb);
        call.ask(Asking {
            verb: Some(verb),
            method,
            url,
            parameters,
        })
    }
}
