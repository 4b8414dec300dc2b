//! The URL to sign, and the token to sign it with.

use super::SignArgs;
use crate::cli::exit::Failure;
use crate::handler::Handlers;
use crate::registry::{Registry, Service};
use http::Uri;
use std::path::Path;
use std::sync::Arc;

/// What is signed and with what.
pub(super) struct Target {
    pub(super) url: String,
    pub(super) token: String,
}

impl Target {
    /// Reads the project only if something of it is asked for.
    pub(super) fn find(args: &SignArgs, handlers: &Handlers) -> Result<Self, Failure> {
        let written = Written::parse(&args.url)?;
        if let (Written::Url(uri), Some(token)) = (&written, &args.auth_token) {
            check_host(uri)?;
            return Ok(Target {
                url: args.url.clone(),
                token: token.clone(),
            });
        }
        let project = args.files.project(Path::new("."));
        let (registry, _) = project.registry(handlers, args.port.port)?;
        let named = match &args.service {
            Some(name) => Some(by_name(&registry, name)?),
            None => None,
        };
        let (url, leads_to) = match written {
            Written::Url(uri) => {
                check_host(&uri)?;
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
        let token = match (&args.auth_token, service) {
            (Some(token), _) => token.clone(),
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

/// What was typed.
#[derive(Debug)]
enum Written<'a> {
    Url(Uri),
    Path(&'a str),
    OfService(&'a str, &'a str),
}

impl<'a> Written<'a> {
    fn parse(text: &'a str) -> Result<Self, Failure> {
        let wrong = |text: String| {
            Failure::usage(text).help("write http://HOST/PATH, /PATH or SERVICE:/PATH")
        };
        if text.starts_with('/') {
            return Ok(Written::Path(text));
        }
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            // A fragment is never sent.
            return match text.parse() {
                Ok(uri) if !text.contains('#') => Ok(Written::Url(uri)),
                _ => Err(wrong(format!(
                    "`{text}` is not a URL that can be requested"
                ))),
            };
        }
        match text.split_once(":/") {
            Some((service, path)) if !path.starts_with('/') => {
                let path = &text[text.len() - path.len() - 1..];
                Ok(Written::OfService(service, path))
            }
            _ => Err(wrong(format!("`{text}` is neither a URL nor a path"))),
        }
    }
}

fn check_host(uri: &Uri) -> Result<(), Failure> {
    match uri.host() {
        Some(host) if !host.is_empty() => Ok(()),
        _ => Err(Failure::usage(format!("the URL {uri} has no host"))),
    }
}

fn by_name<'r>(registry: &'r Registry, name: &str) -> Result<&'r Arc<Service>, Failure> {
    registry.service(name).ok_or_else(|| {
        let names: Vec<&str> = registry.services().iter().map(|s| &*s.name).collect();
        Failure::usage(format!("there is no service `{name}`"))
            .help(format!("the project has {}", names.join(", ")))
    })
}

/// The service that a running server would take the request to.
fn resolved<'r>(registry: &'r Registry, host: &str, path: &str) -> Option<&'r Arc<Service>> {
    registry.resolve(host, path).map(|found| found.service)
}
