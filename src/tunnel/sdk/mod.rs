//! ngrok's tunnel from inside of this process, by the official SDK (the crate `ngrok`).
//!
//! The SDK keeps the session with ngrok's service and copies each connection to the service port, so
//! that requests come from loopback as an agent's do. What it does not do is done here: it would go
//! on trying to reconnect with pauses of 50 ms, 2.5 s, 2 min, 2 h ([`Road`]); its session outlives
//! all that is dropped ([`Session`]); its errors have no names ([`SdkError`]).
//!
//! Sources: ngrok docs, "Errors" and "Agent SDKs"; the sources of `ngrok` 0.19. The tests speak the
//! SDK's own protocol to it from a stand-in of the service; nobody has tried this against ngrok's own.

mod authtoken;
mod error;
mod road;

pub(super) use authtoken::Authtoken;
pub(crate) use error::SdkError;

use super::url::public;
use super::{Change, TunnelError};
use ngrok::config::{ForwarderBuilder, HttpTunnelBuilder};
use ngrok::forwarder::Forwarder;
use ngrok::prelude::{EndpointInfo, TunnelCloser};
use ngrok::session::SessionBuilder;
use ngrok::tunnel::HttpTunnel;
use road::{Road, Told};
use std::error::Error;
use std::fmt;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio::time::timeout;
use url::Url;

/// How long the service may take to open the tunnel.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a goodbye may take.
const END: Duration = Duration::from_secs(1);

/// Where ngrok's service answers, unless the account has an ingress of its own: ngrok's `server_addr`
/// and `root_cas`.
const USUAL: &str = "connect.ngrok-agent.com:443";
const SERVER: &str = "SWITCHBOARD_NGROK_SERVER";
const ROOTS: &str = "SWITCHBOARD_NGROK_CA";

/// All that a tunnel is opened with.
#[derive(Clone, Debug)]
pub(crate) struct Sdk {
    authtoken: Authtoken,
    domain: Option<String>,
    server: Option<String>,
    /// A file of certificates in PEM; `host` is this machine's own.
    roots: Option<String>,
}

/// An open tunnel. Dropping it ends it.
pub(crate) struct Session {
    sdk: Sdk,
    url: String,
    session: ngrok::Session,
    forwarder: Forwarder<HttpTunnel>,
    told: mpsc::Receiver<Told>,
    /// Dropped last, it cuts the session off: the SDK's own task holds the session, too, and would
    /// keep it for ever.
    _road: Closing,
}

/// Closes the road when it is dropped.
struct Closing(Road);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Sdk {
    /// With this token, under `domain` if there is one, at the service that the environment names.
    pub(super) fn new(authtoken: Authtoken, domain: Option<String>) -> Self {
        let named = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Sdk {
            authtoken,
            domain,
            server: named(SERVER),
            roots: named(ROOTS),
        }
    }

    /// Opens the tunnel to `port` of this machine.
    ///
    /// # Errors
    ///
    /// When it is not open within [`PATIENCE`], or will not be.
    pub(super) async fn open(&self, port: u16) -> Result<Session, TunnelError> {
        self.open_within(PATIENCE, port).await
    }

    /// As [`Sdk::open`], with this much patience.
    async fn open_within(&self, patience: Duration, port: u16) -> Result<Session, TunnelError> {
        let opened = timeout(patience, self.connect(port)).await;
        opened.unwrap_or_else(|_| {
            let waited = patience.as_secs();
            Err(self.unreachable(format!("no answer within {waited} s")))
        })
    }

    async fn connect(&self, port: u16) -> Result<Session, TunnelError> {
        let (road, told) = Road::new(self.clone());
        // Whoever gives up here leaves nothing behind.
        let closing = Closing(road.clone());
        let connected = self.builder(road)?.connect().await;
        let session = connected.map_err(|error| self.named(&error))?;
        let to = format!("http://127.0.0.1:{port}");
        let to: Url = to
            .parse()
            .map_err(|_| self.refused("no URL to forward to"))?;
        let mut endpoint: HttpTunnelBuilder = session.http_endpoint();
        if let Some(domain) = &self.domain {
            endpoint.domain(domain);
        }
        let bound = endpoint.listen_and_forward(to).await;
        let forwarder = bound.map_err(|error| self.named_rpc(&error))?;
        let url = public(forwarder.url())
            .ok_or_else(|| self.refused("it gave a URL that is no public one"))?;
        Ok(Session {
            sdk: self.clone(),
            url,
            session,
            forwarder,
            told,
            _road: closing,
        })
    }

    fn builder(&self, road: Road) -> Result<SessionBuilder, TunnelError> {
        let mut builder = ngrok::Session::builder();
        builder.authtoken(self.authtoken.secret()).client_info(
            "switchboard",
            env!("CARGO_PKG_VERSION"),
            None::<String>,
        );
        if let Some(server) = &self.server {
            let named = builder.server_addr(server);
            named.map_err(|_| self.unreachable(format!("{SERVER} is not HOST:PORT")))?;
        }
        if let Some(roots) = &self.roots {
            let read = builder.root_cas(roots);
            read.map_err(|error| self.unreachable(format!("{ROOTS}, {roots}: {error}")))?;
        }
        let beats = road.clone();
        builder.handle_heartbeat(move |latency: Option<Duration>| {
            beats.beat(latency.is_some());
            // No value that is there already: the SDK's error cannot go to another thread.
            async { Ok(()) }
        });
        builder.connector(move |host, port, tls, ended| {
            let road = road.clone();
            async move { road.connect(host, port, tls, ended).await }
        });
        Ok(builder)
    }

    fn server(&self) -> &str {
        self.server.as_deref().unwrap_or(USUAL)
    }
}

impl Session {
    /// The base of the public URL, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until something is to be told of it, or it is gone. It keeps its URL.
    pub(super) async fn changed(&mut self) -> Change {
        tokio::select! {
            // What the road tells of the end says more than the end does.
            biased;
            Some(told) = self.told.recv() => match told {
                Told::Fault(error) => Change::Ended(error),
                Told::Said(text) => Change::Said(text),
            },
            ended = self.forwarder.join() => Change::Ended(self.sdk.ended(ended)),
        }
    }

    /// Ends it, with a word to the service: the URL is free at once.
    pub(super) async fn close(mut self) {
        let goodbye = async {
            let _ = self.forwarder.close().await;
            let _ = self.session.close().await;
        };
        let _ = timeout(END, goodbye).await;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It holds the tunnel, which says goodbye when it is dropped, if there still is a road.
        self.forwarder.join().abort();
    }
}

/// How the SDK's task ended that accepts connections.
type Ended = Result<Result<(), Box<dyn Error + Send + Sync>>, JoinError>;

#[cfg(test)]
mod tests;
