//! From a valid configuration to the next registry.

use super::{Overrides, Registry, Route, Running, Service, Target};
use crate::asset::AssetFile;
use crate::clock::Clock;
use crate::config::{Code, Config, ServiceConfig};
use crate::context::ServiceContext;
use crate::handler::{Handlers, SharedHandler};
use crate::journal::RouteTaken;
use crate::node::{NodePool, NodeSpec};
use crate::route::RoutePath;
use crate::runtime::Runtime;
use crate::sid;
use crate::signature::Signer;
use crate::visibility::Visibility;
use foldhash::{HashMap, HashMapExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Where the server is reached: it decides `context.DOMAIN_NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The port that is listened on.
    pub port: u16,
    /// The base of the URL that the world sees, without a trailing slash, if one is known.
    pub public_url: Option<String>,
}

impl Reach {
    /// The host, with port and path if any, under which `service` is reached.
    fn domain_name(&self, service: &ServiceConfig, is_default: bool) -> Arc<str> {
        match (&self.public_url, is_default) {
            (Some(url), _) => {
                let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
                if is_default {
                    host.into()
                } else {
                    format!("{host}/{}", service.name).into()
                }
            }
            // `localhost:` and not the domain: templates choose http over https by it.
            (None, true) => format!("localhost:{}", self.port).into(),
            (None, false) => format!("{}.localhost:{}", service.domain, self.port).into(),
        }
    }
}

/// Builds the registry after `previous`. `config` has the `overrides` in it already.
///
/// A service whose configuration, handlers and place are as before is kept as it is, with its
/// state. `config` has been checked, so that nothing can go wrong here: a handler that `handlers`
/// does not have is impossible in a [`Config`] checked against them, and its route is left out.
pub fn build(
    config: &Config,
    handlers: &Handlers,
    reach: Reach,
    overrides: Overrides,
    clock: &Clock,
    previous: Option<&Registry>,
) -> Registry {
    let mut services = Vec::with_capacity(config.services.len());
    let mut by_name = HashMap::new();
    let mut by_domain = HashMap::new();
    for written in &config.services {
        let is_default = config.default_service.as_ref() == Some(&written.name);
        let domain_name = reach.domain_name(written, is_default);
        let before = previous.and_then(|registry| registry.service(written.name.as_str()));
        let kept = before.filter(|old| old.config == *written && old.domain_name == domain_name);
        by_name.insert(written.name.to_string(), services.len());
        by_domain.insert(written.domain.to_ascii_lowercase(), services.len());
        services.push(match kept {
            Some(old) => Arc::clone(old),
            None => Arc::new(service(
                written,
                handlers,
                domain_name,
                clock,
                &config.folder,
                before.and_then(|old| old.node.as_ref()),
            )),
        });
    }
    Registry {
        generation: previous.map_or(1, |registry| registry.generation + 1),
        limits: config.limits,
        limits_origin: config.limits_origin.clone(),
        cloud: config.cloud,
        reach,
        overrides,
        default: config
            .default_service
            .as_ref()
            .and_then(|name| by_name.get(name.as_str()).copied()),
        services,
        by_name,
        by_domain,
    }
}

fn service(
    config: &ServiceConfig,
    handlers: &Handlers,
    domain_name: Arc<str>,
    clock: &Clock,
    folder: &Path,
    before: Option<&Arc<NodePool>>,
) -> Service {
    let name: Arc<str> = config.name.as_str().into();
    let mut routes = HashMap::with_capacity(config.functions.len() + config.assets.len());
    let (javascript, asset): (Arc<str>, Arc<str>) = ("javascript".into(), "asset".into());
    let root: Arc<Path> = folder.into();
    let mut insert = |path: &RoutePath, visibility, target, shown: &Arc<str>| {
        let taken = Arc::new(RouteTaken {
            service: Arc::clone(&name),
            path: path.into(),
            visibility,
            target: Arc::clone(shown),
        });
        let route = Route {
            visibility,
            target,
            taken,
        };
        routes.insert(path.clone(), Arc::new(route));
    };
    for function in &config.functions {
        let (target, shown) = match &function.code {
            Code::Rust(name) => match handlers.get(name) {
                Some(handler) => (rust(handler), format!("rust:{name}").into()),
                None => continue,
            },
            Code::JavaScript(file) => (Target::JavaScript(absolute(file)), Arc::clone(&javascript)),
        };
        insert(&function.path, function.visibility, target, &shown);
    }
    for file in &config.assets {
        let target = Target::Asset(AssetFile {
            path: Arc::clone(&file.file),
            folder: Arc::clone(&root),
        });
        insert(&file.path, file.visibility, target, &asset);
    }
    let context = context(config, clock);
    Service {
        name,
        domain: config.domain.clone(),
        node: node(config, &context, &domain_name, folder, before),
        context: Arc::new(context),
        signer: Signer::new(config.auth_token.as_str()),
        secondary: config
            .secondary_auth_token
            .as_ref()
            .map(|token| Signer::new(token.as_str())),
        root_asset: root_asset(&routes),
        running: Running::default(),
        routes,
        domain_name,
        config: config.clone(),
    }
}

/// The processes for JavaScript functions: those that were there, if they would be the same.
fn node(
    config: &ServiceConfig,
    context: &ServiceContext,
    domain_name: &str,
    folder: &Path,
    before: Option<&Arc<NodePool>>,
) -> Option<Arc<NodePool>> {
    if context.runtime.get_functions().is_empty() {
        return None;
    }
    let spec = NodeSpec {
        program: NodeSpec::usual_program(),
        root: absolute(config.root.as_deref().unwrap_or(folder)),
        variables: context.variables.clone(),
        domain_name: domain_name.to_string(),
        service_sid: context.service_sid.clone(),
        environment_sid: context.environment_sid.clone(),
        runtime: context.runtime.clone(),
        packages: config
            .packages
            .as_ref()
            .map(|packages| packages.there().map(str::to_string).collect()),
    };
    Some(match before.filter(|pool| *pool.spec() == spec) {
        Some(pool) => Arc::clone(pool),
        None => Arc::new(NodePool::new(spec)),
    })
}

/// Workers have the service's folder for their own: a relative path would lead elsewhere.
fn absolute(path: &Path) -> PathBuf {
    let names = path.components().filter(|part| *part != Component::RootDir);
    let length: usize = names.map(|name| 1 + name.as_os_str().len()).sum();
    // It is as wanted if it has no `.` and no double slash. Looking is far cheaper than making it anew,
    // which would be most of a reload of many functions.
    match path.is_absolute() && path.as_os_str().len() == length {
        true => path.to_path_buf(),
        false => std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()),
    }
}

fn rust(handler: &SharedHandler) -> Target {
    Target::Rust(handler.clone())
}

/// What `/` answers with: the public asset with the path `/`, or `/assets/index.html`.
///
/// Source: Twilio docs, "Assets", root asset. A function at `/` is an ordinary route and wins.
fn root_asset(routes: &HashMap<RoutePath, Arc<Route>>) -> Option<RoutePath> {
    if routes.contains_key("/") {
        return None;
    }
    let (path, route) = routes.get_key_value("/assets/index.html")?;
    let public = route.visibility == Visibility::Public;
    (public && matches!(route.target, Target::Asset(_))).then(|| path.clone())
}

fn context(config: &ServiceConfig, clock: &Clock) -> ServiceContext {
    let mut variables: Vec<(String, String)> = config
        .variables
        .iter()
        .map(|variable| (variable.name.clone(), variable.value.clone()))
        .collect();
    // The cloud sets both by default; code that checks signatures itself reads them.
    for (name, value) in [
        ("ACCOUNT_SID", config.account_sid.as_str()),
        ("AUTH_TOKEN", config.auth_token.as_str()),
    ] {
        if config.variables.get(name).is_none() {
            variables.push((name.to_string(), value.to_string()));
        }
    }
    let functions = config.functions.iter().filter_map(|f| match &f.code {
        Code::JavaScript(file) => {
            let name = f.path.as_str().trim_start_matches('/').to_string();
            Some((name, absolute(file)))
        }
        Code::Rust(_) => None,
    });
    let private_assets = config
        .assets
        .iter()
        .filter(|asset| asset.visibility == Visibility::Private)
        .map(|asset| (asset.path.as_str().to_string(), absolute(&asset.file)));
    ServiceContext {
        variables,
        service_sid: sid::service_sid(config.name.as_str()),
        environment_sid: sid::environment_sid(config.name.as_str()),
        runtime: Runtime::new(functions, private_assets),
        clock: clock.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_has_one_name_wherever_the_server_was_started() {
        for (path, whole) in [
            ("/p/functions/a.js", "/p/functions/a.js"),
            ("/p/./functions/a.js", "/p/functions/a.js"),
            ("/p//functions/a.js", "/p/functions/a.js"),
            ("/p/../functions/a.js", "/p/../functions/a.js"),
            ("/é/a.js", "/é/a.js"),
            ("/", "/"),
        ] {
            assert_eq!(absolute(Path::new(path)).to_str(), Some(whole));
        }
        let here = std::env::current_dir().unwrap();
        for path in ["functions/a.js", "./functions/a.js"] {
            let whole = here.join("functions/a.js");
            assert_eq!(absolute(Path::new(path)).as_os_str(), whole.as_os_str());
        }
    }
}
