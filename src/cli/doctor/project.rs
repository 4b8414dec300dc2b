//! The project: whether it loads, and which credentials it would use that are no secret.

use super::finding::Finding;
use crate::cli::exit::counted;
use crate::cli::start::documented;
use crate::config::{AuthToken, Config, Loaded};

pub(super) fn loads(loaded: &Loaded) -> Finding {
    const CHECK: &str = "project";
    const HELP: &str = "`switchboard check` names each with file and line";
    let errors = loaded.diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = counted(loaded.diagnostics.len() - errors, "warning");
    match &loaded.config {
        None => Finding::fault(CHECK, counted(errors, "error"), HELP),
        Some(config) => {
            let services = counted(config.services.len(), "service");
            let resources = |s: &crate::config::ServiceConfig| s.functions.len() + s.assets.len();
            let routes = counted(config.services.iter().map(resources).sum(), "route");
            match loaded.diagnostics.len() {
                0 => Finding::ok(CHECK, format!("{services}, {routes}")),
                _ => Finding::warn(CHECK, format!("{services}, {routes}, {warnings}"), HELP),
            }
        }
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
