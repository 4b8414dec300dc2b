//! Saves and requests in turn: no stale answer, no lost request, nothing that grows.
//!
//! `tests/soak/run saves` does ten thousand of what a hundred are here.

use crate::http::ask;
use crate::project::{Project, within};
use std::collections::BTreeSet;
use std::fs;

/// How often the ordinary test saves; the variable says how often the soak does.
const SAVES: u32 = 100;
const VARIABLE: &str = "SWITCHBOARD_SAVES";

/// After how many saves growth is counted from: caches are filled by then.
const WARM: u32 = 20;

/// What the soak may grow by: descriptors, and MiB, most of which the journal takes, which keeps
/// up to 48.
const GROWTH: (usize, usize) = (16, 96);

/// How many descriptors this program has, and how many MiB are resident.
fn held() -> (usize, usize) {
    let descriptors = fs::read_dir("/proc/self/fd").expect("Linux").count();
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = resident.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    (descriptors, kibibytes.expect("VmRSS") / 1024)
}

#[expect(clippy::print_stdout, reason = "`tests/soak/run saves` shows it")]
fn figures(
    saves: u32,
    workers: usize,
    living: usize,
    before: (usize, usize),
    after: (usize, usize),
) {
    println!(
        "{saves} saves, {workers} workers used, {living} of them live; descriptors {} to {}, resident {} to {} MiB",
        before.0, after.0, before.1, after.1
    );
}

const USES: &str = "const { n } = require(Runtime.getFunctions()['part'].path);
exports.handler = (context, event, callback) => callback(null, { n, pid: process.pid, born: performance.timeOrigin });
";

fn part(n: u32) -> String {
    format!("exports.n = {n};")
}

/// A process: its number, which another one may have after it, and when it began.
type Process = (u32, String);

/// What `/use` answers: the number that it has of its neighbour, and its process.
async fn answer(port: u16) -> (u32, Process) {
    let reply = tokio::task::spawn_blocking(move || ask(port, "GET /use", ""));
    let reply = reply.await.expect("the client does not panic");
    assert_eq!(reply.status, 200, "{}", reply.text());
    let told: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    let number = |name: &str| u32::try_from(told[name].as_u64().expect("a number"));
    let process = (number("pid").expect("small"), told["born"].to_string());
    (number("n").expect("small"), process)
}

/// How many of `processes` live: those whose number a process of ours has.
fn living(processes: &BTreeSet<Process>) -> usize {
    let parent = std::process::id().to_string();
    let pids: BTreeSet<u32> = processes.iter().map(|(pid, _)| *pid).collect();
    let lives = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| {
            let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            let mut words = after_name.split_whitespace();
            let state = words.next();
            state != Some("Z") && words.next() == Some(&parent)
        })
    };
    pids.into_iter().filter(lives).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_new_once_is_never_old_again() {
    let mut site = Project::new()
        .file("functions/use.js", USES)
        .file("functions/part.private.js", &part(0))
        .start_watching()
        .await;
    let port = site.port();
    let mut processes = BTreeSet::new();
    assert_eq!(answer(port).await.0, 0);
    let asked = std::env::var(VARIABLE)
        .ok()
        .map(|n| n.parse::<u32>().expect("a number"));
    let saves = asked.unwrap_or(SAVES);
    let mut before = held();
    for n in 1..=saves {
        if n == WARM {
            before = held();
        }
        site.change("functions/part.private.js", &part(n));
        // Several at a time, so that more than one process answers.
        let news = within(async {
            loop {
                let answers = [answer(port), answer(port), answer(port)];
                let [a, b, c] = answers.map(tokio::spawn);
                let answers = [a.await, b.await, c.await].map(|a| a.expect("no panic"));
                let mut is_new = false;
                for (got, process) in answers {
                    assert!(got == n || got + 1 == n, "{got} after the save of {n}");
                    is_new |= got == n;
                    processes.insert(process);
                }
                if is_new {
                    break;
                }
            }
        });
        news.await;
        // Whoever asks now has seen the new one, be it announced or not.
        for _ in 0..3 {
            let (got, process) = answer(port).await;
            assert_eq!(got, n, "old again");
            processes.insert(process);
        }
        site.reloaded().await;
        assert_eq!(answer(port).await.0, n, "stale after the announcement");
    }
    // Those of old code end when they have answered.
    within(async {
        while living(&processes) > 4 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(processes.len() >= saves as usize, "{}", processes.len());
    let after = held();
    figures(saves, processes.len(), living(&processes), before, after);
    // Beside other tests, in one process with them, it says nothing.
    if asked.is_some() {
        assert!(after.0 <= before.0 + GROWTH.0, "{before:?} to {after:?}");
        assert!(after.1 <= before.1 + GROWTH.1, "{before:?} to {after:?}");
    }
}
