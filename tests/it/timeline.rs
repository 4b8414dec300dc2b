//! Where the time of a request went, as the journal and the console tell it.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use crate::http::{Client, ask};
use crate::project::{Project, Site};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use switchboard::journal::{Exchange, Run};
use switchboard::web_console::ConsolePort;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Token};
use tokio::sync::Barrier;

const TOKEN: &str = "t0ken-of-this-run";

/// A function that answers with its process.
const PID: &str = "exports.handler = (context, event, callback) => callback(null, process.pid);\n";
/// One that keeps its process until there is a file.
const BUSY: &str = "const fs = require('fs');
exports.handler = (context, event, callback) => {
    fs.writeFileSync('begun', '');
    while (!fs.existsSync('released'));
    callback(null, 'done');
};\n";

/// How long it is busy at least.
const HELD: Duration = Duration::from_millis(100);

fn run(exchange: &Exchange) -> Run {
    let run = exchange.timeline.run.expect("a function ran");
    let parts = exchange.timeline.received + run.queued + run.cold + run.ran;
    // The process rounds what it measures up, to 10 µs.
    let whole = exchange.duration + Duration::from_micros(10);
    assert!(parts <= whole, "{exchange:?}");
    run
}

/// The exchange of that number, as the console tells it.
fn told(site: &Site, number: u64) -> Value {
    let url = site.running().console_url().unwrap();
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let head = format!("GET /api/1/exchanges/{number}\nAuthorization: Bearer {TOKEN}");
    serde_json::from_str(&ask(port, &head, "").text()).unwrap()
}

fn javascript(files: &[(&str, &str)]) -> Project {
    let project =
        Project::new().with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)));
    files
        .iter()
        .fold(project, |project, (path, text)| project.file(path, text))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_call_starts_cold_and_the_next_is_warm_in_the_same_process() {
    let mut site = javascript(&[("functions/pid.js", PID)])
        .start_watching()
        .await;
    let pid: u32 = site.ask("GET /pid", "").text().parse().unwrap();
    let first = run(&site.last());
    assert!(first.cold > Duration::ZERO, "{first:?}");
    let worker = first.worker.unwrap();
    assert_eq!((worker.pid, worker.generation), (pid, 1));

    site.ask("GET /pid", "");
    let second = run(&site.last());
    assert_eq!(second.cold, Duration::ZERO);
    assert!(second.ran > Duration::ZERO);
    assert_eq!(second.worker, Some(worker));

    // The console tells the same, in milliseconds.
    let told = told(&site, 2);
    assert_eq!(told["worker"]["pid"], pid);
    assert_eq!(told["worker"]["number"], worker.number);
    assert_eq!(told["worker"]["generation"], 1);
    assert_eq!(told["generation"], 1);
    let timeline = &told["timeline"];
    assert_eq!(timeline["cold_start_ms"], 0.0);
    assert_eq!(timeline["received_ms"], 0.0);
    assert_eq!(timeline["total_ms"], told["duration_ms"]);
    let parts = ["queue_ms", "run_ms"].map(|part| timeline[part].as_f64().unwrap());
    let total = timeline["total_ms"].as_f64().unwrap();
    assert!(parts.iter().sum::<f64>() <= total + 0.011, "{timeline}");

    // A save is another version of the files, for another process.
    site.change("functions/pid.js", &format!("// saved\n{PID}"));
    site.reloaded().await;
    site.ask("GET /pid", "");
    let third = run(&site.last());
    assert!(third.cold > Duration::ZERO);
    let replaced = third.worker.unwrap();
    assert_ne!(replaced.pid, pid);
    assert_eq!(replaced.generation, 2);
    assert_eq!(site.last().generation, site.registry().generation);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_warm_process_has_not_loaded_is_loaded_on_its_time() {
    let slow = "const until = Date.now() + 50;\nwhile (Date.now() < until);\n";
    let module = "await null;\nexport const handler = (context, event, callback) => callback(null, 'esm');\n";
    let site = javascript(&[
        ("functions/pid.js", PID),
        ("functions/slow.js", &format!("{slow}{PID}")),
        ("functions/esm/module.js", module),
        (
            "functions/late.js",
            "exports.handler = (context, event, callback) => {\n    \
                require('../slow-part');\n    callback(null, 'late');\n};\n",
        ),
        ("slow-part.js", slow),
        ("functions/esm/package.json", r#"{"type":"module"}"#),
    ])
    .start()
    .await;
    site.ask("GET /pid", "");
    // By a clock that counts whole milliseconds.
    let loads = Duration::from_millis(49);
    site.ask("GET /slow", "");
    let slow = run(&site.last());
    assert!(slow.cold >= loads, "{slow:?}");
    // What the handler itself requires is its own time.
    site.ask("GET /late", "");
    let late = run(&site.last());
    assert!(late.ran >= loads, "{late:?}");
    assert_eq!(site.status("GET /esm/module"), 200);
    assert!(run(&site.last()).cold > Duration::ZERO);
    site.ask("GET /esm/module", "");
    assert_eq!(run(&site.last()).cold, Duration::ZERO);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_behind_another_has_waited_for_it() {
    let site = javascript(&[
        ("functions/busy.js", BUSY),
        (
            "services.toml",
            "[limits]\nconcurrency = 1\n[services.app]\nroot = \".\"\n",
        ),
    ])
    .start()
    .await;
    let mut clients: Vec<Client> = (0..2).map(|_| Client::connect(site.port())).collect();
    for (at, client) in clients.iter_mut().enumerate() {
        client.send("GET /busy HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while site.registry().services()[0].running.count() <= at {
            tokio::task::yield_now().await;
        }
    }
    while !site.path("begun").exists() {
        tokio::task::yield_now().await;
    }
    let both = Instant::now();
    // For so long that it is told from what a machine in use adds.
    while both.elapsed() < HELD {
        tokio::task::yield_now().await;
    }
    site.change("released", "");
    let held = both.elapsed();
    for client in &mut clients {
        assert_eq!(client.read().status, 200);
    }
    let exchanges = site.running().journal().exchanges();
    let runs: Vec<Run> = exchanges.iter().map(|exchange| run(exchange)).collect();
    assert_eq!(runs[0].worker, runs[1].worker);
    // The first one waited for the process, the second one for the first.
    assert!(
        runs[0].cold > Duration::ZERO && runs[0].queued < runs[1].queued,
        "{runs:?}"
    );
    assert!(runs[1].queued + runs[1].cold >= held, "{runs:?}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ended_or_dies_is_told_with_its_process() {
    let site = javascript(&[
        (
            "functions/hang.js",
            "exports.handler = () => { for (;;); };\n",
        ),
        (
            "functions/exit.js",
            "exports.handler = () => process.exit(3);\n",
        ),
        (
            "services.toml",
            "[limits]\ntime_ms = 100\n[services.app]\nroot = \".\"\n",
        ),
    ])
    .start()
    .await;
    assert_eq!(site.status("GET /hang"), 504);
    let hung = run(&site.last());
    assert!(hung.ran >= Duration::from_millis(100), "{hung:?}");
    assert!(hung.worker.is_some());
    assert_eq!(site.status("GET /exit"), 500);
    let dead = run(&site.last());
    assert_ne!(dead.worker.map(|w| w.pid), hung.worker.map(|w| w.pid));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_in_rust_has_no_process_and_what_needs_no_function_no_run() {
    async fn at_once(_: Context, _: Event, callback: Callback) -> Outcome {
        callback.success("OK")
    }
    let barrier = Arc::new(Barrier::new(2));
    let (met, meets) = (Arc::clone(&barrier), barrier);
    let waits = move |_: Context, _: Event, callback: Callback| {
        let met = Arc::clone(&met);
        async move {
            met.wait().await;
            callback.success("met")
        }
    };
    let handlers = Handlers::new()
        .with("at-once", at_once)
        .with("waits", waits)
        .with("panics", |_: Context, _: Event, _: Callback| async {
            panic!("on purpose")
        });
    let site = Project::app("[limits]\ntime_ms = 60000\n", handlers)
        .file("assets/a.txt", "a")
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    // In a task of its own, and, once it is known, where its caller waits.
    for _ in 0..150 {
        site.ask("POST /at-once\nContent-Type: text/plain", "a body");
        let ran = run(&site.last());
        assert_eq!((ran.cold, ran.worker), (Duration::ZERO, None));
        assert!(ran.ran > Duration::ZERO);
        assert!(site.last().timeline.received > Duration::ZERO);
    }
    let mut client = Client::connect(site.port());
    client.send("GET /waits HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let before = Instant::now();
    meets.wait().await;
    assert_eq!(client.read().text(), "met");
    let waited = run(&site.last());
    assert!(waited.ran <= before.elapsed() + Duration::from_secs(60));
    assert_eq!(site.status("GET /panics"), 500);
    run(&site.last());

    assert_eq!(site.status("GET /nowhere"), 404);
    assert_eq!(site.last().timeline.run, None);
    let latest = site.running().journal().latest();
    let told = told(&site, latest);
    for part in ["queue_ms", "cold_start_ms", "run_ms"] {
        assert_eq!(told["timeline"][part], Value::Null);
    }
    assert_eq!(told["worker"], Value::Null);
    site.stop().await;
}
