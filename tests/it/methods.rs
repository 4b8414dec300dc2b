//! Methods: what reaches a function, what the gateway answers by itself, what is refused.

use crate::http::{Client, send_raw};
use crate::project::{Project, Site};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use switchboard::{Callback, Context, Event, Handlers, Outcome, Response, Rule};

async fn text(_context: Context, event: Event, callback: Callback) -> Outcome {
    callback.success(format!("text {}", event.text("a").unwrap_or_default()))
}

async fn open(_context: Context, _event: Event, callback: Callback) -> Outcome {
    let mut response = Response::new();
    callback.success(response.append_header("Access-Control-Allow-Origin", "*"))
}

fn project() -> Project {
    Project::app("", Handlers::new().with("text", text).with("open", open))
}

fn warnings(site: &Site) -> Vec<Rule> {
    site.last().warnings.iter().map(|w| w.rule).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn get_post_and_head_reach_the_function() {
    let site = project().start().await;
    let get = site.ask("GET /text?a=1", "");
    assert_eq!((get.status, get.text()), (200, "text 1".to_string()));
    let form = "POST /text\nContent-Type: application/x-www-form-urlencoded";
    let post = site.ask(form, "a=1");
    assert_eq!((post.status, post.text()), (200, "text 1".to_string()));

    // HEAD is GET without its body; the connection goes on behind it.
    let mut client = Client::connect(site.port());
    client.send("HEAD /text?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = client.read_head();
    assert_eq!((head.status, &head.headers), (200, &get.headers));
    client.send("GET /text?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.read().text(), "text 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_refused_in_the_status_that_was_chosen() {
    let methods = [
        "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "M-SEARCH", "get",
    ];
    for (choice, status) in [("", 403), ("[cloud]\nmethod_status = 405\n", 405)] {
        let text = format!("{choice}[services.a.functions]\n\"/t\" = {{ handler = \"rust:t\" }}");
        let project = Project::new().file("services.toml", &text);
        let site = project.handler("t", self::text).start().await;
        for method in methods {
            assert_eq!(site.status(&format!("{method} /t")), status, "{method}");
            assert_eq!(site.fault().split(' ').next(), Some(method));
            assert_eq!(site.ask(&format!("{method} /t"), "body").status, status);
        }
        let made_up = "X".repeat(200);
        assert_eq!(site.status(&format!("{made_up} /t")), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_with_a_body_is_refused_and_does_not_leak_into_the_next_request() {
    let site = project().start().await;
    for method in ["GET", "HEAD"] {
        let request = format!("{method} /text HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        let mut client = Client::connect(site.port());
        assert_eq!(client.send(request).read_head().status, 200);
        let framings = [
            "Content-Length: 42\r\n\r\nGET /open HTTP/1.1\r\nHost: localhost\r\n\r\n12",
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ];
        for framing in framings {
            let request = format!("{method} /text HTTP/1.1\r\nHost: localhost\r\n{framing}");
            let mut client = Client::connect(site.port());
            assert_eq!(client.send(request).read_head().status, 403);
            assert!(site.fault().contains("a GET with a body"));
        }
    }
    let paths: Vec<_> = site.running().journal().exchanges();
    assert!(
        paths
            .iter()
            .all(|exchange| exchange.request.uri.path() == "/text")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_without_running_the_function() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let count = move |_: Context, _: Event, callback: Callback| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move { callback.success(()) }
    };
    let documented = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "*"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
    ];
    let observed = [
        ("access-control-allow-origin", "*"),
        (
            "access-control-allow-headers",
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, \
             If-Unmodified-Since",
        ),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-expose-headers", "ETag"),
        ("access-control-max-age", "86400"),
        ("access-control-allow-credentials", "true"),
    ];
    for (choice, expected) in [
        ("", &documented[..]),
        ("[cloud]\ncors = \"docs\"\n", &documented[..]),
        ("[cloud]\ncors = \"observed-2020\"\n", &observed[..]),
    ] {
        let text = format!("{choice}[services.a.functions]\n\"/t\" = {{ handler = \"rust:t\" }}");
        let project = Project::new().file("services.toml", &text);
        let site = project.handler("t", count.clone()).start().await;
        for head in [
            "OPTIONS /t",
            "OPTIONS /t\nOrigin: https://a.example\nAccess-Control-Request-Method: POST",
        ] {
            let reply = site.ask(head, "");
            assert_eq!((reply.status, reply.text()), (204, String::new()));
            let cors: Vec<(&str, &str)> = reply
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .filter(|(name, _)| name.starts_with("access-control-"))
                .collect();
            assert_eq!(cors, expected);
            assert_eq!(reply.header("content-length"), None);
        }
        assert_eq!(site.status("OPTIONS /none"), 404);
    }
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_with_a_body_is_answered_too() {
    let site = project().start().await;
    let request = "OPTIONS /text HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(
        send_raw(site.port(), request).expect("an answer").status,
        204
    );
    assert_eq!(site.status("GET /text"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_warns_of_answers_that_a_browser_keeps_to_itself() {
    let site = project().start().await;
    let port = site.port();
    let blocked = [
        "GET /text\nOrigin: https://a.example".to_string(),
        "GET /none\nOrigin: https://a.example".to_string(),
        "PUT /text\nOrigin: null".to_string(),
    ];
    for head in blocked {
        let reply = site.ask(&head, "");
        assert!(warnings(&site).contains(&Rule::BrowserBlocks), "{head}");
        // The caller sees nothing of it.
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    let allowed = [
        "GET /text".to_string(),
        format!("GET /text\nOrigin: http://localhost:{port}"),
        "GET /open\nOrigin: https://a.example".to_string(),
        "OPTIONS /text\nOrigin: https://a.example".to_string(),
    ];
    for head in allowed {
        site.ask(&head, "");
        assert!(!warnings(&site).contains(&Rule::BrowserBlocks), "{head}");
    }
}
