//! The table of rules, by topic.
//!
//! A rule without a test, or a test that is gone, fails `parity::tests`; so does a row that
//! `docs/parity.md` does not have.

mod answers;
mod callers;
mod deployment;
mod events;
mod limits;
mod requests;

use super::{CloudRule, Confidence, Verdict};

/// A topic with its rules.
pub(super) type Topic = (&'static str, &'static [CloudRule]);

/// The topics in the order of a request's life.
pub(super) const TOPICS: [Topic; 6] = [
    ("Requests", requests::RULES),
    ("Who may call", callers::RULES),
    ("Event, context and runtime", events::RULES),
    ("Answers", answers::RULES),
    ("Limits", limits::RULES),
    ("Deployment", deployment::RULES),
];

/// All rules, topic by topic.
pub fn rules() -> impl Iterator<Item = &'static CloudRule> {
    TOPICS.iter().flat_map(|(_, rules)| rules.iter())
}

const DIFFERS: Verdict = Verdict::Differs;

const fn refuses(status: u16) -> Verdict {
    Verdict::Refuses { status, code: None }
}

const fn refuses_as(status: u16, code: u32) -> Verdict {
    Verdict::Refuses {
        status,
        code: Some(code),
    }
}

const fn fails(code: Option<u32>) -> Verdict {
    Verdict::FailsDeployment { code }
}

const fn rule(
    name: &'static str,
    says: &'static str,
    source: &'static str,
    confidence: Confidence,
    verdict: Verdict,
    shown_by: &'static str,
) -> CloudRule {
    CloudRule {
        name,
        says,
        source,
        confidence,
        verdict,
        shown_by,
    }
}
