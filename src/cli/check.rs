//! `check`: everything that is wrong with a project's files, here or in the cloud, and nothing else.

use super::ResultFormat;
use super::exit::{Exit, Failure, counted};
use super::print;
use super::project::ProjectArgs;
use crate::app::Switchboard;
use crate::config::{Loaded, SCHEMA};
use crate::deployment;
use crate::diagnostic::{self, Colour, Diagnostic};
use crate::handler::Handlers;
use crate::node::NodeSpec;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// How to write what was found: for people, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    format: ResultFormat,
    /// Take warnings for errors: what the cloud would refuse ends with 1 as well
    #[arg(long)]
    strict: bool,
    /// Print the JSON schema of services.toml, for editors, and do nothing else
    #[arg(long)]
    schema: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &CheckArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    if args.schema {
        print::out(SCHEMA)?;
        return Ok(Exit::Done);
    }
    let loaded = args.project.project().load(handlers);
    let runtime = Switchboard::runtime()
        .map_err(|error| Failure::at_fault(format!("cannot start: {error}")))?;
    let found = runtime.block_on(faults(&loaded));
    let errors = found.iter().filter(|d| d.is_error()).count();
    print::out(&match args.format {
        ResultFormat::Table => text(&found, errors),
        ResultFormat::Json => print::document(&json!({
            "errors": errors,
            "warnings": found.len() - errors,
            "diagnostics": diagnostic::to_json(&found),
        })),
    })?;
    let at_fault = errors > 0 || (args.strict && !found.is_empty());
    Ok(match at_fault {
        true => Exit::AtFault,
        false => Exit::Done,
    })
}

/// All that is wrong with what was loaded, here or in the cloud.
pub(super) async fn faults(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut found = loaded.diagnostics.clone();
    if let Some(config) = &loaded.config {
        found.extend(deployment::examine(config));
        let program = NodeSpec::usual_program();
        found.extend(deployment::examine_syntax(config, &program).await);
    }
    found
}

fn text(found: &[Diagnostic], errors: usize) -> String {
    if found.is_empty() {
        return "no faults\n".to_string();
    }
    format!(
        "{}\n{}, {}\n",
        diagnostic::render(found, Colour::Always),
        counted(errors, "error"),
        counted(found.len() - errors, "warning")
    )
}
