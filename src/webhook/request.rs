//! The request as it goes over the wire, and what of it is signed.

use super::{Kind, Parameters};
use crate::signature::{Signer, body_sha256};
use form_urlencoded::Serializer;
use std::borrow::Cow;

/// The methods of webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The parameters are in the query.
    Get,
    /// The parameters are the body.
    Post,
}

impl Method {
    /// Upper-case, as sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        }
    }
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// By parameters, in the order in which they are sent.
    Parameters(Parameters),
    /// By JSON text.
    Json(String),
}

/// A request of Twilio's, not yet aimed at a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What has happened.
    pub kind: Kind,
    /// How it is sent.
    pub method: Method,
    /// What is told.
    pub content: Content,
    /// `I-Twilio-Idempotency-Token`: a UUID.
    pub idempotency_token: String,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// The text that is sent.
    pub text: String,
}

impl Webhook {
    /// What is requested where `base` is the webhook's URL: the parameters of a GET are added to its
    /// query, and for JSON the body's hash, unless the query names one.
    pub fn url(&self, base: &str) -> String {
        let added: Cow<'_, [(String, String)]> = match (&self.content, self.method) {
            (Content::Parameters(parameters), Method::Get) => Cow::Borrowed(parameters),
            (Content::Json(text), _) if !base.contains("bodySHA256=") => Cow::Owned(vec![(
                "bodySHA256".to_string(),
                body_sha256(text.as_bytes()),
            )]),
            _ => return base.to_string(),
        };
        if added.is_empty() {
            return base.to_string();
        }
        let joint = match base.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{base}{joint}{}", encoded(&added))
    }

    /// The body, if it has one.
    pub fn body(&self) -> Option<Body> {
        match (&self.content, self.method) {
            (_, Method::Get) => None,
            (Content::Parameters(parameters), Method::Post) => Some(Body {
                content_type: "application/x-www-form-urlencoded; charset=utf-8",
                text: encoded(parameters),
            }),
            (Content::Json(text), Method::Post) => Some(Body {
                content_type: "application/json",
                text: text.clone(),
            }),
        }
    }

    /// Its signature by `signer` where `url` (as [`Webhook::url`] gives it) is what Twilio calls.
    pub fn signature(&self, signer: &Signer, url: &str) -> String {
        match (&self.content, self.method) {
            (Content::Parameters(parameters), Method::Post) => signer.sign(url, parameters),
            _ => signer.sign(url, &[]),
        }
    }

    /// Its headers with that signature, in the order of a captured request, without `Host` and
    /// `Content-Length`.
    ///
    /// `Accept-Encoding` is left out: Twilio takes compressed answers, and nothing here expands
    /// them.
    pub fn headers(&self, signature: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("User-Agent", "TwilioProxy/1.1".to_string()),
            ("Accept", "*/*".to_string()),
        ];
        if let Some(body) = self.body() {
            headers.push(("Content-Type", body.content_type.to_string()));
        }
        headers.extend([
            ("Cache-Control", "max-age=259200".to_string()),
            ("I-Twilio-Idempotency-Token", self.idempotency_token.clone()),
            ("X-Home-Region", "us1".to_string()),
            ("X-Twilio-Signature", signature.to_string()),
        ]);
        headers
    }

    /// The request that follows a redirect to a GET: as a browser, without the parameters.
    pub fn without_content(&self) -> Webhook {
        Webhook {
            method: Method::Get,
            content: Content::Parameters(Parameters::new()),
            ..self.clone()
        }
    }
}

fn encoded(parameters: &[(String, String)]) -> String {
    Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// A version 4 UUID of 32 hexadecimal digits.
pub(super) fn idempotency_token(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}
