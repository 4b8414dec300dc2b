//! The secret that ngrok knows an account by.

use std::ffi::OsString;
use std::fmt;

/// Where it is read from. ngrok's agent takes the same variable; its file is its own.
const VARIABLE: &str = "NGROK_AUTHTOKEN";

/// An authtoken. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Authtoken(String);

impl Authtoken {
    /// That of the environment, if there is one.
    pub(in crate::tunnel) fn of_environment() -> Option<Self> {
        Authtoken::of(std::env::var_os(VARIABLE)?)
    }

    /// What `value` holds; `None` where that is nothing but space.
    pub(in crate::tunnel) fn of(value: OsString) -> Option<Self> {
        let text = value.to_string_lossy();
        let text = text.trim();
        (!text.is_empty()).then(|| Authtoken(text.to_string()))
    }

    /// For ngrok's service, and nobody else.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// `text` of somebody else's without it.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "…")
    }
}

impl fmt::Debug for Authtoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authtoken(…)")
    }
}
