//! Entries as they look on a terminal.

use super::*;
use crate::event::RequestHead;
use crate::journal::{RouteTaken, Timeline};
use crate::parity::{ParityWarning, Rule};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

fn exchange(uri: &'static str) -> Exchange {
    Exchange {
        at: UNIX_EPOCH + Duration::from_secs(3661),
        duration: Duration::from_micros(420),
        timeline: Timeline::default(),
        generation: 1,
        peer: None,
        service: Some("auth".into()),
        admission: None,
        route: Some(Arc::new(RouteTaken {
            service: "auth".into(),
            path: "/jwt".into(),
            visibility: Visibility::Public,
            target: "rust:jwt".into(),
        })),
        request: Arc::new(RequestHead {
            method: Method::POST,
            uri: Uri::from_static(uri),
            headers: HeaderMap::new(),
        }),
        request_body: Bytes::from_static(b"a=1"),
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        console: Vec::new(),
        warnings: Vec::new(),
        fault: None,
    }
}

/// The entry's text, coloured.
fn coloured(entry: &Entry, detailed: bool) -> String {
    let mut text = String::new();
    Style::new(&[], detailed, TimeZone::UTC).push(&mut text, 7, entry);
    // What is told by way of JSON looks the same, but for what JSON has not.
    let report = serde_json::to_string(&EntryReport::new(7, entry)).unwrap();
    let report: EntryReport<'_> = serde_json::from_str(&report).unwrap();
    let mut told = String::new();
    Style::new(&[], detailed, TimeZone::UTC).push_report(&mut told, &report);
    if !detailed && matches!(entry, Entry::Exchange(_)) {
        assert_eq!(told, text);
    }
    text
}

fn shown(exchange: Exchange, detailed: bool) -> String {
    let text = coloured(&Entry::Exchange(Arc::new(exchange)), detailed);
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn a_request_is_one_line_without_its_query() {
    assert_eq!(
        shown(exchange("/auth/jwt?token=s3cret"), false),
        "01:01:01 #7    200 POST /auth/jwt     auth public     rust:jwt 0.4 ms\n"
    );
    assert_eq!(
        shown(
            Exchange {
                admission: None,
                route: None,
                service: None,
                status: StatusCode::NOT_FOUND,
                fault: Some("no route".into()),
                ..exchange("/x")
            },
            false
        ),
        "01:01:01 #7    404 POST /x            - -          -     0.4 ms\n                   no route\n"
    );
}

#[test]
fn details_are_shown_on_demand() {
    assert_eq!(
        shown(exchange("/jwt?b=2"), true),
        "01:01:01 #7    200 POST /jwt          auth public     rust:jwt 0.4 ms\n\
         \x20                  query   b=2\n\
         \x20                  body    a=1\n"
    );
}

#[test]
fn what_belongs_to_a_request_stands_below_it() {
    let console = crate::Console::default();
    console.log("one\ntwo");
    console.error("\u{1b}[2Jgone");
    let text = shown(
        Exchange {
            console: console.lines(),
            warnings: vec![ParityWarning::new(Rule::NotVerified, "unknown")],
            fault: Some("signature refused\n  cause: none\n".into()),
            ..exchange("/jwt")
        },
        false,
    );
    let below: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        below,
        [
            "                   INFO    one",
            "                   two",
            "                   ERROR   \\u{1b}[2Jgone",
            "                   parity  unknown [not-verified]",
            "                   signature refused",
            "                     cause: none",
        ]
    );
}

#[test]
fn a_status_is_coloured_by_its_class() {
    for (status, code) in [(200, "32"), (302, "36"), (404, "33"), (503, "31")] {
        let exchange = Exchange {
            status: StatusCode::from_u16(status).unwrap(),
            ..exchange("/jwt")
        };
        let text = coloured(&Entry::Exchange(Arc::new(exchange)), false);
        let before = text.split(&status.to_string()).next().unwrap();
        assert!(before.ends_with(&format!("\u{1b}[{code}m")), "{text:?}");
    }
}

#[test]
fn notices_have_their_lines() {
    let told = |notice| {
        let text = coloured(&Entry::Notice(Arc::new(notice)), false);
        anstream::adapter::strip_str(&text).to_string()
    };
    let reloaded = Notice::Reloaded {
        generation: 2,
        changed: vec!["a".into(), "b".into()],
        took: Duration::from_millis(12),
        diagnostics: Vec::new(),
    };
    assert_eq!(told(reloaded), "reloaded in 12 ms: a, b\n");
    let fault = crate::diagnostic::Diagnostic::error("some-code", "something is wrong");
    let rejected = told(Notice::Rejected {
        diagnostics: vec![fault],
    });
    assert!(rejected.starts_with("not reloaded: 1 error; the last good version serves on\n"));
    assert!(rejected.contains("error[some-code]: something is wrong"));
    let said = Notice::Said {
        text: "a\rb".into(),
    };
    assert_eq!(told(said), "a\\rb\n");
}

#[test]
fn notices_of_another_process_have_the_same_lines_without_excerpts() {
    let source: Arc<str> = "a = 1\nb = 2\n".into();
    let fault = crate::diagnostic::Diagnostic::error("some-code", "something is wrong")
        .at("services.toml", &source, 6..7, "here")
        .help("mend it");
    let rejected = Notice::Rejected {
        diagnostics: vec![fault],
    };
    let entry = Entry::Notice(Arc::new(rejected));
    let mut told = String::new();
    let style = Style::new(&[], false, TimeZone::UTC);
    style.push_report(&mut told, &EntryReport::new(1, &entry));
    style.push_report(&mut told, &EntryReport::Skipped { count: 3 });
    assert_eq!(
        anstream::adapter::strip_str(&told).to_string(),
        "not reloaded: 1 error; the last good version serves on\n\
         error[some-code]: something is wrong\n  --> services.toml:2:1\n  help: mend it\n\
         … 3 lines not shown\n"
    );
}
