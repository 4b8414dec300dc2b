//! `exec`: a server on a free port for as long as a command runs, such as a test suite.
//!
//! Standard output is the command's alone. It learns of the server from its environment.

mod command;
mod environment;

use super::exit::{Exit, Failure};
use super::number::port;
use super::print;
use super::print::entry;
use super::print::follow::{Follow, Lines, Stream};
use super::project::ProjectArgs;
use crate::app::{Running, Switchboard};
use crate::handler::Handlers;
use crate::report::services;
use clap::Args;
use command::{Command, Signals};
use environment::Tokens;
use jiff::tz::TimeZone;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ExecArgs {
    /// Port; 0 takes any that is free
    #[arg(short, long, default_value_t = 0, value_parser = port)]
    port: u16,
    /// Do not write the server's lines, which go to standard error
    #[arg(short, long)]
    quiet: bool,
    /// Write what happens to FILE, one JSON object a line; SWITCHBOARD_LOG names it
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Give auth tokens to the command that are not the development token
    #[arg(long)]
    with_token: bool,
    /// Answer Twilio's REST API here, for every account: what the package twilio sends stays on this machine
    #[arg(long)]
    local_api: bool,
    /// Do not reload when files change
    #[arg(long)]
    no_watch: bool,
    #[command(flatten)]
    project: ProjectArgs,
    /// The command and its arguments
    #[arg(last = true, required = true, num_args = 1.., value_name = "COMMAND", help_heading = None)]
    command: Vec<OsString>,
}

pub(super) fn run(args: ExecArgs, handlers: Handlers) -> Result<Exit, Failure> {
    let runtime = Switchboard::runtime()
        .map_err(|error| Failure::at_fault(format!("no threads to serve with: {error}")))?;
    let result = runtime.block_on(serve(args, handlers));
    // Not waited for: a function that blocks would hold the end.
    runtime.shutdown_background();
    result
}

async fn serve(args: ExecArgs, handlers: Handlers) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()
        .map_err(|error| Failure::at_fault(format!("cannot listen for Ctrl-C: {error}")))?;
    let log = args.log.as_deref().map(Log::create).transpose()?;
    let running = tokio::select! {
        started = start(&args, handlers) => started?,
        signal = signals.next() => return Ok(Exit::Command(command::number(signal))),
    };
    print::diagnostics(running.diagnostics());
    let tokens = match args.with_token {
        true => Tokens::All,
        false => Tokens::Development,
    };
    let mut variables = environment::variables(&running.registry(), tokens);
    let mut follows = Vec::new();
    if !args.quiet {
        let services = services(&running.registry(), &args.project.project().folder);
        let style = entry::Style::new(&services, false, TimeZone::system());
        follows.push(follow(&running, Some(style), Stream::Err));
    }
    if let Some(log) = log {
        variables.push(("SWITCHBOARD_LOG".to_string(), log.path.into_os_string()));
        follows.push(follow(&running, None, Stream::File(log.file)));
    }
    let exit = Command::spawn(&args.command, variables)?
        .end(&mut signals)
        .await;
    running.stop().await;
    for follow in follows {
        follow.end().await;
    }
    exit
}

async fn start(args: &ExecArgs, handlers: Handlers) -> Result<Running, Failure> {
    let project = args.project.project();
    let mut builder = Switchboard::builder()
        .project(&project.folder)
        .options(project.options)
        .handlers(handlers)
        .port(args.port);
    if args.no_watch {
        builder = builder.no_watch();
    }
    if args.local_api {
        builder = builder.local_api();
    }
    Ok(builder.start().await?)
}

fn follow(running: &Running, pretty: Option<entry::Style>, stream: Stream) -> Follow {
    let lines = Lines {
        pretty,
        requests: true,
        stream,
    };
    Follow::spawn(running.journal().clone(), None, lines)
}

/// The file of `--log`.
struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// For its owner alone: what functions print can be secret.
    fn create(path: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(path).map_err(|error| {
            Failure::at_fault(format!("cannot write the log {}: {error}", path.display()))
                .help("name a file in a folder that exists and can be written to")
        })?;
        // Whole, since the command may work in another folder.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        Ok(Log { path, file })
    }
}
