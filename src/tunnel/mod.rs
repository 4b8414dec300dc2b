//! A public URL by an agent: a program of the user's that carries requests from the internet to the
//! service port.
//!
//! Nothing is installed and no account is asked for: an agent that runs already is found
//! ([`running`]), or an installed one is started and its log read for the URL. Built with the feature
//! `ngrok`, the program can be its own agent ([`Means`]).
//! What an agent prints is an outsider's: lines are bounded, a URL is checked before it is believed,
//! and nothing that can hold an authtoken is ever quoted.
//!
//! Sources: the agents' own logs and documents, named where they are read.

mod adopt;
mod cloudflared;
mod error;
mod lines;
mod means;
mod ngrok;
mod process;
#[cfg(feature = "ngrok")]
mod sdk;
mod url;

pub(crate) use adopt::running;
pub(crate) use error::TunnelError;
pub(crate) use means::{Means, Tunnel};
pub(crate) use ngrok::domain;

use std::ffi::OsString;

/// Which agent is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Agent {
    /// `ngrok http`, under this domain if there is one.
    Ngrok {
        /// See [`domain`].
        domain: Option<String>,
    },
    /// `cloudflared tunnel`, which gives a URL without an account.
    Cloudflared,
}

/// What became of a tunnel that was open.
#[derive(Debug)]
pub(crate) enum Change {
    /// It has another URL.
    Moved(String),
    /// It is gone.
    Ended(TunnelError),
    /// It has the URL of before; this is to be told.
    #[cfg(feature = "ngrok")]
    Said(String),
}

/// What a line of an agent's log says, as far as it matters.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// The tunnel is open under this URL.
    Url(String),
    /// It will not be.
    Fault(TunnelError),
    /// What went wrong, in words that may be shown; the agent goes on trying.
    Trouble(String),
}

impl Agent {
    /// The program's name.
    pub(crate) fn program(&self) -> &'static str {
        match self {
            Agent::Ngrok { .. } => "ngrok",
            Agent::Cloudflared => "cloudflared",
        }
    }

    /// What it is started with. Everybody on the machine can read it: no secret is in it, the
    /// agents have theirs from their own files and variables.
    fn arguments(&self, port: u16) -> Vec<OsString> {
        match self {
            Agent::Ngrok { domain } => ngrok::arguments(port, domain.as_deref()),
            Agent::Cloudflared => cloudflared::arguments(port),
        }
    }

    fn read(&self, line: &str) -> Option<Told> {
        match self {
            Agent::Ngrok { .. } => ngrok::read(line),
            Agent::Cloudflared => cloudflared::read(line),
        }
    }
}

#[cfg(test)]
mod tests;
