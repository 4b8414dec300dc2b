//! From URL to function: which service, which path, and what is no route at all.
//!
//! The handler answers with the path and the service that it was reached as, so that every test
//! sees where a request came out.

use crate::http::{Client, Reply, send_raw};
use crate::project::{Project, Site};
use switchboard::{Callback, Context, Event, Outcome};

async fn who(context: Context, _event: Event, callback: Callback) -> Outcome {
    let name = context.get("NAME").unwrap_or_default().to_string();
    callback.success(format!("{name} {}", context.path()))
}

async fn domain_name(context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success(context.domain_name())
}

const TWO_SERVICES: &str = r#"
    default_service = "main"

    [services.main]
    domain = "main-1111-dev"
    env = { NAME = "main" }
    [services.main.functions]
    "/a" = { handler = "rust:who" }
    "/A" = { handler = "rust:who" }
    "/b/" = { handler = "rust:who" }
    "/c//d" = { handler = "rust:who" }
    "/index" = { handler = "rust:who" }
    "/deep/er" = { handler = "rust:who" }
    "/deep/index" = { handler = "rust:who" }
    "/x.y/../z" = { handler = "rust:who" }
    "/%61b" = { handler = "rust:who" }
    "/secret" = { handler = "rust:who", visibility = "private" }
    "/domain" = { handler = "rust:domain" }

    [services.other]
    domain = "Other-2222.dublin.ie1"
    env = { NAME = "other" }
    [services.other.functions]
    "/" = { handler = "rust:who" }
    "/a" = { handler = "rust:who" }
    "/main/a" = { handler = "rust:who" }
    "/only" = { handler = "rust:who" }
    "/domain" = { handler = "rust:domain" }
"#;

fn two_services() -> Project {
    Project::new()
        .file("services.toml", TWO_SERVICES)
        .handler("who", who)
        .handler("domain", domain_name)
}

/// What answers to this request target with this host: `service path`, or the status.
fn reached(site: &Site, target: &str, host: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let reply = send_raw(site.port(), request).expect("an answer");
    match reply.status {
        200 => reply.text(),
        other => other.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_decides_before_the_path_and_the_path_before_the_default() {
    let site = two_services().start().await;
    let table = [
        // Neither names a service.
        ("localhost:3000", "/a", "main /a"),
        ("example.ngrok.app", "/a", "main /a"),
        ("", "/a", "main /a"),
        ("localhost", "/only", "404"),
        // The path does.
        ("localhost", "/other/a", "other /a"),
        ("localhost", "/other/only", "other /only"),
        ("localhost", "/other", "other /"),
        ("localhost", "/other/", "other /"),
        ("localhost", "/other?x=1", "other /"),
        ("localhost", "/main/a", "main /a"),
        // The name is cut off once, and a name is matched exactly.
        ("localhost", "/main/main/a", "404"),
        ("localhost", "/other/main/a", "other /main/a"),
        ("localhost", "/Other/a", "404"),
        ("localhost", "/others/a", "404"),
        ("localhost", "//other/a", "404"),
        ("localhost", "/%6fther/a", "404"),
        // The host does, in any case and with any port; then the path is the service's own.
        ("other-2222.dublin.ie1.localhost", "/a", "other /a"),
        ("OTHER-2222.Dublin.IE1.LocalHost:1", "/a", "other /a"),
        ("other-2222.dublin.ie1.twil.io:443", "/only", "other /only"),
        ("other-2222.dublin.ie1.twil.io", "/main/a", "other /main/a"),
        ("other-2222.dublin.ie1.twil.io", "/other/a", "404"),
        ("main-1111-dev.localhost", "/other/a", "404"),
        ("main-1111-dev.localhost", "/main/a", "404"),
        // What only looks like a service's host is any other host.
        ("main-1111-dev", "/other/a", "other /a"),
        ("main-1111-dev.example.com", "/other/a", "other /a"),
        ("x.main-1111-dev.localhost", "/other/a", "other /a"),
        ("main-1111.localhost", "/other/a", "other /a"),
        (".localhost", "/other/a", "other /a"),
        ("[::1]:3000", "/other/a", "other /a"),
        ("[::1]", "/a", "main /a"),
        ("127.0.0.1:3000", "/a", "main /a"),
    ];
    for (host, target, expected) in table {
        assert_eq!(reached(&site, target, host), expected, "{host} {target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_match_byte_for_byte() {
    let site = two_services().start().await;
    let table = [
        ("/a", "main /a"),
        ("/A", "main /A"),
        ("/a?b=/c#", "main /a"),
        ("/a?", "main /a"),
        ("/a/", "404"),
        ("/a//", "404"),
        ("//a", "404"),
        ("/a;x=1", "404"),
        ("/%61", "404"),
        ("/b/", "main /b/"),
        ("/b", "404"),
        ("/c//d", "main /c//d"),
        ("/c/d", "404"),
        ("/./a", "404"),
        ("/b/../a", "404"),
        ("/x.y/../z", "main /x.y/../z"),
        ("/z", "404"),
        ("/%61b", "main /%61b"),
        ("/ab", "404"),
        ("/index", "main /index"),
        ("/", "404"),
        ("/deep", "404"),
        ("/deep/", "404"),
        ("/deep/er", "main /deep/er"),
        ("/favicon.ico", "404"),
        ("/secret", "404"),
    ];
    for (target, expected) in table {
        assert_eq!(reached(&site, target, "localhost"), expected, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_request_target_is_understood_or_refused() {
    let site = two_services().start().await;
    let send = |line: &str, host: &str| -> Reply {
        let request = format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        send_raw(site.port(), request).expect("an answer")
    };
    // An absolute target beats the Host header (RFC 9112, 3.2.2).
    let absolute = [
        ("http://other-2222.dublin.ie1.twil.io/a", "other /a"),
        ("http://OTHER-2222.dublin.ie1.localhost:99/a?b", "other /a"),
        (
            "http://user:pass@other-2222.dublin.ie1.localhost:99/a",
            "other /a",
        ),
        ("http://other-2222.dublin.ie1.localhost", "other /"),
        ("https://main-1111-dev.twil.io/a", "main /a"),
        ("http://localhost/other/a", "other /a"),
    ];
    for (target, expected) in absolute {
        for host in ["localhost", "main-1111-dev.localhost"] {
            let reply = send(&format!("GET {target}"), host);
            assert_eq!(reply.text(), expected, "{target} {host}");
        }
    }
    assert_eq!(send("OPTIONS *", "localhost").status, 404);
    assert_eq!(send("CONNECT localhost:443", "localhost").status, 403);
    for bad in ["GET a", "GET http://", "GET /a b", "GET", "GET /\u{1}"] {
        assert_eq!(send(bad, "localhost").status, 400, "{bad}");
    }
    assert_eq!(reached(&site, "/a", "localhost"), "main /a");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_host_header_and_it_is_ascii() {
    let site = two_services().start().await;
    let send = |head: &[u8]| send_raw(site.port(), head).expect("an answer").status;
    assert_eq!(send(b"GET /a HTTP/1.1\r\n\r\n"), 400);
    assert!(site.fault().contains("no Host header"));
    // HTTP/1.0 knows no Host, and an absolute target needs none.
    assert_eq!(send(b"GET /a HTTP/1.0\r\n\r\n"), 200);
    assert_eq!(send(b"GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
    assert!(site.fault().contains("more than one Host"));
    assert_eq!(
        send(b"GET http://a/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        400
    );
    assert_eq!(
        send(b"GET /a HTTP/1.1\r\nHost: \xe9.localhost\r\n\r\n"),
        400
    );
    assert!(site.fault().contains("not ASCII"));
    for host in ["a b", "::::", "]", ":", "@", &"x".repeat(10 * 1024)] {
        let request = format!("GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(send(request.as_bytes()), 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_default_a_request_must_name_its_service() {
    let text = TWO_SERVICES.replace("default_service = \"main\"", "");
    let site = two_services().file("services.toml", &text).start().await;
    assert_eq!(reached(&site, "/main/a", "localhost"), "main /a");
    assert_eq!(reached(&site, "/a", "main-1111-dev.localhost"), "main /a");
    assert_eq!(reached(&site, "/a", "localhost"), "404");
    assert!(site.fault().contains("default_service"), "{}", site.fault());
    assert_eq!(site.last().service, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_service_is_the_default_one() {
    let text = "[services.only]\nfunctions.\"/a\" = { handler = \"rust:who\" }";
    let project = Project::new().file("services.toml", text);
    let site = project.handler("who", who).start().await;
    assert_eq!(site.status("GET /a"), 200);
    assert_eq!(site.status("GET /only/a"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_says_what_may_have_been_meant() {
    let site = two_services().start().await;
    let table = [
        ("/a/", "did you mean /a?"),
        ("/DEEP/er", "did you mean /deep/er?"),
        ("/deep", "did you mean /deep/index?"),
        ("/", "did you mean /index?"),
        (
            "/nothing/like/it",
            "the service main has nothing on exactly this path",
        ),
        ("/secret", "private: rust:who has no URL"),
    ];
    for (target, hint) in table {
        let reply = site.ask(&format!("GET {target}"), "");
        assert_eq!(reply.status, 404, "{target}");
        assert!(site.fault().contains(hint), "{target}: {}", site.fault());
        // What is private looks to the caller as what is not there.
        assert_eq!(reply.text(), "Not found (Switchboard's wording)");
        assert_eq!(
            reply.names(),
            ["date", "content-type", "content-length", "x-shenanigans"]
        );
    }
    site.ask("GET /nothing/like/it", "");
    assert!(!site.fault().contains("did you mean"));
    // A private path is no hint.
    site.ask("GET /secret/", "");
    assert!(!site.fault().contains("did you mean"), "{}", site.fault());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_name_leads_back_to_its_service() {
    let site = two_services().start().await;
    let port = site.port();
    let told = |head: &str| site.ask(head, "").text();
    assert_eq!(told("GET /domain"), format!("localhost:{port}"));
    let other = format!("other-2222.dublin.ie1.localhost:{port}");
    assert_eq!(told("GET /other/domain"), other);
    // However it was reached.
    assert_eq!(told(&format!("GET /domain\nHost: {other}")), other);
    assert_eq!(reached(&site, "/only", &other), "other /only");

    for url in ["https://x.ngrok.app", "https://x.ngrok.app/"] {
        let site = two_services().with(|b| b.public_url(url)).start().await;
        assert_eq!(site.ask("GET /domain", "").text(), "x.ngrok.app");
        let told = site.ask("GET /other/domain", "").text();
        assert_eq!(told, "x.ngrok.app/other");
        assert_eq!(reached(&site, "/other/only", "x.ngrok.app"), "other /only");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_may_ask_different_services() {
    let site = two_services().start().await;
    let mut client = Client::connect(site.port());
    for _ in 0..3 {
        client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(client.read().text(), "main /a");
        client.send("GET /a HTTP/1.1\r\nHost: other-2222.dublin.ie1.localhost\r\n\r\n");
        assert_eq!(client.read().text(), "other /a");
        client.send("GET /a/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(client.read().status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_service_keeps_routes_that_begin_with_its_own_name() {
    let text = "[services.voicemail]\n[services.voicemail.functions]\n\
                \"/voicemail\" = { handler = \"rust:path\" }\n\
                \"/voicemail/menu\" = { handler = \"rust:path\" }\n\
                \"/other\" = { handler = \"rust:path\" }\n";
    let site = Project::new()
        .file("services.toml", text)
        .handler(
            "path",
            |context: Context, _: Event, callback: Callback| async move {
                callback.success(context.path())
            },
        )
        .start()
        .await;
    assert!(site.running().diagnostics().is_empty());
    for (asked, path) in [
        ("/voicemail", "/voicemail"),
        ("/voicemail/voicemail", "/voicemail"),
        ("/voicemail/menu", "/voicemail/menu"),
        ("/voicemail/other", "/other"),
        ("/other", "/other"),
    ] {
        assert_eq!(
            site.ask(&format!("GET {asked}"), "").text(),
            path,
            "{asked}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_is_an_asset_of_its_own() {
    let site = Project::new()
        .file("assets/index.html", "the page")
        .start()
        .await;
    assert_eq!(site.status("GET /"), 404);
    let site = Project::new()
        .file("assets/index.html", "the page")
        .file("assets/assets/index.html", "the root")
        .start()
        .await;
    assert_eq!(site.ask("GET /", "").text(), "the root");
    assert_eq!(site.ask("GET /index.html", "").text(), "the page");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn services_share_files_by_links_and_nothing_leaves_the_project() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.txt"), "secret").expect("a file");
    let outside = outside.path().to_str().expect("a text");
    let site = Project::new()
        .file(
            "services.toml",
            "[services.a]\nroot = \"a\"\n[services.b]\nroot = \"b\"\n",
        )
        .file("shared/logo.txt", "logo")
        .file("b/assets/own.txt", "own")
        .linked("a/assets/logo.txt", "../../shared/logo.txt")
        .linked("a/assets/all", "../../shared")
        .linked("a/assets/secret.txt", &format!("{outside}/secret.txt"))
        .linked("a/assets/out", outside)
        .start()
        .await;
    for (path, status) in [
        ("/a/logo.txt", 200),
        ("/a/all/logo.txt", 200),
        ("/a/secret.txt", 404),
        ("/a/out/secret.txt", 404),
    ] {
        assert_eq!(site.status(&format!("GET {path}")), status, "{path}");
    }
    // What was within when the project was read may lead out by now.
    std::fs::remove_file(site.path("shared/logo.txt")).expect("a file");
    let out = format!("{outside}/secret.txt");
    std::os::unix::fs::symlink(out, site.path("shared/logo.txt")).expect("a link");
    for path in ["/a/logo.txt", "/a/all/logo.txt"] {
        assert_eq!(site.status(&format!("GET {path}")), 404, "{path}");
        assert!(site.fault().contains("outside of the project"), "{path}");
    }
}
