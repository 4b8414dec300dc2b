//! The conformance suite, `tests/conformance/`, against the program: no rule of `docs/parity.md` that
//! shows over HTTP is broken, and none is forgotten.

use crate::oracle;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The fewest rules that the suite is worth its name with.
const FEWEST: usize = 65;

#[test]
fn every_rule_that_shows_over_http_is_kept() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/run.js");
    let told = Command::new("node")
        .arg(suite)
        .args(["--json", "--switchboard", env!("CARGO_BIN_EXE_switchboard")])
        .env("CONFORMANCE_PACKAGES", oracle::twilio_run())
        .output()
        .expect("node runs: the suite is a script; install Node.js 18 or later");
    let text = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "the suite does not run: {text}");
    let rows: Vec<Value> = serde_json::from_slice(&told.stdout).expect("JSON");
    assert!(rows.len() >= FEWEST, "{} rules", rows.len());
    // What differs must say so itself, in the header of parity warnings.
    let broken: Vec<String> = rows
        .iter()
        .map(|row| (&row["name"], &row["verdicts"]["Switchboard"]))
        .filter(|(_, verdict)| verdict["word"] == "differs")
        .map(|(name, verdict)| format!("{name}: {}", verdict["why"]))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let warned = rows
        .iter()
        .filter(|row| row["verdicts"]["Switchboard"]["word"] == "warns")
        .map(|row| row["name"].as_str().unwrap_or_default());
    assert_eq!(warned.collect::<Vec<_>>(), ["response-options"]);
}
