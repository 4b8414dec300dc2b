//! One rule of how the cloud behaves, with how sure that is.

use std::fmt;

/// One rule of how the cloud behaves.
#[derive(Clone, Copy, Debug)]
pub struct CloudRule {
    /// The stable name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
    /// What the cloud does with what breaks it.
    pub verdict: Verdict,
    /// The test that shows how it is kept here, by its function's name.
    pub shown_by: &'static str,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// Twilio documents it.
    Known,
    /// It was seen in a published capture, or told by Twilio's staff.
    Observed,
    /// It follows from those, or from what Twilio's own tools do.
    Inferred,
    /// No public source settles it: the choice is ours.
    NotVerified,
}

/// What the cloud does with what breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answers with this status; the code is that of Twilio's error, if there is one.
    Refuses {
        /// The HTTP status.
        status: u16,
        /// Twilio's error code.
        code: Option<u32>,
    },
    /// The project is not deployed: an upload or the build fails.
    FailsDeployment {
        /// Twilio's error code.
        code: Option<u32>,
    },
    /// It goes on, but otherwise than a local server might.
    Differs,
}

impl Verdict {
    /// The status that the cloud refuses with, if it does.
    pub fn status(self) -> Option<u16> {
        match self {
            Verdict::Refuses { status, .. } => Some(status),
            Verdict::FailsDeployment { .. } | Verdict::Differs => None,
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Confidence::Known => "known",
            Confidence::Observed => "observed",
            Confidence::Inferred => "inferred",
            Confidence::NotVerified => "not verified",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match *self {
            Verdict::Refuses { status, code } => {
                write!(f, "refuses: {status}")?;
                code
            }
            Verdict::FailsDeployment { code } => {
                f.write_str("fails to deploy")?;
                code
            }
            Verdict::Differs => {
                f.write_str("differs")?;
                None
            }
        };
        match code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}
