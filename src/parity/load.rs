//! What a file loads that the cloud would not have: one judgement for what a worker has loaded and
//! for what `check` reads in a file.

use super::{ParityWarning, Rule};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A load, as a worker tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Load {
    /// The file that loads, as people are shown it.
    pub(crate) by: String,
    /// The name by which it loads.
    pub(crate) request: String,
    /// What was found beside the file, where the name is relative; else it is a package's.
    pub(crate) beside: Option<Beside>,
}

/// What a relative name finds here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Beside {
    /// A function, by its name in `Runtime.getFunctions()`.
    Function(String),
    /// A private asset, by its name in `Runtime.getAssets()`.
    Asset(String),
    /// A file that is neither.
    File,
}

/// The packages that a `package.json` lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packages {
    /// `dependencies` with their versions, or what the Toolkit deploys with where there are none.
    dependencies: BTreeMap<String, String>,
    /// `devDependencies` that are not among them.
    for_development: BTreeSet<String>,
    /// What a lock file shows to come along with the dependencies.
    along: BTreeSet<String>,
}

/// What every build of the cloud's has. Source: Twilio docs, "Dependencies".
const USUAL: [&str; 2] = ["twilio", "@twilio/runtime-handler"];

/// Versions that name something on the developer's machine. Source: `npm help package.json`.
const LOCAL: [&str; 8] = [
    "file:",
    "link:",
    "portal:",
    "workspace:",
    "./",
    "../",
    "/",
    "~/",
];

impl Load {
    /// What the cloud would say to it, where `packages` are listed; nothing is known of packages
    /// without a `package.json`.
    pub(crate) fn judge(&self, packages: Option<&Packages>) -> Option<ParityWarning> {
        match &self.beside {
            Some(beside) => Some(neighbour(&self.by, &self.request, beside)),
            None => packages?.judge(&self.by, &self.request),
        }
    }
}

impl Packages {
    /// What a `package.json` with these lists comes to, whose dependencies bring others `along`.
    pub(crate) fn new<'a>(
        dependencies: impl IntoIterator<Item = (&'a str, &'a str)>,
        for_development: impl IntoIterator<Item = &'a str>,
        along: BTreeSet<String>,
    ) -> Self {
        let listed = |(name, version): (&str, &str)| (name.to_string(), version.to_string());
        let mut dependencies: BTreeMap<_, _> = dependencies.into_iter().map(listed).collect();
        for name in USUAL {
            dependencies
                .entry(name.to_string())
                .or_insert("*".to_string());
        }
        let for_development = for_development
            .into_iter()
            .filter(|name| !dependencies.contains_key(*name))
            .map(str::to_string)
            .collect();
        Packages {
            dependencies,
            for_development,
            along,
        }
    }

    /// The names of those that the cloud will have.
    pub(crate) fn there(&self) -> impl Iterator<Item = &str> {
        let listed = self.dependencies.iter();
        let public = listed.filter(|(_, version)| !is_local(version));
        let along = self.along.iter();
        public
            .map(|(name, _)| name.as_str())
            .chain(along.map(String::as_str))
    }

    /// What the cloud would say to a load of `request`, which is not relative, by the file `by`.
    pub(crate) fn judge(&self, by: &str, request: &str) -> Option<ParityWarning> {
        let name = package_of(request)?;
        let (rule, text) = match self.dependencies.get(name) {
            Some(version) if is_local(version) => (
                Rule::LocalDependency,
                format!(
                    "{by} requires \"{name}\", which package.json takes from this machine: {LOCAL_HELP}"
                ),
            ),
            Some(_) => return None,
            None if self.along.contains(name) => return None,
            None if self.for_development.contains(name) => (
                Rule::DevDependency,
                format!(
                    "{by} requires \"{name}\", which is in devDependencies: the cloud installs \
                     dependencies alone; move it there"
                ),
            ),
            None => (
                Rule::UnlistedDependency,
                format!(
                    "{by} requires \"{name}\", which package.json does not list: the cloud installs \
                     what is listed, and what that needs; npm install {name}"
                ),
            ),
        };
        Some(ParityWarning::new(rule, text))
    }
}

/// Why a package of this machine is not there, and what to do.
pub(crate) const LOCAL_HELP: &str =
    "the cloud installs public packages alone; publish it, or make it a private asset";

/// Whether a version of `package.json` names something on the developer's machine.
pub(crate) fn is_local(version: &str) -> bool {
    LOCAL.iter().any(|start| version.starts_with(start))
}

/// What is said of a load by a relative name.
pub(crate) fn neighbour(by: &str, request: &str, beside: &Beside) -> ParityWarning {
    let instead = match beside {
        Beside::Function(name) => {
            format!("use require(Runtime.getFunctions()[{name:?}].path)")
        }
        Beside::Asset(name) => format!("use require(Runtime.getAssets()[{name:?}].path)"),
        Beside::File => {
            "make it a private function or asset, and reach it through Runtime".to_string()
        }
    };
    ParityWarning::new(
        Rule::RelativeRequire,
        format!("{by} requires {request:?}: the cloud has no such file beside it; {instead}"),
    )
}

/// What is said of an asset with data that is loaded as code.
pub(crate) fn asset_as_code(by: &str, asset: &str) -> ParityWarning {
    ParityWarning::new(
        Rule::AssetRequire,
        format!(
            "{by} requires the asset {asset:?}: in the cloud its file has no extension and is read \
             as JavaScript; use JSON.parse(Runtime.getAssets()[{asset:?}].open())"
        ),
    )
}

/// What is said of an ES module.
pub(crate) fn es_module(file: &str) -> ParityWarning {
    ParityWarning::new(
        Rule::EsModule,
        format!("{file} is an ES module: the cloud takes CommonJS (exports.handler = …)"),
    )
}

/// What is said of TypeScript.
pub(crate) fn typescript(file: &str) -> ParityWarning {
    ParityWarning::new(
        Rule::Typescript,
        format!("{file} is TypeScript: the cloud takes JavaScript; deploy what it is compiled to"),
    )
}

/// Whether a name leads to a file beside the one that loads it.
pub(crate) fn is_relative(request: &str) -> bool {
    matches!(request, "." | "..") || request.starts_with("./") || request.starts_with("../")
}

/// The package that a name is in; `None` for Node's own modules, files, and a package's own `#` names.
fn package_of(request: &str) -> Option<&str> {
    let outside = [".", "/", "#", "node:", "file:", "data:", "http:", "https:"];
    if request.is_empty() || outside.iter().any(|start| request.starts_with(start)) {
        return None;
    }
    let slashes = if request.starts_with('@') { 2 } else { 1 };
    let end = request.match_indices('/').nth(slashes - 1);
    let name = &request[..end.map_or(request.len(), |(at, _)| at)];
    NODE.binary_search(&name).is_err().then_some(name)
}

/// Node's own modules that need no `node:` (those of Node 24), sorted.
const NODE: [&str; 56] = [
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_judged_by_where_they_are_listed() {
        let packages = Packages::new(
            [
                ("listed", "1.0.0"),
                ("@a/b", "^1"),
                ("own", "file:../own"),
                ("git", "user/repo"),
            ],
            ["dev", "listed"],
            ["form-data".to_string()].into(),
        );
        for (request, rule) in [
            ("listed", None),
            ("listed/lib/x.js", None),
            ("@a/b/c", None),
            ("git", None),
            ("form-data", None),
            ("twilio", None),
            ("twilio/lib/rest/Twilio", None),
            ("fs", None),
            ("fs/promises", None),
            ("node:test", None),
            ("#own", None),
            ("/var/task/x", None),
            ("", None),
            ("dev", Some(Rule::DevDependency)),
            ("@a/c", Some(Rule::UnlistedDependency)),
            ("fs-extra", Some(Rule::UnlistedDependency)),
            ("test", Some(Rule::UnlistedDependency)),
            ("own/x", Some(Rule::LocalDependency)),
        ] {
            let told = packages.judge("a.js", request).map(|warning| warning.rule);
            assert_eq!(told, rule, "{request}");
        }
        let there: Vec<_> = packages.there().collect();
        assert_eq!(
            there,
            [
                "@a/b",
                "@twilio/runtime-handler",
                "git",
                "listed",
                "twilio",
                "form-data"
            ]
        );
    }

    #[test]
    fn nodes_own_modules_are_sorted() {
        assert!(NODE.is_sorted_by(|a, b| a < b));
    }
}
