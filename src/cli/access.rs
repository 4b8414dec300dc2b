//! `access`: who reaches what, and whether it is as somebody has written down.

use super::ResultFormat;
use super::exit::{Exit, Failure, counted};
use super::print::{self, table::Table};
use super::project::ProjectArgs;
use crate::access::{self, Expectation, Row};
use crate::app::Switchboard;
use crate::handler::Handlers;
use crate::put::{self, Readers};
use clap::Args;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest expectation that is read: some hundred thousand routes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct AccessArgs {
    /// How to write the table: for people, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    format: ResultFormat,
    /// Write the verdicts to FILE, to be committed
    #[arg(long, value_name = "FILE", conflicts_with = "expect")]
    write: Option<PathBuf>,
    /// Compare with FILE, which --write wrote; exit code 1 if a verdict differs
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &AccessArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let expectation = args.expect.as_deref().map(read).transpose()?;
    let (registry, diagnostics) = args.project.project().registry(handlers, None)?;
    print::diagnostics(&diagnostics);
    let runtime = Switchboard::runtime()
        .map_err(|error| Failure::at_fault(format!("no threads to ask with: {error}")))?;
    let rows = runtime.block_on(access::judge(&registry));
    if let Some(file) = &args.write {
        put::file(file, Expectation::write(&rows).as_bytes(), Readers::Usual).map_err(|error| {
            Failure::at_fault(format!("cannot write {}: {error}", file.display()))
                .help("name a file in a folder that exists and can be written to")
        })?;
        let routes = counted(rows.len(), "route");
        print::out(&format!("{routes} written to {}\n", file.display()))?;
        return Ok(Exit::Done);
    }
    let changes = match &expectation {
        Some(expectation) => access::differences(expectation, &rows),
        None => Vec::new(),
    };
    match (args.format, &args.expect) {
        (ResultFormat::Json, _) => print::out(&print::document(&json!({
            "routes": rows.iter().map(route).collect::<Vec<_>>(),
            "changes": changes,
        })))?,
        (ResultFormat::Table, None) => print::out(&table(&rows))?,
        (ResultFormat::Table, Some(file)) if changes.is_empty() => {
            let routes = counted(rows.len(), "route");
            print::out(&format!("{routes} as in {}\n", file.display()))?;
        }
        (ResultFormat::Table, Some(_)) => {}
    }
    match &args.expect {
        Some(file) if !changes.is_empty() => Err(unexpected(file, &changes)),
        _ => Ok(Exit::Done),
    }
}

fn read(file: &Path) -> Result<Expectation, Failure> {
    let unread = |error: io::Error| {
        Failure::at_fault(format!("cannot read {}: {error}", file.display()))
            .help("make it with `switchboard access --write FILE`")
    };
    let mut text = String::new();
    let opened = File::open(file).map_err(unread)?;
    let length = opened.take(MOST_BYTES + 1).read_to_string(&mut text);
    if length.map_err(unread)? as u64 > MOST_BYTES {
        let text = format!("{} is larger than {MOST_BYTES} bytes", file.display());
        return Err(Failure::at_fault(text).help("name a file that `access --write` wrote"));
    }
    Expectation::read(&text).map_err(|error| {
        Failure::at_fault(format!("{} is no expectation: {error}", file.display()))
            .help("make it anew with `switchboard access --write FILE`")
    })
}

fn unexpected(file: &Path, changes: &[String]) -> Failure {
    let mut details = String::new();
    for change in changes {
        details.push_str(&print::plain::line(change));
        details.push('\n');
    }
    Failure {
        details,
        ..Failure::at_fault(format!(
            "{} from {}",
            counted(changes.len(), "difference"),
            file.display()
        ))
    }
    .help(format!(
        "if they are meant: switchboard access --write {}",
        file.display()
    ))
}

/// The verdicts in columns; below, each reason once.
fn table(rows: &[Row]) -> String {
    let mut table = Table::new([
        "SERVICE",
        "PATH",
        "VISIBILITY",
        "ANYONE",
        "TWILIO",
        "OTHER TOKEN",
        "FUNCTION",
        "BEHIND IT",
    ]);
    let mut reasons: Vec<(String, &str)> = Vec::new();
    for row in rows {
        let cells: Vec<String> = row.judged.iter().map(|j| j.verdict.to_string()).collect();
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        table.row([
            &row.service,
            &row.path,
            row.visibility.as_str(),
            cell(0),
            cell(1),
            cell(2),
            cell(3),
            &row.target,
        ]);
        for judged in &row.judged {
            let reason = (judged.verdict.to_string(), judged.reason.as_str());
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    reasons.sort();
    let mut text = table.to_string();
    if !reasons.is_empty() {
        text.push_str("\nwhy\n");
    }
    for (verdict, reason) in reasons {
        text.push_str(&format!("  {verdict:14}  {}\n", print::plain::line(reason)));
    }
    text
}

fn route(row: &Row) -> Value {
    let callers: Map<String, Value> = row
        .judged
        .iter()
        .map(|judged| {
            let value = json!({ "verdict": judged.verdict, "reason": judged.reason });
            (judged.caller.key().to_string(), value)
        })
        .collect();
    json!({
        "service": row.service,
        "path": row.path,
        "visibility": row.visibility,
        "target": row.target,
        "callers": callers,
    })
}
