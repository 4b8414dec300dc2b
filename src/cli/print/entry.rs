//! Entries of the journal as people read them: the running server's own, and those that `logs` got
//! from one as reports.

use super::plain::{self, push_indented};
use super::style::{self, BOLD, DIM, ERROR, GOOD, WARNING};
use super::told::Told;
use crate::cli::exit::counted;
use crate::console::{self, Level};
use crate::diagnostic::{Colour, render};
use crate::journal::{Entry, Exchange, Notice};
use crate::parity::ParityWarning;
use crate::report::{
    DiagnosticReport, EntryReport, NoticeKind, RequestReport, ShownService, milliseconds,
};
use crate::visibility::Visibility;
use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// The columns of what is said below a request: under its method.
const INDENT: usize = 19;
/// Paths longer than this do not widen the column for all others.
const WIDEST_PATH: usize = 40;
/// Characters of a request's body that `--detailed-logs` shows.
const MOST_BODY: usize = 2000;

/// How to write entries.
pub(in crate::cli) struct Style {
    /// `--detailed-logs`: query and body as well.
    detailed: bool,
    widths: Widths,
    zone: TimeZone,
    told: Told,
}

struct Widths {
    path: usize,
    service: usize,
    target: usize,
}

/// A request as its line has it, from wherever.
struct Request<'r> {
    number: u64,
    at: Option<Timestamp>,
    status: StatusCode,
    method: &'r str,
    path: &'r str,
    service: Option<&'r str>,
    /// Who may reach its route, and what answers there.
    route: Option<(Visibility, &'r str)>,
    milliseconds: f64,
    console: &'r [console::Line],
    warnings: &'r [ParityWarning],
    fault: Option<&'r str>,
}

impl<'r> Request<'r> {
    fn of(number: u64, exchange: &'r Exchange) -> Self {
        let route = exchange.route.as_deref();
        Request {
            number,
            at: Timestamp::try_from(exchange.at).ok(),
            status: exchange.status,
            method: exchange.request.method.as_str(),
            // The query is not shown: it can hold secrets.
            path: exchange.request.uri.path(),
            service: exchange.service.as_deref(),
            route: route.map(|route| (route.visibility, &*route.target)),
            milliseconds: milliseconds(exchange.duration),
            console: &exchange.console,
            warnings: &exchange.warnings,
            fault: exchange.fault.as_deref(),
        }
    }

    fn told(report: &'r RequestReport<'_>) -> Self {
        Request {
            number: report.id,
            at: report.at.as_deref().and_then(|at| at.parse().ok()),
            status: StatusCode::from_u16(report.status).unwrap_or_default(),
            method: &report.method,
            path: &report.path,
            service: report.service.as_deref(),
            route: report.visibility.zip(report.target.as_deref()),
            milliseconds: report.duration_ms,
            console: &report.console,
            warnings: &report.warnings,
            fault: report.fault.as_deref(),
        }
    }
}

impl Style {
    /// Columns for the routes of `services`; times in the time zone `zone`.
    pub(in crate::cli) fn new(services: &[ShownService], detailed: bool, zone: TimeZone) -> Self {
        let mut widths = Widths {
            path: 12,
            service: 1,
            target: 5,
        };
        for service in services {
            let name = service.name.chars().count();
            let prefix = if service.default { 0 } else { name + 1 };
            widths.service = widths.service.max(name);
            for route in &service.routes {
                let path = route.path.chars().count() + prefix;
                widths.path = widths.path.max(path.min(WIDEST_PATH));
                widths.target = widths.target.max(route.answers().chars().count());
            }
        }
        Style {
            detailed,
            widths,
            zone,
            told: Told::default(),
        }
    }

    /// Adds the entry of that number to `text`, in one line or more.
    pub(super) fn push(&self, text: &mut String, number: u64, entry: &Entry) {
        match entry {
            Entry::Exchange(exchange) => {
                let request = Request::of(number, exchange);
                let new = self.push_line(text, &request);
                if self.detailed {
                    push_details(text, exchange);
                }
                push_said(text, &request, &new);
            }
            Entry::Notice(notice) => {
                if matches!(**notice, Notice::Reloaded { .. }) {
                    self.told.forget();
                }
                push_notice(text, notice);
            }
        }
    }

    /// Adds an entry of another process's journal.
    pub(in crate::cli) fn push_report(&self, text: &mut String, entry: &EntryReport<'_>) {
        match entry {
            EntryReport::Request(report) => {
                let request = Request::told(report);
                let new = self.push_line(text, &request);
                push_said(text, &request, &new);
            }
            EntryReport::Notice(notice) => {
                if matches!(notice.kind, NoticeKind::Reloaded { .. }) {
                    self.told.forget();
                }
                push_told_notice(text, &notice.kind);
            }
            EntryReport::Skipped { count } => push_skipped(text, *count),
        }
    }

    /// The request's line, with the rules whose warnings were told before; returns the others.
    fn push_line<'r>(&self, text: &mut String, request: &Request<'r>) -> Vec<&'r ParityWarning> {
        let style = style::of_status(request.status);
        let Widths {
            path: path_width,
            service: service_width,
            target: target_width,
        } = self.widths;
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            text,
            "{DIM}{} #{:<4}{DIM:#} {style}{}{style:#} {:4} {:path_width$}  {:service_width$} ",
            self.time(request.at),
            request.number,
            request.status.as_u16(),
            plain::line(request.method),
            plain::line(request.path),
            plain::line(request.service.unwrap_or("-")),
        );
        match request.route {
            Some((visibility, target)) => {
                let style = style::of_visibility(visibility);
                let target = plain::line(target);
                let _ = write!(
                    text,
                    "{style}{visibility:9}{style:#}  {target:target_width$}"
                );
            }
            None => {
                let _ = write!(text, "{:9}  {:target_width$}", "-", "-");
            }
        }
        let _ = write!(text, " {DIM}{:.1} ms{DIM:#}", request.milliseconds);
        let (new, again) = self.told.part(request.service, request.warnings);
        for rule in again {
            let _ = write!(text, " {WARNING}[{}]{WARNING:#}", rule.name());
        }
        text.push('\n');
        new
    }

    fn time(&self, at: Option<Timestamp>) -> String {
        // A clock that is thousands of years off has no time to show.
        at.map_or_else(
            || "--:--:--".to_string(),
            |at| {
                at.to_zoned_datetime(self.zone.clone())
                    .strftime("%H:%M:%S")
                    .to_string()
            },
        )
    }
}

/// What is said about the exchange: by the function, by the parity rules (`warnings`), by the refusal.
fn push_said(text: &mut String, request: &Request<'_>, warnings: &[&ParityWarning]) {
    for line in request.console {
        let style = match line.level {
            Level::Info => DIM,
            Level::Warning => WARNING,
            Level::Error => ERROR,
        };
        let told = format!("{:7} {}", line.level.as_str(), line.text);
        push_styled(text, style, &told);
    }
    for warning in warnings {
        let told = format!("parity  {} [{}]", warning.text, warning.rule.name());
        push_styled(text, WARNING, &told);
    }
    if let Some(fault) = request.fault {
        push_styled(text, style::of_status(request.status), fault);
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
            push_reloaded(text, changed, milliseconds(*took));
            text.push_str(&render(diagnostics, Colour::Always));
        }
        Notice::Rejected { diagnostics } => {
            let errors = diagnostics.iter().filter(|d| d.is_error()).count();
            push_rejected(text, errors);
            text.push_str(&render(diagnostics, Colour::Always));
        }
        Notice::Said { text: said } => push_line_said(text, said),
    }
}

/// The same without the excerpts of the files, which stay with the server.
fn push_told_notice(text: &mut String, notice: &NoticeKind<'_>) {
    match notice {
        NoticeKind::Reloaded {
            changed,
            duration_ms,
            diagnostics,
            ..
        } => {
            push_reloaded(text, changed, *duration_ms);
            push_diagnostics(text, diagnostics);
        }
        NoticeKind::Rejected { diagnostics } => {
            let errors = diagnostics.iter().filter(|d| d.severity == "error").count();
            push_rejected(text, errors);
            push_diagnostics(text, diagnostics);
        }
        NoticeKind::Said { text: said } => push_line_said(text, said),
    }
}

fn push_reloaded(text: &mut String, changed: &[String], milliseconds: f64) {
    let services = match changed {
        [] => "no service has changed".to_string(),
        names => names.join(", "),
    };
    let _ = writeln!(
        text,
        "{GOOD}reloaded{GOOD:#} in {} ms: {}",
        milliseconds.trunc(),
        plain::line(&services)
    );
}

fn push_rejected(text: &mut String, errors: usize) {
    let _ = writeln!(
        text,
        "{ERROR}not reloaded{ERROR:#}: {}; the last good version serves on",
        counted(errors, "error")
    );
}

fn push_line_said(text: &mut String, said: &str) {
    let _ = writeln!(text, "{BOLD}{}{BOLD:#}", plain::line(said));
}

/// So many entries went by unseen.
pub(super) fn push_skipped(text: &mut String, count: u64) {
    let _ = writeln!(text, "… {count} lines not shown");
}

fn push_diagnostics(text: &mut String, diagnostics: &[DiagnosticReport]) {
    for told in diagnostics {
        let style = if told.severity == "error" {
            ERROR
        } else {
            WARNING
        };
        let _ = writeln!(
            text,
            "{style}{}[{}]{style:#}: {}",
            plain::line(&told.severity),
            plain::line(&told.code),
            plain::line(&told.title)
        );
        if let Some(file) = &told.file {
            let position = told.line.zip(told.column);
            let position = position.map(|(line, column)| format!(":{line}:{column}"));
            let _ = writeln!(
                text,
                "  --> {}{}",
                plain::line(file),
                position.unwrap_or_default()
            );
        }
        if let Some(help) = &told.help {
            push_indented(text, 2, &format!("help: {help}"));
        }
    }
}

#[cfg(test)]
mod tests;
