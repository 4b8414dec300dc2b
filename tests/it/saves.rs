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
exports.handler = (context, event, callback) => callback(null, { n, pid: process.pid });
";

fn part(n: u32) -> String {
    format!("exports.n = {n};")
}

/// What `/use` answers: the number that it has of its neighbour, and its process.
async fn answer(port: u16) -> (u32, u32) {
    let reply = tokio::task::spawn_blocking(move || ask(port, "GET /use", ""));
    let reply = reply.await.expect("the client does not panic");
    assert_eq!(reply.status, 200, "{}", reply.text());
    let told: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    let number = |name: &str| u32::try_from(told[name].as_u64().expect("a number"));
    (number("n").expect("small"), number("pid").expect("small"))
}

/// The processes among `pids` that live.
fn living(pids: &BTreeSet<u32>) -> usize {
    let lives = |pid: &&u32| {
        fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
    };
    pids.iter().filter(lives).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_new_once_is_never_old_again() {
    let mut site = Project::new()
        .file("functions/use.js", USES)
        .file("functions/part.private.js", &part(0))
        .start_watching()
        .await;
    let port = site.port();
    let mut pids = BTreeSet::new();
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
                for (got, pid) in answers {
                    assert!(got == n || got + 1 == n, "{got} after the save of {n}");
                    pids.insert(pid);
                }
                if answers.iter().any(|(got, _)| *got == n) {
                    break;
                }
            }
        });
        news.await;
        // Whoever asks now has seen the new one, be it announced or not.
        for _ in 0..3 {
            let (got, pid) = answer(port).await;
            assert_eq!(got, n, "old again");
            pids.insert(pid);
        }
        site.reloaded().await;
        assert_eq!(answer(port).await.0, n, "stale after the announcement");
    }
    // Those of old code end when they have answered.
    within(async {
        while living(&pids) > 4 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(pids.len() >= saves as usize, "{}", pids.len());
    let after = held();
    figures(saves, pids.len(), living(&pids), before, after);
    // Beside other tests, in one process with them, it says nothing.
    if asked.is_some() {
        assert!(after.0 <= before.0 + GROWTH.0, "{before:?} to {after:?}");
        assert!(after.1 <= before.1 + GROWTH.1, "{before:?} to {after:?}");
    }
}
