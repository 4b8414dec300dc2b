//! Diagnostics as they are found, and whether they stand in the way of serving.

use crate::diagnostic::Diagnostic;

/// How many are kept: a generated file with one fault a line must fill neither memory nor terminal.
const MOST: usize = 200;

/// What was found so far.
#[derive(Default)]
pub(super) struct Faults {
    kept: Vec<Diagnostic>,
    left_out: usize,
    fatal: bool,
}

impl Faults {
    /// Adds a fault of the project itself: an error among them keeps it from being served, because
    /// half understood is not as written (a misspelt `visibility` must not publish a function).
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.fatal |= diagnostic.is_error();
        self.push_local(diagnostic);
    }

    /// Adds a fault that harms a part alone, such as one file of a folder; the rest is served.
    ///
    /// Not so where the machine is short of something: what cannot be read for a moment is no part
    /// that the project lacks.
    pub(super) fn push_local(&mut self, diagnostic: Diagnostic) {
        self.fatal |= diagnostic.is_of_machine();
        if self.has_room() {
            self.kept.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    /// Whether another one would be kept: if not, its help need not be thought of.
    pub(super) fn has_room(&self) -> bool {
        self.kept.len() < MOST
    }

    /// Whether the project cannot be served.
    pub(super) fn fatal(&self) -> bool {
        self.fatal
    }

    /// All that were kept, in the order in which they were found, and a last one that counts the
    /// others.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        if self.left_out > 0 {
            let title = format!("{} more faults are not shown", self.left_out);
            self.kept.push(
                Diagnostic::warning("more-faults", title).help("mend those above, then look again"),
            );
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let mut faults = Faults::default();
        for _ in 0..MOST + 7 {
            faults.push(Diagnostic::warning("x", "y"));
        }
        assert!(!faults.fatal());
        faults.push(Diagnostic::error("x", "y"));
        assert!(faults.fatal());
        let kept = faults.into_diagnostics();
        assert_eq!(kept.len(), MOST + 1);
        assert_eq!(kept[MOST].title, "8 more faults are not shown");
    }

    #[test]
    fn a_local_error_is_not_fatal() {
        let mut faults = Faults::default();
        faults.push_local(Diagnostic::error("x", "y"));
        assert!(!faults.fatal());
    }
}
