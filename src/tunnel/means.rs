//! By what a tunnel is opened, and what is open then: a program that was started, or the SDK inside of
//! this process.

#[cfg(feature = "ngrok")]
use super::sdk::{self, Sdk};
use super::{Agent, Change, TunnelError, process::Started};

/// By what a tunnel is opened.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// An installed program.
    Program(Agent),
    /// ngrok's SDK.
    #[cfg(feature = "ngrok")]
    Sdk(Sdk),
}

/// An open tunnel. Dropping it ends it.
#[derive(Debug)]
pub(crate) enum Tunnel {
    /// A program's.
    Program(Started),
    /// This process's own.
    #[cfg(feature = "ngrok")]
    Sdk(sdk::Session),
}

impl Means {
    /// By what the tunnel of `agent` is opened: for ngrok the SDK, if it is built in and the
    /// environment has an authtoken for it. An installed program may know one from its own file.
    #[cfg(feature = "ngrok")]
    pub(crate) fn of(agent: Agent) -> Self {
        Means::with(agent, sdk::Authtoken::of_environment())
    }

    /// By what the tunnel of `agent` is opened.
    #[cfg(not(feature = "ngrok"))]
    pub(crate) fn of(agent: Agent) -> Self {
        Means::Program(agent)
    }

    /// As [`Means::of`], where the environment has that authtoken.
    #[cfg(feature = "ngrok")]
    pub(super) fn with(agent: Agent, authtoken: Option<sdk::Authtoken>) -> Self {
        match (agent, authtoken) {
            (Agent::Ngrok { domain }, Some(authtoken)) => Means::Sdk(Sdk::new(authtoken, domain)),
            (agent, _) => Means::Program(agent),
        }
    }

    /// What is to be said of the choice once the tunnel is open, where it is not the obvious one.
    pub(crate) fn note(&self) -> Option<&'static str> {
        match self {
            Means::Program(Agent::Ngrok { .. }) if cfg!(feature = "ngrok") => Some(
                "the installed `ngrok` opened the tunnel: NGROK_AUTHTOKEN is not set, which the \
                 built-in SDK needs",
            ),
            _ => None,
        }
    }

    /// Opens the tunnel and waits for its URL.
    ///
    /// # Errors
    ///
    /// When there is none within 20 s, or will be none.
    pub(crate) async fn open(&self, port: u16) -> Result<Tunnel, TunnelError> {
        match self {
            Means::Program(agent) => {
                let started = Started::open(agent.clone(), port).await;
                #[cfg(feature = "ngrok")]
                let started = started.map_err(|error| match error {
                    TunnelError::NoProgram { program: "ngrok" } => sdk::SdkError::NoToken.into(),
                    other => other,
                });
                started.map(Tunnel::Program)
            }
            #[cfg(feature = "ngrok")]
            Means::Sdk(sdk) => sdk.open(port).await.map(Tunnel::Sdk),
        }
    }
}

impl Tunnel {
    /// The base of the public URL, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        match self {
            Tunnel::Program(started) => started.url(),
            #[cfg(feature = "ngrok")]
            Tunnel::Sdk(session) => session.url(),
        }
    }

    /// Waits until it has another URL, or is gone, or something is to be told of it.
    pub(crate) async fn changed(&mut self) -> Change {
        match self {
            Tunnel::Program(started) => started.changed().await,
            #[cfg(feature = "ngrok")]
            Tunnel::Sdk(session) => session.changed().await,
        }
    }

    /// Ends it, with a word to its service: the next one would find the URL taken.
    pub(crate) async fn close(self) {
        match self {
            Tunnel::Program(started) => started.close().await,
            #[cfg(feature = "ngrok")]
            Tunnel::Sdk(session) => session.close().await,
        }
    }
}
