//! How a server ends: when told to, whatever its callers, its functions and its reader do.

use super::run::{PAIR, Server, project, send};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use tempfile::TempDir;

/// A server with a request that runs until the pipe, which is returned, is written to.
fn with_a_running_request() -> (TempDir, Server, TcpStream, File) {
    let services = PAIR.replace(
        "[services.auth.functions]",
        "assets_folder = \"assets\"\n[services.auth.functions]",
    );
    let asset = "assets/salaries.private.json";
    let folder = project(&[("services.toml", &services), (asset, "[]")]);
    let mut server = Server::start(folder.path(), &["--no-watch"]);
    server.read_until("Ctrl-C stops");
    // `/bearer` reads the asset at each request: from a pipe it reads until somebody writes.
    let pipe = folder.path().join(asset);
    fs::remove_file(&pipe).unwrap();
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let head = "POST /jwt HTTP/1.1\ncontent-type: application/json";
    let answer = server.ask(head, r#"{"username":"twilio","password":"ahoy"}"#);
    let token = answer
        .lines()
        .find_map(|line| line.strip_prefix("access_token: "))
        .unwrap();
    let mut stream = server.connect();
    send(
        &mut stream,
        &format!("POST /bearer HTTP/1.1\nhost: localhost\nauthorization: Bearer {token}"),
        "",
    );
    // Opens when the function has opened its end.
    let pipe = File::options().write(true).open(&pipe).unwrap();
    (folder, server, stream, pipe)
}

#[test]
fn the_first_signal_lets_running_requests_end() {
    let (_folder, mut server, mut stream, mut pipe) = with_a_running_request();
    server.signal("INT");
    server.read_until("stopping: finishing 1 running function;");
    pipe.write_all(b"[{\"salary\":1}]").unwrap();
    drop(pipe);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("[{\"salary\":1}]"), "{answer}");
    let ready_file = server.ready_file.clone();
    let (code, told) = server.end();
    assert_eq!(code, Some(0));
    assert!(told.contains(" 200 POST /bearer "), "{told}");
    assert!(!ready_file.exists());
}

#[test]
fn the_second_signal_ends_at_once() {
    let (_folder, mut server, _stream, _pipe) = with_a_running_request();
    server.signal("INT");
    server.read_until("stopping: finishing 1 running function;");
    server.signal("INT");
    let ready_file = server.ready_file.clone();
    let (code, _) = server.end();
    assert_eq!(code, Some(130));
    assert!(!ready_file.exists());
}

#[test]
fn a_closed_terminal_leaves_no_ready_file() {
    if crate::orphans::is_to_outlive_its_terminal() {
        return;
    }
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &["--no-watch"]);
    server.read_until("Ctrl-C stops");
    server.signal("HUP");
    let ready_file = server.ready_file.clone();
    let (code, _) = server.end();
    assert_eq!(code, Some(0));
    assert!(!ready_file.exists());
}

/// Requests whose lines are more than any pipe holds.
const MANY: usize = 3000;

fn ask_many(server: &Server) {
    let mut stream = server.connect();
    let mut writer = stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        let one = "GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n";
        writer.write_all(one.repeat(MANY - 1).as_bytes()).unwrap();
        send(&mut writer, "GET /nothing HTTP/1.1\nhost: localhost", "");
    });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    sending.join().unwrap();
    assert_eq!(answers.matches("HTTP/1.1 404").count(), MANY);
}

#[test]
fn a_stuck_terminal_holds_nothing_up() {
    let folder = project(&[("services.toml", PAIR)]);
    // Its output is a pipe that is not read from here on.
    let mut server = Server::start(folder.path(), &[]);
    ask_many(&server);
    server.signal("TERM");
    let status = server.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_server_whose_reader_is_gone_serves_on() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &[]);
    let mut told = String::new();
    let mut stderr = server.child.stderr.take().unwrap();
    server.stop_reading();
    ask_many(&server);
    server.signal("TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    stderr.read_to_string(&mut told).unwrap();
    assert_eq!(told, "");
}
