//! The list of what has happened, bounded.

use super::Performed;
use super::happened::{Ended, Happened, Lasts, ToldFault, What, milliseconds};
use crate::phone::{Fetch, Step};
use crate::twiml::Fault;
use std::time::Duration;

/// As many steps are kept; after them it ends.
const MOST: usize = 1000;

/// As many bytes of them, about.
const MOST_BYTES: usize = 1024 * 1024;

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    all: Vec<Happened>,
    bytes: usize,
    /// The current document.
    document: Option<String>,
}

impl Steps {
    pub(super) fn all(&self) -> &[Happened] {
        &self.all
    }

    /// Whether there is no room for more.
    pub(super) fn full(&self) -> bool {
        self.all.len() >= MOST || self.bytes >= MOST_BYTES
    }

    pub(super) fn push(&mut self, at: Duration, lasts: Lasts, line: Option<u32>, what: What) {
        self.bytes += what.bytes();
        let number = u32::try_from(self.all.len() + 1).unwrap_or(u32::MAX);
        self.all.push(Happened {
            number,
            at_ms: milliseconds(at),
            lasts,
            line,
            what,
        });
    }

    /// A thing without length.
    pub(super) fn point(&mut self, at: Duration, what: What) {
        self.push(at, Lasts::Exactly(0), None, what);
    }

    pub(super) fn step(&mut self, step: &Step) {
        if let Some(what) = What::of(step) {
            let line = step.at.map(|at| at.line);
            self.push(step.begins, step.lasts.into(), line, what);
        }
    }

    pub(super) fn faults<'f>(&mut self, at: Duration, faults: impl IntoIterator<Item = &'f Fault>) {
        for fault in faults {
            self.fault(at, fault, None);
        }
    }

    /// A fault of `document`, or else of the current one.
    pub(super) fn fault(&mut self, at: Duration, fault: &Fault, document: Option<&str>) {
        if !self.full() {
            let document = document.or(self.document.as_deref());
            let told = ToldFault::new(fault, document);
            self.point(at, What::Fault(told));
        }
    }

    pub(super) fn request(&mut self, fetch: &Fetch) {
        self.point(fetch.at, What::request(fetch));
    }

    /// What came of the request that was pushed last.
    pub(super) fn performed(&mut self, performed: &Performed) {
        let Some(What::Request {
            url,
            told,
            exchanges,
            status,
            error,
            ..
        }) = self.all.last_mut().map(|happened| &mut happened.what)
        else {
            return;
        };
        exchanges.clone_from(&performed.exchanges);
        match &performed.result {
            Ok(answer) => {
                *status = Some(answer.status);
                if !*told {
                    self.document = Some(answer.url.clone().unwrap_or_else(|| url.clone()));
                }
            }
            Err(missed) => *error = Some(missed.text.clone()),
        }
    }

    pub(super) fn end(&mut self, at: Duration, ended: &Ended) {
        self.point(at, What::End(ended.clone()));
    }
}

/// That there were too many.
pub(super) fn too_many() -> Ended {
    Ended {
        why: "failed",
        text: format!(
            "more than {MOST} steps, or too much text in them: a loop? (the limit is this tool's)"
        ),
        failed: true,
    }
}
