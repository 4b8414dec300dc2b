//! One exchange, whole: with both heads and both bodies.

use super::{RequestReport, milliseconds};
use crate::journal::{self, Exchange};
use crate::replay::Prepared;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

/// Whether the values of headers that are secrets are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Secrets {
    /// `(hidden)` stands in their place.
    #[default]
    Hidden,
    /// They are.
    Shown,
}

/// Stands for a value that is not told.
pub(super) const HIDDEN: &str = "(hidden)";

/// Headers that let their bearer in.
const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
];
/// Parts of the names of headers that people make for such. `x-twilio-signature` is none: it is
/// good for one request alone, and reading it is what one comes for.
const SECRET_WORDS: [&str; 5] = ["token", "secret", "password", "api-key", "apikey"];
/// Twilio's own that has such a part, and lets nobody in: it tells one request from the next.
const NO_SECRET: &str = "i-twilio-idempotency-token";

/// An exchange with heads and bodies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExchangeReport<'e> {
    /// What the list tells of it.
    #[serde(flatten)]
    pub told: RequestReport<'e>,
    /// The address that asked; `None` for one that was replayed here.
    pub peer: Option<String>,
    /// The number of the registry that answered.
    #[serde(default)]
    pub generation: u64,
    /// Where its time went.
    #[serde(default)]
    pub timeline: TimelineReport,
    /// The process that its function ran in, if it did.
    pub worker: Option<WorkerReport>,
    /// The request.
    pub request: SentReport,
    /// The answer.
    pub answer: AnswerReport,
}

/// Where the time of an exchange went, in milliseconds. What the parts leave of the total is the
/// server's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineReport {
    /// From the request's head until its body was there, or was refused.
    pub received_ms: f64,
    /// Its function waited for its turn; `None` where none was asked to run, as for the next two.
    pub queue_ms: Option<f64>,
    /// It waited for a process to start, or for its file to be loaded into one.
    pub cold_start_ms: Option<f64>,
    /// Its handler ran.
    pub run_ms: Option<f64>,
    /// From the request's head to the answer.
    pub total_ms: f64,
}

/// A Node process of a service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerReport {
    /// Counts the workers of the service, from 1.
    pub number: u64,
    /// Its process.
    pub pid: u32,
    /// Which version of the service's files it has loaded, from 1.
    pub generation: u64,
}

impl TimelineReport {
    fn new(exchange: &Exchange) -> Self {
        let journal::Timeline { received, run } = exchange.timeline;
        TimelineReport {
            received_ms: milliseconds(received),
            queue_ms: run.map(|run| milliseconds(run.queued)),
            cold_start_ms: run.map(|run| milliseconds(run.cold)),
            run_ms: run.map(|run| milliseconds(run.ran)),
            total_ms: milliseconds(exchange.duration),
        }
    }
}

impl From<journal::WorkerTaken> for WorkerReport {
    fn from(worker: journal::WorkerTaken) -> Self {
        WorkerReport {
            number: worker.number,
            pid: worker.pid,
            generation: worker.generation,
        }
    }
}

/// Names and values in the order of their arrival.
pub type Headers = Vec<(String, String)>;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentReport {
    /// The method.
    pub method: String,
    /// Path and query as received, or the whole URL of one sent elsewhere.
    pub target: String,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: BodyReport,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerReport {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body; empty for an asset, which is streamed.
    pub body: BodyReport,
}

/// A body: as text if it is UTF-8, else in base64.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyReport {
    /// Its length.
    pub bytes: usize,
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// In base64, where it is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl<'e> ExchangeReport<'e> {
    /// The exchange of that number.
    pub fn new(number: u64, exchange: &'e Exchange, secrets: Secrets) -> Self {
        let request = &exchange.request;
        ExchangeReport {
            told: RequestReport::new(number, exchange),
            peer: exchange.peer.map(|peer| peer.to_string()),
            generation: exchange.generation,
            timeline: TimelineReport::new(exchange),
            worker: exchange
                .timeline
                .run
                .and_then(|run| run.worker)
                .map(WorkerReport::from),
            request: SentReport {
                method: request.method.to_string(),
                target: request.uri.to_string(),
                headers: headers(&request.headers, secrets),
                body: BodyReport::new(&exchange.request_body),
            },
            answer: AnswerReport::new(exchange.status, &exchange.headers, &exchange.body, secrets),
        }
    }
}

/// All headers; a value that is no UTF-8 has U+FFFD in it.
fn headers(headers: &HeaderMap, secrets: Secrets) -> Headers {
    let pairs = headers.iter().map(|(name, value)| {
        let hidden = secrets == Secrets::Hidden && is_secret(name.as_str());
        let value = match hidden {
            true => HIDDEN.to_string(),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.to_string(), value)
    });
    pairs.collect()
}

/// Whether the value of such a header is told to who asks for secrets alone. `name` is in lower case.
pub(crate) fn is_secret(name: &str) -> bool {
    let made = SECRET_WORDS.iter().any(|word| name.contains(word));
    SECRET_HEADERS.contains(&name) || (made && name != NO_SECRET)
}

impl AnswerReport {
    /// These parts of one.
    pub fn new(status: StatusCode, answered: &HeaderMap, body: &Bytes, secrets: Secrets) -> Self {
        AnswerReport {
            status: status.as_u16(),
            headers: headers(answered, secrets),
            body: BodyReport::new(body),
        }
    }
}

impl SentReport {
    /// A request that was sent again.
    pub fn new(sent: &Prepared, secrets: Secrets) -> Self {
        SentReport {
            method: sent.method.to_string(),
            target: sent.target.clone(),
            headers: headers(&sent.headers, secrets),
            body: BodyReport::new(&sent.body),
        }
    }
}

impl BodyReport {
    /// These bytes.
    pub fn new(body: &[u8]) -> Self {
        let (text, base64) = match std::str::from_utf8(body) {
            Ok(text) => (Some(text.to_string()), None),
            Err(_) => (None, Some(STANDARD.encode(body))),
        };
        BodyReport {
            bytes: body.len(),
            text,
            base64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_its_bearer_in_is_hidden() {
        for (name, hidden) in [
            ("authorization", true),
            ("set-cookie", true),
            ("access_token", true),
            ("x-api-key", true),
            ("x-twilio-signature", false),
            ("i-twilio-idempotency-token", false),
            ("x-idempotency-token-secret", true),
            ("content-type", false),
        ] {
            let mut map = HeaderMap::new();
            map.insert(name, http::HeaderValue::from_static("v"));
            let value = if hidden { HIDDEN } else { "v" };
            let told = vec![(name.to_string(), value.to_string())];
            assert_eq!(headers(&map, Secrets::Hidden), told);
            assert_eq!(headers(&map, Secrets::Shown)[0].1, "v");
        }
    }

    #[test]
    fn a_body_is_text_where_it_can_be() {
        let text = serde_json::to_string(&BodyReport::new("<b>\u{2028}".as_bytes())).unwrap();
        assert_eq!(text, "{\"bytes\":6,\"text\":\"<b>\u{2028}\"}");
        let bytes = serde_json::to_string(&BodyReport::new(&[0xff, 0])).unwrap();
        assert_eq!(bytes, r#"{"bytes":2,"base64":"/wA="}"#);
    }
}
