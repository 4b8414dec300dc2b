//! Rust handlers over the wire: what they are given, and what becomes of what they do.

use crate::http::{Client, Reply};
use crate::project::{Project, within};
use serde_json::{Value, json};
use switchboard::{Callback, Context, Event, Handlers, Level, Outcome};
use tokio::sync::mpsc;

/// Calls back with the event and the context, as JSON.
async fn echo(context: Context, event: Event, callback: Callback) -> Outcome {
    callback.success(json!({ "event": event.to_json(), "context": context.to_json() }))
}

fn event_of(reply: &Reply) -> Value {
    let all: Value = serde_json::from_slice(&reply.body).expect("the echo is JSON");
    all["event"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_holds_query_body_headers_and_cookies() {
    let site = Project::app("", Handlers::new().with("echo", echo))
        .start()
        .await;
    let head = "POST /echo?a=1&b[c]=2&d=3&d=4\nContent-Type: application/json\nX-One: 1\n\
        X-Two: a\nx-two: b\nCookie: s=a%20b; t=\"q\"\nUser-Agent: u\nReferer: r\nVia: v\n\
        X-Forwarded-For: f\nX-Twilio-Signature: sig\nI-Twilio-Idempotency-Token: i";
    let reply = site.ask(head, r#"{"a":true,"z":[1]}"#);
    let expected = json!({
        "request": {
            "headers": {
                "content-type": "application/json",
                "x-one": "1",
                "x-two": ["a", "b"],
                "cookie": "s=a%20b; t=\"q\"",
                "user-agent": "u",
                "x-twilio-signature": "sig",
                "content-length": "18",
            },
            "cookies": { "s": "a b", "t": "q" },
        },
        "a": true,
        "b": { "c": "2" },
        "d": ["3", "4"],
        "z": [1],
    });
    assert_eq!(event_of(&reply).to_string(), expected.to_string());

    let form = "POST /echo?a=1\nContent-Type: application/x-www-form-urlencoded";
    let event = event_of(&site.ask(form, "a=x+y&a=2&b[c]=%26"));
    assert_eq!(event["a"], json!(["x y", "2"]));
    assert_eq!(event["b[c]"], json!("&"));

    let ignored = event_of(&site.ask("POST /echo?a=1\nContent-Type: text/plain", "b=2"));
    assert_eq!(ignored["a"], "1");
    assert_eq!(ignored.get("b"), None);

    let json = "POST /echo\nContent-Type: application/json";
    for (body, status) in [("{", 400), ("1", 400), ("", 200), ("[7]", 200)] {
        assert_eq!(site.ask(json, body).status, status, "{body}");
    }
    assert_eq!(event_of(&site.ask(json, "[7]"))["0"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_holds_the_services_variables_and_its_place() {
    let head = "[services.app]\nenv = { KEY = \"value\", PATH = \"mine\" }";
    let site = Project::app(head, Handlers::new().with("echo", echo))
        .start()
        .await;
    let reply = site.ask("GET /app/echo?x", "");
    let all: Value = serde_json::from_slice(&reply.body).expect("the echo is JSON");
    let context = all["context"].as_object().expect("an object");
    let keys: Vec<&str> = context.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "PATH",
            "DOMAIN_NAME",
            "SERVICE_SID",
            "ENVIRONMENT_SID",
            "KEY",
            "ACCOUNT_SID",
            "AUTH_TOKEN"
        ]
    );
    assert_eq!(
        (&context["KEY"], &context["PATH"]),
        (&json!("value"), &json!("mine"))
    );
    for (key, prefix) in [
        ("SERVICE_SID", "ZS"),
        ("ENVIRONMENT_SID", "ZE"),
        ("ACCOUNT_SID", "AC"),
    ] {
        let sid = context[key].as_str().expect("text");
        assert!(sid.len() == 34 && sid.starts_with(prefix), "{sid}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_function_prints_belongs_to_its_exchange() {
    let print = |context: Context, event: Event, callback: Callback| async move {
        let n = event.text("n").unwrap_or_default().to_string();
        context.console().log(format!("log {n}"));
        context.console().warn("warn");
        context.console().error("error");
        callback.success(())
    };
    let site = Project::app("", Handlers::new().with("print", print))
        .start()
        .await;
    for n in ["1", "2"] {
        site.ask(&format!("GET /print?n={n}"), "");
        let last = site.last();
        let lines: Vec<_> = last
            .console
            .iter()
            .map(|l| (l.level, l.text.as_str()))
            .collect();
        let log = format!("log {n}");
        assert_eq!(
            lines,
            [
                (Level::Info, log.as_str()),
                (Level::Warning, "warn"),
                (Level::Error, "error")
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_runs_on_when_its_caller_leaves() {
    let (sender, mut news) = mpsc::unbounded_channel();
    let (go, gate) = tokio::sync::watch::channel(false);
    let slow = move |_: Context, _: Event, callback: Callback| {
        let (sender, mut gate) = (sender.clone(), gate.clone());
        async move {
            let _ = sender.send("began");
            let _ = gate.wait_for(|open| *open).await;
            let _ = sender.send("ended by itself");
            callback.success(())
        }
    };
    let site = Project::app("", Handlers::new().with("slow", slow))
        .start()
        .await;
    let mut client = Client::connect(site.port());
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(within(news.recv()).await, Some("began"));
    drop(client);
    assert_eq!(within(site.running().journal().newer_than(0)).await, 1);
    assert_eq!(site.last().status, 499);
    assert_eq!(site.fault(), "the caller left before the answer");
    go.send_replace(true);
    assert_eq!(within(news.recv()).await, Some("ended by itself"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_has_nothing_more_to_say_still_gets_its_answer() {
    let (sender, mut began) = mpsc::unbounded_channel();
    let (go, gate) = tokio::sync::watch::channel(false);
    let slow = move |_: Context, _: Event, callback: Callback| {
        let (sender, mut gate) = (sender.clone(), gate.clone());
        async move {
            let _ = sender.send(());
            let _ = gate.wait_for(|open| *open).await;
            callback.success("still there")
        }
    };
    let site = Project::app("", Handlers::new().with("slow", slow))
        .start()
        .await;
    let mut client = Client::connect(site.port());
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    within(began.recv()).await.unwrap();
    client.end();
    go.send_replace(true);
    assert_eq!(client.read().text(), "still there");
    assert_eq!(site.last().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_assets_are_read_through_runtime_alone() {
    let read = |context: Context, _: Event, callback: Callback| async move {
        let assets = context.runtime().get_assets();
        let names: Vec<&str> = assets.keys().map(String::as_str).collect();
        let text = assets["/deep/a.txt"].open()?;
        callback.success(json!([names, text]))
    };
    let text = "[services.a]\nroot = \".\"\n[services.a.functions]\n\
                \"/read\" = { handler = \"rust:read\" }";
    let site = Project::new()
        .file("services.toml", text)
        .file("assets/deep/a.private.txt", "Olá")
        .file("assets/public.txt", "public")
        .file("assets/guarded.protected.txt", "guarded")
        .handler("read", read)
        .start()
        .await;
    assert_eq!(
        site.ask("GET /read", "").text(),
        r#"[["/deep/a.txt"],"Olá"]"#
    );
    assert_eq!(site.status("GET /deep/a.txt"), 404);
    assert_eq!(site.status("GET /guarded.txt"), 403);
}
