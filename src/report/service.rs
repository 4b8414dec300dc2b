//! A service as the console tells it: all that is known of it, and where each of it was set.

use super::pool::PoolReport;
use super::services::{ShownRoute, ShownService};
use super::{HIDDEN, Secrets};
use crate::config::{AuthToken, CredentialOrigin, Origin, Place, ServiceConfig};
use crate::registry::{Override, Registry, Service};
use crate::visibility::Visibility;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A service, whole.
#[derive(Debug, Serialize)]
pub struct ServiceReport {
    /// What `start` and `list` tell of it.
    #[serde(flatten)]
    pub shown: ShownService<RouteReport>,
    /// `context.DOMAIN_NAME`.
    pub domain_name: String,
    /// Its folder in the Toolkit's layout, if it has one.
    pub root: Option<String>,
    /// How many invocations run now.
    pub running: usize,
    /// Its account.
    pub account_sid: CredentialReport,
    /// What signs and verifies its requests.
    pub auth_token: CredentialReport,
    /// Its variables, in order, those of the cloud among them.
    pub variables: Vec<VariableReport>,
    /// The processes of its JavaScript functions, if it has any.
    pub pool: Option<PoolReport>,
}

/// A route of a service.
#[derive(Debug, Serialize)]
pub struct RouteReport {
    /// What `start` and `list` tell of it.
    #[serde(flatten)]
    pub shown: ShownRoute,
    /// Where its handler is exported, in `target`, if that was found.
    pub line: Option<usize>,
    /// Where it is written in `services.toml`, if it is.
    pub declared_in: Option<PlaceReport>,
    /// Whether its visibility is tried out: another one than the files say.
    pub overridden: bool,
    /// The visibility that the files say.
    pub written: Visibility,
    /// The file behind it: for whoever finds the line.
    #[serde(skip)]
    pub javascript: Option<PathBuf>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceReport {
    /// The file, relative to the project's folder where it lies in it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A variable of a service.
#[derive(Debug, Serialize)]
pub struct VariableReport {
    /// Its name.
    pub name: String,
    /// Where it comes from: `services.toml`, `env_file`, `process`, or `default`, as in the cloud.
    pub from: &'static str,
    /// The file that sets it.
    pub file: Option<String>,
    /// The line in that.
    pub line: Option<usize>,
    /// Its value, if secrets are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The token or the account of a service.
#[derive(Debug, Serialize)]
pub struct CredentialReport {
    /// Where it comes from: `services.toml`, `variable`, or `development`.
    pub from: &'static str,
    /// The variable.
    pub variable: Option<&'static str>,
    /// The file that sets it.
    pub file: Option<String>,
    /// The line in that.
    pub line: Option<usize>,
    /// What it is; `(hidden)` for a secret, unless secrets are shown.
    pub value: String,
}

/// All services of `registry`, each whole. Files are shown as they lie in `folder`. Lines of handlers
/// are for the caller to find, who may read files.
pub fn service_reports(registry: &Registry, folder: &Path, secrets: Secrets) -> Vec<ServiceReport> {
    let shown = super::services(registry, folder);
    let services = registry.services().iter();
    services
        .zip(shown)
        .map(|(service, shown)| report(registry, service, shown, folder, secrets))
        .collect()
}

fn report(
    registry: &Registry,
    service: &Service,
    shown: ShownService,
    folder: &Path,
    secrets: Secrets,
) -> ServiceReport {
    let config = service.config();
    let root = config.root.as_deref();
    let root = root.map(|root| match root.strip_prefix(folder).unwrap_or(root) {
        inside if inside.as_os_str().is_empty() => ".".to_string(),
        inside => inside.display().to_string(),
    });
    ServiceReport {
        shown: shown.map_routes(|route| {
            let tried = registry.overrides.get(&service.name, &route.path);
            route_report(config, route, tried)
        }),
        domain_name: service.domain_name.to_string(),
        root,
        running: service.running.count(),
        account_sid: credential(
            config,
            &config.account_sid_origin,
            config.account_sid.clone(),
        ),
        auth_token: {
            let hidden = secrets == Secrets::Hidden && config.auth_token != AuthToken::Development;
            let value = if hidden {
                HIDDEN
            } else {
                config.auth_token.as_str()
            };
            credential(config, &config.auth_token_origin, value.to_string())
        },
        variables: variables(service, secrets),
        pool: service.node.as_deref().map(PoolReport::new),
    }
}

fn route_report(config: &ServiceConfig, shown: ShownRoute, tried: Option<Override>) -> RouteReport {
    let mut functions = config.functions.iter();
    let function = functions.find(|function| function.path.as_str() == shown.path);
    let declared_in = function.and_then(|function| function.declared_in.as_ref());
    RouteReport {
        line: None,
        declared_in: declared_in.map(PlaceReport::new),
        overridden: tried.is_some(),
        written: tried.map_or(shown.visibility, |tried| tried.written),
        javascript: function.and_then(|function| function.code.file().map(Path::to_path_buf)),
        shown,
    }
}

fn credential(
    config: &ServiceConfig,
    origin: &CredentialOrigin,
    value: String,
) -> CredentialReport {
    let (from, variable, place) = match origin {
        CredentialOrigin::ServicesToml(place) => ("services.toml", None, Some(place)),
        CredentialOrigin::Variable(name) => {
            let variable = config.variables.find(name);
            let place = variable.and_then(|variable| variable.origin.place());
            ("variable", Some(*name), place)
        }
        CredentialOrigin::Development => ("development", None, None),
    };
    let place = place.map(PlaceReport::new);
    CredentialReport {
        from,
        variable,
        line: place.as_ref().map(|place| place.line),
        file: place.map(|place| place.file),
        value,
    }
}

fn variables(service: &Service, secrets: Secrets) -> Vec<VariableReport> {
    let written = &service.config().variables;
    // What functions see, which is more than what is written.
    let all = service.context.variables.iter();
    all.map(|(name, value)| {
        let origin = written.find(name).map(|variable| &variable.origin);
        let place = origin.and_then(Origin::place).map(PlaceReport::new);
        VariableReport {
            name: name.clone(),
            from: match origin {
                Some(Origin::ServicesToml(_)) => "services.toml",
                Some(Origin::EnvFile(_)) => "env_file",
                Some(Origin::Process) => "process",
                None => "default",
            },
            line: place.as_ref().map(|place| place.line),
            file: place.map(|place| place.file),
            value: (secrets == Secrets::Shown).then(|| value.clone()),
        }
    })
    .collect()
}

impl PlaceReport {
    pub(super) fn new(place: &Place) -> Self {
        PlaceReport {
            file: place.file.display().to_string(),
            line: place.line,
        }
    }
}
