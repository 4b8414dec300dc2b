//! `event.request`: the headers and cookies that a Function sees.

use super::headers::{self, Visible};
use super::{Event, cookie};
use http::HeaderName;
use http::header::COOKIE;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The view of a request that a Function gets. Nothing is kept: each call reads the headers anew,
/// so a Function that asks for none pays for none.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    event: &'a Event,
}

impl<'a> Request<'a> {
    pub(super) fn new(event: &'a Event) -> Self {
        Request { event }
    }

    /// The first value of a header, each byte of it as one character; `None` if it is absent or
    /// hidden from Functions. The case of `name` does not matter.
    pub fn header(self, name: &str) -> Option<Cow<'a, str>> {
        let name = HeaderName::try_from(name).ok()?;
        if headers::is_restricted(&name) {
            return None;
        }
        self.event.head.headers.get(&name).map(headers::text)
    }

    /// All visible headers: names in lower case; one value as a string, several as an array of
    /// strings in the order of their arrival.
    pub fn headers(self) -> Map<String, Value> {
        headers::visible(&self.event.head.headers)
    }

    /// All cookies: strings, and for values that start with `j:` what the JSON after it says.
    pub fn cookies(self) -> Map<String, Value> {
        let lines = self.event.head.headers.get_all(COOKIE);
        let lines: Vec<_> = lines.iter().map(headers::text).collect();
        cookie::parse(&lines.join("; "))
    }
}

/// `{headers, cookies}`.
impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = serializer.serialize_map(Some(2))?;
        request.serialize_entry("headers", &Visible(&self.event.head.headers))?;
        request.serialize_entry("cookies", &self.cookies())?;
        request.end()
    }
}
