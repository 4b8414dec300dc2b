//! The server: Switchboard's command line with the handlers in `functions/`.

#[path = "../functions/mod.rs"]
mod functions;

use std::process::ExitCode;

fn main() -> ExitCode {
    switchboard::cli::run(functions::all())
}
