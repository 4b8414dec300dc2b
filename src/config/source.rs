//! A text file as diagnostics show it.

use super::Place;
use crate::diagnostic::Diagnostic;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A file's name for people, and its text with secrets masked: byte for byte as long as what was
/// read, so that offsets agree.
pub(super) struct Source {
    pub(super) file: PathBuf,
    text: Arc<str>,
    /// Where each line starts: counting line feeds anew for each of thousands of places would take
    /// a square of time.
    line_starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: PathBuf, shown: impl Into<Arc<str>>) -> Self {
        let text = shown.into();
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(after_breaks).collect();
        Source {
            file,
            text,
            line_starts,
        }
    }

    /// Adds the bytes `span` to `diagnostic`.
    pub(super) fn label(
        &self,
        diagnostic: Diagnostic,
        span: Range<usize>,
        text: impl Into<String>,
    ) -> Diagnostic {
        diagnostic.at(&self.file, &self.text, span, text)
    }

    /// An error at `span`.
    pub(super) fn error(
        &self,
        code: &'static str,
        title: impl Into<String>,
        span: Range<usize>,
        text: impl Into<String>,
    ) -> Diagnostic {
        self.label(Diagnostic::error(code, title), span, text)
    }

    /// A warning at `span`.
    pub(super) fn warning(
        &self,
        code: &'static str,
        title: impl Into<String>,
        span: Range<usize>,
        text: impl Into<String>,
    ) -> Diagnostic {
        self.label(Diagnostic::warning(code, title), span, text)
    }

    /// The line that holds `offset`.
    pub(super) fn place(&self, offset: usize) -> Place {
        Place {
            file: self.file.clone(),
            line: self.line_starts.partition_point(|start| *start <= offset),
        }
    }

    /// The bytes of line `number` (from 1), its line break left out.
    pub(super) fn line(&self, number: usize) -> Range<usize> {
        let end_of_text = self.text.len();
        let start = number.checked_sub(1).and_then(|i| self.line_starts.get(i));
        let start = start.copied().unwrap_or(end_of_text);
        let next = self.line_starts.get(number);
        let end = next.map_or(end_of_text, |next| next.saturating_sub(1));
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_lines_agree() {
        let source = Source::new("f".into(), "a\n\nbc");
        for (offset, line) in [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (5, 3), (99, 3)] {
            assert_eq!(source.place(offset).line, line, "{offset}");
        }
        assert_eq!([1, 2, 3].map(|n| source.line(n)), [0..1, 2..2, 3..5]);
        assert_eq!([0, 4].map(|n| source.line(n)), [5..5, 5..5]);
        assert_eq!(Source::new("f".into(), "").line(1), 0..0);
    }
}
