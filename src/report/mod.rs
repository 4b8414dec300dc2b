//! What is told of a server in JSON, for whoever reads it: one form of an exchange, of a notice, of
//! a service, shared by `start --format json`, by the console and by `logs`.
//!
//! The fields are described in docs/cli.md and docs/console.md, and are only ever added to. No
//! report holds the value of a variable, and none that of a header which is a secret, unless
//! [`Secrets::Shown`] asks for it.

mod entry;
mod exchange;
mod services;

pub use entry::{DiagnosticReport, EntryReport, NoticeKind, NoticeReport, RequestReport};
pub use exchange::{
    AnswerReport, BodyReport, ExchangeReport, Headers, Secrets, SentReport, TimelineReport,
    WorkerReport,
};
pub use services::{Kind, ShownRoute, ShownService, services};

use std::time::Duration;

/// A duration in milliseconds, to the microsecond.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1000.0
}
