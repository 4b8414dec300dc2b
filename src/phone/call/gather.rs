//! `<Gather>`: the caller is asked.

use super::{Call, CallTurn, Ending, pair};
use crate::phone::step::{self, Gather};
use crate::twiml::{Element, Method};

/// The caller is asked for keys or speech.
#[derive(Clone, Debug)]
pub struct Gathering {
    call: Box<Call>,
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

    /// The caller presses keys; any other character is passed over. Keys after the last one that
    /// counts are lost. If they are fewer than are waited for, the timeout passes after them.
    pub fn keys(mut self, keys: &str) -> CallTurn {
        let mut digits = String::new();
        let pressed = keys.chars().filter(|c| matches!(c, '0'..='9' | '*' | '#'));
        for key in pressed.filter(|_| self.gather.keys) {
            if self.gather.finish_on.contains(key) {
                return self.result(&digits, key.to_string());
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
        let confidence = confidence.max(0.0).min(1.0);
        self.ask(vec![
            pair("SpeechResult", text),
            pair("Confidence", confidence.to_string()),
        ])
    }

    /// The prompts are over and the timeout has passed, and nothing has come.
    pub fn silence(mut self) -> CallTurn {
        for prompt in &self.gather.prompts {
            self.call.wait(prompt.lasts.counted());
        }
        self.call.wait(self.gather.timeout);
        match step::tells_silence(&self.verb) {
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
        if digits.is_empty() && !step::tells_silence(&self.verb) {
            return self.call.advance();
        }
        self.ask(vec![
            pair("Digits", digits),
            pair("FinishedOnKey", finished_on),
        ])
    }

    fn ask(self, parameters: Vec<(String, String)>) -> CallTurn {
        let Gathering { call, verb, .. } = self;
        let (method, url) = step::action(&verb, &call.url).unwrap_or_else(|| {
            let named = verb.value("method").and_then(Method::named);
            (named.unwrap_or(Method::Post), call.url.clone())
        });
        call.ask(Some(&verb), method, url, parameters)
    }
}
