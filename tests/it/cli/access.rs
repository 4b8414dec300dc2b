//! `access`: who reaches what, and the file that holds it fast.

use super::run::{Server, program, project};
use serde_json::Value;
use snapbox::str;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Each visibility, for each kind of resource; two services with a token of their own.
fn every_kind() -> TempDir {
    project(&[
        (
            "services.toml",
            "default_service = \"main\"\n\
             [services.main]\nroot = \"main\"\nauth_token = \"0123456789abcdef0123456789abcdef\"\n\
             [services.main.functions]\n\
             \"/jwt\" = { handler = \"rust:jwt\" }\n\
             \"/hidden\" = { handler = \"rust:jwt\", visibility = \"private\" }\n\
             [services.other]\nroot = \"other\"\n",
        ),
        ("main/functions/open.js", "throw new Error('it ran')"),
        (
            "main/functions/sms/reply.protected.js",
            "throw new Error('it ran')",
        ),
        (
            "main/functions/part.private.js",
            "throw new Error('it ran')",
        ),
        ("main/assets/page.html", ""),
        ("main/assets/prices.private.json", ""),
        ("other/assets/song.protected.mp3", ""),
    ])
}

fn access(folder: &Path, arguments: &[&str]) -> snapbox::cmd::OutputAssert {
    program(folder).arg("access").args(arguments).assert()
}

#[test]
fn every_route_is_judged_for_every_caller() {
    let folder = every_kind();
    access(folder.path(), &[]).success().stdout_eq(str![[r#"
SERVICE  PATH          VISIBILITY  ANYONE   TWILIO   OTHER TOKEN  FUNCTION        BEHIND IT
main     /hidden       private     404      404      404          not in Runtime  rust:jwt
main     /jwt          public      answers  answers  answers      not in Runtime  rust:jwt
main     /open         public      answers  answers  answers      by Runtime      javascript
main     /page.html    public      answers  answers  answers      not in Runtime  asset
main     /part         private     404      404      404          by Runtime      javascript
main     /prices.json  private     404      404      404          by Runtime      asset
main     /sms/reply    protected   403      answers  403          by Runtime      javascript
other    /song.mp3     protected   403      answers  403          not in Runtime  asset

why
  403             signature refused: the X-Twilio-Signature header is not the signature of this request
  403             signature refused: the request has no X-Twilio-Signature header
[..]
...
"#]]);
}

#[test]
fn the_verdicts_are_those_of_a_running_server() {
    let folder = every_kind();
    let told = access(folder.path(), &["--format", "json"]).success();
    let told: Value = serde_json::from_slice(&told.get_output().stdout).unwrap();
    let server = Server::start(folder.path(), &[]);
    let mut asked = 0;
    for route in told["routes"].as_array().unwrap() {
        if route["visibility"] == "public" {
            continue;
        }
        let url = server.ready["services"][route["service"].as_str().unwrap()]["url"].clone();
        let path = url.as_str().unwrap().splitn(4, '/').nth(3);
        let path = path.map_or(String::new(), |prefix| format!("/{prefix}"));
        let path = format!("{path}{}", route["path"].as_str().unwrap());
        let answer = server.ask(&format!("GET {path} HTTP/1.1"), "");
        let verdict = route["callers"]["anyone"]["verdict"].as_str().unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {verdict} ")),
            "{path}: {verdict}, but {answer}"
        );
        asked += 1;
    }
    assert_eq!(asked, 5);
}

#[test]
fn a_path_that_nobody_can_ask_for_answers_nobody() {
    let folder = project(&[(
        "services.toml",
        "[services.main]\n[services.main.functions]\n\"/caf\u{e9}\" = { handler = \"rust:jwt\" }\n",
    )]);
    let told = access(folder.path(), &["--format", "json"]);
    let told = told.success().stderr_eq(str![[r#"
warning[unreachable-path]: nobody can ask for /café: a request for it names /caf%C3%A9
 --> services.toml:3:1
  |
3 | "/café" = { handler = "rust:jwt" }
  | ^^^^^^^
  |
  = help: paths match as they arrive; name it with letters, digits, `-`, `_` and `.` alone

"#]]);
    let told: Value = serde_json::from_slice(&told.get_output().stdout).unwrap();
    let verdict = |caller: &str| told["routes"][0]["callers"][caller]["verdict"].clone();
    for caller in ["anyone", "twilio", "other_token"] {
        assert_eq!(verdict(caller), "404", "{told:#}");
    }
}

#[test]
fn a_changed_visibility_fails_until_it_is_written_down() {
    let folder = every_kind();
    access(folder.path(), &["--write", "access.toml"])
        .success()
        .stdout_eq("8 routes written to access.toml\n");
    access(folder.path(), &["--expect", "access.toml"])
        .success()
        .stdout_eq("8 routes as in access.toml\n");
    let functions = folder.path().join("main/functions");
    fs::rename(
        functions.join("sms/reply.protected.js"),
        functions.join("sms/reply.js"),
    )
    .unwrap();
    fs::write(functions.join("more.js"), "").unwrap();
    access(folder.path(), &["--expect", "access.toml"])
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
main:/more is new and public: anyone reaches it
main:/sms/reply was protected, is public: anyone reaches it now

error: 2 differences from access.toml
  help: if they are meant: switchboard access --write access.toml

"#]]);
    access(folder.path(), &["--write", "access.toml"]).success();
    access(folder.path(), &["--expect", "access.toml"]).success();
}

#[test]
fn an_expectation_that_is_none_is_named() {
    let folder = every_kind();
    fs::write(folder.path().join("bad.toml"), "[main]\n\"/a\" = 3\n").unwrap();
    for (file, why) in [("none.toml", "cannot read"), ("bad.toml", "line 2")] {
        let told = access(folder.path(), &["--expect", file]).code(1);
        let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
        assert!(told.contains(why) && told.contains("--write"), "{told}");
    }
}

#[test]
fn no_token_is_shown() {
    let folder = every_kind();
    for arguments in [&["--format", "json"][..], &[]] {
        let told = access(folder.path(), arguments).success();
        let told = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
        assert!(!told.contains("0123456789abcdef"), "{told}");
    }
}
