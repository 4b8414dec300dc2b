//! What came of a replay: what was answered then, and now.

use super::plain;
use super::style::{self, BOLD, DIM, ERROR, GOOD};
use crate::web_console::{LineTold, ReplayReport, Side};
use http::StatusCode;
use std::fmt::Write;

/// Lines of a body that are shown.
const MOST_LINES: usize = 200;

/// What came of it, for people.
pub(in crate::cli) fn text(report: &ReplayReport) -> String {
    let number = report.id.map_or(String::new(), |id| format!(" as #{id}"));
    let signed = if report.signed { ", signed anew" } else { "" };
    let mut text = format!(
        "{BOLD}#{} again{number}{BOLD:#}  {} {}  {DIM}{:.1} ms{signed}{DIM:#}\n",
        report.replayed,
        plain::line(&report.request.method),
        plain::line(&report.request.target),
        report.duration_ms,
    );
    push(&mut text, report);
    if let Some(fault) = &report.fault {
        text.push('\n');
        plain::push_indented(&mut text, 0, fault);
    }
    text
}

/// Adds what the two answers have in common and what not.
fn push(text: &mut String, report: &ReplayReport) {
    let status = |status: u16| {
        let style = style::of_status(StatusCode::from_u16(status).unwrap_or_default());
        format!("{style}{status}{style:#}")
    };
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "\n{BOLD}status{BOLD:#}   {} → {}",
        status(report.before.status),
        status(report.after.status)
    );
    push_headers(text, &report.differences.headers);
    push_bodies(text, report);
}

fn push_headers(text: &mut String, lines: &[LineTold]) {
    let mut differing = lines.iter().filter(|line| line.of != Side::Both).peekable();
    if differing.peek().is_none() {
        let _ = writeln!(text, "{BOLD}headers{BOLD:#}  {DIM}the same{DIM:#}");
        return;
    }
    let _ = writeln!(text, "{BOLD}headers{BOLD:#}");
    for line in differing {
        push_line(text, line);
    }
}

fn push_bodies(text: &mut String, report: &ReplayReport) {
    let (before, after) = (&report.before.body, &report.after.body);
    if before == after {
        let _ = writeln!(
            text,
            "{BOLD}body{BOLD:#}     {DIM}the same, {} bytes{DIM:#}",
            after.bytes
        );
        return;
    }
    let Some(lines) = &report.differences.body else {
        let _ = writeln!(
            text,
            "{BOLD}body{BOLD:#}     {} bytes → {} bytes, and not both are text",
            before.bytes, after.bytes
        );
        return;
    };
    let _ = writeln!(text, "{BOLD}body{BOLD:#}");
    for line in lines.iter().take(MOST_LINES) {
        push_line(text, line);
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "  … and {} more lines", lines.len() - MOST_LINES);
    }
}

fn push_line(text: &mut String, line: &LineTold) {
    let shown = plain::line(&line.text);
    let _ = match line.of {
        Side::Both => writeln!(text, "    {shown}"),
        Side::Before => writeln!(text, "  {ERROR}-{ERROR:#} {shown}"),
        Side::After => writeln!(text, "  {GOOD}+{GOOD:#} {shown}"),
    };
}
