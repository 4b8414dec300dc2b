//! Reloads, crashes and broken connections, again and again: nothing may grow.
//!
//! `tests/soak/run reloads MINUTES` does for so long what is done a few times here, and prints what
//! the server holds.

use crate::cli::run::{Server, project};
use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

/// Rounds of the ordinary test; the variable says how many minutes the soak takes.
const ROUNDS: u32 = 15;
const VARIABLE: &str = "SWITCHBOARD_SOAK_MINUTES";

/// After how many rounds growth is counted from: caches are filled by then, and workers started.
const WARM: u32 = 5;

/// What it may grow by: descriptors, MiB, and processes. The journal keeps up to 48 MiB.
const GROWTH: Held = Held {
    descriptors: 40,
    resident: 96,
    processes: 6,
};

/// Reached only where something does not come at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    descriptors: usize,
    resident: usize,
    processes: usize,
}

impl Held {
    fn by(server: &Server) -> Self {
        let process = format!("/proc/{}", server.child.id());
        let descriptors = fs::read_dir(format!("{process}/fd"))
            .expect("Linux")
            .count();
        let status = fs::read_to_string(format!("{process}/status")).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
        let children = fs::read_dir("/proc")
            .expect("Linux")
            .flatten()
            .filter(|entry| {
                let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
                let parent = stat
                    .rsplit(')')
                    .next()
                    .and_then(|rest| rest.split_whitespace().nth(1));
                parent == Some(&server.child.id().to_string())
            });
        Held {
            descriptors,
            resident: kibibytes.expect("VmRSS") / 1024,
            processes: children.count(),
        }
    }

    /// Whether it is no more than `before`, and what may come on top.
    fn is_within(self, before: Held) -> bool {
        self.descriptors <= before.descriptors + GROWTH.descriptors
            && self.processes <= before.processes + GROWTH.processes
            && self.resident <= before.resident + GROWTH.resident
    }
}

fn answering(text: &str) -> String {
    format!("exports.handler = (context, event, callback) => callback(null, '{text}');")
}

fn status(server: &Server, path: &str) -> String {
    let answer = server.ask(&format!("GET {path} HTTP/1.1"), "");
    answer.split(' ').nth(1).unwrap_or_default().to_string()
}

/// One round: a save, a crash, a hang-up in mid-answer, a broken file, and all well again.
fn round(server: &Server, folder: &std::path::Path, n: u32) {
    let write = |path: &str, text: &str| fs::write(folder.join(path), text).expect("saved");
    write("functions/saved.js", &answering(&format!("round {n}")));
    let began = Instant::now();
    let saved = format!("\r\n\r\nround {n}");
    while !server.ask("GET /saved HTTP/1.1", "").ends_with(&saved) {
        assert!(
            began.elapsed() < PATIENCE,
            "round {n}: the save is not seen"
        );
    }
    assert_eq!(status(server, "/exits"), "500");
    assert_eq!(status(server, "/killed"), "500");
    let mut stream = server.connect();
    let head = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("the server reads");
    drop(stream);
    write("functions/broken.js", "exports.handler = (");
    write(".twilioserverlessrc", "{ nonsense");
    assert_eq!(status(server, "/good"), "200");
    fs::remove_file(folder.join("functions/broken.js")).expect("there");
    fs::remove_file(folder.join(".twilioserverlessrc")).expect("there");
    write(&format!("assets/{}.txt", n % 10), &n.to_string());
    assert_eq!(status(server, "/good"), "200");
}

#[test]
#[expect(clippy::print_stdout, reason = "`tests/soak/run reloads` shows it")]
fn reloads_and_crashes_leave_nothing_behind() {
    let folder = project(&[
        ("functions/good.js", &answering("good")),
        ("functions/saved.js", &answering("round 0")),
        (
            "functions/exits.js",
            "exports.handler = () => process.exit(1);",
        ),
        (
            "functions/killed.js",
            "exports.handler = () => { process.kill(process.pid, 'SIGKILL'); while (true); };",
        ),
        (
            "functions/large.js",
            "exports.handler = (context, event, callback) => callback(null, 'x'.repeat(2e6));",
        ),
        ("assets/a.txt", "asset"),
    ]);
    let minutes = std::env::var(VARIABLE).ok();
    let minutes = minutes.map(|m| m.parse::<u64>().expect("a number of minutes"));
    let server = Server::start(folder.path(), &["--no-logs"]);
    let began = Instant::now();
    let lasting = minutes.map(|minutes| Duration::from_secs(minutes * 60));
    let mut told = Duration::ZERO;
    let mut before = Held::by(&server);
    let mut n = 0;
    while lasting.map_or(n < ROUNDS, |lasting| began.elapsed() < lasting) {
        n += 1;
        round(&server, folder.path(), n);
        if n == WARM {
            before = Held::by(&server);
        }
        if minutes.is_some() && began.elapsed() >= told {
            println!(
                "{:4} s, {n:6} rounds: {:?}",
                began.elapsed().as_secs(),
                Held::by(&server)
            );
            told += Duration::from_secs(60);
        }
    }
    // Workers of old code take their time to end.
    let ended = Instant::now();
    loop {
        let after = Held::by(&server);
        if after.is_within(before) {
            println!(
                "{n} rounds in {:?}: {before:?} to {after:?}",
                began.elapsed()
            );
            break;
        }
        assert!(
            ended.elapsed() < PATIENCE,
            "{n} rounds: {before:?} to {after:?}"
        );
        std::thread::yield_now();
    }
}
