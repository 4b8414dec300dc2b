//! A request to Sync, and the time.

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

    pub(super) fn nowhere(&self) -> Refused {
        Refused::nowhere_at(self.path)
    }

    /// Whether one of these parameters is there, if only to say nothing.
    pub(super) fn has(&self, names: &[&str]) -> Result<(), Refused> {
        let mut parameters = self.request.parameters.iter();
        let there = parameters.any(|(name, _)| names.contains(&name.as_str()));
        there.then_some(()).ok_or_else(|| {
            Refused::given(
                54010,
                "No parameters specified. Expected at least 1 optional parameter",
            )
        })
    }

    /// Whether `revision` is the one that the client has seen, where it says which.
    pub(super) fn matches(&self, revision: u64, code: u32, what: &str) -> Result<(), Refused> {
        let Some(expected) = self.request.if_match.as_deref() else {
            return Ok(());
        };
        let expected = expected.trim().trim_matches('"');
        if expected == "*" || expected == hex(revision) {
            return Ok(());
        }
        let message = format!("The revision of the {what} does not match the expected revision");
        Err(Refused::with(412, code, message))
    }
}
