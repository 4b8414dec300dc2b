//! Why there is no tunnel: a name for each cause, and what to do about it.

#[cfg(feature = "ngrok")]
use super::sdk::SdkError;
use std::time::Duration;

/// Why there is no tunnel, or none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TunnelError {
    /// The agent is not installed.
    #[error("no program `{program}` on PATH")]
    NoProgram { program: &'static str },
    /// It is, but does not start.
    #[error("`{program}` cannot be started: {why}")]
    NotStarted { program: &'static str, why: String },
    /// ngrok has no authtoken, or one that ngrok does not take.
    #[error("ngrok has no valid authtoken ({code})")]
    NoToken { code: String },
    /// The URL, or the only session of the account, is in use by another agent.
    #[error("the tunnel is taken by another agent ({code}): {why}")]
    Taken { code: String, why: String },
    /// The agent's service said no.
    #[error("`{program}` was refused: {why}")]
    Refused { program: &'static str, why: String },
    /// It started and told no URL.
    #[error("`{program}` told no URL within {} s{}", .waited.as_secs(), behind(.trouble))]
    Silent {
        program: &'static str,
        waited: Duration,
        /// The last that it said went wrong; empty where it said nothing.
        trouble: String,
    },
    /// It ended.
    #[error("`{program}` ended ({how}){}", behind(.trouble))]
    Died {
        program: &'static str,
        how: String,
        /// The last that it said went wrong; empty where it said nothing.
        trouble: String,
    },
    /// What no program has to do with.
    #[cfg(feature = "ngrok")]
    #[error(transparent)]
    Sdk(#[from] SdkError),
}

fn behind(trouble: &str) -> String {
    match trouble {
        "" => String::new(),
        trouble => format!("; the last that it said: {trouble}"),
    }
}

impl TunnelError {
    /// Whether another attempt can end otherwise: who has no token now will have none in a second.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            TunnelError::Taken { .. } | TunnelError::Silent { .. } | TunnelError::Died { .. } => {
                true
            }
            TunnelError::NoProgram { .. }
            | TunnelError::NotStarted { .. }
            | TunnelError::NoToken { .. }
            | TunnelError::Refused { .. } => false,
            #[cfg(feature = "ngrok")]
            TunnelError::Sdk(error) => error.may_pass(),
        }
    }

    /// What to do.
    pub(crate) fn help(&self) -> String {
        match self {
            TunnelError::NoProgram { program } => format!(
                "install it ({}), or start any tunnel yourself and pass --public-url URL",
                match *program {
                    "ngrok" => "https://ngrok.com/download",
                    _ => {
                        "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads"
                    }
                }
            ),
            TunnelError::NotStarted { program, .. } => {
                format!("try `{program} --version` in this terminal")
            }
            TunnelError::NoToken { .. } => "get one at \
                https://dashboard.ngrok.com/get-started/your-authtoken and put it into the variable \
                NGROK_AUTHTOKEN, or run `ngrok config add-authtoken TOKEN`"
                .to_string(),
            TunnelError::Taken { .. } => "stop the other agent, name another domain with \
                --ngrok=DOMAIN, or point it to this port: then it is found at the start"
                .to_string(),
            TunnelError::Refused { .. } => {
                "look the code or the words up with the agent's maker; or start any tunnel yourself \
                 and pass --public-url URL"
                    .to_string()
            }
            TunnelError::Silent { program, .. } | TunnelError::Died { program, .. } => format!(
                "is the network up, and may `{program}` pass the firewall? Or start any tunnel \
                 yourself and pass --public-url URL"
            ),
            #[cfg(feature = "ngrok")]
            TunnelError::Sdk(error) => error.help(),
        }
    }
}
