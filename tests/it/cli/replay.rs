//! `replay`: a request of a running server, sent again.

use super::run::{PAIR, Server, program, project};
use crate::http::Client;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use tempfile::TempDir;

const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// A server whose first exchange is a wrong password for `/jwt`, and whose second is the same for
/// the protected `/guarded`, unsigned.
fn asked() -> (TempDir, Server) {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    for path in ["/jwt", "/guarded"] {
        let head = format!("POST {path} HTTP/1.1\n{FORM}");
        server.ask(&head, "username=twilio&password=wrong");
    }
    (folder, server)
}

fn replay(folder: &TempDir, server: &Server, arguments: &[&str]) -> (Option<i32>, String) {
    let command = program(folder.path()).env("XDG_RUNTIME_DIR", server.runtime());
    let output = command.arg("replay").args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn both_answers_are_shown_with_what_differs() {
    let (folder, server) = asked();
    let (code, told) = replay(&folder, &server, &["1", "-d", "password=ahoy"]);
    assert_eq!(code, Some(0), "{told}");
    snapbox::assert_data_eq!(
        told,
        snapbox::str![[r#"
#1 again as #3  POST /jwt  [..] ms

status   401 → 200
headers
...
  + access_token: (hidden)
...
body
  - Username or password is incorrect
  + OK

"#]]
    );
    let (code, told) = replay(&folder, &server, &["#1"]);
    assert_eq!(code, Some(1), "a 401 is no success: {told}");
    assert!(
        told.contains("headers  the same\nbody     the same, 33 bytes\n"),
        "{told}"
    );
}

#[test]
fn what_is_protected_is_signed_anew() {
    let (folder, server) = asked();
    let edited = ["2", "-d", "password=ahoy", "--output", "json"];
    let (code, told) = replay(&folder, &server, &edited);
    assert_eq!(code, Some(0), "{told}");
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(report["signed"], true);
    assert_eq!(report["before"]["status"], 403);
    assert_eq!(report["after"]["status"], 200);
    assert_eq!(
        report["request"]["body"]["text"],
        "username=twilio&password=ahoy"
    );
    let edited = ["2", "--remove", "password", "-H", "X-Seen: yes"];
    let (code, told) = replay(&folder, &server, &edited);
    assert_eq!(code, Some(1), "without a password: {told}");
    assert!(told.contains("status   403 → 401"), "{told}");
}

#[test]
fn another_server_gets_it_signed_for_its_own_url() {
    let (folder, server) = asked();
    let other = Server::start(folder.path(), &["--no-watch"]);
    // Of the same project, so with the same token: it lets in what is signed for its URL alone.
    let base = other.ready["url"].as_str().unwrap();
    let edited = ["2", "-d", "password=ahoy", "--to", base];
    let (code, told) = replay(&folder, &server, &edited);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.starts_with(&format!("#2 again  POST {base}/guarded")),
        "{told}"
    );
    assert!(told.contains("status   403 → 200"), "{told}");
    let whole = format!("{base}/bearer?x=1");
    let (code, told) = replay(&folder, &server, &["2", "--to", &whole]);
    assert_eq!(code, Some(1));
    assert!(
        told.starts_with(&format!("#2 again  POST {whole}")),
        "{told}"
    );
}

#[test]
fn the_other_server_is_told_nothing_of_the_way_here() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    let head = "POST /guarded HTTP/1.1\nx-forwarded-host: x.ngrok.app\nx-kept: 1";
    server.ask(head, "");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
        String::from_utf8(head).unwrap().to_ascii_lowercase()
    });
    let to = format!("http://127.0.0.1:{port}");
    let (code, told) = replay(&folder, &server, &["1", "--to", &to]);
    assert_eq!(code, Some(0), "{told}");
    let head = serving.join().unwrap();
    assert!(head.starts_with("post /guarded http/1.1\r\n"), "{head}");
    assert!(
        head.contains(&format!("host: 127.0.0.1:{port}\r\n")),
        "{head}"
    );
    assert!(
        head.contains("x-kept: 1") && head.contains("x-twilio-signature: "),
        "{head}"
    );
    assert!(!head.contains("x-forwarded"), "{head}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let (folder, server) = asked();
    for (arguments, code, text) in [
        (&["99"][..], 1, "there is no exchange 99"),
        (&["1", "--to", "ftp://h"], 2, "not a URL"),
        (&["1", "--to", "http://h:99999"], 2, "not a URL"),
        (&["1", "--to", "foo"], 2, "not a URL"),
        (&["1", "-X", "G ET"], 2, "a method is one word"),
        (&["1", "-H", "X: a\nb"], 2, "no header may have"),
        (&["1", "--to", "http://127.0.0.1:1"], 1, "does not answer"),
        (&["1", "-H", "a b: c"], 2, "no header may have"),
        (&["1", "-H", "nothing"], 2, "no `:`"),
        (&["1", "-d", "nothing"], 2, "no `=`"),
        (&["x"], 2, "invalid value"),
        (&[], 2, "required"),
    ] {
        let (ended, told) = replay(&folder, &server, arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {told}");
        assert!(told.contains(text), "{arguments:?}: {told}");
    }
}

#[test]
fn a_terminal_is_told_nothing_that_it_would_act_on() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    let port = u16::try_from(server.ready["port"].as_u64().unwrap()).unwrap();
    let mut client = Client::connect(port);
    client.send("GET /nothing?\u{9b}31m HTTP/1.1\r\nHost: localhost\r\nX-\u{7f}: 1\r\n\r\n");
    client.try_read();
    server.ask("GET /nothing?%1b[31m HTTP/1.1", "");
    let (_, told) = replay(&folder, &server, &["1"]);
    assert!(!told.contains(['\u{1b}', '\u{9b}']), "{told:?}");
}
