//! What the cloud sends for what a function called back with.
//!
//! Sources: the header order, the octet-stream default, `x-shenanigans` and the security headers
//! are those of the responses printed in Twilio's "Protect your Function with JSON Web Token" and
//! "with Basic Auth" (2021). That the two security headers are absent from the 401 fits nginx's
//! `add_header` without `always`, so they go with the statuses that nginx lists for it. Bodies and
//! types that no public source settles follow the defaults of `docs/parity.md` and are marked
//! "not verified" in a parity warning.

use super::headers::{self, Fate};
use super::{Body, Failure, Payload, Response, SET_COOKIE, cookie};
use crate::parity::{Bound, ParityWarning, Rule};
use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::time::SystemTime;

/// `callback(null, 'text')`: **utf8** without the dash, as captured.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf8");
/// JSON, without a charset, as captured.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// A `Response` that sets no type, as captured.
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// TwiML objects (not verified: runtime-handler sends `text/xml`).
const XML: HeaderValue = HeaderValue::from_static("text/xml");

/// The statuses on which nginx's `add_header` acts without `always`.
const NGINX_ADDS_HEADERS: [u16; 10] = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];

/// What an answer depends on beside the payload.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    /// The host under which the caller reached the function, without a port: cookies belong to it.
    pub host: &'a str,
    /// The time, for the life of cookies.
    pub now: SystemTime,
    /// The largest body in bytes, if limited.
    pub body_bytes: Option<usize>,
    /// The largest sum of header names and values in bytes, if limited.
    pub header_bytes: Option<usize>,
    /// The greatest number of header lines, if limited.
    pub header_count: Option<usize>,
}

/// An answer that may leave, and what the developer should know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The content type, if any; it leaves first.
    pub content_type: Option<HeaderValue>,
    /// The function's own headers, in the order in which they leave.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
    /// What would go otherwise in the cloud, or is not known to go so.
    pub warnings: Vec<ParityWarning>,
    /// Why it is an error, in full, where it is one.
    pub fault: Option<String>,
}

impl Answer {
    fn new(status: StatusCode, content_type: Option<HeaderValue>, body: impl Into<Bytes>) -> Self {
        Answer {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
            warnings: Vec::new(),
            fault: None,
        }
    }

    fn not_verified(mut self, what: &str) -> Self {
        self.warnings.push(ParityWarning::new(
            Rule::NotVerified,
            format!("{what}: no public source says what the cloud answers"),
        ));
        self
    }

    /// An answer in plain text that is ours and not a function's: `status` and a short `text`.
    pub fn plain(status: StatusCode, text: impl Into<Bytes>) -> Self {
        Answer::new(status, Some(HeaderValue::from_static("text/plain")), text)
    }

    /// The headers in the order in which the cloud sends them: date, type, length, the function's
    /// own, `x-shenanigans`, and the security headers where nginx adds them.
    pub fn header_map(&self, date: HeaderValue) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.headers.len() + 6);
        map.insert(header::DATE, date);
        if let Some(content_type) = &self.content_type {
            map.insert(header::CONTENT_TYPE, content_type.clone());
        }
        if !bodiless(self.status) {
            map.insert(header::CONTENT_LENGTH, number(self.body.len()));
        }
        for (name, value) in &self.headers {
            map.append(name, value.clone());
        }
        map.insert(SHENANIGANS, HeaderValue::from_static("none"));
        if NGINX_ADDS_HEADERS.contains(&self.status.as_u16()) {
            map.insert(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            );
            map.insert(
                header::X_XSS_PROTECTION,
                HeaderValue::from_static("1; mode=block"),
            );
        }
        map
    }
}

/// The value as JSON. Not by way of `Display`, which hands each piece of it to a formatter.
fn json(value: &Value) -> Bytes {
    serde_json::to_vec(value)
        .expect("the keys of a value are texts, and memory takes what is written")
        .into()
}

/// In one allocation, where `HeaderValue`'s own way from a number takes two.
fn number(number: usize) -> HeaderValue {
    let mut digits = itoa::Buffer::new();
    HeaderValue::from_str(digits.format(number)).unwrap_or_else(|_| number.into())
}

/// The same frame around an asset's headers. Whether the cloud's asset servers send `x-shenanigans`
/// is not known; its edge sends it elsewhere.
pub fn framed(date: HeaderValue, headers: Vec<(HeaderName, HeaderValue)>) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(headers.len() + 2);
    map.insert(header::DATE, date);
    map.extend(headers);
    map.insert(SHENANIGANS, HeaderValue::from_static("none"));
    map
}

const SHENANIGANS: HeaderName = HeaderName::from_static("x-shenanigans");

/// Statuses that never have a body.
fn bodiless(status: StatusCode) -> bool {
    status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}

/// The answer to `callback(null, payload)`.
pub fn success(payload: Payload, conditions: &Conditions<'_>) -> Answer {
    let ok = StatusCode::OK;
    let answer = match payload {
        Payload::Empty => Answer::new(ok, None, Bytes::new()),
        Payload::Text(text) => Answer::new(ok, Some(TEXT), text),
        Payload::Json(value @ (Value::Object(_) | Value::Array(_))) => {
            Answer::new(ok, Some(JSON), json(&value))
        }
        Payload::Json(scalar) => Answer::new(ok, Some(JSON), json(&scalar))
            .not_verified("a number or boolean was called back"),
        Payload::JsonText(text) if text.starts_with(['{', '[']) => {
            Answer::new(ok, Some(JSON), text)
        }
        Payload::JsonText(scalar) => Answer::new(ok, Some(JSON), scalar)
            .not_verified("a number, boolean or date was called back"),
        Payload::Twiml(twiml) => Answer::new(ok, Some(XML), twiml.into_string()),
        Payload::Bytes(bytes) => {
            Answer::new(ok, Some(OCTETS), bytes).not_verified("a Buffer was called back")
        }
        Payload::Response(response) => from_response(response, conditions),
    };
    within_limits(answer, conditions)
}

/// The answer to `callback(error)` or to a throw: 500 with the error as text.
pub fn failure(failure: &Failure, conditions: &Conditions<'_>) -> Answer {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let mut answer = match failure {
        Failure::Text(text) => Answer::new(status, Some(TEXT), text.clone()),
        Failure::Error { message, .. } => Answer::new(status, Some(TEXT), message.clone()),
        Failure::Json(value) => Answer::new(status, Some(JSON), json(value)),
    }
    .not_verified("the body of a 500");
    answer.fault = Some(failure.to_string());
    within_limits(answer, conditions)
}

fn from_response(response: Response, conditions: &Conditions<'_>) -> Answer {
    let Response {
        status,
        headers: set,
        body,
    } = response;
    // 1xx is no final answer; what the cloud makes of such a number is not public.
    let status = match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => {
            return Unsendable::Invalid(format!("RangeError: Invalid status code: {status}"))
                .answer();
        }
    };
    let (default_type, body) = match body {
        Body::Empty => (None, Bytes::new()),
        Body::Text(text) => (Some(OCTETS), text.into()),
        Body::Json(value) => (Some(JSON), json(&value)),
        Body::JsonText(text) => (Some(JSON), text.into()),
        Body::Bytes(bytes) => (Some(OCTETS), bytes),
    };
    let mut answer = Answer::new(status, None, body);
    if let Err(unsendable) = take_headers(&mut answer, &set, conditions) {
        return unsendable.answer();
    }
    if answer.content_type.is_none() {
        warn_of_default_type(&mut answer);
        answer.content_type = default_type;
    }
    if bodiless(status) {
        answer.content_type = None;
        answer.body = Bytes::new();
    }
    answer
}

/// Moves the headers that a function set into the answer, or says why there can be none.
fn take_headers(
    answer: &mut Answer,
    set: &[(String, Vec<String>)],
    conditions: &Conditions<'_>,
) -> Result<(), Unsendable> {
    for (key, values) in set {
        let name = match headers::name(key).map_err(Unsendable::Invalid)? {
            Fate::Sent(name) => name,
            Fate::Dropped(warning) => {
                answer.warnings.push(warning);
                continue;
            }
        };
        for text in values {
            let rewritten;
            let text = if key == SET_COOKIE {
                rewritten = cookie::rewrite(text, conditions.host, conditions.now)
                    .map_err(|cookie::TooLong| Unsendable::CookieTooLong(text.clone()))?;
                &rewritten
            } else {
                text
            };
            let value = headers::value(key, text).map_err(Unsendable::Invalid)?;
            if name == header::CONTENT_TYPE {
                answer.content_type = Some(value);
            } else if name == header::CONTENT_LENGTH {
                warn_of_wrong_length(answer, text);
            } else if !gateway_adds(&name, answer.status) {
                answer.headers.push((name.clone(), value));
            }
        }
    }
    Ok(())
}

/// Whether the gateway adds this header to an answer of this status: then it is sent once.
fn gateway_adds(name: &HeaderName, status: StatusCode) -> bool {
    (name == header::X_CONTENT_TYPE_OPTIONS || name == header::X_XSS_PROTECTION)
        && NGINX_ADDS_HEADERS.contains(&status.as_u16())
}

fn warn_of_default_type(answer: &mut Answer) {
    let body = answer.body.trim_ascii_start();
    let twiml = [b"<?xml".as_slice(), b"<Response"];
    let (rule, text) = match body.first() {
        Some(b'<') if twiml.iter().any(|start| body.starts_with(start)) => (
            Rule::TwimlContentType,
            "the body is TwiML, and the Response sets no Content-Type: it is sent as \
             application/octet-stream, which Twilio refuses to read (12300); append Content-Type: \
             text/xml, or call back with the TwiML object itself",
        ),
        Some(b'<') => (Rule::NoContentType, LIKE_HTML),
        Some(b'{' | b'[') => (Rule::NoContentType, LIKE_JSON),
        _ => return,
    };
    answer.warnings.push(ParityWarning::new(rule, text));
}

const LIKE_HTML: &str = "the body looks like HTML, and the Response sets no Content-Type: it is sent \
                         as application/octet-stream, which a browser downloads; append the header";
const LIKE_JSON: &str = "the body looks like JSON, and the Response sets no Content-Type: it is sent \
                         as application/octet-stream; append the header";

fn warn_of_wrong_length(answer: &mut Answer, text: &str) {
    if text.trim().parse() != Ok(answer.body.len()) {
        answer.warnings.push(ParityWarning::new(
            Rule::HeaderDropped,
            format!(
                "the function set Content-Length to {text:?}, the body has {} bytes; the true \
                 length is sent",
                answer.body.len()
            ),
        ));
    }
}

/// Why a `Response` cannot be sent as the function made it.
enum Unsendable {
    /// No HTTP: a status or a header that Node refuses, in Node's words.
    Invalid(String),
    /// This cookie would live for more than a day.
    CookieTooLong(String),
}

impl Unsendable {
    fn answer(self) -> Answer {
        match self {
            Unsendable::Invalid(fault) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let mut answer = Answer::new(status, Some(TEXT), fault.clone())
                    .not_verified("the body of a 500");
                answer.fault = Some(fault);
                answer
            }
            // Source: Twilio docs, "Headers and cookies: limitations" (status and text).
            Unsendable::CookieTooLong(cookie) => {
                let text = "Cookies max-age cannot be greater than a day";
                let mut answer = Answer::plain(StatusCode::BAD_REQUEST, text);
                let name = cookie.split('=').next().unwrap_or_default();
                answer.fault = Some(format!(
                    "{text}: shorten Max-Age or Expires of the cookie {name:?}"
                ));
                answer
            }
        }
    }
}

/// The limits on what leaves. The statuses are not verified: any 5xx logs 82002.
fn within_limits(answer: Answer, conditions: &Conditions<'_>) -> Answer {
    let lines = answer.headers.len();
    let bytes: usize = answer
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if conditions.header_count.is_some_and(|most| lines > most)
        || conditions.header_bytes.is_some_and(|most| bytes > most)
    {
        let text = "Response headers or cookies too long";
        let mut refused = Answer::plain(StatusCode::INTERNAL_SERVER_ERROR, text);
        refused.fault = Some(format!(
            "{text}: {lines} headers of {bytes} bytes in all (82008)"
        ));
        return refused.not_verified("the status for response headers over the limit");
    }
    let body = answer.body.len();
    if let Some(most) = conditions.body_bytes
        && body > most
    {
        let text = "Response too large";
        let mut refused = Answer::plain(StatusCode::INTERNAL_SERVER_ERROR, text);
        refused.fault = Some(format!(
            "{text}: {body} bytes, the cloud sends at most {most}"
        ));
        return refused.not_verified("the status for a response over the limit");
    }
    let mut answer = answer;
    answer.warnings.extend(
        [
            Bound::RESPONSE.judge(body, conditions.body_bytes),
            Bound::RESPONSE_HEADER_BYTES.judge(bytes, conditions.header_bytes),
            Bound::RESPONSE_HEADERS.judge(lines, conditions.header_count),
        ]
        .into_iter()
        .flatten(),
    );
    answer
}

#[cfg(test)]
mod tests;
