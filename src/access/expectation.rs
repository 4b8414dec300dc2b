//! The file that says who shall reach what: TOML, a line for each route, sorted, so that a change
//! of one visibility is a change of one line.

use super::{Caller, Row, Verdict};
use crate::visibility::Visibility;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "\
# Who reaches what. Written by `switchboard access --write FILE`, compared by `--expect FILE`.
";

/// What is expected of every route, by service and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Expectation {
    pub(super) services: BTreeMap<String, BTreeMap<String, Expected>>,
}

/// What is expected of one route.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) visibility: Visibility,
    pub(super) anyone: Verdict,
    pub(super) twilio: Verdict,
    pub(super) other_token: Verdict,
    pub(super) function: Verdict,
}

/// The text is no such file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreadable(#[from] toml::de::Error);

impl Expected {
    pub(super) fn of(&self, caller: Caller) -> Verdict {
        match caller {
            Caller::Anyone => self.anyone,
            Caller::Twilio => self.twilio,
            Caller::OtherToken => self.other_token,
            Caller::Function => self.function,
        }
    }
}

impl Expectation {
    /// Reads what [`Expectation::write`] wrote.
    ///
    /// # Errors
    ///
    /// When the text is something else; the error names the line.
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        Ok(toml::from_str(text)?)
    }

    /// What `rows`, which are sorted, say now.
    pub(crate) fn write(rows: &[Row]) -> String {
        let mut text = HEAD.to_string();
        for rows in rows.chunk_by(|a, b| a.service == b.service) {
            let Some(first) = rows.first() else { continue };
            let paths: Vec<String> = rows.iter().map(|row| quoted(&row.path)).collect();
            let width = paths.iter().map(|path| path.chars().count()).max();
            let width = width.unwrap_or(0);
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(text, "\n[{}]", first.service);
            for (row, path) in rows.iter().zip(paths) {
                let visibility = format!("\"{}\"", row.visibility);
                let _ = write!(text, "{path:width$} = {{ visibility = {visibility}");
                for judged in &row.judged {
                    let _ = write!(text, ", {} = \"{}\"", judged.caller.key(), judged.verdict);
                }
                text.push_str(" }\n");
            }
        }
        text
    }
}

/// A path as a TOML key.
fn quoted(path: &str) -> String {
    let mut key = String::with_capacity(path.len() + 2);
    key.push('"');
    for c in path.chars() {
        match c {
            '"' | '\\' => key.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(key, "\\u{:04X}", u32::from(c));
            }
            c => key.push(c),
        }
    }
    key.push('"');
    key
}
