//! What a function prints while it runs: the lines belong to its exchange.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of one invocation's output is kept, in bytes of memory; the oldest goes first.
///
/// The cloud keeps the last 3 KB of an invocation. We keep more, since reading it is what a local
/// server is for, but not without bound.
const KEPT: usize = 256 * 1024;

/// The level of a line. Source: Twilio docs, "Debugging Functions": `log` and `info` are INFO,
/// `warn` is WARNING (82004 in the Debugger), `error` is ERROR (82005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// `console.log`, `console.info`.
    Info,
    /// `console.warn`.
    Warning,
    /// `console.error`.
    Error,
}

impl Level {
    /// The cloud's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its level.
    pub level: Level,
    /// Its text, without the final newline.
    pub text: String,
}

impl Line {
    /// What it costs in memory, about: an empty one is not free.
    pub(crate) fn cost(&self) -> usize {
        size_of::<Line>() + self.text.len()
    }
}

/// Lines within [`KEPT`]: the oldest go first.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    lines: VecDeque<Line>,
    cost: usize,
    /// How many had to go.
    dropped: usize,
}

impl Kept {
    pub(crate) fn push(&mut self, level: Level, mut text: String) {
        let longest = KEPT - size_of::<Line>();
        if text.len() > longest {
            let cut = text.floor_char_boundary(longest);
            text.truncate(cut);
        }
        let line = Line { level, text };
        self.cost += line.cost();
        self.lines.push_back(line);
        while self.cost > KEPT && self.pop().is_some() {
            self.dropped += 1;
        }
    }

    /// Takes the oldest out.
    pub(crate) fn pop(&mut self) -> Option<Line> {
        let oldest = self.lines.pop_front()?;
        self.cost -= oldest.cost();
        Some(oldest)
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }
}

/// Collects the lines of one invocation. Clones write to the same place.
#[derive(Clone, Debug, Default)]
pub struct Console(Arc<Mutex<Kept>>);

impl Console {
    /// Writes a line at INFO, as `console.log` does.
    pub fn log(&self, text: impl Into<String>) {
        self.write(Level::Info, text.into());
    }

    /// Writes a line at WARNING, as `console.warn` does.
    pub fn warn(&self, text: impl Into<String>) {
        self.write(Level::Warning, text.into());
    }

    /// Writes a line at ERROR, as `console.error` does.
    pub fn error(&self, text: impl Into<String>) {
        self.write(Level::Error, text.into());
    }

    pub(crate) fn write(&self, level: Level, text: String) {
        let mut this = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        this.push(level, text);
    }

    /// The lines so far, oldest first; if some had to go, the first line says how many.
    pub fn lines(&self) -> Vec<Line> {
        let this = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        if this.dropped > 0 {
            lines.push(Line {
                level: Level::Warning,
                text: format!(
                    "({} earlier lines are not kept: one invocation keeps {KEPT} bytes)",
                    this.dropped
                ),
            });
        }
        lines.extend(this.lines.iter().cloned());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_write_to_one_place_in_order() {
        let console = Console::default();
        console.log("a");
        console.clone().warn("b");
        console.error("c");
        let told: Vec<_> = console
            .lines()
            .into_iter()
            .map(|line| format!("{} {}", line.level.as_str(), line.text))
            .collect();
        assert_eq!(told, ["INFO a", "WARNING b", "ERROR c"]);
    }

    #[test]
    fn a_flood_keeps_the_newest_and_says_so() {
        let console = Console::default();
        for n in 0..1000 {
            console.log(format!("{n:01000}"));
        }
        let lines = console.lines();
        assert!(lines[0].text.starts_with("(746 earlier lines"));
        assert!(lines.last().is_some_and(|line| line.text.ends_with("999")));
        console.log("é".repeat(KEPT));
        let lines = console.lines();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].text.ends_with('é') && lines[1].cost() <= KEPT);
    }

    #[test]
    fn empty_lines_are_not_free() {
        let console = Console::default();
        for _ in 0..KEPT {
            console.log("");
        }
        let lines = console.lines();
        assert_eq!(lines.len(), 1 + KEPT / size_of::<Line>());
        assert!(lines[0].text.contains("earlier lines are not kept"));
    }
}
