//! What is called, as it is typed: a URL, a path, or a path of a service.

use super::exit::Failure;
use crate::registry::{Registry, Service};
use crate::webhook::requestable;
use http::Uri;
use http::uri::PathAndQuery;
use std::sync::Arc;

/// What was typed.
#[derive(Debug)]
pub(super) enum Written<'a> {
    /// A URL with a host, and without a fragment.
    Url(Uri),
    /// A path of the project, with its query.
    Path(&'a str),
    /// A service's name, and a path within it.
    OfService(&'a str, &'a str),
}

impl<'a> Written<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Failure> {
        let wrong = |text: String| {
            Failure::usage(text).help("write http://HOST/PATH, /PATH or SERVICE:/PATH")
        };
        if text.starts_with('/') {
            return requested(text).map(Written::Path);
        }
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            // A fragment is never sent.
            return requestable(text)
                .filter(|_| !text.contains('#'))
                .map(Written::Url)
                .ok_or_else(|| wrong(format!("`{text}` is not a URL that can be requested")));
        }
        match text.split_once(":/") {
            Some((service, path)) if !path.starts_with('/') => {
                let path = &text[text.len() - path.len() - 1..];
                requested(path).map(|path| Written::OfService(service, path))
            }
            _ => Err(wrong(format!("`{text}` is neither a URL nor a path"))),
        }
    }
}

/// `path`, if a request can have it for its target: a fragment is never sent.
fn requested(path: &str) -> Result<&str, Failure> {
    let can_be = !path.contains('#') && path.parse::<PathAndQuery>().is_ok();
    can_be.then_some(path).ok_or_else(|| {
        Failure::usage(format!("`{path}` is no path that can be requested"))
            .help("write it as in a URL: %20 for a space, %22 for \", %23 for #")
    })
}

/// The service called `name`, or which ones there are.
pub(super) fn by_name<'r>(registry: &'r Registry, name: &str) -> Result<&'r Arc<Service>, Failure> {
    registry.service(name).ok_or_else(|| {
        let names: Vec<&str> = registry.services().iter().map(|s| &*s.name).collect();
        Failure::usage(format!("there is no service `{name}`"))
            .help(format!("the project has {}", names.join(", ")))
    })
}

/// The service that a running server would take the request to.
pub(super) fn resolved<'r>(
    registry: &'r Registry,
    host: &str,
    path: &str,
) -> Option<&'r Arc<Service>> {
    registry.resolve(host, path).map(|found| found.service)
}
