//! What is served now: services, their routes and what stands behind each.
//!
//! A [`Registry`] never changes. A reload builds the next one beside it and swaps the two whole
//! ([`LiveRegistry`]); a request takes one snapshot and lives with it to its end, so that it never
//! sees half of a change.

mod build;
mod link;
mod live;
mod named;
mod overrides;
mod resolve;
mod running;

pub use build::{Reach, build};
pub use live::LiveRegistry;
pub use named::{Named, Unnamed};
pub(crate) use overrides::visibility_in;
pub use overrides::{Override, Overrides};
pub use resolve::Resolved;
pub use running::{Running, Slot};

use crate::asset::AssetFile;
use crate::config::{Cloud, Limits, LimitsOrigin, ServiceConfig};
use crate::context::ServiceContext;
use crate::handler::SharedHandler;
use crate::journal::RouteTaken;
use crate::node::{Around, NodePool};
use crate::route::RoutePath;
use crate::signature::Signer;
use crate::visibility::Visibility;
use foldhash::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that is served, at one moment.
#[derive(Debug)]
pub struct Registry {
    /// Counts the registries of a server, from 1.
    pub generation: u64,
    /// The limits that hold for all services.
    pub limits: Limits,
    /// Where they were set.
    pub limits_origin: LimitsOrigin,
    /// Choices where the cloud's behaviour is not public.
    pub cloud: Cloud,
    /// Where the services are reached.
    pub reach: Reach,
    /// The visibilities that are tried out.
    pub overrides: Overrides,
    services: Vec<Arc<Service>>,
    // Of these maps no caller makes a key, so that none can make them collide.
    by_name: HashMap<String, usize>,
    by_domain: HashMap<String, usize>,
    default: Option<usize>,
}

impl Registry {
    /// The services, in the order in which they were written.
    pub fn services(&self) -> &[Arc<Service>] {
        &self.services
    }

    /// The service called `name`.
    pub fn service(&self, name: &str) -> Option<&Arc<Service>> {
        self.by_name.get(name).map(|&index| &self.services[index])
    }

    /// The service that answers where neither host nor path names one.
    pub fn default_service(&self) -> Option<&Arc<Service>> {
        self.default.map(|index| &self.services[index])
    }

    /// The same services with `target` behind every route: who may reach what can then be asked
    /// without anything being run. It has no processes.
    pub(crate) fn with_target(&self, target: &Target) -> Self {
        let behind = |service: &Arc<Service>| {
            let routes = service.routes.iter().map(|(path, route)| {
                let route = Route {
                    target: target.clone(),
                    ..Route::clone(route)
                };
                (path.clone(), Arc::new(route))
            });
            Arc::new(Service {
                node: None,
                routes: routes.collect(),
                running: Running::default(),
                ..Service::clone(service)
            })
        };
        Registry {
            reach: self.reach.clone(),
            services: self.services.iter().map(behind).collect(),
            by_name: self.by_name.clone(),
            by_domain: self.by_domain.clone(),
            limits_origin: self.limits_origin.clone(),
            overrides: self.overrides.clone(),
            ..*self
        }
    }

    /// Starts a process for each service with JavaScript functions, so that the first call finds it. To
    /// be called within a tokio runtime.
    pub(crate) fn warm(&self, around: &Around) {
        for service in &self.services {
            if let Some(node) = &service.node {
                around.warm(&service.name, node);
            }
        }
    }

    /// The address of a path of `service`, as one would type it: `http://localhost:3000/auth/jwt`.
    pub fn local_url(&self, service: &Service, path: &str) -> String {
        let base = format!("http://localhost:{}", self.reach.port);
        if self
            .default_service()
            .is_some_and(|default| default.name == service.name)
        {
            format!("{base}{path}")
        } else {
            format!("{base}/{}{path}", service.name)
        }
    }
}

/// One service, as it is served.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: Arc<str>,
    /// What stands before `.twil.io` and `.localhost`.
    pub domain: String,
    /// `context.DOMAIN_NAME`.
    pub domain_name: Arc<str>,
    /// What its handlers share.
    pub context: Arc<ServiceContext>,
    /// Signs and verifies with its auth token.
    pub signer: Signer,
    /// Signs with the account's secondary token, if one is given.
    pub secondary: Option<Signer>,
    /// The asset that `/` answers with, if there is one (public by the cloud's rule).
    pub root_asset: Option<RoutePath>,
    /// How many invocations run now.
    pub running: Running,
    /// The processes of its JavaScript functions, if it has any.
    pub(crate) node: Option<Arc<NodePool>>,
    routes: HashMap<RoutePath, Arc<Route>>,
    /// What it was built from: an equal one next time means that this service is kept.
    config: ServiceConfig,
}

impl Service {
    /// The route of exactly that path.
    pub fn route(&self, path: &str) -> Option<&Arc<Route>> {
        self.routes.get(path)
    }

    /// What answers on that path: its route, or for `/` the root asset.
    pub fn at(&self, path: &str) -> Option<&Arc<Route>> {
        let root = || {
            let root = self.root_asset.as_ref().filter(|_| path == "/")?;
            self.route(root.as_str())
        };
        self.route(path).or_else(root)
    }

    /// All routes, sorted by path.
    pub fn routes(&self) -> Vec<(&RoutePath, &Arc<Route>)> {
        let mut routes: Vec<_> = self.routes.iter().collect();
        routes.sort_by_key(|(path, _)| *path);
        routes
    }

    /// What it was built from.
    pub fn config(&self) -> &ServiceConfig {
        &self.config
    }
}

/// What answers on one path.
#[derive(Clone, Debug)]
pub struct Route {
    /// Who may reach it.
    pub visibility: Visibility,
    /// What stands behind it.
    pub target: Target,
    /// What the journal says of it.
    pub taken: Arc<RouteTaken>,
}

impl Route {
    /// The path within its service.
    pub fn path(&self) -> &Arc<str> {
        &self.taken.path
    }
}

/// What stands behind a route.
#[derive(Clone, Debug)]
pub enum Target {
    /// A handler in Rust.
    Rust(SharedHandler),
    /// A JavaScript file.
    JavaScript(PathBuf),
    /// A file to send.
    Asset(AssetFile),
}
