//! A request with its answer, through all redirects.

use crate::cli::aim::Aim;
use crate::client::{Answer, End, OverHttp, walk};
use crate::signature::Signer;
use crate::webhook::{Heard, Hop, Journey, Missed, Outcome, Verdict, Webhook, judge, unreached};
use http::header::CONTENT_TYPE;
use std::time::{Duration, Instant};

/// What was sent, and what came of it.
pub(in crate::cli) struct Exchange {
    /// What was meant to be sent, before any redirect.
    pub(in crate::cli) webhook: Webhook,
    /// The requests that were made: one, and one for each redirect that was followed.
    pub(in crate::cli) hops: Vec<Hop>,
    /// How the last of them ended.
    pub(in crate::cli) end: Result<Answer, Missed>,
    pub(in crate::cli) verdict: Verdict,
    /// From the first byte to the last, redirects included.
    pub(in crate::cli) took: Duration,
}

impl Exchange {
    pub(super) async fn make(webhook: Webhook, aim: &Aim, signer: &Signer) -> Self {
        let start = Instant::now();
        let journey = Journey::new(webhook.clone(), &aim.sent, &aim.signed);
        let walked = walk(journey, signer, &mut OverHttp).await;
        let (end, verdict) = match walked.end {
            End::Arrived(answer) => {
                let heard = Heard {
                    status: answer.status.as_u16(),
                    content_type: answer.text(&CONTENT_TYPE),
                    body: &answer.body,
                };
                let verdict = judge(webhook.kind, heard);
                let url = walked.hops.last().map_or("", |hop| &hop.url);
                let verdict = match verdict.outcome {
                    Outcome::Done => verdict.with_links(aim.judge_links(url, &answer)),
                    Outcome::Failed => verdict,
                };
                (Ok(answer), verdict)
            }
            End::Lost(answer, why) => (Ok(answer), unreached(webhook.kind, why)),
            End::Unanswered(missed) => {
                let verdict = unreached(webhook.kind, missed.cause);
                (Err(missed), verdict)
            }
        };
        Exchange {
            webhook,
            hops: walked.hops,
            end,
            verdict,
            took: start.elapsed(),
        }
    }
}
