//! `logs`: what a running server has done, and does.

use super::run::{PAIR, Server, program, project};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A server that has answered 404, 401 and 403, in this order.
fn asked() -> (TempDir, Server) {
    let folder = project(&[("services.toml", PAIR), ("functions/deep/a.txt", "")]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    for head in ["GET /nothing?q=s3cret", "POST /bearer", "POST /guarded"] {
        server.ask(&format!("{head} HTTP/1.1"), "");
    }
    (folder, server)
}

/// `logs` for whoever stands in `folder`.
fn logs(server: &Server, folder: &Path, arguments: &[&str]) -> snapbox::cmd::Command {
    let command = program(folder).env("XDG_RUNTIME_DIR", server.runtime());
    command.arg("logs").args(arguments)
}

fn told(server: &Server, folder: &Path, arguments: &[&str]) -> String {
    let output = logs(server, folder, arguments).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lines_are_those_of_the_server_itself() {
    let (folder, mut server) = asked();
    let log = told(&server, folder.path(), &[]);
    assert!(log.contains("signature refused"), "{log}");
    let own = server.read_until("expected: ");
    let own = &own[own.find("Ctrl-C stops\n").unwrap() + 13..];
    // The server may still be about to write the rest of its last entry.
    let lines: Vec<&str> = own.lines().collect();
    let told: Vec<&str> = log.lines().take(lines.len()).collect();
    assert_eq!(told, lines);
    assert!(log.contains(" #2    401 POST /bearer "), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
}

#[test]
fn they_are_filtered_and_found_from_a_folder_below() {
    let (folder, server) = asked();
    let deep = folder.path().join("functions/deep");
    for (arguments, ids) in [
        (&["-n", "2"][..], vec![2, 3]),
        (&["--status", "404"], vec![1]),
        (&["--status", "4xx", "--path", "/b"], vec![2]),
        (&["--path", "uard"], vec![3]),
        (&["--service", "auth", "--since", "10m"], vec![1, 2, 3]),
        (&["--service", "nobody"], vec![]),
        (&["-n", "0"], vec![]),
    ] {
        let arguments = [arguments, &["--output", "json"]].concat();
        let lines = told(&server, &deep, &arguments);
        let found: Vec<u64> = lines
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["id"]
                    .as_u64()
                    .unwrap()
            })
            .collect();
        assert_eq!(found, ids, "{arguments:?}");
    }
    for wrong in [["--status", "4"], ["--since", "soon"], ["-n", "1001"]] {
        let output = logs(&server, &deep, &wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn json_lines_are_those_of_start() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &["--no-watch", "--format", "json"]);
    server.ask("POST /bearer HTTP/1.1", "");
    let own = server.read_until("\"id\":1");
    let log = told(&server, folder.path(), &["--output", "json"]);
    assert_eq!(log, own);
}

/// `logs -f`, with what it writes.
fn following(server: &Server, folder: &Path) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .current_dir(folder)
        .env("XDG_RUNTIME_DIR", server.runtime())
        .args(["logs", "-f", "--output", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

#[test]
fn who_follows_is_told_all_and_ends_with_the_server() {
    let (folder, server) = asked();
    let (mut child, mut lines) = following(&server, folder.path());
    let mut id = |wanted: u64| {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let entry: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(entry["id"], wanted, "{line}");
    };
    (1..=3).for_each(&mut id);
    for n in 4..=20 {
        server.ask("GET /nothing HTTP/1.1", "");
        id(n);
    }
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("\"stopping\""), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_is_named_by_the_url_of_its_console() {
    let (folder, server) = asked();
    let url = server.ready["console_url"].as_str().unwrap().to_string();
    let elsewhere = project(&[]);
    let named = |token: &str| {
        let command = program(elsewhere.path()).env("XDG_RUNTIME_DIR", elsewhere.path());
        let command = command.args(["logs", "--url", &url]);
        let command = match token {
            "" => command.env_remove("SWITCHBOARD_TOKEN"),
            token => command.env("SWITCHBOARD_TOKEN", token),
        };
        command.output().unwrap()
    };
    assert_eq!(named("").status.code(), Some(2));
    let refused = named("wrong");
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(
        text.starts_with("error: SWITCHBOARD_TOKEN is not the token of the server at http://"),
        "{text}"
    );
    let place = server.runtime().join("switchboard");
    let files = std::fs::read_dir(place).unwrap().map(|e| e.unwrap().path());
    let file = files.into_iter().find(|f| f.extension().is_some()).unwrap();
    let run_file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let good = named(run_file["token"].as_str().unwrap());
    assert!(String::from_utf8(good.stdout).unwrap().contains("/bearer"));
    // In the server's own folder its run file has the token, by whichever name it is called.
    let port = url.rsplit(':').next().unwrap();
    for url in [
        url.clone(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::1]:{port}"),
        format!("localhost:{port}"),
    ] {
        assert!(told(&server, folder.path(), &["--url", &url]).contains("/bearer"));
        let stale = logs(&server, folder.path(), &["--url", &url]).env("SWITCHBOARD_TOKEN", "old");
        stale.assert().success();
    }
    // What is not the console's own may be anybody's.
    for url in [
        format!("http://127.0.0.2:{port}"),
        format!("http://x.localhost:{port}"),
        format!("https://localhost:{port}"),
        "http://localhost:1".to_string(),
    ] {
        let refused = logs(&server, folder.path(), &["--url", &url]).assert();
        refused.code(2).stderr_eq(snapbox::str![[r#"
error: there is no token for the console at [..]
...
"#]]);
    }
    for url in ["foo", "http://localhost:99999", "", "4545"] {
        let refused = logs(&server, folder.path(), &["--url", url]).assert();
        refused.code(2).stderr_eq(snapbox::str![[r#"
error: `[..]` is not a URL
  help: [..]

"#]]);
    }
}

#[test]
fn where_no_server_can_be_asked_it_is_said() {
    let folder = project(&[("services.toml", PAIR)]);
    let none = program(folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .arg("logs");
    none.assert().code(1).stdout_eq("").stderr_eq(snapbox::str![[r#"
error: no server runs for [..]
  help: start one with `switchboard start`, name the folder of one with --cwd, or its console with --url

"#]]);
    let server = Server::start(folder.path(), &["--no-watch", "--no-console"]);
    assert_eq!(server.ready["console_url"], Value::Null);
    let output = logs(&server, folder.path(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("start it without --no-console"), "{text}");
}
