//! `package.json` and the Toolkit's settings: what the cloud's build makes of them.

use super::Found;
use crate::config::{LACKS_REQUEST, ServiceName};
use crate::diagnostic::Diagnostic;
use crate::parity::{LOCAL_HELP, Rule, is_local};
use crate::spelling::quoted;
use crate::toolkit::{Dependency, Package, RUNTIME_HANDLER, Rc, exact};
use std::path::{Component, Path};

/// Packages that a build installs.
const MOST_DEPENDENCIES: usize = 100;
/// The versions of Node that a new deployment can have.
const NODES: [&str; 3] = ["20", "22", "24"];
const NODES_HELP: &str = "the cloud has Node 20, 22 (the default) and 24";

/// Examines the `package.json` in `root`, and the Toolkit's settings if the Toolkit deploys it.
/// `lacks_request` is whether exchanges tell of the runtime handler.
pub(super) fn examine(root: &Path, by_toolkit: bool, lacks_request: bool, found: &mut Found<'_>) {
    let package = Package::read(root, found.folder);
    let manifest = Manifest {
        file: root.join("package.json"),
        package,
        root,
    };
    // Its faults are told where the configuration is loaded.
    if manifest.package.text.is_some() && manifest.package.diagnostics.is_empty() {
        manifest.dependencies(found);
        if by_toolkit {
            manifest.runtime_handler(lacks_request, found);
        }
    }
    if by_toolkit {
        let rc = Rc::read(root, found.folder);
        if !rc.names_service && !root.join(".twiliodeployinfo").exists() {
            manifest.name(found);
        }
        for asked in rc.runtimes {
            let known = NODES
                .iter()
                .any(|node| asked.runtime.strip_prefix("node") == Some(node));
            if !known {
                let title = format!(
                    "{} is no runtime that the cloud has",
                    quoted(&asked.runtime)
                );
                let mut fault = Diagnostic::warning(Rule::NodeVersion.name(), title);
                fault.labels.push(asked.label);
                found.push(fault.help(NODES_HELP));
            }
        }
    }
}

struct Manifest<'a> {
    file: std::path::PathBuf,
    package: Package,
    root: &'a Path,
}

impl Manifest<'_> {
    /// A warning at the key to which `path` leads.
    fn tell(&self, rule: Rule, title: String, path: &[&str], help: &str, found: &mut Found<'_>) {
        let shown = found.shown(&self.file);
        let fault = Diagnostic::warning(rule.name(), title);
        let fault = match (&self.package.text, self.package.place(path)) {
            (Some(text), Some(span)) => fault.at(shown, text, span, ""),
            _ => fault.in_file(shown, ""),
        };
        found.push(fault.help(help));
    }

    fn dependencies(&self, found: &mut Found<'_>) {
        let listed = &self.package.dependencies;
        if listed.len() > MOST_DEPENDENCIES {
            let title = format!(
                "{} packages: the cloud installs at most {MOST_DEPENDENCIES}",
                listed.len()
            );
            let help = "drop those that no function requires";
            self.tell(Rule::DependencyCount, title, &["dependencies"], help, found);
        }
        for Dependency { name, version } in listed {
            let place = ["dependencies", name];
            if is_local(version) {
                let title = format!("{} is taken from this machine", quoted(name));
                self.tell(Rule::LocalDependency, title, &place, LOCAL_HELP, found);
            }
            if self.is_compiled(name) {
                let title = format!("{} is compiled where it is installed", quoted(name));
                let help = "the cloud installs no native modules; look for one in plain JavaScript";
                self.tell(Rule::NativeModule, title, &place, help, found);
            }
        }
    }

    /// Whether the installed package has code that a compiler is needed for.
    fn is_compiled(&self, name: &str) -> bool {
        // A name is no path: one with `..` in it is nobody's package.
        let mut parts = Path::new(name).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
            && self.root.ancestors().any(|folder| {
                let package = folder.join("node_modules").join(name);
                package.join("binding.gyp").is_file()
            })
    }

    fn runtime_handler(&self, is_missed: bool, found: &mut Found<'_>) {
        let of = |list: &[Dependency]| list.iter().find(|d| d.name == RUNTIME_HANDLER).cloned();
        let package = &self.package;
        if let Some(listed) = of(&package.dependencies) {
            if is_missed {
                self.lacks_request(&["dependencies", RUNTIME_HANDLER], found);
            }
            if exact(&listed.version).is_none() {
                let title = format!(
                    "the version of @twilio/runtime-handler is {}, and must be exact",
                    quoted(&listed.version)
                );
                let help = "the Toolkit refuses to deploy; npm install --save-exact @twilio/runtime-handler";
                let place = ["dependencies", RUNTIME_HANDLER];
                self.tell(Rule::RuntimeHandlerVersion, title, &place, help, found);
            }
        } else if of(&package.dev_dependencies).is_some() {
            let title = "@twilio/runtime-handler is in devDependencies".to_string();
            let help = "the Toolkit refuses to deploy; move it to dependencies";
            let place = ["devDependencies", RUNTIME_HANDLER];
            self.tell(Rule::RuntimeHandlerVersion, title, &place, help, found);
        } else if is_missed {
            self.lacks_request(&["dependencies"], found);
        }
    }

    fn lacks_request(&self, place: &[&str], found: &mut Found<'_>) {
        let (title, help) = LACKS_REQUEST
            .split_once(": ")
            .unwrap_or((LACKS_REQUEST, ""));
        self.tell(Rule::RuntimeHandler, title.to_string(), place, help, found);
    }

    /// The Toolkit makes a service of the package's name as it stands.
    fn name(&self, found: &mut Found<'_>) {
        let Some(name) = &self.package.name else {
            return;
        };
        if let Err(why) = ServiceName::new(name) {
            let title = format!("{} cannot name a service in the cloud", quoted(name));
            let help = format!("{why}; rename it, or deploy with --service-name");
            self.tell(Rule::ServiceName, title, &["name"], &help, found);
        }
    }
}
