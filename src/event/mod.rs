//! How a request becomes the `event` that a Function sees.
//!
//! `event` is `{request: {headers, cookies}, ...query, ...body}`, as in JavaScript, where the
//! later wins and the place of the first stays. Pure: it takes what the gateway has read. The
//! hot path is a request without query and body, which costs one more reference to its head;
//! headers and cookies are read when they are asked for.
//!
//! The local runtime handler leaves the work to npm packages, which the cloud's observed answers
//! agree with; their results are reproduced here, each package in a module of its own that names
//! its source, and compared with the originals in `tests/it/event.rs`.
//!
//! # Differences from the originals
//!
//! All that are known; the comparison holds exactly these.
//!
//! | class | here | there | reason |
//! | --- | --- | --- | --- |
//! | `lone-surrogate` | `"\ud800"` in JSON becomes U+FFFD, but for JavaScript functions | kept | no Rust text holds half a character |
//! | `depth` | JSON nested deeper than [`json::MAX_DEPTH`]: 400; in a cookie: text | read | bounds the stack wherever the value goes |
//! | `infinite-cookie` | the cookie `j:1e400` stays text | the number Infinity | JSON, and so the value, has none |
//! | `compressed` | `gzip` and `deflate` bodies: 415 | inflated | no caller compresses; nothing to bound |
//! | `utf-7` | 415 | read | RFC 8259 excludes it |
//! | `raw-a0` | a raw byte A0 in the URL is kept | trimmed at the end of the URL | `url.parse` takes it for a space |
//!
//! Numbers are as JavaScript prints them: 1e400 in a body is `null`, −0 is 0. (`headers` names two
//! faults of the runtime handler itself that are not copied.)
//!
//! Source: runtime-handler 2.1.0, `route.ts` (`constructEvent`), `server.ts`; express 4.22.3.

mod body;
mod builder;
mod charset;
mod cookie;
pub mod form;
mod headers;
pub mod json;
mod media_type;
mod object;
mod percent;
mod query;
mod request;
mod text;

pub use body::BodyRejected;
pub use builder::{EventBuilder, InvalidEvent};
pub use request::Request;
pub(crate) use text::EventText;

use bytes::Bytes;
use form::FormPairs;
use http::{HeaderMap, Method, Uri};
use object::in_javascript_order;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock};

static NO_PARAMETERS: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// The name of the one property that is no parameter.
const REQUEST: &str = "request";

/// What arrived before the body. Shared by all who keep it, hence never changed.
#[derive(Clone, Debug)]
pub struct RequestHead {
    /// The method.
    pub method: Method,
    /// The request target: path and query.
    pub uri: Uri,
    /// All headers, the restricted ones included.
    pub headers: HeaderMap,
}

/// What a Function is called with. Cheap to clone.
///
/// ```
/// use switchboard::Event;
///
/// let event = Event::builder().parameter("From", "+15005550006").build()?;
/// assert_eq!(event.text("From"), Some("+15005550006"));
/// # Ok::<(), switchboard::event::InvalidEvent>(())
/// ```
#[derive(Clone, Debug)]
pub struct Event {
    head: Arc<RequestHead>,
    /// In JavaScript's order.
    parameters: Option<Arc<Map<String, Value>>>,
}

impl Event {
    /// Reads a request. `body` is the whole body, whose size the gateway has bounded.
    ///
    /// # Errors
    ///
    /// The body says it is a form or JSON, and cannot be read as such.
    pub fn from_request(head: Arc<RequestHead>, body: &Bytes) -> Result<Event, BodyRejected> {
        Event::from_read(head, body, None)
    }

    /// As [`Event::from_request`], with what [`form::pairs`] has read of the body where that was done.
    pub(crate) fn from_read(
        head: Arc<RequestHead>,
        body: &Bytes,
        form: Option<FormPairs>,
    ) -> Result<Event, BodyRejected> {
        let parameters = body::parameters(&head.headers, body, form)?;
        Ok(Event::with_query(head, parameters))
    }

    /// The event of a request whose body has given `parameters`.
    fn with_query(head: Arc<RequestHead>, mut parameters: Map<String, Value>) -> Event {
        if let Some(text) = head.uri.query().filter(|query| !query.is_empty()) {
            parameters = overlay(query_parameters(text), parameters);
        }
        let parameters =
            (!parameters.is_empty()).then(|| Arc::new(in_javascript_order(parameters)));
        Event { head, parameters }
    }

    /// Starts an event without a request, for tests of handlers.
    pub fn builder() -> EventBuilder {
        EventBuilder::default()
    }

    /// The parameter `name`, from body or query.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.parameters().get(name)
    }

    /// The parameter `name` if it is text, as all from a form are, and all from a query whose
    /// name comes once and without brackets.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// All parameters of query and body, in the order in which JavaScript lists them; the body
    /// wins.
    pub fn parameters(&self) -> &Map<String, Value> {
        self.parameters.as_deref().unwrap_or(&NO_PARAMETERS)
    }

    /// The headers and cookies; a parameter called `request` does not hide them here.
    pub fn request(&self) -> Request<'_> {
        Request::new(self)
    }

    /// The whole event as JavaScript sees it. A parameter called `request` takes the place of
    /// headers and cookies, as it does in the runtime handler.
    pub fn to_json(&self) -> Value {
        // Nothing in it can fail: all names are texts.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// As [`Event::to_json`], without a value in between: it is written for each call of a JavaScript
/// function (`EventText`).
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parameters = self.parameters();
        let mut event = serializer.serialize_map(None)?;
        let is_index = |name: &String| object::array_index(name).is_some();
        let indices = parameters.keys().take_while(|name| is_index(name)).count();
        for (name, value) in parameters.iter().take(indices) {
            event.serialize_entry(name, value)?;
        }
        // Its place is the first one even where a parameter gives the value.
        match parameters.get(REQUEST) {
            Some(parameter) => event.serialize_entry(REQUEST, parameter)?,
            None => event.serialize_entry(REQUEST, &self.request())?,
        }
        for (name, value) in parameters.iter().skip(indices) {
            if name != REQUEST {
                event.serialize_entry(name, value)?;
            }
        }
        event.end()
    }
}

/// Node takes a URL's bytes for characters; only a raw non-ASCII character shows it.
fn query_parameters(text: &str) -> Map<String, Value> {
    if text.is_ascii() {
        query::parse(text)
    } else {
        query::parse(&headers::latin1(text.as_bytes()))
    }
}

/// `{...under, ...over}`: values of `over`, places of `under`.
fn overlay(mut under: Map<String, Value>, over: Map<String, Value>) -> Map<String, Value> {
    under.extend(over);
    under
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::{CONTENT_TYPE, HOST};
    use serde_json::json;

    fn event(uri: &'static str, content_type: &'static str, body: &'static str) -> Event {
        let headers = [(CONTENT_TYPE, content_type), (HOST, "example.com")];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let head = RequestHead {
            method: Method::POST,
            uri: Uri::from_static(uri),
            headers: HeaderMap::from_iter(headers),
        };
        Event::from_request(Arc::new(head), &Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[test]
    fn the_body_wins_over_the_query_in_the_querys_place() {
        let event = event(
            "/?a=1&b=2&3=4",
            "application/json",
            r#"{"c":true,"a":5,"0":6}"#,
        );
        assert_eq!(
            event.to_json().to_string(),
            json!({
                "0": 6,
                "3": "4",
                "request": {"headers": {"content-type": "application/json"}, "cookies": {}},
                "a": 5,
                "b": "2",
                "c": true,
            })
            .to_string()
        );
        assert_eq!((event.text("b"), event.text("a")), (Some("2"), None));
        assert_eq!(event.get("a"), Some(&json!(5)));
    }

    #[test]
    fn a_parameter_called_request_takes_its_place() {
        let event = event("/?a=1&request=x", "text/plain", "");
        assert_eq!(event.to_json().to_string(), r#"{"request":"x","a":"1"}"#);
        let header = event.request().header("Content-Type");
        assert_eq!(header.as_deref(), Some("text/plain"));
        assert_eq!(event.request().header("host"), None);
    }

    #[test]
    fn a_request_without_query_and_body_keeps_nothing() {
        let event = event("/a?", "application/json", "");
        assert!(event.parameters.is_none());
        assert!(event.parameters().is_empty());
    }

    #[test]
    fn raw_characters_in_the_url_are_bytes_to_node() {
        let uri = Uri::try_from("/?é=1".as_bytes()).unwrap();
        assert_eq!(
            query_parameters(uri.query().unwrap()),
            *json!({"Ã©": "1"}).as_object().unwrap()
        );
    }
}
