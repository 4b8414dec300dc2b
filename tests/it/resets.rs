//! Connections that break off, at every byte of a request and at many of an answer, and thousands
//! that do nothing. The server is a process of its own, so that what it holds can be counted.

use crate::cli::run::{PAIR, Server, project, send};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Reached only where something is held for ever.
const PATIENCE: Duration = Duration::from_secs(60);

const LARGE: usize = 8 * 1024 * 1024;

/// How a client goes.
#[derive(Clone, Copy, Debug)]
enum Going {
    /// It closes, as one that has ended.
    Closes,
    /// It resets, as one that was killed or has lost its line.
    Resets,
}

impl Going {
    fn go(self, stream: TcpStream) {
        if let Going::Resets = self {
            let now = Some(Duration::ZERO);
            rustix::net::sockopt::set_socket_linger(&stream, now).expect("a socket");
        }
        drop(stream);
    }
}

const BOTH: [Going; 2] = [Going::Closes, Going::Resets];

/// A server with a Rust function, a slow JavaScript one, and a large file.
fn server() -> (tempfile::TempDir, Server) {
    let services = format!("default_service = \"auth\"\n{PAIR}\n[services.app]\nroot = \"app\"\n");
    let slow = "exports.handler = (context, event, callback) =>
        setTimeout(() => callback(null, 'x'.repeat(100000)), Number(event.ms ?? 1));";
    let large = "x".repeat(LARGE);
    let folder = project(&[
        ("services.toml", &services),
        ("app/functions/slow.js", slow),
        ("app/assets/large.txt", &large),
    ]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    assert_eq!(status(&server, "GET /app/slow HTTP/1.1"), "200");
    (folder, server)
}

fn status(server: &Server, head: &str) -> String {
    let answer = server.ask(head, "");
    answer.split(' ').nth(1).unwrap_or_default().to_string()
}

/// The sockets that the server has. Other descriptors come and go with its workers.
fn sockets(server: &Server) -> usize {
    let folder = format!("/proc/{}/fd", server.child.id());
    let entries = fs::read_dir(folder).expect("Linux").flatten();
    let links = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    let tcp = tcp_inodes();
    let inode = |link: std::path::PathBuf| {
        let text = link.to_string_lossy().into_owned();
        text.strip_prefix("socket:[")?
            .strip_suffix(']')?
            .parse::<u64>()
            .ok()
    };
    links
        .filter_map(inode)
        .filter(|inode| tcp.contains(inode))
        .count()
}

/// The inodes of all TCP sockets.
fn tcp_inodes() -> std::collections::HashSet<u64> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let text: String = tables
        .iter()
        .filter_map(|t| fs::read_to_string(t).ok())
        .collect();
    let inode = |line: &str| line.split_whitespace().nth(9)?.parse().ok();
    text.lines().filter_map(inode).collect()
}

/// Waits until the server has as many sockets as `before`.
fn until_closed(server: &Server, before: usize) {
    let began = Instant::now();
    while sockets(server) > before {
        let held = sockets(server);
        assert!(
            began.elapsed() < PATIENCE,
            "{before} sockets before, {held} now"
        );
        std::thread::yield_now();
    }
}

/// All entries of the journal, by the console.
fn entries(server: &Server) -> Vec<Value> {
    let folder = server.runtime().join("switchboard");
    let mut files = fs::read_dir(folder)
        .expect("run files")
        .map(|e| e.expect("one").path());
    let file = files
        .find(|f| f.extension().is_some())
        .expect("the run file");
    let text = fs::read_to_string(file).expect("a text");
    let run_file: Value = serde_json::from_str(&text).expect("JSON");
    let url = run_file["console_url"].as_str().expect("a console");
    let port: u16 = url
        .rsplit(':')
        .next()
        .and_then(|p| p.parse().ok())
        .expect("a port");
    let mut all = Vec::new();
    loop {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the console");
        let token = run_file["token"].as_str().expect("a token");
        let after = all.len();
        let head = format!(
            "GET /api/1/entries?after={after}&most=1000 HTTP/1.1\nHost: localhost:{port}\n\
             Authorization: Bearer {token}"
        );
        send(&mut stream, &head, "");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let told: Value = serde_json::from_str(body).expect("JSON");
        let more = told["entries"].as_array().expect("a list");
        if more.is_empty() {
            return all;
        }
        all.extend(more.iter().cloned());
    }
}

/// Every entry has its number, and an exchange its answer: nothing is half there.
fn is_consistent(entries: &[Value]) {
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry["id"], index as u64 + 1, "{entry}");
        if entry["event"] == "request" {
            let status = entry["status"].as_u64().expect("a status");
            assert!((200..600).contains(&status), "{entry}");
            assert!(
                entry["duration_ms"].as_f64().is_some_and(|ms| ms >= 0.0),
                "{entry}"
            );
        }
    }
}

#[test]
fn a_request_that_breaks_off_after_any_byte_harms_nobody() {
    let (_folder, server) = server();
    let body = "username=twilio&password=ahoy";
    let request = format!(
        "POST /jwt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let chunked = "POST /bearer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
        5;x=y\r\nabcde\r\n0\r\nT: x\r\n\r\n";
    let before = sockets(&server);
    for request in [request.as_str(), chunked] {
        for going in BOTH {
            for end in 0..=request.len() {
                let mut stream = server.connect();
                // One that has reset may be refused while it writes.
                let _ = stream.write_all(&request.as_bytes()[..end]);
                going.go(stream);
            }
        }
    }
    until_closed(&server, before);
    assert_eq!(status(&server, "POST /bearer HTTP/1.1"), "401");
    let entries = entries(&server);
    is_consistent(&entries);
    // Whatever was sent whole and not taken back was answered; what was not is no success.
    let good = |entry: &&Value| entry["path"] == "/jwt" && entry["status"] == 200;
    let good = entries.iter().filter(good).count();
    assert!(
        (1..=2).contains(&good),
        "{good} of one whole request, sent twice"
    );
}

#[test]
fn an_answer_that_is_broken_off_harms_nobody() {
    let (_folder, server) = server();
    let before = sockets(&server);
    let heads = [
        "GET /app/large.txt",
        "GET /app/slow",
        "GET /app/slow?ms=50",
        "POST /bearer",
    ];
    let lengths = (0..300).chain([1_000, 10_000, 100_000, 1_000_000, 4_000_000]);
    for length in lengths {
        let head = heads[length % heads.len()];
        let going = BOTH[(length / heads.len()) % 2];
        let mut stream = server.connect();
        let request = format!("{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("the server reads");
        let mut read = Vec::new();
        let taken = (&mut stream).take(length as u64).read_to_end(&mut read);
        taken.expect("the answer comes");
        going.go(stream);
    }
    until_closed(&server, before);
    assert_eq!(status(&server, "GET /app/slow HTTP/1.1"), "200");
    is_consistent(&entries(&server));
}

/// Opens connections and keeps them, in a process that may have as many: this one need not.
const CLIENT: &str = r"
const net = require('node:net');
const [port, count] = process.argv.slice(1).map(Number);
let open = 0;
let asked = 0;
const more = () => {
  while (asked < count && asked - open < 200) {
    asked += 1;
    const socket = net.connect(port, '127.0.0.1', () => {
      open += 1;
      if (asked % 3 === 0) socket.write('GET /jwt HT');
      if (open === count) console.log('all');
      else more();
    });
    socket.on('error', (error) => { console.log(error.code); process.exit(1); });
  }
};
more();
process.stdin.on('end', () => process.exit(0)).resume();
";

/// As many descriptors as a process may ask for here, at most `most`.
fn descriptors(most: usize) -> usize {
    let hard = Command::new("sh")
        .args(["-c", "ulimit -Hn"])
        .output()
        .expect("a shell");
    let hard = String::from_utf8(hard.stdout).expect("text");
    hard.trim()
        .parse()
        .map_or(most, |hard: usize| hard.min(most))
}

fn resident(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id()));
    let status = status.expect("Linux");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("VmRSS");
    line.split_whitespace()
        .next()
        .and_then(|kb| kb.parse().ok())
        .expect("a number")
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many a machine allows is worth knowing"
)]
fn ten_thousand_idle_connections_keep_nobody_waiting() {
    let folder = project(&[("services.toml", PAIR)]);
    let limit = descriptors(10_200);
    let count = limit - 200;
    if count < 10_000 {
        println!("this machine allows a process {limit} descriptors: {count} connections");
    }
    let server = Server::start_limited(
        folder.path(),
        &format!("ulimit -n {limit}"),
        &["--no-watch"],
    );
    assert_eq!(status(&server, "POST /bearer HTTP/1.1"), "401");
    let (before, memory) = (sockets(&server), resident(&server));
    let port = server.ready["port"].to_string();
    let mut client = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -n {limit}; exec node -e \"$0\" \"$@\""),
            CLIENT,
        ])
        .args([&port, &count.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let mut told = String::new();
    let stdout = client.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut told).expect("a line");
    assert_eq!(told.trim(), "all");
    assert_eq!(status(&server, "POST /bearer HTTP/1.1"), "401");
    let each = (resident(&server).saturating_sub(memory)) * 1024 / count;
    println!("{count} idle connections: {each} bytes each");
    assert!(each < 16 * 1024, "{each} bytes for an idle connection");
    drop(client.stdin.take());
    client.wait().expect("it ends");
    until_closed(&server, before);
    assert_eq!(status(&server, "POST /bearer HTTP/1.1"), "401");
}
