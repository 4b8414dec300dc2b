//! From host and path to service and path.

use super::{Registry, Service};
use std::sync::Arc;

/// The service that a request is for, and the path within it.
#[derive(Debug)]
pub struct Resolved<'r, 'p> {
    /// The service.
    pub service: &'r Arc<Service>,
    /// The path as the service sees it.
    pub path: &'p str,
    /// Whether the first segment named the service and was cut off.
    pub by_prefix: bool,
}

/// The suffixes under which a service has a host of its own.
const SUFFIXES: [&str; 2] = [".localhost", ".twil.io"];

impl Registry {
    /// Names the service for a request to `path` (as received, without the query) of `host` (as in
    /// the `Host` header, with or without a port).
    ///
    /// The host `<domain>.localhost` or `<domain>.twil.io` decides first, in any case and with any
    /// port; else the first path segment if it is a service's name, which is cut off; else the
    /// default service has the whole path.
    ///
    /// The default service's own name is cut off only where the whole path is none of its routes:
    /// a third of the projects in Twilio's collection of templates have a function of the project's
    /// own name, which would else have no URL.
    pub fn resolve<'r, 'p>(&'r self, host: &str, path: &'p str) -> Option<Resolved<'r, 'p>> {
        if let Some(service) = self.by_host(host) {
            return Some(Resolved {
                service,
                path,
                by_prefix: false,
            });
        }
        if let Some((service, rest)) = self.by_prefix(path) {
            let own = self
                .default_service()
                .is_some_and(|default| Arc::ptr_eq(default, service));
            let whole = own && service.route(path).is_some();
            return Some(Resolved {
                service,
                path: if whole { path } else { rest },
                by_prefix: !whole,
            });
        }
        Some(Resolved {
            service: self.default_service()?,
            path,
            by_prefix: false,
        })
    }

    /// The service whose own host it is.
    pub(super) fn by_host(&self, host: &str) -> Option<&Arc<Service>> {
        let end = host.bytes().position(|byte| byte == b':');
        let name = &host[..end.unwrap_or(host.len())];
        let domain = SUFFIXES.iter().find_map(|suffix| {
            let cut = name.len().checked_sub(suffix.len())?;
            let (domain, tail) = name.split_at_checked(cut)?;
            tail.eq_ignore_ascii_case(suffix).then_some(domain)
        })?;
        // Only a host that ends like a service's costs the allocation.
        let index = *self.by_domain.get(&domain.to_ascii_lowercase())?;
        Some(&self.services[index])
    }

    fn by_prefix<'p>(&self, path: &'p str) -> Option<(&Arc<Service>, &'p str)> {
        let rest = path.strip_prefix('/')?;
        let (segment, rest) = match rest.bytes().position(|byte| byte == b'/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, "/"),
        };
        let index = *self.by_name.get(segment)?;
        Some((&self.services[index], rest))
    }
}
