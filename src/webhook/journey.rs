//! A request on its way through redirects, each of its hops signed anew.

use super::{MOST_REDIRECTS, Method, Next, Unreached, Webhook, redirect};
use crate::signature::Signer;
use std::time::Duration;

/// A request that is under way.
#[derive(Clone, Debug)]
pub struct Journey {
    next: Webhook,
    sent: String,
    signed: String,
    cookies: Option<String>,
    hops: usize,
}

/// One request of it.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Its method.
    pub method: Method,
    /// What is requested.
    pub url: String,
    /// What is signed: the URL that Twilio would request.
    pub signed_url: String,
    /// Its headers, without `Host` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, if it has one.
    pub body: Option<String>,
}

/// Where an answer leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The answer is what was asked for.
    Arrived,
    /// There is another hop.
    On,
    /// There is none, but Twilio has no answer either.
    Lost(Unreached),
}

impl Journey {
    /// `webhook` goes to `sent`, and Twilio would send it to `signed`: behind a tunnel they differ.
    pub fn new(webhook: Webhook, sent: impl Into<String>, signed: impl Into<String>) -> Self {
        Journey {
            next: webhook,
            sent: sent.into(),
            signed: signed.into(),
            cookies: None,
            hops: 0,
        }
    }

    /// The same, with this `Cookie` header in each request, if there is one.
    #[must_use]
    pub fn with_cookies(mut self, cookies: Option<String>) -> Self {
        self.cookies = cookies;
        self
    }

    /// How long Twilio waits for the whole of it.
    pub fn patience(&self) -> Duration {
        self.next.kind.patience()
    }

    /// The URL that Twilio would request now, without the parameters of a GET.
    pub fn at(&self) -> &str {
        &self.signed
    }

    /// The next request.
    pub fn hop(&mut self, signer: &Signer) -> Hop {
        self.hops += 1;
        let signed_url = self.next.url(&self.signed);
        let signature = self.next.signature(signer, &signed_url);
        let mut headers = self.next.headers(&signature);
        headers.extend(self.cookies.clone().map(|cookies| ("Cookie", cookies)));
        Hop {
            method: self.next.method,
            url: self.next.url(&self.sent),
            signed_url,
            headers,
            body: self.next.body().map(|body| body.text),
        }
    }

    /// The last hop was answered with `status` and that `Location`.
    pub fn answered(&mut self, status: u16, location: Option<&str>) -> Course {
        let method = self.next.method;
        let follow = |at: &str| redirect(status, location, &self.next.url(at), method);
        match (follow(&self.sent), follow(&self.signed)) {
            (Next::Answered, _) => return Course::Arrived,
            _ if self.hops > MOST_REDIRECTS => return Course::Lost(Unreached::Redirects),
            (Next::Same(sent), Next::Same(signed)) => (self.sent, self.signed) = (sent, signed),
            (Next::Get(sent), Next::Get(signed)) => {
                (self.sent, self.signed) = (sent, signed);
                self.next = self.next.without_content();
            }
            _ => return Course::Lost(Unreached::Redirect),
        }
        Course::On
    }
}
