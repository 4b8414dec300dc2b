//! Requests that no honest client sends: each gets a refusal or a closed connection, and the next
//! good request is answered.
//!
//! Where a request could be read in two ways (RFC 9112, 11.2), what counts is that no second
//! request comes out of the first one's body.

use crate::http::{Client, send_raw};
use crate::project::{Project, Site};
use serde_json::json;
use std::fs;
use switchboard::journal::Entry;
use switchboard::{Callback, Context, Event, Handlers, Outcome};

async fn count(_context: Context, event: Event, callback: Callback) -> Outcome {
    callback.success(json!(event.parameters().len()))
}

/// What a smuggled request would reach.
async fn smuggled(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("smuggled")
}

async fn large(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success(vec![b'x'; 4 * 1024 * 1024])
}

async fn site() -> Site {
    let handlers = Handlers::new()
        .with("count", count)
        .with("smuggled", smuggled)
        .with("large", large);
    Project::app("", handlers).start().await
}

fn still_answers(site: &Site) {
    assert_eq!(site.ask("GET /count?a=1", "").text(), "1");
}

/// Sends raw bytes; the status of the first answer, if there is one, once the connection is over.
fn send(site: &Site, bytes: impl AsRef<[u8]>) -> Option<u16> {
    let reply = send_raw(site.port(), bytes);
    still_answers(site);
    reply.map(|reply| reply.status)
}

/// The resident memory of this process, in megabytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_ascii_whitespace().nth(1));
    kilobytes
        .and_then(|kb| kb.parse::<usize>().ok())
        .expect("a number")
        / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn the_developer_is_told_of_what_could_not_be_read() {
    let mut site = site().await;
    let many: String = (0..101).map(|n| format!("X-{n}: 1\r\n")).collect();
    let large = format!("X: {}\r\n", "x".repeat(300_000));
    for (bytes, status, why) in [
        (
            b"GET /count?q=\"x\" HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            400,
            "a quotation mark is %22",
        ),
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            400,
            "if it is TLS, ask by http://",
        ),
        (
            b"GET /count HTTP/1.1\r\nHost: a\r\nX A: 1\r\n\r\n".to_vec(),
            400,
            "invalid HTTP header parsed",
        ),
        (
            format!("GET /count HTTP/1.1\r\nHost: a\r\n{many}\r\n").into(),
            431,
            "100 lines",
        ),
        (
            format!("GET /count HTTP/1.1\r\nHost: a\r\n{large}\r\n").into(),
            431,
            "64 KiB",
        ),
    ] {
        let reply = send_raw(site.port(), &bytes);
        assert_eq!(reply.map(|reply| reply.status), Some(status), "{why}");
        let told = site.said().await;
        assert!(
            told.starts_with("a request from 127.0.0.1 was answered 4"),
            "{told}"
        );
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(
        send_raw(site.port(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").map(|r| r.status),
        None
    );
    let told = site.said().await;
    assert!(told.contains("was not answered: it is HTTP/2"), "{told}");
    // Who leaves is nothing to be told of.
    let before = site.running().journal().latest();
    let mut client = Client::connect(site.port());
    client.send("GET /count HTTP/1.1\r\nHo").end();
    assert!(client.is_closed());
    still_answers(&site);
    let since = site.running().journal().since(before, 10);
    assert!(
        since
            .iter()
            .all(|(_, entry)| matches!(entry, Entry::Exchange(_))),
        "{since:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_refused() {
    let site = site().await;
    let refused: [&[u8]; 16] = [
        b"GET /count\r\n\r\n",
        b"GET /count HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET /count HTTP/3.0\r\nHost: a\r\n\r\n",
        b"GET /count HTTP/1.2\r\nHost: a\r\n\r\n",
        b"GET /count http/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\0\0\0\0\0\0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"GET  /count HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET\t/count HTTP/1.1\r\nHost: a\r\n\r\n",
        b"G\xc3\x89T /count HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /count HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n",
        b"GET /count HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n",
        b"GET /count HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"GET /count HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n",
    ];
    for bytes in refused {
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(send(&site, bytes), Some(400), "{shown:?}");
    }
    // hyper closes on HTTP/2's first line without a word, which is what such a client expects.
    assert_eq!(send(&site, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_utf8_in_headers_are_characters() {
    let site = site().await;
    let request = b"GET /count?a HTTP/1.1\r\nHost: a\r\nX: \xff\xe9\r\nCookie: a=\xff\r\n\r\n";
    assert_eq!(send(&site, request), Some(200));
    let request = b"GET /count?%ff%zz=%e9&b=%00 HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(send(&site, request), Some(200));
    let form = b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\n\xff=\xe9%f";
    assert_eq!(send(&site, form), Some(200));
    let json = b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\
        Content-Type: application/json\r\n\r\n\"\xff\"";
    assert_eq!(send(&site, json), Some(400));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_in_a_body() {
    let site = site().await;
    let hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let length = hidden.len();
    let chunk = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    let framings = [
        // A length beside chunks, in either order.
        format!("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"),
        // Two lengths, and lengths that are none.
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{hidden}"),
        format!("Content-Length: 0, {length}\r\n\r\n{hidden}"),
        format!("Content-Length: -1\r\n\r\n{hidden}"),
        format!("Content-Length: +{length}\r\n\r\n{hidden}"),
        format!("Content-Length: 0x10\r\n\r\n{hidden}"),
        format!("Content-Length:\r\n\r\n{hidden}"),
        format!("Content-Length: 1 2\r\n\r\n{hidden}"),
        format!("Content-Length: 99999999999999999999999\r\n\r\n{hidden}"),
        format!("Content-Length: 18446744073709551615\r\n\r\n{hidden}"),
        // Codings that one server knows and another does not.
        format!("Transfer-Encoding: xchunked\r\n\r\n{chunk}"),
        format!("Transfer-Encoding: chunked, identity\r\n\r\n{chunk}"),
        format!("Transfer-Encoding: identity\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: gzip, chunked\r\n\r\n{chunk}{hidden}"),
        format!("Transfer-Encoding: chunked, chunked\r\n\r\n{chunk}{hidden}"),
        format!("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{chunk}"),
        format!("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{hidden}"),
        format!("Transfer-Encoding: \"chunked\"\r\n\r\n{chunk}"),
        format!("Transfer-Encoding: \x0bchunked\r\n\r\n{chunk}"),
        format!("Transfer-Encoding : chunked\r\n\r\n{chunk}"),
        format!("X: a\r\n Transfer-Encoding: chunked\r\n\r\n{hidden}"),
        format!("Transfer-Encoding:\r\n chunked\r\n\r\n{hidden}"),
        // Chunks whose length is none.
        format!("Transfer-Encoding: chunked\r\n\r\n-1\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0x1\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\n{hidden}\r\n0\r\n\r\n"),
        format!("Transfer-Encoding: chunked\r\n\r\n1\r\naX\r\n{hidden}"),
    ];
    // So that a connection that goes on comes to its end, and one that waits for more does too.
    let last = "GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for framing in framings {
        let mut client = Client::connect(site.port());
        let request = format!("POST /count HTTP/1.1\r\nHost: a\r\n{framing}{last}");
        client.offer(request).end();
        while let Some(reply) = client.try_read() {
            assert_ne!(reply.text(), "smuggled", "{framing:?}");
        }
        still_answers(&site);
    }
    let exchanges = site.running().journal().exchanges();
    let reached = |path: &str| exchanges.iter().any(|e| e.request.uri.path() == path);
    assert!(reached("/count") && !reached("/smuggled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_may_have_extensions_and_trailers_within_reason() {
    let site = site().await;
    let head = "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    let good = [
        "3\r\na=1\r\n0\r\n\r\n",
        "3;ext=1;b=\"c\"\r\na=1\r\n0;x\r\n\r\n",
        "1\r\na\r\n2\r\n=1\r\n0\r\nX-Trailer: 1\r\nHost: b\r\n\r\n",
        "0003\r\na=1\r\n000\r\n\r\n",
    ];
    for body in good {
        let reply = send_raw(site.port(), format!("{head}{body}")).expect("an answer");
        assert_eq!(reply.text(), "1", "{body:?}");
    }
    let bad = [
        format!("3;{}\r\na=1\r\n0\r\n\r\n", "x".repeat(1024 * 1024)),
        format!("3\r\na=1\r\n0\r\nX: {}\r\n\r\n", "x".repeat(1024 * 1024)),
    ];
    for body in bad {
        let reply = send_raw(site.port(), format!("{head}{body}"));
        assert_ne!(reply.map(|reply| reply.status), Some(200));
        still_answers(&site);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_1_0_is_answered_and_closed() {
    let site = site().await;
    let mut client = Client::connect(site.port());
    client.send("GET /count?a&b HTTP/1.0\r\n\r\n");
    assert_eq!(client.read().text(), "2");
    assert!(client.is_closed());
    let chunked = "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_ne!(send(&site, chunked), Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_line_beyond_all_bounds_is_refused() {
    let site = site().await;
    let before = resident();
    for length in [20_000, 100_000, 4 * 1024 * 1024] {
        let target = "x".repeat(length);
        let status = send(&site, format!("GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let expected: &[Option<u16>] = match length {
            20_000 => &[Some(404)],
            // The rest of it may still be on its way when the connection is closed.
            _ => &[Some(431), Some(414), None],
        };
        assert!(expected.contains(&status), "{length}: {status:?}");
    }
    let endless = "x".repeat(8 * 1024 * 1024);
    assert_ne!(send(&site, endless), Some(200));
    assert!(
        resident() < before + 300,
        "{before} MB before, {} MB after",
        resident()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_parameters_are_refused_or_cut() {
    let site = site().await;
    let before = resident();
    let many = |n: usize| (0..n).map(|i| format!("p{i}=1&")).collect::<String>();
    let status = send(
        &site,
        format!("GET /count?{} HTTP/1.1\r\nHost: a\r\n\r\n", many(100_000)),
    );
    assert!(matches!(status, Some(431 | 414) | None), "{status:?}");
    // As many as a head can hold: qs reads a thousand.
    assert_eq!(
        site.ask(&format!("GET /count?{}", many(5_000)), "").text(),
        "1000"
    );
    assert_eq!(
        site.status(&format!("GET /count?{}", "a[".repeat(20_000))),
        200
    );
    assert_eq!(
        site.status(&format!("GET /count?{}", "[a]".repeat(15_000))),
        200
    );

    let form = "POST /count\nContent-Type: application/x-www-form-urlencoded";
    assert_eq!(site.ask(form, &"a&".repeat(100_000)).status, 413);
    assert!(site.fault().contains("1000 parameters"), "{}", site.fault());
    still_answers(&site);
    assert!(resident() < before + 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_nested_ten_thousand_deep_is_refused() {
    let site = site().await;
    let json = "POST /count\nContent-Type: application/json";
    let pairs = [("[", "]"), ("{\"a\":", "}")];
    for (open, close) in pairs {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        assert_eq!(site.ask(json, &deep).status, 400);
        assert!(site.fault().contains("JSON"), "{}", site.fault());
        assert_eq!(site.ask(json, &open.repeat(100_000)).status, 400);
        still_answers(&site);
    }
    let cookie = format!("GET /count?a\nCookie: a=j:{}", "[".repeat(10_000));
    assert_eq!(site.status(&cookie), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_broken_off_requests_keep_nobody_waiting() {
    let site = site().await;
    let whole = "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345";
    let mut slow = Vec::new();
    for end in [1, 10, 30, 50, whole.len()] {
        let mut client = Client::connect(site.port());
        client.send(&whole[..end]);
        slow.push(client);
        still_answers(&site);
    }
    // Broken off, one way or the other.
    for (n, mut client) in slow.into_iter().enumerate() {
        if n % 2 == 0 {
            client.end();
            if let Some(reply) = client.try_read() {
                assert_eq!(reply.status, 400);
            }
        }
        drop(client);
        still_answers(&site);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_requests_in_one_write_are_answered_in_order() {
    let site = site().await;
    let mut text = String::new();
    for n in 0..100 {
        if n % 3 == 0 {
            text.push_str("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        } else {
            let query = "&x".repeat(n).replace("&x", "x[]&");
            text.push_str(&format!(
                "GET /count?{query}n{n} HTTP/1.1\r\nHost: a\r\n\r\n"
            ));
        }
    }
    let mut client = Client::connect(site.port());
    client.send(text);
    for n in 0..100 {
        let expected = if n % 3 == 0 { "0" } else { "2" };
        assert_eq!(client.read().text(), expected, "{n}");
    }
    let exchanges = site.running().journal().exchanges();
    for (n, exchange) in exchanges.iter().enumerate().filter(|(n, _)| n % 3 != 0) {
        let query = exchange.request.uri.query().expect("a query");
        assert!(query.ends_with(&format!("n{n}")), "{n}: {query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_expects_to_be_asked_is_asked() {
    let site = site().await;
    let mut client = Client::connect(site.port());
    let head = "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    client.send(head);
    assert_eq!(client.read_head().status, 100);
    client.send("a=1");
    assert_eq!(client.read().text(), "1");
    // The body is not asked for where it is not wanted.
    client.send(head.replace("/count", "/none"));
    assert_eq!(client.read().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_reset_in_mid_answer_harms_nobody() {
    let site = site().await;
    let before = resident();
    for _ in 0..20 {
        let mut client = Client::connect(site.port());
        // More than the sockets' buffers hold, so that the server is still writing.
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
        client.wait_for_bytes();
        drop(client);
    }
    still_answers(&site);
    // The journal keeps 48 MB of bodies, whatever comes.
    assert!(resident() < before + 400);
}
