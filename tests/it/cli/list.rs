//! `list`.

use super::run::{PAIR, program, project};
use serde_json::{Value, json};
use snapbox::str;

#[test]
fn every_route_has_a_row() {
    let folder = project(&[
        (
            "services.toml",
            "default_service = \"a\"\n[services.a]\nroot = \"a\"\n[services.b.functions]\n\
             \"/jwt\" = { handler = \"rust:jwt\", visibility = \"protected\" }\n",
        ),
        ("a/functions/sms/reply.protected.js", ""),
        ("a/functions/hidden.private.js", ""),
        ("a/assets/index.html", ""),
    ]);
    let told = program(folder.path()).arg("list").assert();
    told.success().stdout_eq(str![[r#"
SERVICE  VISIBILITY  KIND      URL                               FILE OR HANDLER
a        private     function  -                                 a/functions/hidden.private.js
a        public      asset     http://localhost:3000/index.html  a/assets/index.html
a        protected   function  http://localhost:3000/sms/reply   a/functions/sms/reply.protected.js
b        protected   function  http://localhost:3000/b/jwt       rust:jwt

"#]]);
}

#[test]
fn the_json_has_a_field_for_each_column() {
    let folder = project(&[("services.toml", PAIR)]);
    let told = program(folder.path())
        .args(["list", "--format", "json", "--port", "81"])
        .output()
        .unwrap();
    let rows: Value = serde_json::from_slice(&told.stdout).unwrap();
    let row = |path: &str, visibility: &str, target: &str| {
        json!({
            "service": "auth",
            "visibility": visibility,
            "kind": "function",
            "path": path,
            "url": format!("http://localhost:81{path}"),
            "target": target,
        })
    };
    let wanted = json!([
        row("/bearer", "public", "rust:bearer"),
        row("/guarded", "protected", "rust:jwt"),
        row("/jwt", "public", "rust:jwt"),
    ]);
    assert_eq!(rows, wanted);
}

#[test]
fn a_folder_that_is_not_there_is_a_failure() {
    let folder = project(&[]);
    let told = program(folder.path()).args(["list", "nowhere"]);
    told.assert().code(1).stdout_eq("").stderr_eq(str![[r#"
error[missing-folder]: there is no folder `[..]/nowhere`
 |
 = help: name the folder of a project, or make one with `switchboard init NAME`

error: the project cannot be served: 1 error in its files

"#]]);
}

#[test]
fn a_folder_is_taken_from_cwd() {
    let folder = project(&[("inner/demo/services.toml", PAIR)]);
    let told = program(folder.path())
        .args(["list", "--cwd", "inner", "demo"])
        .output()
        .unwrap();
    assert!(told.status.success());
    assert!(String::from_utf8_lossy(&told.stdout).contains("/bearer"));
}
