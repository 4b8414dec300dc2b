//! `list`: every route, as `start` would serve it.

use super::ResultFormat;
use super::exit::{Exit, Failure};
use super::print::{self, table::Table};
use super::project::{PortArgs, ProjectArgs};
use crate::handler::Handlers;
use crate::report::{self, ShownService};
use clap::Args;
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    port: PortArgs,
    /// How to write the list: for people, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    format: ResultFormat,
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &ListArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let project = args.project.project();
    let (registry, diagnostics) = project.registry(handlers, args.port.wished()?)?;
    print::diagnostics(&diagnostics);
    let services = report::services(&registry, &project.folder);
    print::out(&match args.format {
        ResultFormat::Table => table(&services),
        ResultFormat::Json => print::document(&json(&services)),
    })?;
    Ok(Exit::Done)
}

fn table(services: &[ShownService]) -> String {
    let mut table = Table::new(["SERVICE", "VISIBILITY", "KIND", "URL", "FILE OR HANDLER"]);
    for service in services {
        for route in &service.routes {
            table.row([
                service.name.as_str(),
                route.visibility.as_str(),
                route.kind.as_str(),
                route.url.as_deref().unwrap_or("-"),
                route.target.as_str(),
            ]);
        }
    }
    table.to_string()
}

fn json(services: &[ShownService]) -> Value {
    let mut rows = Vec::new();
    for service in services {
        for route in &service.routes {
            rows.push(json!({
                "service": service.name,
                "visibility": route.visibility,
                "kind": route.kind,
                "path": route.path,
                "url": route.url,
                "target": route.target,
            }));
        }
    }
    Value::Array(rows)
}
