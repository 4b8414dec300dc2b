//! The run file: how other commands find the server of a folder.

use super::run::{PAIR, Server, program, project};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The run files below the runtime folder `runtime`.
fn run_files(runtime: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(runtime.join("switchboard")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_server_leaves_its_address_for_its_owner_alone() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &["--public-url", "https://x.ngrok.app"]);
    let told = server.read_until("Ctrl-C stops");
    let files = run_files(server.runtime());
    let [file] = files.as_slice() else {
        panic!("{files:?}");
    };
    let run_file = read(file);
    assert_eq!(run_file["service_url"], server.ready["url"]);
    assert_eq!(run_file["public_url"], "https://x.ngrok.app");
    assert_eq!(run_file["pid"], server.child.id());
    let whole = folder.path().canonicalize().unwrap();
    assert_eq!(run_file["folder"], whole.to_str().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
    }
    let token = run_file["token"].as_str().unwrap().to_string();
    assert!(token.len() > 40);
    server.signal("TERM");
    let file = file.clone();
    let first = server.first_line.clone();
    let (code, rest) = server.end();
    assert_eq!(code, Some(0));
    assert!(!first.contains(&token) && !told.contains(&token) && !rest.contains(&token));
    assert!(!file.exists());
}

#[test]
fn of_two_servers_for_a_folder_the_one_that_can_answer_is_asked() {
    let folder = project(&[("services.toml", PAIR)]);
    let runtime = tempfile::tempdir().unwrap();
    let variables = [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())];
    let start = |arguments: &[&str]| Server::start_with(folder.path(), arguments, &variables);
    let told = |arguments: &[&str]| {
        let command = program(folder.path()).env("XDG_RUNTIME_DIR", runtime.path());
        let output = command.args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let oldest = start(&["--no-watch"]);
    let older = start(&["--no-watch"]);
    let newest = start(&["--no-watch", "--no-console"]);
    assert_eq!(run_files(runtime.path()).len(), 3);
    older.ask("GET /seen-by-the-older-one HTTP/1.1", "");
    for command in [&["logs"][..], &["replay", "1"]] {
        let told = told(command);
        assert!(told.contains("/seen-by-the-older-one"), "{told}");
    }
    for server in [older, oldest] {
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
    }
    let told = told(&["logs"]);
    let base = newest.ready["url"].as_str().unwrap();
    let why = format!("the server at {base} has no console");
    assert!(told.contains(&why), "{told}");
    newest.signal("TERM");
    assert_eq!(newest.end().0, Some(0));
    assert!(run_files(runtime.path()).is_empty());
}

#[test]
fn a_server_that_was_killed_is_replaced() {
    let folder = project(&[("services.toml", PAIR)]);
    let runtime = tempfile::tempdir().unwrap();
    let variables = [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())];
    let start = || Server::start_with(folder.path(), &["--no-watch"], &variables);
    drop(start());
    let files = run_files(runtime.path());
    assert_eq!(files.len(), 1, "what was killed leaves its file");
    let next = start();
    let files = run_files(runtime.path());
    assert_eq!(files.len(), 1, "and the next one removes it");
    assert_eq!(read(&files[0])["pid"], next.child.id());
}

#[test]
fn a_place_that_is_not_to_be_trusted_is_told_of_and_stops_nothing() {
    let folder = project(&[("services.toml", PAIR)]);
    let runtime = tempfile::tempdir().unwrap();
    fs::write(runtime.path().join("switchboard"), "").unwrap();
    let variables = [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())];
    let mut server = Server::start_with(folder.path(), &[], &variables);
    server.read_until("`logs` and `replay` will not find this server");
    let answer = server.ask("POST /bearer HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}
