//! The cloud's limits: just under passes, just over is refused, and each can be switched off.

use crate::http::{Client, ask, send_raw};
use crate::project::{Project, Site, within};
use serde_json::json;
use std::sync::Arc;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Response, Rule};
use tokio::sync::{Semaphore, mpsc};

const MB: usize = 1024 * 1024;
const KB: usize = 1024;

/// Calls back with what it was sent: how many parameters and headers.
async fn count(_context: Context, event: Event, callback: Callback) -> Outcome {
    let parameters = event.parameters().len();
    callback.success(json!([parameters, event.request().headers().len()]))
}

/// Calls back with as many bytes, or headers of 100 bytes, as it is asked for.
async fn give(_context: Context, event: Event, callback: Callback) -> Outcome {
    let number = |name| event.text(name).and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut response = Response::new();
    response.set_body(vec![b'x'; number("bytes")]);
    for n in 0..number("headers") {
        response.append_header(&format!("x-{n:03}"), "y".repeat(95));
    }
    callback.success(response)
}

async fn site(head: &str) -> Site {
    let handlers = Handlers::new().with("count", count).with("give", give);
    Project::app(head, handlers).start().await
}

/// A POST with a body of so many bytes and a header of so many.
fn sized(site: &Site, body: usize, header: usize) -> u16 {
    let head = format!("POST /count\nX-Fill: {}", "h".repeat(header));
    site.ask(&head, &"b".repeat(body)).status
}

/// The same in chunks of 64 KB.
fn chunked(site: &Site, body: usize, header: usize) -> u16 {
    let fill = "h".repeat(header);
    let mut client = Client::connect(site.port());
    client.send(format!(
        "POST /count HTTP/1.1\r\nHost: a\r\nX-Fill: {fill}\r\nTransfer-Encoding: chunked\r\n\r\n"
    ));
    let mut left = body;
    while left > 0 {
        let size = left.min(64 * KB);
        client.send(format!("{size:x}\r\n{}\r\n", "b".repeat(size)));
        left -= size;
    }
    client.send("0\r\n\r\n").read().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_a_megabyte_its_head_included() {
    let site = site("").await;
    for send in [sized, chunked] {
        assert_eq!(send(&site, MB - KB, 10), 200);
        assert_eq!(send(&site, MB - 11 * KB, 10 * KB), 200);
        assert_eq!(send(&site, MB, 10), 413);
        assert!(site.fault().contains("head included"));
        assert_eq!(send(&site, MB - 9 * KB, 10 * KB), 413);
        assert_eq!(send(&site, 3 * MB, 10), 413);
    }
    assert_eq!(sized(&site, 10, 10), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_requests_can_be_set_and_switched_off() {
    let small = site("[limits]\nrequest_bytes = 2000").await;
    let large = site("[limits]\nrequest_bytes = false").await;
    for send in [sized, chunked] {
        assert_eq!(send(&small, 1800, 10), 200);
        assert_eq!(send(&small, 2000, 10), 413);
        assert_eq!(send(&large, 3 * MB, 10), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_before_sending_too_much_is_told_at_once() {
    let site = site("").await;
    let mut client = Client::connect(site.port());
    client.send(format!(
        "POST /count HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        2 * MB
    ));
    // Not a byte of the body was sent, and none is asked for.
    assert_eq!(client.read().status, 413);
    assert!(client.is_closed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_has_four_megabytes() {
    let site = site("").await;
    let given = |bytes: usize| site.ask(&format!("GET /give?bytes={bytes}"), "");
    assert_eq!(given(4 * MB).body.len(), 4 * MB);
    let warned = site.last();
    assert!(warned.warnings.iter().any(|w| w.rule == Rule::NearLimit));
    let over = given(4 * MB + 1);
    assert_eq!(
        (over.status, over.text().as_str()),
        (500, "Response too large")
    );
    assert!(site.fault().contains("4194305 bytes"), "{}", site.fault());

    let off = self::site("[limits]\nresponse_bytes = false").await;
    let over = off.ask(&format!("GET /give?bytes={}", 5 * MB), "");
    assert_eq!((over.status, over.body.len()), (200, 5 * MB));
}

#[tokio::test(flavor = "multi_thread")]
async fn request_headers_are_limited_in_bytes_and_number() {
    let site = site("").await;
    let bytes =
        |site: &Site, fill: usize| site.ask(&format!("GET /count\nX: {}", "h".repeat(fill)), "");
    assert_eq!(bytes(&site, 15 * KB - 100).status, 200);
    let over = bytes(&site, 15 * KB);
    assert_eq!(over.status, 431);
    assert_eq!(over.text(), "Request headers or cookies too long");
    assert!(site.fault().contains("82008"));
    // `Host` is one of them.
    let number = |site: &Site, more: usize| {
        let headers: String = (0..more).map(|n| format!("x-{n}: 1\n")).collect();
        site.ask(&format!("GET /count\n{headers}"), "").status
    };
    assert_eq!(number(&site, 89), 200);
    assert_eq!(number(&site, 90), 431);
    assert!(site.fault().contains("91 headers"), "{}", site.fault());
    assert_eq!(number(&site, 300), 431);

    let off = self::site("[limits]\nheader_bytes = false\nheaders = false").await;
    assert_eq!(bytes(&off, 50 * KB).status, 200);
    assert_eq!(number(&off, 90), 200);
    assert_eq!(number(&off, 300), 200);
    let few = self::site("[limits]\nheader_bytes = 1000\nheaders = 5").await;
    assert_eq!(
        (bytes(&few, 900).status, bytes(&few, 1000).status),
        (200, 431)
    );
    assert_eq!((number(&few, 4), number(&few, 5)), (200, 431));
}

#[tokio::test(flavor = "multi_thread")]
async fn response_headers_are_limited_in_bytes_and_number() {
    let site = site("").await;
    let given = |site: &Site, headers: usize| site.ask(&format!("GET /give?headers={headers}"), "");
    assert_eq!(given(&site, 90).status, 200);
    let over = given(&site, 91);
    assert_eq!(
        (over.status, over.text().as_str()),
        (500, "Response headers or cookies too long")
    );
    assert!(site.fault().contains("82008"));
    let off = self::site("[limits]\nheader_bytes = false\nheaders = false").await;
    assert!(given(&off, 400).headers.len() > 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_thirty_first_at_a_time_is_too_many() {
    for (head, most) in [("", 30), ("[limits]\nconcurrency = 2", 2)] {
        let (began, mut begun) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let opener = Arc::clone(&gate);
        let wait = move |_: Context, _: Event, callback: Callback| {
            let (began, gate) = (began.clone(), Arc::clone(&gate));
            async move {
                let _ = began.send(());
                drop(gate.acquire().await);
                callback.success("done")
            }
        };
        let site = Project::app(head, Handlers::new().with("wait", wait))
            .start()
            .await;
        let mut waiting = Vec::new();
        for _ in 0..most {
            let mut client = Client::connect(site.port());
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
            within(begun.recv()).await.expect("it begins");
            waiting.push(client);
        }
        for _ in 0..3 {
            assert_eq!(site.status("GET /wait"), 429);
            assert!(site.fault().starts_with(&format!("{most} invocations")));
        }
        opener.add_permits(1000);
        for client in &mut waiting {
            assert_eq!(client.read().status, 200);
        }
        // What was refused took no slot, and those that ended gave theirs back.
        for _ in 0..2 * most {
            assert_eq!(site.status("GET /wait"), 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_limit_any_number_runs_at_a_time() {
    let gate = Arc::new(tokio::sync::Barrier::new(40));
    let meet = move |_: Context, _: Event, callback: Callback| {
        let gate = Arc::clone(&gate);
        async move {
            gate.wait().await;
            callback.success("met")
        }
    };
    let handlers = Handlers::new().with("meet", meet);
    let site = Project::app("[limits]\nconcurrency = false", handlers)
        .start()
        .await;
    let port = site.port();
    let asking: Vec<_> = (0..40)
        .map(|_| std::thread::spawn(move || ask(port, "GET /meet", "").status))
        .collect();
    for asked in asking {
        assert_eq!(asked.join().expect("an answer"), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_has_its_own_slots() {
    let gate = Arc::new(Semaphore::new(0));
    let opener = Arc::clone(&gate);
    let (began, mut begun) = mpsc::unbounded_channel();
    let wait = move |_: Context, _: Event, callback: Callback| {
        let (began, gate) = (began.clone(), Arc::clone(&gate));
        async move {
            let _ = began.send(());
            drop(gate.acquire().await);
            callback.success(())
        }
    };
    let text = "[limits]\nconcurrency = 1\n\
        [services.a.functions]\n\"/wait\" = { handler = \"rust:wait\" }\n\
        [services.b.functions]\n\"/wait\" = { handler = \"rust:wait\" }";
    let site = Project::new()
        .file("services.toml", text)
        .handler("wait", wait)
        .start()
        .await;
    let mut clients = Vec::new();
    for service in ["a", "b"] {
        let mut client = Client::connect(site.port());
        client.send(format!("GET /{service}/wait HTTP/1.1\r\nHost: x\r\n\r\n"));
        within(begun.recv()).await.expect("it begins");
        clients.push(client);
        assert_eq!(site.status(&format!("GET /{service}/wait")), 429);
    }
    opener.add_permits(2);
    for client in &mut clients {
        assert_eq!(client.read().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_time_limit_a_function_may_take_any_time() {
    // Longer than the limit that it is compared with, by the server's own clock.
    let slow = |_: Context, _: Event, callback: Callback| async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        callback.success(())
    };
    for (head, status) in [("time_ms = 1", 504), ("time_ms = false", 200)] {
        let handlers = Handlers::new().with("slow", slow);
        let site = Project::app(&format!("[limits]\n{head}"), handlers)
            .start()
            .await;
        assert_eq!(site.status("GET /slow"), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_all_bounds_is_refused_before_it_is_read() {
    let site = site("[limits]\nheader_bytes = false").await;
    let request = format!(
        "GET /count HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(MB)
    );
    assert_eq!(
        send_raw(site.port(), request).map(|reply| reply.status),
        Some(431)
    );
    assert_eq!(site.status("GET /count"), 200);
}
