//! What one file of settings says: its keys, their types, and which section beats which.

use super::{Form, Rc, RuntimeAsked};
use crate::diagnostic::{Diagnostic, Excerpt, Label};
use crate::toolkit::json;
use serde_json::{Map, Value};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The Toolkit's other keys: its flags in camel case.
const KNOWN: [&str; 32] = [
    "assets",
    "buildSid",
    "createEnvironment",
    "cwd",
    "detailedLogs",
    "edge",
    "environment",
    "extendedOutput",
    "force",
    "forkProcess",
    "functionSid",
    "functions",
    "inspect",
    "inspectBrk",
    "legacyMode",
    "live",
    "loadSystemEnv",
    "logCacheSize",
    "logLevel",
    "logs",
    "ngrok",
    "outputFormat",
    "overrideExistingProject",
    "production",
    "projectName",
    "properties",
    "region",
    "runtime",
    "serviceName",
    "serviceSid",
    "sourceEnvironment",
    "tail",
];

/// The keys that are read here.
const OURS: [&str; 5] = [
    "assetsFolder",
    "env",
    "functionsFolder",
    "loadLocalEnv",
    "port",
];

/// Flags that the Toolkit never takes from a file.
const REFUSED: [&str; 5] = ["config", "key", "password", "username", "value"];

/// Keys of the top alone, each with an object for each environment, account or command.
const SECTIONS: [&str; 3] = ["commands", "environments", "projects"];

/// A file being read into the settings.
pub(super) struct Reading<'a> {
    pub(super) source: Arc<str>,
    pub(super) place: PathBuf,
    /// The keys that lead to the settings.
    pub(super) prefix: Vec<&'static str>,
    pub(super) rc: &'a mut Rc,
}

impl Reading<'_> {
    /// Whether the file holds settings at all.
    pub(super) fn whole(&mut self, form: Form) -> bool {
        let value = match form {
            Form::Unread => {
                let title = "settings in YAML or JavaScript are not read";
                let unread = Diagnostic::warning("unread-settings", title)
                    .in_file(&self.place, "not read")
                    .help("write them as JSON5 to .twilioserverlessrc");
                self.rc.diagnostics.push(unread);
                return true;
            }
            Form::Package => {
                self.prefix.push("twilioserverless");
                let package = serde_json::from_str::<Value>(&self.source);
                let settings = package
                    .ok()
                    .and_then(|p| p.get("twilioserverless").cloned());
                settings.unwrap_or_default()
            }
            Form::Json5 => match json::parse(&self.source) {
                Ok(value) => value,
                Err(fault) => {
                    let title = "the settings are not valid JSON5";
                    let invalid = Diagnostic::error("invalid-json", title)
                        .at(&self.place, &self.source, fault.span, fault.message)
                        .help("mend the text; nothing of it is in force");
                    self.rc.diagnostics.push(invalid);
                    return true;
                }
            },
        };
        match value {
            Value::Null => return false,
            Value::Object(settings) => self.settings(&settings),
            _ => self.wrong_type(&[], "an object"),
        }
        true
    }

    fn settings(&mut self, settings: &Map<String, Value>) {
        self.section(settings, &[]);
        self.deployed(settings, &[]);
        let deploy = settings
            .get("commands")
            .and_then(|commands| commands.get("deploy"));
        if let Some(Value::Object(deploy)) = deploy {
            self.deployed(deploy, &["commands", "deploy"]);
        }
        match settings.get("commands") {
            None | Some(Value::Null) => {}
            Some(Value::Object(commands)) => match commands.get("start") {
                None | Some(Value::Null) => {}
                Some(Value::Object(start)) => self.section(start, &["commands", "start"]),
                Some(_) => self.wrong_type(&["commands", "start"], "an object"),
            },
            Some(_) => self.wrong_type(&["commands"], "an object"),
        }
    }

    fn section(&mut self, settings: &Map<String, Value>, at: &[&str]) {
        for (key, value) in settings {
            let path = [at, &[key.as_str()]].concat();
            match key.as_str() {
                "functionsFolder" => {
                    if let Some(folder) = self.text(value, &path) {
                        self.rc.functions_folder = below(folder);
                    }
                }
                "assetsFolder" => {
                    if let Some(folder) = self.text(value, &path) {
                        self.rc.assets_folder = below(folder);
                    }
                }
                "env" => {
                    if let Some(file) = self.text(value, &path) {
                        self.rc.env = (!file.is_empty()).then(|| file.into());
                    }
                }
                "port" => match port(value) {
                    Some(port) => self.rc.port = Some(port),
                    None => self.wrong_type(&path, "a port number, 0 to 65535"),
                },
                "loadLocalEnv" => match value {
                    Value::Bool(load) => self.rc.load_local_env = Some(*load),
                    _ => self.wrong_type(&path, "true or false"),
                },
                key if at.is_empty() && SECTIONS.contains(&key) => {}
                key if KNOWN.contains(&key) => {}
                key if REFUSED.contains(&key) => {
                    let title = format!("`{key}` is never taken from a file");
                    let help = "remove it; the Toolkit ignores it too";
                    self.tell(
                        Diagnostic::warning("ignored-key", title),
                        &path,
                        "ignored",
                        help,
                    );
                }
                key => {
                    let title = format!("the Toolkit has no setting `{key}`");
                    let help = match meant(key) {
                        Some(known) => format!("did you mean `{known}`?"),
                        None => "remove it, or look for a misspelling".to_owned(),
                    };
                    self.tell(
                        Diagnostic::warning("unknown-key", title),
                        &path,
                        "ignored",
                        &help,
                    );
                }
            }
        }
    }

    /// What `deploy` would read here, and nothing else does.
    fn deployed(&mut self, settings: &Map<String, Value>, at: &[&str]) {
        self.rc.names_service |= ["serviceName", "serviceSid"]
            .iter()
            .any(|key| settings.contains_key(*key));
        if let Some(Value::String(runtime)) = settings.get("runtime") {
            let path = [&self.prefix, at, &["runtime"]].concat();
            let excerpt = json::place(&self.source, &path).map(|span| Excerpt {
                source: Arc::clone(&self.source),
                span,
            });
            self.rc.runtimes.push(RuntimeAsked {
                runtime: runtime.clone(),
                label: Label {
                    file: self.place.clone(),
                    excerpt,
                    text: String::new(),
                },
            });
        }
    }

    fn text<'v>(&mut self, value: &'v Value, path: &[&str]) -> Option<&'v str> {
        if value.as_str().is_none() {
            self.wrong_type(path, "text");
        }
        value.as_str()
    }

    fn wrong_type(&mut self, path: &[&str], wanted: &str) {
        let what = path
            .last()
            .map_or("the settings as a whole".to_owned(), |key| {
                format!("`{key}`")
            });
        let fault = Diagnostic::error("wrong-type", format!("{what} must be {wanted}"));
        self.tell(fault, path, "ignored", "change its value, or remove it");
    }

    fn tell(&mut self, fault: Diagnostic, path: &[&str], what: &str, help: &str) {
        if self.rc.diagnostics.len() == json::MAX_FAULTS {
            return;
        }
        let path = [&self.prefix, path].concat();
        let span: Option<Range<usize>> = json::place(&self.source, &path);
        let fault = match span {
            Some(span) => fault.at(&self.place, &self.source, span, what),
            None => fault.in_file(&self.place, what),
        };
        self.rc.diagnostics.push(fault.help(help));
    }
}

/// `path.join(project, folder)` takes an absolute `folder` as one below the project; empty text
/// counts as no setting.
fn below(folder: &str) -> Option<PathBuf> {
    let folder = folder.trim_start_matches('/');
    (!folder.is_empty()).then(|| folder.into())
}

/// The original takes a number, or text that starts with one; only text that is one is taken here.
fn port(value: &Value) -> Option<u16> {
    match value {
        Value::Number(port) => port.as_u64()?.try_into().ok(),
        Value::String(port) => port.trim().parse().ok(),
        _ => None,
    }
}

/// The key that `key` is but for case and dashes: flags are often written as on the command line.
fn meant(key: &str) -> Option<&'static str> {
    let plain = |key: &str| key.replace(['-', '_'], "").to_ascii_lowercase();
    let known = OURS.iter().chain(&KNOWN).chain(&SECTIONS);
    known.copied().find(|known| plain(known) == plain(key))
}
