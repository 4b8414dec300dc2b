//! An entry of the journal in JSON: a line of `--format json`, an event of the console's stream.

use super::milliseconds;
use crate::console::Line;
use crate::diagnostic::{Diagnostic, to_json};
use crate::journal::{Entry, Exchange, Notice};
use crate::parity::ParityWarning;
use crate::visibility::{Admission, Visibility};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An entry. It borrows from the journal's where it is made, and owns what it was parsed from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum EntryReport<'e> {
    /// A request was answered.
    Request(Box<RequestReport<'e>>),
    /// Something else.
    Notice(NoticeReport<'e>),
    /// So many entries were gone before they could be told.
    Skipped {
        /// How many.
        count: u64,
    },
}

/// An exchange without its heads and bodies, and without its query, which can hold secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestReport<'e> {
    /// The number in the journal.
    pub id: u64,
    /// `RQ…`.
    pub sid: String,
    /// When the request arrived: RFC 3339, UTC, milliseconds.
    pub at: Option<String>,
    /// The request's method.
    pub method: Cow<'e, str>,
    /// As received, without the query.
    pub path: Cow<'e, str>,
    /// The answer's status.
    pub status: u16,
    /// From the request's head to the answer, in milliseconds.
    pub duration_ms: f64,
    /// The service that the request was for, if it named one.
    pub service: Option<Cow<'e, str>>,
    /// The path within the service, if the request reached a route.
    pub route: Option<Cow<'e, str>>,
    /// Who may reach that route.
    pub visibility: Option<Visibility>,
    /// Whether that route let it in; `None` where it lets everybody in, or was not asked.
    #[serde(default)]
    pub admission: Option<Admission>,
    /// What answers there: `rust:NAME`, `javascript`, `asset`.
    pub target: Option<Cow<'e, str>>,
    /// What the function printed.
    pub console: Cow<'e, [Line]>,
    /// What the cloud would do otherwise.
    pub warnings: Cow<'e, [ParityWarning]>,
    /// Why it was refused or failed; never sent to the caller.
    pub fault: Option<Cow<'e, str>>,
}

/// What happened to the server and not to one request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoticeReport<'e> {
    /// The number in the journal.
    pub id: u64,
    /// What it is.
    #[serde(flatten)]
    pub kind: NoticeKind<'e>,
}

/// What a notice is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum NoticeKind<'e> {
    /// New files are served.
    Reloaded {
        /// The number of the registry, from 1.
        generation: u64,
        /// The services that changed, appeared or went.
        changed: Cow<'e, [String]>,
        /// How long it took, in milliseconds.
        duration_ms: f64,
        /// What is worth saying about the files.
        diagnostics: Vec<DiagnosticReport>,
    },
    /// The files cannot be served; the last good version serves on.
    Rejected {
        /// Why.
        diagnostics: Vec<DiagnosticReport>,
    },
    /// A line.
    Said {
        /// The line.
        text: Cow<'e, str>,
    },
}

/// A diagnostic, as `check --format json` has it: without the text of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DiagnosticReport {
    /// A stable code to search for.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What is wrong.
    pub title: String,
    /// The file.
    pub file: Option<String>,
    /// The line in it, from 1.
    pub line: Option<u64>,
    /// The column in that, from 1.
    pub column: Option<u64>,
    /// What to do about it.
    pub help: Option<String>,
}

impl<'e> EntryReport<'e> {
    /// The entry of that number.
    pub fn new(number: u64, entry: &'e Entry) -> Self {
        match entry {
            Entry::Exchange(exchange) => {
                EntryReport::Request(Box::new(RequestReport::new(number, exchange)))
            }
            Entry::Notice(notice) => EntryReport::Notice(NoticeReport {
                id: number,
                kind: NoticeKind::new(notice),
            }),
        }
    }
}

impl<'e> RequestReport<'e> {
    /// The exchange of that number.
    pub fn new(number: u64, exchange: &'e Exchange) -> Self {
        let route = exchange.route.as_deref();
        let text = |text: &'e str| Cow::Borrowed(text);
        RequestReport {
            id: number,
            sid: exchange.sid(number),
            at: Timestamp::try_from(exchange.at)
                .map(|at| format!("{at:.3}"))
                .ok(),
            method: text(exchange.request.method.as_str()),
            path: text(exchange.request.uri.path()),
            status: exchange.status.as_u16(),
            duration_ms: milliseconds(exchange.duration),
            service: exchange.service.as_deref().map(text),
            route: route.map(|route| text(&route.path)),
            visibility: route.map(|route| route.visibility),
            admission: exchange.admission,
            target: route.map(|route| text(&route.target)),
            console: Cow::Borrowed(&exchange.console),
            warnings: Cow::Borrowed(&exchange.warnings),
            fault: exchange.fault.as_deref().map(text),
        }
    }
}

impl<'e> NoticeKind<'e> {
    fn new(notice: &'e Notice) -> Self {
        match notice {
            Notice::Reloaded {
                generation,
                changed,
                took,
                diagnostics,
            } => NoticeKind::Reloaded {
                generation: *generation,
                changed: Cow::Borrowed(changed),
                duration_ms: milliseconds(*took),
                diagnostics: reports(diagnostics),
            },
            Notice::Rejected { diagnostics } => NoticeKind::Rejected {
                diagnostics: reports(diagnostics),
            },
            Notice::Said { text } => NoticeKind::Said {
                text: Cow::Borrowed(text),
            },
        }
    }
}

pub(super) fn reports(diagnostics: &[Diagnostic]) -> Vec<DiagnosticReport> {
    // Theirs is the form; here it only gets its names.
    serde_json::from_value(to_json(diagnostics)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_notice_is_what_it_was_after_a_way_through_json() {
        let fault = Diagnostic::error("some-code", "something is wrong").help("mend it");
        let notices = [
            Notice::Said { text: "a".into() },
            Notice::Rejected {
                diagnostics: vec![fault],
            },
            Notice::Reloaded {
                generation: 2,
                changed: vec!["a".into()],
                took: Duration::from_micros(1500),
                diagnostics: Vec::new(),
            },
        ];
        let mut told = Vec::new();
        for notice in notices {
            let entry = Entry::Notice(Arc::new(notice));
            let value = serde_json::to_value(EntryReport::new(7, &entry)).unwrap();
            let again: EntryReport<'_> = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(again).unwrap(), value);
            told.push(value);
        }
        assert_eq!(
            told[0],
            json!({ "event": "notice", "id": 7, "kind": "said", "text": "a" })
        );
        assert_eq!(told[1]["diagnostics"][0]["code"], "some-code");
        assert_eq!(told[1]["diagnostics"][0]["severity"], "error");
        assert_eq!(told[2]["duration_ms"], 1.5);
    }
}
