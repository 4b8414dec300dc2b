//! Where the addresses in an answer's TwiML lead, as Twilio would find them in the cloud.
//!
//! There each service has a host of its own: `/menu` is the answering service's, also where this
//! server was asked on a shared host under `/<service>`. An address on another's host is not known
//! and never told of.

use super::{Registry, Service, Target};
use crate::twiml::{self, Fault, Link, Purpose, Severity};
use crate::visibility::Visibility;
use std::sync::Arc;

/// "HTTP retrieval failure".
const RETRIEVAL: u32 = 11200;
/// What is said of a public function that a protected one leads to.
const OPEN: &str =
    ", which is public: it answers anybody, signed or not; make it protected as well";

impl Registry {
    /// The service that a whole URL leads to, and the path within it without its query; `None` for
    /// what this server does not answer.
    pub(crate) fn own<'r, 'p>(&'r self, url: &'p str) -> Option<(&'r Arc<Service>, &'p str)> {
        let (scheme, rest) = url.split_once("://")?;
        let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if !web || !self.is_own(host) {
            return None;
        }
        let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
        let path = if path.is_empty() { "/" } else { path };
        let resolved = self.resolve(host, path)?;
        Some((resolved.service, resolved.path))
    }

    /// What Twilio would find wrong where it follows `links` from an answer of `service` at `path`; and,
    /// without a code, where anybody can go on from what only Twilio could begin.
    pub(crate) fn judge_links(&self, service: &Service, path: &str, links: &[Link]) -> Vec<Fault> {
        let base = format!("https://{}.twil.io{path}", service.domain);
        let from = service.at(path);
        let guarded = from.is_some_and(|route| route.visibility == Visibility::Protected);
        let faults = links.iter().filter_map(|link| {
            let url = twiml::resolve(&base, &link.url)?;
            let (found, path) = self.own(&url)?;
            let (code, why) = match broken(service, found, path) {
                Some(why) => (Some(RETRIEVAL), why),
                None if guarded
                    && link.purpose == Purpose::Instructions
                    && is_open(found, path) =>
                {
                    (None, OPEN.to_string())
                }
                None => return None,
            };
            let subject = match &link.attribute {
                Some(attribute) => format!("the `{attribute}` of <{}>", link.element),
                None => format!("<{}>", link.element),
            };
            Some(Fault {
                code,
                line: link.line,
                column: link.column,
                // With a redirect this very call or message ends; others may never be followed.
                severity: match (code, link.element.as_str()) {
                    (Some(_), "Redirect") => Severity::Error,
                    _ => Severity::Warning,
                },
                text: format!("{subject} leads to {path}{why}"),
            })
        });
        faults.collect()
    }

    /// Whether this server answers on the host, which may have a port.
    pub(crate) fn is_own(&self, host: &str) -> bool {
        if self.by_host(host).is_some() {
            return true;
        }
        let public = self.reach.public_url.as_deref();
        let public = public.and_then(|url| url.split_once("://"));
        let public = public.map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
        let local = ["localhost", "127.0.0.1", "[::1]"];
        public.is_some_and(|public| public.eq_ignore_ascii_case(host))
            || local.iter().any(|name| {
                let port = host
                    .strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix(':'));
                port.is_some_and(|port| port.parse() == Ok(self.reach.port))
            })
    }
}

/// Whether `path` is a function that anybody can call.
fn is_open(service: &Service, path: &str) -> bool {
    service.at(path).is_some_and(|route| {
        route.visibility == Visibility::Public && !matches!(route.target, Target::Asset(_))
    })
}

/// Why Twilio's request to `path` of `found` fails, if an answer of `from` sends it there.
fn broken(from: &Service, found: &Service, path: &str) -> Option<String> {
    let of = match from.name == found.name {
        true => String::new(),
        false => format!(" of {}", found.name),
    };
    let Some(route) = found.at(path) else {
        return Some(format!("{of}, which is no route: Twilio would get 404"));
    };
    match route.visibility {
        Visibility::Public => None,
        Visibility::Private => Some(format!("{of}, which is private: Twilio would get 404")),
        // Twilio signs with the token of the account that the call or message is of.
        Visibility::Protected if from.config().auth_token == found.config().auth_token => None,
        Visibility::Protected => Some(format!(
            "{of}, which is protected by the auth token of another account: Twilio would get 403"
        )),
    }
}
