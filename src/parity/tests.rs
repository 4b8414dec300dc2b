//! The table is true: names are unique, tests exist, `docs/parity.md` says the same.
//!
//! Run the tests with `SWITCHBOARD_BLESS=1` to write the tables of the document anew.

use super::rules::TOPICS;
use super::{Bound, Rule, Told, rules};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- rules: made from src/parity/rules, see src/parity/tests.rs -->\n";
const END: &str = "<!-- end of rules -->\n";

#[test]
fn every_rule_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(names.insert(rule.name), "{} stands twice", rule.name);
        let plain = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(rule.name.chars().all(plain), "{}", rule.name);
        assert!(!rule.says.is_empty() && !rule.source.is_empty());
    }
    assert!(names.len() >= 60, "only {} rules", names.len());
}

#[test]
fn every_warning_has_its_rule() {
    for warned in Rule::ALL {
        assert!(warned.cloud_rule().is_some(), "{} has none", warned.name());
        let written = serde_json::to_value(warned).unwrap();
        assert_eq!(written, warned.name());
    }
}

#[test]
fn every_rule_is_shown_by_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    let mut folders = vec![root.join("src"), root.join("tests/it")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                tests.extend(tests_in(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(tests.len() > 200, "the tests were not found");
    let gone: Vec<_> = rules()
        .filter(|rule| !tests.contains(rule.shown_by))
        .map(|rule| format!("{}: {}", rule.name, rule.shown_by))
        .collect();
    assert!(
        gone.is_empty(),
        "there are no such tests:\n{}",
        gone.join("\n")
    );
}

/// The names of the functions that a text marks as tests.
fn tests_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        marked |= line == "#[test]" || line.starts_with("#[tokio::test");
        let function = line.strip_prefix("async ").unwrap_or(line);
        if let Some(name) = function
            .strip_prefix("fn ")
            .and_then(|f| f.split('(').next())
        {
            if marked {
                found.push(name.to_string());
            }
            marked = false;
        }
    }
    found
}

#[test]
fn the_document_has_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/parity.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the mark where rules begin");
    let (_, after) = rest.split_once(END).expect("the mark where rules end");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("SWITCHBOARD_BLESS").is_some() {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    snapbox::assert_data_eq!(text, wanted);
}

fn tables() -> String {
    let marks: BTreeMap<_, _> = Rule::ALL
        .iter()
        .map(|rule| {
            let mark = match rule.told() {
                Told::ByExchange => " ⚠",
                Told::ByCheck => " ✎",
                Told::ByBoth => " ⚠ ✎",
            };
            (rule.name(), mark)
        })
        .collect();
    let mut text = String::new();
    for (topic, rules) in TOPICS {
        let head = "| rule | says | source | confidence | the cloud | test |";
        let line = "| --- | --- | --- | --- | --- | --- |";
        writeln!(text, "\n## {topic}\n\n{head}\n{line}").unwrap();
        for rule in rules {
            let mark = marks.get(rule.name).copied().unwrap_or_default();
            let (says, source) = (rule.says, rule.source);
            let (confidence, verdict, test) = (rule.confidence, rule.verdict, rule.shown_by);
            assert!(
                !says.contains('|') && !source.contains('|'),
                "{}",
                rule.name
            );
            writeln!(
                text,
                "| `{}`{mark} | {says} | {source} | {confidence} | {verdict} | `{test}` |",
                rule.name
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}

#[test]
fn a_limit_is_near_above_four_fifths_and_broken_beyond() {
    let rule = |used, set| Bound::HEADERS.judge(used, set).map(|warning| warning.rule);
    for (used, set, told) in [
        (72, Some(90), None),
        (73, Some(90), Some(Rule::NearLimit)),
        (90, Some(90), Some(Rule::NearLimit)),
        (91, None, Some(Rule::RequestHeaders)),
        (91, Some(300), Some(Rule::RequestHeaders)),
        (9, Some(10), Some(Rule::NearLimit)),
        (8, Some(10), None),
        (0, Some(0), None),
    ] {
        assert_eq!(rule(used, set), told, "{used} of {set:?}");
    }
}
