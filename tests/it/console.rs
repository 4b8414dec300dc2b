//! The console's API: who may ask, what is told, and what is sent again.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use crate::http::{Client, Reply, ask};
use crate::project::{Project, Site};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use switchboard::web_console::ConsolePort;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Response, Token};
use tokio::sync::Barrier;

pub(crate) const TOKEN: &str = "t0ken-of-this-run";

/// Echoes `Body`, and says it in its log, a header and the body.
async fn echo(context: Context, event: Event, callback: Callback) -> Outcome {
    let body = event.text("Body").unwrap_or("nothing").to_string();
    context.console().log(&body);
    let mut response = Response::new();
    response
        .set_body(format!("echo {body}"))
        .append_header("Content-Type", "text/plain")
        .append_header("Set-Cookie", "session=s3cret");
    callback.success(response)
}

/// Two services: `app` with `/echo` and the protected `/guarded`, and `other` with `/echo`.
async fn site() -> Site {
    let services = "default_service = \"app\"\n\
        [services.app]\nauth_token = \"s3cret-auth-token\"\nenv = { KEY = \"s3cret-value\" }\n\
        [services.app.functions]\n\"/echo\" = { handler = \"rust:echo\" }\n\
        \"/guarded\" = { handler = \"rust:echo\", visibility = \"protected\" }\n\
        [services.other.functions]\n\"/echo\" = { handler = \"rust:echo\" }\n";
    Project::new()
        .file("services.toml", services)
        .handlers(Handlers::new().with("echo", echo))
        .with(|builder| {
            let builder = builder.public_url("https://x.ngrok.app");
            builder.console(ConsolePort::Given(0), Token::given(TOKEN))
        })
        .start()
        .await
}

pub(crate) fn console_port(site: &Site) -> u16 {
    let url = site.running().console_url().expect("there is a console");
    let port = url.strip_prefix("http://localhost:").expect("a local URL");
    port.parse().expect("a port")
}

/// Asks the console with the token.
pub(crate) fn console(site: &Site, head: &str, body: &str) -> Reply {
    let mut lines = head.lines();
    let first = lines.next().expect("a request line");
    let rest: String = lines.map(|line| format!("\n{line}")).collect();
    let head = format!("{first}\nAuthorization: Bearer {TOKEN}{rest}");
    ask(console_port(site), &head, body)
}

pub(crate) fn told(reply: &Reply) -> Value {
    let text = reply.text();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn get(site: &Site, path: &str) -> Value {
    let reply = console(site, &format!("GET {path}"), "");
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert_eq!(reply.header("content-type"), Some("application/json"));
    told(&reply)
}

/// The numbers of the listed entries.
fn ids(list: &Value) -> Vec<u64> {
    let entries = list["entries"].as_array().expect("a list");
    entries
        .iter()
        .filter_map(|entry| entry["id"].as_u64())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_this_machine_by_its_own_name_and_with_the_token_is_answered() {
    let site = site().await;
    let port = console_port(&site);
    let good = format!("Authorization: Bearer {TOKEN}");
    for (head, status) in [
        (format!("{good}\nHost: localhost:{port}"), 200),
        (format!("{good}\nHost: 127.0.0.1:{port}"), 200),
        (format!("{good}\nHost: [::1]:{port}"), 200),
        (format!("{good}\nOrigin: http://localhost:{port}"), 200),
        (format!("{good}\nHost: rebound.example:{port}"), 403),
        (format!("{good}\nHost: x.ngrok.app"), 403),
        (format!("{good}\nHost: localhost:{}", site.port()), 403),
        (format!("{good}\nOrigin: https://evil.example"), 403),
        (
            format!("{good}\nOrigin: http://localhost:{}", site.port()),
            403,
        ),
        (format!("{good}\nOrigin: null"), 403),
        (format!("{good}\nSec-Fetch-Site: cross-site"), 403),
        (format!("{good}\nSec-Fetch-Site: same-site"), 403),
        (String::new(), 401),
        ("Authorization: Bearer".to_string(), 401),
        (format!("Authorization: Bearer {TOKEN}x"), 401),
        (format!("Authorization: Basic {TOKEN}"), 401),
    ] {
        for path in ["server", "entries", "events", "services", "exchanges/1"] {
            if status == 200 && path != "server" {
                continue;
            }
            let reply = ask(port, &format!("GET /api/1/{path}\n{head}"), "");
            assert_eq!(reply.status, status, "{path} {head}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(reply.header("access-control-allow-origin"), None);
            assert!(!reply.text().contains(TOKEN));
        }
    }
    // Nothing of it is reached through the services' port, by whatever name.
    for host in [format!("localhost:{port}"), "x.ngrok.app".to_string()] {
        for path in [
            "/api/1/server",
            "/api/1/entries",
            "/app.js",
            "/style/base.css",
        ] {
            let head = format!("GET {path}\n{good}\nHost: {host}");
            assert_eq!(ask(site.port(), &head, "").status, 404, "{path}");
        }
        // The services have a page of their own there, or none.
        let page = ask(site.port(), &format!("GET /\n{good}\nHost: {host}"), "");
        assert!(!page.text().contains("/app.js"));
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_without_the_token_or_for_another_site() {
    let site = site().await;
    let port = console_port(&site);
    site.ask("GET /echo?Body=once", "");
    let good = format!("Authorization: Bearer {TOKEN}");
    for (headers, status) in [
        (String::new(), 401),
        ("Authorization: Bearer guessed".to_string(), 401),
        // What a page of another site can have a browser send.
        ("Origin: https://evil.example".to_string(), 403),
        (format!("{good}\nOrigin: https://evil.example"), 403),
        (format!("{good}\nSec-Fetch-Site: cross-site"), 403),
        (format!("{good}\nHost: rebound.example:{port}"), 403),
        (format!("{good}\nHost: x.ngrok.app"), 403),
    ] {
        for (call, body) in [
            ("DELETE /api/1/entries", ""),
            ("POST /api/1/exchanges/1/replay", "{}"),
            (
                "PUT /api/1/services/app/visibility",
                r#"{"path":"/guarded","visibility":"public"}"#,
            ),
            (
                "POST /api/1/services/app/visibility/save",
                r#"{"path":"/guarded","visibility":"public"}"#,
            ),
            ("GET /api/1/exchanges/1/commands?secrets=shown", ""),
            ("GET /api/1/exchanges/1/reading", ""),
            ("OPTIONS /api/1/entries", ""),
        ] {
            let reply = ask(port, &format!("{call}\n{headers}"), body);
            assert_eq!(reply.status, status, "{call} {headers}");
            assert_eq!(reply.header("access-control-allow-origin"), None);
        }
    }
    // No entry went, none came, and what is protected still is.
    assert_eq!(ids(&get(&site, "/api/1/entries")), [1]);
    assert_eq!(site.status("GET /guarded"), 403);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exchanges_are_listed_and_filtered() {
    let site = site().await;
    for path in [
        "/echo",
        "/nothing",
        "/other/echo?q=s3cret",
        "/guarded",
        "/echo/deep",
    ] {
        site.ask(&format!("GET {path}"), "");
    }
    for (query, wanted) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("?most=2", vec![4, 5]),
        ("?after=3", vec![4, 5]),
        ("?after=1&most=2", vec![2, 3]),
        ("?after=5", vec![]),
        ("?after=99", vec![]),
        ("?status=404", vec![2, 5]),
        ("?status=4xx", vec![2, 4, 5]),
        ("?status=2xx&service=other", vec![3]),
        ("?service=nobody", vec![]),
        ("?path=/echo", vec![1, 5]),
        ("?path=echo", vec![1, 3, 5]),
        ("?since=1h", vec![1, 2, 3, 4, 5]),
        ("?since=2999-01-01T00:00:00Z", vec![]),
        ("?path=echo&most=1", vec![5]),
        ("?path=echo&after=1&most=1", vec![3]),
    ] {
        let list = get(&site, &format!("/api/1/entries{query}"));
        assert_eq!(ids(&list), wanted, "{query}");
        assert_eq!(list["latest"], 5);
        assert!(!list.to_string().contains("s3cret"), "{list}");
    }
    let entry = &get(&site, "/api/1/entries?after=2&most=1")["entries"][0];
    assert_eq!(entry["event"], "request");
    assert_eq!(entry["service"], "other");
    assert_eq!(entry["path"], "/other/echo");
    for query in ["?status=abc", "?since=soon", "?most=x", "?statsu=404"] {
        let refused = console(&site, &format!("GET /api/1/entries{query}"), "");
        assert_eq!(refused.status, 400, "{query}");
        assert!(told(&refused)["error"].is_string());
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_waits_for_what_comes() {
    let site = site().await;
    let port = console_port(&site);
    let mut client = Client::connect(port);
    client.send(format!(
        "GET /api/1/entries?after=0&wait=30 HTTP/1.1\r\nHost: localhost:{port}\r\n\
         Authorization: Bearer {TOKEN}\r\n\r\n"
    ));
    site.ask("GET /echo", "");
    let list = told(&client.read());
    assert_eq!(ids(&list), [1]);
    assert_eq!(list["next"], 1);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_exchange_is_told_whole_and_secrets_on_demand() {
    let site = site().await;
    let head = "POST /echo?q=1\nContent-Type: application/x-www-form-urlencoded\n\
        Authorization: Basic s3cret\nCookie: a=s3cret\nX-Api-Key: s3cret\nX-Other: seen";
    site.ask(head, "Body=%3Cscript%3Ealert(1)%3C/script%3E");
    let told = get(&site, "/api/1/exchanges/1");
    assert!(!told.to_string().contains("s3cret"), "{told}");
    assert_eq!(told["request"]["target"], "/echo?q=1");
    assert_eq!(told["request"]["body"]["bytes"], 38);
    let headers = told["request"]["headers"].as_array().unwrap();
    assert!(
        headers.contains(&json!(["cookie", "(hidden)"])),
        "{headers:?}"
    );
    assert!(headers.contains(&json!(["x-other", "seen"])), "{headers:?}");
    assert_eq!(told["answer"]["status"], 200);
    assert_eq!(
        told["answer"]["body"]["text"],
        "echo <script>alert(1)</script>"
    );
    assert_eq!(told["console"][0]["text"], "<script>alert(1)</script>");
    assert!(told["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
    let shown = get(&site, "/api/1/exchanges/1?secrets=shown");
    let headers = shown["request"]["headers"].as_array().unwrap();
    assert!(
        headers.contains(&json!(["cookie", "a=s3cret"])),
        "{headers:?}"
    );
    for (path, status) in [
        ("exchanges/2", 404),
        ("exchanges/0", 404),
        ("exchanges/x", 404),
        ("exchanges/1?secrets=1", 400),
        ("nothing", 404),
        ("", 404),
        ("exchanges/99999999999999999999", 404),
    ] {
        assert_eq!(
            console(&site, &format!("GET /api/1/{path}"), "").status,
            status,
            "{path}"
        );
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_in_any_place_leaves_as_json_text_alone() {
    let site = site().await;
    let head = "POST /%3Cscript%3E/echo\nX-A: <script>\n\
        Content-Type: application/x-www-form-urlencoded";
    site.ask(head, "Body=<script>");
    site.ask("GET /echo?Body=%3C/script%3E%3Cscript%3E", "");
    for path in ["entries", "exchanges/1", "exchanges/2", "services"] {
        let reply = console(&site, &format!("GET /api/1/{path}"), "");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        told(&reply);
    }
    let raw = console(&site, "GET /api/1/exchanges/2", "").text();
    assert!(raw.contains("</script><script>"), "as text: {raw}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_for_this_machine_and_holds_no_token() {
    let site = site().await;
    let port = console_port(&site);
    let page = ask(port, "GET /", "");
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    for file in ["/", "/app.js", "/style/base.css"] {
        let reply = ask(port, &format!("GET {file}"), "");
        assert!(!reply.text().contains(TOKEN), "{file}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        for foreign in [
            "Host: rebound.example",
            "Origin: http://evil.example",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ] {
            let refused = ask(port, &format!("GET {file}\n{foreign}"), "");
            assert_eq!(refused.status, 403, "{file} {foreign}");
            assert!(!refused.text().contains(TOKEN));
        }
    }
    let page = page.text();
    assert!(!page.contains("<script>") && !page.contains(" on") && !page.contains("style="));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_one_time_opens_the_console_once() {
    let site = site().await;
    let port = console_port(&site);
    let link = site.running().console().unwrap().link_for_once().unwrap();
    assert!(!link.contains(TOKEN), "{link}");
    let code = link.split_once("#once=").unwrap().1;
    let exchange = |head: &str, code: &str| ask(port, &format!("POST /api/1/token{head}"), code);
    // Not for another site's page, and not by guessing.
    let foreign = exchange("\nOrigin: http://evil.example", code);
    assert_eq!(foreign.status, 403);
    for guess in ["", "x", TOKEN, &code[1..]] {
        assert_eq!(exchange("", guess).status, 401);
    }
    let good = exchange("", code);
    assert_eq!((good.status, &told(&good)["token"]), (200, &json!(TOKEN)));
    // Whoever comes second has nothing, and the developer is told.
    let second = exchange("", code);
    assert_eq!(second.status, 401);
    assert!(!second.text().contains(TOKEN));
    let entries = get(&site, "/api/1/entries").to_string();
    assert!(entries.contains("was used twice"), "{entries}");
    assert_eq!(exchange("", &"x".repeat(5 * 1024 * 1024 + 1)).status, 413);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_told_without_the_values_of_their_variables() {
    let site = site().await;
    let services = get(&site, "/api/1/services");
    let text = services.to_string();
    assert!(!text.contains("s3cret") && text.contains("KEY"), "{text}");
    let app = &services["services"][0];
    assert_eq!(app["name"], "app");
    assert_eq!(app["default"], true);
    assert_eq!(
        app["routes"][1],
        json!({
            "path": "/guarded",
            "url": format!("http://localhost:{}/guarded", site.port()),
            "visibility": "protected",
            "kind": "function",
            "target": "rust:echo",
            "line": null,
            "declared_in": { "file": "services.toml", "line": 7 },
            "overridden": false,
            "written": "protected",
        })
    );
    let server = get(&site, "/api/1/server");
    assert_eq!(server["public_url"], "https://x.ngrok.app");
    assert_eq!(
        server["service_url"],
        format!("http://localhost:{}", site.port())
    );
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cleared_is_gone_and_numbers_go_on() {
    let site = site().await;
    site.ask("GET /echo", "");
    assert_eq!(console(&site, "DELETE /api/1/entries", "").status, 204);
    assert!(ids(&get(&site, "/api/1/entries")).is_empty());
    site.ask("GET /echo", "");
    let list = get(&site, "/api/1/entries?after=0");
    assert_eq!(ids(&list), [2]);
    assert_eq!(
        list["entries"][0],
        json!({ "event": "skipped", "count": 1 })
    );
    for (head, allowed) in [
        ("PUT /api/1/entries", "GET, DELETE"),
        ("DELETE /api/1/exchanges/1", "GET"),
        ("GET /api/1/exchanges/1/replay", "POST"),
    ] {
        let refused = console(&site, head, "");
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, Some(allowed)),
            "{head}"
        );
    }
    site.stop().await;
}

/// A reader of the event stream, over HTTP/1.0, where a body has no frames.
struct Events(BufReader<TcpStream>);

impl Events {
    fn open(port: u16, more: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let head = format!(
            "GET /api/1/events{more} HTTP/1.0\r\nHost: localhost:{port}\r\n\
             Authorization: Bearer {TOKEN}\r\n"
        );
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let mut this = Events(BufReader::new(stream));
        let status = this.line().expect("an answer");
        assert!(status.contains(" 200 "), "{status}");
        // The comment that comes at once: from here on nothing is missed.
        while this.line().expect("a comment") != ": switchboard" {}
        this
    }

    fn after(port: u16, id: u64) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let head = format!(
            "GET /api/1/events HTTP/1.0\r\nHost: localhost:{port}\r\n\
             Authorization: Bearer {TOKEN}\r\nLast-Event-ID: {id}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        Events(BufReader::new(stream))
    }

    /// The next line; `None` at the end.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let bytes = self.0.read_line(&mut line).expect("the server sends");
        (bytes > 0).then(|| line.trim_end().to_string())
    }

    /// The id and the data of the next event that has an id.
    fn event(&mut self) -> Option<(u64, Value)> {
        loop {
            let line = self.line()?;
            if let Some(id) = line.strip_prefix("id: ") {
                assert_eq!(self.line().as_deref(), Some("event: entry"));
                let data = self.line().expect("data");
                let data = data.strip_prefix("data: ").expect("data");
                return Some((id.parse().unwrap(), serde_json::from_str(data).unwrap()));
            }
        }
    }
}

/// Sends so many requests on one connection.
fn ask_many(port: u16, many: usize) {
    let mut client = Client::connect(port);
    for n in 0..many {
        client.send(format!(
            "GET /echo?Body={n} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
        assert_eq!(client.read().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reconnects_misses_nothing_and_gets_nothing_twice() {
    const MANY: u64 = 2000;
    let site = site().await;
    let (services, port) = (site.port(), console_port(&site));
    let reading = tokio::task::spawn_blocking(move || {
        let asking = std::thread::spawn(move || ask_many(services, MANY as usize));
        let mut seen = Vec::new();
        let mut connections = 0;
        while seen.last() != Some(&MANY) {
            let mut events = Events::after(port, seen.last().copied().unwrap_or(0));
            connections += 1;
            // Dropped in the middle of whatever is under way.
            for _ in 0..137 {
                let (id, data) = events.event().expect("the server goes on");
                assert_eq!(data["id"], id);
                assert_eq!(data["event"], "request");
                seen.push(id);
                if id == MANY {
                    break;
                }
            }
        }
        asking.join().unwrap();
        (seen, connections)
    });
    let (seen, connections) = crate::project::within(reading).await.unwrap();
    assert!(connections >= 14, "{connections}");
    assert_eq!(seen, (1..=MANY).collect::<Vec<_>>());
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_now_takes_a_filter_and_ends_with_the_server() {
    let site = site().await;
    site.ask("GET /echo", "");
    let port = console_port(&site);
    let mut all = Events::open(port, "");
    let mut some = Events::open(port, "?status=404");
    site.ask("GET /echo", "");
    site.ask("GET /nothing", "");
    assert_eq!(all.event().map(|(id, _)| id), Some(2));
    assert_eq!(all.event().map(|(id, _)| id), Some(3));
    assert_eq!(some.event().map(|(id, _)| id), Some(3));
    let refused = console(&site, "GET /api/1/events\nLast-Event-ID: x", "");
    assert_eq!(refused.status, 400);
    site.stop().await;
    assert_eq!(all.event(), None);
    assert_eq!(some.event(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_bounded_and_their_places_come_free() {
    let site = site().await;
    let port = console_port(&site);
    let mut open: Vec<Events> = (0..32).map(|_| Events::open(port, "")).collect();
    let one_more = console(&site, "GET /api/1/events", "");
    assert_eq!(one_more.status, 503);
    open.pop();
    // The server notices with the next thing that it sends.
    let again = async {
        loop {
            site.ask("GET /echo", "");
            let mut client = Client::connect(port);
            client.send(format!(
                "GET /api/1/events HTTP/1.0\r\nHost: localhost:{port}\r\n\
                 Authorization: Bearer {TOKEN}\r\n\r\n"
            ));
            if client.read_head().status == 200 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    crate::project::within(again).await;
    drop(open);
    site.stop().await;
}

fn replay(site: &Site, id: u64, wish: &Value) -> Value {
    let head = format!("POST /api/1/exchanges/{id}/replay");
    let reply = console(site, &head, &wish.to_string());
    assert_eq!(reply.status, 200, "{}", reply.text());
    told(&reply)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_edited_and_signed_anew() {
    let site = site().await;
    let form = "Content-Type: application/x-www-form-urlencoded";
    let refused = site.ask(&format!("POST /guarded?x=1\n{form}"), "Body=Ahoy&From=%2B1");
    assert_eq!(refused.status, 403);
    let wish = json!({ "edits": { "set": [["Body", "Hello you"]], "remove": ["From"] } });
    let told = replay(&site, 1, &wish);
    assert_eq!(told["replayed"], 1);
    assert_eq!(told["id"], 2);
    assert_eq!(told["signed"], true);
    assert_eq!(told["before"]["status"], 403);
    assert_eq!(told["after"]["status"], 200);
    assert_eq!(told["after"]["body"]["text"], "echo Hello you");
    assert_eq!(told["request"]["body"]["text"], "Body=Hello+you");
    assert_eq!(told["fault"], Value::Null);
    // It is in the journal like any other, but came from nobody.
    let exchange = get(&site, "/api/1/exchanges/2");
    assert_eq!(exchange["route"], "/guarded");
    assert_eq!(exchange["peer"], Value::Null);
    // A replay can be replayed; what was signed stays signed.
    let again = replay(&site, 2, &json!({}));
    assert_eq!(again["after"]["body"]["text"], "echo Hello you");
    assert!(!again.to_string().contains("s3cret-auth-token"));
    // As a GET; to another service by its path.
    let told = replay(&site, 2, &json!({ "edits": { "method": "GET" } }));
    assert_eq!(told["request"]["target"], "/guarded?x=1&Body=Hello+you");
    assert_eq!(told["after"]["body"]["text"], "echo Hello you");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_equal_replays_at_once_each_know_their_own_exchange() {
    let both = Arc::new(Barrier::new(3));
    let meet = {
        let both = Arc::clone(&both);
        move |_: Context, event: Event, callback: Callback| {
            let both = Arc::clone(&both);
            async move {
                if event.text("first").is_none() {
                    both.wait().await;
                }
                callback.success("met")
            }
        }
    };
    let site = Project::app("", Handlers::new().with("meet", meet))
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    assert_eq!(site.status("GET /meet?first=1"), 200);
    let port = console_port(&site);
    let wish = json!({ "edits": { "target": "/meet" } }).to_string();
    let replaying: Vec<_> = (0..3)
        .map(|_| {
            let wish = wish.clone();
            std::thread::spawn(move || {
                let head = "POST /api/1/exchanges/1/replay";
                ask(
                    port,
                    &format!("{head}\nAuthorization: Bearer {TOKEN}"),
                    &wish,
                )
            })
        })
        .collect();
    let replies = replaying.into_iter().map(|one| one.join().unwrap());
    let mut ids: Vec<u64> = replies
        .map(|reply| told(&reply)["id"].as_u64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_replayed_is_said() {
    let site = site().await;
    site.ask("POST /echo\nContent-Type: application/json", "{}");
    for (id, body, status) in [
        (7, "{}", 404),
        (1, "\"x\"", 400),
        (1, "{\"edit\":{}}", 400),
        (1, "{\"edits\":{\"set\":[[\"a\",\"b\"]]}}", 400),
        (1, "{\"edits\":{\"method\":\"G T\"}}", 400),
        (1, "{\"to\":\"http://localhost:99999/\"}", 400),
        (1, "{\"edits\":{\"headers\":[[\"a b\",\"c\"]]}}", 400),
    ] {
        let reply = console(&site, &format!("POST /api/1/exchanges/{id}/replay"), body);
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
        assert!(told(&reply)["error"].is_string());
    }
    let large = " ".repeat(5 * 1024 * 1024 + 1);
    let reply = console(&site, "POST /api/1/exchanges/1/replay", &large);
    assert_eq!(reply.status, 413);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_is_read_as_the_library_reads_it() {
    async fn voice(_context: Context, _event: Event, callback: Callback) -> Outcome {
        let mut response = Response::new();
        response
            .append_header("Content-Type", "text/xml")
            .set_body("<Response><Say loud=\"yes\">a</Say></Response>");
        callback.success(response)
    }
    let site = Project::app(
        "[services.app]\nauth_token = \"s3cret-auth-token\"",
        Handlers::new().with("voice", voice),
    )
    .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
    .start()
    .await;
    let form = "POST /voice?q=a+b\nContent-Type: application/x-www-form-urlencoded\nX-Twilio-Signature: bad";
    site.ask(form, "Body=%C3%A9&Body=2&x");
    let reading = get(&site, "/api/1/exchanges/1/reading");
    assert_eq!(reading["query"], json!([["q", "a b"]]));
    assert_eq!(
        reading["form"],
        json!([["Body", "é"], ["Body", "2"], ["x", ""]])
    );
    assert_eq!(
        reading["parameters"],
        json!({ "q": "a b", "Body": ["é", "2"], "x": "" })
    );
    let twiml = &reading["twiml"];
    assert_eq!(
        twiml["text"],
        "<Response>\n  <Say loud=\"yes\">a</Say>\n</Response>\n"
    );
    assert_eq!(twiml["faults"][0]["line"], 2);
    assert_eq!(twiml["faults"][0]["code"], 12200);
    // It is public, but the signature that it has can be judged.
    assert_eq!(reading["signature"]["verdict"], "refused");
    assert_eq!(reading["signature"]["received"], "bad");
    assert!(!reading.to_string().contains("s3cret-auth-token"));
    assert_eq!(
        get(&site, "/api/1/entries")["entries"][0]["admission"],
        Value::Null
    );
    for path in [
        "exchanges/9/reading",
        "exchanges/9/commands",
        "exchanges/x/reading",
    ] {
        let reply = console(&site, &format!("GET /api/1/{path}"), "");
        assert_eq!(reply.status, 404, "{path}");
    }
    let post = console(&site, "POST /api/1/exchanges/1/reading", "");
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_is_a_command_that_sends_it_again_signed() {
    let site = site().await;
    let head =
        "POST /guarded?q=1\nContent-Type: application/x-www-form-urlencoded\nCookie: a=s3cret";
    site.ask(head, "Body=it%27s&From=%2B14155550142");
    assert_eq!(
        get(&site, "/api/1/entries")["entries"][0]["admission"],
        "refused"
    );
    let told = get(&site, "/api/1/exchanges/1/commands");
    assert_eq!(
        told["send"],
        "switchboard send sms app:/guarded --from +14155550142 --body 'it'\\''s'"
    );
    assert_eq!(told["left_out"], json!(["cookie"]));
    let curl = told["curl"].as_str().unwrap();
    assert!(!curl.contains("s3cret"), "{curl}");
    let run = std::process::Command::new("sh").args(["-c", curl]).output();
    let answer = String::from_utf8(run.unwrap().stdout).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("echo it's"),
        "{answer}"
    );
    assert_eq!(
        get(&site, "/api/1/entries")["entries"][1]["admission"],
        "passed"
    );
    let told = get(&site, "/api/1/exchanges/1/commands?secrets=shown");
    assert!(told["curl"].as_str().unwrap().contains("a=s3cret"));
    // What Twilio never sends has no `send`; what is no text, no curl.
    site.ask(
        "POST /echo\nContent-Type: application/octet-stream",
        "\u{0}",
    );
    let told = get(&site, "/api/1/exchanges/3/commands");
    assert_eq!(told["send"], Value::Null);
    site.stop().await;
}
