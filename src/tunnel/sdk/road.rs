//! The connection to ngrok's service, made again when it is lost.
//!
//! The SDK asks for one by a callback, at the start and after each loss. A loss is no end: as with
//! ngrok's agent the URL stays, and the way is tried again until the network is back. What the service
//! itself refuses then is an end, and told as one.
//!
//! A connection can die without a word, as when a laptop sleeps. The SDK sends heartbeats, and does
//! nothing where no answer comes; here the connection is cut then, which the SDK takes for a loss.

use super::{PATIENCE, Sdk};
use crate::tunnel::TunnelError;
use ngrok::session::{ConnectError, IoStream};
use ngrok::tunnel::AcceptError;
use rustix::net::Shutdown;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// Between two attempts, at first and at most.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The first answer to a heartbeat may come before the tunnel is bound again, the second does not.
const BACK: u32 = 2;

/// What is told of the session.
#[derive(Debug)]
pub(super) enum Told {
    /// It ends by this.
    Fault(TunnelError),
    /// It goes on.
    Said(String),
}

/// The way to the service. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Road {
    sdk: Sdk,
    told: mpsc::Sender<Told>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// No more connections are made.
    closed: bool,
    /// That of the moment, to be cut.
    socket: Option<OwnedFd>,
    /// Heartbeats answered since a loss; `None` where nothing is lost.
    beats: Option<u32>,
}

impl Road {
    pub(super) fn new(sdk: Sdk) -> (Self, mpsc::Receiver<Told>) {
        let (told, receiver) = mpsc::channel(16);
        let state = Arc::default();
        (Road { sdk, told, state }, receiver)
    }

    /// Makes the connection; after a loss, which is `ended`, as soon as it can be made.
    pub(super) async fn connect(
        self,
        host: String,
        port: u16,
        tls: Arc<ClientConfig>,
        ended: Option<AcceptError>,
    ) -> Result<Box<dyn IoStream>, ConnectError> {
        match ended {
            None => return self.dial(&host, port, tls).await,
            // It was there, and the service did not take the session or the tunnel again.
            Some(AcceptError::Reconnect(error)) => {
                let _ = self.told.try_send(Told::Fault(self.sdk.named(&error)));
                return Err(ConnectError::Canceled);
            }
            Some(_) => {}
        }
        let first = self.with(|state| {
            state.cut();
            state.beats.replace(0).is_none()
        });
        if first {
            let server = self.sdk.server();
            self.say(format!(
                "the connection to ngrok's service at {server} is lost; trying again until it is back"
            ));
        }
        let mut pause = PAUSE;
        loop {
            match timeout(PATIENCE, self.dial(&host, port, Arc::clone(&tls))).await {
                Ok(Err(ConnectError::Canceled)) => return Err(ConnectError::Canceled),
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(_)) | Err(_) => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn dial(
        &self,
        host: &str,
        port: u16,
        tls: Arc<ClientConfig>,
    ) -> Result<Box<dyn IoStream>, ConnectError> {
        let unnamed = |error| ConnectError::Tls(io::Error::new(io::ErrorKind::InvalidInput, error));
        let name = ServerName::try_from(host.to_string()).map_err(unnamed)?;
        if self.with(|state| state.closed) {
            return Err(ConnectError::Canceled);
        }
        let stream = TcpStream::connect((host, port))
            .await
            .map_err(ConnectError::Tcp)?;
        // Frames are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let socket = stream.as_fd().try_clone_to_owned();
        let socket = socket.map_err(ConnectError::Tcp)?;
        let open = self.with(|state| {
            state.socket = Some(socket);
            !state.closed
        });
        if !open {
            return Err(ConnectError::Canceled);
        }
        match TlsConnector::from(tls).connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => {
                self.with(State::cut);
                Err(ConnectError::Tls(error))
            }
        }
    }

    /// A heartbeat was answered, or was not.
    pub(super) fn beat(&self, answered: bool) {
        if !answered {
            return self.with(State::cut);
        }
        let back = self.with(|state| {
            let beats = state.beats.map(|beats| beats + 1);
            state.beats = beats.filter(|beats| *beats < BACK);
            beats == Some(BACK)
        });
        if back {
            let server = self.sdk.server();
            self.say(format!(
                "the connection to ngrok's service at {server} is back"
            ));
        }
    }

    /// Cuts the connection, and makes none any more.
    pub(super) fn close(&self) {
        self.with(|state| {
            state.closed = true;
            state.cut();
        });
    }

    fn say(&self, text: String) {
        // Whoever does not listen any more needs not know.
        let _ = self.told.try_send(Told::Said(text));
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn cut(&mut self) {
        if let Some(socket) = self.socket.take() {
            // One that has gone already is as good.
            let _ = rustix::net::shutdown(&socket, Shutdown::Both);
        }
    }
}
