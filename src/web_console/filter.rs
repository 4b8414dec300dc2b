//! Which exchanges are wanted.

use crate::journal::Exchange;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::str::FromStr;

/// Takes the exchanges that fulfil all of its conditions; those that are `None` hold for any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// They were for the service of this name.
    pub service: Option<String>,
    /// They were answered so.
    pub status: Option<StatusFilter>,
    /// Their path, as received and without the query, begins with this if it begins with a slash,
    /// and else holds it.
    pub path: Option<String>,
    /// They arrived then or later.
    pub since: Option<Since>,
}

impl Filter {
    /// Whether it takes everything, notices too.
    pub fn is_empty(&self) -> bool {
        let bare = self.service.is_none() && self.status.is_none() && self.path.is_none();
        bare && self.since.is_none()
    }

    /// Whether it takes `exchange`.
    pub fn takes(&self, exchange: &Exchange) -> bool {
        let service = |wanted: &String| exchange.service.as_deref() == Some(wanted);
        let path = |wanted: &String| {
            let path = exchange.request.uri.path();
            match wanted.starts_with('/') {
                true => path.starts_with(wanted.as_str()),
                false => path.contains(wanted.as_str()),
            }
        };
        let since = |since: &Since| Timestamp::try_from(exchange.at).is_ok_and(|at| at >= since.0);
        self.service.as_ref().is_none_or(service)
            && self
                .status
                .is_none_or(|status| status.takes(exchange.status))
            && self.path.as_ref().is_none_or(path)
            && self.since.as_ref().is_none_or(since)
    }
}

/// A status, or all of a class: `404`, `4xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// This one.
    Exactly(u16),
    /// Those of this hundred.
    Class(u16),
}

impl StatusFilter {
    fn takes(self, status: StatusCode) -> bool {
        match self {
            StatusFilter::Exactly(wanted) => status.as_u16() == wanted,
            StatusFilter::Class(wanted) => status.as_u16() / 100 == wanted,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let class = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX"));
        let found = match class {
            Some(class) => class
                .parse()
                .ok()
                .filter(|class| (1..=9).contains(class))
                .map(StatusFilter::Class),
            None => text
                .parse()
                .ok()
                .filter(|status| (100..=999).contains(status))
                .map(StatusFilter::Exactly),
        };
        found.ok_or_else(|| {
            format!("`{text}` is no status, such as 404, and no class of them, such as 4xx")
        })
    }
}

/// A moment: `2026-01-31T12:00:00Z`, or so long ago: `5m`, `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since(Timestamp);

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = |text: &str| {
            let ago: SignedDuration = text.parse().ok()?;
            Timestamp::now().checked_sub(ago.abs()).ok()
        };
        let moment = text.parse().ok().or_else(|| ago(text));
        moment.map(Since).ok_or_else(|| {
            format!("`{text}` is neither a duration, such as 5m, nor a time, such as 2026-01-31T12:00:00Z")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_number_or_a_class() {
        let status = |text: &str| text.parse::<StatusFilter>();
        assert_eq!(status("404"), Ok(StatusFilter::Exactly(404)));
        assert_eq!(status("4xx"), Ok(StatusFilter::Class(4)));
        assert!(StatusFilter::Class(4).takes(StatusCode::NOT_FOUND));
        assert!(!StatusFilter::Class(4).takes(StatusCode::OK));
        for text in ["", "xx", "44xx", "0xx", "4", "40x", "-404", "1000"] {
            assert!(status(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_time_or_a_duration_before_now() {
        let since = |text: &str| text.parse::<Since>();
        let exactly = since("2026-01-31T12:00:00Z").unwrap();
        assert_eq!(exactly.0.as_second(), 1_769_860_800);
        let before = Timestamp::now() - SignedDuration::from_mins(5);
        let five = since("5m").unwrap().0;
        assert!(five >= before - SignedDuration::from_secs(1));
        assert!(five <= Timestamp::now() - SignedDuration::from_mins(5));
        for text in ["", "5", "yesterday", "99999999999999h"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
