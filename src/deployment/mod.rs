//! What of a project the cloud would refuse or take otherwise, read from its files: the parity rules
//! that no request is needed for.
//!
//! [`examine`] is for `check`; `start` does not read every file before it serves. What the
//! configuration says of itself (two resources on one path, a name that is no path, a variable that
//! is too large) is told while it is loaded, by `config` and `toolkit`.

mod loads;
mod manifest;
mod resources;
mod syntax;

#[cfg(test)]
mod tests;

pub(crate) use loads::user_of_twilio;
pub(crate) use syntax::examine as examine_syntax;

use crate::config::{Config, Origin, ServiceConfig};
use crate::diagnostic::Diagnostic;
use crate::parity::Rule;
use crate::spelling::quoted;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many are told: a generated project with one fault a file must fill neither memory nor terminal.
const MOST: usize = 200;
/// Services that an account has at most.
const MOST_SERVICES: usize = 50;

/// Everything that there is to say of the files of `config`, each with its place; all are warnings,
/// for all of it works here.
pub(crate) fn examine(config: &Config) -> Vec<Diagnostic> {
    let mut found = Found::of(config);
    if config.services.len() > MOST_SERVICES {
        let count = config.services.len();
        let title = format!("{count} services: an account has at most {MOST_SERVICES}");
        let fault = Diagnostic::warning(Rule::ServiceCount.name(), title)
            .help("deploy some of them to another account");
        found.push(match &config.file {
            Some(file) => fault.in_file(found.shown(file), ""),
            None => fault,
        });
    }
    // Services may share a folder: its package.json is read once.
    let mut roots: Vec<&Path> = Vec::new();
    for service in &config.services {
        empty_variables(service, &mut found);
        if service.functions.iter().any(loads::is_javascript) {
            let root = service.root.as_deref().unwrap_or(&config.folder);
            if !roots.contains(&root) {
                roots.push(root);
                let by_toolkit = service.root.is_some();
                let here = |other: &&ServiceConfig| {
                    other.root.as_deref().unwrap_or(&config.folder) == root
                };
                let told = config.services.iter().filter(here);
                let mut told = told.flat_map(|service| &service.parity);
                let lacks_request = told.any(|told| told.rule == Rule::RuntimeHandler);
                manifest::examine(root, by_toolkit, lacks_request, &mut found);
            }
            loads::examine(service, &mut found);
        }
        resources::examine(service, &mut found);
    }
    found.finish()
}

/// What was found so far.
struct Found<'a> {
    folder: &'a Path,
    told: Vec<Diagnostic>,
    left_out: usize,
}

impl<'a> Found<'a> {
    /// Nothing yet, of the files of `config`.
    fn of(config: &'a Config) -> Self {
        Found {
            folder: &config.folder,
            told: Vec::new(),
            left_out: 0,
        }
    }

    fn push(&mut self, fault: Diagnostic) {
        match self.told.len() < MOST {
            true => self.told.push(fault),
            false => self.left_out += 1,
        }
    }

    /// `path` as people are shown it.
    fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(self.folder).unwrap_or(path).to_owned()
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        if self.left_out > 0 {
            let title = format!("{} more are not shown", self.left_out);
            let more = Diagnostic::warning("more-faults", title);
            self.told
                .push(more.help("mend those above, then look again"));
        }
        self.told
    }
}

/// Variables that the cloud sets by itself, whatever is deployed. Source: Twilio docs, "Function
/// execution" and "Environment variables".
const SET_BY_THE_CLOUD: [&str; 6] = [
    "ACCOUNT_SID",
    "AUTH_TOKEN",
    "DOMAIN_NAME",
    "ENVIRONMENT_SID",
    "PATH",
    "SERVICE_SID",
];

/// Variables without a value are not deployed. Source: twilio-run `src/config/utils/env.ts`.
fn empty_variables(service: &ServiceConfig, found: &mut Found<'_>) {
    let is_missed = |name: &str| !SET_BY_THE_CLOUD.contains(&name);
    let empty = service
        .variables
        .iter()
        .filter(|v| v.value.is_empty() && is_missed(&v.name));
    // Deployed are those of the env file alone.
    let mut empty = empty.filter_map(|variable| match &variable.origin {
        Origin::EnvFile(place) => Some((variable.name.as_str(), place)),
        _ => None,
    });
    let Some((first, place)) = empty.next() else {
        return;
    };
    let more: Vec<String> = empty.map(|(name, _)| quoted(name)).collect();
    let named = match more.as_slice() {
        [] => format!("{} has", quoted(first)),
        [..] if more.len() < 10 => format!("{}, {} have", quoted(first), more.join(", ")),
        [second, ..] => {
            let rest = more.len() - 1;
            format!("{}, {second} and {rest} more have", quoted(first))
        }
    };
    // The line as it must be; the file itself holds secrets.
    let breaks = place.line.saturating_sub(1);
    let text: Arc<str> = format!("{}{first}=", "\n".repeat(breaks)).into();
    let title = format!("{named} no value, and what has none is not deployed");
    let fault = Diagnostic::warning(Rule::EmptyVariable.name(), title)
        .at(&place.file, &text, breaks..text.len(), "")
        .help("give it a value, or expect undefined in the cloud's context");
    found.push(fault);
}
