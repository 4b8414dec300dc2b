//! `doctor`: what of this machine and of the project would keep functions from being served.
//!
//! Nothing leaves the machine. Of the project's secrets only that they are in use is told.

mod finding;
mod machine;
mod packages;
mod project;

use super::ResultFormat;
use super::check;
use super::exit::{Exit, Failure};
use super::print;
use super::project::ProjectArgs;
use crate::app::{DEFAULT_PORT, Switchboard};
use crate::handler::Handlers;
use clap::Args;
use finding::{Finding, Standing};
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// How to write what was found: for people, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    format: ResultFormat,
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &DoctorArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let runtime = Switchboard::runtime()
        .map_err(|error| Failure::at_fault(format!("no threads to ask with: {error}")))?;
    let findings = runtime.block_on(examine(args, handlers));
    let count = |standing| findings.iter().filter(|f| f.standing == standing).count();
    let (faults, warnings) = (count(Standing::Fault), count(Standing::Warn));
    print::out(&match args.format {
        ResultFormat::Table => finding::text(&findings),
        ResultFormat::Json => print::document(&json!({
            "version": env!("CARGO_PKG_VERSION"),
            "faults": faults,
            "warnings": warnings,
            "checks": findings,
        })),
    })?;
    Ok(match faults {
        0 => Exit::Done,
        _ => Exit::AtFault,
    })
}

async fn examine(args: &DoctorArgs, handlers: &Handlers) -> Vec<Finding> {
    let project = args.project.project();
    let loaded = project.load(handlers);
    let config = loaded.config.as_ref();
    let mut findings = vec![Finding::ok(
        "version",
        format!("switchboard {}", env!("CARGO_PKG_VERSION")),
    )];
    findings.push(project::loads(config, &check::faults(&loaded).await));
    if let Some(config) = config {
        findings.extend(project::secrets(config));
    }
    findings.extend(packages::node(config).await);
    let port = config
        .and_then(|config| config.port)
        .unwrap_or(DEFAULT_PORT);
    findings.push(machine::port(port).await);
    findings.push(machine::console_port().await);
    findings.push(machine::run_folder());
    findings.push(machine::watching(&loaded.watched).await);
    findings.extend(machine::tunnels());
    findings
}
