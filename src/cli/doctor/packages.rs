//! Node.js and the packages of services with JavaScript functions.

use super::finding::Finding;
use super::machine::on_path;
use crate::config::{Code, Config, ServiceConfig};
use crate::deployment;
use crate::node::{NodeSpec, version_of};
use crate::toolkit::{Package, engines};
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest package.json that is read.
const MOST_BYTES: u64 = 1024 * 1024;
/// Missing packages that are named.
const MOST_NAMES: usize = 8;

/// Without a `config` nobody knows whether Node is needed.
pub(super) async fn node(config: Option<&Config>) -> Vec<Finding> {
    const CHECK: &str = "node";
    let services: Vec<&ServiceConfig> = config
        .into_iter()
        .flat_map(|config| &config.services)
        .filter(|service| has_javascript(service))
        .collect();
    let program = NodeSpec::usual_program();
    let place = on_path(&program);
    let place = place.as_deref().unwrap_or(Path::new(&program)).display();
    let mut findings = Vec::new();
    let version = match version_of(&program).await {
        Ok(Some(version)) => {
            findings.push(Finding::ok(CHECK, format!("{version} at {place}")));
            Some(version)
        }
        Ok(None) => {
            findings.push(Finding::warn(
                CHECK,
                format!("{place} does not tell its version"),
                "run it with --version; it should answer within half a second",
            ));
            None
        }
        Err(fault) if services.is_empty() => {
            findings.push(Finding::ok(CHECK, format!("{fault}; no function needs it")));
            None
        }
        Err(fault) => {
            findings.push(Finding::fault(
                CHECK,
                format!("JavaScript functions answer 503: {fault}"),
                "install Node.js 18 or later, or name one in SWITCHBOARD_NODE",
            ));
            None
        }
    };
    let mut roots: Vec<&PathBuf> = services.iter().filter_map(|s| s.root.as_ref()).collect();
    roots.sort();
    roots.dedup();
    for root in roots {
        findings.extend(engine(root, version.as_deref()));
        findings.extend(packages(root));
        let here = |service: &&&ServiceConfig| service.root.as_ref() == Some(root);
        let mut here = services.iter().filter(here);
        findings.push(twilio(
            root,
            here.find_map(|service| deployment::user_of_twilio(service)),
        ));
    }
    findings
}

fn has_javascript(service: &ServiceConfig) -> bool {
    let mut functions = service.functions.iter();
    functions.any(|function| matches!(function.code, Code::JavaScript(_)))
}

/// Whether the version is one that the project wants.
fn engine(root: &Path, version: Option<&str>) -> Option<Finding> {
    const CHECK: &str = "engines";
    let package = Package::read(root, root);
    let (range, version) = (package.node.as_deref()?, version?);
    Some(match engines::admits(range, version) {
        Some(true) => Finding::ok(CHECK, format!("{version} is within \"{range}\"")),
        Some(false) => Finding::warn(
            CHECK,
            format!("package.json wants node \"{range}\", this is {version}"),
            "use that Node, or change engines.node; the cloud runs the one of the deployment",
        ),
        None => Finding::warn(
            CHECK,
            format!("engines.node is \"{range}\", which is not understood here"),
            "write it as npm documents it, such as \">=18\" or \"20.x\"",
        ),
    })
}

/// Whether what package.json depends on is there.
fn packages(root: &Path) -> Vec<Finding> {
    const CHECK: &str = "packages";
    let package = Package::read(root, root);
    let missing: Vec<&str> = package
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        .filter(|name| installed(root, name).is_none())
        .collect();
    let mut findings = Vec::new();
    if !missing.is_empty() {
        let named = missing[..missing.len().min(MOST_NAMES)].join(", ");
        let more = match missing.len().saturating_sub(MOST_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        findings.push(Finding::warn(
            CHECK,
            format!("not installed in {}: {named}{more}", root.display()),
            "run `npm install` there; functions that require them answer 500",
        ));
    } else if !package.dependencies.is_empty() {
        let count = package.dependencies.len();
        findings.push(Finding::ok(CHECK, format!("all {count} are installed")));
    }
    findings
}

/// Whether the package is there that `Twilio.twiml` and `getTwilioClient()` come from; `user` is a
/// function with one of them.
fn twilio(root: &Path, user: Option<&Path>) -> Finding {
    const CHECK: &str = "twilio";
    let (place, user) = match (installed(root, CHECK), user) {
        (Some(version), _) => {
            return Finding::ok(CHECK, format!("{version} in {}", root.display()));
        }
        (None, user) => (root.display(), user),
    };
    match user {
        Some(file) => Finding::warn(
            CHECK,
            format!(
                "not installed in {place}, and {} uses it: it answers 500",
                file.strip_prefix(root).unwrap_or(file).display()
            ),
            "run `npm install twilio` there",
        ),
        None => Finding::ok(
            CHECK,
            format!("not installed in {place}: needed for Twilio.twiml and getTwilioClient() only"),
        ),
    }
}

/// The version of a package as functions in `root` would find it: there, or in a folder above.
fn installed(root: &Path, name: &str) -> Option<String> {
    // A name is no path: one with `..` in it is nobody's package.
    if Path::new(name)
        .components()
        .any(|part| !matches!(part, std::path::Component::Normal(_)))
    {
        return None;
    }
    let mut folders = root.ancestors();
    let package = folders.find_map(|folder| {
        manifest(&folder.join("node_modules").join(name).join("package.json"))
    })?;
    let version = package.get("version").and_then(Value::as_str);
    Some(version.unwrap_or("of no version").to_string())
}

fn manifest(file: &Path) -> Option<Value> {
    let mut text = Vec::new();
    let file = File::open(file).ok()?;
    file.take(MOST_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}
