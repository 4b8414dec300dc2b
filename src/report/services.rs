//! Services and routes: what `start`, `list`, the ready file and the console tell of them.

use crate::config::{Code, ServiceConfig};
use crate::registry::{Registry, Service};
use crate::toolkit::Kind;
use crate::visibility::Visibility;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A service as it is shown. Its fields are those of the JSON.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShownService<Route = ShownRoute> {
    /// Its name.
    pub name: String,
    /// Whether it answers where neither host nor path names a service.
    pub default: bool,
    /// Its base on the shared port, without a slash at the end.
    pub url: String,
    /// Its base on a host of its own.
    pub domain_url: String,
    /// Its base for the world, if there is a public URL.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Sorted by path.
    pub routes: Vec<Route>,
}

impl ShownService {
    /// The same with another view of its routes.
    pub fn map_routes<Route>(self, view: impl FnMut(ShownRoute) -> Route) -> ShownService<Route> {
        ShownService {
            name: self.name,
            default: self.default,
            url: self.url,
            domain_url: self.domain_url,
            public_url: self.public_url,
            routes: self.routes.into_iter().map(view).collect(),
        }
    }
}

/// A route as it is shown.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShownRoute {
    /// The path within the service.
    pub path: String,
    /// `None` for what is private.
    pub url: Option<String>,
    /// Who may reach it.
    pub visibility: Visibility,
    /// What it leads to.
    pub kind: Kind,
    /// `rust:NAME`, or the file within the project's folder.
    pub target: String,
}

impl ShownRoute {
    /// What answers, in the journal's words: `rust:NAME`, `javascript`, `asset`.
    pub fn answers(&self) -> &str {
        match self.kind {
            Kind::Asset => "asset",
            Kind::Function if self.target.starts_with("rust:") => &self.target,
            Kind::Function => "javascript",
        }
    }
}

/// All services of `registry`; files are shown as they lie in `folder`.
pub fn services(registry: &Registry, folder: &Path) -> Vec<ShownService> {
    let default = registry.default_service().map(|service| &service.name);
    registry
        .services()
        .iter()
        .map(|service| ShownService {
            name: service.name.to_string(),
            default: default == Some(&service.name),
            url: registry.local_url(service, ""),
            domain_url: format!(
                "http://{}.localhost:{}",
                service.domain, registry.reach.port
            ),
            public_url: public_url(registry, service),
            routes: routes(registry, service, folder),
        })
        .collect()
}

/// Where the world reaches `service`: as `DOMAIN_NAME` has it.
fn public_url(registry: &Registry, service: &Service) -> Option<String> {
    let base = registry.reach.public_url.as_deref()?;
    let scheme = base.split_once("://").map_or("https", |(scheme, _)| scheme);
    Some(format!("{scheme}://{}", service.domain_name))
}

fn routes(registry: &Registry, service: &Service, folder: &Path) -> Vec<ShownRoute> {
    let mut routes: Vec<ShownRoute> = resources(service.config(), folder)
        .map(|(path, visibility, kind, target)| ShownRoute {
            url: (visibility != Visibility::Private).then(|| registry.local_url(service, &path)),
            path,
            visibility,
            kind,
            target,
        })
        .collect();
    routes.sort_by(|a, b| a.path.cmp(&b.path));
    routes
}

fn resources<'a>(
    config: &'a ServiceConfig,
    folder: &'a Path,
) -> impl Iterator<Item = (String, Visibility, Kind, String)> + 'a {
    let shown = move |file: &Path| {
        let inside = file.strip_prefix(folder).unwrap_or(file);
        inside.display().to_string()
    };
    let functions = config.functions.iter().map(move |function| {
        let target = match &function.code {
            Code::Rust(name) => format!("rust:{name}"),
            Code::JavaScript(file) => shown(file),
        };
        let path = function.path.to_string();
        (path, function.visibility, Kind::Function, target)
    });
    let assets = config.assets.iter().map(move |asset| {
        let path = asset.path.to_string();
        (path, asset.visibility, Kind::Asset, shown(&asset.file))
    });
    functions.chain(assets)
}
