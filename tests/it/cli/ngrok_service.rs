//! ngrok's service, as far as the SDK speaks with it: a session over TLS, a tunnel that is bound,
//! connections that are carried.
//!
//! Source: `ngrok` 0.19, `src/internals`. The frames are those of muxado, which is the SDK's own crate
//! for them; each call is a stream with a number for its kind and an object of JSON each way.

use super::endpoint::{Endpoint, authority};
use muxado::heartbeat::{Heartbeat, HeartbeatConfig};
use muxado::typed::{StreamType, Typed, TypedAccept, TypedOpenClose, TypedSession, TypedStream};
use rustix::net::Shutdown;
use serde_json::{Value, json};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The kinds of streams.
const AUTH: u32 = 0;
const BIND: u32 = 1;
const UNBIND: u32 = 2;
const PROXY: u32 = 3;
const STOP_TUNNEL: u32 = 9;

/// What must come is waited for this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The URL of the tunnel of whoever asks for no domain.
pub(crate) const URL: &str = "https://abc.ngrok-free.app";

/// What it says no with, in ngrok's words; empty where it says yes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Refusals {
    pub(crate) auth: &'static str,
    pub(crate) bind: &'static str,
}

/// The service; dropping it ends it.
pub(crate) struct Service {
    endpoint: Endpoint,
    refusals: Arc<Mutex<Refusals>>,
    calls: mpsc::Receiver<(u32, Value)>,
    orders: UnboundedSender<Order>,
    roots: PathBuf,
    _folder: TempDir,
}

/// What the session of the moment shall do.
enum Order {
    /// Carry this request, and tell the answer.
    Carry(String, mpsc::Sender<String>),
    /// End the tunnel with these words.
    Stop(&'static str),
    /// Lose the connection.
    Cut,
}

impl Service {
    pub(crate) fn start(refusals: Refusals) -> Self {
        let refusals = Arc::new(Mutex::new(refusals));
        let (told, calls) = mpsc::channel();
        let (orders, mut received) = unbounded_channel();
        let asked = Arc::clone(&refusals);
        let endpoint = Endpoint::start(|listener, acceptor| async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let socket = stream.as_fd().try_clone_to_owned().unwrap();
                // Whoever does not like the certificate goes.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, &asked, &told, &mut received).await;
                }
                let _ = rustix::net::shutdown(&socket, Shutdown::Both);
            }
        });
        let folder = TempDir::new().unwrap();
        Service {
            roots: authority(folder.path()),
            endpoint,
            refusals,
            calls,
            orders,
            _folder: folder,
        }
    }

    /// Where it is, as a host and a port.
    pub(crate) fn address(&self) -> String {
        format!("localhost:{}", self.endpoint.port)
    }

    /// The variables that lead there.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("SWITCHBOARD_NGROK_SERVER", self.address()),
            ("SWITCHBOARD_NGROK_CA", self.roots.display().to_string()),
        ]
    }

    /// From now on it says no like this.
    pub(crate) fn refuse(&self, refusals: Refusals) {
        *self.refusals.lock().unwrap() = refusals;
    }

    /// What the next call asked for, which has to authenticate.
    pub(crate) fn authenticated(&self) -> Value {
        self.called(AUTH)
    }

    /// The same, which has to bind a tunnel.
    pub(crate) fn bound(&self) -> Value {
        self.called(BIND)
    }

    /// The same, which has to give it back.
    pub(crate) fn unbound(&self) -> Value {
        self.called(UNBIND)
    }

    fn called(&self, kind: u32) -> Value {
        let (called, asked) = self.calls.recv_timeout(PATIENCE).expect("a call");
        assert_eq!(called, kind, "{asked}");
        asked
    }

    /// Whether nobody has called.
    pub(crate) fn is_quiet(&self) -> bool {
        self.calls.try_recv().is_err()
    }

    /// The answer to `request`, carried through the tunnel; empty where nobody took it.
    pub(crate) fn carry(&self, request: &str) -> String {
        let (told, answer) = mpsc::channel();
        self.order(Order::Carry(request.to_string(), told));
        answer.recv_timeout(PATIENCE).unwrap_or_default()
    }

    pub(crate) fn stop_tunnel(&self, words: &'static str) {
        self.order(Order::Stop(words));
    }

    pub(crate) fn cut(&self) {
        self.order(Order::Cut);
    }

    fn order(&self, order: Order) {
        assert!(self.orders.send(order).is_ok(), "the service has ended");
    }
}

/// One session, to its end.
async fn serve(
    stream: tokio_rustls::server::TlsStream<TcpStream>,
    refusals: &Mutex<Refusals>,
    told: &mpsc::Sender<(u32, Value)>,
    orders: &mut UnboundedReceiver<Order>,
) {
    let session = muxado::SessionBuilder::new(stream).server().start();
    let beats = Heartbeat::start(Typed::new(session), HeartbeatConfig::default());
    let Ok((session, _beats)) = beats.await else {
        return;
    };
    let (mut open, mut accept) = session.split_typed();
    let mut tunnel = String::new();
    loop {
        tokio::select! {
            stream = accept.accept_typed() => {
                let Ok(mut stream) = stream else { return };
                let asked = read(&mut stream).await;
                let kind = *stream.typ();
                let answer = answer(kind, &asked, *refusals.lock().unwrap());
                if kind == BIND {
                    tunnel = answer["Id"].as_str().unwrap_or_default().to_string();
                }
                let _ = told.send((kind, asked));
                let _ = stream.write_all(answer.to_string().as_bytes()).await;
                let _ = stream.shutdown().await;
            }
            order = orders.recv() => match order {
                Some(Order::Carry(request, answer)) => {
                    let stream = open.open_typed(StreamType::clamp(PROXY)).await;
                    if let Ok(stream) = stream {
                        tokio::spawn(carry(stream, tunnel.clone(), request, answer));
                    }
                }
                Some(Order::Stop(words)) => {
                    let stream = open.open_typed(StreamType::clamp(STOP_TUNNEL)).await;
                    let words = json!({"Id": tunnel, "Message": words, "ErrorCode": null});
                    let _ = stream.unwrap().write_all(words.to_string().as_bytes()).await;
                }
                Some(Order::Cut) | None => return,
            },
        }
    }
}

/// The object that a call asks by; the other side does not end it.
async fn read(stream: &mut TypedStream) -> Value {
    let mut text = Vec::new();
    loop {
        if let Ok(asked) = serde_json::from_slice(&text) {
            return asked;
        }
        if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
            return Value::Null;
        }
    }
}

fn answer(kind: u32, asked: &Value, refusals: Refusals) -> Value {
    let refusal = match kind {
        AUTH => refusals.auth,
        BIND => refusals.bind,
        _ => "",
    };
    if !refusal.is_empty() {
        return json!({ "Error": refusal });
    }
    let named = |name: &str, usual: &str| match asked[name].as_str() {
        None | Some("") => usual.to_string(),
        Some(named) => named.to_string(),
    };
    match kind {
        AUTH => json!({"Version": "3", "ClientId": named("ClientId", "session-1"), "Extra": {}}),
        BIND => json!({
            "Id": named("Id", "tunnel-1"),
            "URL": match asked["Opts"]["Domain"].as_str() {
                None | Some("") => URL.to_string(),
                Some(domain) => format!("https://{domain}"),
            },
            "Proto": asked["Proto"],
            "Opts": asked["Opts"],
            "Extra": {"Token": "tunnel-token"},
        }),
        _ => json!({}),
    }
}

/// A connection to the tunnel's URL, with one request.
async fn carry(
    mut stream: TypedStream,
    tunnel: String,
    request: String,
    answer: mpsc::Sender<String>,
) {
    let head = json!({
        "Id": tunnel,
        "ClientAddr": "203.0.113.7:4242",
        "Proto": "https",
        "EdgeType": "0",
        "PassthroughTLS": false,
    });
    let head = head.to_string();
    let length = i64::try_from(head.len()).unwrap();
    let _ = stream.write_all(&length.to_le_bytes()).await;
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(request.as_bytes()).await;
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text).await;
    let _ = answer.send(String::from_utf8(text).unwrap());
}
