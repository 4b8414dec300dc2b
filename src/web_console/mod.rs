//! The console: a web page of this machine, and the API behind it, on a loopback port of its own.
//!
//! It tells what requests held and can send them again, so three things guard it. It listens on
//! loopback alone, whatever the services listen on, and a tunnel leads to the services' port. A
//! request whose `Host` is another name is refused, since a page of the world can make its own name
//! lead to 127.0.0.1; so is one that a browser sends for another site. And the API asks for the
//! token of this run, which the run file and the terminal's link hold, and no page.
//!
//! Nothing here slows the services: readers take what they missed from the journal, each at its own
//! pace, and heads, bodies, connections and streams are bounded.

mod admit;
mod answer;
mod api;
mod differences;
mod elsewhere;
mod event_stream;
mod filter;
mod followers;
mod listing;
mod once;
mod page;
mod phone;
mod port;
mod reading;
mod replay;
mod running;
mod services;
mod stream;
mod sync;
mod visibility;

pub(crate) use admit::is_own;
pub use differences::{Differences, LineTold, Side};
pub use filter::{Filter, Since, StatusFilter};
pub(crate) use phone::Phones;
pub use port::{ConsolePort, DEFAULT_PORT, listen};
pub use replay::{ReplayReport, ReplayWish};
pub use running::RunningConsole;

use crate::accept::accept;
use crate::gateway::Gateway;
use crate::journal::Journal;
use crate::outbox::Outbox;
use crate::registry::LiveRegistry;
use crate::reload::{LastLoad, Project};
use crate::stop::Stop;
use crate::swap::Swap;
use crate::token::Token;
use followers::Followers;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use once::Once;
use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Connections at a time; more are closed at once.
const CONNECTIONS: usize = 128;
/// Event streams at a time.
const STREAMS: usize = 32;
/// The largest head.
const HEAD_BYTES: usize = 64 * 1024;
/// How long a head may take, and how long a connection may be idle.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long readers have for what is left when the server ends.
const LAST_PATIENCE: Duration = Duration::from_millis(750);

/// What the console tells of and acts on.
#[derive(Debug)]
pub struct WebConsole {
    journal: Journal,
    live: LiveRegistry,
    gateway: Arc<Gateway>,
    folder: PathBuf,
    last: LastLoad,
    swap: Swap,
    project: Arc<Project>,
    token: Token,
    once: Once,
    port: u16,
    stop: Stop,
    streams: Arc<Semaphore>,
    followers: Followers,
    phones: Phones,
    outbox: Outbox,
}

/// The server that a console shows.
pub(crate) struct Shown {
    /// What answers requests.
    pub(crate) gateway: Arc<Gateway>,
    /// What is served.
    pub(crate) swap: Swap,
    /// What happened.
    pub(crate) journal: Journal,
    /// Where what is served comes from.
    pub(crate) project: Arc<Project>,
    /// What came of reading that.
    pub(crate) last: LastLoad,
    /// What functions send.
    pub(crate) outbox: Outbox,
    /// Where that arrives.
    pub(crate) phones: Phones,
}

impl WebConsole {
    /// A console of that server on `port`; `token` opens the API. To be called within the server's runtime.
    pub(crate) fn new(shown: Shown, token: Token, port: u16) -> Self {
        let Shown {
            gateway,
            swap,
            journal,
            project,
            last,
            outbox,
            phones,
        } = shown;
        let stop = Stop::default();
        phones.receive(&outbox, stop.clone());
        WebConsole {
            journal,
            live: swap.live().clone(),
            gateway,
            folder: project.folder.clone().unwrap_or_default(),
            last,
            swap,
            project,
            token,
            once: Once::default(),
            port,
            stop,
            streams: Arc::new(Semaphore::new(STREAMS)),
            followers: Followers::default(),
            phones,
            outbox,
        }
    }
}

/// Serves `console` on all `listeners` until it is to end.
async fn serve(listeners: Vec<TcpListener>, console: WebConsole) {
    let console = Arc::new(console);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let (console, connections) = (Arc::clone(&console), Arc::clone(&connections));
        accepting.spawn(accept_all(listener, console, connections));
    }
    let mut open = Vec::new();
    while let Some(ended) = accepting.join_next().await {
        open.extend(ended.ok());
    }
    let all_closed = async {
        for set in &mut open {
            while set.join_next().await.is_some() {}
        }
    };
    // Dropping the sets aborts what is left in them.
    let _ = tokio::time::timeout(LAST_PATIENCE, all_closed).await;
}

async fn accept_all(
    listener: TcpListener,
    console: Arc<WebConsole>,
    connections: Arc<Semaphore>,
) -> JoinSet<()> {
    let mut open = JoinSet::new();
    let stop = console.stop.clone();
    let mut stopped = pin!(stop.wait());
    loop {
        let (stream, _) = tokio::select! {
            () = &mut stopped => return open,
            Some(_) = open.join_next() => continue,
            accepted = accept(&listener) => accepted,
        };
        if let Ok(permit) = Arc::clone(&connections).try_acquire_owned() {
            let console = Arc::clone(&console);
            open.spawn(async move {
                connection(stream, console).await;
                drop(permit);
            });
        }
    }
}

async fn connection(stream: TcpStream, console: Arc<WebConsole>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let console = Arc::clone(&console);
        async move { Ok::<_, Infallible>(api::answer(&console, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // An error ends this connection and nothing else.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = console.stop.wait() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
