//! Whether a request wants the file at all: `If-Match` and its kin.
//!
//! Like Express, tags are compared weakly everywhere, `If-Match` and `If-Range` included (RFC 9110
//! asks for strong comparison there, which a weak tag never passes, so that no download could be
//! resumed), an empty header is none, and `Cache-Control: no-cache` in the request asks for the
//! file whatever else it says. Unlike Express, `If-Modified-Since` is not looked at beside
//! `If-None-Match` (RFC 9110, 13.1.3), and dates are read in HTTP's three formats only.
//!
//! Source: npm `send` 0.19 `isPreconditionFailure` and `isRangeFresh`; npm `fresh` 0.5.2.

use http::header::{
    CACHE_CONTROL, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};
use http::{HeaderMap, HeaderName};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Validators {
    /// The entity tag, quotes and `W/` included.
    pub(super) etag: String,
    /// Seconds since 1970, as `Last-Modified` says them.
    pub(super) modified: u64,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Answer with the file.
    Send,
    /// The client's copy is good: 304.
    NotModified,
    /// The file is not the one that the client means: 412.
    Failed,
}

/// Judges the conditions in `headers`; with none of them the file is sent.
pub(super) fn judge(headers: &HeaderMap, file: &Validators) -> Verdict {
    if fails(headers, file) {
        Verdict::Failed
    } else if is_fresh(headers, file) {
        Verdict::NotModified
    } else {
        Verdict::Send
    }
}

/// Whether `If-Range`, if there, still holds; a range is to be left unheeded otherwise.
pub(super) fn range_holds(headers: &HeaderMap, file: &Validators) -> bool {
    match text(headers, &IF_RANGE) {
        None => true,
        Some(tag) if tag.contains('"') => tag.trim() == file.etag,
        Some(date) => seconds(date).is_some_and(|date| file.modified <= date),
    }
}

fn fails(headers: &HeaderMap, file: &Validators) -> bool {
    if text(headers, &IF_MATCH).is_some() {
        return !names(headers, &IF_MATCH, &file.etag);
    }
    text(headers, &IF_UNMODIFIED_SINCE)
        .and_then(seconds)
        .is_some_and(|date| file.modified > date)
}

fn is_fresh(headers: &HeaderMap, file: &Validators) -> bool {
    let holds = if text(headers, &IF_NONE_MATCH).is_some() {
        names(headers, &IF_NONE_MATCH, &file.etag)
    } else {
        text(headers, &IF_MODIFIED_SINCE)
            .and_then(seconds)
            .is_some_and(|date| file.modified <= date)
    };
    holds && !asks_for_reload(headers)
}

fn asks_for_reload(headers: &HeaderMap) -> bool {
    elements(headers, &CACHE_CONTROL).any(|directive| directive == "no-cache")
}

/// Whether the list under `name` holds `etag`, or is `*`.
fn names(headers: &HeaderMap, name: &HeaderName, etag: &str) -> bool {
    text(headers, name).is_some_and(|list| list.trim() == "*")
        || elements(headers, name).any(|tag| opaque(tag) == opaque(etag))
}

/// A tag without its mark of weakness.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The elements of a comma-separated header, over all its lines. Our tags hold no comma.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty()).then_some(value)
}

fn seconds(date: &str) -> Option<u64> {
    let date: SystemTime = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(UNIX_EPOCH);
    Some(since.as_ref().map_or(0, Duration::as_secs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const BEFORE: &str = "Thu, 01 Jan 2026 00:00:09 GMT";
    const SAME: &str = "Thu, 01 Jan 2026 00:00:10 GMT";
    const AFTER: &str = "Thu, 01 Jan 2026 00:00:11 GMT";

    fn file() -> Validators {
        Validators {
            etag: "W/\"5-1\"".into(),
            modified: 1_767_225_610,
        }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).unwrap();
                (HeaderName::from_static(name), value)
            })
            .fold(HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            })
    }

    #[test]
    fn conditions_come_to_one_verdict() {
        use Verdict::{Failed, NotModified, Send};
        let table: &[(&[(&'static str, &str)], Verdict)] = &[
            (&[], Send),
            (&[("if-none-match", "W/\"5-1\"")], NotModified),
            (&[("if-none-match", "\"5-1\"")], NotModified),
            (&[("if-none-match", "\"a\" , W/\"5-1\"")], NotModified),
            (
                &[("if-none-match", "\"a\""), ("if-none-match", "\"5-1\"")],
                NotModified,
            ),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"6-1\"")], Send),
            (&[("if-none-match", "")], Send),
            (&[("if-modified-since", SAME)], NotModified),
            (&[("if-modified-since", AFTER)], NotModified),
            (&[("if-modified-since", BEFORE)], Send),
            (&[("if-modified-since", "yesterday")], Send),
            (
                &[("if-none-match", "\"x\""), ("if-modified-since", AFTER)],
                Send,
            ),
            (
                &[("if-none-match", "\"5-1\""), ("if-modified-since", BEFORE)],
                NotModified,
            ),
            (
                &[
                    ("if-none-match", "*"),
                    ("cache-control", "max-age=0, no-cache"),
                ],
                Send,
            ),
            (
                &[("if-none-match", "*"), ("cache-control", "max-age=0")],
                NotModified,
            ),
            (&[("if-match", "W/\"5-1\"")], Send),
            (&[("if-match", "\"5-1\"")], Send),
            (&[("if-match", "*")], Send),
            (&[("if-match", "\"x\"")], Failed),
            (
                &[("if-match", "\"5-1\""), ("if-unmodified-since", BEFORE)],
                Send,
            ),
            (&[("if-unmodified-since", BEFORE)], Failed),
            (&[("if-unmodified-since", SAME)], Send),
            (&[("if-unmodified-since", "yesterday")], Send),
            (&[("if-match", "\"x\""), ("if-none-match", "*")], Failed),
        ];
        for (lines, expected) in table {
            assert_eq!(judge(&headers(lines), &file()), *expected, "{lines:?}");
        }
    }

    #[test]
    fn a_range_holds_for_the_file_that_it_was_begun_with() {
        for (value, expected) in [
            ("W/\"5-1\"", true),
            ("\"5-1\"", false),
            ("W/\"6-1\"", false),
            (SAME, true),
            (AFTER, true),
            (BEFORE, false),
            ("yesterday", false),
            ("", true),
        ] {
            let held = range_holds(&headers(&[("if-range", value)]), &file());
            assert_eq!(held, expected, "{value}");
        }
        assert!(range_holds(&HeaderMap::new(), &file()));
    }
}
