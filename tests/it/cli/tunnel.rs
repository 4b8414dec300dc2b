//! Tunnels: stand-in agents on PATH play each part that a real one can.

use super::run::{PAIR, Server, failing, project};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use switchboard::signature::Signer;
use tempfile::TempDir;

/// How long what must come is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with the program `name`, which is this shell script; before it runs it has written its
/// number to `pid` and its arguments to `args`, in the folder `$HERE`.
pub(crate) struct Agent {
    folder: TempDir,
    path: String,
}

impl Agent {
    pub(crate) fn new(name: &str, script: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let here = folder.path().display();
        let file = folder.path().join(name);
        // Not for ever: a server that is killed cannot end it.
        let stay = "stay() { while kill -0 $PPID 2>/dev/null; do sleep 0.1; done; }";
        let text = format!(
            "#!/bin/sh\n{stay}\nHERE='{here}'\necho \"$*\" > \"$HERE/args\"\necho $$ > \"$HERE/pid\"\n{script}\n"
        );
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{here}:{}", std::env::var("PATH").unwrap());
        Agent { folder, path }
    }

    fn read(&self, file: &str) -> String {
        let text = fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        text.trim().to_string()
    }

    /// Whether its process is there; nobody may have waited for one that has ended.
    fn runs(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.read("pid")));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }

    pub(crate) fn start(&self, folder: &Path, arguments: &[&str]) -> Server {
        Server::start_with(folder, arguments, &[("PATH", &self.path)])
    }

    /// What `start` says that does not start.
    fn failing(&self, folder: &Path, arguments: &[&str]) -> String {
        let told = failing(folder, arguments, &[("PATH", &self.path)]);
        assert!(!self.runs(), "the agent runs on");
        told
    }
}

pub(crate) fn until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) const OPEN: &str = r#"echo '{"lvl":"info","msg":"started tunnel","addr":"http://localhost:1","url":"https://abc.ngrok-free.app"}'"#;

#[test]
fn ngrok_is_started_and_its_url_is_what_twilio_signs() {
    let folder = project(&[("services.toml", PAIR)]);
    let agent = Agent::new("ngrok", &format!("{OPEN}\nstay"));
    let server = agent.start(folder.path(), &["--ngrok"]);
    let port = server.ready["port"].clone();
    assert_eq!(
        agent.read("args"),
        format!("http {port} --log stdout --log-format json")
    );
    let url = &server.ready["services"]["auth"]["public_url"];
    assert_eq!(url, "https://abc.ngrok-free.app");
    let signer = Signer::new("switchboard-development-token-00");
    let signature = signer.sign("https://abc.ngrok-free.app/guarded", &[]);
    let ask = |signature: &str| {
        let head = format!("POST /guarded HTTP/1.1\nx-twilio-signature: {signature}");
        server.ask(&head, "")
    };
    assert!(!ask(&signature).starts_with("HTTP/1.1 403"));
    assert!(ask("AAAAAAAAAAAAAAAAAAAAAAAAAAA=").starts_with("HTTP/1.1 403"));
    assert!(agent.runs());
    server.signal("TERM");
    let (code, told) = server.end();
    assert_eq!(code, Some(0));
    assert!(
        told.contains("public URL  https://abc.ngrok-free.app"),
        "{told}"
    );
    assert!(!agent.runs());
}

#[test]
fn a_domain_is_asked_for_and_a_token_is_not_told_to_anybody() {
    let folder = project(&[("services.toml", PAIR)]);
    let agent = Agent::new("ngrok", &format!("{OPEN}\nstay"));
    // Where the SDK is built in, it takes the token; this is about what a program is given.
    let token = match cfg!(feature = "ngrok") {
        true => "",
        false => "s3cret",
    };
    let server = Server::start_with(
        folder.path(),
        &["--ngrok=mine.ngrok.app"],
        &[("PATH", &agent.path), ("NGROK_AUTHTOKEN", token)],
    );
    assert!(agent.read("args").ends_with(" --url mine.ngrok.app"));
    assert!(!agent.read("args").contains("s3cret"));
    server.signal("TERM");
    assert!(!server.end().1.contains("s3cret"));
}

#[test]
fn cloudflareds_url_is_found_in_its_log() {
    let folder = project(&[("services.toml", PAIR)]);
    let script = "echo 'T INF Requesting new quick Tunnel on trycloudflare.com...' >&2\n\
                  echo 'T INF |  https://four-words.trycloudflare.com   |' >&2\nstay";
    let agent = Agent::new("cloudflared", script);
    let server = agent.start(folder.path(), &["--tunnel", "cloudflared"]);
    let port = server.ready["port"].clone();
    assert_eq!(
        agent.read("args"),
        format!("tunnel --url http://127.0.0.1:{port}")
    );
    let url = &server.ready["services"]["auth"]["public_url"];
    assert_eq!(url, "https://four-words.trycloudflare.com");
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
    assert!(!agent.runs());
}

#[test]
fn each_failure_has_a_name_and_says_what_to_do() {
    let folder = project(&[("services.toml", PAIR)]);
    let says = |error: &str| {
        let line = format!(r#"{{"lvl":"crit","msg":"command failed","err":"{error}"}}"#);
        format!("cat <<'END'\n{line}\nEND\nexit 1")
    };
    for (script, name, help) in [
        (
            says(r"authentication failed: no.\nYour authtoken: s3cret\n\nERR_NGROK_105\r\n"),
            "no valid authtoken (ERR_NGROK_105)",
            "NGROK_AUTHTOKEN",
        ),
        (
            says(r"failed to start tunnel: 'https://x.app' is already online.\n\nERR_NGROK_334"),
            "taken by another agent (ERR_NGROK_334)",
            "--ngrok=DOMAIN",
        ),
        (
            says(r"failed to start tunnel: x.app is not yours.\n\nERR_NGROK_320"),
            "was refused: failed to start tunnel: x.app is not yours. (ERR_NGROK_320)",
            "--public-url",
        ),
        (
            "head -c 300000 /dev/urandom; echo; exit 3".to_string(),
            "`ngrok` ended (exit status: 3)",
            "--public-url",
        ),
    ] {
        let agent = Agent::new("ngrok", &script);
        let told = agent.failing(folder.path(), &["--ngrok"]);
        assert!(told.contains(name) && told.contains(help), "{told}");
    }
    let agent = Agent::new(
        "cloudflared",
        "echo 'failed to request quick Tunnel: no such host' >&2; stay",
    );
    let told = agent.failing(folder.path(), &["--tunnel", "cloudflared"]);
    assert!(
        told.contains("`cloudflared` was refused: failed to request"),
        "{told}"
    );
}

#[test]
fn an_agent_that_is_not_installed_is_named() {
    let folder = project(&[("services.toml", PAIR)]);
    let empty = TempDir::new().unwrap();
    let nowhere = empty.path().to_str().unwrap();
    for (arguments, name) in [
        (&["--ngrok"][..], "no program `ngrok` on PATH"),
        (
            &["--tunnel", "cloudflared"],
            "no program `cloudflared` on PATH",
        ),
    ] {
        let told = failing(folder.path(), arguments, &[("PATH", nowhere)]);
        assert!(told.contains(name) && told.contains("install it"), "{told}");
    }
}

#[test]
fn garbage_before_the_url_harms_nothing() {
    let folder = project(&[("services.toml", PAIR)]);
    let garbage =
        "head -c 2000000 /dev/urandom\necho\necho '{\"msg\":\"started tunnel\",\"url\":7}'";
    let agent = Agent::new("ngrok", &format!("{garbage}\n{OPEN}\nstay"));
    let server = agent.start(folder.path(), &["--ngrok"]);
    let url = &server.ready["services"]["auth"]["public_url"];
    assert_eq!(url, "https://abc.ngrok-free.app");
}

#[test]
fn an_agent_that_dies_is_started_again_and_its_new_url_is_taken() {
    let folder = project(&[("services.toml", PAIR)]);
    let script = r#"if [ -e "$HERE/second" ]; then
        echo '{"msg":"started tunnel","url":"https://second.ngrok.app"}'; stay
    fi
    touch "$HERE/second"
    echo '{"msg":"started tunnel","url":"https://first.ngrok.app"}'
    while [ ! -e "$HERE/die" ] && kill -0 $PPID; do sleep 0.05; done
    exit 3"#;
    let agent = Agent::new("ngrok", script);
    let mut server = agent.start(folder.path(), &["--ngrok"]);
    fs::write(agent.folder.path().join("die"), "").unwrap();
    let told = server.read_until("public URL https://second.ngrok.app");
    assert!(
        told.contains("`ngrok` ended (exit status: 3); starting it again"),
        "{told}"
    );
    let signer = Signer::new("switchboard-development-token-00");
    let signature = signer.sign("https://second.ngrok.app/guarded", &[]);
    let head = format!("POST /guarded HTTP/1.1\nx-twilio-signature: {signature}");
    assert!(!server.ask(&head, "").starts_with("HTTP/1.1 403"));
}

#[test]
fn an_agent_that_is_refused_later_takes_its_url_with_it() {
    let folder = project(&[("services.toml", PAIR)]);
    let script = format!(
        "{OPEN}\nwhile [ ! -e \"$HERE/die\" ] && kill -0 $PPID; do sleep 0.05; done\n\
         echo 'ERROR: no longer valid ERR_NGROK_107' >&2; stay"
    );
    let agent = Agent::new("ngrok", &script);
    let mut server = agent.start(folder.path(), &["--ngrok"]);
    fs::write(agent.folder.path().join("die"), "").unwrap();
    server.read_until("there is no public URL any more");
    let signer = Signer::new("switchboard-development-token-00");
    let signature = signer.sign("https://abc.ngrok-free.app/guarded", &[]);
    let head = format!("POST /guarded HTTP/1.1\nx-twilio-signature: {signature}");
    assert!(server.ask(&head, "").starts_with("HTTP/1.1 403"));
    until("the end of the agent", || !agent.runs());
}

#[test]
fn the_wait_for_a_url_can_be_ended() {
    let folder = project(&[("services.toml", PAIR)]);
    let agent = Agent::new("ngrok", "touch \"$HERE/up\"; stay");
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .current_dir(folder.path())
        .env("PATH", &agent.path)
        .env_remove("NGROK_AUTHTOKEN")
        .args(["start", "--port", "0", "--ngrok"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let up: PathBuf = agent.folder.path().join("up");
    until("the agent", || up.exists());
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    until("the end of the agent", || !agent.runs());
}

/// A port that is free now, and that no other test is given: below those of the system's choice.
fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let mut ports = first + GIVEN.fetch_add(100, Ordering::Relaxed)..32_000;
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("a free port")
}

/// Answers as ngrok's API does, with a tunnel to `port`.
fn api(port: u16) -> u16 {
    api_of(
        port,
        Arc::new(Mutex::new(Some("https://by-hand.ngrok.app"))),
    )
}

/// The same, with a tunnel under that URL, if there is one at the moment.
fn api_of(port: u16, url: Arc<Mutex<Option<&'static str>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let mut head = [0; 1024];
            let read = stream.read(&mut head).unwrap();
            assert!(head[..read].starts_with(b"GET /api/tunnels HTTP/1.0\r\n"));
            let tunnel = url.lock().unwrap().map(|url| {
                format!(r#"{{"public_url":"{url}","config":{{"addr":"http://localhost:{port}"}}}}"#)
            });
            let body = format!(r#"{{"tunnels":[{}]}}"#, tunnel.unwrap_or_default());
            let head = "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n";
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    own
}

#[test]
fn an_agent_that_runs_already_is_adopted() {
    let folder = project(&[("services.toml", PAIR)]);
    let port = free_port();
    let api = format!("127.0.0.1:{}", api(port));
    // With `--ngrok`, too, no second agent is started, of which there is none on this PATH; nor is the
    // SDK used, which would find nobody.
    for (arguments, adopted) in [
        (&[][..], Value::from("https://by-hand.ngrok.app")),
        (&["--ngrok"], Value::from("https://by-hand.ngrok.app")),
        (
            &["--public-url", "https://own.example"],
            Value::from("https://own.example"),
        ),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
            .current_dir(folder.path())
            .env("PATH", folder.path())
            .env("SWITCHBOARD_NGROK_API", &api)
            .env("SWITCHBOARD_NGROK_SERVER", "127.0.0.1:1")
            .env("NGROK_AUTHTOKEN", "s3cret")
            .args(["start", "--format", "json", "--port", &port.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let start: Value = serde_json::from_str(&line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(start["public_url"], adopted, "{arguments:?}");
        assert_eq!(start["services"][0]["public_url"], adopted);
    }
}

#[test]
fn a_public_url_with_the_development_token_is_warned_of() {
    let folder = project(&[("services.toml", PAIR)]);
    let url = ["--public-url", "https://x.example"];
    let mut server = Server::start(folder.path(), &url);
    let told = server.read_until("Ctrl-C stops");
    let warning = "whoever reaches https://x.example can sign requests to auth";
    assert!(told.contains(warning), "{told}");
    // With a token of one's own there is nothing to warn of; nor without the world.
    std::fs::write(folder.path().join(".env"), "AUTH_TOKEN=own\n").unwrap();
    let mut server = Server::start(folder.path(), &url);
    assert!(
        !server
            .read_until("Ctrl-C stops")
            .contains("whoever reaches")
    );
    std::fs::remove_file(folder.path().join(".env")).unwrap();
    let mut server = Server::start(folder.path(), &[]);
    assert!(
        !server
            .read_until("Ctrl-C stops")
            .contains("whoever reaches")
    );
}

#[test]
fn an_adopted_agent_is_followed_and_so_is_the_run_file() {
    let folder = project(&[("services.toml", PAIR)]);
    let runtime = TempDir::new().unwrap();
    let port = free_port();
    let url = Arc::new(Mutex::new(Some("https://first.ngrok.app")));
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .env("XDG_RUNTIME_DIR", runtime.path())
        .env(
            "SWITCHBOARD_NGROK_API",
            format!("127.0.0.1:{}", api_of(port, Arc::clone(&url))),
        )
        .args([
            "start",
            "--format",
            "json",
            "--no-console",
            "--port",
            &port.to_string(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut said = |text: &str| {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "it did not say {text}"
            );
        }
    };
    let run_file_says = |wanted: Value| {
        until("the public URL in the run file", || {
            let mut files = fs::read_dir(runtime.path().join("switchboard")).unwrap();
            let file = files.find_map(|file| {
                let path = file.unwrap().path();
                (path.extension()? == "json").then_some(path)
            });
            let text = fs::read(file.unwrap()).unwrap();
            serde_json::from_slice::<Value>(&text).unwrap()["public_url"] == wanted
        });
    };
    said("\"event\":\"start\"");
    run_file_says("https://first.ngrok.app".into());
    *url.lock().unwrap() = Some("https://second.ngrok.app");
    said("public URL https://second.ngrok.app");
    run_file_says("https://second.ngrok.app".into());
    *url.lock().unwrap() = None;
    said("the ngrok agent's tunnel has ended");
    run_file_says(Value::Null);
    *url.lock().unwrap() = Some("https://third.ngrok.app");
    said("public URL https://third.ngrok.app");
    run_file_says("https://third.ngrok.app".into());
    // The end does not wait for the next question.
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
