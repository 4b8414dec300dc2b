//! What of others' code is built: by which licences, from where, and nothing twice or banned.
//!
//! Held against `.ci/deny.toml`, which `cargo deny` reads as well (`.ci/supply`); here nothing has to
//! be installed. Known vulnerabilities are that command's alone.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// All that is built of others, for every system and with every feature.
fn packages() -> Vec<Value> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--all-features"])
        .args(["--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let fault = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{fault}");
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON of cargo's");
    // The lock file also names what no feature asks for.
    let nodes = told["resolve"]["nodes"].as_array().expect("nodes");
    let built: BTreeSet<_> = nodes
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let packages = told["packages"].as_array().expect("packages").iter();
    let others = packages.filter(|package| !package["source"].is_null());
    let built = others.filter(|package| built.contains(package["id"].as_str().expect("an ID")));
    built.cloned().collect()
}

/// A list of `.ci/deny.toml`: texts, or tables with a `crate`.
fn listed(rules: &toml::Table, section: &str, list: &str) -> BTreeSet<String> {
    let list = rules[section][list].as_array().expect("a list").iter();
    let named = list.map(|entry| entry.get("crate").unwrap_or(entry).as_str());
    named
        .map(|name| name.expect("a name").to_string())
        .collect()
}

/// The licences that single crates may have besides.
fn exceptions(rules: &toml::Table) -> BTreeMap<String, BTreeSet<String>> {
    let list = rules["licenses"]["exceptions"].as_array().expect("a list");
    let text = |value: &toml::Value| value.as_str().expect("a text").to_string();
    let licences = |entry: &toml::Value| entry["allow"].as_array().expect("a list").clone();
    list.iter()
        .map(|entry| {
            (
                text(&entry["crate"]),
                licences(entry).iter().map(text).collect(),
            )
        })
        .collect()
}

/// Whether what is allowed meets a licence expression (SPDX; in old manifests `/` is `OR`). Read
/// without its brackets, `OR` first: where that differs it asks for more.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|name| allowed.contains(name.trim())))
}

#[test]
fn licences_that_leave_no_choice_must_be_allowed() {
    let allowed = ["A", "B", "C WITH D"].map(String::from).into();
    for (expression, met) in [
        ("A", true),
        ("X", false),
        ("", false),
        ("X OR A", true),
        ("X/B", true),
        ("A AND X", false),
        ("A AND (X OR B)", true),
        ("(A OR X) AND X", false),
        ("C WITH D", true),
        ("A WITH D", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}

#[test]
fn what_is_built_of_others_keeps_the_rules() {
    let rules: toml::Table = include_str!("../../.ci/deny.toml").parse().expect("rules");
    let allowed = listed(&rules, "licenses", "allow");
    let mut exceptions = exceptions(&rules);
    let banned = listed(&rules, "bans", "deny");
    let mut skipped = listed(&rules, "bans", "skip");
    let mut faults = Vec::new();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages() {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_string();
        let (name, version) = (text("name"), text("version"));
        let spec = format!("{name}@{version}");
        let more = exceptions.remove(&name).unwrap_or_default();
        if !is_met(&text("license"), &allowed.union(&more).cloned().collect()) {
            faults.push(format!("{spec}: `{}` is not allowed", text("license")));
        }
        if text("source") != REGISTRY {
            faults.push(format!("{spec}: it is not from crates.io"));
        }
        if banned.contains(&name) {
            faults.push(format!("{spec}: it is banned"));
        }
        if !skipped.remove(&spec) {
            versions.entry(name).or_default().push(version);
        }
    }
    let doubled = versions.iter().filter(|(_, versions)| versions.len() > 1);
    faults.extend(doubled.map(|(name, versions)| format!("{name}: there is {versions:?}")));
    faults.extend(skipped.iter().map(|spec| format!("{spec} is not there")));
    faults.extend(exceptions.keys().map(|name| format!("{name} is not there")));
    assert!(
        faults.is_empty(),
        "see .ci/deny.toml:\n{}",
        faults.join("\n")
    );
}
