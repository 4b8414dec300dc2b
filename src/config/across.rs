//! Checks that need all services at once.

use super::ServiceName;
use super::file::File;
use super::load::Loader;
use super::service::Draft;
use super::source::Source;
use crate::Visibility;
use crate::diagnostic::Diagnostic;
use crate::spelling::{self, quoted};
use std::collections::{HashMap, HashSet};

impl Loader<'_> {
    /// Checks the services against each other, and returns the default service.
    pub(super) fn across(
        &mut self,
        source: &Source,
        file: &File,
        drafts: &[Draft],
    ) -> Option<ServiceName> {
        self.domains(source, drafts);
        for draft in drafts {
            self.check_context_size(&draft.config, file.limits.context_bytes);
        }
        let default = self.default_service(source, file, drafts)?;
        self.hidden_routes(source, default, drafts);
        Some(default.config.name.clone())
    }

    fn domains(&mut self, source: &Source, drafts: &[Draft]) {
        let mut owners: HashMap<&str, &Draft> = HashMap::new();
        for draft in drafts {
            let domain = draft.config.domain.as_str();
            let Some(owner) = owners.get(domain) else {
                owners.insert(domain, draft);
                continue;
            };
            let title = format!("two services have the domain {}", quoted(domain));
            let mut fault = Diagnostic::error("duplicate-domain", title);
            for (draft, also) in [(draft, ""), (*owner, "also ")] {
                let text = format!("{also}that of `{}`", draft.config.name);
                fault = source.label(fault, draft.domain_span.clone(), text);
            }
            let help = "a host leads to one service (upper and lower case are one): change one";
            self.faults.push(fault.help(help));
        }
    }

    fn default_service<'d>(
        &mut self,
        source: &Source,
        file: &File,
        drafts: &'d [Draft],
    ) -> Option<&'d Draft> {
        let Some(wanted) = &file.default_service else {
            return match (drafts, file.services.as_slice()) {
                ([only], [_]) => Some(only),
                (_, []) => {
                    let fault = Diagnostic::warning("no-services", "there are no services");
                    let help = "add one: `[services.NAME]`; `root = \".\"` serves this folder";
                    self.faults.push(fault.in_file(&source.file, "").help(help));
                    None
                }
                (_, [_]) => None,
                (_, [(first, _), ..]) => {
                    let title = "no service is the default one";
                    let fault = Diagnostic::warning("no-default-service", title);
                    let help = format!(
                        "requests that name no service get 404; write `default_service = \"{}\"`",
                        quoted(first.get_ref()).replace('`', "")
                    );
                    self.faults.push(fault.in_file(&source.file, "").help(help));
                    None
                }
            };
        };
        let name = wanted.get_ref().as_str();
        let found = drafts.iter().find(|d| d.config.name.as_str() == name);
        // A service that is there but faulty has its own diagnostic.
        if found.is_none() && !file.services.iter().any(|(n, _)| n.get_ref() == name) {
            let title = format!("there is no service {}", quoted(name));
            let known = drafts.iter().map(|d| d.config.name.as_str());
            let help = spelling::help(name, known, "the services are");
            let fault = source.error("unknown-service", title, wanted.span(), "");
            self.faults.push(fault.help(help));
        }
        found
    }

    /// Warns of routes whose first segment is a service's name, the default one's own included: a
    /// request for them goes to that service, without the segment.
    fn hidden_routes(&mut self, source: &Source, default: &Draft, drafts: &[Draft]) {
        let names: HashSet<&str> = drafts.iter().map(|d| d.config.name.as_str()).collect();
        let config = &default.config;
        let functions = config.functions.iter().map(|f| (&f.path, f.visibility));
        let assets = config.assets.iter().map(|a| (&a.path, a.visibility));
        for (path, visibility) in functions.chain(assets) {
            let segments = path.as_str().strip_prefix('/').unwrap_or_default();
            let first = segments.split('/').next().unwrap_or_default();
            // Its own name hides nothing: the whole path is looked up before the name is cut off.
            let own = first == config.name.as_str();
            if visibility == Visibility::Private || own || !names.contains(first) {
                continue;
            }
            let title = format!(
                "{} is hidden: paths that begin with {} go to the service of that name",
                quoted(path.as_str()),
                quoted(&format!("/{first}"))
            );
            let mut fault = Diagnostic::warning("hidden-route", title);
            if let Some(place) = default.places.get(path.as_str()) {
                fault = self.label(source, fault, place, "");
            }
            let help = format!(
                "it answers at `/{}{path}` and on the host `{}.localhost`; or rename one of the two",
                config.name, config.domain
            );
            self.faults.push(fault.help(help));
        }
    }
}
