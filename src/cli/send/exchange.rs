//! A request with its answer, through all redirects.

use crate::cli::aim::Aim;
use crate::client::{Answer, Asked, ClientError, ask};
use crate::signature::Signer;
use crate::webhook::{
    Course, Heard, Hop, Journey, Method, Outcome, Verdict, Webhook, judge, unreached,
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

impl Exchange {
    pub(super) async fn make(webhook: Webhook, aim: &Aim, signer: &Signer) -> Self {
        let start = Instant::now();
        let patience = webhook.kind.patience();
        let mut hops = Vec::new();
        let mut journey = Journey::new(webhook.clone(), &aim.sent, &aim.signed);
        let (end, verdict) = loop {
            let hop = journey.hop(signer);
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
            let url = hop.url.clone();
            hops.push(hop);
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    let verdict = unreached(webhook.kind, error.cause);
                    break (Err(error), verdict);
                }
            };
            let status = answer.status.as_u16();
            match journey.answered(status, text_of(&answer, &LOCATION)) {
                Course::On => {}
                Course::Arrived => {
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
                Course::Lost(why) => break (Ok(answer), unreached(webhook.kind, why)),
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

/// A header of an answer, if it is text.
pub(in crate::cli) fn text_of<'a>(answer: &'a Answer, name: &http::HeaderName) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}
