//! What parity warnings do to an answer on its way out, where that is wished for.

use super::refusal::Refusal;
use crate::parity::ParityWarning;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use std::collections::BTreeSet;

/// What is done with parity warnings, beside telling the developer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parity {
    /// Whether the answer names the rules.
    pub header: ParityHeader,
    /// Whether the answer is the cloud's where the cloud refuses.
    pub strictness: Strictness,
}

/// Whether the caller is told the names of the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParityHeader {
    /// Only the developer is.
    #[default]
    Absent,
    /// In `x-switchboard-parity`.
    Sent,
}

/// What becomes of an answer that the cloud would not have given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// It is sent, and warned of.
    #[default]
    Warns,
    /// The cloud's refusal is sent in its place.
    Refuses,
}

const HEADER: HeaderName = HeaderName::from_static("x-switchboard-parity");

impl Parity {
    /// The cloud's refusal for the first of `warnings` whose rule has one, where that is wished for.
    pub(super) fn refusal(self, warnings: &[ParityWarning]) -> Option<Refusal> {
        if self.strictness == Strictness::Warns {
            return None;
        }
        warnings.iter().find_map(|warning| {
            let rule = warning.rule.cloud_rule()?;
            Some(Refusal::Strict {
                status: rule.verdict.status()?,
                warning: warning.clone(),
            })
        })
    }

    /// Names the rules of `warnings` in the answer's `headers`, where that is wished for.
    pub(super) fn name(self, warnings: &[ParityWarning], headers: &mut HeaderMap) {
        if self.header == ParityHeader::Absent || warnings.is_empty() {
            return;
        }
        let names: BTreeSet<_> = warnings.iter().map(|warning| warning.rule.name()).collect();
        let names: Vec<_> = names.into_iter().collect();
        if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
            headers.insert(HEADER, value);
        }
    }
}
