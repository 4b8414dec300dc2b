//! Every cause of a refused signature: it is named, and the change that is advised makes the same
//! request pass.

use crate::project::{Project, Site};
use switchboard::signature::{Signer, body_sha256};
use switchboard::{Callback, Context, Event, Outcome};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
const SECONDARY: &str = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

async fn ok(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("in")
}

async fn served() -> Site {
    let text = format!(
        r#"
        default_service = "main"
        [services.main]
        domain = "main-1111-dev"
        auth_token = "{TOKEN}"
        secondary_auth_token = "{SECONDARY}"
        [services.main.functions]
        "/hook" = {{ handler = "rust:ok", visibility = "protected" }}
        [services.other]
        auth_token = "{OTHER}"
        [services.other.functions]
        "/hook" = {{ handler = "rust:ok", visibility = "protected" }}
        "#
    );
    let project = Project::new().file("services.toml", &text);
    project.handler("ok", ok).start().await
}

/// A request as somebody sends it.
#[derive(Clone)]
struct Sent {
    target: String,
    content_type: &'static str,
    headers: String,
    body: String,
    signature: String,
}

/// A GET-like POST without a body, with this signature.
fn bare(target: &str, signature: String) -> Sent {
    Sent {
        target: target.to_string(),
        content_type: FORM,
        headers: String::new(),
        body: String::new(),
        signature,
    }
}

/// What the advice says to change.
enum Change {
    /// The server's public URL.
    PublicUrl(String),
    /// The request, or how it is signed.
    Request(Sent),
}

fn status(site: &Site, sent: &Sent) -> u16 {
    let Sent {
        target,
        content_type,
        headers,
        signature,
        body,
    } = sent;
    let head = format!(
        "POST {target}\nContent-Type: {content_type}\nX-Twilio-Signature: {signature}\n{headers}"
    );
    site.ask(head.trim_end(), body).status
}

/// It is refused for this cause with this advice, and passes once the change is made.
fn refused(site: &Site, sent: &Sent, cause: &str, advice: &str, change: Change) {
    site.running().set_public_url(None);
    assert_eq!(status(site, sent), 403, "{cause}");
    let told = site.fault();
    let line = |start: &str| {
        let line = told
            .lines()
            .find(|line| line.trim_start().starts_with(start));
        line.unwrap_or_default().to_string()
    };
    assert!(line("cause: ").contains(cause), "{cause}\n---\n{told}");
    assert!(line("advice: ").contains(advice), "{advice}\n---\n{told}");
    for token in [TOKEN, OTHER, SECONDARY] {
        assert!(!told.contains(token), "{told}");
    }
    match change {
        Change::PublicUrl(url) => {
            site.running().set_public_url(Some(&url));
            assert_eq!(status(site, sent), 200, "{cause}: {}", site.fault());
        }
        Change::Request(changed) => {
            assert_eq!(status(site, &changed), 200, "{cause}: {}", site.fault());
        }
    }
}

fn sign(token: &str, url: &str, form: &[(&str, &str)]) -> String {
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    Signer::new(token).sign(url, &form)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advised_change_mends_a_url() {
    let site = served().await;
    let here = format!("http://localhost:{}", site.port());
    let url = |signed: &str| sign(TOKEN, signed, &[]);
    let right = |target: &str| Change::Request(bare(target, url(&format!("{here}{target}"))));
    let hook = |signature| bare("/hook", signature);
    refused(
        &site,
        &hook(url(&format!("https://localhost:{}/hook", site.port()))),
        "signed for https://",
        "Start with --public-url https://",
        Change::PublicUrl(format!("https://localhost:{}", site.port())),
    );
    refused(
        &site,
        &hook(url("http://main-1111-dev.twil.io/hook")),
        "signed for http://",
        "sign that one",
        Change::Request(hook(url("https://main-1111-dev.twil.io/hook"))),
    );
    refused(
        &site,
        &hook(url("http://localhost:8080/hook")),
        "signed with the port 8080",
        "Start with --public-url and the port 8080",
        Change::PublicUrl("http://localhost:8080".to_string()),
    );
    refused(
        &site,
        &hook(url(&format!("{here}/hook/"))),
        "signed with a slash at the path's end",
        "take the slash off",
        right("/hook"),
    );
    refused(
        &site,
        &bare("/hook?b=2&a=1", url(&format!("{here}/hook?a=1&b=2"))),
        "signed with the query in another order",
        "in the order in which it is sent",
        right("/hook?b=2&a=1"),
    );
    refused(
        &site,
        &bare("/hook?a=%2B1", url(&format!("{here}/hook?a=+1"))),
        "signed with the query encoded in another way",
        "exactly as it is sent",
        right("/hook?a=%2B1"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advised_change_mends_a_host_behind_a_tunnel() {
    let site = served().await;
    let signature = sign(TOKEN, "https://new.ngrok.app/hook", &[]);
    let there = || Change::PublicUrl("https://new.ngrok.app".to_string());
    // The tunnel passes the host on, and ends TLS.
    let passed_on = Sent {
        headers: "Host: new.ngrok.app".to_string(),
        ..bare("/hook", signature.clone())
    };
    refused(
        &site,
        &passed_on,
        "signed for https://",
        "--public-url https://",
        there(),
    );
    // It names the host in a header that is not believed.
    for header in [
        "X-Original-Host: new.ngrok.app",
        "Forwarded: for=192.0.2.1;host=\"new.ngrok.app\";proto=https",
    ] {
        let named = Sent {
            headers: header.to_string(),
            ..bare("/hook", signature.clone())
        };
        let advice = "Start with --public-url https://new.ngrok.app";
        refused(
            &site,
            &named,
            "signed for https://new.ngrok.app",
            advice,
            there(),
        );
    }
    // Nothing names it.
    let silent = bare("/hook", signature);
    refused(
        &site,
        &silent,
        "not found",
        "start with --public-url",
        there(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advised_change_mends_a_token() {
    let site = served().await;
    let url = format!("http://localhost:{}/hook", site.port());
    let signed_with = |token: &str| bare("/hook", sign(token, &url, &[]));
    refused(
        &site,
        &signed_with(OTHER),
        "signed with the auth token of the service \"other\"",
        "Sign with this service's auth token",
        Change::Request(signed_with(TOKEN)),
    );
    refused(
        &site,
        &signed_with(SECONDARY),
        "signed with the secondary auth token",
        "Sign with the primary auth token",
        Change::Request(signed_with(TOKEN)),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advised_change_mends_parameters_and_bodies() {
    let site = served().await;
    let url = format!("http://localhost:{}/hook", site.port());
    let form = |body: &str, signature: &str| Sent {
        body: body.to_string(),
        ..bare("/hook", signature.to_string())
    };
    let signature = sign(TOKEN, &url, &[("Body", "Ahoy"), ("FromCity", "")]);
    refused(
        &site,
        &form("Body=Ahoy", &signature),
        "the empty parameter FromCity was signed and is missing",
        "Send FromCity even though it is empty",
        Change::Request(form("Body=Ahoy&FromCity=", &signature)),
    );
    let signature = sign(TOKEN, &url, &[("Body", "Ahoy")]);
    refused(
        &site,
        &form("Body=Ahoy&added=1", &signature),
        "the parameter added was not signed",
        "send the request without it",
        Change::Request(form("Body=Ahoy", &signature)),
    );
    let json = r#"{"a": 1}"#;
    let hashed = format!("/hook?bodySHA256={}", body_sha256(json.as_bytes()));
    let signature = sign(
        TOKEN,
        &format!("http://localhost:{}{hashed}", site.port()),
        &[],
    );
    let event = |target: &str, body: &str| Sent {
        content_type: JSON,
        body: body.to_string(),
        ..bare(target, signature.clone())
    };
    refused(
        &site,
        &event("/hook", json),
        "signed with bodySHA256, which the URL lacks",
        "Call the URL with the bodySHA256",
        Change::Request(event(&hashed, json)),
    );
    refused(
        &site,
        &event(&hashed, r#"{ "a": 1 }"#),
        "the body hashes to",
        "Send the very bytes that were hashed",
        Change::Request(event(&hashed, json)),
    );
    let fields = Sent {
        content_type: JSON,
        ..form(json, &sign(TOKEN, &url, &[("a", "1")]))
    };
    let alone = Sent {
        signature: sign(TOKEN, &url, &[]),
        ..fields.clone()
    };
    refused(
        &site,
        &fields,
        "the JSON body's fields were signed as parameters",
        "sign the URL alone",
        Change::Request(alone),
    );
}
