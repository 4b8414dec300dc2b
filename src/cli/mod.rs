//! The command line: what a person types, and what comes of it.
//!
//! Each command has a file with its flags and its `run`; nothing but `print` writes to the
//! terminal. A command says how it ended by `Exit` or `Failure`, and `run` alone turns that
//! into text and a number.
//!
//! It is part of the library, so that a program with Rust handlers of its own has the same
//! commands: `switchboard::cli::run(functions::all())` is its whole `main`.

mod access;
mod aim;
mod call;
mod check;
mod completions;
mod doctor;
mod exec;
mod exit;
mod init;
mod list;
mod logs;
mod number;
mod print;
mod project;
mod replay;
mod send;
mod server;
mod sign;
mod start;
mod target;
#[cfg(test)]
mod tests;

use crate::curl;
use crate::handler::Handlers;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::process::ExitCode;

/// A local Twilio Serverless: Functions and Assets on your machine, behaving as the cloud does
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
#[command(after_help = "Without a command the project in DIR is started: see `start --help`.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    start: start::StartArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a project until Ctrl-C
    Start(Box<start::StartArgs>),
    /// Show every route with its visibility and URL
    List(list::ListArgs),
    /// Report everything that is wrong with a project's files, here or in the cloud
    Check(check::CheckArgs),
    /// Show who reaches what, or compare it with a committed file
    Access(access::AccessArgs),
    /// Run a command, such as your tests, beside a server of its own
    Exec(exec::ExecArgs),
    /// Print the X-Twilio-Signature of a request
    Sign(sign::SignArgs),
    /// Send what Twilio sends, signed, and say what it would do with the answer
    Send(Box<send::SendArgs>),
    /// Call a function, and walk through the TwiML that it answers with
    Call(Box<call::CallArgs>),
    /// Show what a running server has done, and does
    Logs(Box<logs::LogsArgs>),
    /// Send a request of a running server again
    Replay(Box<replay::ReplayArgs>),
    /// Make a new project that starts at once
    Init(init::InitArgs),
    /// Check this machine and the project: what is missing, and what to do
    Doctor(doctor::DoctorArgs),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
}

/// How a command's result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ResultFormat {
    #[default]
    Table,
    Json,
}

/// How what happens is written, as it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    #[default]
    Pretty,
    Json,
}

/// Does what the process's arguments say, with `handlers` as those that `rust:NAME` may name.
///
/// Returns 0 when done, 1 when the project or request is at fault, 2 for wrong usage and 130 after
/// a second Ctrl-C.
pub fn run(handlers: Handlers) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return print::usage(&error),
    };
    if cli.command.is_none()
        && let Some(word) = cli.start.word_without_folder()
    {
        let text = format!("`{word}` is neither a command nor a folder");
        return print::usage(&Cli::command().error(ErrorKind::InvalidSubcommand, text));
    }
    let result = match cli.command {
        None => start::run(cli.start, handlers),
        Some(Command::Start(args)) => start::run(*args, handlers),
        Some(Command::List(args)) => list::run(&args, &handlers),
        Some(Command::Check(args)) => check::run(&args, &handlers),
        Some(Command::Access(args)) => access::run(&args, &handlers),
        Some(Command::Exec(args)) => exec::run(args, handlers),
        Some(Command::Sign(args)) => sign::run(&args, &handlers),
        Some(Command::Send(args)) => send::run(*args, &handlers),
        Some(Command::Call(args)) => call::run(*args, &handlers),
        Some(Command::Logs(args)) => logs::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Doctor(args)) => doctor::run(&args, &handlers),
        Some(Command::Completions(args)) => completions::run(&args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            print::failure(&failure);
            failure.exit.into()
        }
    }
}
