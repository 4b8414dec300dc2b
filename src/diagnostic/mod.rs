//! Faults in the user's files, told with file, line, caret and help.
//!
//! A [`Diagnostic`] is a value: modules that read files return a list of them, all at once and
//! never only the first, and print nothing. Showing them is the caller's business, with
//! [`render`] or [`to_json`].

mod render;

pub use render::{Colour, render, to_json};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth saying; the project is served all the same.
    Warning,
    /// The project, or the named part of it, cannot be served as written.
    Error,
}

/// One fault in the user's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code to search for, such as `unknown-key`.
    pub code: &'static str,
    /// Whether the project can be served all the same.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub title: String,
    /// The places concerned, the culprit first.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

/// A place in a file, with what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file, as it should be shown (relative to the project folder where it lies in it).
    pub file: PathBuf,
    /// The file's text and the bytes meant; `None` where the file as a whole is meant.
    pub excerpt: Option<Excerpt>,
    /// A few words shown beside the caret; may be empty.
    pub text: String,
}

/// Part of a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The whole text of the file.
    pub source: Arc<str>,
    /// The bytes of it that are meant.
    pub span: Range<usize>,
}

/// The code of a fault that is the machine's and passes: files are there and cannot be read now.
const SHORT: &str = "machine-is-short";

/// Whether the system had no file descriptor, or no memory, for it.
fn is_short(error: &std::io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let short = [Errno::MFILE, Errno::NFILE, Errno::NOMEM];
        let number = error.raw_os_error();
        short
            .iter()
            .any(|short| number == Some(short.raw_os_error()))
    }
    #[cfg(not(unix))]
    {
        error.kind() == std::io::ErrorKind::OutOfMemory
    }
}

impl Diagnostic {
    /// That a file or folder cannot be read.
    pub(crate) fn unreadable(error: &std::io::Error, what: &str) -> Self {
        let title = format!("{what} cannot be read: {error}");
        match is_short(error) {
            true => Diagnostic::error(SHORT, title)
                .help("close what holds so many files, or raise `ulimit -n`"),
            false => Diagnostic::error("unreadable", title),
        }
    }

    /// Whether the machine is at fault and not the project: it may be otherwise in a moment.
    pub(crate) fn is_of_machine(&self) -> bool {
        self.code == SHORT
    }

    /// A fault that keeps the project, or a part of it, from being served.
    pub fn error(code: &'static str, title: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            title: title.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// Something worth saying that stops nothing.
    pub fn warning(code: &'static str, title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, title)
        }
    }

    /// Adds a place: the bytes `span` of `source`, which is the text of `file`.
    #[must_use]
    pub fn at(
        mut self,
        file: impl Into<PathBuf>,
        source: &Arc<str>,
        span: Range<usize>,
        text: impl Into<String>,
    ) -> Self {
        self.labels.push(Label {
            file: file.into(),
            excerpt: Some(Excerpt {
                source: Arc::clone(source),
                span,
            }),
            text: text.into(),
        });
        self
    }

    /// Adds a file as a whole.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            file: file.into(),
            excerpt: None,
            text: text.into(),
        });
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether this one keeps something from being served.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
