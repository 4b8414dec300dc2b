//! The services: all that is known of them.

use super::WebConsole;
use super::answer::{self, Refused};
use crate::body::Body;
use crate::registry::Registry;
use crate::report::{self, LoadReport, Secrets, ServiceReport, handler_line};
use http::{Response, StatusCode};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a file is looked through for its handler.
const LOOKED_THROUGH: u64 = 256 * 1024;
/// How much of all files of one answer.
const LOOKED_THROUGH_AT_ALL: u64 = 8 * 1024 * 1024;

impl WebConsole {
    pub(super) async fn services(&self, secrets: Secrets) -> Result<Response<Body>, Refused> {
        let (registry, folder) = (self.live.snapshot(), self.folder.clone());
        let last = self.last.get();
        let value = tokio::task::spawn_blocking(move || {
            let load = LoadReport::new(
                last.at,
                last.took,
                last.served,
                last.generation,
                &last.changed,
                &last.diagnostics,
            );
            json!({
                "services": told(&registry, folder, secrets),
                "limits": report::limit_reports(&registry.limits, &registry.limits_origin),
                "load": load,
                "generation": registry.generation,
            })
        });
        let value = value.await.map_err(|_| {
            Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the services could not be told",
            )
        })?;
        Ok(answer::json(StatusCode::OK, &value))
    }
}

/// The services with the lines of their handlers, for which files are read.
fn told(registry: &Arc<Registry>, folder: PathBuf, secrets: Secrets) -> Vec<ServiceReport> {
    let mut services = report::service_reports(registry, &folder, secrets);
    let mut left = LOOKED_THROUGH_AT_ALL;
    let routes = services
        .iter_mut()
        .flat_map(|service| &mut service.shown.routes);
    for route in routes {
        if let Some(file) = &route.javascript {
            route.line = line_in(file, &mut left);
        }
    }
    services
}

/// The line of the handler in `file`, if there is much `left` to be read.
fn line_in(file: &Path, left: &mut u64) -> Option<usize> {
    // A pipe would be waited for.
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let most = LOOKED_THROUGH.min(*left);
    let mut bytes = Vec::new();
    File::open(file)
        .ok()?
        .take(most)
        .read_to_end(&mut bytes)
        .ok()?;
    *left -= bytes.len() as u64;
    handler_line(&String::from_utf8_lossy(&bytes))
}
