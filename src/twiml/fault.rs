//! What is wrong with a document, and where.

use super::Position;
use crate::dictionary::Severity;

/// One fault of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Twilio's number for it (`https://www.twilio.com/docs/api/errors/<code>`); `None` where
    /// Twilio has none, or none is known.
    pub code: Option<u32>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What Twilio does about it.
    pub severity: Severity,
    /// What is wrong and what to do, in one or two sentences.
    pub text: String,
}

impl Fault {
    /// A fault at which Twilio stops.
    pub(crate) fn error(code: impl Into<Option<u32>>, at: Position, text: String) -> Self {
        Fault {
            code: code.into(),
            line: at.line,
            column: at.column,
            severity: Severity::Error,
            text,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if let Some(code) = self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}
