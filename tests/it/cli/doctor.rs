//! `doctor`.

use super::run::{PAIR, Server, program, project};
use serde_json::Value;
use std::fs;
use std::net::{Ipv6Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The exit code, and the findings as `check: standing: text`.
fn doctor(folder: &Path, more: &[(&str, &str)]) -> (Option<i32>, Vec<String>) {
    let mut command = program(folder).args(["doctor", "--format", "json"]);
    for (name, value) in more {
        command = command.env(name, value);
    }
    let told = command.output().unwrap();
    let found: Value = serde_json::from_slice(&told.stdout).unwrap();
    let line = |check: &Value| {
        let part = |name: &str| check[name].as_str().unwrap().to_string();
        assert!(
            part("standing") == "ok" || !part("help").is_empty(),
            "no help: {check}"
        );
        format!("{}: {}: {}", part("check"), part("standing"), part("text"))
    };
    let checks = found["checks"].as_array().unwrap().iter();
    (told.status.code(), checks.map(line).collect())
}

fn has(found: &[String], begin: &str) -> bool {
    found.iter().any(|line| line.starts_with(begin))
}

#[test]
fn a_project_that_is_well_has_no_fault() {
    let folder = project(&[
        ("services.toml", &format!("port = 0\n{PAIR}")),
        (".env", ""),
    ]);
    let (code, found) = doctor(folder.path(), &[]);
    assert_eq!(code, Some(0), "{found:?}");
    for begin in [
        "version: ok: switchboard ",
        "project: ok: 1 service, 3 routes",
        "secrets: warn: the development auth token is in use by auth",
        "secrets: warn: auth uses the documented secret",
        "node: ok: v",
        "port: ok: any that is free",
        "run files: ok: ",
        "file watching: ok: works",
    ] {
        assert!(has(&found, begin), "{begin} in {found:#?}");
    }
}

#[test]
fn each_fault_is_one_line_and_ends_with_1() {
    let folder = project(&[
        ("services.toml", "port = 0\n[services.a]\nroot = \"a\"\n"),
        ("a/functions/x.js", ""),
    ]);
    let nowhere = [("SWITCHBOARD_NODE", "/nowhere/node")];
    let (code, found) = doctor(folder.path(), &nowhere);
    assert_eq!(code, Some(1));
    assert!(
        has(&found, "node: fault: JavaScript functions answer 503"),
        "{found:#?}"
    );
    fs::write(folder.path().join("services.toml"), "prt = 1\n").unwrap();
    let (code, found) = doctor(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(has(&found, "project: fault: "), "{found:#?}");
    let place = folder.path().join("runtime");
    fs::create_dir_all(place.join("switchboard")).unwrap();
    fs::set_permissions(place.join("switchboard"), fs::Permissions::from_mode(0o777)).unwrap();
    let open = [("XDG_RUNTIME_DIR", place.to_str().unwrap())];
    let (_, found) = doctor(folder.path(), &open);
    assert!(has(&found, "run files: fault: "), "{found:#?}");
}

#[test]
fn faults_of_the_project_are_counted_as_check_counts_them() {
    let folder = project(&[
        ("package.json", "{bad"),
        ("functions/x.js", "exports.handler = () => {"),
    ]);
    let checked = program(folder.path()).args(["check", "--format", "json"]);
    let checked = checked.output().unwrap();
    assert_eq!(checked.status.code(), Some(1));
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(checked["errors"], 2, "{checked}");
    let (code, found) = doctor(folder.path(), &[]);
    assert_eq!(code, Some(1), "{found:#?}");
    assert!(
        has(&found, "project: fault: 1 service, 1 route, 2 errors"),
        "{found:#?}"
    );
}

#[test]
fn without_a_place_for_temporary_files_it_says_which_variable_names_it() {
    let folder = project(&[("services.toml", &format!("port = 0\n{PAIR}"))]);
    let runtime = folder.path().to_str().unwrap();
    let nowhere = [("TMPDIR", "/nonexist"), ("XDG_RUNTIME_DIR", runtime)];
    let (code, found) = doctor(folder.path(), &nowhere);
    assert_eq!(code, Some(0), "{found:#?}");
    let told = "file watching: warn: was not tried: /nonexist/switchboard-doctor-";
    assert!(has(&found, told), "{found:#?}");
}

#[test]
fn node_is_held_against_engines_and_packages_are_looked_for() {
    let manifest = r#"{ "name": "shop", "engines": { "node": "4.x" },
        "dependencies": { "twilio": "^5", "left": "1", "../up": "1" } }"#;
    let folder = project(&[
        ("services.toml", "port = 0\n[services.shop]\nroot = \".\"\n"),
        ("package.json", manifest),
        ("functions/x.js", ""),
        (
            "node_modules/twilio/package.json",
            r#"{ "version": "5.3.1" }"#,
        ),
    ]);
    let (code, found) = doctor(folder.path(), &[]);
    assert_eq!(code, Some(0));
    assert!(
        has(&found, "engines: warn: package.json wants node \"4.x\""),
        "{found:#?}"
    );
    assert!(has(&found, "twilio: ok: 5.3.1 in "), "{found:#?}");
    let missing = found
        .iter()
        .find(|line| line.starts_with("packages: warn"))
        .unwrap();
    assert!(missing.ends_with(": left, ../up"), "{missing}");
}

#[test]
fn a_function_that_needs_the_package_twilio_is_named() {
    let folder = project(&[
        ("services.toml", "port = 0\n[services.shop]\nroot = \".\"\n"),
        ("functions/a.js", "new Twilio.Response()"),
    ]);
    let (_, found) = doctor(folder.path(), &[]);
    assert!(has(&found, "twilio: ok: not installed in "), "{found:#?}");
    let user = folder.path().join("functions/b.js");
    fs::write(user, "new Twilio.twiml.VoiceResponse()").unwrap();
    let (code, found) = doctor(folder.path(), &[]);
    assert_eq!(code, Some(0));
    let told = found.iter().find(|line| line.starts_with("twilio: warn: "));
    let told = told.unwrap_or_else(|| panic!("{found:#?}"));
    let why = "and functions/b.js uses it: it answers 500";
    assert!(told.ends_with(why), "{told}");
}

#[test]
fn a_taken_port_names_the_server_that_has_it() {
    let scratch = project(&[]);
    let runtime = [("XDG_RUNTIME_DIR", scratch.path().to_str().unwrap())];
    let served = project(&[("services.toml", PAIR)]);
    let server = Server::start_with(served.path(), &[], &runtime);
    let port = &server.ready["port"];
    let folder = project(&[("services.toml", &format!("port = {port}\n{PAIR}"))]);
    // The run file is written once the server listens, which the first line may come before.
    let mut found = Vec::new();
    for _ in 0..500 {
        found = doctor(folder.path(), &runtime).1;
        if has(
            &found,
            &format!("port: warn: {port} is taken by the Switchboard"),
        ) {
            return;
        }
    }
    panic!("{found:#?}");
}

#[test]
fn a_port_is_free_where_the_server_would_listen_on_all_its_addresses() {
    // A machine without IPv6 is content with the other one.
    let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return;
    };
    let port = taken.local_addr().unwrap().port();
    let folder = project(&[("services.toml", &format!("port = {port}\n{PAIR}"))]);
    let (_, found) = doctor(folder.path(), &[]);
    let told = format!("port: warn: {port} is taken by another program on ::1");
    assert!(has(&found, &told), "{found:#?}");
}

#[test]
fn people_are_shown_words_and_help() {
    let folder = project(&[("services.toml", &format!("port = 0\n{PAIR}"))]);
    let told = program(folder.path()).arg("doctor").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.starts_with("ok     version        switchboard "),
        "{told}"
    );
    assert!(
        told.contains("\nwarn   secrets        the development"),
        "{told}"
    );
    assert!(told.contains("\n                      help: "), "{told}");
}
