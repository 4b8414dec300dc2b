//! What there is to say when the server has started, as a value: printed, or written as JSON.

use super::args::Wishes;
use super::documented;
use crate::app::Running;
use crate::config::{AuthToken, DEVELOPMENT_ACCOUNT_SID, DEVELOPMENT_AUTH_TOKEN, ServiceConfig};
use crate::diagnostic::Diagnostic;
use crate::listen::Host;
use crate::node::{Inspect, NodeFault};
use crate::registry::Registry;
use crate::report::{self, ShownService};
use crate::web_console::RunningConsole;
use std::net::SocketAddr;

/// What is told at the start.
pub(in crate::cli) struct Announcement {
    pub(in crate::cli) url: String,
    pub(in crate::cli) port: u16,
    pub(in crate::cli) public_url: Option<String>,
    pub(in crate::cli) console_url: Option<String>,
    /// The same with the key to it: for a terminal, where only the user reads it.
    pub(in crate::cli) console_link: Option<String>,
    pub(in crate::cli) services: Vec<ShownService>,
    pub(in crate::cli) diagnostics: Vec<Diagnostic>,
    /// What one should know, a line each.
    pub(in crate::cli) notes: Vec<String>,
    /// Commands to try, for a POSIX shell.
    pub(in crate::cli) commands: Vec<String>,
}

impl Announcement {
    /// `node` is why JavaScript functions cannot run, if they cannot.
    pub(super) fn new(running: &Running, wishes: &Wishes, node: Option<&NodeFault>) -> Self {
        let registry = running.registry();
        let services = report::services(&registry, &wishes.project.folder);
        let commands = registry
            .services()
            .iter()
            .zip(&services)
            .flat_map(|(service, shown)| documented::commands(service.config(), &shown.url))
            .collect();
        Announcement {
            url: format!("http://localhost:{}", running.port()),
            port: running.port(),
            console_url: running.console_url(),
            console_link: running.console().map(RunningConsole::link),
            public_url: registry.reach.public_url.clone(),
            services,
            diagnostics: running.diagnostics().to_vec(),
            notes: notes(&registry, wishes, node),
            commands,
        }
    }
}

fn notes(registry: &Registry, wishes: &Wishes, node: Option<&NodeFault>) -> Vec<String> {
    let configs: Vec<&ServiceConfig> = registry.services().iter().map(|s| s.config()).collect();
    let wide = wide(wishes.host, registry.reach.port);
    let meaningless = (!wishes.meaningless.is_empty())
        .then(|| format!("without meaning here: {}", wishes.meaningless.join(", ")));
    let exposed = wishes.inspect.and_then(exposed);
    let all = [
        wide,
        exposed,
        credentials(&configs),
        local_api(wishes.local_api),
        open_to_all(&configs, registry.reach.public_url.as_deref()),
        meaningless,
        javascript(node),
    ];
    all.into_iter()
        .flatten()
        .chain(configs.iter().filter_map(|c| documented::note(c)))
        .collect()
}

/// A warning for those who let others in.
fn wide(host: Host, port: u16) -> Option<String> {
    match host {
        Host::Address(address) if !address.is_loopback() => Some(format!(
            "whoever reaches this machine can call these services: listening on {}",
            SocketAddr::new(address, port)
        )),
        _ => None,
    }
}

/// The same for those who let others debug.
fn exposed(inspect: Inspect) -> Option<String> {
    let address = inspect.address;
    (!address.ip().is_loopback()).then(|| {
        format!(
            "whoever reaches this machine can run any code here: debuggers may attach to {address}"
        )
    })
}

/// Nobody should wait for a message that stays here.
fn local_api(is_wished: bool) -> Option<String> {
    is_wished.then(|| {
        "Twilio's REST API is answered here, for every account (--local-api): what functions send by the \
         package twilio stays on this machine"
            .to_string()
    })
}

/// Functions that cannot run should be no surprise.
fn javascript(fault: Option<&NodeFault>) -> Option<String> {
    fault.map(|fault| format!("JavaScript functions answer 503: {fault}"))
}

/// A warning for those whose protected functions are open to the world.
fn open_to_all(configs: &[&ServiceConfig], public_url: Option<&str>) -> Option<String> {
    let known = |config: &&&ServiceConfig| config.auth_token == AuthToken::Development;
    let names: Vec<&str> = configs
        .iter()
        .filter(known)
        .map(|c| c.name.as_str())
        .collect();
    let url = public_url.filter(|_| !names.is_empty())?;
    Some(format!(
        "the development auth token is known to everybody: whoever reaches {url} can sign requests to {}",
        names.join(", ")
    ))
}

/// The development token is no secret, and signing by hand needs it.
fn credentials(configs: &[&ServiceConfig]) -> Option<String> {
    let names: Vec<&str> = configs
        .iter()
        .filter(|config| config.auth_token == AuthToken::Development)
        .map(|config| config.name.as_str())
        .collect();
    if names.is_empty() {
        return None;
    }
    let sid = configs
        .iter()
        .any(|config| config.account_sid == DEVELOPMENT_ACCOUNT_SID);
    let sid = match sid {
        true => format!(" and account {DEVELOPMENT_ACCOUNT_SID}"),
        false => String::new(),
    };
    Some(format!(
        "development auth token {DEVELOPMENT_AUTH_TOKEN}{sid} in use by {}; the variables \
         AUTH_TOKEN and ACCOUNT_SID set others",
        names.join(", ")
    ))
}
