//! The least that brings a request through a server to Node and back: hyper, a socket, Node.
//!
//! No route, no event, no limit, no journal; nothing is known of what a call did that takes its
//! process with it. Frames go in batches both ways, or answers one by one, which the program must do
//! as long as the culprit alone shall fail. While requests come it sleeps at no time, and lets others have its
//! processor instead: at 8 connections that is worth half as many requests again, since a processor
//! that idles must be woken for the next one. It is no proof of what can be reached, but the quickest
//! that we know: the ratio to it is what the rest of the program costs.

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, mpsc, oneshot};

/// A body for Node, and whom its answer goes to.
struct Call {
    body: Bytes,
    answer: oneshot::Sender<Bytes>,
}

/// The frame's length, before its body.
const HEADER: usize = 4;

/// When the last request came.
struct Latest {
    came: Mutex<Instant>,
    one: Notify,
}

/// How long it stays awake for the next one.
const AWAKE: Duration = Duration::from_millis(2);

/// When Node writes its answers.
#[derive(Clone, Copy)]
pub(crate) enum Answers {
    /// All that are due at once.
    Together,
    /// Each before the next handler begins, as the program has it: so the culprit alone fails.
    Each,
}

/// Serves until it is killed; prints its port first.
pub(crate) async fn serve(answers: Answers) {
    let (calls, waiting) = mpsc::unbounded_channel();
    let (stream, _node) = worker(answers);
    tokio::spawn(relay(stream, waiting));
    let latest = Arc::new(Latest {
        came: Mutex::new(Instant::now()),
        one: Notify::new(),
    });
    tokio::spawn(stay_awake(Arc::clone(&latest)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}\n\n", listener.local_addr().expect("an address").port());
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        let (calls, latest) = (calls.clone(), Arc::clone(&latest));
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| answer(request, calls.clone(), Arc::clone(&latest))),
        );
        tokio::spawn(connection);
    }
}

impl Latest {
    fn now(&self) {
        *self.came.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.one.notify_one();
    }

    fn ago(&self) -> Duration {
        self.came
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }
}

async fn stay_awake(latest: Arc<Latest>) {
    loop {
        latest.one.notified().await;
        while latest.ago() < AWAKE {
            tokio::task::yield_now().await;
            std::thread::yield_now();
        }
    }
}

/// Node and a socket to it, whose other half is its input; it ends with this process.
fn worker(answers: Answers) -> (UnixStream, Child) {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
    ours.set_nonblocking(true).expect("a socket");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/floor.js");
    let node = Command::new("node")
        .arg(script)
        .args(match answers {
            Answers::Together => &[][..],
            Answers::Each => &["each"],
        })
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()
        .expect("node starts");
    (UnixStream::from_std(ours).expect("a runtime"), node)
}

async fn answer(
    request: http::Request<Incoming>,
    calls: mpsc::UnboundedSender<Call>,
    latest: Arc<Latest>,
) -> Result<http::Response<Full<Bytes>>, hyper::Error> {
    latest.now();
    let kind = match *request.method() {
        http::Method::GET => "text/plain; charset=utf-8",
        _ => "application/json",
    };
    let body = request.into_body().collect().await?.to_bytes();
    let (answer, answered) = oneshot::channel();
    let _ = calls.send(Call { body, answer });
    let body = answered.await.expect("Node answers");
    let response = http::Response::builder().header(http::header::CONTENT_TYPE, kind);
    Ok(response.body(Full::new(body)).expect("a valid answer"))
}

/// Writes all calls that wait in one go, and hands out all answers that have come.
async fn relay(mut stream: UnixStream, mut calls: mpsc::UnboundedReceiver<Call>) {
    let mut callers = VecDeque::new();
    let mut frames = Vec::new();
    let mut read = BytesMut::new();
    let mut taken = Vec::new();
    loop {
        tokio::select! {
            count = calls.recv_many(&mut taken, 1024) => {
                if count == 0 {
                    return;
                }
                frames.clear();
                for call in taken.drain(..) {
                    let length = u32::try_from(call.body.len()).expect("a small body");
                    frames.extend_from_slice(&length.to_be_bytes());
                    frames.extend_from_slice(&call.body);
                    callers.push_back(call.answer);
                }
                stream.write_all(&frames).await.expect("Node lives");
            }
            count = stream.read_buf(&mut read) => {
                assert!(count.expect("Node lives") > 0, "Node has ended");
                while let Some(body) = frame(&mut read) {
                    let caller: oneshot::Sender<Bytes> = callers.pop_front().expect("a call");
                    let _ = caller.send(body);
                }
            }
        }
    }
}

/// The first whole frame's body.
fn frame(read: &mut BytesMut) -> Option<Bytes> {
    let length: [u8; HEADER] = read.get(..HEADER)?.try_into().ok()?;
    let length = u32::from_be_bytes(length) as usize;
    if read.len() < HEADER + length {
        return None;
    }
    read.advance(HEADER);
    Some(read.split_to(length).freeze())
}
