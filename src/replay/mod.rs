//! An exchange asked again: its request with some parts changed, and signed anew.
//!
//! A signature covers the URL and the form, so that an edited request with the old one would be
//! refused; whoever replays means the request that Twilio would send. Pure: what is sent where is
//! the console's business.

mod parameters;

use crate::event::{RequestHead, form};
use crate::media_type::{self, FORM};
use crate::signature::{self, Signer, body_sha256};
use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HeaderName, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Uri};
use parameters::edited;
use serde::{Deserialize, Serialize};

/// What belonged to the connection and not to the request, or is computed anew.
const DROPPED: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// What is to be different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Edits {
    /// Another method.
    pub method: Option<String>,
    /// Another path and query, as in a request's first line.
    pub target: Option<String>,
    /// Another body.
    pub body: Option<String>,
    /// Parameters of the form, or else of the query, that are set or replaced. Those of one name
    /// replace all that there are of it.
    pub set: Vec<(String, String)>,
    /// Names of parameters that go, from the form and from the query.
    pub remove: Vec<String>,
    /// Headers that are set or replaced; one with an empty value goes.
    pub headers: Vec<(String, String)>,
}

/// Why the edits cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Not a method.
    #[error("`{0}` is no method")]
    Method(String),
    /// Not a header.
    #[error("`{0}` is no header: its name or its value has characters that no header may have")]
    Header(String),
    /// Parameters are set in what is no form.
    #[error("the body is no form, so that no parameter can be set in it: give a whole body")]
    NoForm,
    /// The parts do not make a request target.
    #[error("the edited path and query make no URL")]
    Target,
}

/// A request that can be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers, without `Content-Length`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Prepared {
    /// The request with `head` and `body`, as `edits` change it; unsigned.
    ///
    /// # Errors
    ///
    /// When the edits do not fit.
    pub fn new(head: &RequestHead, body: &Bytes, edits: &Edits) -> Result<Self, EditError> {
        let method = match &edits.method {
            Some(text) => Method::from_bytes(text.to_ascii_uppercase().as_bytes())
                .map_err(|_| EditError::Method(text.clone()))?,
            None => head.method.clone(),
        };
        let target = match &edits.target {
            Some(text) if !text.starts_with('/') => return Err(EditError::Target),
            Some(text) => text.as_str(),
            None => head.uri.path_and_query().map_or("/", |t| t.as_str()),
        };
        let mut this = Prepared {
            method,
            target: target.to_string(),
            headers: head.headers.clone(),
            body: match &edits.body {
                Some(body) => Bytes::from(body.clone()),
                None => body.clone(),
            },
        };
        for name in &DROPPED {
            this.headers.remove(name);
        }
        this.headers.remove(&signature::HEADER);
        this.edit_headers(&edits.headers)?;
        if this.has_no_body() {
            this.body_to_query();
        }
        this.edit_parameters(edits)?;
        this.target.parse::<Uri>().map_err(|_| EditError::Target)?;
        Ok(this)
    }

    fn edit_headers(&mut self, edits: &[(String, String)]) -> Result<(), EditError> {
        let mut set = Vec::with_capacity(edits.len());
        for (name, value) in edits {
            let wrong = || EditError::Header(name.clone());
            let name = HeaderName::try_from(name.as_str()).map_err(|_| wrong())?;
            let value = HeaderValue::try_from(value.as_str()).map_err(|_| wrong())?;
            self.headers.remove(&name);
            set.push((name, value));
        }
        for (name, value) in set {
            if !value.is_empty() && !DROPPED.contains(&name) {
                self.headers.append(name, value);
            }
        }
        Ok(())
    }

    fn has_no_body(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// A GET has no body: the fields of a form go where a GET has them, anything else goes.
    fn body_to_query(&mut self) {
        if self.is_form() {
            let body = std::mem::take(&mut self.body);
            let (path, query) = split(&self.target);
            let set: Vec<_> = form::pairs(&body);
            self.target = join(path, &edited(query, &set, &[]));
        }
        self.body = Bytes::new();
        self.headers.remove(CONTENT_TYPE);
    }

    fn edit_parameters(&mut self, edits: &Edits) -> Result<(), EditError> {
        let (path, query) = split(&self.target);
        if self.has_no_body() {
            self.target = join(path, &edited(query, &edits.set, &edits.remove));
            return Ok(());
        }
        self.target = join(path, &edited(query, &[], &edits.remove));
        if self.body.is_empty() && !edits.set.is_empty() {
            let form = HeaderValue::from_static(FORM);
            self.headers.entry(CONTENT_TYPE).or_insert(form);
        }
        if self.is_form() {
            let form = String::from_utf8_lossy(&self.body);
            self.body = edited(&form, &edits.set, &edits.remove).into();
        } else if !edits.set.is_empty() {
            return Err(EditError::NoForm);
        }
        Ok(())
    }

    fn is_form(&self) -> bool {
        media_type::is_form(self.headers.get(CONTENT_TYPE))
    }

    /// Signs it as a request to `base` (scheme and host) and its target; a body's hash in the query
    /// is renewed.
    pub fn sign(&mut self, base: &str, signer: &Signer) {
        let (path, query) = split(&self.target);
        if !self.is_form() && query.split('&').any(|part| part.starts_with("bodySHA256=")) {
            let hash = ("bodySHA256".to_string(), body_sha256(&self.body));
            self.target = join(path, &edited(query, &[hash], &[]));
        }
        let parameters = match self.is_form() && !self.has_no_body() {
            true => form::pairs(&self.body),
            false => Vec::new(),
        };
        let signature = signer.sign(&format!("{base}{}", self.target), &parameters);
        if let Ok(signature) = HeaderValue::try_from(signature) {
            self.headers.insert(signature::HEADER, signature);
        }
    }
}

fn split(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

fn join(path: &str, query: &str) -> String {
    match query {
        "" => path.to_string(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests;
