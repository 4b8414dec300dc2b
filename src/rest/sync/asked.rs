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
