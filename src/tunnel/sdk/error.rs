//! The SDK's errors by the names that this program has for them.

use super::super::ngrok::fault;
use super::super::url::quotable;
use super::{Ended, Sdk};
use crate::tunnel::TunnelError;
use ngrok::Error as _;
use ngrok::session::{ConnectError, RpcError};
use ngrok::tunnel::AcceptError;
use std::error::Error;

/// Why there is no tunnel, where no program has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SdkError {
    /// Neither does the environment have an authtoken, nor is there a program that may know one.
    #[error(
        "ngrok needs an authtoken: NGROK_AUTHTOKEN is not set, and there is no program `ngrok` on PATH"
    )]
    NoToken,
    /// ngrok does not take the one that there is.
    #[error("ngrok does not take the authtoken in NGROK_AUTHTOKEN ({code})")]
    TokenRefused { code: String },
    /// The service did not answer, or somebody else did.
    #[error("ngrok's service at {server} cannot be reached: {why}")]
    Unreachable { server: String, why: String },
    /// It did, and the tunnel is gone all the same.
    #[error("the tunnel to ngrok's service has ended: {why}")]
    Ended { why: String },
}

impl SdkError {
    /// Whether another attempt can end otherwise.
    pub(in crate::tunnel) fn may_pass(&self) -> bool {
        match self {
            SdkError::Unreachable { .. } | SdkError::Ended { .. } => true,
            SdkError::NoToken | SdkError::TokenRefused { .. } => false,
        }
    }

    /// What to do.
    pub(in crate::tunnel) fn help(&self) -> String {
        match self {
            SdkError::NoToken => "get one at \
                https://dashboard.ngrok.com/get-started/your-authtoken and put it into the variable \
                NGROK_AUTHTOKEN; or have ngrok's agent know it: install it (https://ngrok.com/download); \
                or start any tunnel yourself and pass --public-url URL"
                .to_string(),
            SdkError::TokenRefused { .. } => "copy it anew from \
                https://dashboard.ngrok.com/get-started/your-authtoken; or unset NGROK_AUTHTOKEN: an \
                installed `ngrok` is started then, which may know another"
                .to_string(),
            SdkError::Unreachable { .. } => "is the network up, may this program pass the firewall, \
                and does nothing on the way answer in its place, as a proxy that reads TLS does? Or \
                start any tunnel yourself and pass --public-url URL"
                .to_string(),
            SdkError::Ended { .. } => "start again; or start any tunnel yourself and pass \
                --public-url URL"
                .to_string(),
        }
    }
}

impl Sdk {
    /// Why the session did not come to be.
    pub(super) fn named(&self, error: &ConnectError) -> TunnelError {
        match error {
            ConnectError::Auth(rpc) | ConnectError::Rebind(rpc) => self.named_rpc(rpc),
            other => self.unreachable(chain(other)),
        }
    }

    /// Why the service did not do what it was asked for.
    pub(super) fn named_rpc(&self, error: &RpcError) -> TunnelError {
        match error {
            RpcError::Response(_) => self.refusal(&error.msg(), error.error_code()),
            other => self.unreachable(chain(other)),
        }
    }

    /// Why the tunnel is no more.
    pub(super) fn ended(&self, ended: Ended) -> TunnelError {
        let why = match ended {
            Ok(Err(error)) => match accept_error(&*error) {
                Some(AcceptError::ListenerClosed {
                    message,
                    error_code,
                }) => return self.refusal(message, error_code.as_deref()),
                Some(AcceptError::Reconnect(error)) => return self.named(error),
                _ => chain(&*error),
            },
            Ok(Ok(())) => "it was closed".to_string(),
            Err(error) => error.to_string(),
        };
        let why = quotable(&self.authtoken.hidden_in(&why));
        SdkError::Ended { why }.into()
    }

    /// A refusal in the service's own words.
    fn refusal(&self, message: &str, code: Option<&str>) -> TunnelError {
        let message = self.authtoken.hidden_in(message);
        let code = match code {
            Some(code) => code,
            None if message.contains("ERR_NGROK_") => "",
            None => return self.refused(&message),
        };
        match fault(&format!("{message}\n{code}")) {
            TunnelError::NoToken { code } => SdkError::TokenRefused { code }.into(),
            other => other,
        }
    }

    /// A refusal without a code.
    pub(super) fn refused(&self, why: &str) -> TunnelError {
        let why = quotable(&self.authtoken.hidden_in(why));
        TunnelError::Refused {
            program: "ngrok",
            why: match why.as_str() {
                "" => "it did not say why".to_string(),
                _ => why,
            },
        }
    }

    /// There is nobody to ask, for this reason.
    pub(super) fn unreachable(&self, why: String) -> TunnelError {
        let server = self.server().to_string();
        let why = quotable(&self.authtoken.hidden_in(&why));
        SdkError::Unreachable { server, why }.into()
    }
}

/// The error with all that is behind it, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let more = error.to_string();
        // Some say what the one behind them says.
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        next = error.source();
    }
    text.lines().collect::<Vec<_>>().join(" ")
}

/// The SDK puts it into an error of `std::io`.
fn accept_error<'a>(error: &'a (dyn Error + Send + Sync + 'static)) -> Option<&'a AcceptError> {
    let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    inner.downcast_ref()
}
