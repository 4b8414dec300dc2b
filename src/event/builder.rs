//! Events made by hand, for tests of handlers and for other users of the library.

use super::object::in_javascript_order;
use super::{Event, RequestHead};
use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::{Map, Value};
use std::fmt::Write;
use std::sync::Arc;

/// Makes an [`Event`]; start with [`Event::builder`].
#[derive(Debug, Default)]
pub struct EventBuilder {
    parameters: Map<String, Value>,
    headers: HeaderMap,
    cookies: String,
    invalid: Option<InvalidEvent>,
}

/// Why an event cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvent {
    /// No request can carry the header.
    #[error("{0:?} cannot be the name of a header, or its value holds a control character")]
    Header(String),
    /// No request can carry the cookie.
    #[error("{0:?} cannot be the name of a cookie: letters, digits and !#$%&'*+-.^_`|~ can")]
    Cookie(String),
}

impl EventBuilder {
    /// Adds a parameter as query or body would; a later one of the same name replaces it.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Adds a header; one that is there already gets a further value.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            _ => self.reject(InvalidEvent::Header(name.to_string())),
        }
        self
    }

    /// Adds a cookie to the `Cookie` header, its value percent-encoded.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        // RFC 6265: a cookie's name is a token, and so is a header's.
        if HeaderName::try_from(name).is_err() {
            self.reject(InvalidEvent::Cookie(name.to_string()));
            return self;
        }
        let separator = if self.cookies.is_empty() { "" } else { "; " };
        let value =
            percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        // Writing to a `String` cannot fail.
        let _ = write!(self.cookies, "{separator}{name}={value}");
        self
    }

    /// The event: a `POST` to `/` with these parameters, headers and cookies.
    ///
    /// # Errors
    ///
    /// The first header or cookie that no request can carry.
    pub fn build(mut self) -> Result<Event, InvalidEvent> {
        if !self.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.cookies);
            self = self.header(COOKIE.as_str(), &cookies);
        }
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        let head = RequestHead {
            method: Method::POST,
            uri: Uri::default(),
            headers: self.headers,
        };
        Ok(Event {
            head: Arc::new(head),
            parameters: Some(Arc::new(in_javascript_order(self.parameters))),
        })
    }

    fn reject(&mut self, invalid: InvalidEvent) {
        self.invalid.get_or_insert(invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_built_reads_as_if_it_had_arrived() {
        let event = Event::builder()
            .parameter("b", json!([1]))
            .parameter("1", "x")
            .header("X-A", "1")
            .header("x-a", "2")
            .cookie("Session", "a b;c")
            .cookie("j", "é")
            .build()
            .unwrap();
        let expected = json!({
            "1": "x",
            "request": {
                "headers": {"x-a": ["1", "2"], "cookie": "Session=a%20b%3Bc; j=%C3%A9"},
                "cookies": {"Session": "a b;c", "j": "é"},
            },
            "b": [1],
        });
        assert_eq!(event.to_json().to_string(), expected.to_string());
        assert_eq!(event.request().header("X-a").as_deref(), Some("1"));
    }

    #[test]
    fn what_no_request_can_carry_is_refused() {
        let cookie = Event::builder().cookie("a;b", "").header("é", "").build();
        assert_eq!(cookie.unwrap_err(), InvalidEvent::Cookie("a;b".into()));
        let header = Event::builder().header("a", "b\nc").build();
        assert_eq!(header.unwrap_err(), InvalidEvent::Header("a".into()));
    }
}
