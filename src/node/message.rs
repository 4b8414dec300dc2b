//! What a worker says, as the values that the rest of the server knows.

use super::wire::{self, Frame, Kind};
use crate::console::Level;
use crate::handler::Done;
use crate::parity::{self, Load, ParityWarning, Rule};
use crate::response::{Body, Failure, Payload, Response, Twiml};
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

#[derive(Deserialize)]
#[serde(tag = "done", rename_all = "lowercase")]
enum ReplyHead<'a> {
    Success {
        payload: PayloadKind,
        #[serde(default)]
        status: u16,
        #[serde(default)]
        headers: Vec<(String, Vec<String>)>,
        #[serde(default)]
        body: BodyKind,
        #[serde(default, borrow)]
        warnings: Vec<(Cow<'a, str>, String)>,
        #[serde(default)]
        loads: Vec<Load>,
    },
    Failure {
        kind: FailureKind,
        #[serde(default)]
        message: String,
        #[serde(default)]
        stack: String,
        #[serde(default, borrow)]
        warnings: Vec<(Cow<'a, str>, String)>,
        #[serde(default)]
        loads: Vec<Load>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum PayloadKind {
    Empty,
    Text,
    Json,
    Twiml,
    Bytes,
    Response,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BodyKind {
    #[default]
    Empty,
    Text,
    Json,
    Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FailureKind {
    Text,
    Json,
    Error,
}

/// Reads a frame, or says what is wrong with it.
pub(super) fn read(frame: &Frame) -> Result<Said, String> {
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
            let head = serde_json::from_slice(frame.head()).map_err(invalid)?;
            Ok(Said::Reply {
                id: frame.id,
                ended: ended(head, frame.body()).map_err(invalid)?,
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
        Kind::Source | Kind::Setup | Kind::Invoke | Kind::Inspect => {
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

fn ended(head: ReplyHead<'_>, body: &[u8]) -> serde_json::Result<Ended> {
    Ok(match head {
        ReplyHead::Success {
            payload,
            status,
            headers,
            body: body_kind,
            warnings,
            loads,
        } => {
            let payload = match payload {
                PayloadKind::Empty => Payload::Empty,
                PayloadKind::Text => Payload::Text(text(body)),
                PayloadKind::Json => Payload::JsonText(text(body)),
                PayloadKind::Twiml => Payload::Twiml(Twiml::new(text(body))),
                PayloadKind::Bytes => Payload::Bytes(Bytes::copy_from_slice(body)),
                PayloadKind::Response => Payload::Response(response(
                    status,
                    headers,
                    match body_kind {
                        BodyKind::Empty => Body::Empty,
                        BodyKind::Text => Body::Text(text(body)),
                        BodyKind::Json => Body::JsonText(text(body)),
                        BodyKind::Bytes => Body::Bytes(Bytes::copy_from_slice(body)),
                    },
                )),
            };
            Ended {
                done: Done::Success(payload),
                warnings: read_warnings(warnings),
                loads,
            }
        }
        ReplyHead::Failure {
            kind,
            message,
            stack,
            warnings,
            loads,
        } => {
            let failure = match kind {
                FailureKind::Text => Failure::Text(text(body)),
                FailureKind::Json => Failure::Json(serde_json::from_slice(body)?),
                FailureKind::Error => Failure::Error {
                    message,
                    details: stack,
                },
            };
            Ended {
                done: Done::Failure(failure),
                warnings: read_warnings(warnings),
                loads,
            }
        }
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
                rule => ParityWarning::new(rule, text),
            })
        })
        .collect()
}

/// JavaScript writes UTF-8 here, but halves of characters come as U+FFFD already.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::wire::{self, decode};
    use bytes::BytesMut;
    use serde_json::json;

    fn said(kind: Kind, head: &str, body: &str) -> Result<Said, String> {
        let mut out = Vec::new();
        wire::encode(&mut out, kind, 9, 0, head.as_bytes(), body.as_bytes());
        read(&decode(&mut BytesMut::from(&out[..])).unwrap().unwrap())
    }

    fn done(head: &str, body: &str) -> Done {
        match said(Kind::Reply, head, body) {
            Ok(Said::Reply { id: 9, ended, .. }) => ended.done,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_kind_of_success() {
        for (head, payload) in [
            (r#"{"done":"success","payload":"empty"}"#, Payload::Empty),
            (r#"{"done":"success","payload":"text"}"#, "[1]".into()),
            (
                r#"{"done":"success","payload":"json"}"#,
                Payload::JsonText("[1]".into()),
            ),
            (
                r#"{"done":"success","payload":"twiml"}"#,
                Twiml::new("[1]").into(),
            ),
            (
                r#"{"done":"success","payload":"bytes"}"#,
                Payload::Bytes(Bytes::from_static(b"[1]")),
            ),
        ] {
            match done(head, "[1]") {
                Done::Success(got) => assert_eq!(got, payload, "{head}"),
                other => panic!("{head}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_response_has_its_headers_in_order() {
        let head = r#"{"done":"success","payload":"response","status":401,
            "headers":[["Set-Cookie",["a=1","b=2"]],["X",["1"]]],"body":"text"}"#;
        let Done::Success(Payload::Response(response)) = done(head, "no") else {
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
        for (head, body, failure) in [
            (r#"{"done":"failure","kind":"text"}"#, "x", "x".into()),
            (
                r#"{"done":"failure","kind":"json"}"#,
                r#"{"a":1}"#,
                Failure::Json(json!({"a": 1})),
            ),
            (
                r#"{"done":"failure","kind":"error","message":"Error: x","stack":"at a.js:1"}"#,
                "",
                Failure::Error {
                    message: "Error: x".into(),
                    details: "at a.js:1".into(),
                },
            ),
        ] {
            match done(head, body) {
                Done::Failure(got) => assert_eq!(got, failure, "{head}"),
                other => panic!("{head}: {other:?}"),
            }
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_kind() {
        for (kind, head) in [
            (Kind::Reply, "{}"),
            (Kind::Reply, r#"{"done":"perhaps"}"#),
            (Kind::Ready, "[]"),
            (Kind::Loaded, ""),
            (Kind::Fatal, r#"{"kind":"boredom"}"#),
            (Kind::Inspector, r#"{"kind":"listens","port":65536}"#),
        ] {
            let refused = said(kind, head, "").unwrap_err();
            assert!(refused.starts_with(&format!("{kind:?}: ")), "{refused}");
        }
    }
}
