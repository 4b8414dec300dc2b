//! The project: whether it loads, and which credentials it would use that are no secret.

use super::finding::Finding;
use crate::cli::exit::counted;
use crate::cli::start::documented;
use crate::config::{AuthToken, Config, ServiceConfig};
use crate::diagnostic::Diagnostic;

/// Whether there is a `config` that can be served, and what `check` says of the files.
pub(super) fn loads(config: Option<&Config>, faults: &[Diagnostic]) -> Finding {
    const CHECK: &str = "project";
    const HELP: &str = "`switchboard check` names each with file and line";
    let mut told = Vec::new();
    if let Some(config) = config {
        let resources = |s: &ServiceConfig| s.functions.len() + s.assets.len();
        told.push(counted(config.services.len(), "service"));
        told.push(counted(
            config.services.iter().map(resources).sum(),
            "route",
        ));
    }
    let errors = faults.iter().filter(|d| d.is_error()).count();
    let warnings = faults.len() - errors;
    for (count, noun) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            told.push(counted(count, noun));
        }
    }
    let told = told.join(", ");
    match (config, errors, warnings) {
        (Some(_), 0, 0) => Finding::ok(CHECK, told),
        (Some(_), 0, _) => Finding::warn(CHECK, told, HELP),
        _ => Finding::fault(CHECK, told, HELP),
    }
}

/// What is known to everybody and in use all the same.
pub(super) fn secrets(config: &Config) -> Vec<Finding> {
    const CHECK: &str = "secrets";
    let development: Vec<&str> = config
        .services
        .iter()
        .filter(|service| service.auth_token == AuthToken::Development)
        .map(|service| service.name.as_str())
        .collect();
    let mut findings = Vec::new();
    if !development.is_empty() {
        findings.push(Finding::warn(
            CHECK,
            format!("the development auth token is in use by {}", development.join(", ")),
            "for webhooks of your own account set AUTH_TOKEN in .env, or auth_token in services.toml",
        ));
    }
    for note in config.services.iter().filter_map(documented::note) {
        findings.push(Finding::warn(
            CHECK,
            note,
            "see docs/services.md for where each comes from",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, "none that everybody knows"));
    }
    findings
}
