//! What `callback` takes: a payload for success, anything at all for failure.

use super::Response;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// The second argument of `callback(null, payload)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// `undefined` or `null`.
    Empty,
    /// A string.
    Text(String),
    /// Anything that is sent as JSON.
    Json(Value),
    /// JSON that is text already, and is sent as it is.
    JsonText(String),
    /// A TwiML object.
    Twiml(Twiml),
    /// A `Buffer`.
    Bytes(Bytes),
    /// A `Twilio.Response`.
    Response(Response),
}

impl Payload {
    /// `value` as JSON.
    ///
    /// # Errors
    ///
    /// When `value` cannot be written as JSON, as a map with keys that are no strings.
    pub fn json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(value).map(Payload::from)
    }
}

/// TwiML text, to be answered with the content type that Twilio wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twiml(String);

impl Twiml {
    /// TwiML from text such as `<Response><Message>Hi</Message></Response>`. It is sent as it is.
    pub fn new(xml: impl Into<String>) -> Self {
        Twiml(xml.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// The first argument of `callback(error)`, or what a handler threw. The answer is a 500.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// A string, number or boolean, as text.
    Text(String),
    /// An object, answered as its JSON.
    Json(Value),
    /// An `Error`: the caller is told `message`, the developer `details` as well.
    Error {
        /// `String(error)` in JavaScript; `Display` in Rust.
        message: String,
        /// The stack, or the chain of causes; may be empty.
        details: String,
    },
}

impl Failure {
    /// A Rust error with its chain of causes.
    pub fn from_error(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut details = String::new();
        let mut source = error.source();
        while let Some(cause) = source {
            if !details.is_empty() {
                details.push('\n');
            }
            details.push_str("caused by: ");
            details.push_str(&cause.to_string());
            source = cause.source();
        }
        Failure::Error {
            message: error.to_string(),
            details,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Text(text) => f.write_str(text),
            Failure::Json(value) => write!(f, "{value}"),
            Failure::Error { message, details } if details.is_empty() => f.write_str(message),
            Failure::Error { message, details } => write!(f, "{message}\n{details}"),
        }
    }
}

impl From<()> for Payload {
    fn from((): ()) -> Self {
        Payload::Empty
    }
}

impl From<&str> for Payload {
    fn from(text: &str) -> Self {
        Payload::Text(text.to_string())
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Payload::Text(text)
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Payload::Empty,
            Value::String(text) => Payload::Text(text),
            other => Payload::Json(other),
        }
    }
}

impl From<Twiml> for Payload {
    fn from(twiml: Twiml) -> Self {
        Payload::Twiml(twiml)
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Payload::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Payload::Bytes(bytes.into())
    }
}

impl From<Response> for Payload {
    fn from(response: Response) -> Self {
        Payload::Response(response)
    }
}

impl From<&mut Response> for Payload {
    /// So that a chain of setters can be handed over as it stands; the response is left empty.
    fn from(response: &mut Response) -> Self {
        Payload::Response(std::mem::take(response))
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Failure::Text(text.to_string())
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Failure::Text(text)
    }
}

impl From<Value> for Failure {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Failure::Text(text),
            Value::Object(_) | Value::Array(_) => Failure::Json(value),
            scalar => Failure::Text(scalar.to_string()),
        }
    }
}
