//! The repository's own JavaScript service, as a fresh clone serves it: no package is installed.

use crate::functions;
use crate::http::ask;
use std::path::Path;
use switchboard::config::DEVELOPMENT_AUTH_TOKEN;
use switchboard::signature::Signer;
use switchboard::{Running, Switchboard};

async fn server() -> Running {
    Switchboard::builder()
        .project(Path::new(env!("CARGO_MANIFEST_DIR")))
        .handlers(functions::all())
        .port(0)
        .no_watch()
        .start()
        .await
        .expect("the repository's services.toml is valid")
}

fn told(server: &Running, head: &str) -> (u16, String) {
    let reply = ask(server.port(), head, "");
    (reply.status, reply.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_is_in_the_language_that_is_asked_for() {
    let server = server().await;
    for (path, greeting) in [
        ("/greeting", "Hello, world!"),
        ("/greeting?name=Ada&language=fr", "Bonjour, Ada!"),
        ("/greeting?language=ja", "こんにちは, world!"),
        ("/greeting?language=toString", "Hello, world!"),
    ] {
        let answer = told(&server, &format!("GET /demo{path}"));
        assert_eq!(answer, (200, greeting.to_string()), "{path}");
    }
    // By its own host too; the default service has no such path.
    let domain = server
        .registry()
        .service("demo")
        .expect("it is there")
        .domain
        .clone();
    let by_host = format!("GET /greeting?name=Ada\nHost: {domain}.localhost");
    assert_eq!(told(&server, &by_host), (200, "Hello, Ada!".to_string()));
    assert_eq!(told(&server, "GET /greeting").0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_are_counted_in_a_cookie() {
    let server = server().await;
    for (cookie, visits) in [("", 1), ("visits=1", 2), ("visits=41", 42), ("visits=x", 1)] {
        let head = format!("GET /demo/visits\nCookie: {cookie}");
        let reply = ask(server.port(), &head, "");
        assert_eq!(reply.text(), format!("{{\"visits\":{visits}}}"), "{cookie}");
        let set = reply.header("set-cookie").unwrap_or_default();
        assert!(
            set.starts_with(&format!("visits={visits};HttpOnly;")),
            "{set}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_twiml_for_twilio_alone() {
    let server = server().await;
    let form = "From=%2B14155550100&Body=a%20%3Cb%3E%20%26%20%22c%22";
    let head = "POST /demo/sms/reply\nContent-Type: application/x-www-form-urlencoded";
    let refused = ask(server.port(), head, form);
    assert_eq!(refused.status, 403);

    let parameters = [("From", "+14155550100"), ("Body", "a <b> & \"c\"")];
    let parameters = parameters.map(|(name, value)| (name.to_string(), value.to_string()));
    let url = server.url("demo", "/sms/reply");
    let signature = Signer::new(DEVELOPMENT_AUTH_TOKEN).sign(&url, &parameters);
    let signed = format!("{head}\nX-Twilio-Signature: {signature}");
    let reply = ask(server.port(), &signed, form);
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/xml"));
    assert_eq!(
        reply.text(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Hello, +14155550100! \
         You wrote: a &lt;b&gt; &amp; &quot;c&quot;</Message></Response>"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_public_and_what_is_private_has_no_url() {
    let server = server().await;
    let page = ask(server.port(), "GET /demo/index.html", "");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("greeting?name=Ada"), "{}", page.text());
    for path in ["/demo/phrases", "/demo/phrases.json", "/phrases.json"] {
        assert_eq!(told(&server, &format!("GET {path}")).0, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_of_the_default_service_is_hidden() {
    let server = server().await;
    assert_eq!(server.diagnostics(), []);
    let registry = server.registry();
    let default = registry.default_service().expect("there is one");
    assert_eq!(&*default.name, "auth");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_hears_a_menu() {
    let server = server().await;
    let signer = Signer::new(DEVELOPMENT_AUTH_TOKEN);
    let path = "/demo/voice/menu";
    let url = format!("http://localhost:{}{path}", server.port());
    for (name, value, verb) in [
        ("From", "+14155550100", "<Gather numDigits=\"1\""),
        ("Digits", "1", "UTC.</Say><Hangup/>"),
        ("Digits", "2", "<Dial action=\"menu\""),
        ("DialCallStatus", "busy", "Nobody is there: busy."),
    ] {
        let signature = signer.sign(&url, &[(name.to_string(), value.to_string())]);
        let head = format!(
            "POST {path}\nX-Twilio-Signature: {signature}\n\
             Content-Type: application/x-www-form-urlencoded"
        );
        let body = format!("{name}={}", value.replace('+', "%2B"));
        let reply = ask(server.port(), &head, &body);
        let text = reply.text();
        assert_eq!(reply.status, 200, "{text}");
        assert!(text.contains(verb), "{name}={value}: {text}");
    }
}
