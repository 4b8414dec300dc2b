//! The `switchboard` program: the library's command line with this project's Rust handlers.

#[path = "../functions/mod.rs"]
mod functions;

use std::process::ExitCode;

fn main() -> ExitCode {
    switchboard::cli::run(functions::all())
}
