//! What the console tells of the services: each thing with the place where it was set.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use crate::http::{Reply, ask};
use crate::project::{Project, Site};
use serde_json::{Value, json};
use switchboard::config::{Limits, Options};
use switchboard::web_console::ConsolePort;
use switchboard::{Begin, Handlers, Inspect, Token};

mod visibility;

const TOKEN: &str = "t0ken-of-this-run";

/// Asks the console with the token.
fn console(site: &Site, head: &str, body: &str) -> Reply {
    let url = site.running().console_url().unwrap();
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
    let head = format!("{first}\nAuthorization: Bearer {TOKEN}\n{rest}");
    ask(port, head.trim_end(), body)
}

fn told(reply: &Reply) -> Value {
    let text = reply.text();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn services(site: &Site, query: &str) -> Value {
    let reply = console(site, &format!("GET /api/1/services{query}"), "");
    assert_eq!(reply.status, 200, "{}", reply.text());
    told(&reply)
}

fn project(files: &[(&str, &str)]) -> Project {
    let project =
        Project::new().with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)));
    files
        .iter()
        .fold(project, |project, (path, text)| project.file(path, text))
}

/// The one with that value of that key.
fn with<'v>(list: &'v Value, key: &str, value: &str) -> &'v Value {
    let mut list = list.as_array().expect("a list").iter();
    let found = list.find(|item| item[key] == value);
    found.unwrap_or_else(|| panic!("no {key} {value}"))
}

const SERVICES: &str = "\
# The project.
[limits]
time_ms = 5000
headers = false

[services.demo]
root = \"demo\"
auth_token = \"s3cret-token\"
[services.demo.env]
KEY = \"s3cret-key\"
[services.demo.functions]
\"/explicit\" = { handler = \"demo/functions/sub/deep.js\", visibility = \"protected\" }

[services.plain]
root = \"plain\"
";

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_is_told_with_its_place_and_without_secrets() {
    let site = project(&[
        ("services.toml", SERVICES),
        ("demo/.env", "# s3cret-comment\nOTHER=s3cret-other\nACCOUNT_SID=AC00000000000000000000000000000009\n"),
        ("demo/functions/a.js", "'use strict';\n\nexports.handler = (c, e, cb) => cb(null, 'a');\n"),
        ("demo/functions/sub/deep.js", "exports.handler = (c, e, cb) => cb(null, 'd');\n"),
        ("demo/assets/x.txt", "x"),
        ("plain/.env", "AUTH_TOKEN=s3cret-of-plain\n"),
        ("plain/assets/index.html", "x"),
    ])
    .with(|builder| {
        builder.options(Options {
            load_local_env: true,
            process_variables: vec![("SHELL_WORD".into(), "s3cret-word".into())],
            ..Options::default()
        })
    })
    .start()
    .await;
    let all = services(&site, "");
    assert!(!all.to_string().contains("s3cret"), "{all}");
    let demo = with(&all["services"], "name", "demo");
    // What was told before is told as before.
    assert_eq!(
        demo["url"],
        format!("http://localhost:{}/demo", site.port())
    );
    assert_eq!(demo["root"], "demo");

    let variable = |name| {
        let it = with(&demo["variables"], "name", name);
        json!([it["from"], it["file"], it["line"]])
    };
    assert_eq!(
        variable("KEY"),
        json!(["services.toml", "services.toml", 10])
    );
    assert_eq!(variable("OTHER"), json!(["env_file", "demo/.env", 2]));
    assert_eq!(variable("SHELL_WORD"), json!(["process", null, null]));
    assert_eq!(variable("AUTH_TOKEN"), json!(["default", null, null]));
    let token = &demo["auth_token"];
    assert_eq!(token["from"], "services.toml");
    assert_eq!(
        (&token["line"], &token["value"]),
        (&json!(8), &json!("(hidden)"))
    );
    let sid = &demo["account_sid"];
    assert_eq!(
        json!([sid["from"], sid["variable"], sid["file"], sid["line"]]),
        json!(["variable", "ACCOUNT_SID", "demo/.env", 3])
    );
    let plain = with(&all["services"], "name", "plain");
    assert_eq!(plain["auth_token"]["variable"], "AUTH_TOKEN");
    assert_eq!(plain["account_sid"]["from"], "development");
    assert_eq!(plain["pool"], Value::Null);

    let route = |path| with(&demo["routes"], "path", path);
    assert_eq!(
        (&route("/a")["target"], &route("/a")["line"]),
        (&json!("demo/functions/a.js"), &json!(3))
    );
    assert_eq!(route("/x.txt")["line"], Value::Null);
    let explicit = route("/explicit");
    assert_eq!(
        explicit["declared_in"],
        json!({ "file": "services.toml", "line": 12 })
    );
    assert_eq!(
        (&explicit["overridden"], &explicit["written"]),
        (&json!(false), &json!("protected"))
    );

    let limit = |name| {
        let it = with(&all["limits"], "name", name);
        json!([it["value"], it["cloud"], it["from"], it["line"]])
    };
    assert_eq!(limit("time_ms"), json!([5000, 10000, "services.toml", 3]));
    assert_eq!(limit("headers"), json!([null, 90, "services.toml", 4]));
    assert_eq!(limit("concurrency"), json!([30, 30, "cloud", null]));

    let shown = services(&site, "?secrets=shown");
    let demo = with(&shown["services"], "name", "demo");
    assert_eq!(
        with(&demo["variables"], "name", "KEY")["value"],
        "s3cret-key"
    );
    assert_eq!(demo["auth_token"]["value"], "s3cret-token");
    let refused = console(&site, "GET /api/1/services?secret=shown", "");
    assert_eq!(refused.status, 400);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_processes_of_a_service_are_told_with_their_times() {
    let site = project(&[(
        "functions/pid.js",
        "exports.handler = (c, e, cb) => cb(null, process.pid);\n",
    )])
    .start()
    .await;
    let pid: u32 = site.ask("GET /pid", "").text().parse().unwrap();
    for _ in 0..3 {
        site.ask("GET /pid", "");
    }
    let all = services(&site, "");
    let pool = &all["services"][0]["pool"];
    assert_eq!(
        (&pool["cold"]["count"], &pool["warm"]["count"]),
        (&json!(1), &json!(3))
    );
    assert!(pool["cold"]["last_ms"].as_f64() > Some(0.0), "{pool}");
    assert!(pool["warm"]["median_ms"].as_f64() > Some(0.0), "{pool}");
    assert!(pool["node"].as_str().unwrap().starts_with('v'), "{pool}");
    let workers = pool["workers"].as_array().unwrap();
    let used = workers.iter().find(|worker| worker["pid"] == pid).unwrap();
    assert_eq!(
        (&used["stage"], &used["generation"]),
        (&json!("idle"), &json!(1))
    );
    assert!(used["age_ms"].as_f64() > Some(0.0));
    if cfg!(target_os = "linux") {
        assert!(used["memory_bytes"].as_u64() > Some(1024 * 1024), "{used}");
    }
    assert_eq!(
        all["services"][0]["auth_token"]["value"],
        "switchboard-development-token-00"
    );
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_debugged_tells_where() {
    let inspect = Inspect {
        address: ([127, 0, 0, 1], 0).into(),
        begin: Begin::AtOnce,
    };
    let site = project(&[("functions/a.js", "exports.handler = (c, e, cb) => cb();\n")])
        .with(|builder| builder.inspect(inspect).limits(Limits::NONE))
        .start()
        .await;
    let all = services(&site, "");
    let debugger = all["services"][0]["pool"]["debugger"].as_str().unwrap();
    assert!(
        debugger.starts_with("127.0.0.1:") && !debugger.ends_with(":0"),
        "{debugger}"
    );
    let time = with(&all["limits"], "name", "time_ms");
    assert_eq!(
        (&time["value"], &time["from"]),
        (&Value::Null, &json!("program"))
    );
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_told_with_its_line_until_it_is_mended() {
    let good = "[services.app]\nauth_token = \"s3cret\"\nroot = \".\"\n";
    let mut site = project(&[("services.toml", good), ("assets/a.txt", "a")])
        .start_watching()
        .await;
    let load = services(&site, "")["load"].clone();
    assert_eq!(
        (&load["served"], &load["generation"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(load["diagnostics"], json!([]));
    assert!(load["at"].as_str().unwrap().ends_with('Z'));

    site.change("services.toml", &good.replace("root", "rot"));
    site.rejected().await;
    let load = services(&site, "")["load"].clone();
    assert_eq!(
        (&load["served"], &load["generation"]),
        (&json!(false), &json!(1))
    );
    let fault = &load["diagnostics"][0];
    assert_eq!(
        (&fault["file"], &fault["line"], &fault["code"]),
        (&json!("services.toml"), &json!(3), &json!("unknown-key"))
    );
    let rendered = fault["rendered"].as_str().unwrap();
    assert!(
        rendered.contains("3 | rot =") && rendered.contains("^^^"),
        "{rendered}"
    );
    assert!(!load.to_string().contains("s3cret"), "{load}");

    site.change(
        "services.toml",
        &good.replace("\".\"", "\".\"\nenv = { A = \"1\" }"),
    );
    site.reloaded().await;
    let load = services(&site, "")["load"].clone();
    assert_eq!(load["served"], true);
    assert_eq!(load["changed"], json!(["app"]));
    assert_eq!(load["generation"], site.registry().generation);
    assert!(load["duration_ms"].as_f64() > Some(0.0));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_from_code_has_its_services_too() {
    let site = Project::app("", Handlers::new())
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    let all = services(&site, "");
    assert_eq!(all["services"][0]["routes"], json!([]));
    site.stop().await;
}
