//! How fast is it? `tests/bench/run [PART…]` prints the figures, beside those of other servers.
//!
//! Absolute figures drift with whatever else the machine does, so all sides of a table run in one
//! go, turn by turn, and what counts is the ratio of their medians. Each side is a process of its
//! own: another program, or this one, started again. Load comes from `wrk`, on loopback, for a
//! bounded time.

#![expect(clippy::print_stdout, reason = "its figures are its output")]

mod files;
mod floor;
mod http;
mod javascript;
#[path = "../it/npm.rs"]
mod npm;
mod peers;
mod processor;
mod project;
mod rust;
mod scale;
mod server;
mod side;
mod startup;
mod table;

use std::path::PathBuf;

/// A text as Twilio sends it, whose signature the sides check.
pub(crate) const FORM: [(&str, &str); 8] = [
    ("ToCountry", "US"),
    ("SmsMessageSid", "SM0123456789abcdef0123456789abcdef"),
    ("NumMedia", "0"),
    ("FromCity", "SAN FRANCISCO"),
    ("Body", "Ahoy, what is on the menu today?"),
    ("To", "+14155550199"),
    ("From", "+14155550100"),
    ("ApiVersion", "2010-04-01"),
];

const PARTS: [(&str, fn()); 5] = [
    ("rust", rust::measure),
    ("javascript", javascript::measure),
    ("files", files::measure),
    ("startup", startup::measure),
    ("scale", scale::measure),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode] = arguments.as_slice()
        && let Some(mode) = mode.strip_prefix("--serve=")
    {
        return server::serve(mode);
    }
    // cargo adds `--bench`.
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let parts = PARTS.map(|(part, _)| part);
    if let Some(unknown) = named.iter().find(|named| !parts.contains(named)) {
        println!("there is no part {unknown}: {}", parts.join(", "));
        std::process::exit(2);
    }
    for (part, measure) in PARTS {
        if named.is_empty() || named.contains(&part) {
            println!("\n== {part}");
            measure();
        }
    }
}

/// The `switchboard` program of the same build.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_switchboard"))
}
