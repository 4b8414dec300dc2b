//! Parity warnings that were written before.
//!
//! Many of them are about a service or a file and come with each of its exchanges. In full, again and
//! again, they would bury what is new; left out, they would be forgotten.

use crate::parity::{ParityWarning, Rule};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// How many are remembered; then all are told anew.
const KEPT: usize = 512;

/// What was written since files changed: of which service, what.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashSet<(Option<String>, ParityWarning)>>);

impl Told {
    /// Parts the warnings of an exchange with `service`: those to be written in full, and the rules of
    /// those that were, each once.
    pub(super) fn part<'w>(
        &self,
        service: Option<&str>,
        warnings: &'w [ParityWarning],
    ) -> (Vec<&'w ParityWarning>, Vec<Rule>) {
        if warnings.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= KEPT {
            told.clear();
        }
        let (mut new, mut again) = (Vec::new(), Vec::new());
        for warning in warnings {
            if told.insert((service.map(str::to_string), warning.clone())) {
                new.push(warning);
            } else if !again.contains(&warning.rule) {
                again.push(warning.rule);
            }
        }
        (new, again)
    }

    /// Files have changed: what still holds is told anew.
    pub(super) fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_told_in_full_once_for_each_service_and_anew_after_a_change() {
        let told = Told::default();
        let of = |rule| ParityWarning::new(rule, "text");
        let two = [of(Rule::RuntimeHandler), of(Rule::BrowserBlocks)];
        let part = |service, warnings| {
            let (new, again) = told.part(Some(service), warnings);
            (new.len(), again)
        };
        assert_eq!(part("a", &two[..1]), (1, vec![]));
        assert_eq!(part("a", &two), (1, vec![Rule::RuntimeHandler]));
        assert_eq!(part("b", &two), (2, vec![]));
        let others = [ParityWarning::new(Rule::RuntimeHandler, "another text")];
        assert_eq!(part("a", &others), (1, vec![]));
        told.forget();
        assert_eq!(part("a", &two), (2, vec![]));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let told = Told::default();
        for n in 0..KEPT + 10 {
            told.part(
                None,
                &[ParityWarning::new(Rule::BrowserBlocks, n.to_string())],
            );
        }
        assert!(told.0.lock().unwrap().len() <= KEPT);
    }
}
