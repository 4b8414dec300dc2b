//! `start`: what it says and what it must never say.

use super::run::{PAIR, Server, failing, program, project};
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn the_start_tells_urls_notes_and_what_to_try() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &["--fork-process"]);
    let port = server.ready["port"].to_string();
    assert_eq!(
        server.first_line,
        format!("switchboard {}\n", env!("CARGO_PKG_VERSION"))
    );
    let console = server.ready["console_url"].as_str().unwrap().to_string();
    let told = server.read_until("Ctrl-C stops");
    let told = told.replace(&console, "CONSOLE").replace(&port, "PORT");
    snapbox::assert_data_eq!(
        told,
        snapbox::str![[r#"

auth  http://localhost:PORT  (or http://auth-4173-dev.localhost:PORT, default)
  public     http://localhost:PORT/bearer   rust:bearer
  protected  http://localhost:PORT/guarded  rust:jwt
  public     http://localhost:PORT/jwt      rust:jwt

console     CONSOLE

note development auth token switchboard-development-token-00 and account AC00000000000000000000000000000000 in use by auth; the variables AUTH_TOKEN and ACCOUNT_SID set others
note without meaning here: --fork-process
note auth uses the documented secret (variable JWT_SECRET), users (private asset /users.json), salaries (private asset /salaries.json): known to everybody, set others for anything real

try
  curl -i -X POST http://localhost:PORT/bearer
  curl -i -X POST http://localhost:PORT/jwt -H 'Content-Type: application/json' --data-raw '{"username":"twilio","password":"ahoy"}'
  TOKEN=$(curl -si -X POST http://localhost:PORT/jwt -H 'Content-Type: application/json' --data-raw '{"username":"twilio","password":"ahoy"}' | tr -d '/r' | sed -n 's/^access_token: //p')
  curl -i -X POST http://localhost:PORT/bearer -H "Authorization: Bearer $TOKEN"

Ctrl-C stops

"#]]
    );
}

/// A JavaScript function beside a Rust one.
const BOTH: [(&str, &str); 2] = [
    (
        "services.toml",
        "[services.a]\nroot = \".\"\n[services.a.functions]\n\"/jwt\" = { handler = \"rust:jwt\" }\n",
    ),
    (
        "functions/hello.js",
        "exports.handler = (context, event, callback) => callback(null, 'hello');",
    ),
];

#[test]
fn with_node_nothing_is_said_of_it() {
    let folder = project(&BOTH);
    let mut server = Server::start(folder.path(), &[]);
    let told = server.read_until("Ctrl-C stops");
    assert!(!told.contains("JavaScript functions"), "{told}");
    assert!(!told.contains("Node.js"), "{told}");
    let answer = server.ask("GET /hello HTTP/1.1", "");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
}

#[test]
fn without_node_it_is_said_once_and_the_rest_works() {
    let folder = project(&BOTH);
    let without = [("SWITCHBOARD_NODE", "/nowhere/node")];
    let mut server = Server::start_with(folder.path(), &[], &without);
    let told = server.read_until("Ctrl-C stops");
    let said = "note JavaScript functions answer 503: this service has JavaScript functions, and \
                Node.js was not found (/nowhere/node: ";
    assert_eq!(told.matches(said).count(), 1, "{told}");
    let rust = server.ask("POST /jwt HTTP/1.1", "");
    assert!(rust.starts_with("HTTP/1.1 401"), "{rust}");
    let answer = server.ask("GET /hello HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(!answer.contains("nowhere"), "{answer}");
    server.read_until("install version 18 or later");
}

#[cfg(unix)]
#[test]
fn functions_see_of_the_environment_what_the_server_hands_on() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project(&[
        (
            "functions/see.js",
            "exports.handler = (context, event, callback) => callback(null, process.env);",
        ),
        (".env", "OWN=1"),
    ]);
    let around = folder.path().join("around-node");
    std::fs::write(&around, "#!/bin/sh\nexport AROUND=1\nexec node \"$@\"\n").unwrap();
    std::fs::set_permissions(&around, std::fs::Permissions::from_mode(0o755)).unwrap();
    let environment = [
        ("SWITCHBOARD_NODE", around.to_str().unwrap()),
        ("AWS_SECRET_ACCESS_KEY", "s3cret"),
        ("SSL_CERT_FILE", "/company/roots.pem"),
        ("SSL_CERT_DIR", "/company/roots"),
        ("https_proxy", "http://proxy"),
    ];
    let server = Server::start_with(folder.path(), &[], &environment);
    let answer = server.ask("GET /see HTTP/1.1", "");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let seen: serde_json::Value = serde_json::from_str(body).unwrap();
    for (name, value) in [("OWN", "1")]
        .into_iter()
        .chain(environment.into_iter().skip(2))
    {
        assert_eq!(seen[name], value, "{name}");
    }
    assert!(seen["PATH"].is_string());
    for name in ["AROUND", "PWD", "AWS_SECRET_ACCESS_KEY", "SWITCHBOARD_NODE"] {
        assert!(seen[name].is_null(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_node_that_is_too_old_is_named_with_its_version() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project(&BOTH);
    let old = folder.path().join("node-16");
    std::fs::write(&old, "#!/bin/sh\necho v16.20.2\n").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
    let with_old = [("SWITCHBOARD_NODE", old.to_str().unwrap())];
    let mut server = Server::start_with(folder.path(), &[], &with_old);
    let told = server.read_until("Ctrl-C stops");
    assert!(told.contains("503: Node.js v16.20.2 is too old"), "{told}");
}

#[test]
fn the_ready_file_has_the_real_urls() {
    let folder = project(&[(
        "services.toml",
        "default_service = \"a\"\n[services.a.functions]\n\"/x\" = { handler = \"rust:jwt\" }\n\
         [services.b]\ndomain = \"b-1-dev\"\nfunctions = { \"/x\" = { handler = \"rust:jwt\" } }\n",
    )]);
    let server = Server::start(folder.path(), &[]);
    let port = &server.ready["port"];
    assert_eq!(server.ready["url"], format!("http://localhost:{port}"));
    assert_eq!(server.ready["pid"], server.child.id());
    let services = &server.ready["services"];
    assert_eq!(services["a"]["url"], format!("http://localhost:{port}"));
    assert_eq!(services["b"]["url"], format!("http://localhost:{port}/b"));
    assert_eq!(
        services["b"]["domain_url"],
        format!("http://b-1-dev.localhost:{port}")
    );
}

#[test]
fn a_ready_file_that_cannot_be_written_is_a_failure() {
    let folder = project(&[("services.toml", PAIR)]);
    let told = program(folder.path()).args(["-p", "0", "--ready-file", "none/ready.json"]);
    told.assert().code(1).stderr_eq(snapbox::str![[r#"
error: cannot write the ready file none/ready.json: [..]
  help: name a file in a folder that exists and can be written to

"#]]);
}

#[test]
fn requests_are_told_in_columns_and_refusals_explained() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &[]);
    server.read_until("Ctrl-C stops");
    server.ask("POST /bearer?token=s3cret HTTP/1.1", "");
    let line = server.read_until("/bearer");
    let (time, rest) = line.split_at(8);
    assert!(time.chars().filter(|c| *c == ':').count() == 2, "{line}");
    let columns = rest.strip_prefix(" #1    401 POST /bearer       auth public     rust:bearer ");
    assert!(
        columns.is_some_and(|rest| rest.ends_with(" ms\n")),
        "{line}"
    );
    server.ask("POST /guarded HTTP/1.1", "");
    let told = server.read_until("advice:");
    assert!(told.contains(" 403 POST /guarded "), "{told}");
    assert!(told.contains("signature refused: the request has no X-Twilio-Signature header"));
}

#[test]
fn a_reload_and_its_rejection_are_told() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &[]);
    server.read_until("Ctrl-C stops");
    let file = folder.path().join("services.toml");
    let saved = |text: &str| std::fs::write(&file, text).unwrap();
    saved(&PAIR.replace("\"/guarded\"", "\"/other\""));
    let told = server.read_until("reloaded in ");
    assert!(told.contains(" ms: auth"), "{told}");
    saved("prot = 1\n");
    server.read_until("not reloaded: 1 error; the last good version serves on");
    server.read_until("unknown-key");
}

#[test]
fn no_logs_leaves_requests_out_and_nothing_else() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &["--no-logs"]);
    server.ask("POST /bearer HTTP/1.1", "");
    server.signal("TERM");
    let (code, told) = server.end();
    assert_eq!(code, Some(0));
    assert!(!told.contains("401 POST"), "{told}");
    assert!(told.contains("\nstopping\n"), "{told}");
}

#[test]
fn what_is_piped_has_no_colours() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &[]);
    server.ask("POST /bearer HTTP/1.1", "");
    server.signal("INT");
    let (_, told) = server.end();
    assert!(told.contains("401 POST"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
    let coloured = program(folder.path())
        .env("CLICOLOR_FORCE", "1")
        .arg("list");
    assert!(coloured.output().unwrap().stdout.contains(&0x1b));
    let plain = program(folder.path())
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .arg("list");
    assert!(!plain.output().unwrap().stdout.contains(&0x1b));
}

#[test]
fn a_taken_port_is_named() {
    let folder = project(&[("services.toml", PAIR)]);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = program(folder.path())
        .args(["start", "-p", &port])
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(told.stdout.is_empty());
    let error = String::from_utf8(told.stderr).unwrap();
    assert!(
        error.starts_with(&format!("error: port {port} is taken")),
        "{error}"
    );
}

#[test]
fn an_address_of_another_machine_is_told_with_a_way_out() {
    let folder = project(&[("services.toml", PAIR)]);
    // Of those that are for documents: nobody's.
    let told = failing(folder.path(), &["--host", "192.0.2.1"], &[]);
    assert!(told.contains("give an address of this machine"), "{told}");
}

#[test]
fn the_port_of_the_console_is_as_asked_for_or_free() {
    let folder = project(&[("services.toml", PAIR)]);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = program(folder.path()).args(["start", "-p", "0", "--console-port", &port]);
    told.assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(snapbox::str![[r#"
error: port [..], asked for the console, is taken on 127.0.0.1
  help: choose another with --console-port N, or leave the flag out: then any free one does

"#]]);
    // One that both were given is nobody else's fault.
    for arguments in [&["-p", "42001"][..], &[]] {
        let told = program(folder.path()).env("PORT", "42001").arg("start");
        let told = told.args(arguments).args(["--console-port", "42001"]);
        told.assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(snapbox::str![[r#"
error: port 42001 was given to the services and to the console
  help: choose another with --console-port N, or leave the flag out: then any free one does

"#]]);
    }
    // Two servers at a time have one each.
    let (one, two) = (
        Server::start(folder.path(), &["--no-watch"]),
        Server::start(folder.path(), &["--no-watch"]),
    );
    assert_ne!(one.ready["console_url"], two.ready["console_url"]);
}

/// A terminal's two ends: what is written to the second is read from the first.
fn terminal() -> (std::fs::File, std::fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap());
    (ours.into(), theirs.unwrap())
}

#[test]
fn the_terminal_alone_shows_the_link_that_opens_the_console() {
    let folder = project(&[("services.toml", PAIR)]);
    let runtime = tempfile::tempdir().unwrap();
    let (ours, theirs) = terminal();
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .current_dir(folder.path())
        .env("XDG_RUNTIME_DIR", runtime.path())
        .args(["start", "--port", "0", "--console-port", "0"])
        .stdin(Stdio::null())
        .stdout(theirs)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(ours).lines().map(Result::unwrap);
    let line = lines.into_iter().find(|line| line.starts_with("console"));
    child.kill().unwrap();
    child.wait().unwrap();
    let line = line.unwrap();
    let link = anstream::adapter::strip_str(&line).to_string();
    let link = link.trim_start_matches("console").trim();
    let folder = runtime.path().join("switchboard");
    let mut files = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let run_file = files.find(|f| f.extension().is_some()).unwrap();
    let run_file = std::fs::read_to_string(run_file).unwrap();
    let run_file: serde_json::Value = serde_json::from_str(&run_file).unwrap();
    let (url, token) = link.split_once("/#").unwrap();
    assert_eq!(run_file["console_url"], url);
    assert_eq!(run_file["token"], token);
}

#[test]
fn a_project_with_errors_does_not_start() {
    let folder = project(&[("services.toml", "prot = 1\n")]);
    let told = program(folder.path()).args(["-p", "0"]).assert();
    told.code(1).stdout_eq("").stderr_eq(snapbox::str![[r#"
error[unknown-key]: [..]prot[..]
...
error: the project cannot be served: 1 error in its files

"#]]);
}

#[test]
fn listening_wider_than_loopback_is_warned_of() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut server = Server::start(folder.path(), &["--host", "0.0.0.0"]);
    let told = server.read_until("Ctrl-C stops");
    assert!(told.contains("note whoever reaches this machine"), "{told}");
}

#[test]
fn secrets_are_in_no_output() {
    const SECRET: &str = "s3cr3tvalue";
    let services = "default_service = \"a\"\n[services.a]\nroot = \".\"\n\
        auth_token = \"s3cr3tvalue-token\"\nenv = { A = \"s3cr3tvalue-a\" }\n\
        [services.a.functions]\n\"/jwt\" = { handler = \"rust:jwt\", visibility = \"protected\" }\n";
    let env = "JWT_SECRET=s3cr3tvalue\nBROKEN s3cr3tvalue\n";
    let folder = project(&[
        ("services.toml", services),
        (".env", env),
        ("functions/a.js", ""),
    ]);
    for arguments in [
        ["list"].as_slice(),
        &["list", "--format", "json"],
        &["check"],
        &["check", "--format", "json"],
        &["sign", "/jwt"],
        &["sign", "/jwt", "--curl"],
    ] {
        let told = program(folder.path()).args(arguments).output().unwrap();
        let all = [told.stdout, told.stderr].concat();
        let all = String::from_utf8(all).unwrap();
        assert!(!all.contains(SECRET), "{arguments:?}: {all}");
    }
    for format in ["pretty", "json"] {
        let server = Server::start(folder.path(), &["--format", format]);
        let first = server.first_line.clone();
        server.ask(
            "POST /jwt?q=s3cr3tvalue HTTP/1.1\nx-twilio-signature: no",
            "",
        );
        server.ask("POST /nothing?q=s3cr3tvalue HTTP/1.1", "");
        server.signal("INT");
        let (_, told) = server.end();
        // A refusal names the URL that was signed, query and all: that is what it is about.
        let told = told.replace("?q=s3cr3tvalue", "");
        assert!(told.contains("/nothing"), "{told}");
        assert!(!told.contains(SECRET) && !first.contains(SECRET), "{told}");
    }
}
