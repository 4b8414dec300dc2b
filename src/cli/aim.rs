//! Where the request goes, which URL Twilio would call, and with which token it is signed.

use super::exit::Failure;
use super::project::{FilesArgs, Project};
use super::server;
use super::target::{Written, resolved};
use crate::client::{Answer, is_of_this_machine};
use crate::config::{AuthToken, DEVELOPMENT_ACCOUNT_SID};
use crate::handler::Handlers;
use crate::registry::{Registry, Service};
use crate::runfile::RunFile;
use crate::twiml::{self, Fault};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use http::Uri;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// The variable with the token for deployed functions, as Twilio's own tools have it.
pub(super) const TOKEN_VARIABLE: &str = "TWILIO_AUTH_TOKEN";

/// What is called.
pub(super) struct Aim {
    /// The URL that is requested.
    pub(super) sent: String,
    /// The URL that Twilio would request: that of the tunnel, if the server is behind one.
    pub(super) signed: String,
    pub(super) token: String,
    pub(super) account_sid: String,
    /// The project's server, if that is what is called.
    pub(super) server: Option<RunFile>,
    /// The project that is served there, where it was read.
    project: Option<Registry>,
}

/// What is called, and as whom.
#[derive(Debug, Args)]
pub(super) struct AimArgs {
    /// What is called: /PATH or SERVICE:/PATH of the project that is served, or any URL
    pub(super) target: String,
    /// Sign with this token and not with the project's; the list of processes shows it, the
    /// environment does not: for a URL of another machine, $TWILIO_AUTH_TOKEN is it
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    auth_token: Option<String>,
    #[command(flatten)]
    files: FilesArgs,
}

impl AimArgs {
    /// # Errors
    ///
    /// When nothing can be called: the target is none, no server runs, the project cannot be read.
    pub(super) fn find(&self, handlers: &Handlers) -> Result<Aim, Failure> {
        self.find_other(&self.target, handlers)
    }

    /// The same for another target.
    pub(super) fn find_other(&self, target: &str, handlers: &Handlers) -> Result<Aim, Failure> {
        match Written::parse(target)? {
            Written::Url(uri) => Aim::at_url(self, target, &uri, handlers),
            Written::Path(_) | Written::OfService(..) => Aim::at_path(self, target, handlers),
        }
    }
}

impl Aim {
    /// The project is read only if its token is needed.
    fn at_url(
        args: &AimArgs,
        target: &str,
        uri: &Uri,
        handlers: &Handlers,
    ) -> Result<Self, Failure> {
        let given = args.auth_token.clone().or_else(|| {
            // Who has the variable set for the cloud still means the project on this machine.
            let named = std::env::var(TOKEN_VARIABLE).ok();
            named.filter(|token| !token.is_empty() && !is_local(uri))
        });
        let aim = |token: String, account_sid: &str, project| Aim {
            sent: target.to_string(),
            signed: target.to_string(),
            token,
            account_sid: account_sid.to_string(),
            server: None,
            project,
        };
        if let Some(token) = given {
            return Ok(aim(token, DEVELOPMENT_ACCOUNT_SID, None));
        }
        let project = args.files.project(Path::new("."));
        let (registry, _) = project
            .registry(handlers, uri.port_u16())
            .map_err(|failure| failure.help("--auth-token TOKEN signs without a project"))?;
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let service = resolved(&registry, host, uri.path()).ok_or_else(unnamed)?;
        let development = service.config().auth_token == AuthToken::Development;
        if development && !is_local(uri) && !is_tunnel(&project, uri) {
            return Err(Failure::usage(format!(
                "the project has no auth token of its own, and {host} will take no other"
            ))
            .help(format!(
                "set {TOKEN_VARIABLE}, or pass --auth-token TOKEN: that of the account it is deployed to"
            )));
        }
        let service = Arc::clone(service);
        let account_sid = &service.config().account_sid;
        Ok(aim(token(&service), account_sid, Some(registry)))
    }

    fn at_path(args: &AimArgs, target: &str, handlers: &Handlers) -> Result<Self, Failure> {
        let asked = args.files.project(Path::new("."));
        let server = server::running(&asked.folder, |_| true).map_err(|none| {
            none.help("start one with `switchboard start`, or give the whole URL")
        })?;
        // That of the server: one may stand in a folder below it.
        let project = args.files.project(&server.folder);
        let (mut registry, _) = project.registry(handlers, server.port())?;
        registry.reach.public_url.clone_from(&server.public_url);
        // No token would help: the path is one of the project's services, whichever signs.
        let named = registry
            .named(target)
            .map_err(|unnamed| Failure::usage(unnamed.to_string()).help(unnamed.help))?;
        let (path, service) = (named.path, Arc::clone(named.service));
        let base = |url: &str| format!("{}{path}", url.trim_end_matches('/'));
        let sent = base(&server.service_url);
        Ok(Aim {
            signed: server.public_url.as_deref().map_or(sent.clone(), base),
            sent,
            token: args.auth_token.clone().unwrap_or_else(|| token(&service)),
            account_sid: service.config().account_sid.clone(),
            server: Some(server),
            project: Some(registry),
        })
    }

    /// What is wrong with the addresses in an `answer` from `url`, as far as the project knows them.
    pub(super) fn judge_links(&self, url: &str, answer: &Answer) -> Vec<Fault> {
        let Some(registry) = &self.project else {
            return Vec::new();
        };
        let text = String::from_utf8_lossy(&answer.body);
        match (registry.own(url), twiml::parse(&text)) {
            (Some((service, path)), Ok(document)) => {
                registry.judge_links(service, path, &twiml::links(&document))
            }
            _ => Vec::new(),
        }
    }
}

fn token(service: &Arc<Service>) -> String {
    service.config().auth_token.as_str().to_string()
}

fn unnamed() -> Failure {
    Failure::usage("neither the URL nor a default_service names a service")
        .help("write SERVICE:/PATH, or sign with --auth-token TOKEN")
}

/// Whether the URL leads to the project's server by its tunnel.
fn is_tunnel(project: &Project, uri: &Uri) -> bool {
    let servers = RunFile::find(&project.folder).unwrap_or_default();
    servers.iter().any(|server| {
        let public = server.public_url.as_deref();
        let public = public.and_then(|public| public.parse::<Uri>().ok());
        public.is_some_and(|public| public.authority() == uri.authority())
    })
}

/// Whether the URL is one of this machine's.
fn is_local(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    is_of_this_machine(&host) || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
