//! `check`.

use super::run::{PAIR, program, project};
use serde_json::Value;
use snapbox::str;

#[test]
fn a_sound_project_has_no_faults() {
    let folder = project(&[("services.toml", PAIR)]);
    let told = program(folder.path()).arg("check").assert();
    told.success().stdout_eq("no faults\n").stderr_eq("");
}

#[test]
fn every_fault_is_told_and_an_error_ends_with_1() {
    let folder = project(&[(
        "services.toml",
        "prot = 1\n[services.a.functions]\n\"/a\" = { handler = \"rust:none\" }\n",
    )]);
    let told = program(folder.path()).arg("check").assert();
    told.code(1).stderr_eq("").stdout_eq(str![[r#"
error[unknown-key]: [..]prot[..]
...
error[..]none[..]
...
2 errors, 0 warnings

"#]]);
    let told = program(folder.path())
        .args(["check", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(report["errors"], 2);
    assert_eq!(report["warnings"], 0);
    assert_eq!(report["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(report["diagnostics"][0]["line"], 1);
}

#[test]
fn the_schema_is_printed_without_a_project() {
    let folder = project(&[]);
    let told = program(folder.path())
        .args(["check", "--schema", "nowhere"])
        .output()
        .unwrap();
    assert!(told.status.success());
    let schema: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert!(schema["properties"]["services"].is_object());
}
