//! What an exchange means, and the commands that send it again.

use super::WebConsole;
use super::answer::{self, Refused};
use super::replay::signed_for;
use crate::body::Body;
use crate::client::is_of_this_machine;
use crate::curl::{Curl, CurlBody, quoted};
use crate::gateway::SignatureReading;
use crate::journal::Exchange;
use crate::replay::{Edits, Prepared};
use crate::report::{Reading, Secrets, is_secret};
use crate::signature::Explanation;
use crate::webhook::recognise;
use http::header::HOST;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

impl WebConsole {
    /// Answers [`Reading`], and `signature`.
    pub(super) async fn reading(&self, number: u64) -> Result<Response<Body>, Refused> {
        let exchange = self.recorded(number)?;
        let gateway = Arc::clone(&self.gateway);
        // Thousands of hashes, and TwiML of up to 64 KiB.
        let reading = tokio::task::spawn_blocking(move || {
            let signature = gateway.read_signature(&exchange);
            let mut told = serde_json::to_value(Reading::new(&exchange)).unwrap_or_default();
            told["signature"] = signature.map_or(Value::Null, |reading| signature_told(&reading));
            told
        });
        let told = reading.await.map_err(|_| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the server is about to end",
            )
        })?;
        Ok(answer::json(StatusCode::OK, &told))
    }

    /// Answers `{"curl": …, "send": …, "left_out": […]}`.
    pub(super) fn commands(
        &self,
        number: u64,
        secrets: Secrets,
    ) -> Result<Response<Body>, Refused> {
        let exchange = self.recorded(number)?;
        let mut prepared =
            Prepared::new(&exchange.request, &exchange.request_body, &Edits::default())
                .map_err(|error| Refused::bad_request(error.to_string()))?;
        let host = self.host(&mut prepared.headers);
        if let Some(signer) = self.signer(&exchange, &prepared, &host) {
            prepared.sign(&signed_for(&host), &signer);
        }
        let left_out: Vec<&str> = match secrets {
            Secrets::Shown => Vec::new(),
            Secrets::Hidden => {
                let names = prepared.headers.keys().map(http::HeaderName::as_str);
                names.filter(|name| is_secret(name)).collect()
            }
        };
        let told = json!({
            "curl": self.curl(&prepared, &host, &left_out),
            "send": self.send_command(&exchange),
            "left_out": left_out,
        });
        Ok(answer::json(StatusCode::OK, &told))
    }

    /// The request as a command; `None` where its body is no text.
    fn curl(&self, prepared: &Prepared, host: &str, left_out: &[&str]) -> Option<String> {
        let body = std::str::from_utf8(&prepared.body).ok()?;
        // A name of the world leads elsewhere, or nowhere: it is said to this server.
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let local = name == "127.0.0.1" || is_of_this_machine(name);
        let base = match local {
            true => format!("http://{host}"),
            false => format!("http://localhost:{}", self.live.snapshot().reach.port),
        };
        let headers = prepared.headers.iter().filter_map(|(name, value)| {
            let hidden = left_out.contains(&name.as_str()) || (name == HOST && local);
            let value = value.to_str().ok().filter(|_| !hidden);
            value.map(|value| (name.as_str(), value))
        });
        let usual = match body.is_empty() {
            true => Method::GET,
            false => Method::POST,
        };
        let command = Curl {
            method: (prepared.method != usual).then_some(prepared.method.as_str()),
            url: &format!("{base}{}", prepared.target),
            headers: headers.collect(),
            body: match body {
                "" => CurlBody::Form(&[]),
                body => CurlBody::Raw(body),
            },
        };
        Some(command.command().trim_end().to_string())
    }

    /// The `switchboard send` that makes such a request; `None` where Twilio makes none such.
    fn send_command(&self, exchange: &Exchange) -> Option<String> {
        let route = exchange.route.as_deref()?;
        let reading = Reading::new(exchange);
        let get = exchange.request.method == Method::GET;
        let parameters = match get {
            true => reading.query,
            false => reading.form?,
        };
        let found = recognise(&parameters)?;
        let target = format!("{}:{}", route.service, route.path);
        let mut words = vec![
            "switchboard send".to_string(),
            found.kind.to_string(),
            quoted(&target),
        ];
        let wishes = &found.wishes;
        for (flag, value) in [
            ("--from", &wishes.from),
            ("--to", &wishes.to),
            ("--body", &wishes.body),
            ("--digits", &wishes.digits),
        ] {
            if let Some(value) = value {
                words.extend([flag.to_string(), quoted(value)]);
            }
        }
        for url in &wishes.media {
            words.extend(["--media".to_string(), quoted(url)]);
        }
        for (name, value) in &wishes.parameters {
            words.extend(["--param".to_string(), quoted(&format!("{name}={value}"))]);
        }
        if get {
            words.push("-X GET".to_string());
        }
        Some(words.join(" "))
    }
}

fn signature_told(reading: &SignatureReading) -> Value {
    match reading {
        SignatureReading::Good { candidate, variant } => json!({
            "verdict": "good",
            "source": candidate.source.as_str(),
            "url": candidate.url,
            "variant": variant,
        }),
        SignatureReading::Refused(explanation) => refused_told(explanation),
    }
}

fn refused_told(explanation: &Explanation) -> Value {
    let causes = explanation.causes.iter();
    let tried = explanation.tried.iter().flat_map(|tried| {
        let source = tried.source.as_str();
        tried.forms.iter().map(move |form| {
            json!({
                "source": source,
                "variant": form.variant,
                "url": form.url,
                "expected": form.expected,
            })
        })
    });
    json!({
        "verdict": "refused",
        "why": explanation.refusal.to_string(),
        "causes": causes
            .map(|cause| json!({ "what": cause.to_string(), "advice": cause.advice() }))
            .collect::<Vec<_>>(),
        "received": explanation.received,
        "signed_url": explanation.signed_url,
        "tried": tried.collect::<Vec<_>>(),
        "parameters": explanation.parameters,
        "parameters_not_listed": explanation.parameters_not_listed,
        "complete": explanation.complete,
    })
}
