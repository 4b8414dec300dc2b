//! What the caller sees of what a Rust handler calls back with.

use crate::http::Client;
use crate::project::Project;
use serde_json::{Value, json};
use switchboard::{Callback, Context, Event, HandlerError, Handlers, Outcome, Response, Twiml};

/// A handler that calls back with what `payload` makes.
macro_rules! calls_back {
    ($payload:expr) => {
        |_: Context, _: Event, callback: Callback| async move { callback.success($payload) }
    };
}

/// A handler that fails with what `failure` makes.
macro_rules! fails {
    ($failure:expr) => {
        |_: Context, _: Event, callback: Callback| async move { callback.error($failure) }
    };
}

fn response(edit: impl FnOnce(&mut Response) -> &mut Response) -> Response {
    let mut response = Response::new();
    edit(&mut response);
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payload_has_its_type_and_bytes() {
    let handlers = Handlers::new()
        .with("nothing", calls_back!(()))
        .with("null", calls_back!(Value::Null))
        .with("text", calls_back!("Olá"))
        .with("object", calls_back!(json!({ "b": [1, null], "a": "é" })))
        .with("array", calls_back!(json!([])))
        .with("number", calls_back!(json!(42)))
        .with("false", calls_back!(json!(false)))
        .with("json-text", calls_back!(json!("as it is")))
        .with("twiml", calls_back!(Twiml::new("<Response/>")))
        .with("buffer", calls_back!(vec![0, 255]))
        .with("r-nothing", calls_back!(Response::new()))
        .with("r-text", calls_back!(response(|r| r.set_body("x"))))
        .with("r-json", calls_back!(response(|r| r.set_body(json!({})))))
        .with("r-bytes", calls_back!(response(|r| r.set_body(vec![1]))));
    let site = Project::app("", handlers).start().await;
    let text = Some("text/plain; charset=utf8");
    let json = Some("application/json");
    let octets = Some("application/octet-stream");
    let table: [(&str, Option<&str>, &[u8]); 14] = [
        ("nothing", None, b""),
        ("null", None, b""),
        ("text", text, "Olá".as_bytes()),
        ("object", json, r#"{"b":[1,null],"a":"é"}"#.as_bytes()),
        ("array", json, b"[]"),
        ("number", json, b"42"),
        ("false", json, b"false"),
        ("json-text", text, b"as it is"),
        ("twiml", Some("text/xml"), b"<Response/>"),
        ("buffer", octets, &[0, 255]),
        ("r-nothing", None, b""),
        ("r-text", octets, b"x"),
        ("r-json", json, b"{}"),
        ("r-bytes", octets, &[1]),
    ];
    for (path, content_type, body) in table {
        let reply = site.ask(&format!("GET /{path}"), "");
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), content_type, "{path}");
        assert_eq!(reply.body, body, "{path}");
        let length = body.len().to_string();
        assert_eq!(
            reply.header("content-length"),
            Some(length.as_str()),
            "{path}"
        );
    }
}

async fn throws(_context: Context, event: Event, callback: Callback) -> Outcome {
    match event.text("what") {
        Some("own") => Err(HandlerError::new("mine")),
        _ => {
            let number: i32 = "x".parse()?;
            callback.success(number.to_string())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_a_500_and_tells_the_journal() {
    let handlers = Handlers::new()
        .with("text", fails!("bad"))
        .with("object", fails!(json!({ "code": 1 })))
        .with("number", fails!(json!(422)))
        .with("throws", throws)
        .with(
            "no-status",
            calls_back!(response(|r| r.set_status_code(99))),
        )
        .with(
            "bad-header",
            calls_back!(response(|r| r.append_header("a b", "c"))),
        );
    let site = Project::app("", handlers).start().await;
    let table = [
        ("text", "text/plain; charset=utf8", "bad"),
        ("object", "application/json", r#"{"code":1}"#),
        ("number", "text/plain; charset=utf8", "422"),
        (
            "throws",
            "text/plain; charset=utf8",
            "invalid digit found in string",
        ),
        ("throws?what=own", "text/plain; charset=utf8", "Error: mine"),
        (
            "no-status",
            "text/plain; charset=utf8",
            "RangeError: Invalid status code: 99",
        ),
    ];
    for (path, content_type, body) in table {
        let reply = site.ask(&format!("GET /{path}"), "");
        assert_eq!(reply.status, 500, "{path}");
        assert_eq!(reply.header("content-type"), Some(content_type), "{path}");
        assert_eq!(reply.text(), body, "{path}");
        assert_eq!(reply.header("x-content-type-options"), None);
        assert_eq!(site.fault(), body, "{path}");
    }
    assert_eq!(site.status("GET /bad-header"), 500);
    assert!(site.fault().contains("ERR_INVALID_HTTP_TOKEN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_leaves_with_its_headers_in_the_clouds_order() {
    let handlers = Handlers::new().with(
        "r",
        calls_back!(response(|r| {
            r.set_status_code(201)
                .append_header("X-B", "1")
                .append_header("x-b", "2")
                .append_header("Content-Type", "text/x")
                .append_header("X-A", "caf\u{e9}")
                .append_header("Connection", "close")
                .append_header("Content-Length", "999")
                .set_cookie("c", "1", &["Path=/"])
                .remove_cookie("d")
                .set_body("body")
        })),
    );
    let site = Project::app("", handlers).start().await;
    for (host, domain) in [
        ("localhost:3000", "localhost"),
        ("[::1]:3000", "[::1]"),
        ("X.example", "X.example"),
    ] {
        let reply = site.ask(&format!("GET /r\nHost: {host}"), "");
        let sent: Vec<String> = reply.headers[1..]
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            sent,
            [
                "content-type: text/x".to_string(),
                "content-length: 4".into(),
                "x-b: 1".into(),
                "x-b: 2".into(),
                "x-a: caf\u{e9}".into(),
                format!("set-cookie: c=1;Path=/;Domain={domain};HttpOnly;Secure"),
                format!("set-cookie: d=;Max-Age=0;Domain={domain};HttpOnly;Secure"),
                "x-shenanigans: none".into(),
                "x-content-type-options: nosniff".into(),
                "x-xss-protection: 1; mode=block".into(),
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_of_more_than_a_day_is_refused() {
    let handlers = Handlers::new().with(
        "c",
        calls_back!(response(|r| r.set_cookie("c", "1", &["Max-Age=86401"]))),
    );
    let site = Project::app("", handlers).start().await;
    let reply = site.ask("GET /c", "");
    assert_eq!(reply.status, 400);
    assert_eq!(reply.text(), "Cookies max-age cannot be greater than a day");
    assert_eq!(reply.header("set-cookie"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_without_a_body_have_none() {
    let handlers = Handlers::new().with("s", |_: Context, event: Event, callback: Callback| {
        let status = event.text("s").and_then(|s| s.parse().ok());
        async move {
            callback.success(response(|r| {
                r.set_status_code(status.unwrap_or(0)).set_body("body")
            }))
        }
    });
    let site = Project::app("", handlers).start().await;
    let mut client = Client::connect(site.port());
    for status in [204, 200, 304, 302, 404, 599] {
        client.send(format!("GET /s?s={status} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let reply = client.read();
        assert_eq!(reply.status, status);
        let has_body = !matches!(status, 204 | 304);
        assert_eq!(
            reply.header("content-length").is_some(),
            has_body,
            "{status}"
        );
        assert_eq!(reply.text(), if has_body { "body" } else { "" });
    }
    for status in [100, 101, 199, 0, 1000] {
        assert_eq!(site.status(&format!("GET /s?s={status}")), 500, "{status}");
    }
}
