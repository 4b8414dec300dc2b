//! `check`: everything that is wrong with a project's files, here or in the cloud, and nothing else.

use super::ResultFormat;
use super::exit::{Exit, Failure, counted};
use super::print;
use super::project::ProjectArgs;
use crate::app::Switchboard;
use crate::config::SCHEMA;
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
    let mut found = loaded.diagnostics;
    if let Some(config) = &loaded.config {
        found.extend(deployment::examine(config));
        let program = NodeSpec::usual_program();
        let runtime = Switchboard::runtime()
            .map_err(|error| Failure::at_fault(format!("cannot start: {error}")))?;
        found.extend(runtime.block_on(deployment::examine_syntax(config, &program)));
    }
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
