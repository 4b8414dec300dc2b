//! String identifiers as Twilio has them: two letters and 32 hexadecimal digits.
//!
//! Those of things that have a name are made from it, so that they stay the same over restarts and
//! on every machine; a counter or a random number would change what functions store.
//! Source of the prefixes: twilio-oai, `twilio_serverless_v1.json`.

use sha2::{Digest, Sha256};

/// The SID of the service called `name`: `ZS…`.
pub fn service_sid(name: &str) -> String {
    stable("ZS", name)
}

/// The SID of the one environment of the service called `name`: `ZE…`.
pub fn environment_sid(name: &str) -> String {
    stable("ZE", name)
}

/// A SID that is always the same for `prefix` (two upper-case letters) and `name`.
///
/// ```
/// use switchboard::sid;
/// assert_eq!(sid::stable("ZS", "auth"), sid::service_sid("auth"));
/// assert_eq!(sid::stable("ZH", "auth/jwt").len(), 34);
/// ```
pub fn stable(prefix: &str, name: &str) -> String {
    use std::fmt::Write;
    let mut sid = String::with_capacity(34);
    sid.push_str(prefix);
    for byte in &Sha256::digest(name.as_bytes())[..16] {
        // Writing to a String cannot fail.
        let _ = write!(sid, "{byte:02x}");
    }
    sid
}

/// Whether `text` has the form of a SID: two upper-case letters, and 32 hexadecimal digits in lower case.
pub(crate) fn is_one(text: &str) -> bool {
    let (prefix, digits) = text.as_bytes().split_at(text.len().min(2));
    digits.len() == 32
        && prefix.iter().all(u8::is_ascii_uppercase)
        && digits
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_the_first_half_of_the_names_sha256() {
        // `printf auth | sha256sum | cut -c1-32`
        let digits = "bdf49c3c3882102fc017ffb661108c63";
        assert_eq!(service_sid("auth"), format!("ZS{digits}"));
        assert_eq!(environment_sid("auth"), format!("ZE{digits}"));
        assert_ne!(service_sid("auth"), service_sid("demo"));
    }

    #[test]
    fn what_has_the_form_of_a_sid_is_told() {
        assert!(is_one(&service_sid("auth")));
        let digits = "0".repeat(32);
        for text in [
            String::new(),
            "Z".to_string(),
            format!("ZS{digits}0"),
            format!("Zs{digits}"),
            format!("ZS{}F", &digits[1..]),
            format!("é{digits}"),
        ] {
            assert!(!is_one(&text), "{text}");
        }
    }
}
