//! The URL to sign, and the token to sign it with.

use super::SignArgs;
use crate::cli::aim::TOKEN_VARIABLE;
use crate::cli::exit::Failure;
use crate::cli::server;
use crate::cli::target::{Written, by_name, resolved};
use crate::handler::Handlers;
use std::path::Path;

/// What is signed and with what.
pub(super) struct Target {
    pub(super) url: String,
    pub(super) token: String,
}

impl Target {
    /// Reads the project only if something of it is asked for.
    pub(super) fn find(args: &SignArgs, handlers: &Handlers) -> Result<Self, Failure> {
        let written = Written::parse(&args.url)?;
        let given = given_token(args.auth_token.as_deref())?;
        if let (Written::Url(_), Some(token)) = (&written, given) {
            return Ok(Target {
                url: args.url.clone(),
                token: token.to_string(),
            });
        }
        let asked = args.files.project(Path::new("."));
        // A path is one of the server's that runs, as it is for `send`.
        let server = match written {
            Written::Url(_) => None,
            Written::Path(_) | Written::OfService(..) => {
                server::running(&asked.folder, |_| true).ok()
            }
        };
        let (project, port) = match &server {
            Some(server) => (args.files.project(&server.folder), server.port()),
            None => (asked, None),
        };
        let (registry, _) = project.registry(handlers, args.port.wished()?.or(port))?;
        let named = match &args.service {
            Some(name) => Some(by_name(&registry, name)?),
            None => None,
        };
        let (url, leads_to) = match written {
            Written::Url(uri) => {
                let host = uri.authority().map_or("", |authority| authority.as_str());
                (args.url.clone(), resolved(&registry, host, uri.path()))
            }
            Written::Path(path) => {
                let url = format!("http://localhost:{}{path}", registry.reach.port);
                let (path, _query) = path.split_once('?').unwrap_or((path, ""));
                (url, resolved(&registry, "", path))
            }
            Written::OfService(name, path) => {
                let service = by_name(&registry, name)?;
                (registry.local_url(service, path), Some(service))
            }
        };
        let service = named.or(leads_to);
        let token = match (given, service) {
            (Some(token), _) => token.to_string(),
            (None, Some(service)) => service.config().auth_token.as_str().to_string(),
            (None, None) => {
                return Err(Failure::usage(
                    "neither the URL nor a default_service names a service",
                )
                .help("name one with --service NAME"));
            }
        };
        Ok(Target { url, token })
    }
}

/// The token that the flag or the variable gives. An empty variable is none; an empty flag is a
/// variable of a script's that is not set, and would sign with what nobody has.
fn given_token(given: Option<&str>) -> Result<Option<&str>, Failure> {
    match given {
        Some("") if std::env::var_os(TOKEN_VARIABLE).is_some() => Ok(None),
        Some("") => Err(Failure::usage("--auth-token is empty")
            .help("leave it out to sign with the project's token")),
        given => Ok(given),
    }
}
