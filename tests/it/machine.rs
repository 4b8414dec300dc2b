//! When the machine fails: no room on the disk, no descriptors, a clock that steps, files that are
//! not watched. For each: what is promised in the README, "What it survives".

use crate::cli::run::{PAIR, Server, program, project};
use crate::project::{Project, within};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};
use switchboard::{Callback, Clock, Context, Event, Handlers, Outcome};

/// Reached only where something does not come at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// No file may have a single byte, as on a disk without room; pipes may.
const NO_ROOM: &str = "trap '' XFSZ; ulimit -f 0";

const HELLO: &str = "exports.handler = (context, event, callback) => callback(null, 'hello');";

fn answering(text: &str) -> String {
    HELLO.replace("hello", text)
}

/// Asks until the answer ends with `text`.
fn until_answered(server: &Server, head: &str, text: &str) {
    let began = Instant::now();
    loop {
        let answer = server.ask(&format!("{head} HTTP/1.1"), "");
        if answer.ends_with(text) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{head} answers: {answer}");
        std::thread::yield_now();
    }
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<_> = entries
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn without_room(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new("sh")
        .args(["-c", &format!("{NO_ROOM}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_switchboard"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_RUNTIME_DIR", folder.join("runtime"))
        .output()
        .expect("a shell")
}

#[test]
fn on_a_full_disk_a_file_from_before_is_as_it_was() {
    let folder = project(&[("services.toml", PAIR), ("runtime/x", "")]);
    let table = folder.path().join("access.json");
    let written = program(folder.path()).args(["access", "--write", "access.json"]);
    written.assert().success();
    let before = fs::read_to_string(&table).expect("the table");
    let names_before = names(folder.path());
    let told = without_room(folder.path(), &["access", "--write", "access.json"]);
    assert_eq!(told.status.code(), Some(1));
    let error = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(error.contains("cannot write access.json"), "{error}");
    assert_eq!(fs::read_to_string(&table).expect("the table"), before);
    assert_eq!(
        names(folder.path()),
        names_before,
        "nothing is left beside it"
    );
}

#[test]
fn on_a_full_disk_a_server_that_cannot_say_where_it_is_does_not_start() {
    let folder = project(&[("services.toml", PAIR), ("runtime/x", "")]);
    let before = names(folder.path());
    let told = without_room(
        folder.path(),
        &["start", "--port", "0", "--ready-file", "ready.json"],
    );
    assert_eq!(told.status.code(), Some(1));
    let error = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        error.contains("cannot write the ready file ready.json"),
        "{error}"
    );
    assert_eq!(names(folder.path()), before, "nothing is left");
}

/// A process that ends with its test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Of a test that failed; else it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server whose output goes where nothing can be written.
fn started_by(first: &str, folder: &Path) -> (Ended, u16) {
    let ready = folder.join("ready.json");
    let child = Command::new("sh")
        .args(["-c", &format!("{first}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_switchboard"))
        .args(["start", "--port", "0", "--no-console", "--ready-file"])
        .arg(&ready)
        .current_dir(folder)
        .env("XDG_RUNTIME_DIR", folder)
        .stdin(Stdio::null())
        .spawn()
        .expect("a shell");
    let child = Ended(child);
    let began = Instant::now();
    loop {
        if let Ok(text) = fs::read_to_string(&ready) {
            let ready: serde_json::Value = serde_json::from_str(&text).expect("whole");
            let port = ready["port"]
                .as_u64()
                .and_then(|port| u16::try_from(port).ok());
            return (child, port.expect("a port"));
        }
        assert!(began.elapsed() < PATIENCE, "it does not start");
        std::thread::yield_now();
    }
}

#[test]
fn a_log_on_a_full_disk_stops_no_answer() {
    let folder = project(&[("services.toml", PAIR)]);
    let (mut child, port) = started_by("exec >/dev/full 2>/dev/full", folder.path());
    for _ in 0..3 {
        assert_eq!(crate::http::ask(port, "POST /bearer", "").status, 401);
    }
    let status = Command::new("kill").arg(child.0.id().to_string()).status();
    assert!(status.expect("kill").success());
    assert!(child.0.wait().expect("it ends").success());
}

#[test]
fn a_run_file_that_cannot_be_written_is_told_and_the_server_serves() {
    let folder = project(&[("services.toml", PAIR)]);
    let mut child = Command::new("sh")
        .args(["-c", &format!("{NO_ROOM}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_switchboard"))
        .args(["start", "--port", "0", "--console-port", "0"])
        .current_dir(folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut port = None;
    let told = lines.map_while(Result::ok).any(|line| {
        let url = line.split("http://localhost:").nth(1);
        let number = url.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
        port = port.or(number.and_then(|number| number.parse::<u16>().ok()));
        line.contains("`logs` and `replay` will not find this server")
    });
    let status = port.map(|port| crate::http::ask(port, "POST /bearer", "").status);
    child.kill().expect("it lives");
    child.wait().expect("it ends");
    assert!(told);
    assert_eq!(status, Some(401));
}

#[test]
fn without_descriptors_what_is_served_stays_served() {
    let folder = project(&[
        ("functions/a.js", &answering("one")),
        ("functions/b.js", &answering("b")),
        ("assets/c.txt", "an asset"),
    ]);
    let mut server = Server::start_limited(folder.path(), "ulimit -n 64", &["--no-console"]);
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("one"));
    // More than it can hold: the rest waits in the system's line.
    let held: Vec<TcpStream> = (0..80).map(|_| server.connect()).collect();
    let descriptors = || {
        let folder = format!("/proc/{}/fd", server.child.id());
        fs::read_dir(folder).expect("Linux").count()
    };
    let began = Instant::now();
    while descriptors() < 60 {
        assert!(began.elapsed() < PATIENCE, "{} descriptors", descriptors());
        std::thread::yield_now();
    }
    // Its folders cannot be read now. That is no reason to serve nothing.
    fs::write(folder.path().join("functions/a.js"), answering("two")).expect("saved");
    fs::write(folder.path().join("functions/new.js"), HELLO).expect("saved");
    server.read_until("not reloaded");
    server.read_until("Too many open files");
    drop(held);
    until_answered(&server, "GET /a", "two");
    for (path, text) in [("/b", "b"), ("/c.txt", "an asset"), ("/new", "hello")] {
        until_answered(&server, &format!("GET {path}"), text);
    }
}

async fn hello(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("hello")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_changes_no_answer() {
    let now = Arc::new(AtomicU64::new(1_700_000_000));
    let told = Arc::clone(&now);
    let clock =
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(told.load(Ordering::SeqCst)));
    let mut site = Project::app("assets_folder = \"assets\"", Handlers::new())
        .file("services.toml", "[services.app]\nroot = \".\"\n[services.app.functions]\n\"/hello\" = { handler = \"rust:hello\" }\n")
        .handler("hello", hello)
        .file("functions/js.js", HELLO)
        .file("assets/a.txt", "asset")
        .with(|builder| builder.clock(clock))
        .start_watching()
        .await;
    // Back by a year, to the beginning, far ahead, and back again.
    for (step, seconds) in [
        1_700_000_000,
        1_668_000_000,
        0,
        4_000_000_000,
        253_402_300_800,
        1_700_000_001,
    ]
    .into_iter()
    .enumerate()
    {
        now.store(seconds, Ordering::SeqCst);
        for (path, text) in [("/hello", "hello"), ("/js", "hello"), ("/a.txt", "asset")] {
            let reply = site.ask(&format!("GET {path}"), "");
            assert_eq!(
                (reply.status, reply.text().as_str()),
                (200, text),
                "{seconds}"
            );
        }
        let exchange = site.last();
        assert!(exchange.duration < PATIENCE, "{seconds}");
        // A save is seen, whatever the time.
        site.change("assets/a.txt", "asset");
        site.change(&format!("functions/at{step}.js"), HELLO);
        site.until(|registry| {
            let mut services = registry.services().iter();
            services.any(|s| {
                s.config()
                    .functions
                    .iter()
                    .any(|f| f.path.as_str() == format!("/at{step}"))
            })
        })
        .await;
    }
    let ids: Vec<u64> = site
        .running()
        .journal()
        .since(0, usize::MAX)
        .iter()
        .map(|(id, _)| *id)
        .collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    site.reloaded().await;
    site.stop().await;
}

/// Starts a server in a user namespace of its own, whose limits are not this machine's.
#[expect(clippy::print_stdout, reason = "what was not tried is said")]
fn in_a_namespace(folder: &Path, limit: &str) -> Option<Server> {
    let allowed = Command::new("unshare")
        .args(["--user", "--map-root-user", "sh", "-c", limit])
        .stderr(Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        println!("not tried: this machine allows no user namespace with `{limit}`");
        return None;
    }
    let first = format!(
        "[ -n \"$IN\" ] || IN=1 exec unshare --user --map-root-user sh -c '{limit}; exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    Some(Server::start_limited(folder, &first, &[]))
}

#[test]
fn without_a_watcher_it_serves_and_says_what_to_do() {
    let folder = project(&[("functions/a.js", HELLO)]);
    let limit = "echo 0 > /proc/sys/user/max_inotify_instances";
    let Some(mut server) = in_a_namespace(folder.path(), limit) else {
        return;
    };
    server.read_until("files are not watched, restart after a change");
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("hello"));
}

#[test]
fn a_folder_that_cannot_be_watched_is_told_of_and_the_others_are_watched() {
    let folder = project(&[("functions/a.js", HELLO), ("functions/deep/b.js", HELLO)]);
    let limit = "echo 2 > /proc/sys/user/max_inotify_watches";
    let Some(mut server) = in_a_namespace(folder.path(), limit) else {
        return;
    };
    const SAID: &str = "not every folder can be watched, so some changes will need a restart";
    server.read_until(SAID);
    // Each loads a file that is to be watched, too.
    for path in ["/a", "/deep/b"] {
        assert!(
            server
                .ask(&format!("GET {path} HTTP/1.1"), "")
                .ends_with("hello")
        );
    }
    server.signal("TERM");
    let (_, rest) = server.end();
    assert!(!rest.contains(SAID), "{rest}");
}

#[test]
fn ten_thousand_files_at_once_overflow_the_watcher_and_are_all_seen() {
    let folder = project(&[("functions/a.js", HELLO), ("assets/first.txt", "x")]);
    let server = Server::start(folder.path(), &["--no-console", "--no-logs"]);
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("hello"));
    let name = |n: u32| folder.path().join(format!("assets/{n}.txt"));
    // Events are lost for certain if the server takes none meanwhile: three for each file, and the
    // system keeps some sixteen thousand.
    server.signal("STOP");
    for n in 0..10_000 {
        fs::write(name(n), n.to_string()).expect("saved");
    }
    server.signal("CONT");
    for n in [0, 5_000, 9_999] {
        until_answered(&server, &format!("GET /{n}.txt"), &format!("\r\n\r\n{n}"));
    }
    server.signal("STOP");
    for n in 0..10_000 {
        fs::write(name(n), "again").expect("saved");
        if n % 2 == 0 {
            fs::remove_file(name(n)).expect("there");
        }
    }
    server.signal("CONT");
    until_answered(&server, "GET /9999.txt", "again");
    let gone = |n: u32| {
        server
            .ask(&format!("GET /{n}.txt HTTP/1.1"), "")
            .starts_with("HTTP/1.1 404")
    };
    let began = Instant::now();
    while !(gone(0) && gone(5_000) && gone(9_998)) {
        assert!(began.elapsed() < PATIENCE, "removed files are served");
    }
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("hello"));
}

#[test]
fn a_project_that_is_deleted_and_restored_is_served_again() {
    let above = project(&[
        ("p/functions/a.js", &answering("one")),
        ("p/assets/b.txt", "asset"),
    ]);
    let folder = above.path().join("p");
    let server = Server::start(&folder, &["--no-console"]);
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("one"));
    for round in ["two", "three"] {
        fs::remove_dir_all(&folder).expect("there");
        // Whatever it answers meanwhile, it answers, and says nothing of the machine to the caller.
        let began = Instant::now();
        while server
            .ask("GET /b.txt HTTP/1.1", "")
            .starts_with("HTTP/1.1 200")
        {
            assert!(
                began.elapsed() < PATIENCE,
                "a deleted file is served for ever"
            );
        }
        let answer = server.ask("GET /a HTTP/1.1", "");
        let head = answer.lines().next().unwrap_or_default();
        assert!(head.starts_with("HTTP/1.1 "), "{answer}");
        fs::create_dir_all(folder.join("functions")).expect("made");
        fs::create_dir_all(folder.join("assets")).expect("made");
        fs::write(folder.join("assets/b.txt"), round).expect("saved");
        fs::write(folder.join("functions/a.js"), answering(round)).expect("saved");
        until_answered(&server, "GET /a", round);
        until_answered(&server, "GET /b.txt", round);
    }
}

#[test]
fn links_that_lead_in_circles_are_walked_once() {
    let folder = project(&[("functions/a.js", HELLO), ("assets/deep/b.txt", "asset")]);
    let link = |from: &str, to: &str| symlink(to, folder.path().join(from)).expect("a link");
    link("functions/up", "..");
    link("functions/self", ".");
    link("functions/self.js", "self.js");
    link("functions/one.js", "two.js");
    link("functions/two.js", "one.js");
    link("functions/nowhere.js", "/nowhere/at/all.js");
    link("assets/deep/round", "../../assets");
    let server = Server::start(folder.path(), &["--no-console"]);
    assert!(server.ask("GET /a HTTP/1.1", "").ends_with("hello"));
    assert!(
        server
            .ask("GET /deep/b.txt HTTP/1.1", "")
            .ends_with("asset")
    );
    // And one that comes while it runs.
    link("functions/late", "../functions");
    fs::write(folder.path().join("functions/new.js"), HELLO).expect("saved");
    until_answered(&server, "GET /new", "hello");
    let listed = program(folder.path())
        .arg("list")
        .output()
        .expect("it runs");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.lines().count() < 100, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_routes_are_replaced_while_requests_run() {
    let site = Project::app("", Handlers::new()).handler("hello", hello);
    let routes = |n: u32| {
        let lines = (0..5_000).map(|i| format!("\"/r{i}\" = {{ handler = \"rust:hello\" }}\n"));
        format!(
            "[services.app.functions]\n\"/n{n}\" = {{ handler = \"rust:hello\" }}\n{}",
            lines.collect::<String>()
        )
    };
    let mut site = site
        .file("services.toml", &routes(0))
        .start_watching()
        .await;
    let port = site.port();
    for n in 1..=5 {
        site.change("services.toml", &routes(n));
        let asking = tokio::task::spawn_blocking(move || {
            for i in 0..50 {
                let reply = crate::http::ask(port, &format!("GET /r{}", i * 99), "");
                assert_eq!(reply.status, 200);
            }
        });
        within(asking).await.expect("each is answered");
        site.reloaded().await;
        assert_eq!(site.status(&format!("GET /n{n}")), 200);
        assert_eq!(site.status(&format!("GET /n{}", n - 1)), 404);
    }
}
