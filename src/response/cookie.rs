//! What the cloud does to `Set-Cookie`.
//!
//! Source: Twilio docs, "Headers and cookies: limitations" and "Setting and modifying". The exact
//! text and order of the added attributes is not public (not verified): they are appended as
//! `;Domain=…;HttpOnly;Secure`, in the style of `setCookie`.

use super::cookie_date;
use std::time::{Duration, SystemTime};

/// The longest life of a cookie.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The cookie would live for more than 24 hours, which the cloud answers with a 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Rewrites one `Set-Cookie` value for a function reached under `host` (no port).
pub(super) fn rewrite(cookie: &str, host: &str, now: SystemTime) -> Result<String, TooLong> {
    let mut kept = String::with_capacity(cookie.len() + host.len() + 24);
    let (mut http_only, mut secure) = (false, false);
    let (mut max_age, mut expires) = (None, None);
    for (position, part) in cookie.split(';').enumerate() {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim(), value.trim());
        if position > 0 {
            if name.eq_ignore_ascii_case("domain") {
                continue;
            }
            http_only |= name.eq_ignore_ascii_case("httponly");
            secure |= name.eq_ignore_ascii_case("secure");
            if name.eq_ignore_ascii_case("max-age") {
                // Saturating: a number too large for the type is certainly too large for a day.
                max_age = seconds(value);
            } else if name.eq_ignore_ascii_case("expires") {
                expires = cookie_date::parse(value);
            }
            kept.push(';');
        }
        kept.push_str(part);
    }
    let too_long = match (max_age, expires) {
        (Some(seconds), _) => seconds > DAY.as_secs(),
        (None, Some(at)) => at.duration_since(now).is_ok_and(|left| left > DAY),
        (None, None) => false,
    };
    if too_long {
        return Err(TooLong);
    }
    kept.push_str(";Domain=");
    kept.push_str(host);
    if !http_only {
        kept.push_str(";HttpOnly");
    }
    if !secure {
        kept.push_str(";Secure");
    }
    Ok(kept)
}

/// RFC 6265, 5.2.2: digits, or a minus and digits, which is the past; all else is ignored.
fn seconds(value: &str) -> Option<u64> {
    let (past, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(if past {
        0
    } else {
        digits.parse().unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn the_rules_of_the_cloud() {
        let now = UNIX_EPOCH + Duration::from_secs(1_445_412_480); // 2015-10-21 07:28 GMT
        let table: &[(&str, Result<&str, TooLong>)] = &[
            ("a=1", Ok("a=1;Domain=h;HttpOnly;Secure")),
            ("a=1; Path=/", Ok("a=1; Path=/;Domain=h;HttpOnly;Secure")),
            ("a=1;httponly", Ok("a=1;httponly;Domain=h;Secure")),
            ("a=1;SECURE; HttpOnly", Ok("a=1;SECURE; HttpOnly;Domain=h")),
            (
                "a=1;Domain=evil.com;x",
                Ok("a=1;x;Domain=h;HttpOnly;Secure"),
            ),
            ("domain=1", Ok("domain=1;Domain=h;HttpOnly;Secure")),
            (
                "a=1;Max-Age=86400",
                Ok("a=1;Max-Age=86400;Domain=h;HttpOnly;Secure"),
            ),
            ("a=1;Max-Age=86401", Err(TooLong)),
            ("a=1;max-age = 99999999999999999999999", Err(TooLong)),
            (
                "a=1;Max-Age=-99999999",
                Ok("a=1;Max-Age=-99999999;Domain=h;HttpOnly;Secure"),
            ),
            (
                "a=1;Max-Age=1e9",
                Ok("a=1;Max-Age=1e9;Domain=h;HttpOnly;Secure"),
            ),
            (
                "a=1;Expires=Thu, 22 Oct 2015 07:28:00 GMT",
                Ok("a=1;Expires=Thu, 22 Oct 2015 07:28:00 GMT;Domain=h;HttpOnly;Secure"),
            ),
            ("a=1;Expires=Thu, 22 Oct 2015 07:28:01 GMT", Err(TooLong)),
            (
                "a=1;Expires=Fri Oct 23 2015 07:28:00 GMT+0000 (UTC)",
                Err(TooLong),
            ),
            (
                "a=1;Expires=Thu, 22 Oct 2025 07:28:01 GMT;Max-Age=5",
                Ok("a=1;Expires=Thu, 22 Oct 2025 07:28:01 GMT;Max-Age=5;Domain=h;HttpOnly;Secure"),
            ),
            (
                "a=1;Expires=someday",
                Ok("a=1;Expires=someday;Domain=h;HttpOnly;Secure"),
            ),
            ("", Ok(";Domain=h;HttpOnly;Secure")),
        ];
        for (cookie, expected) in table {
            assert_eq!(
                rewrite(cookie, "h", now),
                expected.map(str::to_string),
                "{cookie}"
            );
        }
    }
}
