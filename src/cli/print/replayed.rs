//! What came of a replay: what was answered then, and now.

use super::plain;
use super::style::{self, BOLD, DIM, ERROR, GOOD};
use crate::lines::{Line, compare};
use crate::report::{AnswerReport, BodyReport};
use crate::web_console::ReplayReport;
use http::StatusCode;
use std::fmt::Write;

/// Headers that differ each time and say nothing.
const EVER_NEW: [&str; 1] = ["date"];
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
    push(&mut text, &report.before, &report.after);
    if let Some(fault) = &report.fault {
        text.push('\n');
        plain::push_indented(&mut text, 0, fault);
    }
    text
}

/// Adds what `before` and `after` have in common and what not.
fn push(text: &mut String, before: &AnswerReport, after: &AnswerReport) {
    let status = |status: u16| {
        let style = style::of_status(StatusCode::from_u16(status).unwrap_or_default());
        format!("{style}{status}{style:#}")
    };
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "\n{BOLD}status{BOLD:#}   {} → {}",
        status(before.status),
        status(after.status)
    );
    push_headers(text, before, after);
    push_bodies(text, &before.body, &after.body);
}

fn push_headers(text: &mut String, before: &AnswerReport, after: &AnswerReport) {
    let lines = |answer: &AnswerReport| -> Vec<String> {
        let shown = answer.headers.iter();
        shown
            .filter(|(name, _)| !EVER_NEW.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect()
    };
    let (before, after) = (lines(before), lines(after));
    if before == after {
        let _ = writeln!(text, "{BOLD}headers{BOLD:#}  {DIM}the same{DIM:#}");
        return;
    }
    let _ = writeln!(text, "{BOLD}headers{BOLD:#}");
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    for line in compare(&before, &after) {
        if !matches!(line, Line::Both(_)) {
            push_line(text, line);
        }
    }
}

fn push_bodies(text: &mut String, before: &BodyReport, after: &BodyReport) {
    if before == after {
        let _ = writeln!(
            text,
            "{BOLD}body{BOLD:#}     {DIM}the same, {} bytes{DIM:#}",
            after.bytes
        );
        return;
    }
    let (Some(old), Some(new)) = (&before.text, &after.text) else {
        let _ = writeln!(
            text,
            "{BOLD}body{BOLD:#}     {} bytes → {} bytes, and not both are text",
            before.bytes, after.bytes
        );
        return;
    };
    let _ = writeln!(text, "{BOLD}body{BOLD:#}");
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let lines = compare(&old, &new);
    for line in lines.iter().take(MOST_LINES) {
        push_line(text, *line);
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "  … and {} more lines", lines.len() - MOST_LINES);
    }
}

fn push_line(text: &mut String, line: Line<'_>) {
    let _ = match line {
        Line::Both(line) => writeln!(text, "    {}", plain::line(line)),
        Line::Old(line) => writeln!(text, "  {ERROR}-{ERROR:#} {}", plain::line(line)),
        Line::New(line) => writeln!(text, "  {GOOD}+{GOOD:#} {}", plain::line(line)),
    };
}
