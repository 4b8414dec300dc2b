//! `replay`: an exchange of a running server, sent again.
//!
//! The server sends it, since it knows the exchange and the token that signs it anew; neither need
//! leave it.

use super::OutputFormat;
use super::exit::{Exit, Failure};
use super::number::exchange;
use super::print::{self, replayed};
use super::server::{self, ServerArgs};
use super::sign::parameter;
use crate::replay::Edits;
use crate::web_console::{ReplayReport, ReplayWish};
use crate::webhook::requestable;
use clap::Args;
use http::{HeaderName, HeaderValue, Method};
use std::time::Duration;

/// How long it may take: a function can be allowed to take any time.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The number of the exchange, as the terminal and `logs` show it
    #[arg(value_parser = exchange)]
    id: u64,
    /// Set or replace a parameter of the form, or else of the query; repeatable
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = parameter)]
    data: Vec<(String, String)>,
    /// Leave a parameter out; repeatable
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Set or replace a header, or leave it out if there is no value; repeatable
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Another method
    #[arg(short = 'X', long, value_parser = method)]
    method: Option<String>,
    /// Another body
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
    /// Send it to another server: its base, or a whole URL
    #[arg(long, value_name = "URL", value_parser = url)]
    to: Option<String>,
    /// How to write the answers: for people, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    output: OutputFormat,
    #[command(flatten)]
    server: ServerArgs,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("there is no `:` between name and value")?;
    let (name, value) = (name.trim().to_string(), value.trim().to_string());
    if HeaderName::try_from(&name).is_err() || HeaderValue::try_from(&value).is_err() {
        return Err("its name or its value has characters that no header may have".to_string());
    }
    Ok((name, value))
}

fn method(text: &str) -> Result<String, String> {
    match Method::from_bytes(text.as_bytes()) {
        Ok(_) => Ok(text.to_string()),
        Err(_) => Err("a method is one word, such as POST".to_string()),
    }
}

/// The server asks it; what nobody can ask is known before.
fn url(text: &str) -> Result<String, String> {
    match requestable(text) {
        Some(_) => Ok(text.to_string()),
        None => Err(
            "not a URL that can be requested; write https://HOST or https://HOST/PATH".to_string(),
        ),
    }
}

pub(super) fn run(args: &ReplayArgs) -> Result<Exit, Failure> {
    let server = args.server.find()?;
    let wish = ReplayWish {
        edits: Edits {
            method: args.method.clone(),
            target: None,
            body: args.body.clone(),
            set: args.data.clone(),
            remove: args.remove.clone(),
            headers: args.header.clone(),
        },
        to: args.to.clone(),
    };
    let path = format!("/exchanges/{}/replay", args.id);
    let told = server::runtime()?.block_on(server.post(&path, &as_json(&wish), PATIENCE))?;
    let report: ReplayReport = told;
    print::out(&match args.output {
        OutputFormat::Pretty => replayed::text(&report),
        OutputFormat::Json => print::document(&as_json(&report)),
    })?;
    Ok(match report.after.status {
        200..=399 => Exit::Done,
        _ => Exit::AtFault,
    })
}

fn as_json(value: &impl serde::Serialize) -> serde_json::Value {
    // Neither has anything that JSON could not hold.
    serde_json::to_value(value).unwrap_or_default()
}
