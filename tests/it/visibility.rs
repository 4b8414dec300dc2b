//! Who may reach what: nobody passes a protected function without Twilio's signature, and a
//! refusal tells its reason to the developer alone.

use crate::http::Reply;
use crate::project::{Project, Site};
use switchboard::signature::{Signer, body_sha256};
use switchboard::{Callback, Context, Event, Outcome};

async fn ok(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("in")
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";

fn project() -> Project {
    let text = format!(
        r#"
        default_service = "main"
        [services.main]
        domain = "main-1111-dev"
        auth_token = "{TOKEN}"
        [services.main.functions]
        "/open" = {{ handler = "rust:ok" }}
        "/hook" = {{ handler = "rust:ok", visibility = "protected" }}
        "/hidden" = {{ handler = "rust:ok", visibility = "private" }}
        [services.other]
        domain = "other-2222-dev"
        auth_token = "{OTHER_TOKEN}"
        [services.other.functions]
        "/hook" = {{ handler = "rust:ok", visibility = "protected" }}
        "#
    );
    Project::new()
        .file("services.toml", &text)
        .handler("ok", ok)
}

fn signature(url: &str) -> String {
    Signer::new(TOKEN).sign(url, &[])
}

/// A POST without a body, with this signature.
fn post(site: &Site, target: &str, headers: &str, signature: &str) -> Reply {
    let head = format!("POST {target}\nX-Twilio-Signature: {signature}\n{headers}");
    site.ask(&head, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_visibility_answers_anyone_as_it_should() {
    let site = project().start().await;
    for method in ["GET", "POST", "HEAD"] {
        assert_eq!(site.status(&format!("{method} /open")), 200);
        assert_eq!(site.status(&format!("{method} /hook")), 403);
        assert_eq!(site.status(&format!("{method} /other/hook")), 403);
        assert_eq!(site.status(&format!("{method} /hidden")), 404);
    }
    // The preflight of a protected function is answered: it tells nothing and runs nothing.
    assert_eq!(site.status("OPTIONS /hook"), 204);
    assert_eq!(site.status("OPTIONS /hidden"), 404);
    // Not even a signature opens what is private.
    let url = format!("http://localhost:{}/hidden", site.port());
    assert_eq!(post(&site, "/hidden", "", &signature(&url)).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_url_that_twilio_can_have_signed_opens() {
    let site = project()
        .with(|builder| builder.public_url("https://x.ngrok.app"))
        .start()
        .await;
    let port = site.port();
    let forwarded = "X-Forwarded-Proto: https\nX-Forwarded-Host: y.example";
    let cloud = "Host: main-1111-dev.localhost:99";
    let table = [
        // The public URL, with and without the port that its scheme implies.
        ("/hook", "", "https://x.ngrok.app/hook".to_string()),
        ("/hook?a=1&b", "", "https://x.ngrok.app/hook?a=1&b".into()),
        ("/hook", "", "https://x.ngrok.app:443/hook".into()),
        ("/main/hook", "", "https://x.ngrok.app/main/hook".into()),
        // What a proxy on this machine was called by.
        ("/hook", forwarded, "https://y.example/hook".into()),
        (
            "/main/hook",
            forwarded,
            "https://y.example/main/hook".into(),
        ),
        // As received, with and without the port.
        ("/hook", "", format!("http://localhost:{port}/hook")),
        ("/hook", "", "http://localhost/hook".into()),
        (
            "/hook",
            "Host: other.example",
            "http://other.example/hook".into(),
        ),
        (
            "/main/hook",
            "",
            format!("http://localhost:{port}/main/hook"),
        ),
        // The service's own domain, here and in the cloud, whichever way the request came.
        ("/hook", "", "https://main-1111-dev.twil.io/hook".into()),
        ("/hook", "", "https://main-1111-dev.twil.io:443/hook".into()),
        (
            "/main/hook?q",
            "",
            "https://main-1111-dev.twil.io/hook?q".into(),
        ),
        (
            "/hook",
            cloud,
            "http://main-1111-dev.localhost:99/hook".into(),
        ),
        ("/hook", cloud, "https://main-1111-dev.twil.io/hook".into()),
    ];
    for (target, headers, signed) in table {
        let reply = post(&site, target, headers, &signature(&signed));
        assert_eq!(
            reply.status,
            200,
            "{target} {headers} {signed}: {}",
            site.fault()
        );
        let reply = site.ask(
            &format!(
                "GET {target}\nX-Twilio-Signature: {}\n{headers}",
                signature(&signed)
            ),
            "",
        );
        assert_eq!(reply.status, 200, "GET {target} {headers} {signed}");
        assert_eq!(reply.text(), "in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_signed_with_their_parameters_and_json_without() {
    let site = project().start().await;
    let url = format!("http://localhost:{}/hook", site.port());
    let parameters = [
        ("Body".to_string(), "Olá 👋 + & =".to_string()),
        ("From".to_string(), "+14155550100".to_string()),
        ("Empty".to_string(), String::new()),
    ];
    let signed = Signer::new(TOKEN).sign(&url, &parameters);
    let form = "Body=Ol%C3%A1+%F0%9F%91%8B+%2B+%26+%3D&From=%2B14155550100&Empty=";
    let send = |target: &str, content_type: &str, signature: &str, body: &str| {
        let head =
            format!("POST {target}\nContent-Type: {content_type}\nX-Twilio-Signature: {signature}");
        site.ask(&head, body).status
    };
    let urlencoded = "application/x-www-form-urlencoded; charset=utf-8";
    assert_eq!(send("/hook", urlencoded, &signed, form), 200);
    assert_eq!(
        send("/hook", &urlencoded.to_uppercase(), &signed, form),
        200
    );
    assert_eq!(
        send("/hook", urlencoded, &signed, &format!("{form}&x=1")),
        403
    );
    assert!(site.fault().contains("the parameter x was not signed"));
    assert_eq!(send("/hook", "text/plain", &signed, form), 403);
    assert!(site.fault().contains("sent with another content type"));

    let json = r#"{"a": 1}"#;
    assert_eq!(
        send("/hook", "application/json", &signature(&url), json),
        200
    );
    let target = format!("/hook?bodySHA256={}", body_sha256(json.as_bytes()));
    let hashed = signature(&format!("http://localhost:{}{target}", site.port()));
    assert_eq!(send(&target, "application/json", &hashed, json), 200);
    assert_eq!(
        send(&target, "application/json", &hashed, r#"{"a": 2}"#),
        403
    );
    assert!(site.fault().contains("bodySHA256"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_in_the_journal_and_nowhere_else() {
    let site = project().start().await;
    let url = format!("http://localhost:{}/hook", site.port());
    let other = Signer::new(OTHER_TOKEN).sign(&url, &[]);
    let table = [
        (String::new(), "the request is not signed"),
        ("x".to_string(), "does not hold a signature"),
        (other, "signed with the auth token of the service \"other\""),
        (
            signature(&url.replace("http", "https")),
            "signed for https://",
        ),
        (
            signature(&format!("{url}/")),
            "with a slash at the path's end",
        ),
        (signature("https://elsewhere.example/x"), "cause: "),
    ];
    for (signature, cause) in table {
        let reply = post(&site, "/hook", "", &signature);
        assert_eq!(reply.status, 403);
        assert_eq!(reply.text(), "Forbidden (Switchboard's wording)");
        assert_eq!(
            reply.names(),
            ["date", "content-type", "content-length", "x-shenanigans"]
        );
        let fault = site.fault();
        assert!(fault.contains(cause), "{cause}: {fault}");
        assert!(fault.contains("advice: "), "{fault}");
        assert!(
            fault.contains(&format!("for {url} (URL as received)")),
            "{fault}"
        );
        assert!(
            !fault.contains(TOKEN) && !fault.contains(OTHER_TOKEN),
            "{fault}"
        );
    }
    let twice = format!("X-Twilio-Signature: {}", signature(&url));
    assert_eq!(post(&site, "/hook", &twice, &signature(&url)).status, 403);
    assert!(site.fault().contains("there are 2 signatures"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_refusal_is_the_projects_choice() {
    for status in [400, 401, 403] {
        let text = format!(
            "[cloud]\nprotected_status = {status}\n[services.a.functions]\n\
             \"/p\" = {{ handler = \"rust:ok\", visibility = \"protected\" }}"
        );
        let project = Project::new().file("services.toml", &text);
        let site = project.handler("ok", ok).start().await;
        assert_eq!(site.status("POST /p"), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visibility_may_be_tried_without_renaming_anything() {
    let text = "[services.a.functions]\n\"/p\" = { handler = \"rust:ok\" }\n\
                [services.a.visibility]\n\"/p\" = \"protected\"";
    let project = Project::new().file("services.toml", text);
    let site = project.handler("ok", ok).start().await;
    assert_eq!(site.status("GET /p"), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_bad_signatures_at_once_are_all_refused_and_the_good_one_passes() {
    let site = project().start().await;
    let url = format!("http://localhost:{}/hook", site.port());
    let bad = signature("https://elsewhere.example/x");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(post(&site, "/hook", "", &bad).status, 403);
                }
            });
        }
        scope.spawn(|| assert_eq!(post(&site, "/hook", "", &signature(&url)).status, 200));
    });
}
