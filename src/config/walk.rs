//! From a parsed TOML document to [`File`], past every fault.
//!
//! serde stops at the first wrong type or unknown key. Walking the tables by hand costs a page of
//! code and finds them all; a unit test holds the keys here against the schema made from [`File`].

use super::Cors;
use super::faults::Faults;
use super::file::{CloudTable, File, Function, METHOD_STATUSES, PROTECTED_STATUSES, Service};
use super::source::Source;
use super::values::in_order;
use crate::Visibility;
use crate::spelling::{self, quoted};
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

pub(super) type Key<'i> = Spanned<DeString<'i>>;
pub(super) type Written<'i> = Spanned<DeValue<'i>>;

/// The keys of each table, in the order in which they are listed to people.
pub(super) const FILE_KEYS: [&str; 5] = ["default_service", "port", "limits", "cloud", "services"];
pub(super) const SERVICE_KEYS: [&str; 11] = [
    "domain",
    "root",
    "functions_folder",
    "assets_folder",
    "env_file",
    "env",
    "auth_token",
    "secondary_auth_token",
    "account_sid",
    "functions",
    "visibility",
];
pub(super) const FUNCTION_KEYS: [&str; 2] = ["handler", "visibility"];
pub(super) const CLOUD_KEYS: [&str; 3] = ["protected_status", "method_status", "cors"];
pub(super) const LIMIT_KEYS: [&str; 7] = [
    "time_ms",
    "concurrency",
    "request_bytes",
    "response_bytes",
    "header_bytes",
    "headers",
    "context_bytes",
];

/// Reads the document `root`; what is faulty is reported and left out.
pub(super) fn walk(root: &DeTable<'_>, source: &Source, faults: &mut Faults) -> File {
    Walk { source, faults }.file(root)
}

pub(super) struct Walk<'a> {
    pub(super) source: &'a Source,
    pub(super) faults: &'a mut Faults,
}

impl Walk<'_> {
    fn file(&mut self, table: &DeTable<'_>) -> File {
        let mut file = File::default();
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "default_service" => file.default_service = self.string(key, value),
                "port" => file.port = self.port(key, value),
                "limits" => self.limits(&mut file, key, value),
                "cloud" => file.cloud = self.cloud(key, value),
                "services" => {
                    for (name, value) in self.entries(key, value) {
                        if let Some(service) = self.service(name, value) {
                            file.services.push((owned(name), service));
                        }
                    }
                }
                name => self.unknown(key, "services.toml", || {
                    let near = spelling::nearest(name, FILE_KEYS).is_some();
                    match value.get_ref().is_table() && !near {
                        true => "a service is written `[services.NAME]`".into(),
                        false => spelling::help(name, FILE_KEYS, "the keys are"),
                    }
                }),
            }
        }
        file
    }

    fn service(&mut self, name: &Key<'_>, value: &Written<'_>) -> Option<Service> {
        let table = self.table(name, value)?;
        let mut service = Service::default();
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "domain" => service.domain = self.string(key, value),
                "root" => service.root = self.string(key, value),
                "functions_folder" => service.functions_folder = self.string(key, value),
                "assets_folder" => service.assets_folder = self.string(key, value),
                "env_file" => service.env_file = self.string(key, value),
                "env" => {
                    for (name, value) in self.entries(key, value) {
                        if let Some(value) = self.variable(name, value) {
                            service.env.push((owned(name), value));
                        }
                    }
                }
                "auth_token" => service.auth_token = self.string(key, value),
                "secondary_auth_token" => service.secondary_auth_token = self.string(key, value),
                "account_sid" => service.account_sid = self.string(key, value),
                "functions" => {
                    for (path, value) in self.entries(key, value) {
                        if let Some(function) = self.function(path, value) {
                            service.functions.push((owned(path), function));
                        }
                    }
                }
                "visibility" => {
                    for (path, value) in self.entries(key, value) {
                        if let Some(visibility) = self.visibility(path, value) {
                            service.visibility.push((owned(path), visibility));
                        }
                    }
                }
                word => {
                    self.unknown(key, "a service", || {
                        spelling::help(word, SERVICE_KEYS, "the keys of a service are")
                    });
                }
            }
        }
        Some(service)
    }

    fn function(&mut self, path: &Key<'_>, value: &Written<'_>) -> Option<Function> {
        let DeValue::Table(table) = value.get_ref() else {
            let help = "write `{ handler = \"rust:NAME\" }` or `{ handler = \"FILE.js\" }`";
            let fault = self.wrong_type(path, value, "a table").help(help);
            self.faults.push(fault);
            return None;
        };
        let (mut handler, mut visibility, mut missing) = (None, None, true);
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "handler" => {
                    missing = false;
                    handler = self.string(key, value);
                }
                "visibility" => visibility = self.visibility(key, value),
                word => {
                    self.unknown(key, "a function", || {
                        spelling::help(word, FUNCTION_KEYS, "the keys of a function are")
                    });
                }
            }
        }
        if missing {
            let title = format!("{} has no `handler`", quoted(path.get_ref()));
            let fault = self.source.error("missing-key", title, path.span(), "");
            let help = "say what runs: `handler = \"rust:NAME\"` or `handler = \"FILE.js\"`";
            self.faults.push(fault.help(help));
        }
        handler.map(|handler| Function {
            handler,
            visibility,
        })
    }

    fn visibility(&mut self, key: &Key<'_>, value: &Written<'_>) -> Option<Visibility> {
        let words = Visibility::ALL.map(|v| (v.as_str(), v));
        self.one_of(key, value, &words)
    }

    fn limits(&mut self, file: &mut File, key: &Key<'_>, value: &Written<'_>) {
        let limits = &mut file.limits;
        for (key, value) in self.entries(key, value) {
            let known = LIMIT_KEYS.into_iter().find(|known| key.get_ref() == *known);
            if let Some(known) = known {
                let place = self.source.place(key.span().start);
                file.limit_places.push((known, place));
            }
            let number = match key.get_ref().as_ref() {
                "time_ms" => {
                    if let Some(millis) = self.limit(key, value) {
                        limits.time = millis.map(Duration::from_millis);
                    }
                    continue;
                }
                "concurrency" => &mut limits.concurrency,
                "request_bytes" => &mut limits.request_bytes,
                "response_bytes" => &mut limits.response_bytes,
                "header_bytes" => &mut limits.header_bytes,
                "headers" => &mut limits.headers,
                "context_bytes" => &mut limits.context_bytes,
                word => {
                    self.unknown(key, "`limits`", || {
                        spelling::help(word, LIMIT_KEYS, "the limits are")
                    });
                    continue;
                }
            };
            if let Some(limit) = self.limit(key, value) {
                *number = limit;
            }
        }
    }

    fn cloud(&mut self, key: &Key<'_>, value: &Written<'_>) -> CloudTable {
        let mut cloud = CloudTable::default();
        for (key, value) in self.entries(key, value) {
            match key.get_ref().as_ref() {
                "protected_status" => {
                    cloud.protected_status = self.status(key, value, &PROTECTED_STATUSES);
                }
                "method_status" => cloud.method_status = self.status(key, value, &METHOD_STATUSES),
                "cors" => {
                    let words = [("docs", Cors::Docs), ("observed-2020", Cors::Observed2020)];
                    cloud.cors = self.one_of(key, value, &words);
                }
                word => {
                    self.unknown(key, "`cloud`", || {
                        spelling::help(word, CLOUD_KEYS, "the keys are")
                    });
                }
            }
        }
        cloud
    }
}

fn owned(key: &Key<'_>) -> Spanned<String> {
    Spanned::new(key.span(), key.get_ref().to_string())
}
