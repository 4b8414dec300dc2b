//! What is told of a server in JSON, for whoever reads it: one form of an exchange, of a notice, of
//! a service, shared by `start --format json`, by the console and by `logs`.
//!
//! The fields are described in docs/cli.md and docs/console.md, and are only ever added to. No
//! report holds the value of a variable, and none that of a header which is a secret, unless
//! [`Secrets::Shown`] asks for it.

mod entry;
mod exchange;
mod handler_line;
mod limits;
mod load;
mod pool;
mod reading;
mod service;
mod services;

pub use entry::{DiagnosticReport, EntryReport, NoticeKind, NoticeReport, RequestReport};
pub(crate) use exchange::is_secret;
pub use exchange::{
    AnswerReport, BodyReport, ExchangeReport, Headers, Secrets, SentReport, TimelineReport,
    WorkerReport,
};
pub use handler_line::handler_line;
pub use limits::{LimitReport, limit_reports};
pub use load::{LoadReport, RenderedDiagnostic, rendered};
pub use pool::{PoolReport, TimesReport, WorkerStateReport};
pub use reading::{FaultReading, Reading, RuleReading, TwimlReading};
pub use service::{
    CredentialReport, PlaceReport, RouteReport, ServiceReport, VariableReport, service_reports,
};
pub use services::{ShownRoute, ShownService, services};

use exchange::HIDDEN;
use std::time::Duration;

/// A duration in milliseconds, to the microsecond.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1000.0
}
