//! Entries of the journal as people read them.

use super::plain::{self, push_indented};
use super::style::{self, BOLD, DIM, ERROR, GOOD, WARNING};
use crate::cli::exit::counted;
use crate::console::Level;
use crate::diagnostic::{Colour, render};
use crate::journal::{Entry, Exchange, Notice};
use crate::registry::Registry;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write;
use std::time::SystemTime;

/// The columns of what is said below a request: under its method.
const INDENT: usize = 13;
/// Paths longer than this do not widen the column for all others.
const WIDEST_PATH: usize = 40;
/// Characters of a request's body that `--detailed-logs` shows.
const MOST_BODY: usize = 2000;

/// How to write entries.
pub(in crate::cli) struct Style {
    /// `--detailed-logs`: query and body as well.
    pub(in crate::cli) detailed: bool,
    widths: Widths,
    zone: TimeZone,
}

struct Widths {
    path: usize,
    service: usize,
    target: usize,
}

impl Style {
    /// Columns for the routes of `registry`; times in the time zone `zone`.
    pub(in crate::cli) fn new(registry: &Registry, detailed: bool, zone: TimeZone) -> Self {
        let mut widths = Widths {
            path: 12,
            service: 1,
            target: 5,
        };
        for service in registry.services() {
            let name = service.name.chars().count();
            let prefix = match registry.default_service() {
                Some(default) if default.name == service.name => 0,
                _ => name + 1,
            };
            widths.service = widths.service.max(name);
            for (path, route) in service.routes() {
                let path = path.as_str().chars().count() + prefix;
                widths.path = widths.path.max(path.min(WIDEST_PATH));
                widths.target = widths.target.max(route.taken.target.chars().count());
            }
        }
        Style {
            detailed,
            widths,
            zone,
        }
    }

    /// Adds `entry` to `text`, in one line or more.
    pub(super) fn push(&self, text: &mut String, entry: &Entry) {
        match entry {
            Entry::Exchange(exchange) => self.push_exchange(text, exchange),
            Entry::Notice(notice) => push_notice(text, notice),
        }
    }

    fn push_exchange(&self, text: &mut String, exchange: &Exchange) {
        let status = exchange.status;
        let style = style::of_status(status);
        let request = &exchange.request;
        // The query is not shown: it can hold secrets.
        let path = plain::line(request.uri.path());
        let Widths {
            path: path_width,
            service: service_width,
            target: target_width,
        } = self.widths;
        let service = exchange.service.as_deref().unwrap_or("-");
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            text,
            "{DIM}{}{DIM:#} {style}{}{style:#} {:4} {path:path_width$}  {service:service_width$} ",
            self.time(exchange.at),
            status.as_u16(),
            plain::line(request.method.as_str()),
        );
        match &exchange.route {
            Some(route) => {
                let style = style::of_visibility(route.visibility);
                let _ = write!(
                    text,
                    "{style}{:9}{style:#}  {:target_width$}",
                    route.visibility, route.target
                );
            }
            None => {
                let _ = write!(text, "{:9}  {:target_width$}", "-", "-");
            }
        }
        let milliseconds = exchange.duration.as_secs_f64() * 1000.0;
        let _ = writeln!(text, " {DIM}{milliseconds:.1} ms{DIM:#}");
        if self.detailed {
            push_details(text, exchange);
        }
        push_said(text, exchange);
    }

    fn time(&self, at: SystemTime) -> String {
        // A clock that is thousands of years off has no time to show.
        Timestamp::try_from(at).map_or_else(
            |_| "--:--:--".to_string(),
            |at| {
                at.to_zoned_datetime(self.zone.clone())
                    .strftime("%H:%M:%S")
                    .to_string()
            },
        )
    }
}

/// What is said about the exchange: by the function, by the parity rules, by the refusal.
fn push_said(text: &mut String, exchange: &Exchange) {
    for line in &exchange.console {
        let style = match line.level {
            Level::Info => DIM,
            Level::Warning => WARNING,
            Level::Error => ERROR,
        };
        let told = format!("{:7} {}", line.level.as_str(), line.text);
        push_styled(text, style, &told);
    }
    for warning in &exchange.warnings {
        let told = format!("parity  {} [{}]", warning.text, warning.rule.name());
        push_styled(text, WARNING, &told);
    }
    if let Some(fault) = &exchange.fault {
        push_styled(text, style::of_status(exchange.status), fault);
    }
}

/// Colours a text whose control characters are then made visible, so that the colour cannot come
/// from the text.
fn push_styled(text: &mut String, style: anstyle::Style, told: &str) {
    let mut lines = String::new();
    push_indented(&mut lines, INDENT, told);
    for line in lines.lines() {
        let _ = writeln!(text, "{style}{line}{style:#}");
    }
}

fn push_details(text: &mut String, exchange: &Exchange) {
    if let Some(query) = exchange.request.uri.query() {
        push_indented(text, INDENT, &format!("query   {query}"));
    }
    if !exchange.request_body.is_empty() {
        let body = String::from_utf8_lossy(&exchange.request_body);
        let cut: String = body.chars().take(MOST_BODY).collect();
        let more = if cut.len() < body.len() { "…" } else { "" };
        push_indented(text, INDENT, &format!("body    {cut}{more}"));
    }
}

fn push_notice(text: &mut String, notice: &Notice) {
    match notice {
        Notice::Reloaded {
            changed,
            took,
            diagnostics,
            ..
        } => {
            let services = match changed.as_slice() {
                [] => "no service has changed".to_string(),
                names => names.join(", "),
            };
            let _ = writeln!(
                text,
                "{GOOD}reloaded{GOOD:#} in {} ms: {services}",
                took.as_millis()
            );
            text.push_str(&render(diagnostics, Colour::Always));
        }
        Notice::Rejected { diagnostics } => {
            let errors = diagnostics.iter().filter(|d| d.is_error()).count();
            let _ = writeln!(
                text,
                "{ERROR}not reloaded{ERROR:#}: {}; the last good version serves on",
                counted(errors, "error")
            );
            text.push_str(&render(diagnostics, Colour::Always));
        }
        Notice::Said { text: said } => {
            let _ = writeln!(text, "{BOLD}{}{BOLD:#}", plain::line(said));
        }
    }
}

#[cfg(test)]
mod tests;
