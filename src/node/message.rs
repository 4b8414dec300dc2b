//! What a worker says, as the values that the rest of the server knows.

use super::wire::{self, Frame, Kind};
use crate::console::Level;
use crate::handler::Done;
use crate::lossy;
use crate::parity::{self, Load, ParityWarning, Rule};
use crate::response::{Body, Failure, Payload, Response, Twiml};
use crate::rest;
use bytes::Bytes;
use serde::Deserialize;
use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

/// How an invocation ended that has an answer.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What it called back with.
    pub(crate) done: Done,
    /// What the worker noticed that the cloud would take otherwise.
    pub(crate) warnings: Vec<ParityWarning>,
    /// What the function's files have loaded that the cloud may not have.
    pub(crate) loads: Vec<Load>,
}

/// One message of a worker's.
#[derive(Debug)]
pub(super) enum Said {
    /// It can take invocations.
    Ready { node: String },
    /// Something was printed by the invocation `id`, or by nobody known (0).
    Log { id: u32, level: Level, text: String },
    /// The invocation `id` has ended.
    Reply {
        id: u32,
        ended: Ended,
        /// How long it ran.
        time: Duration,
    },
    /// Files were loaded by the invocation `id`.
    Loaded {
        id: u32,
        loaded: Loaded,
        /// How long that took, if its handler begins now; else they were loaded while it ran.
        begins_after: Option<Duration>,
    },
    /// The process is about to end, and the invocation `id` (0: none) with it.
    Fatal { id: u32, how: String },
    /// News of its inspector.
    Inspector(Inspector),
    /// A client of the development account wants something of Twilio's REST API, by the invocation
    /// `id`, or by nobody known (0).
    Asked { id: u32, asked: Asked },
}

/// What a client asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Tells it apart from the process's other requests.
    pub(super) number: u32,
    /// The function's file.
    pub(super) by: String,
    pub(super) request: rest::Request,
}

/// What a worker tells of its inspector.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Inspector {
    /// It listens on this port of loopback.
    Listens { port: u16 },
    /// Functions can run: a debugger is there, or none is waited for.
    Released,
}

/// Files that a worker has loaded.
#[derive(Debug, Deserialize)]
pub(super) struct Loaded {
    /// The user's own files: path, time of change in ns since 1970, and length, as text.
    pub(super) files: Vec<(PathBuf, String, String)>,
    /// The files by which packages were entered.
    pub(super) packages: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct ReadyHead {
    node: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum FatalHead {
    Retired,
    Exit {
        code: i64,
        stack: String,
        by: Option<String>,
    },
}

/// What a reply says beside its body; nothing where a plain payload is the answer.
#[derive(Default, Deserialize)]
struct ReplyHead<'a> {
    how: Option<How>,
    #[serde(default, borrow)]
    warnings: Vec<(Cow<'a, str>, String)>,
    #[serde(default)]
    loads: Vec<Load>,
}

/// What was called back with, if not with a plain payload.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    /// A `Twilio.Response`.
    Response {
        status: u16,
        headers: Vec<(String, Vec<String>)>,
    },
    /// What was thrown, or called back with as an error. Without a body it is an `Error`.
    Failure {
        #[serde(default)]
        message: String,
        #[serde(default)]
        stack: String,
    },
}

/// What the body of a reply is.
#[derive(Clone, Copy)]
enum BodyKind {
    Empty,
    Text,
    Json,
    Twiml,
    Bytes,
}

impl BodyKind {
    /// The numbers of `bridge/payload.js`.
    fn from_flags(flags: u8) -> Option<Self> {
        Some(match flags {
            0 => BodyKind::Empty,
            1 => BodyKind::Text,
            2 => BodyKind::Json,
            3 => BodyKind::Twiml,
            4 => BodyKind::Bytes,
            _ => return None,
        })
    }
}

/// Reads a frame, or says what is wrong with it.
pub(super) fn read(frame: &Frame<'_>) -> Result<Said, String> {
    let invalid = |error: serde_json::Error| format!("{:?}: {error}", frame.kind);
    match frame.kind {
        Kind::Ready => {
            let ReadyHead { node } = serde_json::from_slice(frame.head()).map_err(invalid)?;
            Ok(Said::Ready { node })
        }
        Kind::Log => Ok(Said::Log {
            id: frame.id,
            level: match frame.flags {
                0 => Level::Info,
                1 => Level::Warning,
                _ => Level::Error,
            },
            text: text(frame.body()),
        }),
        Kind::Reply => {
            let head = match frame.head() {
                [] => ReplyHead::default(),
                head => serde_json::from_slice(head).map_err(invalid)?,
            };
            let kind = BodyKind::from_flags(frame.flags)
                .ok_or_else(|| format!("Reply: a body of the unknown kind {}", frame.flags))?;
            Ok(Said::Reply {
                id: frame.id,
                ended: ended(head, kind, frame.body()).map_err(invalid)?,
                time: frame.time,
            })
        }
        Kind::Loaded => serde_json::from_slice(frame.head())
            .map(|loaded| Said::Loaded {
                id: frame.id,
                loaded,
                begins_after: (frame.flags & wire::BEGINS != 0).then_some(frame.time),
            })
            .map_err(invalid),
        Kind::Fatal => {
            let head = serde_json::from_slice(frame.head()).map_err(invalid)?;
            Ok(Said::Fatal {
                id: frame.id,
                how: how(head),
            })
        }
        Kind::Inspector => serde_json::from_slice(frame.head())
            .map(Said::Inspector)
            .map_err(invalid),
        Kind::Asked => serde_json::from_slice(frame.head())
            .map(|asked| Said::Asked {
                id: frame.id,
                asked,
            })
            .map_err(invalid),
        Kind::Source | Kind::Setup | Kind::Invoke | Kind::Inspect | Kind::Answered => {
            Err(format!("{:?} is for workers", frame.kind))
        }
    }
}

fn how(head: FatalHead) -> String {
    match head {
        FatalHead::Retired => "it was replaced".to_string(),
        FatalHead::Exit { code, stack, by } => {
            let mut how = match by {
                Some(path) => {
                    format!("an earlier invocation of {path} called process.exit({code})")
                }
                None => format!("process.exit({code}) was called"),
            };
            if !stack.is_empty() {
                how.push('\n');
                how.push_str(&stack);
            }
            how
        }
    }
}

fn ended(head: ReplyHead<'_>, kind: BodyKind, body: &[u8]) -> serde_json::Result<Ended> {
    let done = match head.how {
        None => Done::Success(match kind {
            BodyKind::Empty => Payload::Empty,
            BodyKind::Text => Payload::Text(text(body)),
            BodyKind::Json => Payload::JsonText(text(body)),
            BodyKind::Twiml => Payload::Twiml(Twiml::new(text(body))),
            BodyKind::Bytes => Payload::Bytes(Bytes::copy_from_slice(body)),
        }),
        Some(How::Response { status, headers }) => {
            let body = match kind {
                BodyKind::Empty => Body::Empty,
                BodyKind::Text | BodyKind::Twiml => Body::Text(text(body)),
                BodyKind::Json => Body::JsonText(text(body)),
                BodyKind::Bytes => Body::Bytes(Bytes::copy_from_slice(body)),
            };
            Done::Success(Payload::Response(response(status, headers, body)))
        }
        Some(How::Failure { message, stack }) => Done::Failure(match kind {
            BodyKind::Empty => Failure::Error {
                message,
                details: stack,
            },
            BodyKind::Json => Failure::Json(serde_json::from_slice(body)?),
            BodyKind::Text | BodyKind::Twiml | BodyKind::Bytes => Failure::Text(text(body)),
        }),
    };
    Ok(Ended {
        done,
        warnings: read_warnings(head.warnings),
        loads: head.loads,
    })
}

fn response(status: u16, headers: Vec<(String, Vec<String>)>, body: Body) -> Response {
    let mut response = Response::new();
    response.set_status_code(status).set_body(body);
    for (name, values) in headers {
        for value in values {
            response.append_header(&name, value);
        }
    }
    response
}

fn read_warnings(told: Vec<(Cow<'_, str>, String)>) -> Vec<ParityWarning> {
    told.into_iter()
        .filter_map(|(rule, text)| {
            let rule = Rule::ALL.into_iter().find(|known| known.name() == rule)?;
            Some(match rule {
                Rule::EsModule => parity::es_module(&text),
                Rule::Typescript => parity::typescript(&text),
                rule => ParityWarning::new(rule, text),
            })
        })
        .collect()
}

/// JavaScript writes UTF-8 here, but halves of characters come as U+FFFD already.
fn text(bytes: &[u8]) -> String {
    lossy::text(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::wire::{self, decode};
    use serde_json::json;

    fn said(kind: Kind, flags: u8, head: &str, body: &str) -> Result<Said, String> {
        let mut out = Vec::new();
        wire::encode(&mut out, kind, 9, flags, head.as_bytes(), body.as_bytes());
        read(&decode(&out).unwrap().unwrap())
    }

    fn done(flags: u8, head: &str, body: &str) -> Done {
        match said(Kind::Reply, flags, head, body) {
            Ok(Said::Reply { id: 9, ended, .. }) => ended.done,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_kind_of_success() {
        for (flags, payload) in [
            (0, Payload::Empty),
            (1, "[1]".into()),
            (2, Payload::JsonText("[1]".into())),
            (3, Twiml::new("[1]").into()),
            (4, Payload::Bytes(Bytes::from_static(b"[1]"))),
        ] {
            for head in ["", "{}", r#"{"loads":[]}"#] {
                match done(flags, head, "[1]") {
                    Done::Success(got) => assert_eq!(got, payload, "{flags}"),
                    other => panic!("{flags}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_response_has_its_headers_in_order() {
        let head = r#"{"how":{"response":{"status":401,
            "headers":[["Set-Cookie",["a=1","b=2"]],["X",["1"]]]}}}"#;
        let Done::Success(Payload::Response(response)) = done(1, head, "no") else {
            panic!("no response");
        };
        let headers: Vec<_> = response
            .headers()
            .map(|(n, v)| format!("{n}: {v:?}"))
            .collect();
        assert_eq!(headers, [r#"Set-Cookie: ["a=1", "b=2"]"#, r#"X: ["1"]"#]);
        assert_eq!(response.status_code(), 401);
        assert_eq!(response.body(), &Body::Text("no".into()));
    }

    #[test]
    fn each_kind_of_failure() {
        let error = r#"{"how":{"failure":{"message":"Error: x","stack":"at a.js:1"}}}"#;
        for (flags, head, body, failure) in [
            (1, r#"{"how":{"failure":{}}}"#, "x", "x".into()),
            (
                2,
                r#"{"how":{"failure":{}}}"#,
                r#"{"a":1}"#,
                Failure::Json(json!({"a": 1})),
            ),
            (
                0,
                error,
                "",
                Failure::Error {
                    message: "Error: x".into(),
                    details: "at a.js:1".into(),
                },
            ),
        ] {
            match done(flags, head, body) {
                Done::Failure(got) => assert_eq!(got, failure, "{head}"),
                other => panic!("{head}: {other:?}"),
            }
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_kind() {
        for (kind, flags, head) in [
            (Kind::Reply, 0, "[]"),
            (Kind::Reply, 0, r#"{"how":"perhaps"}"#),
            (Kind::Reply, 5, ""),
            (Kind::Ready, 0, "[]"),
            (Kind::Loaded, 0, ""),
            (Kind::Fatal, 0, r#"{"kind":"boredom"}"#),
            (Kind::Inspector, 0, r#"{"kind":"listens","port":65536}"#),
            (
                Kind::Asked,
                0,
                r#"{"number":1,"by":"a","request":{"method":"GET"}}"#,
            ),
        ] {
            let refused = said(kind, flags, head, "").unwrap_err();
            assert!(refused.starts_with(&format!("{kind:?}: ")), "{refused}");
        }
    }
}
