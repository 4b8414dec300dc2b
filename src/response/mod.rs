//! What a function answers with: [`Response`], the other kinds of [`Payload`], and what the cloud
//! makes of them on the wire ([`answer`]).
//!
//! Own code, since imitating this to the byte is what the project exists for. Pure: no clock, no
//! sockets; everything that matters is passed in.

pub mod answer;
mod cookie;
mod cookie_date;
mod headers;
mod payload;

pub use payload::{Failure, Payload, Twiml};

use bytes::Bytes;
use serde_json::Value;

/// `Twilio.Response`: a status, headers and a body. Setters can be chained.
///
/// Source: Twilio docs, "Function execution"; details as runtime-handler's `internal/response.ts`.
///
/// ```
/// use switchboard::Response;
/// let mut response = Response::new();
/// response
///     .set_status_code(401)
///     .set_body("Unauthorized")
///     .append_header("WWW-Authenticate", "Bearer realm=\"Access to read salaries\"");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    status: u16,
    headers: Vec<(String, Vec<String>)>,
    body: Body,
}

/// The body of a [`Response`].
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None was set.
    #[default]
    Empty,
    /// Text, sent as UTF-8.
    Text(String),
    /// Sent as compact JSON.
    Json(Value),
    /// JSON that is text already, and is sent as it is.
    JsonText(String),
    /// Bytes, sent as they are (a `Buffer` in JavaScript).
    Bytes(Bytes),
}

/// The key under which cookies are kept, whatever case they were appended with.
const SET_COOKIE: &str = "Set-Cookie";

impl Default for Response {
    fn default() -> Self {
        Response::new()
    }
}

impl Response {
    /// Status 200, no body, no headers.
    pub fn new() -> Self {
        Response {
            status: 200,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// Sets the status. Not checked here, as in Twilio's: a number that is no final HTTP status
    /// makes the answer a 500.
    pub fn set_status_code(&mut self, status: u16) -> &mut Self {
        self.status = status;
        self
    }

    /// Sets the body: text, JSON or bytes.
    pub fn set_body(&mut self, body: impl Into<Body>) -> &mut Self {
        self.body = body.into();
        self
    }

    /// Replaces all headers, cookies too.
    pub fn set_headers<'a>(
        &mut self,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> &mut Self {
        self.headers.clear();
        for (name, value) in headers {
            self.append_header(name, value);
        }
        self
    }

    /// Adds a value to a header. Names are kept as written and compared case-sensitively, but for
    /// `Set-Cookie`; two values under one name leave as two lines.
    pub fn append_header(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        let name = if name.eq_ignore_ascii_case(SET_COOKIE) {
            SET_COOKIE
        } else {
            name
        };
        match self.headers.iter_mut().find(|(key, _)| key == name) {
            Some((_, values)) => values.push(value.into()),
            None => self.headers.push((name.to_string(), vec![value.into()])),
        }
        self
    }

    /// Adds a cookie with these attributes (such as `Max-Age=60`), nothing encoded.
    ///
    /// The cloud adds `HttpOnly`, `Secure` and its own `Domain`, and refuses a life of more than
    /// 24 hours.
    pub fn set_cookie(&mut self, name: &str, value: &str, attributes: &[&str]) -> &mut Self {
        let mut cookie = format!("{name}={value}");
        for attribute in attributes {
            cookie.push(';');
            cookie.push_str(attribute);
        }
        self.append_header(SET_COOKIE, cookie)
    }

    /// Drops the cookies set under `name` so far and tells the browser to forget it.
    pub fn remove_cookie(&mut self, name: &str) -> &mut Self {
        let prefix = format!("{name}=");
        if let Some((_, cookies)) = self.headers.iter_mut().find(|(key, _)| key == SET_COOKIE) {
            cookies.retain(|cookie| !cookie.starts_with(&prefix));
        }
        self.append_header(SET_COOKIE, format!("{name}=;Max-Age=0"))
    }

    /// The status as set.
    pub fn status_code(&self) -> u16 {
        self.status
    }

    /// The body as set.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The headers in the order in which they were first set, each with its values.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.headers
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Body::Text(text.to_string())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Body::Text(text)
    }
}

impl From<Value> for Body {
    /// A JSON string is text and `null` is no body, as in JavaScript.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Body::Empty,
            Value::String(text) => Body::Text(text),
            other => Body::Json(other),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body::Bytes(bytes.into())
    }
}

impl From<Twiml> for Body {
    fn from(twiml: Twiml) -> Self {
        Body::Text(twiml.into_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(response: &Response) -> Vec<(String, Vec<String>)> {
        response
            .headers()
            .map(|(name, values)| (name.to_string(), values.to_vec()))
            .collect()
    }

    #[test]
    fn names_differ_by_case_but_for_set_cookie() {
        let mut response = Response::new();
        response
            .append_header("X-A", "1")
            .append_header("x-a", "2")
            .append_header("X-A", "3")
            .append_header("set-cookie", "a=1")
            .append_header("SET-COOKIE", "b=2");
        assert_eq!(
            headers(&response),
            [
                ("X-A".into(), vec!["1".into(), "3".into()]),
                ("x-a".into(), vec!["2".into()]),
                ("Set-Cookie".into(), vec!["a=1".into(), "b=2".into()]),
            ] as [(String, Vec<String>); 3]
        );
    }

    #[test]
    fn a_removed_cookie_leaves_its_death_notice_alone() {
        let mut response = Response::new();
        response
            .set_cookie("a", "1", &["Max-Age=60", "Path=/"])
            .set_cookie("ab", "2", &[])
            .remove_cookie("a");
        assert_eq!(
            headers(&response),
            [(
                "Set-Cookie".to_string(),
                vec!["ab=2".to_string(), "a=;Max-Age=0".to_string()]
            )]
        );
    }

    #[test]
    fn set_headers_replaces_what_was_there() {
        let mut response = Response::new();
        response
            .append_header("a", "1")
            .set_cookie("c", "1", &[])
            .set_headers([("b", "2"), ("b", "3")]);
        assert_eq!(
            headers(&response),
            [("b".to_string(), vec!["2".to_string(), "3".to_string()])]
        );
    }
}
