//! However a server ends, no process is left of it: no worker, and nothing that a function has
//! started in its worker's process group.
//!
//! Processes are told by parent and group from `/proc`, and not by their count: a pool has a worker
//! in use, one in reserve, and starts more as it needs them.

use crate::cli::run::{Server, project};
use crate::http::ask;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};
use switchboard::config::Limits;
use switchboard::{Drained, Switchboard};

/// Reached only where something is left for ever.
const PATIENCE: Duration = Duration::from_secs(30);

const FILES: [(&str, &str); 5] = [
    (
        "functions/parent.js",
        "const { spawn } = require('child_process');
        exports.handler = (context, event, callback) => {
            const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
            callback(null, { own: process.pid, child: child.pid });
        };",
    ),
    (
        "functions/spin.js",
        "exports.handler = () => { while (true); };",
    ),
    ("functions/wait.js", "exports.handler = () => {};"),
    (
        "functions/slow.js",
        "exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'slow'), 300);",
    ),
    (
        "functions/quick.js",
        "exports.handler = (context, event, callback) => callback(null, 'quick');",
    ),
];

/// A process that lives.
#[derive(Debug)]
struct Process {
    pid: u32,
    parent: u32,
    group: u32,
}

/// All that live; one that has ended and waits to be asked for its status does not.
fn living() -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("these tests run on Linux");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may hold anything.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let dead = matches!(state, "Z" | "X");
        (!dead).then_some(Process { pid, parent, group })
    })
    .collect()
}

/// The process groups of the children of `server`.
fn groups(server: u32) -> BTreeSet<u32> {
    let processes = living();
    let children = processes.iter().filter(|p| p.parent == server);
    let groups: BTreeSet<u32> = children.map(|p| p.group).collect();
    let own = processes
        .iter()
        .find(|p| p.pid == server)
        .expect("it lives")
        .group;
    assert!(
        !groups.contains(&own),
        "a worker would get the signals of the server"
    );
    groups
}

/// Waits until nobody is left in any of these groups.
fn until_gone(groups: &BTreeSet<u32>) {
    let began = Instant::now();
    loop {
        let processes = living();
        let left: Vec<_> = processes
            .iter()
            .filter(|p| groups.contains(&p.group))
            .collect();
        if left.is_empty() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "left behind: {left:?}");
        std::thread::yield_now();
    }
}

/// The worker and the child that a call of `/parent` tells of, in this answer.
fn told(answer: &str) -> [u32; 2] {
    let body = answer.rsplit("\r\n\r\n").next().expect("a body");
    let told: serde_json::Value = serde_json::from_str(body).expect("JSON");
    ["own", "child"]
        .map(|name| u32::try_from(told[name].as_u64().expect("a number")).expect("a pid"))
}

/// A server whose functions have started something.
struct Started {
    server: Server,
    _folder: tempfile::TempDir,
    groups: BTreeSet<u32>,
    /// Requests that are not answered.
    running: Vec<TcpStream>,
}

fn started() -> Started {
    let folder = project(&FILES);
    let server = Server::start(folder.path(), &[]);
    let [worker, child] = told(&server.ask("GET /parent HTTP/1.1", ""));
    let groups = groups(server.child.id());
    let group = |pid| living().into_iter().find(|p| p.pid == pid).map(|p| p.group);
    assert_eq!(group(worker), Some(worker));
    assert_eq!(group(child), Some(worker));
    assert!(groups.contains(&worker), "{groups:?}");
    Started {
        server,
        _folder: folder,
        groups,
        running: Vec::new(),
    }
}

impl Started {
    /// Calls a function that does not answer, and waits until it runs; it has a worker of its own.
    fn call(&mut self, path: &str) {
        let mut stream = self.server.connect();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("the server reads");
        self.running.push(stream);
        // Another one answers: so the first has been given to a worker.
        assert!(
            self.server
                .ask("GET /quick HTTP/1.1", "")
                .ends_with("quick")
        );
        self.groups.extend(groups(self.server.child.id()));
    }

    fn signal(&self, name: &str) {
        self.server.signal(name);
    }

    fn ended(mut self) {
        let began = Instant::now();
        while self
            .server
            .child
            .try_wait()
            .expect("it can be waited for")
            .is_none()
        {
            assert!(began.elapsed() < PATIENCE, "the server does not end");
            std::thread::yield_now();
        }
        until_gone(&self.groups);
    }
}

#[test]
fn ctrl_c_leaves_nobody() {
    let started = started();
    started.signal("INT");
    started.ended();
}

#[test]
fn a_request_to_end_leaves_nobody() {
    let started = started();
    started.signal("TERM");
    started.ended();
}

#[test]
fn what_runs_is_answered_before_nobody_is_left() {
    let mut started = started();
    started.call("/slow");
    started.signal("TERM");
    let mut answer = String::new();
    let mut stream = started.running.pop().expect("it was called");
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("slow"), "{answer}");
    started.ended();
}

#[test]
fn a_second_ctrl_c_leaves_nobody() {
    let mut started = started();
    started.call("/spin");
    started.signal("INT");
    started.server.read_until("stopping");
    started.signal("INT");
    started.ended();
}

#[test]
fn a_server_that_is_killed_leaves_nobody() {
    let started = started();
    started.signal("KILL");
    started.ended();
}

#[test]
fn a_server_that_is_killed_leaves_nobody_who_waits_or_spins() {
    let mut started = started();
    started.call("/wait");
    started.call("/spin");
    started.signal("KILL");
    started.ended();
}

/// Whether what is started here is to outlive its terminal, as under `nohup`; nothing resets that, and
/// it is said what is left out.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
pub(crate) fn is_to_outlive_its_terminal() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("these tests run on Linux");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let ignored = mask.expect("a mask") & 1 != 0;
    if ignored {
        eprintln!(
            "left out: SIGHUP is ignored here (nohup), so that a server goes on, as it should"
        );
    }
    ignored
}

#[test]
fn a_closed_terminal_leaves_nobody() {
    if is_to_outlive_its_terminal() {
        return;
    }
    let started = started();
    started.signal("HUP");
    started.ended();
}

#[test]
fn a_warden_that_was_killed_is_replaced() {
    let mut started = started();
    let is_shell = |pid: u32| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        command.starts_with(b"/bin/sh\0")
    };
    let server = started.server.child.id();
    let children: Vec<_> = living()
        .into_iter()
        .filter(|p| p.parent == server)
        .collect();
    let warden = children.iter().find(|p| is_shell(p.pid)).expect("a warden");
    let killed = Command::new("kill")
        .arg("-KILL")
        .arg(warden.pid.to_string())
        .status();
    assert!(killed.expect("kill runs").success());
    // Each starts a worker, of which a warden must be told.
    started.call("/wait");
    started.call("/spin");
    started.signal("KILL");
    started.ended();
}

/// A server of this very program: its workers are told by what they tell of themselves.
async fn in_this_program(limits: Limits, hanging: &str) {
    let folder = project(&FILES);
    let running = Switchboard::builder()
        .project(folder.path())
        .limits(limits)
        .port(0)
        .start()
        .await
        .expect("the project starts");
    let port = running.port();
    let own = tokio::task::spawn_blocking(move || ask(port, "GET /parent", "").text());
    let [worker, _] = told(&own.await.expect("no panic"));
    let mut client = crate::http::Client::connect(port);
    client.send(format!("GET {hanging} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let quick = tokio::task::spawn_blocking(move || ask(port, "GET /parent", "").text());
    let [other, _] = told(&quick.await.expect("no panic"));
    drop(client);
    drop(running);
    let groups = BTreeSet::from([worker, other]);
    tokio::task::spawn_blocking(move || until_gone(&groups))
        .await
        .expect("nobody is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_server_leaves_nobody() {
    in_this_program(Limits::default(), "/quick").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_server_without_limits_leaves_nobody_who_spins() {
    let limits = Limits {
        time: None,
        ..Limits::default()
    };
    in_this_program(limits, "/spin").await;
}

#[test]
fn a_runtime_that_ends_leaves_nobody() {
    let runtime = Switchboard::runtime().expect("threads");
    let folder = project(&FILES);
    let (running, port) = runtime.block_on(async {
        let running = Switchboard::builder()
            .project(folder.path())
            .port(0)
            .start();
        let running = running.await.expect("the project starts");
        let port = running.port();
        (running, port)
    });
    let groups = BTreeSet::from(told(&ask(port, "GET /parent", "").text()));
    drop(runtime);
    until_gone(&groups);
    drop(running);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_leaves_nobody() {
    let folder = project(&FILES);
    let running = Switchboard::builder()
        .project(folder.path())
        .port(0)
        .start();
    let running = running.await.expect("the project starts");
    let port = running.port();
    let answer = tokio::task::spawn_blocking(move || ask(port, "GET /parent", "").text());
    let groups = BTreeSet::from(told(&answer.await.expect("no panic")));
    assert_eq!(running.stop().await, Drained::Fully);
    tokio::task::spawn_blocking(move || until_gone(&groups))
        .await
        .expect("nobody is left");
}
