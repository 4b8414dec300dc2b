//! twilio-run, as its users start it: live, with a process for each request.

use super::cases::Case;
use super::wire::{self, Answer};
use crate::oracle;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// After this it counts as an answer that there is none.
const FOR_EVER: Duration = Duration::from_secs(5);
/// For answers that do come, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a server that dies of a request may take to die.
const DYING: Duration = Duration::from_secs(2);

/// A server of its own process group; it and what it started end with this value.
pub(super) struct Original {
    group: Pid,
    ended: mpsc::Receiver<()>,
    port: u16,
    log: Arc<Mutex<String>>,
}

impl Original {
    /// Starts it for the project in this folder, and waits until it listens.
    pub(super) fn start(project: &Path) -> Self {
        let mut log = String::new();
        for _ in 0..3 {
            // Another process may take the port between its release here and its use there.
            let free = TcpListener::bind(("::", 0)).or_else(|_| TcpListener::bind(("0.0.0.0", 0)));
            let free = free.and_then(|free| free.local_addr());
            match Original::on(free.expect("a free port").port(), project) {
                Ok(original) => return original,
                Err(why) => log = why,
            }
        }
        panic!("twilio-run did not start on any of three ports; it said:\n{log}");
    }

    /// Starts it on this port; where that fails, returns what it printed.
    fn on(port: u16, project: &Path) -> Result<Self, String> {
        let modules = oracle::twilio_run().join("node_modules");
        let mut child = Command::new("node")
            .arg(modules.join("twilio-run/bin/twilio-run.js"))
            .args(["start", "--port", &port.to_string()])
            .current_dir(project)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("node runs");
        let log = Arc::new(Mutex::new(String::new()));
        let (line, lines) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        keep(stdout.expect("piped"), Arc::clone(&log), line.clone());
        keep(stderr.expect("piped"), Arc::clone(&log), line);
        let original = Original {
            group: Pid::from_child(&child),
            ended: end_of(child),
            port,
            log,
        };
        // It prints its URLs once it listens.
        let sign = format!("localhost:{port}/");
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line.contains(&sign) {
                return Ok(original);
            }
            if line.contains("already in use") {
                break;
            }
        }
        Err(original.log())
    }

    /// What it has printed.
    fn log(&self) -> String {
        self.log.lock().expect("no reader panics").clone()
    }

    /// Whether it ends within this time.
    fn ends_within(&self, time: Duration) -> bool {
        self.ended.recv_timeout(time).is_ok()
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        // The group, since a function's process may outlive its server, and one whose server has
        // died may spin for ever. The group keeps its number as long as it has such a member.
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

/// Tells when the process has ended.
fn end_of(mut child: Child) -> mpsc::Receiver<()> {
    let (end, ended) = mpsc::channel();
    thread::spawn(move || {
        let _ = child.wait();
        let _ = end.send(());
    });
    ended
}

/// Keeps what the server prints: in the log, and line by line for who waits.
fn keep(
    from: impl std::io::Read + Send + 'static,
    log: Arc<Mutex<String>>,
    line: mpsc::Sender<String>,
) {
    thread::spawn(move || {
        for text in BufReader::new(from).lines().map_while(Result::ok) {
            let mut log = log.lock().expect("no reader panics");
            log.push_str(&text);
            log.push('\n');
            let _ = line.send(text);
        }
    });
}

/// How often a request that was dropped is sent again.
const AGAIN: usize = 3;

/// Its answers, in the order of the cases.
pub(super) fn answers(project: &Path, cases: &[Case]) -> Vec<Answer> {
    let shared = Original::start(project);
    let answer = |case: &Case| {
        if case.alone {
            alone(project, case)
        } else {
            wire::ask(shared.port, case, PATIENCE, project)
        }
    };
    let mut answers = four_at_a_time(cases, answer);
    // When its watcher sees a file come or go, the original drops the requests that it is about to
    // answer, whatever they are: those are asked again, one at a time.
    for (case, answer) in cases.iter().zip(&mut answers) {
        for _ in 0..AGAIN {
            if case.alone || answer["status"] != "crash" {
                break;
            }
            *answer = wire::ask(shared.port, case, PATIENCE, project);
        }
    }
    let unanswered: Vec<&str> = cases
        .iter()
        .zip(&answers)
        .filter(|(case, answer)| !case.alone && answer["status"] == "crash")
        .map(|(case, _)| case.id.as_str())
        .take(4)
        .collect();
    assert!(
        !shared.ends_within(Duration::ZERO),
        "a case ended the original's server, one of {unanswered:?}: say \"alone\" in it. The \
         server's last words:\n{}",
        shared.log()
    );
    answers
}

/// The answer of a server that no other case asks, and whether that survives it.
fn alone(project: &Path, case: &Case) -> Answer {
    let original = Original::start(project);
    let mut answer = wire::ask(original.port, case, FOR_EVER, project);
    let ended = original.ends_within(DYING);
    let fate = if ended { "dies" } else { "lives" };
    answer.insert("server".to_string(), fate.to_string());
    answer
}

/// `answer` to each case, in order: a process for each request leaves a lot of waiting.
fn four_at_a_time(cases: &[Case], answer: impl Fn(&Case) -> Answer + Sync) -> Vec<Answer> {
    let rest = Mutex::new(cases.iter().enumerate());
    let answers = Mutex::new(vec![Answer::new(); cases.len()]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = rest.lock().expect("no other panics").next();
                    let Some((n, case)) = next else { break };
                    let answer = answer(case);
                    answers.lock().expect("no other panics")[n] = answer;
                }
            });
        }
    });
    answers.into_inner().expect("none panicked")
}
