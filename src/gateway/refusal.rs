//! Every "no" in one place: what the caller is told, and what the developer is told.
//!
//! The caller gets what the cloud would send, as far as that is public; where it is not, a short
//! text that says whose it is. The reason is for the terminal and the journal alone.

use crate::asset::AssetFault;
use crate::config::Cloud;
use crate::event::BodyRejected;
use crate::node::NodeFault;
use crate::parity::ParityWarning;
use crate::response::answer::Answer;
use crate::signature::{self, Explanation};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use std::time::Duration;

/// Why a request is not served.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The request is no well-formed HTTP for an origin server.
    Malformed(&'static str),
    /// Too many or too long headers.
    HeadersTooLong { count: usize, bytes: usize },
    /// A method that the cloud does not support.
    Method(Method),
    /// A GET with a body.
    BodyOnGet,
    /// Neither host, nor path, nor a default names a service.
    NoService,
    /// The service has nothing on that path.
    NoRoute {
        service: String,
        hint: Option<String>,
    },
    /// A private function or asset.
    Private { shown: String },
    /// A protected function or asset without a valid signature.
    NotSigned(Box<Explanation>),
    /// The same, while another such refusal was being explained.
    NotSignedNotExplained(signature::Refusal),
    /// The body is over the limit.
    TooLarge { most: usize },
    /// The body did not arrive in time.
    Slow(Duration),
    /// The body had not arrived when the server was told to end.
    Stopping,
    /// The connection broke, or the body's framing is wrong.
    BodyBroken(String),
    /// The body is not what its type says.
    Body(BodyRejected),
    /// As many invocations as the cloud allows run already.
    Busy { most: usize },
    /// The function took too long.
    TimedOut(Duration),
    /// A Rust handler panicked.
    Panicked(String),
    /// The asset cannot be sent.
    Asset(AssetFault),
    /// A JavaScript function's process gave no answer.
    Node(NodeFault),
    /// It worked here; the cloud would have refused it, and that was asked for.
    Strict { status: u16, warning: ParityWarning },
}

/// Ends the texts that are ours, so that nobody takes them for Twilio's.
const OURS: &str = " (Switchboard's wording)";

impl Refusal {
    /// The answer, with the developer's explanation in its `fault`.
    pub(super) fn answer(&self, cloud: &Cloud) -> Answer {
        let (status, text) = self.told(cloud);
        let mut answer = Answer::plain(status, text);
        answer.fault = Some(self.explanation());
        if let Refusal::Malformed(_) = self {
            // What follows on the connection may be the rest of this request.
            let close = HeaderValue::from_static("close");
            answer.headers.push((header::CONNECTION, close));
        }
        answer
    }

    /// What the caller is told.
    fn told(&self, cloud: &Cloud) -> (StatusCode, String) {
        let (status, text) = match self {
            Refusal::HeadersTooLong { .. } => {
                // Source: Twilio docs, "Headers and cookies: limitations".
                return (
                    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "Request headers or cookies too long".to_string(),
                );
            }
            Refusal::TimedOut(_) => {
                // Source: Twilio docs, FAQ, for the words; whether they are the body is not known.
                return (
                    StatusCode::GATEWAY_TIMEOUT,
                    "runtime application timed out".to_string(),
                );
            }
            Refusal::Malformed(_) | Refusal::BodyBroken(_) => {
                (StatusCode::BAD_REQUEST, "Bad request")
            }
            Refusal::Method(_) => (cloud.method_status, "Method not supported"),
            Refusal::BodyOnGet => (StatusCode::FORBIDDEN, "Forbidden"),
            Refusal::NoService | Refusal::NoRoute { .. } | Refusal::Private { .. } => {
                (StatusCode::NOT_FOUND, "Not found")
            }
            Refusal::NotSigned(_) | Refusal::NotSignedNotExplained(_) => {
                (cloud.protected_status, "Forbidden")
            }
            Refusal::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "Request too large"),
            Refusal::Slow(_) => (StatusCode::REQUEST_TIMEOUT, "Request too slow"),
            Refusal::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "Stopping"),
            Refusal::Body(rejected) => (rejected.status(), "The body cannot be read"),
            Refusal::Busy { .. } => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Refusal::Panicked(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
            Refusal::Asset(AssetFault::NotFound | AssetFault::LeavesFolder(_)) => {
                (StatusCode::NOT_FOUND, "Not found")
            }
            Refusal::Asset(AssetFault::Unreadable(_)) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
            Refusal::Node(fault) => fault.told(),
            Refusal::Strict { status, .. } => {
                let status =
                    StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, "Refused as in the cloud")
            }
        };
        (status, format!("{text}{OURS}"))
    }

    /// What the developer is told: what happened, and what to do.
    fn explanation(&self) -> String {
        match self {
            Refusal::Malformed(why) => (*why).to_string(),
            Refusal::HeadersTooLong { count, bytes } => format!(
                "{count} headers of {bytes} bytes in all: over the cloud's limit (82008); [limits] \
                 in services.toml changes it"
            ),
            Refusal::Method(method) => format!(
                "{method} is not supported by the cloud: only GET, POST and OPTIONS reach a \
                 service (the status is not verified)"
            ),
            Refusal::BodyOnGet => {
                "a GET with a body: the cloud refuses it with 403; send the values in the query, \
                 or use POST"
                    .to_string()
            }
            Refusal::NoService => {
                "no service: neither the host nor the first path segment names one, and there is \
                 no default_service in services.toml"
                    .to_string()
            }
            Refusal::NoRoute { service, hint } => {
                let mut text = format!(
                    "no route: the service {service} has nothing on exactly this path (82001)"
                );
                if let Some(hint) = hint {
                    text.push_str("; ");
                    text.push_str(hint);
                }
                text
            }
            Refusal::Private { shown } => format!(
                "private: {shown} has no URL (82001); functions of its service reach it through \
                 Runtime"
            ),
            Refusal::NotSigned(explanation) => explanation.to_string(),
            Refusal::NotSignedNotExplained(refusal) => format!(
                "{refusal} (not explained, since another refusal was being explained: send it again \
                 alone)"
            ),
            Refusal::TooLarge { most } => format!(
                "the request is larger than {most} bytes, head included: the cloud's limit (the \
                 status is not verified); [limits] in services.toml changes it"
            ),
            Refusal::Slow(limit) => format!(
                "the request's body did not arrive within {} s",
                limit.as_secs()
            ),
            Refusal::Stopping => {
                "the server was told to end before the request's body had arrived".to_string()
            }
            Refusal::BodyBroken(why) => format!("the request's body broke off: {why}"),
            Refusal::Body(rejected) => rejected.to_string(),
            Refusal::Busy { most } => format!(
                "{most} invocations of this service run already: the cloud's limit; [limits] in \
                 services.toml changes it"
            ),
            Refusal::TimedOut(limit) => format!(
                "runtime application timed out after {} ms: did every path through the function \
                 call back? (82002)",
                limit.as_millis()
            ),
            Refusal::Panicked(message) => format!("the handler panicked: {message}"),
            Refusal::Asset(fault) => fault.to_string(),
            Refusal::Node(fault) => fault.to_string(),
            Refusal::Strict { warning, .. } => format!(
                "it worked here, and --strict refuses what the cloud would: {} [{}]",
                warning.text,
                warning.rule.name()
            ),
        }
    }
}
