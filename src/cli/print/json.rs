//! Events as machines read them: one JSON object a line. The fields are described in docs/cli.md,
//! and are only ever added to.

use crate::cli::start::Announcement;
use crate::diagnostic::to_json;
use crate::journal::{Entry, Exchange, Notice};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// The server has started.
pub(super) fn start(announcement: &Announcement) -> Value {
    json!({
        "event": "start",
        "version": env!("CARGO_PKG_VERSION"),
        "url": announcement.url,
        "port": announcement.port,
        "pid": std::process::id(),
        "public_url": announcement.public_url,
        "services": announcement.services,
        "diagnostics": to_json(&announcement.diagnostics),
        "notes": announcement.notes,
    })
}

/// The entry of that number.
pub(super) fn entry(number: u64, entry: &Entry) -> Value {
    match entry {
        Entry::Exchange(exchange) => request(number, exchange),
        Entry::Notice(notice) => self::notice(number, notice),
    }
}

/// So many entries were gone before they could be written.
pub(super) fn skipped(count: u64) -> Value {
    json!({ "event": "skipped", "count": count })
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1000.0
}

fn request(number: u64, exchange: &Exchange) -> Value {
    let route = exchange.route.as_ref();
    json!({
        "event": "request",
        "id": number,
        "sid": exchange.sid(number),
        "at": Timestamp::try_from(exchange.at).map(|at| format!("{at:.3}")).ok(),
        "method": exchange.request.method.as_str(),
        // Without the query, which can hold secrets.
        "path": exchange.request.uri.path(),
        "status": exchange.status.as_u16(),
        "duration_ms": milliseconds(exchange.duration),
        "service": exchange.service.as_deref(),
        "route": route.map(|route| &*route.path),
        "visibility": route.map(|route| route.visibility),
        "target": route.map(|route| &*route.target),
        "console": exchange.console,
        "warnings": exchange.warnings,
        "fault": exchange.fault,
    })
}

fn notice(number: u64, notice: &Notice) -> Value {
    match notice {
        Notice::Reloaded {
            generation,
            changed,
            took,
            diagnostics,
        } => json!({
            "event": "notice",
            "id": number,
            "kind": "reloaded",
            "generation": generation,
            "changed": changed,
            "duration_ms": milliseconds(*took),
            "diagnostics": to_json(diagnostics),
        }),
        Notice::Rejected { diagnostics } => json!({
            "event": "notice",
            "id": number,
            "kind": "rejected",
            "diagnostics": to_json(diagnostics),
        }),
        Notice::Said { text } => json!({
            "event": "notice",
            "id": number,
            "kind": "said",
            "text": text,
        }),
    }
}
