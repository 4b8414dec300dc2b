//! Events as text, for those who read JSON themselves.
//!
//! The process of a JavaScript function reads its event with `JSON.parse`. Where the body is a JSON
//! object, what stands between its braces follows the properties of request and query as it is: for
//! `JSON.parse`, too, the later of two properties wins and the place of the first stays. To make
//! values of it and to write them again took most of the time of a large body, and lost halves of
//! surrogate pairs.

use super::form::FormPairs;
use super::{BodyRejected, Event, RequestHead, body};
use bytes::Bytes;
use std::sync::Arc;

/// What a JavaScript function is called with.
#[derive(Clone, Debug)]
pub(crate) struct EventText {
    /// All but the members.
    event: Event,
    /// Members of a JSON object, with the commas between them.
    members: Bytes,
}

impl EventText {
    /// Reads a request, as [`Event::from_request`]. `form` is what [`form::pairs`](super::form::pairs)
    /// has read of the body where that was done.
    pub(crate) fn from_read(
        head: Arc<RequestHead>,
        body: &Bytes,
        form: Option<FormPairs>,
    ) -> Result<Self, BodyRejected> {
        let (parameters, members) = body::parameters_and_members(&head.headers, body, form)?;
        let event = Event::with_query(head, parameters);
        Ok(EventText { event, members })
    }

    /// Appends it to `out`, as JSON.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        // Into memory, and all names are texts: it cannot fail.
        let _ = serde_json::to_writer(&mut *out, &self.event);
        if !self.members.is_empty() {
            // It is an object, and never empty: `request` is there.
            out.pop();
            out.push(b',');
            out.extend_from_slice(&self.members);
            out.push(b'}');
        }
    }
}

/// Of a call that no request was behind.
#[cfg(test)]
impl From<Event> for EventText {
    fn from(event: Event) -> Self {
        EventText {
            event,
            members: Bytes::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{CONTENT_TYPE, HOST};
    use http::{HeaderMap, HeaderValue, Method, Uri};

    fn head(uri: &'static str, content_type: &'static str) -> Arc<RequestHead> {
        let headers = [(CONTENT_TYPE, content_type), (HOST, "example.com")];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        Arc::new(RequestHead {
            method: Method::POST,
            uri: Uri::from_static(uri),
            headers: HeaderMap::from_iter(headers),
        })
    }

    fn written(uri: &'static str, content_type: &'static str, body: &'static [u8]) -> String {
        let body = Bytes::from_static(body);
        let text = EventText::from_read(head(uri, content_type), &body, None).unwrap();
        let mut out = Vec::new();
        text.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_members_of_a_json_body_come_as_they_are() {
        let request = r#""request":{"headers":{"content-type":"application/json"},"cookies":{}}"#;
        for (uri, body, expected) in [
            ("/", "{}", format!("{{{request}}}")),
            (
                "/?a=1&b=2",
                " { \"a\" : 1.50, \"\\ud800\":[] }\n",
                format!(r#"{{{request},"a":"1","b":"2","a" : 1.50, "\ud800":[]}}"#),
            ),
            (
                "/?request=x",
                r#"{"request":"y"}"#,
                r#"{"request":"x","request":"y"}"#.to_string(),
            ),
            // What JSON cannot carry on, as values have it.
            ("/", r#"{"a":1e400}"#, format!(r#"{{{request},"a":null}}"#)),
            (
                "/?1=a",
                r#"["x"]"#,
                format!(r#"{{"0":"x","1":"a",{request}}}"#),
            ),
        ] {
            assert_eq!(written(uri, "application/json", body.as_bytes()), expected);
        }
        let sixteen = b"{\x00\"\x00a\x00\"\x00:\x001\x00}\x00";
        let sixteen = written("/", "application/json; charset=utf-16le", sixteen);
        assert!(sixteen.ends_with(r#","a":1}"#), "{sixteen}");
        let marked = written("/", "application/json", b"\xef\xbb\xbf{\"a\":\"\xff\"}");
        assert!(marked.ends_with(",\"a\":\"\u{fffd}\"}"), "{marked}");
    }

    #[test]
    fn other_bodies_are_as_in_events() {
        for (content_type, body) in [
            ("application/x-www-form-urlencoded", "a=1&a=2"),
            ("text/plain", "a=1"),
            ("application/json", ""),
        ] {
            let body = Bytes::from_static(body.as_bytes());
            let event = Event::from_request(head("/?q=1", content_type), &body).unwrap();
            let mut expected = Vec::new();
            EventText::from(event.clone()).write(&mut expected);
            assert_eq!(expected, event.to_json().to_string().into_bytes());
            let mut out = Vec::new();
            let text = EventText::from_read(head("/?q=1", content_type), &body, None).unwrap();
            text.write(&mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn what_is_refused_is_refused_with_the_same_words() {
        for body in ["{", "[", "1", "{\"a\":1,}"] {
            let body = Bytes::from_static(body.as_bytes());
            let head = || head("/", "application/json");
            let text = EventText::from_read(head(), &body, None).unwrap_err();
            assert_eq!(text, Event::from_request(head(), &body).unwrap_err());
        }
    }
}
