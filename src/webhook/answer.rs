//! What Twilio heard, or why it heard nothing.

use crate::media_type::essence;

/// An answer, as far as Twilio looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The status.
    pub status: u16,
    /// The `Content-Type` as sent.
    pub content_type: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl Heard<'_> {
    /// The content type without its parameters, in lower case.
    pub(super) fn media_type(&self) -> Option<String> {
        let text = str::from_utf8(essence(self.content_type?.as_bytes())).ok()?;
        (!text.is_empty()).then(|| text.to_ascii_lowercase())
    }
}

/// Why there is no answer, in the cases that Twilio's errors tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The host's name leads nowhere.
    Host,
    /// Nobody takes the connection, or it breaks.
    Connection,
    /// No answer in the time that Twilio waits.
    Time,
    /// What answers does not speak HTTP.
    Protocol,
    /// No TLS with the server.
    Tls,
    /// The certificate is for another host.
    CertificateName,
    /// The certificate is too old.
    CertificateExpired,
    /// The certificate is of nobody who is trusted.
    CertificateUntrusted,
    /// Too many redirects in a row.
    Redirects,
    /// A redirect that cannot be followed.
    Redirect,
}

impl Unreached {
    /// Twilio's number for it.
    pub(crate) fn code(self) -> u32 {
        match self {
            Unreached::Host => 11210,
            Unreached::Connection | Unreached::Time => 11205,
            Unreached::Protocol => 11206,
            Unreached::Tls => 11220,
            Unreached::CertificateName => 11235,
            Unreached::CertificateExpired => 11236,
            Unreached::CertificateUntrusted => 11237,
            Unreached::Redirects => 11215,
            Unreached::Redirect => 11216,
        }
    }
}

/// An answer that did not come.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{text}")]
pub struct Missed {
    /// What Twilio would call it.
    pub cause: Unreached,
    /// What happened, in a few words.
    pub text: String,
}

impl Missed {
    /// For `cause`, told in `text`.
    pub fn new(cause: Unreached, text: impl Into<String>) -> Self {
        Missed {
            cause,
            text: text.into(),
        }
    }
}
