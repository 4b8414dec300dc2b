//! Protected functions and assets: nobody passes without Twilio's signature.
//!
//! The verdict costs a few hashes. The explanation of a refusal tries thousands, so it is thought of
//! on a thread for blocking work, and for one refusal at a time: who sends bad signatures in
//! numbers, through a tunnel perhaps, must not keep the server busy.

use super::asked::Asked;
use super::refusal::Refusal;
use crate::event::RequestHead;
use crate::event::form::{self, FormPairs};
use crate::media_type::is_form;
use crate::signature::{
    self, Arrival, Content, Explanation, OtherToken, SignedRequest, TokenOwner, Verdict, check,
};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, Method};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Hosts of headers that are looked at: each costs as many hashes as a candidate.
const MOST_NAMED: usize = 4;

/// Judges requests for what is protected.
#[derive(Debug)]
pub(super) struct Guard {
    explaining: Arc<Semaphore>,
}

impl Default for Guard {
    fn default() -> Self {
        Guard {
            explaining: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Guard {
    /// Lets a request pass whose signature is good, and explains the others. What it has read of a
    /// form for that is returned, so that the event need not read it again.
    pub(super) async fn admit(&self, asked: &Asked) -> Result<Option<FormPairs>, Refusal> {
        let (verdict, form) = asked.verdict();
        let Verdict::Refused(refusal) = verdict else {
            return Ok(form);
        };
        let Ok(turn) = Arc::clone(&self.explaining).try_acquire_owned() else {
            return Err(Refusal::NotSignedNotExplained(refusal));
        };
        let short = refusal.clone();
        let asked = asked.clone();
        let explaining = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            asked.explain(refusal)
        });
        Err(match explaining.await {
            Ok(explanation) => Refusal::NotSigned(Box::new(explanation)),
            Err(_) => Refusal::NotSignedNotExplained(short),
        })
    }
}

impl Asked {
    /// Whether its signature is good, and the form that was read for that, if it carries one.
    pub(super) fn verdict(&self) -> (Verdict, Option<FormPairs>) {
        let form = form_pairs(&self.head, &self.body);
        let check = |request: SignedRequest<'_>| check(&request, &self.service.signer);
        (self.with(form.as_deref(), &[], check), form)
    }

    /// Shows the request as its signature sees it: with the parameters of its form, if that is what
    /// it carries; `named` are the hosts that further headers name.
    fn with<T>(
        &self,
        form: Option<&[(String, String)]>,
        named: &[&str],
        look: impl FnOnce(SignedRequest<'_>) -> T,
    ) -> T {
        let path = self.head.uri.path();
        let prefix = if self.by_prefix {
            path.get(..=self.service.name.len()).unwrap_or_default()
        } else {
            ""
        };
        let signatures: Vec<&str> = self
            .head
            .headers
            .get_all(signature::HEADER)
            .iter()
            // A value that is not ASCII is no base64 either.
            .map(|value| value.to_str().unwrap_or("\u{fffd}"))
            .collect();
        look(SignedRequest {
            arrival: Arrival {
                public_url: self.registry.reach.public_url.as_deref(),
                forwarded: forwarded(&self.head.headers, self.host(), self.peer),
                named,
                scheme: "http",
                host: self.host(),
                domain: Some(&self.service.domain),
                prefix,
                path,
                query: self.head.uri.query(),
            },
            method: self.head.method.as_str(),
            content: match form {
                Some(pairs) => Content::Form(pairs),
                None if self.head.method == Method::POST => Content::Body(&self.body),
                None => Content::None,
            },
            signatures: &signatures,
        })
    }

    pub(super) fn explain(&self, refusal: signature::Refusal) -> Explanation {
        let secondary = self.service.secondary.iter().map(|signer| OtherToken {
            owner: TokenOwner::Secondary,
            signer,
        });
        let services = self.registry.services().iter();
        let services = services
            .filter(|other| other.name != self.service.name)
            .map(|other| OtherToken {
                owner: TokenOwner::Service(other.name.to_string()),
                signer: &other.signer,
            });
        let others: Vec<OtherToken<'_>> = secondary.chain(services).collect();
        let form = form_pairs(&self.head, &self.body);
        self.with(form.as_deref(), &named(&self.head.headers), |request| {
            Explanation::new(&request, refusal, &self.service.signer, &others)
        })
    }
}

/// Scheme and host that a proxy says it was called by. Only one on this machine is believed:
/// nothing hangs on it but which URLs are tried, and those of a stranger need not be.
fn forwarded<'h>(
    headers: &'h HeaderMap,
    host: &'h str,
    peer: Option<SocketAddr>,
) -> Option<(&'h str, &'h str)> {
    peer.is_none_or(|peer| peer.ip().to_canonical().is_loopback())
        .then_some(())?;
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (proto, forwarded_host) = (text(&FORWARDED_PROTO), text(&FORWARDED_HOST));
    (proto.is_some() || forwarded_host.is_some())
        .then(|| (proto.unwrap_or("http"), forwarded_host.unwrap_or(host)))
}

/// Hosts that headers name, whoever sent them: only an explanation looks at them.
fn named(headers: &HeaderMap) -> Vec<&str> {
    let plain = ["x-forwarded-host", "x-original-host", "x-host"];
    let plain = plain.into_iter().filter_map(|name| headers.get(name));
    let plain = plain.filter_map(|value| value.to_str().ok()?.split(',').next());
    // Forwarded: for=…;host=…;proto=…, for=… (RFC 7239).
    let pairs = headers
        .get("forwarded")
        .and_then(|value| value.to_str().ok());
    let pairs = pairs.into_iter().flat_map(|value| value.split([';', ',']));
    let hosts = pairs.filter_map(|pair| {
        let (name, host) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("host").then_some(host)
    });
    plain
        .chain(hosts.map(|host| host.trim().trim_matches('"')))
        .map(str::trim)
        .take(MOST_NAMED)
        .collect()
}

/// The parameters that Twilio signs along: those of a form in a POST.
fn form_pairs(head: &RequestHead, body: &Bytes) -> Option<FormPairs> {
    if head.method != Method::POST {
        return None;
    }
    is_form(head.headers.get(CONTENT_TYPE)).then(|| form::pairs(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        let near = Some("127.0.0.1:1".parse().unwrap());
        assert_eq!(forwarded(&headers, "h", near), None);
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
        assert_eq!(forwarded(&headers, "h", near), Some(("https", "h")));
        headers.insert(FORWARDED_HOST, HeaderValue::from_static("x.ngrok.app"));
        for believed in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            let peer = Some(believed.parse().unwrap());
            assert_eq!(
                forwarded(&headers, "h", peer),
                Some(("https", "x.ngrok.app"))
            );
        }
        let far = Some("192.0.2.1:1".parse().unwrap());
        assert_eq!(forwarded(&headers, "h", far), None);
    }
}
