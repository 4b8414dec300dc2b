//! The account that a service belongs to, as far as a local server needs one.
//!
//! A signature needs a token and `context.getTwilioClient()` needs both in their true form (34 and
//! 32 characters); so a project without credentials gets fixed ones that nobody can take for real.

use super::Place;
use std::fmt;
use std::sync::Arc;

/// The token of a service that has none: 32 characters, as Twilio's have.
pub const DEVELOPMENT_AUTH_TOKEN: &str = "switchboard-development-token-00";

/// The account of a service that has none: `AC` and 32 hexadecimal digits, as Twilio's have.
pub const DEVELOPMENT_ACCOUNT_SID: &str = "AC00000000000000000000000000000000";

/// The secret that signs and verifies requests.
#[derive(Clone, PartialEq, Eq)]
pub enum AuthToken {
    /// Given by the project: `auth_token`, or the variable `AUTH_TOKEN` or `TWILIO_AUTH_TOKEN`.
    Given(Arc<str>),
    /// [`DEVELOPMENT_AUTH_TOKEN`]: no secret, and may be printed.
    Development,
}

impl AuthToken {
    /// The token itself.
    pub fn as_str(&self) -> &str {
        match self {
            AuthToken::Given(token) => token,
            AuthToken::Development => DEVELOPMENT_AUTH_TOKEN,
        }
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AuthToken::Given(_) => "Given(…)",
            AuthToken::Development => "Development",
        })
    }
}

/// Where the token or the account of a service was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialOrigin {
    /// `auth_token` or `account_sid` in `services.toml`.
    ServicesToml(Place),
    /// The service's variable of that name.
    Variable(&'static str),
    /// Nowhere: it is the one for development.
    Development,
}

/// Whether `sid` has the form of an account SID: `AC` and 32 hexadecimal digits.
pub(super) fn is_account_sid(sid: &str) -> bool {
    sid.strip_prefix("AC")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_development_credentials_have_the_true_form() {
        assert_eq!(DEVELOPMENT_AUTH_TOKEN.len(), 32);
        assert!(is_account_sid(DEVELOPMENT_ACCOUNT_SID));
    }

    #[test]
    fn an_account_sid_is_ac_and_32_hexadecimal_digits() {
        for bad in ["", "AC", "AC123", "ZS00000000000000000000000000000000"] {
            assert!(!is_account_sid(bad), "{bad}");
        }
        assert!(!is_account_sid(&format!("AC{}", "g".repeat(32))));
        assert!(!is_account_sid(&format!("AC{}", "0".repeat(33))));
        assert!(is_account_sid(&format!("AC{}", "aF".repeat(16))));
    }

    #[test]
    fn debug_output_hides_a_given_token() {
        let token = AuthToken::Given("s3cret".into());
        assert_eq!(format!("{token:?}"), "Given(…)");
        assert_eq!(token.as_str(), "s3cret");
    }
}
