//! `start`: serves a project until it is told to end.

mod announcement;
mod args;
mod documented;
mod inspect;
mod ready_file;
mod signals;

pub(super) use announcement::Announcement;
pub(super) use args::StartArgs;

use super::exit::{Exit, Failure, counted};
use super::print::entry;
use super::print::follow::{Follow, Lines};
use crate::app::{Running, StartError, Switchboard};
use crate::handler::Handlers;
use crate::journal::Notice;
use crate::server::Drained;
use args::{Format, Wishes};
use jiff::tz::TimeZone;
use ready_file::ReadyFile;
use signals::Signals;

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
    let running = tokio::select! {
        started = start(&wishes, handlers) => started?,
        () = signals.next() => return Ok(Exit::Done),
    };
    let node = running.node_fault().await;
    let announcement = Announcement::new(&running, &wishes, node.as_ref());
    // Its file goes when this function ends, in whichever way.
    let _ready_file = match &wishes.ready_file {
        Some(path) => Some(ReadyFile::write(path, &announcement)?),
        None => None,
    };
    let journal = running.journal().clone();
    let follow = Follow::spawn(journal.clone(), announcement, lines(&wishes, &running));
    signals.next().await;
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

async fn start(wishes: &Wishes, handlers: Handlers) -> Result<Running, Failure> {
    let mut builder = Switchboard::builder()
        .project(&wishes.project.folder)
        .options(wishes.project.options.clone())
        .handlers(handlers)
        .host(wishes.host);
    if let Some(port) = wishes.port {
        builder = builder.port(port);
    }
    if let Some(url) = &wishes.public_url {
        builder = builder.public_url(url);
    }
    if let Some(inspect) = wishes.inspect {
        builder = builder.inspect(inspect);
    }
    if !wishes.watch {
        builder = builder.no_watch();
    }
    builder.start().await.map_err(|error| match error {
        StartError::Project(diagnostics) => Failure::project(&diagnostics),
        other => Failure::at_fault(other.to_string()),
    })
}

fn lines(wishes: &Wishes, running: &Running) -> Lines {
    let pretty = |detailed| entry::Style::new(&running.registry(), detailed, TimeZone::system());
    Lines {
        pretty: (wishes.format == Format::Pretty).then(|| pretty(wishes.detailed_logs)),
        requests: wishes.logs,
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
