//! A request to Sync, and the time.

use super::given::Holder;
use super::shown::hex;
use crate::rest::refused::Refused;
use crate::rest::{Now, Request};

/// A request to Sync.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    /// With the parameters of its URL.
    pub(super) request: &'r Request,
    /// As a refusal has it: without the version.
    pub(super) path: &'r str,
    pub(super) now: Now<'r>,
}

impl Asked<'_> {
    pub(super) fn seconds(&self) -> i64 {
        self.now.unix_seconds
    }

    /// For a line: what is asked for, with the key or the name of what is to be made.
    pub(super) fn shown(&self) -> String {
        let made = ["Key", "UniqueName"];
        let made = made.iter().find_map(|name| self.request.parameter(name));
        let made = made.map_or_else(String::new, |name| format!(" “{}”", brief(name)));
        format!("{} /{}{made}", self.request.method, brief(self.path))
    }

    pub(super) fn nowhere(&self) -> Refused {
        Refused::nowhere_at(self.path)
    }

    /// One of these parameters must be there, if only to say nothing.
    pub(super) fn needs_one_of(&self, names: &[&str]) -> Result<(), Refused> {
        let mut parameters = self.request.parameters.iter();
        let there = parameters.any(|(name, _)| names.contains(&name.as_str()));
        there.then_some(()).ok_or_else(|| {
            Refused::given(
                54010,
                "No parameters specified. Expected at least 1 optional parameter",
            )
        })
    }

    /// Where the client says which revision it has seen, `revision` must be that one.
    pub(super) fn expects(&self, revision: u64, holder: Holder) -> Result<(), Refused> {
        let expected = self.request.if_match.as_deref();
        let is_met = expected.is_none_or(|expected| {
            let expected = expected.trim().trim_matches('"');
            expected == "*" || expected == hex(revision)
        });
        is_met.then_some(()).ok_or_else(|| holder.mismatch())
    }
}

/// As much of it as is read in a line.
fn brief(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
