//! What stands before `.twil.io` and `.localhost` in a service's host name.
//!
//! Source: Twilio docs, "Create a Service": `<name>-<4 digits>[-<suffix>].twil.io`, the suffix of
//! the Toolkit being `dev`.

use sha2::{Digest, Sha256};

/// The domain of a service that has none: always the same for a name, in lower case.
pub(super) fn default_for(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let number = digest[..4]
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte));
    format!("{}-{:04}-dev", name.to_ascii_lowercase(), number % 10_000)
}

/// Why `domain` cannot stand in a host name; `None` if it can. Dots are allowed: a regional service
/// has `ahoy-1234.dublin.ie1`.
pub(super) fn fault(domain: &str) -> Option<String> {
    if domain.ends_with(".twil.io") || domain.ends_with(".localhost") {
        return Some("a domain is written without `.twil.io`".into());
    }
    // 253 are allowed for the whole name, `.localhost` included.
    if domain.len() > 243 {
        return Some("a domain has at most 243 characters".into());
    }
    domain.split('.').find_map(|label| match label {
        "" => Some("a domain and its parts between dots cannot be empty".into()),
        _ if label.len() > 63 => Some("a part of a domain has at most 63 characters".into()),
        _ if label.starts_with('-') || label.ends_with('-') => {
            Some("a part of a domain cannot begin or end with a dash".into())
        }
        _ => label
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '-')
            .map(|c| {
                format!("a domain has letters, digits, dashes and dots only; {c:?} is none of them")
            }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_has_four_digits_that_depend_on_the_name_alone() {
        // The first four bytes of SHA-256("auth") are bdf49c3c: 3186924604.
        assert_eq!(default_for("auth"), "auth-4604-dev");
        assert_eq!(default_for("auth"), default_for("auth"));
        assert_ne!(default_for("Auth"), default_for("auth"));
        assert!(default_for("Auth").starts_with("auth-"));
        assert_eq!(fault(&default_for(&"x".repeat(49))), None);
    }

    #[test]
    fn only_host_names_pass() {
        for good in [
            "a",
            "auth-4173-dev",
            "A1",
            "ahoy-1234.dublin.ie1",
            &"x".repeat(63),
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("", "cannot be empty"),
            ("a..b", "cannot be empty"),
            ("-a", "dash"),
            ("a.b-", "dash"),
            ("a_b", "'_'"),
            ("a:1", "':'"),
            ("é", "'é'"),
            ("auth-4173-dev.twil.io", "without `.twil.io`"),
            (&"x".repeat(64), "63"),
            (&"x.".repeat(122), "243"),
        ] {
            let fault = fault(bad).unwrap_or_default();
            assert!(fault.contains(why), "{bad}: {fault}");
        }
    }
}
