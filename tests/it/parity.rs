//! "This worked here; would the cloud have taken it?": what an exchange is warned of, what the
//! header tells of it, and what is refused where that is asked for.

use crate::project::{Project, Site};
use std::time::Duration;
use switchboard::config::Limits;
use switchboard::{Builder, Callback, Context, Event, Handlers, Response, Rule};

const HANDLER: &str = "exports.handler = (context, event, callback) => callback(null, 'done');";

/// The rules of the last exchange's warnings, in order.
fn told(site: &Site) -> Vec<Rule> {
    site.last().warnings.iter().map(|w| w.rule).collect()
}

/// The texts of the last exchange's warnings.
fn texts(site: &Site) -> String {
    let last = site.last();
    let texts: Vec<_> = last.warnings.iter().map(|w| w.text.as_str()).collect();
    texts.join("\n")
}

fn handlers() -> Handlers {
    Handlers::new()
        .with("ok", |_: Context, _: Event, callback: Callback| async {
            callback.success("ok")
        })
        .with(
            "give",
            |_: Context, event: Event, callback: Callback| async move {
                let mut response = Response::new();
                let headers = event
                    .text("headers")
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                for number in 0..headers {
                    response.append_header(&format!("x-{number}"), "x");
                }
                response.append_header("Content-Type", "text/plain");
                let bytes = event
                    .text("bytes")
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                response.set_body("x".repeat(bytes));
                callback.success(response)
            },
        )
        .with("slow", |_: Context, _: Event, callback: Callback| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            callback.success("slow")
        })
        .with("twiml", |_: Context, _: Event, callback: Callback| async {
            callback.success(Response::new().set_body("<Response/>"))
        })
}

/// A request with so many headers, Host and Content-Length among them.
fn with_headers(count: usize) -> String {
    let mut head = "GET /ok".to_string();
    for number in 0..count {
        head.push_str(&format!("\r\nX-{number}: x"));
    }
    head
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_near_a_limit_is_warned_of() {
    let site = Project::app("", handlers()).start().await;
    for (head, body, near) in [
        ("POST /ok", 0, false),
        ("POST /ok", 800_000, false),
        ("POST /ok", 900_000, true),
        ("GET /give?bytes=3000000", 0, false),
        ("GET /give?bytes=3600000", 0, true),
        ("GET /give?headers=60", 0, false),
        ("GET /give?headers=80", 0, true),
        (&with_headers(60), 0, false),
        (&with_headers(80), 0, true),
        (&format!("GET /ok\r\nX: {}", "x".repeat(14_000)), 0, true),
    ] {
        let reply = site.ask(head, &"x".repeat(body));
        assert_eq!(reply.status, 200, "{}", site.fault());
        let expected: &[Rule] = if near { &[Rule::NearLimit] } else { &[] };
        assert_eq!(told(&site), expected, "{:.40} with {body}", head);
    }
    // A shorter limit than the cloud's is one, too.
    let text = "[limits]\ntime_ms = 120";
    let site = Project::app(text, handlers()).start().await;
    if site.status("GET /slow") == 200 {
        assert_eq!(told(&site), [Rule::NearLimit]);
        assert!(
            texts(&site).contains("of at most 120 ms"),
            "{}",
            texts(&site)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_beyond_the_clouds_limits_is_warned_of_where_ours_are_off() {
    let site = Project::app("", handlers())
        .with(|builder| builder.limits(Limits::NONE))
        .start()
        .await;
    for (head, body, rule) in [
        ("POST /ok", 1_100_000, Rule::RequestSize),
        ("GET /give?bytes=4200000", 0, Rule::ResponseSize),
        ("GET /give?headers=95", 0, Rule::ResponseHeaders),
        (&with_headers(95), 0, Rule::RequestHeaders),
    ] {
        let reply = site.ask(head, &"x".repeat(body));
        assert_eq!(reply.status, 200, "{}", site.fault());
        assert_eq!(told(&site), [rule], "{head:.40}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strictly_the_clouds_refusal_is_the_answer() {
    let site = Project::app("", handlers())
        .with(|builder| builder.limits(Limits::NONE))
        .with(Builder::strict)
        .start()
        .await;
    for (head, body, status) in [
        ("POST /ok", 1_100_000, 413),
        ("GET /give?bytes=4200000", 0, 500),
        (&with_headers(95), 0, 431),
        // Warned of, but the cloud would answer it.
        ("GET /twiml", 0, 200),
        ("GET /ok", 0, 200),
    ] {
        let reply = site.ask(head, &"x".repeat(body));
        assert_eq!(reply.status, status, "{head:.40}: {}", site.fault());
        let refused = status != 200;
        assert_eq!(
            site.fault().contains("--strict"),
            refused,
            "{}",
            site.fault()
        );
        assert!(!reply.text().contains("bytes"), "{}", reply.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_names_the_rules_where_it_is_asked_for() {
    let quiet = Project::app("", handlers()).start().await;
    assert_eq!(
        quiet.ask("GET /twiml", "").header("x-switchboard-parity"),
        None
    );
    let site = Project::app("", handlers())
        .with(Builder::parity_header)
        .start()
        .await;
    for (head, names) in [
        ("GET /ok", None),
        ("GET /twiml", Some("twiml-content-type")),
        (
            "GET /twiml\r\nOrigin: https://example.com",
            Some("browser-blocks, twiml-content-type"),
        ),
        ("GET /nothing", None),
    ] {
        let reply = site.ask(head, "");
        assert_eq!(reply.header("x-switchboard-parity"), names, "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_beyond_the_clouds_limits_are_told_with_each_exchange() {
    let env: String = (0..8)
        .map(|number| format!("SMALL_{number}={}\n", "x".repeat(400)))
        .collect();
    let project = |env: &str| {
        Project::new()
            .file(".env", env)
            .file("functions/hello.js", HANDLER)
            .file("assets/page.html", "")
    };
    let site = project(&format!("LARGE={}\n{env}", "x".repeat(451)))
        .start()
        .await;
    for _ in 0..2 {
        assert_eq!(site.status("GET /hello"), 200);
        assert_eq!(told(&site), [Rule::VariableSize, Rule::ContextSize]);
        assert!(texts(&site).contains("LARGE") && !texts(&site).contains("xx"));
    }
    // An asset has no context.
    assert_eq!(site.status("GET /page.html"), 200);
    assert_eq!(told(&site), []);
    let strict = project(&env).with(Builder::strict).start().await;
    assert_eq!(strict.status("GET /hello"), 500);
    assert!(
        strict.fault().contains("[context-size]"),
        "{}",
        strict.fault()
    );
    let near = project(&env.replace("SMALL_7", "#")).start().await;
    assert_eq!(near.status("GET /hello"), 200);
    assert_eq!(told(&near), [Rule::NearLimit]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_without_the_runtime_handler_is_warned_of() {
    let reads = "exports.handler = (context, event, callback) => callback(null, event.request.headers.host);";
    for (package, function, rules) in [
        (
            r#"{"dependencies": {"twilio": "5.0.0"}}"#,
            reads,
            &[Rule::RuntimeHandler][..],
        ),
        (r#"{"dependencies": {"twilio": "5.0.0"}}"#, HANDLER, &[]),
        (
            r#"{"dependencies": {"@twilio/runtime-handler": "2.0.1"}}"#,
            reads,
            &[],
        ),
        (
            r#"{"dependencies": {"@twilio/runtime-handler": "1.1.0"}}"#,
            reads,
            &[Rule::RuntimeHandler],
        ),
        (
            r#"{"dependencies": {"@twilio/runtime-handler": "1.2.0-rc.3"}}"#,
            reads,
            &[],
        ),
        (r#"{"name": "no-dependencies"}"#, reads, &[]),
    ] {
        let site = Project::new()
            .file("package.json", package)
            .file("functions/hello.js", function)
            .start()
            .await;
        assert_eq!(site.status("GET /hello"), 200);
        assert_eq!(told(&site), rules, "{package}");
    }
}

/// A project whose functions load this and that.
fn loading() -> Project {
    let package = r#"{
        "dependencies": {"@twilio/runtime-handler": "2.0.1", "listed": "1.0.0", "@a/b": "1.0.0"},
        "devDependencies": {"dev": "1.0.0"}
    }"#;
    let mut project = Project::new().file("package.json", package);
    for name in ["listed", "unlisted", "dev", "@a/b"] {
        let file = format!("node_modules/{name}/index.js");
        // What packages load is theirs.
        project = project
            .file(&file, "require('./own'); module.exports = 1;")
            .file(&format!("node_modules/{name}/own.js"), "");
    }
    for (name, code) in [
        ("lib.private", "module.exports = 1;"),
        ("top", "require('./lib.private');"),
        ("above", "require('../shared.json');"),
        (
            "listed",
            "require('listed'); require('@a/b/own'); require('fs'); require('node:path');",
        ),
        ("unlisted", "require('unlisted');"),
        ("dev", "require('dev');"),
        ("runtime", "require(Runtime.getFunctions()['lib'].path);"),
    ] {
        project = project.file(
            &format!("functions/{name}.js"),
            &format!("{code}\n{HANDLER}"),
        );
    }
    let within = "exports.handler = (c, e, callback) => { require('./lib.private'); callback(null, 'done'); };";
    project
        .file("functions/within.js", within)
        .file("shared.json", "{}")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_the_cloud_would_not_have_are_warned_of() {
    let site = loading().start().await;
    for (path, named) in [
        ("/top", Some("Runtime.getFunctions()[\"lib\"].path")),
        ("/within", Some("Runtime.getFunctions()[\"lib\"].path")),
        ("/above", Some("private function or asset")),
        ("/runtime", None),
    ] {
        // Modules stay; so does what is said of them.
        for _ in 0..2 {
            assert_eq!(site.status(&format!("GET {path}")), 200, "{}", site.fault());
            let rules = Vec::from_iter(named.map(|_| Rule::RelativeRequire));
            assert_eq!(told(&site), rules, "{path}");
            assert!(
                texts(&site).contains(named.unwrap_or_default()),
                "{}",
                texts(&site)
            );
        }
    }
    let strict = loading().with(Builder::strict).start().await;
    assert_eq!(strict.status("GET /top"), 500);
    assert_eq!(strict.status("GET /runtime"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_that_the_cloud_would_not_have_are_warned_of() {
    let site = loading().start().await;
    for (path, rules) in [
        ("/listed", &[][..]),
        ("/unlisted", &[Rule::UnlistedDependency]),
        ("/dev", &[Rule::DevDependency]),
    ] {
        for _ in 0..2 {
            assert_eq!(site.status(&format!("GET {path}")), 200, "{}", site.fault());
            assert_eq!(told(&site), rules, "{path}");
        }
    }
    let site = Project::new()
        .file("node_modules/unlisted/index.js", "")
        .file(
            "functions/free.js",
            &format!("require('unlisted');\n{HANDLER}"),
        )
        .start()
        .await;
    assert_eq!(site.status("GET /free"), 200);
    // Without a package.json nothing is known of what will be there.
    assert_eq!(told(&site), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_a_response_are_warned_of() {
    let site = Project::new()
        .file(
            "functions/options.js",
            "exports.handler = (c, e, callback) => callback(null, new Twilio.Response({ statusCode: 422 }));",
        )
        .start()
        .await;
    assert_eq!(site.status("GET /options"), 422);
    assert_eq!(told(&site), [Rule::ResponseOptions]);
}

/// Two services of two accounts, whose TwiML leads here and there.
fn leading(twiml: &str) -> Project {
    let answers = format!(
        "exports.handler = (context, event, callback) => {{
            const response = new Twilio.Response();
            response.appendHeader('Content-Type', 'text/xml');
            response.setBody({twiml:?});
            callback(null, response);
        }};"
    );
    let services = "default_service = \"a\"\n\
        [services.a]\nroot = \"a\"\ndomain = \"a-1-dev\"\nauth_token = \"one\"\n\
        [services.b]\nroot = \"b\"\ndomain = \"b-1-dev\"\nauth_token = \"two\"\n";
    let project = Project::new()
        .file("services.toml", services)
        .file("a/functions/sms/answer.js", &answers)
        .file("b/functions/answer.js", &answers);
    ["a", "b"].into_iter().fold(project, |project, service| {
        project
            .file(&format!("{service}/functions/sms/next.js"), HANDLER)
            .file(&format!("{service}/functions/{service}-open.js"), HANDLER)
            .file(
                &format!("{service}/functions/guarded.protected.js"),
                HANDLER,
            )
            .file(&format!("{service}/functions/lib.private.js"), HANDLER)
            .file(&format!("{service}/assets/song.mp3"), "")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_in_twiml_that_lead_nowhere_are_told() {
    let gather = |to: &str| format!("<Response><Gather action=\"{to}\"/></Response>");
    for (twiml, said) in [
        (gather("next"), None),
        (gather("/sms/next?again=1"), None),
        (gather("/a-open"), None),
        (gather("/guarded"), None),
        (gather("https://example.com/nothing"), None),
        (gather("https://b-1-dev.twil.io/b-open"), None),
        (gather("https://c-1-dev.twil.io/x"), None),
        (
            gather("next/"),
            Some("leads to /sms/next/, which is no route"),
        ),
        (
            gather("/a/nothing"),
            Some("leads to /a/nothing, which is no route"),
        ),
        (
            gather("/lib"),
            Some("leads to /lib, which is private: Twilio would get 404"),
        ),
        (
            gather("https://b-1-dev.twil.io/guarded"),
            Some("leads to /guarded of b, which is protected by the auth token of another account"),
        ),
        (
            "<Response>\n<Redirect>../gone</Redirect></Response>".to_string(),
            Some("TwiML 2:1: <Redirect> leads to /gone"),
        ),
        (
            "<Response><Play>/song.mp3</Play></Response>".to_string(),
            None,
        ),
        (
            "<Response><Play>/sing.mp3</Play></Response>".to_string(),
            Some("<Play> leads to /sing.mp3"),
        ),
        (
            "<Response><Message>/nothing</Message></Response>".to_string(),
            None,
        ),
        ("<Response><Gather action=".to_string(), None),
    ] {
        let site = leading(&twiml).start().await;
        assert_eq!(site.status("GET /sms/answer"), 200, "{}", site.fault());
        let rules = Vec::from_iter(said.map(|_| Rule::TwimlLink));
        assert_eq!(told(&site), rules, "{twiml}: {}", texts(&site));
        assert!(
            texts(&site).contains(said.unwrap_or_default()),
            "{}",
            texts(&site)
        );
    }
    // On the shared port `/b` is only a prefix: in the cloud `/b-open` is a path of the same host.
    let site = leading(&gather("/b-open")).start().await;
    assert_eq!(site.status("GET /b/answer"), 200);
    assert_eq!(told(&site), []);
}
