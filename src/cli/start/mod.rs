//! `start`: serves a project until it is told to end.

mod announcement;
mod args;
mod browser;
pub(super) mod documented;
mod inspect;
mod ready_file;
mod signals;
mod tunnel;

pub(super) use announcement::Announcement;
pub(super) use args::StartArgs;
#[cfg(unix)]
pub(super) use signals::outlives_its_terminal;

use super::exit::{Exit, Failure, counted};
use super::print::entry;
use super::print::follow::{Follow, Lines, Stream};
use crate::app::{Running, Switchboard};
use crate::handler::Handlers;
use crate::journal::Notice;
use crate::runfile::{Published, RunFile};
use crate::server::Drained;
use crate::token::Token;
use args::{Format, Wishes};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ready_file::ReadyFile;
use signals::Signals;
use std::io;
use std::sync::Arc;

pub(super) fn run(args: StartArgs, handlers: Handlers) -> Result<Exit, Failure> {
    let wishes = args.wishes()?;
    let runtime = Switchboard::runtime()
        .map_err(|error| Failure::at_fault(format!("no threads to serve with: {error}")))?;
    let result = runtime.block_on(serve(wishes, handlers));
    // Not waited for: a function that blocks, or a terminal that takes nothing, would hold the end.
    runtime.shutdown_background();
    result
}

async fn serve(wishes: Wishes, handlers: Handlers) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()
        .map_err(|error| Failure::at_fault(format!("cannot listen for Ctrl-C: {error}")))?;
    let token = Token::random()
        .map_err(|error| Failure::at_fault(format!("the system gives no randomness: {error}")))?;
    let running = tokio::select! {
        started = start(&wishes, handlers, &token) => started?,
        () = signals.next() => return Ok(Exit::Done),
    };
    let tunnel = tokio::select! {
        opened = tunnel::open(&wishes, &running) => opened?,
        () = signals.next() => return Ok(Exit::Done),
    };
    let ended = serve_on(&wishes, running, token, signals).await;
    if let Some(tunnel) = tunnel {
        match &ended {
            Ok(Exit::Done) => tunnel.close().await,
            _ => tunnel.cut().await,
        }
    }
    ended
}

/// Announces `running` and serves until a signal comes.
async fn serve_on(
    wishes: &Wishes,
    running: Running,
    token: Token,
    mut signals: Signals,
) -> Result<Exit, Failure> {
    let node = running.node_fault().await;
    let announcement = Announcement::new(&running, wishes, node.as_ref());
    // Its file goes when this function ends, in whichever way.
    let _ready_file = match &wishes.ready_file {
        Some(path) => Some(ReadyFile::write(path, &announcement)?),
        None => None,
    };
    let journal = running.journal().clone();
    // So does this one.
    let mut run_file = run_file(&announcement, wishes, token)
        .map_err(|error| {
            let text = format!("`logs` and `replay` will not find this server: {error}");
            journal.note(Notice::Said { text });
        })
        .ok();
    if wishes.open
        && let Some(console) = running.console()
        && let Err(error) = console.link_for_once().and_then(|url| browser::open(&url))
    {
        let text = format!("no browser could be opened: {error}");
        journal.note(Notice::Said { text });
    }
    let lines = lines(wishes, &announcement);
    let follow = Follow::spawn(journal.clone(), Some(announcement), lines);
    let mut live = running.live().subscribe();
    // What changed since the file was written is seen, too.
    live.mark_changed();
    loop {
        tokio::select! {
            () = signals.next() => break,
            Ok(()) = live.changed() => {
                let registry = Arc::clone(&live.borrow_and_update());
                let url = registry.reach.public_url.as_deref();
                if let Some(Err(error)) = run_file.as_mut().map(|file| file.set_public_url(url)) {
                    let text = format!("the run file has the public URL of before: {error}");
                    journal.note(Notice::Said { text });
                }
            }
        }
    }
    let said = |text: String| journal.note(Notice::Said { text });
    said(stopping(&running));
    let drained = tokio::select! {
        drained = running.stop() => drained,
        () = signals.next() => return Ok(Exit::Interrupted),
    };
    if let Drained::CutOff(count) = drained {
        said(format!("{} cut off", counted(count, "connection")));
    }
    follow.end().await;
    Ok(Exit::Done)
}

async fn start(wishes: &Wishes, handlers: Handlers, token: &Token) -> Result<Running, Failure> {
    let mut builder = Switchboard::builder()
        .project(&wishes.project.folder)
        .options(wishes.project.options.clone())
        .handlers(handlers)
        .host(wishes.host)
        .alone();
    if let Some(port) = wishes.port {
        builder = builder.port(port);
    }
    if let Some(url) = &wishes.public_url {
        builder = builder.public_url(url);
    }
    if let Some(port) = wishes.console {
        builder = builder.console(port, token.clone());
    }
    if wishes.parity_header {
        builder = builder.parity_header();
    }
    if wishes.strict {
        builder = builder.strict();
    }
    if wishes.local_api {
        builder = builder.local_api();
    }
    if let Some(inspect) = wishes.inspect {
        builder = builder.inspect(inspect);
    }
    if !wishes.watch {
        builder = builder.no_watch();
    }
    Ok(builder.start().await?)
}

/// Tells other commands of this server.
fn run_file(announcement: &Announcement, wishes: &Wishes, token: Token) -> io::Result<Published> {
    let run_file = RunFile {
        pid: std::process::id(),
        folder: wishes.project.folder.clone(),
        service_url: announcement.url.clone(),
        public_url: announcement.public_url.clone(),
        console_url: announcement.console_url.clone(),
        token,
        started: format!("{:.6}", Timestamp::now()),
    };
    run_file.publish()
}

fn lines(wishes: &Wishes, announcement: &Announcement) -> Lines {
    let pretty = |detailed| entry::Style::new(&announcement.services, detailed, TimeZone::system());
    Lines {
        pretty: (wishes.format == Format::Pretty).then(|| pretty(wishes.detailed_logs)),
        requests: wishes.logs,
        stream: Stream::Out,
    }
}

fn stopping(running: &Running) -> String {
    let registry = running.registry();
    let invocations = registry.services().iter().map(|s| s.running.count()).sum();
    match invocations {
        0 => "stopping".to_string(),
        running => format!(
            "stopping: finishing {}; Ctrl-C again ends at once",
            counted(running, "running function")
        ),
    }
}
