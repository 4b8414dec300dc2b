//! Listens, speaks HTTP/1.1, and ends without waiting for those who do not finish their request.
//!
//! HTTP/1.1 only: browsers, Twilio and every tunnel's upstream side speak it, and HTTP/2 would
//! want TLS here. hyper's own graceful helper was turned down: it lets a half-sent request hold
//! the end back for the whole grace period, and leaves the task running after it. So were its timers
//! for slow heads: they set and take back an alarm for every request. Here the accepting task looks
//! over its connections now and then, and one that has done nothing since the last look is closed.

mod connections;
mod socket;
mod unread;

use crate::accept::accept;
use crate::config::Limits;
use crate::crew;
use crate::gateway::Gateway;
use crate::stop::Stop;
use connections::{Connections, LOOK_OVER, Traffic};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket::Socket;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};

/// The largest head that is read at all. What is over the cloud's 15 KB but under this is refused
/// with an explanation; what is over this, by hyper, with a bare 431.
const HEAD_BYTES: usize = 64 * 1024;

/// The most headers that are read at all, likewise, where more than hyper's usual 100 may pass.
const HEADERS: usize = 2000;

/// How long running exchanges have to end beyond the time that a function may take.
const GRACE: Duration = Duration::from_secs(2);

/// The same where functions may take any time.
const GRACE_WITHOUT_LIMIT: Duration = Duration::from_secs(10);

/// How long answers that are ready may take to reach their callers when the server ends.
const FLUSH: Duration = Duration::from_millis(500);

/// How long an exchange goes on whose caller has closed its side of the connection. It may have gone,
/// or only have nothing more to say, as `nc -N` does, and still be waiting for the answer.
const LEFT: Duration = Duration::from_secs(1);

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every connection came to its end.
    Fully,
    /// So many connections were cut off: half-sent requests, or answers that took too long.
    CutOff(usize),
}

/// Serves on all `listeners` until `stop` is said, then lets running exchanges end: each has as long
/// as a function may take, and a little more.
pub async fn serve(listeners: Vec<TcpListener>, gateway: Arc<Gateway>, stop: Stop) -> Drained {
    let exchanges = Arc::new(Exchanges::default());
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(crew::counted(accept_all(
            listener,
            Arc::clone(&gateway),
            stop.clone(),
            Arc::clone(&exchanges),
        )));
    }
    // Each ends when stop is said, and hands over the connections that are still open.
    let mut connections = Vec::new();
    while let Some(ended) = accepting.join_next().await {
        connections.extend(ended.ok());
    }
    // Only now: the limits of the start may have been replaced since, with the project's files.
    drain(connections, &exchanges, grace(gateway.limits())).await
}

/// How long what runs has when the server ends: as long as a function may take, and a little more.
pub(crate) fn grace(limits: Limits) -> Duration {
    let limited = limits.time.map(|time| time.saturating_add(GRACE));
    limited.unwrap_or(GRACE_WITHOUT_LIMIT)
}

async fn drain(
    mut connections: Vec<JoinSet<()>>,
    exchanges: &Exchanges,
    grace: Duration,
) -> Drained {
    let all_closed = async {
        for set in &mut connections {
            while set.join_next().await.is_some() {}
        }
    };
    let answered = async {
        let _ = tokio::time::timeout(grace, exchanges.none()).await;
        tokio::time::sleep(FLUSH).await;
    };
    tokio::select! {
        () = all_closed => return Drained::Fully,
        () = answered => {}
    }
    let open = connections.iter().map(JoinSet::len).sum();
    // Dropping the sets aborts what is left in them.
    match open {
        0 => Drained::Fully,
        open => Drained::CutOff(open),
    }
}

async fn accept_all(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    stop: Stop,
    exchanges: Arc<Exchanges>,
) -> JoinSet<()> {
    let mut connections = Connections::default();
    let mut stopped = pin!(stop.wait());
    let mut look_over = tokio::time::interval(LOOK_OVER);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stopped => return connections.into_tasks(),
            Some(()) = connections.ended() => continue,
            _ = look_over.tick() => {
                connections.look_over();
                continue;
            }
            accepted = accept(&listener) => accepted,
        };
        let traffic = Arc::new(Traffic::default());
        let serving = connection(
            stream,
            peer,
            Arc::clone(&gateway),
            stop.clone(),
            Arc::clone(&exchanges),
            Arc::clone(&traffic),
        );
        connections.begin(traffic, serving);
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    gateway: Arc<Gateway>,
    stop: Stop,
    exchanges: Arc<Exchanges>,
    traffic: Arc<Traffic>,
) {
    // Answers are written whole; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let more_headers = gateway.limits().headers.is_none_or(|most| most >= 100);
    let service = service_fn(|request: Request<Incoming>| {
        let running = RunningExchange::new(&exchanges, &traffic);
        let gateway = &gateway;
        async move {
            let response = gateway.handle(request, Some(peer)).await;
            drop(running);
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    http.max_buf_size(HEAD_BYTES);
    // As `Socket` says.
    http.half_close(true);
    // Only then, since it takes hyper's parser off the stack.
    if more_headers {
        http.max_headers(HEADERS);
    }
    let socket = Socket::new(stream, Arc::clone(&traffic.writing));
    let mut connection = pin!(http.serve_connection(TokioIo::new(socket.clone()), service));
    let mut given_up: Option<Pin<Box<Sleep>>> = None;
    let mut stopped = pin!(stop.wait());
    let mut listening = false;
    let mut ending = false;
    // An error ends this connection and nothing else: the client is gone or speaks no HTTP, and
    // hyper has answered what can be answered. By hand and not by `select!`, so that the wish to
    // end is listened for once and costs a load from then on.
    let ended = poll_fn(|context| {
        if !listening {
            listening = true;
            let _ = stopped.as_mut().poll(context);
        }
        if !ending && stop.said() {
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            return Poll::Ready(ended);
        }
        if !traffic.is_running() {
            given_up = None;
            return Poll::Pending;
        }
        if given_up.is_none() && socket.is_left(context) {
            given_up = Some(Box::pin(sleep(LEFT)));
        }
        match &mut given_up {
            Some(over) => over.as_mut().poll(context).map(Ok),
            None => Poll::Pending,
        }
    })
    .await;
    if let Err(error) = ended
        && let Some(text) = unread::told(peer, &error)
    {
        gateway.say(text);
    }
}

/// The exchanges that run at this moment, in all connections.
#[derive(Debug, Default)]
struct Exchanges {
    running: AtomicUsize,
    none: Notify,
}

/// One of them.
struct RunningExchange<'c> {
    all: &'c Exchanges,
    traffic: &'c Traffic,
}

impl<'c> RunningExchange<'c> {
    fn new(all: &'c Exchanges, traffic: &'c Traffic) -> Self {
        all.running.fetch_add(1, Ordering::Relaxed);
        traffic.begun.fetch_add(1, Ordering::Relaxed);
        RunningExchange { all, traffic }
    }
}

impl Exchanges {
    /// Waits until none runs.
    async fn none(&self) {
        loop {
            let notified = self.none.notified();
            if self.running.load(Ordering::Acquire) == 0 {
                return;
            }
            notified.await;
        }
    }
}

impl Drop for RunningExchange<'_> {
    fn drop(&mut self) {
        self.traffic.ended.fetch_add(1, Ordering::Relaxed);
        if self.all.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.all.none.notify_waiters();
        }
    }
}
