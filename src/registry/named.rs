//! What a person names: a path, or a path of a service.

use super::{Registry, Service};
use std::sync::Arc;

/// A path that somebody named.
#[derive(Debug)]
pub struct Named<'r> {
    /// The service that would answer.
    pub service: &'r Arc<Service>,
    /// The path, with its query, as this server is asked for it.
    pub path: String,
}

/// Why nothing is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Unnamed {
    text: String,
    /// What can be done instead.
    pub help: String,
}

impl Registry {
    /// What `/PATH` or `SERVICE:/PATH` names, each with a query or without.
    ///
    /// # Errors
    ///
    /// When it is neither, or there is no such service.
    pub fn named(&self, text: &str) -> Result<Named<'_>, Unnamed> {
        let wrong = |text: String, help: &str| Unnamed {
            text,
            help: help.to_string(),
        };
        // A fragment is never sent, and the rest of a URL is written with its escapes.
        if text.contains('#') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(wrong(
                format!("`{text}` cannot be requested"),
                "write it as in a URL: %20 for a space, %23 for #",
            ));
        }
        if text.starts_with('/') {
            let alone = text.split('?').next().unwrap_or(text);
            let found = self.resolve("", alone).ok_or_else(|| {
                wrong(
                    "neither the path nor a default_service names a service".to_string(),
                    "write SERVICE:/PATH",
                )
            })?;
            return Ok(Named {
                service: found.service,
                path: text.to_string(),
            });
        }
        let Some((name, path)) = text
            .split_once(":/")
            .filter(|(_, path)| !path.starts_with('/'))
        else {
            return Err(wrong(
                format!("`{text}` is no path"),
                "write /PATH or SERVICE:/PATH",
            ));
        };
        let service = self.service(name).ok_or_else(|| {
            let names: Vec<&str> = self.services().iter().map(|s| &*s.name).collect();
            wrong(
                format!("there is no service `{name}`"),
                &format!("the project has {}", names.join(", ")),
            )
        })?;
        let url = self.local_url(service, &format!("/{path}"));
        let base = format!("http://localhost:{}", self.reach.port);
        let path = url.strip_prefix(&base).unwrap_or(&url).to_string();
        Ok(Named { service, path })
    }
}
