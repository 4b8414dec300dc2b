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

/// What works here and not in the cloud: a warning, with its place.
#[test]
fn what_the_cloud_would_refuse_is_a_warning_and_strictly_a_fault() {
    let folder = project(&[
        (
            "functions/reply.js",
            "const lib = require('./lib.private');\nexports.handler = lib;\n",
        ),
        ("functions/lib.private.js", "module.exports = () => {};"),
    ]);
    let told = program(folder.path()).arg("check").assert();
    told.success().stderr_eq("").stdout_eq(str![[r#"
warning[relative-require]: functions/reply.js requires "./lib.private"
 --> functions/reply.js:1:21
  |
1 | const lib = require('./lib.private');
  |                     ^^^^^^^^^^^^^^^
  |
  = help: the cloud has no such file beside it; use require(Runtime.getFunctions()["lib"].path)

0 errors, 1 warning

"#]]);
    let told = program(folder.path()).args(["check", "--strict"]).assert();
    told.code(1);
    let told = program(folder.path())
        .args(["check", "--strict", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&told.stdout).unwrap();
    let fault = &report["diagnostics"][0];
    assert_eq!(fault["code"], "relative-require");
    assert_eq!(fault["file"], "functions/reply.js");
    assert_eq!((&fault["line"], &fault["column"]), (&1.into(), &21.into()));
}

#[test]
fn a_function_that_is_no_javascript_is_an_error_with_its_place() {
    let folder = project(&[
        (
            "functions/broken.js",
            "// é\nexports.handler = (context, event, callback) => {\n  callback(null, 'é' ;\n};\n",
        ),
        ("functions/module.js", "export const handler = () => {};\n"),
        ("functions/cut.private.js", "module.exports = {\n"),
        (
            "functions/sound.js",
            "\u{feff}exports.handler = async () => {};\n",
        ),
    ]);
    let told = program(folder.path()).arg("check").assert();
    told.code(1).stderr_eq("").stdout_eq(str![[r#"
...
error[syntax]: SyntaxError: missing ) after argument list
 --> functions/broken.js:3:18
  |
3 |   callback(null, 'é' ;
  |                  ^^^
  |
  = help: each call of this function would be a 500, in the cloud as well

error[syntax]: SyntaxError: Unexpected end of input
 --> functions/cut.private.js:[..]
...
2 errors, 1 warning

"#]]);
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
