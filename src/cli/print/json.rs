//! Events as machines read them: one JSON object a line. The fields are described in docs/cli.md,
//! and are only ever added to; what an entry has is in `crate::report`.

use crate::cli::start::Announcement;
use crate::diagnostic::to_json;
use crate::report::EntryReport;
use serde_json::{Value, json};

/// The server has started.
pub(super) fn start(announcement: &Announcement) -> Value {
    json!({
        "event": "start",
        "version": env!("CARGO_PKG_VERSION"),
        "url": announcement.url,
        "port": announcement.port,
        "pid": std::process::id(),
        "public_url": announcement.public_url,
        "console_url": announcement.console_url,
        "services": announcement.services,
        "diagnostics": to_json(&announcement.diagnostics),
        "notes": announcement.notes,
    })
}

/// An entry, in a line.
pub(in crate::cli) fn entry(entry: &EntryReport<'_>) -> String {
    // A report has nothing that JSON could not hold.
    let mut line = serde_json::to_string(entry).unwrap_or_default();
    line.push('\n');
    line
}
