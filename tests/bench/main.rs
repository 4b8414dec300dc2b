//! How fast is the gateway? `tests/bench/run` prints ratios to a bare hyper server.
//!
//! Absolute figures drift with whatever else the machine does, so both sides run in one go, turn
//! by turn, and what counts is the ratio of their medians. Each side is a process of its own:
//! this program starts itself again as either. Load comes from `wrk`, on loopback, for a bounded
//! time.

#![expect(clippy::print_stdout, reason = "its figures are its output")]

mod server;
mod side;
mod startup;

use side::{Load, Side};
use std::path::PathBuf;

/// How many times each side has its turn.
const ROUNDS: usize = 7;
/// Seconds of one turn.
const SECONDS: u32 = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, rest @ ..] = arguments.as_slice()
        && let Some(mode) = mode.strip_prefix("--serve=")
    {
        return server::serve(mode, rest);
    }
    // `tests/bench/run startup` measures that alone.
    let asked = |part: &str| {
        let parts = ["throughput", "startup"];
        let named = arguments.iter().any(|a| parts.contains(&a.as_str()));
        !named || arguments.iter().any(|a| a == part)
    };
    if asked("throughput") {
        throughput();
    }
    if asked("startup") {
        startup::measure(&program());
    }
}

/// The `switchboard` program of the same build.
fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_switchboard"))
}

fn throughput() {
    let bare = Side::start("bare", &[]);
    let single = Side::start("bare-single", &[]);
    let ours = Side::start("switchboard", &[]);
    let token = ours.token();
    let loads = [
        ("hello, c64", 64, Load::get("/hello")),
        ("hello, c8", 8, Load::get("/hello")),
        ("hello, c1", 1, Load::get("/hello")),
        (
            "/jwt, c64",
            64,
            Load::post("/jwt", r#"{"username":"twilio","password":"ahoy"}"#),
        ),
        (
            "/jwt, c8",
            8,
            Load::post("/jwt", r#"{"username":"twilio","password":"ahoy"}"#),
        ),
        ("/bearer, c64", 64, Load::bearer("/bearer", &token)),
        ("/bearer, c8", 8, Load::bearer("/bearer", &token)),
    ];
    println!(
        "{:14} {:>12} {:>12} {:>12} {:>8} {:>8}",
        "medians", "hyper", "hyper, 1 thr", "switchboard", "ratio", "ratio, 1"
    );
    for (name, connections, load) in loads {
        let hello = Load::get("/hello");
        let mut figures = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            figures[0].push(bare.requests_per_second(&hello, connections, SECONDS));
            figures[1].push(single.requests_per_second(&hello, connections, SECONDS));
            figures[2].push(ours.requests_per_second(&load, connections, SECONDS));
        }
        let [bare, single, ours] = figures.map(median);
        println!(
            "{name:14} {bare:12.0} {single:12.0} {ours:12.0} {:8.2} {:8.2}",
            ours / bare,
            ours / single
        );
    }
}

/// The middle of the figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
