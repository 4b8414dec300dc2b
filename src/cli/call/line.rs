//! Performs the requests of a call over HTTP, and finds their numbers in the server's journal.

use crate::cli::aim::Aim;
use crate::cli::server::Server;
use crate::client::{self, OverHttp, Told, is_of_this_machine, walk};
use crate::phone::session::{Performed, Request};
use crate::report::ExchangeReport;
use crate::signature::{self, Signer};
use crate::webhook::{Hop, Journey};
use http::Uri;
use serde::Deserialize;
use std::time::Duration;

/// How long the console may take to tell a number.
const PATIENCE: Duration = Duration::from_secs(5);

/// The line of the caller.
pub(super) struct Line {
    signer: Signer,
    /// The base of the project's services, and the public one, if that is what is called.
    bases: Option<(String, Option<String>)>,
    /// The console, which knows the numbers.
    console: Option<Server>,
    /// Entries up to this number are known.
    seen: u64,
}

#[derive(Deserialize)]
struct Entries {
    entries: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    id: Option<u64>,
}

#[derive(Deserialize)]
struct Latest {
    latest: u64,
}

impl client::Line for Line {
    async fn ask(&mut self, hop: &Hop, left: Duration) -> Told {
        let told = OverHttp.ask(hop, left).await;
        Told {
            exchange: self.number(hop).await,
            ..told
        }
    }
}

impl Line {
    pub(super) fn new(aim: &Aim) -> Self {
        let server = aim.server.as_ref();
        Line {
            signer: Signer::new(&aim.token),
            bases: server.map(|server| (server.service_url.clone(), server.public_url.clone())),
            console: server.and_then(Server::of),
            seen: 0,
        }
    }

    /// Performs a request as Twilio would, through all redirects.
    pub(super) async fn perform(&mut self, request: Request) -> Performed {
        let sent = self.sent(&request.url);
        let signed = self.signed(&request.url);
        let journey = Journey::new(request.webhook, sent, signed).with_cookies(request.cookies);
        let signer = self.signer.clone();
        self.catch_up().await;
        walk(journey, &signer, self).await.into()
    }

    /// Where a request goes: what is public is asked here.
    fn sent(&self, url: &str) -> String {
        let public = self.bases.as_ref().and_then(|(local, public)| {
            let rest = url.strip_prefix(public.as_deref()?.trim_end_matches('/'))?;
            Some(format!("{local}{rest}"))
        });
        public.unwrap_or_else(|| self.signed(url))
    }

    /// What Twilio would ask: a local name has no certificate, whatever a document says of https.
    fn signed(&self, url: &str) -> String {
        let authority = |url: &str| {
            let uri: Option<Uri> = url.parse().ok();
            uri.and_then(|uri| Some((uri.host()?.to_ascii_lowercase(), uri.port_u16()?)))
        };
        let here = self
            .bases
            .as_ref()
            .and_then(|(local, _)| authority(local))
            .zip(authority(url))
            .is_some_and(|((_, own), (host, port))| own == port && is_of_this_machine(&host));
        match url.strip_prefix("https://") {
            Some(rest) if here => format!("http://{rest}"),
            _ => url.to_string(),
        }
    }

    /// What was recorded before a request is not its own.
    async fn catch_up(&mut self) {
        if let Some(console) = &self.console {
            let told: Option<Latest> = console.get("/server", PATIENCE).await.ok();
            self.seen = told.map_or(self.seen, |told| told.latest);
        }
    }

    /// The number of the exchange that a request has become, if the server tells it.
    async fn number(&mut self, hop: &Hop) -> Option<u64> {
        // Shown by the console, and the same for the same request alone.
        let is_it = |name: &str| name.eq_ignore_ascii_case(signature::HEADER.as_str());
        let console = self.console.as_ref()?;
        let (_, signature) = hop.headers.iter().find(|(name, _)| is_it(name))?;
        let path = hop.url.parse::<Uri>().ok()?.path().to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("after", &self.seen.to_string())
            .append_pair("path", &path)
            .finish();
        let list: Entries = console
            .get(&format!("/entries?{query}"), PATIENCE)
            .await
            .ok()?;
        for id in list.entries.iter().filter_map(|entry| entry.id) {
            let report: ExchangeReport<'static> = console
                .get(&format!("/exchanges/{id}"), PATIENCE)
                .await
                .ok()?;
            let mut headers = report.request.headers.iter();
            if headers.any(|(name, value)| is_it(name) && value == signature) {
                self.seen = id;
                return Some(id);
            }
        }
        None
    }
}
