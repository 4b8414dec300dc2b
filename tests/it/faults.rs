//! A bad function beside twenty good ones: the good ones all answer, the bad one gets its documented
//! status at its limit, and the pool is whole again.
//!
//! The bounds on time are wide, since the machine is shared; `tests/soak/run faults` prints what
//! they really are.

use crate::http::{Reply, ask};
use crate::project::{Project, Site};
use std::time::{Duration, Instant};
use switchboard::config::Limits;

/// How long a function may run here.
const LIMIT: Duration = Duration::from_millis(1500);

/// How much later than it should an answer may come on a machine that does other things.
const MARGIN: Duration = Duration::from_secs(20);

/// Name, body, status, whether it runs until its limit, and what the journal says.
const BAD: [(&str, &str, u16, bool, &str); 5] = [
    (
        "blocks",
        "while (true);",
        504,
        true,
        "timed out after 1500 ms",
    ),
    (
        "exits",
        "process.exit(1);",
        500,
        false,
        "process.exit(1) was called",
    ),
    (
        "throws_late",
        "setTimeout(() => { throw new Error('too late'); }, 10);",
        500,
        false,
        "Error: too late",
    ),
    (
        "eats_memory",
        "require('v8').setFlagsFromString('--max-old-space-size=64');
         const eaten = []; while (true) eaten.push(new Array(1e5).fill(0.5));",
        500,
        false,
        "heap out of memory",
    ),
    ("never_answers", "", 504, true, "timed out after 1500 ms"),
];

/// Good ones take some milliseconds, as those do that ask others.
const GOOD: &str =
    "exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'good'), 5);";

async fn site(body: &str, limit: Duration) -> Site {
    let bad = format!("exports.handler = (context, event, callback) => {{ {body} }};");
    let limits = Limits {
        time: Some(limit),
        ..Limits::default()
    };
    Project::new()
        .file("functions/good.js", GOOD)
        .file("functions/bad.js", &bad)
        .with(|builder| builder.limits(limits))
        .start()
        .await
}

/// Asks in a thread; the answer, and how long it took.
async fn timed(port: u16, path: &'static str) -> (Reply, Duration) {
    tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let reply = ask(port, path, "");
        (reply, began.elapsed())
    })
    .await
    .expect("the client does not panic")
}

#[expect(clippy::print_stdout, reason = "`tests/soak/run faults` shows it")]
fn figures(name: &str, longest: Duration, bad: Duration, after: Duration) {
    println!("{name:14} bad {bad:8.3?}, longest good {longest:8.1?}, good after it {after:8.1?}");
}

/// One bad call with ten good ones before it and ten behind it, and then a good one alone.
async fn beside_good_ones(index: usize) {
    let (name, body, status, until_limit, fault) = BAD[index];
    // A heap takes its time to fill.
    let limit = if until_limit { LIMIT } else { LIMIT * 40 };
    let site = site(body, limit).await;
    let port = site.port();
    assert_eq!(timed(port, "GET /good").await.0.status, 200);
    let good = || tokio::spawn(timed(port, "GET /good"));
    let mut replies: Vec<_> = (0..10).map(|_| good()).collect();
    let bad = tokio::spawn(timed(port, "GET /bad"));
    replies.extend((0..10).map(|_| good()));
    let mut longest = Duration::ZERO;
    for reply in replies {
        let (reply, took) = reply.await.expect("no panic");
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (200, "good"),
            "{name}"
        );
        assert!(took < LIMIT + MARGIN, "{name}: a good one took {took:?}");
        longest = longest.max(took);
    }
    let (reply, took) = bad.await.expect("no panic");
    let exchanges = site.running().journal().exchanges();
    let exchange = exchanges.iter().rfind(|e| e.request.uri.path() == "/bad");
    let told = exchange.and_then(|e| e.fault.clone()).unwrap_or_default();
    assert_eq!(reply.status, status, "{name}: {told}");
    assert!(told.contains(fault), "{name}: {told}");
    if until_limit {
        assert!(took >= LIMIT, "{name}: {took:?}");
        assert!(took < LIMIT + MARGIN, "{name}: {took:?}");
    }
    let (reply, after) = timed(port, "GET /good").await;
    figures(name, longest, took, after);
    assert_eq!(reply.text(), "good", "{name}");
    assert!(after < MARGIN, "{name}: whole again after {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_blocks() {
    beside_good_ones(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_exits() {
    beside_good_ones(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_throws_late() {
    beside_good_ones(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_eats_memory() {
    beside_good_ones(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_answers() {
    beside_good_ones(4).await;
}
