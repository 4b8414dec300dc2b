//! JavaScript functions through the whole server, with real Node processes: what each way to end an
//! invocation answers, what is logged, and that the culprit alone fails.

use crate::http::{Reply, ask};
use crate::npm;
use crate::oracle;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use switchboard::config::Limits;
use switchboard::journal::{Entry, Exchange, Notice};
use switchboard::{Running, Switchboard};
use tempfile::TempDir;

/// A project in a folder of its own, served.
struct Project {
    folder: TempDir,
    server: Running,
}

/// The functions by path under `functions/`; other files by path from the root.
async fn serve(files: &[(&str, &str)]) -> Project {
    serve_with(files, Limits::default()).await
}

async fn serve_with(files: &[(&str, &str)], limits: Limits) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    let server = Switchboard::builder()
        .project(folder.path())
        .limits(limits)
        .port(0)
        .start()
        .await
        .expect("the project starts");
    Project { folder, server }
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("a parent")).expect("writable");
    fs::write(file, text).expect("writable");
}

/// Limits with another time.
fn time(millis: u64) -> Limits {
    Limits {
        time: Some(Duration::from_millis(millis)),
        ..Limits::default()
    }
}

impl Project {
    async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path}"), "").await
    }

    async fn send(&self, head: &str, body: &str) -> Reply {
        let (port, head, body) = (self.server.port(), head.to_string(), body.to_string());
        tokio::task::spawn_blocking(move || ask(port, &head, &body))
            .await
            .expect("the client does not panic")
    }

    /// The newest exchange on `path`.
    fn exchange(&self, path: &str) -> std::sync::Arc<Exchange> {
        let exchanges = self.server.journal().exchanges();
        let mut found = exchanges.iter().filter(|e| e.request.uri.path() == path);
        found.next_back().expect("an exchange").clone()
    }

    fn fault(&self, path: &str) -> String {
        self.exchange(path).fault.clone().unwrap_or_default()
    }

    fn console(&self, path: &str) -> Vec<String> {
        self.exchange(path)
            .console
            .iter()
            .map(|line| format!("{} {}", line.level.as_str(), line.text))
            .collect()
    }
}

/// Status, type and body in one line.
fn told(reply: &Reply) -> String {
    let kind = reply.header("content-type").unwrap_or("-");
    format!("{} {kind} {}", reply.status, reply.text())
}

/// The project's `node_modules`: npm's own `twilio` and `jsonwebtoken`.
fn with_packages(folder: &Path) {
    let modules = oracle::installed().join("node_modules");
    std::os::unix::fs::symlink(modules, folder.join("node_modules")).expect("a link");
}

/// A function that answers with `expression`.
fn answering(expression: &str) -> String {
    format!("exports.handler = (context, event, callback) => callback(null, {expression});\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payload_has_its_answer() {
    let table = [
        ("'OK'", "200 text/plain; charset=utf8 OK"),
        ("''", "200 text/plain; charset=utf8 "),
        ("undefined", "200 - "),
        ("null", "200 - "),
        ("42", "200 application/json 42"),
        ("0", "200 application/json 0"),
        ("true", "200 application/json true"),
        (
            "{b: 1, a: ['é']}",
            r#"200 application/json {"b":1,"a":["é"]}"#,
        ),
        ("[1,2]", "200 application/json [1,2]"),
        (
            "new Date(0)",
            r#"200 application/json "1970-01-01T00:00:00.000Z""#,
        ),
        ("Buffer.from('bytes')", "200 application/octet-stream bytes"),
        ("new Uint8Array([65,66])", "200 application/octet-stream AB"),
        ("() => 1", "200 - "),
        ("new Twilio.Response()", "200 - "),
        (
            "new Twilio.Response().setBody('x')",
            "200 application/octet-stream x",
        ),
        (
            "new Response().setStatusCode(422).setBody({a: 1})",
            r#"422 application/json {"a":1}"#,
        ),
        (
            "new Twilio.Response().setBody(Buffer.from('b')).appendHeader('Content-Type', 'audio/mpeg')",
            "200 audio/mpeg b",
        ),
        (
            "new Twilio.Response().setBody('{\"a\":1}').appendHeader('Content-Type', 'application/json')",
            r#"200 application/json {"a":1}"#,
        ),
        (
            "new Twilio.Response().setBody(42)",
            "200 application/json 42",
        ),
        (
            "new Twilio.Response({statusCode: 201, body: 'x', headers: {'Content-Type': 'text/css'}})",
            "201 text/css x",
        ),
        (
            "new Twilio.Response().setStatusCode('302').appendHeader('Location', '/x')",
            "302 - ",
        ),
    ];
    let files: Vec<_> = table
        .iter()
        .enumerate()
        .map(|(n, (expression, _))| (format!("functions/p{n}.js"), answering(expression)))
        .collect();
    let files: Vec<_> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let project = serve(&files).await;
    for (n, (expression, expected)) in table.iter().enumerate() {
        let reply = project.get(&format!("/p{n}")).await;
        assert_eq!(
            told(&reply),
            *expected,
            "{expression}: {}",
            project.fault(&format!("/p{n}"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_without_a_value_is_left_out() {
    let text = "exports.handler = (c, e, callback) => callback(null, new Twilio.Response()
        .appendHeader('x-none', undefined).appendHeader('x-one', 'a')
        .appendHeader('x-two', 'b').appendHeader('x-two', undefined));";
    let project = serve(&[("functions/a.js", text)]).await;
    let reply = project.get("/a").await;
    let own = reply
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("x-"));
    let own: Vec<_> = own
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    // Those of every answer come after the function's own.
    assert_eq!(own[..3], ["x-one: a", "x-two: b", "x-two: null"]);
    assert!(reply.header("x-none").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_is_a_500_that_is_explained() {
    let table = [
        ("callback('bad')", "500 text/plain; charset=utf8 bad", "bad"),
        (
            "callback(new Error('boom'))",
            "500 text/plain; charset=utf8 Error: boom",
            "Error: boom\n    at exports.handler (functions/e1.js:1:",
        ),
        (
            "callback({code: 1})",
            r#"500 application/json {"code":1}"#,
            r#"{"code":1}"#,
        ),
        ("callback(422)", "500 text/plain; charset=utf8 422", "422"),
        (
            "callback(true, 'ignored')",
            "500 text/plain; charset=utf8 true",
            "true",
        ),
        (
            "throw new TypeError('no')",
            "500 text/plain; charset=utf8 TypeError: no",
            "functions/e5.js:1:",
        ),
        (
            "return Promise.reject(new Error('late'))",
            "500 text/plain; charset=utf8 Error: late",
            "functions/e6.js:1:",
        ),
        (
            "undefined.x",
            "500 text/plain; charset=utf8 TypeError: Cannot read properties of undefined (reading 'x')",
            "functions/e7.js:1:",
        ),
        (
            "const a = {}; a.a = a; callback(null, a)",
            "500",
            "circular",
        ),
        ("callback(null, 1n)", "500", "BigInt"),
        (
            "const f = () => f() + 1; f()",
            "500 text/plain; charset=utf8 RangeError: Maximum call stack size exceeded",
            "functions/e10.js:1:",
        ),
        (
            "callback(null, new Twilio.Response().setStatusCode('x'))",
            "500 text/plain; charset=utf8 RangeError: Invalid status code: x",
            "",
        ),
        (
            "throw new Error('a', {cause: new Error('b')})",
            "500 text/plain; charset=utf8 Error: a",
            "caused by: Error: b",
        ),
    ];
    let files: Vec<_> = table
        .iter()
        .enumerate()
        .map(|(n, (body, ..))| {
            let text = format!("exports.handler = (context, event, callback) => {{ {body}; }};");
            (format!("functions/e{n}.js"), text)
        })
        .collect();
    let mut files: Vec<_> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    files.extend([
        ("functions/nohandler.js", "exports.other = 1;"),
        ("functions/syntax.js", "\nconst = 1;\n"),
        ("functions/missing.js", "\nrequire('./nowhere');\n"),
        ("functions/load.js", "throw new Error('at load');"),
    ]);
    let project = serve(&files).await;
    let named = [
        (
            "nohandler",
            "500",
            "Could not find a \"handler\" function in file functions/nohandler.js",
        ),
        (
            "syntax",
            "500 text/plain; charset=utf8 SyntaxError",
            "functions/syntax.js:2",
        ),
        ("missing", "500", "functions/missing.js:2"),
        (
            "load",
            "500 text/plain; charset=utf8 Error: at load",
            "functions/load.js:1",
        ),
    ];
    let numbered = table.iter().enumerate();
    let cases = numbered
        .map(|(n, (_, answer, fault))| (format!("/e{n}"), *answer, *fault))
        .chain(named.map(|(name, answer, fault)| (format!("/{name}"), answer, fault)));
    for (path, answer, fault) in cases {
        let reply = project.get(&path).await;
        assert!(told(&reply).starts_with(answer), "{path}: {}", told(&reply));
        let explained = project.fault(&path);
        assert!(explained.contains(fault), "{path}: {explained}");
        assert!(
            !explained.contains("switchboard:bridge"),
            "{path}: {explained}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_falsy_error_is_success() {
    for (n, value) in ["null", "undefined", "''", "0", "false"].iter().enumerate() {
        let text = format!("exports.handler = (c, e, callback) => callback({value}, 'fine');");
        let path = format!("functions/f{n}.js");
        let project = serve(&[(&path, &text)]).await;
        let reply = project.get(&format!("/f{n}")).await;
        assert_eq!(told(&reply), "200 text/plain; charset=utf8 fine", "{value}");
    }
}

/// Runs the bad function beside 20 good calls; the good ones must all answer.
async fn beside_good_ones(project: &Project, bad: &str) -> Reply {
    let port = project.server.port();
    let good: Vec<_> = (0..20)
        .map(|_| tokio::task::spawn_blocking(move || ask(port, "GET /good", "")))
        .collect();
    let bad = project.get(bad).await;
    for reply in good {
        let reply = reply.await.expect("no panic");
        assert_eq!(told(&reply), "200 text/plain; charset=utf8 good");
    }
    bad
}

#[tokio::test(flavor = "multi_thread")]
async fn the_culprit_alone_fails() {
    let good = "exports.handler = (c, e, callback) => setTimeout(() => callback(null, 'good'), 5);";
    let table = [
        ("while (true) {}", 504, "timed out after 500 ms"),
        ("", 504, "timed out after 500 ms"),
        (
            "while (true) console.log('x')",
            504,
            "timed out after 500 ms",
        ),
        (
            "process.exit(3)",
            500,
            "process.exit(3) was called\n    at exports.handler (functions/b3.js:1:",
        ),
        (
            "setTimeout(() => { throw new Error('later') }, 5)",
            500,
            "Error: later\n    at Timeout._onTimeout (functions/b4.js:1:",
        ),
        (
            "Promise.reject(new Error('stray'))",
            500,
            "Error: stray\n    at exports.handler (functions/b5.js:1:",
        ),
        (
            "process.kill(process.pid, 'SIGKILL')",
            500,
            "killed by signal 9",
        ),
        ("process.abort()", 500, "killed by signal 6"),
        (
            // The channel to the server, which no function knows of.
            "const fs = require('fs'); for (const n of fs.readdirSync('/proc/self/fd')) {
                 try { if (fs.readlinkSync('/proc/self/fd/' + n).startsWith('socket:')) fs.closeSync(Number(n)); } catch {}
             }",
            500,
            "ended before it called back",
        ),
    ];
    let bad: Vec<_> = table
        .iter()
        .enumerate()
        .map(|(n, (body, ..))| {
            let text = format!("exports.handler = (c, e, callback) => {{ {body} }};");
            (format!("functions/b{n}.js"), text)
        })
        .collect();
    let mut files: Vec<_> = bad.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    files.push(("functions/good.js", good));
    let project = serve_with(&files, time(500)).await;
    for (n, (body, status, fault)) in table.iter().enumerate() {
        let path = format!("/b{n}");
        let reply = beside_good_ones(&project, &path).await;
        assert_eq!(reply.status, *status, "{body}: {}", project.fault(&path));
        assert!(
            project.fault(&path).contains(fault),
            "{body}: {}",
            project.fault(&path)
        );
        // Whole again: the next call needs no cold start's time.
        assert_eq!(project.get("/good").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_limit_is_kept_to_the_moment() {
    let project = serve_with(
        &[
            (
                "functions/spin.js",
                "exports.handler = () => { while (true) {} };",
            ),
            ("functions/good.js", &answering("'good'")),
        ],
        time(300),
    )
    .await;
    assert_eq!(project.get("/good").await.status, 200);
    let began = Instant::now();
    let reply = project.get("/spin").await;
    let took = began.elapsed();
    assert_eq!(told(&reply), "504 text/plain runtime application timed out");
    assert!(took >= Duration::from_millis(300), "{took:?}");
    assert!(took < Duration::from_millis(1300), "{took:?}");
    assert_eq!(project.get("/good").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_belongs_to_its_exchange() {
    let text = r#"
        console.log('at load');
        exports.handler = (context, event, callback) => {
            console.log('a %s', 'b', { c: 1 });
            console.info('info'); console.debug('debug'); console.warn('warn'); console.error(new Error('e').message);
            console.group('group'); console.log('two\nlines'); console.groupEnd();
            process.stdout.write('no '); process.stdout.write('newline'); process.stderr.write('err\n');
            // In the middle of characters, encoded, and half of one alone.
            for (const byte of Buffer.from('é€😀\n')) process.stderr.write(Buffer.of(byte));
            process.stderr.write('aGk=', 'base64'); process.stderr.write(Buffer.of(0xc3)); process.stderr.write('\n');
            callback(null, 'x');
        };"#;
    let native = r#"
        const { writeSync } = require('fs');
        const { execFileSync } = require('child_process');
        exports.handler = (context, event, callback) => {
            writeSync(1, 'native\n');
            execFileSync('sh', ['-c', 'echo child; echo bad >&2; printf end'], { stdio: 'inherit' });
            callback(null, 'x');
        };"#;
    // The next invocation is sent once the timer has fired: it waits for that itself.
    let timer = "globalThis.printed = null; exports.handler = (context, event, callback) => {
        globalThis.printed = new Promise((done) => setTimeout(() => { console.log('later'); done(); }, 1));
        callback(null, 'x');
    };";
    let late = r#"
        exports.handler = (context, event, callback) => {
            callback(null, 'x');
            callback(null, 'y');
            console.log('after');
            throw new Error('too late');
        };"#;
    let project = serve(&[
        ("functions/print.js", text),
        ("functions/native.js", native),
        ("functions/late.js", late),
        ("functions/timer.js", timer),
        (
            "functions/next.js",
            "exports.handler = async (c, e, callback) => { await globalThis.printed; callback(null, 'next'); };",
        ),
    ])
    .await;
    project.get("/print").await;
    assert_eq!(
        project.console("/print"),
        [
            "INFO at load",
            "INFO a b { c: 1 }",
            "INFO info",
            "INFO debug",
            "WARNING warn",
            "ERROR e",
            "INFO group",
            "INFO   two\n  lines",
            "ERROR err",
            "ERROR é€😀",
            "ERROR hi\u{fffd}",
            "INFO no newline",
        ]
    );
    project.get("/native").await;
    let mut printed = project.console("/native");
    // Two pipes: what came over one of them is in order.
    printed.sort();
    assert_eq!(
        printed,
        ["ERROR bad", "INFO child", "INFO end", "INFO native"]
    );
    assert_eq!(project.get("/late").await.text(), "x");
    // Behind the callback, but before the function gives way: it is this invocation's.
    let lines = project.console("/late").join("\n");
    for expected in [
        "WARNING callback was called a second time",
        "INFO after",
        "ERROR thrown after the callback: Error: too late",
    ] {
        assert!(lines.contains(expected), "{lines}");
    }
    // Printed when the answer was out: the next invocation has it, as in the cloud.
    assert_eq!(project.get("/timer").await.text(), "x");
    assert_eq!(project.get("/next").await.text(), "next");
    let lines = project.console("/next").join("\n");
    let expected = "INFO (after an earlier invocation's answer) later";
    assert!(lines.contains(expected), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_after_the_answer_harms_nobody() {
    let text = "exports.handler = (c, e, callback) => { setTimeout(() => { throw new Error('stale') }, 20); callback(null, 'x'); };";
    let slow =
        "exports.handler = (c, e, callback) => setTimeout(() => callback(null, 'slow'), 100);";
    let project = serve(&[("functions/leave.js", text), ("functions/slow.js", slow)]).await;
    assert_eq!(project.get("/leave").await.text(), "x");
    assert_eq!(project.get("/slow").await.text(), "slow");
    assert_eq!(project.get("/slow").await.text(), "slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_functions_spread_over_processes_one_invocation_in_each() {
    let text = "let running = 0; exports.handler = (c, e, callback) => {
        const began = Date.now();
        running += 1;
        setTimeout(() => {
            callback(null, { pid: process.pid, running, began, ended: Date.now() });
            running -= 1;
        }, 300);
    };";
    let project = serve(&[("functions/slow.js", text)]).await;
    let port = project.server.port();
    let replies: Vec<_> = (0..8)
        .map(|_| tokio::task::spawn_blocking(move || ask(port, "GET /slow", "")))
        .collect();
    let mut pids = std::collections::HashSet::new();
    let mut times = Vec::new();
    for reply in replies {
        let reply = reply.await.expect("no panic");
        let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!(body["running"], 1);
        pids.insert(body["pid"].as_u64());
        times.push((body["began"].as_f64(), body["ended"].as_f64()));
    }
    assert!(pids.len() > 2, "{pids:?}");
    times.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    let overlap = times.windows(2).any(|two| two[1].0 < two[0].1);
    assert!(overlap, "one after another: {times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_functions_keep_to_one_process_and_its_state() {
    let text =
        "let n = 0; exports.handler = (c, e, callback) => callback(null, [process.pid, ++n]);";
    let project = serve(&[("functions/count.js", text)]).await;
    let first: [u64; 2] = serde_json::from_slice(&project.get("/count").await.body).expect("JSON");
    for n in 2..=20 {
        let next = serde_json::from_slice::<[u64; 2]>(&project.get("/count").await.body);
        assert_eq!(next.expect("JSON"), [first[0], n]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_costs_no_worker() {
    let slow = "exports.handler = (c, e, callback) => setTimeout(() => callback(null, 'x'), 50);";
    let mut limits = time(5000);
    limits.concurrency = Some(2);
    let project = serve_with(&[("functions/slow.js", slow)], limits).await;
    let port = project.server.port();
    for _ in 0..20 {
        tokio::task::spawn_blocking(move || {
            crate::http::Client::connect(port)
                .send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        })
        .await
        .expect("no panic");
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while project.get("/slow").await.status != 200 {
        assert!(Instant::now() < deadline, "the slots are lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn event_and_context_are_the_clouds() {
    let project = serve(&[
        (
            "functions/sms/see.js",
            "const atLoad = [typeof Twilio.Response, typeof Runtime.getAssets, typeof Functions, Response === Twilio.Response];
            exports.handler = (context, event, callback) =>
                callback(null, { event, context, keys: Object.keys(context), env: process.env.SECRET, atLoad,
                    globals: [typeof fs, typeof path, typeof require('fs').read, typeof globalThis.crypto?.randomBytes, typeof module.exports, require.main === undefined] });",
        ),
        (".env", "SECRET=x y\nACCOUNT_SID=AC00000000000000000000000000000000\n"),
    ])
    .await;
    let reply = project
        .send(
            "POST /sms/see?a=1\nContent-Type: application/x-www-form-urlencoded\nCookie: c=d",
            "b=2&a=3",
        )
        .await;
    let seen: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!(seen["event"]["a"], "3");
    assert_eq!(seen["event"]["b"], "2");
    assert_eq!(seen["event"]["request"]["cookies"]["c"], "d");
    assert_eq!(seen["context"]["PATH"], "/sms/see");
    assert_eq!(
        seen["context"]["DOMAIN_NAME"],
        format!("localhost:{}", project.server.port())
    );
    assert_eq!(
        seen["keys"],
        serde_json::json!([
            "PATH",
            "DOMAIN_NAME",
            "SERVICE_SID",
            "ENVIRONMENT_SID",
            "SECRET",
            "ACCOUNT_SID",
            "AUTH_TOKEN",
            "getTwilioClient"
        ])
    );
    assert_eq!(seen["env"], "x y");
    assert_eq!(
        seen["atLoad"],
        serde_json::json!(["function", "function", "object", true])
    );
    assert_eq!(
        seen["globals"],
        serde_json::json!([
            "undefined",
            "undefined",
            "function",
            // Web Crypto or nothing, by Node's version; not the module.
            "undefined",
            "object",
            true
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_service_reach_each_other() {
    let project = serve(&[
        ("functions/util.private.js", "exports.greet = (name) => `Hello, ${name}`;"),
        ("lib/plain.js", "exports.n = 7;"),
        ("assets/users.private.json", r#"{"users":["é"]}"#),
        ("assets/public.txt", "no"),
        (
            "functions/use.js",
            "const { greet } = require(Runtime.getFunctions()['util'].path);
            exports.handler = async (context, event, callback) => {
                const assets = Runtime.getAssets();
                const os = await import('os');
                callback(null, [greet('x'), require('../lib/plain').n, Object.keys(assets),
                    JSON.parse(assets['/users.json'].open()).users, Object.keys(Functions).sort(), typeof os.EOL, process.cwd() === require('path').dirname(__dirname)]);
            };",
        ),
    ])
    .await;
    assert_eq!(
        project.get("/use").await.text(),
        r#"["Hello, x",7,["/users.json"],["é"],["use","util"],"string",true]"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn es_modules_run_with_a_warning() {
    let project = serve(&[
        ("package.json", r#"{"type":"module"}"#),
        (
            "functions/esm.js",
            "export const handler = (context, event, callback) => callback(null, 'esm');",
        ),
        (
            "functions/default.js",
            "export default { handler: (context, event, callback) => callback(null, 'default') };",
        ),
    ])
    .await;
    for (path, text) in [("/esm", "esm"), ("/default", "default")] {
        for _ in 0..2 {
            assert_eq!(
                project.get(path).await.text(),
                text,
                "{}",
                project.fault(path)
            );
            let warnings = project.exchange(path).warnings.clone();
            assert!(
                warnings.iter().any(|w| w.rule.name() == "es-module"),
                "{warnings:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "what is left out is said")]
async fn typescript_is_read_by_a_node_that_does_so_itself() {
    let node = std::env::var("SWITCHBOARD_NODE").unwrap_or_else(|_| "node".to_string());
    let told = std::process::Command::new(&node)
        .args(["-p", "process.features.typescript"])
        .output()
        .expect("Node runs");
    if !told.stdout.starts_with(b"strip") {
        eprintln!("not tried: {node} reads no TypeScript; tests/nodes/run tries those that do");
        return;
    }
    let words = "exports.greet = (name: string): string => `Hello, ${name}`;";
    let project = serve(&[
        (
            "functions/common.ts",
            "const { greet } = require('./words.private');
             exports.handler = (context: object, event: { name: string }, callback: Function): void =>
                 callback(null, greet(event.name));",
        ),
        ("functions/words.private.ts", words),
        (
            "functions/esm.ts",
            "export const handler = (context: object, event: object, callback: Function): void => callback(null, 'esm');",
        ),
        (
            "functions/broken.ts",
            "exports.handler = (context: object, event: object): void => { throw new Error('bad'); };",
        ),
    ])
    .await;
    let reply = project.get("/common?name=Ada").await;
    let fault = project.fault("/common");
    assert_eq!(reply.text(), "Hello, Ada", "{fault}");
    assert_eq!(project.get("/esm").await.text(), "esm");
    assert_eq!(project.get("/broken").await.status, 500);
    let fault = project.fault("/broken");
    assert!(fault.contains("functions/broken.ts:1:"), "{fault}");
    let saved = words.replace("Hello", "Ahoy");
    project.save("functions/words.private.ts", &saved).await;
    assert_eq!(project.get("/common?name=Ada").await.text(), "Ahoy, Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_runs_with_a_warning() {
    typescript_runs(&npm::install("typescript", "typescript")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_runs_by_a_compiler_that_is_a_program() {
    typescript_runs(&npm::install_by("typescript7", "typescript7", &[])).await;
}

/// With the package `typescript` that is installed in `installed`.
async fn typescript_runs(installed: &Path) {
    let function = "import type { Context } from './nowhere';
import { greeting, Name } from './words.private';
enum Language { English }
export const handler = (context: Context, event: { name: Name }, callback: Function): void => {
    if (event.name === 'nobody') {
        throw new Error('no name');
    }
    callback(null, `${greeting(event.name)} ${Language[0]}`);
};";
    let words = "export type Name = string;
export const greeting = (name: Name): string => `Hello, ${name}`;";
    let ending = "exports.handler = (context, event, callback) =>
        callback(null, require(Runtime.getAssets()['/lib/ending.js'].path).ending);";
    let project = serve(&[
        ("functions/hello.ts", function),
        ("functions/words.private.ts", words),
        ("functions/ending.js", ending),
        (
            "assets/lib/ending.private.ts",
            "export const ending: string = 'Bye';",
        ),
        (
            "tsconfig.json",
            r#"{"compilerOptions": {"module": "node16", "moduleResolution": "node16", "strict": true,
                "composite": true, "outDir": "dist", "rootDir": "functions"}}"#,
        ),
    ])
    .await;
    // Without a compiler it depends on Node.
    let native = project.get("/hello?name=Ada").await;
    let fault = project.fault("/hello");
    assert!(
        native.status == 500
            && (fault.contains("npm install --save-dev typescript") || fault.contains("enum")),
        "{fault}"
    );
    let packages = installed.join("node_modules");
    let compiler = project.folder.path().join("node_modules");
    std::fs::create_dir(&compiler).expect("a folder of the project");
    std::os::unix::fs::symlink(packages.join("typescript"), compiler.join("typescript"))
        .expect("a link of the project");
    project
        .save("functions/hello.ts", &format!("{function}\n"))
        .await;
    let reply = project.get("/hello?name=Ada").await;
    let fault = project.fault("/hello");
    assert_eq!(reply.text(), "Hello, Ada English", "{fault}");
    project
        .save(
            "functions/words.private.ts",
            &words.replace("Hello", "Ahoy"),
        )
        .await;
    assert_eq!(
        project.get("/hello?name=Ada").await.text(),
        "Ahoy, Ada English"
    );
    assert_eq!(project.get("/ending").await.text(), "Bye");
    project
        .save(
            "assets/lib/ending.private.ts",
            "export const ending = 'Ciao';",
        )
        .await;
    assert_eq!(project.get("/ending").await.text(), "Ciao");
    let warnings = project.exchange("/hello").warnings.clone();
    let told: Vec<_> = warnings.iter().map(|w| w.rule.name()).collect();
    assert!(
        told.contains(&"typescript") && !told.contains(&"es-module"),
        "{warnings:?}"
    );

    assert_eq!(project.get("/hello?name=nobody").await.status, 500);
    let fault = project.fault("/hello");
    assert!(fault.contains("functions/hello.ts:6:"), "{fault}");

    project
        .save("functions/hello.ts", "export const handler = (;\n")
        .await;
    assert_eq!(project.get("/hello").await.status, 500);
    let fault = project.fault("/hello");
    assert!(
        fault.contains("functions/hello.ts:1\nexport const handler = (;\n"),
        "{fault}"
    );
    project.save("functions/hello.ts", function).await;
    assert_eq!(
        project.get("/hello?name=Ada").await.text(),
        "Ahoy, Ada English"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twilio_is_the_projects_own_and_explained_when_missing() {
    let uses = "exports.handler = (c, e, callback) => { const r = new Twilio.twiml.MessagingResponse(); r.message('Hi & <bye>'); callback(null, r); };";
    let project = serve(&[("functions/sms.js", uses)]).await;
    let reply = project.get("/sms").await;
    assert_eq!(reply.status, 500);
    assert!(
        project.fault("/sms").contains("npm install twilio"),
        "{}",
        project.fault("/sms")
    );

    let project = serve(&[
        ("functions/sms.js", uses),
        ("functions/own.js", "const { twiml } = require('twilio'); exports.handler = (c, e, callback) => callback(null, new twiml.VoiceResponse());"),
        ("functions/client.js", "exports.handler = (context, e, callback) => callback(null, [typeof context.getTwilioClient().messages.create, typeof twilioClient.messages.create, typeof Runtime.getSync().maps.create]);"),
        ("functions/keys.js", "exports.handler = (context, e, callback) => { const before = 'twiml' in Twilio; callback(null, [before, typeof Twilio.jwt.AccessToken, typeof Twilio.unknown, Object.keys(Twilio).includes('Response')]) };"),
        ("functions/jwt.js", "const jwt = require('jsonwebtoken'); exports.handler = (c, e, callback) => callback(null, jwt.sign({a: 1}, 's', {noTimestamp: true}));"),
    ])
    .await;
    with_packages(project.folder.path());
    assert_eq!(
        told(&project.get("/sms").await),
        "200 text/xml <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Hi &amp; &lt;bye&gt;</Message></Response>"
    );
    assert_eq!(
        told(&project.get("/own").await),
        "200 text/xml <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"
    );
    assert_eq!(
        project.get("/client").await.text(),
        r#"["function","function","function"]"#,
        "{}",
        project.fault("/client")
    );
    assert_eq!(
        project.get("/keys").await.text(),
        r#"[true,"function","undefined",true]"#
    );
    assert!(
        project
            .get("/jwt")
            .await
            .text()
            .starts_with("eyJhbGciOiJIUzI1NiIs")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_credentials_is_refused_in_runtime_handlers_words() {
    let project = serve(&[
        (".env", "ACCOUNT_SID=nonsense\nAUTH_TOKEN=short\n"),
        (
            "functions/client.js",
            "exports.handler = (context, e, callback) => { context.getTwilioClient(); };",
        ),
    ])
    .await;
    let reply = project.get("/client").await;
    assert!(told(&reply).starts_with("500 text/plain; charset=utf8 INVALID_CONFIG: Invalid Account SID\nThe value for your ACCOUNT_SID"), "{}", told(&reply));
}

impl Project {
    /// Writes a file and waits until the reload is announced.
    async fn save(&self, path: &str, text: &str) {
        let journal = self.server.journal();
        let after = journal.latest();
        write(self.folder.path(), path, text);
        let reloaded = async {
            let mut latest = after;
            loop {
                let seen = journal.since(after, 1000);
                let announced = seen.iter().any(|(_, entry)| match entry {
                    Entry::Notice(notice) => matches!(**notice, Notice::Reloaded { .. }),
                    Entry::Exchange(_) => false,
                });
                if announced {
                    break;
                }
                latest = journal.newer_than(latest).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reloaded)
            .await
            .expect("the change is noticed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_gives_fresh_code_on_the_next_request() {
    let project = serve(&[
        (
            "functions/a.js",
            "exports.handler = (c, e, callback) => callback(null, require('../lib/part').n + c.V);",
        ),
        ("lib/part.js", "exports.n = 'one';"),
        (".env", "V=1\n"),
    ])
    .await;
    assert_eq!(project.get("/a").await.text(), "one1");
    project.save("lib/part.js", "exports.n = 'second';").await;
    assert_eq!(project.get("/a").await.text(), "second1");
    project.save("functions/a.js", "exports.handler = (").await;
    let broken = project.get("/a").await;
    assert_eq!(broken.status, 500);
    assert!(
        project.fault("/a").contains("functions/a.js:1"),
        "{}",
        project.fault("/a")
    );
    project
        .save("functions/a.js", &answering("'mended' + context.V"))
        .await;
    assert_eq!(project.get("/a").await.text(), "mended1");
    project.save(".env", "V=2\n").await;
    assert_eq!(project.get("/a").await.text(), "mended2");
    project.save("functions/b.js", &answering("'new'")).await;
    assert_eq!(project.get("/b").await.text(), "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_run_are_refused_and_quick_ones_wait() {
    let mut limits = time(5000);
    limits.concurrency = Some(2);
    let project = serve_with(
        &[
            ("functions/slow.js", "exports.handler = (c, e, callback) => setTimeout(() => callback(null, 'x'), 2000);"),
            ("functions/quick.js", &answering("'x'")),
        ],
        limits,
    )
    .await;
    let port = project.server.port();
    let all = |path: &'static str, count: usize| async move {
        let replies: Vec<_> = (0..count)
            .map(|_| tokio::task::spawn_blocking(move || ask(port, path, "").status))
            .collect();
        let mut statuses = Vec::new();
        for reply in replies {
            statuses.push(reply.await.expect("no panic"));
        }
        statuses.sort_unstable();
        statuses
    };
    assert_eq!(all("GET /slow", 3).await, [200, 200, 429]);
    assert_eq!(all("GET /quick", 40).await, [200; 40]);
}
