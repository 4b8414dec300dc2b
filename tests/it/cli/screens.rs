//! Help, version, and what is said about a wrong command line.

use super::run::{program, project};
use snapbox::file;

#[test]
fn help_screens_are_as_committed() {
    let folder = project(&[]);
    let screen = |arguments: &[&str]| program(folder.path()).args(arguments).assert().success();
    screen(&["--help"]).stdout_eq(file!["help/switchboard.txt"]);
    screen(&["start", "--help"]).stdout_eq(file!["help/start.txt"]);
    screen(&["list", "--help"]).stdout_eq(file!["help/list.txt"]);
    screen(&["check", "--help"]).stdout_eq(file!["help/check.txt"]);
    screen(&["access", "--help"]).stdout_eq(file!["help/access.txt"]);
    screen(&["doctor", "--help"]).stdout_eq(file!["help/doctor.txt"]);
    screen(&["exec", "--help"]).stdout_eq(file!["help/exec.txt"]);
    screen(&["sign", "--help"]).stdout_eq(file!["help/sign.txt"]);
    screen(&["send", "--help"]).stdout_eq(file!["help/send.txt"]);
    screen(&["call", "--help"]).stdout_eq(file!["help/call.txt"]);
    screen(&["logs", "--help"]).stdout_eq(file!["help/logs.txt"]);
    screen(&["replay", "--help"]).stdout_eq(file!["help/replay.txt"]);
    screen(&["init", "--help"]).stdout_eq(file!["help/init.txt"]);
    screen(&["completions", "--help"]).stdout_eq(file!["help/completions.txt"]);
}

#[test]
fn the_version_is_one_line() {
    let version = format!("switchboard {}\n", env!("CARGO_PKG_VERSION"));
    let folder = project(&[]);
    let told = program(folder.path()).arg("--version").assert();
    told.success().stdout_eq(version);
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = project(&[]);
    for arguments in [
        ["frobnicate"].as_slice(),
        &["start", "--prot"],
        &["start", "--port", "70000"],
        &["start", "--host", "example.com"],
        &["start", "--public-url", "example.com"],
        &["start", "--ngrok=--config"],
        &["start", "--ngrok", "--public-url", "https://a.ngrok.app"],
        &["start", "--ngrok", "--tunnel", "cloudflared"],
        &["start", "--tunnel", "other"],
        &["start", "--console-port", "none"],
        &["start", "--no-console", "--console-port", "4545"],
        &["start", "--inspect=example.com:9229"],
        &["start", "--inspect-brk=70000"],
        &["list", "--format", "yaml"],
        &["sign"],
        &["sign", "/a", "-d", "Body"],
        &["sign", "/a", "-d", "A=1", "--json", "{}"],
        &["sign", "/a", "-d", "A=1", "-X", "GET"],
        &["sign", "localhost:3000"],
        &["sign", "http://localhost/a#b"],
        &["sign", "nobody:/a"],
        &["sign", "/a", "--service", "nobody"],
        &["send", "sms"],
        &["send", "fax", "/a"],
        &["send", "sms", "/a", "--digits", "1"],
        &["send", "sms", "/a", "--param", "Body"],
        &["send", "sms", "/a", "--count", "0"],
        &["send", "sms", "/a", "--method", "PUT"],
        &["send", "json", "/a", "--body", "{"],
        &["send", "sms", "localhost:3000"],
        &["init"],
        &["init", "a b"],
        &["completions", "tcsh"],
    ] {
        let told = program(folder.path()).args(arguments).output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{arguments:?}");
        assert!(told.stdout.is_empty(), "{arguments:?}");
        assert!(told.stderr.starts_with(b"error"), "{arguments:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let folder = project(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let told = program(folder.path()).args(["completions", shell]);
        let told = told.output().unwrap();
        assert!(told.status.success(), "{shell}");
        let script = String::from_utf8(told.stdout).unwrap();
        assert!(script.contains("switchboard"), "{shell}");
        assert!(script.contains("ready-file"), "{shell}");
    }
}

#[test]
fn what_is_no_number_is_told_what_is_wanted() {
    let folder = project(&[]);
    for (arguments, wanted) in [
        (
            &["start", "--console-port", "x"][..],
            "a number from 0 to 65535",
        ),
        (&["start", "-p", "-1"], "unexpected argument"),
        (
            &["exec", "-p", "x", "--", "true"],
            "a number from 0 to 65535",
        ),
        (&["logs", "-n", "x"], "a number from 0 to 1000"),
        (
            &["send", "sms", "/x", "--count", "0"],
            "a number from 1 to 10000",
        ),
        (&["replay", "#x"], "the number behind `#` in a line"),
    ] {
        let told = program(folder.path()).args(arguments).output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8(told.stderr).unwrap();
        assert!(error.contains(wanted), "{arguments:?}: {error}");
    }
}

#[test]
fn a_port_in_the_environment_harms_no_command() {
    let folder = project(&[]);
    let told = program(folder.path())
        .env("PORT", "4000")
        .args(["sign", "/a", "--curl"])
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("http://localhost:4000/a"), "{told}");
    // Kubernetes, Docker and CI have a PORT of their own, which is no number.
    for (arguments, code) in [
        (&["check"][..], 0),
        (&["access"], 0),
        (&["doctor"], 0),
        (&["exec", "-q", "--", "true"], 0),
        (&["send", "studio", "/a"], 1),
        (&["completions", "bash"], 0),
        (&["init", "made"], 0),
        (&["list", "-p", "1"], 0),
    ] {
        let command = program(folder.path()).env("XDG_RUNTIME_DIR", folder.path());
        let command = command.env("PORT", "tcp://10.0.0.1:80").args(arguments);
        let told = command.output().unwrap();
        let error = String::from_utf8(told.stderr).unwrap();
        assert_eq!(told.status.code(), Some(code), "{arguments:?}: {error}");
    }
    let empty = program(folder.path()).env("PORT", "").arg("list");
    empty.assert().success();
    for command in ["start", "list"] {
        let wrong = program(folder.path()).env("PORT", "99999").arg(command);
        wrong
            .assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(snapbox::str![[r#"
error: the variable PORT is `99999`, and a port is a number from 0 to 65535
  help: unset PORT, or beat it with --port N

"#]]);
    }
}
