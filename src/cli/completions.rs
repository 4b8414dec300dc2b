//! `completions`: the script that makes a shell complete this command line.

use super::Cli;
use super::exit::{Exit, Failure};
use super::print;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), program(), &mut script);
    print::out(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// The name that this program was called by: one with handlers of its own has its own.
fn program() -> String {
    std::env::args_os()
        .next()
        .and_then(|path| Some(Path::new(&path).file_stem()?.to_str()?.to_string()))
        .unwrap_or_else(|| env!("CARGO_PKG_NAME").to_string())
}
