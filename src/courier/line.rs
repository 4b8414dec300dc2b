//! The way of Twilio's requests: performs them, in this server or elsewhere.

use crate::client::{self, Answer, OverHttp, Told, walk};
use crate::config::DEVELOPMENT_AUTH_TOKEN;
use crate::gateway::{Gateway, Recorded};
use crate::outbox::AnsweredFor;
use crate::phone::session::{Performed, Request};
use crate::registry::LiveRegistry;
use crate::signature::{Signer, without_usual_port};
use crate::webhook::{Hop, Journey, Missed, Unreached};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, HeaderName};
use http::{HeaderValue, Uri};
use http_body_util::{BodyExt, Full, Limited};
use std::sync::Arc;
use std::time::Duration;

/// Of an answer as much is read as a function can answer with, and more.
const ANSWER_BYTES: usize = 8 << 20;

/// Where requests are performed.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) live: LiveRegistry,
}

impl client::Line for Line {
    async fn ask(&mut self, hop: &Hop, left: Duration) -> Told {
        let uri = hop.url.parse::<Uri>().ok().filter(|uri| {
            let host = uri.authority().map_or("", |authority| authority.as_str());
            self.live.snapshot().is_own(host)
        });
        let Some(uri) = uri else {
            return OverHttp.ask(hop, left).await;
        };
        self.here(hop, &uri, left)
            .await
            .unwrap_or_else(|missed| Told {
                exchange: None,
                answer: Err(missed),
            })
    }
}

impl Line {
    /// What signs a request to `url` that a function has brought about. Of an account that Twilio knows, too, no more than
    /// what comes to a service of this server bears its token: another server would take what never happened for true.
    pub(crate) fn signer(&self, url: &str, answered_for: AnsweredFor) -> Signer {
        let registry = self.live.snapshot();
        let url = self.askable(url);
        match (answered_for, registry.own(&url)) {
            (AnsweredFor::EveryAccount, Some((service, _))) => service.signer.clone(),
            _ => Signer::new(DEVELOPMENT_AUTH_TOKEN),
        }
    }

    /// Performs a request as Twilio would, through all redirects.
    pub(crate) async fn perform(&mut self, request: Request, signer: &Signer) -> Performed {
        let url = self.askable(&request.url);
        let journey = Journey::new(request.webhook, url.clone(), url).with_cookies(request.cookies);
        walk(journey, signer, self).await.into()
    }

    /// The URL as it is asked: a local name has no certificate, whatever a document says of https.
    fn askable(&self, url: &str) -> String {
        // By its name alone a host may be known here.
        let url = &*without_usual_port(url);
        let registry = self.live.snapshot();
        let public = registry.reach.public_url.as_deref();
        let rest = url.strip_prefix("https://");
        match rest {
            Some(rest)
                if registry.is_own(authority(rest))
                    && !public.is_some_and(|public| url.starts_with(public)) =>
            {
                format!("http://{rest}")
            }
            _ => url.to_string(),
        }
    }

    async fn here(&self, hop: &Hop, uri: &Uri, left: Duration) -> Result<Told, Missed> {
        let registry = self.live.snapshot();
        let wrong = |text: &str| Missed::new(Unreached::Protocol, text);
        let body: Bytes = hop.body.clone().unwrap_or_default().into();
        let mut request = http::Request::new(Full::new(body.clone()));
        *request.method_mut() = hop.method.into();
        // Behind a public URL with a path of its own the server is asked for the rest.
        let public = registry.reach.public_url.as_deref();
        let public = public.and_then(|public| hop.url.strip_prefix(public.trim_end_matches('/')));
        let target = match public {
            Some("") => "/",
            Some(rest) => rest,
            None => uri.path_and_query().map_or("/", |path| path.as_str()),
        };
        // `http://localhost:3000?a=1` has no path, and a request has one.
        let target = match target.starts_with('?') {
            true => format!("/{target}"),
            false => target.to_string(),
        };
        *request.uri_mut() = target
            .parse()
            .map_err(|_| wrong("the path is none that can be requested"))?;
        let host = match public {
            Some(_) => format!("localhost:{}", registry.reach.port),
            None => uri.authority().map_or("", |a| a.as_str()).to_string(),
        };
        let headers = request.headers_mut();
        let value = |text: &str| {
            HeaderValue::try_from(text).map_err(|_| wrong("a header has what no header can have"))
        };
        headers.insert(HOST, value(&host)?);
        for (name, text) in &hop.headers {
            let name = HeaderName::try_from(*name).map_err(|_| wrong("a header has no name"))?;
            headers.append(name, value(text)?);
        }
        if !body.is_empty() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let answering = async {
            let (head, body) = self.gateway.handle(request, None).await.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            body.map(|body| (head, body.to_bytes()))
        };
        // Where a function may take any time, as under a debugger, so may its caller.
        let answered = match registry.limits.time {
            Some(_) => tokio::time::timeout(left, answering)
                .await
                .map_err(|_| Missed::new(Unreached::Time, "no whole answer in time"))?,
            None => answering.await,
        };
        let (head, body) = answered.map_err(|error| {
            let text = format!("the answer broke off, or is over {ANSWER_BYTES} bytes: {error}");
            Missed::new(Unreached::Connection, text)
        })?;
        let exchange = head.extensions.get().map(|Recorded(number)| *number);
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body,
            cut_off: false,
        };
        Ok(Told {
            exchange,
            answer: Ok(answer),
        })
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
