//! `logs`: what a running server has done, and does.
//!
//! New entries are asked for by questions that wait for their answer, each after the number that
//! was seen last: a connection that breaks loses nothing, and one that is refused means that the
//! server has ended.

use super::OutputFormat;
use super::exit::{Exit, Failure};
use super::number::within;
use super::print::{self, entry::Style, json};
use super::server::{self, Server, ServerArgs, Unanswered};
use crate::report::{EntryReport, ShownService};
use crate::web_console::{Since, StatusFilter};
use clap::Args;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::time::Duration;

/// How long a question that is answered at once may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many seconds a question waits at the server for something new.
const WAIT: u64 = 25;
/// Entries in one answer while following.
const BATCH: usize = 500;

#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    /// Go on with what comes, until the server ends or Ctrl-C
    #[arg(short, long)]
    follow: bool,
    /// Show the newest N
    #[arg(short = 'n', long = "lines", value_name = "N", default_value_t = 100, value_parser = within(0..=1000_u16))]
    lines: u16,
    /// Requests for this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Requests that were answered so: 404, or 4xx
    #[arg(long, value_parser = checked::<StatusFilter>)]
    status: Option<String>,
    /// Requests whose path begins with this, or holds it if it begins with no slash
    #[arg(long)]
    path: Option<String>,
    /// Requests since a time, or since so long ago: 5m
    #[arg(long, value_name = "TIME", value_parser = checked::<Since>)]
    since: Option<String>,
    /// How to write: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t)]
    output: OutputFormat,
    #[command(flatten)]
    server: ServerArgs,
}

/// What the console answers.
#[derive(Deserialize)]
struct List {
    entries: Vec<EntryReport<'static>>,
    next: u64,
}

#[derive(Deserialize)]
struct Services {
    services: Vec<ShownService>,
}

/// Takes what the console will take, as it was typed.
fn checked<T: std::str::FromStr<Err = String>>(text: &str) -> Result<String, String> {
    text.parse::<T>().map(|_| text.to_string())
}

pub(super) fn run(args: &LogsArgs) -> Result<Exit, Failure> {
    let server = args.server.find()?;
    server::runtime()?.block_on(show(args, &server))
}

async fn show(args: &LogsArgs, server: &Server) -> Result<Exit, Failure> {
    let style = match args.output {
        OutputFormat::Json => None,
        OutputFormat::Pretty => {
            let shown: Services = server.get("/services", PATIENCE).await?;
            Some(Style::new(&shown.services, false, TimeZone::system()))
        }
    };
    let filter = args.filter();
    let newest = format!("/entries?most={}{filter}", args.lines);
    let mut list: List = server.get(&newest, PATIENCE).await?;
    loop {
        if print(style.as_ref(), &list.entries)? == Reader::Gone || !args.follow {
            return Ok(Exit::Done);
        }
        let newer = format!(
            "/entries?after={}&wait={WAIT}&most={BATCH}{filter}",
            list.next
        );
        let patience = PATIENCE + Duration::from_secs(WAIT);
        list = match server.get(&newer, patience).await {
            Ok(list) => list,
            Err(Unanswered::Gone(_)) => return Ok(Exit::Done),
            Err(Unanswered::Refused(failure)) => return Err(failure),
        };
    }
}

/// Whether somebody reads what is written.
#[derive(PartialEq, Eq)]
enum Reader {
    There,
    Gone,
}

fn print(style: Option<&Style>, entries: &[EntryReport<'_>]) -> Result<Reader, Failure> {
    let mut text = String::new();
    for entry in entries {
        match style {
            Some(style) => style.push_report(&mut text, entry),
            None => text.push_str(&json::entry(entry)),
        }
    }
    match text.is_empty() || print::is_read(&text)? {
        true => Ok(Reader::There),
        false => Ok(Reader::Gone),
    }
}

impl LogsArgs {
    /// As parameters of a query, each with an ampersand before it.
    fn filter(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::from("&"));
        for (name, value) in [
            ("service", &self.service),
            ("status", &self.status),
            ("path", &self.path),
            ("since", &self.since),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish().trim_end_matches('&').to_string()
    }
}
