//! Who may reach a function or an asset over HTTP.
//!
//! Source: Twilio docs, "Understanding visibility of Functions and Assets".

use serde::{Deserialize, Serialize};

/// Twilio's three visibilities.
///
/// The default is [`Visibility::Public`], as the Serverless Toolkit has it for files without a
/// marker in their name (the Twilio Console's default is Protected).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Anyone may call it.
    #[default]
    Public,
    /// Only a request with a valid `X-Twilio-Signature`; others get 403.
    Protected,
    /// No URL at all (404); reached through `Runtime` only.
    Private,
}

impl Visibility {
    /// All three, in the order in which they are listed to people.
    pub const ALL: [Visibility; 3] = [
        Visibility::Public,
        Visibility::Protected,
        Visibility::Private,
    ];

    /// The lower-case word used in files, logs and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Protected => "protected",
            Visibility::Private => "private",
        }
    }
}

/// Whether a route that is not public let a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admission {
    /// Its signature was good.
    Passed,
    /// It had no good signature, or the route is private.
    Refused,
}

impl std::fmt::Display for Visibility {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
