//! A webhook's way through redirects, followed by hand: each of its requests is signed anew.

use super::{Answer, Asked, ask};
use crate::phone;
use crate::phone::session::Performed;
use crate::signature::Signer;
use crate::webhook::{Course, Hop, Journey, Missed, Unreached};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use std::time::{Duration, Instant};

/// Who performs the requests of a way: a server may be asked without a network.
pub(crate) trait Line {
    /// Performs one, for which there is so much time `left`.
    fn ask(&mut self, hop: &Hop, left: Duration) -> impl Future<Output = Told> + Send;
}

/// What came of one request.
pub(crate) struct Told {
    /// Its number in the journal, if it is known.
    pub(crate) exchange: Option<u64>,
    pub(crate) answer: Result<Answer, Missed>,
}

/// Over HTTP, to whoever listens.
pub(crate) struct OverHttp;

impl Line for OverHttp {
    async fn ask(&mut self, hop: &Hop, left: Duration) -> Told {
        Told {
            exchange: None,
            answer: ask(Asked::hop(hop, left)).await,
        }
    }
}

/// A way that is over.
pub(crate) struct Walked {
    /// The requests that were made: one, and one for each redirect that was followed.
    pub(crate) hops: Vec<Hop>,
    /// Their numbers in the journal, as far as they are known.
    exchanges: Vec<u64>,
    /// The URL that Twilio would have requested last, without the parameters of a GET.
    at: String,
    /// How the last of them ended.
    pub(crate) end: End,
}

/// How a way ended.
pub(crate) enum End {
    /// With the answer that was asked for.
    Arrived(Answer),
    /// With an answer that leads nowhere.
    Lost(Answer, Unreached),
    /// With none.
    Unanswered(Missed),
}

/// Goes the whole way of `journey`, in the time that Twilio has for it.
pub(crate) async fn walk(
    mut journey: Journey,
    signer: &Signer,
    line: &mut (impl Line + Send),
) -> Walked {
    let start = Instant::now();
    let mut hops = Vec::new();
    let mut exchanges = Vec::new();
    let end = loop {
        let hop = journey.hop(signer);
        let left = journey.patience().saturating_sub(start.elapsed());
        let Told { exchange, answer } = line.ask(&hop, left).await;
        hops.push(hop);
        exchanges.extend(exchange);
        let answer = match answer {
            Ok(answer) => answer,
            Err(missed) => break End::Unanswered(missed),
        };
        match journey.answered(answer.status.as_u16(), answer.text(&LOCATION)) {
            Course::On => {}
            Course::Arrived => break End::Arrived(answer),
            Course::Lost(why) => break End::Lost(answer, why),
        }
    };
    Walked {
        hops,
        exchanges,
        at: journey.at().to_string(),
        end,
    }
}

impl From<Walked> for Performed {
    fn from(walked: Walked) -> Self {
        let redirected = walked.hops.len() > 1;
        let result = match walked.end {
            End::Arrived(answer) => Ok(heard(&answer, redirected.then_some(walked.at))),
            End::Lost(answer, cause) => {
                let url = walked.hops.last().map_or("", |hop| &hop.url);
                let text = format!("{url} answered {}", answer.status);
                Err(Missed::new(cause, text))
            }
            End::Unanswered(missed) => Err(missed),
        };
        Performed {
            exchanges: walked.exchanges,
            result,
        }
    }
}

/// What a call or a text takes from an answer, and from which `url` if redirects led there.
fn heard(answer: &Answer, url: Option<String>) -> phone::Answer {
    let text = |value: &HeaderValue| value.to_str().ok().map(String::from);
    let cookies = answer.headers.get_all(SET_COOKIE).iter();
    phone::Answer {
        url,
        status: answer.status.as_u16(),
        content_type: answer.text(&CONTENT_TYPE).map(String::from),
        set_cookies: cookies.filter_map(text).collect(),
        body: String::from_utf8_lossy(&answer.body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{Kind, Moment, Webhook, Wishes, compose};
    use http::{HeaderMap, StatusCode};

    /// Redirects to what comes next, but for the last; knows no numbers.
    struct Redirecting<'l>(&'l [&'static str]);

    impl Line for Redirecting<'_> {
        async fn ask(&mut self, _hop: &Hop, _left: Duration) -> Told {
            let mut headers = HeaderMap::new();
            let status = match self.0.split_first() {
                Some((to, rest)) => {
                    self.0 = rest;
                    headers.insert(LOCATION, HeaderValue::from_static(to));
                    StatusCode::TEMPORARY_REDIRECT
                }
                None => StatusCode::OK,
            };
            let answer = Answer {
                status,
                headers,
                body: "text".into(),
                cut_off: false,
            };
            Told {
                exchange: None,
                answer: Ok(answer),
            }
        }
    }

    fn webhook() -> Webhook {
        let moment = Moment {
            seed: "1",
            unix_seconds: 0,
            account_sid: "AC",
        };
        compose(Kind::Voice, &Wishes::default(), moment).unwrap()
    }

    async fn walked(redirects: &[&'static str]) -> (Vec<Hop>, Performed) {
        let journey = Journey::new(webhook(), "http://a/1", "http://a/1")
            .with_cookies(Some("a=b".to_string()));
        let walked = walk(journey, &Signer::new("token"), &mut Redirecting(redirects)).await;
        (walked.hops.clone(), walked.into())
    }

    #[tokio::test]
    async fn an_answer_says_where_redirects_led_whoever_gave_it() {
        let url = async |redirects| walked(redirects).await.1.result.unwrap().url;
        assert_eq!(url(&[]).await, None);
        let led = url(&["http://b/2", "/3?x=y"]).await;
        assert_eq!(led.as_deref(), Some("http://b/3?x=y"));
    }

    #[tokio::test]
    async fn each_request_of_a_way_has_the_cookies_and_a_signature_of_its_own() {
        let (hops, _) = walked(&["http://b/2"]).await;
        let header = |hop: &Hop, name: &str| {
            let mut headers = hop.headers.iter();
            headers.find(|(known, _)| *known == name).unwrap().1.clone()
        };
        assert_eq!(hops.len(), 2);
        assert!(hops.iter().all(|hop| header(hop, "Cookie") == "a=b"));
        let [first, second] = [&hops[0], &hops[1]].map(|hop| header(hop, "X-Twilio-Signature"));
        assert_ne!(first, second);
    }

    #[tokio::test]
    async fn a_way_without_end_is_left() {
        let (hops, performed) = walked(&["/2"; 20]).await;
        assert_eq!(hops.len(), 11);
        let missed = performed.result.unwrap_err();
        assert_eq!(missed.cause, Unreached::Redirects);
        assert!(
            missed.text.starts_with("http://a/2 answered 307"),
            "{missed}"
        );
    }
}
