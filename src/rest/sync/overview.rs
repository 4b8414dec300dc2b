//! What is kept, by name: for a list of it, and no more.

use super::Services;
use super::service::Service;
use serde::Serialize;

/// Things of a service, and services, that are listed.
const MOST: usize = 500;

/// The services that there are, as far as they are listed.
#[derive(Debug, Serialize)]
pub(crate) struct Overview {
    services: Vec<ListedService>,
    /// Whether there are more.
    more: bool,
}

#[derive(Debug, Serialize)]
struct ListedService {
    sid: String,
    /// That of the service that each account has, the friendly one of another, or its SID.
    name: String,
    things: Vec<Listed>,
    more: bool,
}

/// A document, a list, a map or a stream.
#[derive(Debug, Serialize)]
struct Listed {
    /// As a path has it: `Documents`.
    kind: &'static str,
    sid: String,
    name: Option<String>,
}

impl Services {
    /// What is kept, after what is over at `now` has been forgotten.
    pub(in crate::rest) fn overview(&mut self, now: i64) -> Overview {
        self.kept.iter_mut().for_each(|service| service.expire(now));
        let listed = self
            .kept
            .iter()
            .filter(|service| !service.objects.is_empty());
        Overview {
            services: listed.clone().take(MOST).map(ListedService::of).collect(),
            more: listed.count() > MOST,
        }
    }
}

impl ListedService {
    fn of(service: &Service) -> Self {
        let name = match service.key.unique_name() {
            Some(name) => name,
            None => service
                .settings
                .friendly_name
                .as_deref()
                .unwrap_or(&service.sid),
        };
        let objects = service.objects.iter().take(MOST);
        ListedService {
            sid: service.sid.clone(),
            name: name.to_string(),
            things: objects
                .map(|object| Listed {
                    kind: object.kind().segment(),
                    sid: object.sid.clone(),
                    name: object.name.clone(),
                })
                .collect(),
            more: service.objects.len() > MOST,
        }
    }
}
