//! The date of a cookie, as browsers read it.
//!
//! They take far more than HTTP's three forms: `String(new Date())`, which a function is quick to write,
//! is one. Source: RFC 6265, 5.1.1.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The time that a browser reads in `text`, if it reads one.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        // Each token is the first of these that it can be and that is not found yet.
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = digits(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = digits(token, 2, 4)
        {
            year = Some(found);
        }
    }
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    let ([hour, minute, second], day, month) = (time?, day?, month?);
    if year < 1601 {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let at = DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    );
    // The last hours of the year 9999 are beyond a timestamp's.
    let at = TimeZone::UTC.to_timestamp(at.ok()?);
    let seconds = at.unwrap_or(Timestamp::MAX).as_second();
    let span = Duration::from_secs(seconds.unsigned_abs());
    match seconds < 0 {
        true => UNIX_EPOCH.checked_sub(span),
        false => UNIX_EPOCH.checked_add(span),
    }
}

fn is_delimiter(c: char) -> bool {
    matches!(c, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

/// As many digits as stand at the beginning, if they are so many and no more; what follows is ignored.
fn digits(token: &str, least: usize, most: usize) -> Option<i16> {
    let length = token.bytes().take_while(u8::is_ascii_digit).count();
    let fits = (least..=most).contains(&length);
    fits.then(|| token[..length].parse().ok()).flatten()
}

/// `9:59:59`, and what may follow.
fn time_of(token: &str) -> Option<[i16; 3]> {
    let mut parts = token.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !whole(hour) || !whole(minute) {
        return None;
    }
    Some([
        digits(hour, 1, 2)?,
        digits(minute, 1, 2)?,
        digits(second, 1, 2)?,
    ])
}

fn month_of(token: &str) -> Option<i16> {
    let name = token.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == name)?;
    i16::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_read() {
        // 2026-12-03T14:24:44Z
        let at = UNIX_EPOCH + Duration::from_secs(1_796_307_884);
        for text in [
            "Thu, 03 Dec 2026 14:24:44 GMT",
            "Thursday, 03-Dec-26 14:24:44 GMT",
            "Thu Dec  3 14:24:44 2026",
            "Thu, 03-Dec-2026 14:24:44 GMT",
            "Thu Dec 03 2026 14:24:44 GMT+0000 (Coordinated Universal Time)",
            "03 Dec 2026 14:24:44",
            "2026 december 3 14:24:44",
            "14:24:44 03 dec 26",
        ] {
            assert_eq!(parse(text), Some(at), "{text}");
        }
        for text in [
            "",
            "someday",
            "2026-12-03T14:24:44.000Z",
            "Thu, 03 Dec 2026",
            "Thu, 32 Dec 2026 14:24:44 GMT",
            "Thu, 31 Feb 2026 14:24:44 GMT",
            "Thu, 03 Dec 2026 24:24:44 GMT",
            "Thu, 03 Dec 1600 14:24:44 GMT",
            "Thu, 03 Déc 2026 14:24:44 GMT",
            "1796307884",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("Fri, 31 Dec 9999 23:59:59 GMT").is_some_and(|last| last > at));
        assert_eq!(parse("Thu, 01 Jan 70 00:00:00 GMT"), Some(UNIX_EPOCH));
    }
}
