//! What was found, and how it is written.

use crate::cli::print::plain;
use crate::cli::print::style::{ERROR, GOOD, WARNING};
use serde::Serialize;
use std::fmt::Write;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Standing {
    Ok,
    /// Something will not be as one may think.
    Warn,
    /// Something does not work.
    Fault,
}

/// One thing that was looked at. Its fields are those of the JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at, in a word.
    pub(super) check: &'static str,
    pub(super) standing: Standing,
    pub(super) text: String,
    /// What to do; empty where there is nothing to.
    pub(super) help: String,
}

impl Finding {
    pub(super) fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Finding {
            check,
            standing: Standing::Ok,
            text: text.into(),
            help: String::new(),
        }
    }

    pub(super) fn warn(check: &'static str, text: impl Into<String>, help: &str) -> Self {
        Finding {
            standing: Standing::Warn,
            help: help.to_string(),
            ..Finding::ok(check, text)
        }
    }

    pub(super) fn fault(check: &'static str, text: impl Into<String>, help: &str) -> Self {
        Finding {
            standing: Standing::Fault,
            ..Finding::warn(check, text, help)
        }
    }
}

/// A line for each, and one for what to do.
pub(super) fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let (style, word) = match finding.standing {
            Standing::Ok => (GOOD, "ok"),
            Standing::Warn => (WARNING, "warn"),
            Standing::Fault => (ERROR, "fault"),
        };
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(
            text,
            "{style}{word:5}{style:#}  {:width$}  {}",
            finding.check,
            plain::line(&finding.text)
        );
        if !finding.help.is_empty() {
            let _ = writeln!(text, "{:7}{:width$}  help: {}", "", "", finding.help);
        }
    }
    text
}
