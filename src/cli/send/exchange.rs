//! A request with its answer, through all redirects.

use super::aim::Aim;
use crate::client::{Answer, Asked, ClientError, ask};
use crate::signature::Signer;
use crate::webhook::{
    Heard, MOST_REDIRECTS, Method, Next, Outcome, Unreached, Verdict, Webhook, judge, redirect,
    unreached,
};
use http::header::{CONTENT_TYPE, LOCATION};
use std::time::{Duration, Instant};

/// What was sent, and what came of it.
pub(in crate::cli) struct Exchange {
    /// What was meant to be sent, before any redirect.
    pub(in crate::cli) webhook: Webhook,
    /// The requests that were made: one, and one for each redirect that was followed.
    pub(in crate::cli) hops: Vec<Hop>,
    /// How the last of them ended.
    pub(in crate::cli) end: Result<Answer, ClientError>,
    pub(in crate::cli) verdict: Verdict,
    /// From the first byte to the last, redirects included.
    pub(in crate::cli) took: Duration,
}

/// A request.
pub(in crate::cli) struct Hop {
    pub(in crate::cli) method: Method,
    /// What was requested.
    pub(in crate::cli) url: String,
    /// What was signed.
    pub(in crate::cli) signed_url: String,
    pub(in crate::cli) headers: Vec<(&'static str, String)>,
    pub(in crate::cli) body: Option<String>,
}

impl Exchange {
    pub(super) async fn make(webhook: Webhook, aim: &Aim, signer: &Signer) -> Self {
        let start = Instant::now();
        let patience = webhook.kind.patience();
        let mut hops = Vec::new();
        let mut next = webhook.clone();
        let (mut sent, mut signed) = (aim.sent.clone(), aim.signed.clone());
        let (end, verdict) = loop {
            let hop = Hop::new(&next, &sent, &signed, signer);
            let answer = ask(Asked {
                method: match hop.method {
                    Method::Get => http::Method::GET,
                    Method::Post => http::Method::POST,
                },
                url: &hop.url,
                headers: &hop.headers,
                body: hop.body.clone().map(Into::into),
                patience: patience.saturating_sub(start.elapsed()),
            })
            .await;
            let (url, signed_url) = (hop.url.clone(), hop.signed_url.clone());
            hops.push(hop);
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    let verdict = unreached(webhook.kind, error.cause);
                    break (Err(error), verdict);
                }
            };
            let status = answer.status.as_u16();
            let location = text_of(&answer, &LOCATION);
            let follow = |at: &str| redirect(status, location, at, next.method);
            let failed = |why| unreached(webhook.kind, why);
            match (follow(&url), follow(&signed_url)) {
                (Next::Answered, _) => {
                    let heard = Heard {
                        status,
                        content_type: text_of(&answer, &CONTENT_TYPE),
                        body: &answer.body,
                    };
                    let verdict = judge(webhook.kind, heard);
                    let verdict = match verdict.outcome {
                        Outcome::Done => verdict.with_links(aim.judge_links(&url, &answer)),
                        Outcome::Failed => verdict,
                    };
                    break (Ok(answer), verdict);
                }
                _ if hops.len() > MOST_REDIRECTS => {
                    break (Ok(answer), failed(Unreached::Redirects));
                }
                (Next::Same(url), Next::Same(signed_url)) => (sent, signed) = (url, signed_url),
                (Next::Get(url), Next::Get(signed_url)) => {
                    (sent, signed) = (url, signed_url);
                    next = next.without_content();
                }
                _ => break (Ok(answer), failed(Unreached::Redirect)),
            }
        };
        Exchange {
            webhook,
            hops,
            end,
            verdict,
            took: start.elapsed(),
        }
    }
}

impl Hop {
    fn new(webhook: &Webhook, sent: &str, signed: &str, signer: &Signer) -> Self {
        let signed_url = webhook.url(signed);
        let signature = webhook.signature(signer, &signed_url);
        Hop {
            method: webhook.method,
            url: webhook.url(sent),
            signed_url,
            headers: webhook.headers(&signature),
            body: webhook.body().map(|body| body.text),
        }
    }
}

/// A header of an answer, if it is text.
pub(in crate::cli) fn text_of<'a>(answer: &'a Answer, name: &http::HeaderName) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}
