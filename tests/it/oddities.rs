//! JavaScript functions with what is rare: halves of characters, values that nobody would throw,
//! arguments that no method is made for. Each is what Node and runtime-handler make of it.

use crate::project::{Project, Site};
use switchboard::Level;

async fn site(functions: &[(&str, &str)]) -> Site {
    let mut project = Project::new();
    for (name, body) in functions {
        let text = format!("exports.handler = (context, event, callback) => {{ {body} }};");
        project = project.file(&format!("functions/{name}.js"), &text);
    }
    project.start().await
}

/// The status and the body that `path` is answered with.
fn asked(site: &Site, path: &str) -> (u16, String) {
    let reply = site.ask(&format!("GET {path}"), "");
    (reply.status, reply.text())
}

/// What the last request printed.
fn printed(site: &Site) -> Vec<String> {
    let exchange = site.last();
    exchange
        .console
        .iter()
        .map(|line| line.text.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_after_an_error_is_printed() {
    // Stacks of all depths: the last frame of some is Node's or the server's own, and is left out.
    let body = "
        const at = (n) => (n === 0 ? new Error('first') : at(n - 1));
        for (let n = 0; n < 12; n++) console.log(n, at(n), 'AFTER', n);
        console.log(new Error('one'), new Error('two'));
        console.log(Object.assign(new Error('with code'), { code: 'E1' }));
        callback(null);";
    let site = site(&[("log", body)]).await;
    assert_eq!(site.status("GET /log"), 200);
    let lines = printed(&site);
    assert_eq!(lines.len(), 14, "{lines:#?}");
    for (n, line) in lines.iter().take(12).enumerate() {
        assert!(line.starts_with(&format!("{n} Error: first\n")), "{line}");
        assert!(line.ends_with(&format!(" AFTER {n}")), "{line}");
        assert!(!line.contains("switchboard:"), "{line}");
    }
    assert!(
        lines[12].contains("Error: one\n") && lines[12].contains("Error: two"),
        "{}",
        lines[12]
    );
    assert!(lines[13].contains(" {\n  code: 'E1'\n}"), "{}", lines[13]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_to_be_printed_is_cut() {
    let site = site(&[(
        "log",
        "console.log('x'.repeat(70e6)); callback(null, 'ok');",
    )])
    .await;
    assert_eq!(site.ask("GET /log", "").text(), "ok", "{}", site.fault());
    let lines = printed(&site);
    assert!(
        lines.len() == 1 && lines[0].starts_with("xxx"),
        "{}",
        lines.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_character_is_replaced_and_harms_nothing() {
    let half = "const half = 'hi 👋'.slice(0, 4);";
    let site = site(&[
        ("thrown", &format!("{half} throw new Error('cannot send: ' + half);")),
        ("object", &format!("{half} callback({{ a: half }});")),
        ("header", &format!("{half} callback(null, new Twilio.Response().appendHeader('X-A', half));")),
        ("escaped", "callback(new Error('\\\\ud83d is no half, and \\\\\\ud83d is one'));"),
        ("late", &format!("{half} callback(null, half); Promise.resolve().then(() => {{ throw new Error(half); }});")),
    ])
    .await;
    assert_eq!(
        asked(&site, "/thrown"),
        (500, "Error: cannot send: hi \u{fffd}".to_string())
    );
    assert!(
        site.fault().contains("functions/thrown.js:1"),
        "{}",
        site.fault()
    );
    assert_eq!(
        asked(&site, "/object"),
        (500, "{\"a\":\"hi \u{fffd}\"}".to_string())
    );
    let (status, told) = asked(&site, "/header");
    assert_eq!(status, 500, "{told}");
    assert!(!site.fault().contains("protocol"), "{}", site.fault());
    assert_eq!(
        asked(&site, "/escaped"),
        (
            500,
            "Error: \\ud83d is no half, and \\\u{fffd} is one".to_string()
        )
    );
    assert_eq!(asked(&site, "/late"), (200, "hi \u{fffd}".to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_is_told_whatever_it_is() {
    let site = site(&[
        ("object", "Promise.reject({ code: 21211, why: 'bad number' });"),
        ("text", "Promise.reject('no luck');"),
        ("listened", "process.once('unhandledRejection', () => callback(null, 'heard')); Promise.reject('x');"),
    ])
    .await;
    assert_eq!(
        asked(&site, "/object"),
        (500, r#"{"code":21211,"why":"bad number"}"#.to_string())
    );
    assert_eq!(asked(&site, "/text"), (500, "no luck".to_string()));
    assert_eq!(asked(&site, "/listened"), (200, "heard".to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_takes_what_runtime_handler_takes() {
    let site = site(&[
        ("text", "callback(null, new Twilio.Response().setCookie('a', '1', 'Path=/'));"),
        ("object", "callback(null, new Twilio.Response().setCookie('a', '1', {}));"),
        ("list", "callback(null, new Twilio.Response().setCookie('a', '1', ['Path=/', 'x']));"),
        ("empty", "callback(null, new Twilio.Response().appendHeader('X-A', '').appendHeader('X-A', 'b'));"),
    ])
    .await;
    let cookie = |path: &str| {
        let reply = site.ask(&format!("GET {path}"), "");
        let cookie = reply.header("set-cookie").unwrap_or_default().to_string();
        (reply.status, cookie)
    };
    assert_eq!(cookie("/text").0, 500);
    assert!(
        site.fault().contains("attributes.join is not a function"),
        "{}",
        site.fault()
    );
    let (status, set) = cookie("/object");
    assert!(
        status == 200 && set.starts_with("a=1;Domain="),
        "{status} {set}"
    );
    let (status, set) = cookie("/list");
    assert!(
        status == 200 && set.starts_with("a=1;Path=/;x;"),
        "{status} {set}"
    );
    assert_eq!(site.ask("GET /empty", "").header("x-a"), Some("b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_required_by_its_whole_path_is_warned_of_as_a_neighbour_is() {
    let site = Project::new()
        .file("lib/part.js", "module.exports = 'part';")
        .file(
            "functions/joined.js",
            "exports.handler = (c, e, callback) => callback(null, require(require('path').join(__dirname, '../lib/part.js')));",
        )
        .file("shared/linked.js", "exports.handler = (c, e, callback) => callback(null, 'linked');")
        .linked("functions/linked.js", "../shared/linked.js")
        .file("functions/part.private.js", "module.exports = 'private';")
        .file(
            "functions/named.js",
            "exports.handler = (c, e, callback) => callback(null, require(Runtime.getFunctions().part.path));",
        )
        .start()
        .await;
    assert_eq!(site.ask("GET /joined", "").text(), "part");
    let warned = |site: &Site| -> Vec<String> {
        site.last()
            .warnings
            .iter()
            .map(|w| format!("{}: {}", w.rule.name(), w.text))
            .collect()
    };
    let told = warned(&site);
    assert!(
        told.iter().any(
            |w| w.starts_with("relative-require: functions/joined.js requires \"lib/part.js\"")
        ),
        "{told:?}"
    );
    // A function that is a link to a file elsewhere in the project.
    assert_eq!(site.ask("GET /linked", "").text(), "linked");
    assert!(
        !warned(&site)
            .iter()
            .any(|w| w.starts_with("relative-require")),
        "{:?}",
        warned(&site)
    );
    assert_eq!(site.ask("GET /named", "").text(), "private");
    assert!(
        !warned(&site)
            .iter()
            .any(|w| w.starts_with("relative-require")),
        "{:?}",
        warned(&site)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_sync_prints_nothing() {
    let site = Project::new()
        .packages()
        .file(
            "functions/sync.js",
            "exports.handler = (c, e, callback) => { const { maps, lists } = Runtime.getSync(); callback(null, [typeof maps.create, typeof lists.create]); };",
        )
        .start()
        .await;
    assert_eq!(
        site.ask("GET /sync", "").text(),
        r#"["function","function"]"#
    );
    let lines = site.last().console.clone();
    assert!(
        lines.iter().all(|line| line.level != Level::Warning),
        "{lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_reads_the_standard_input_reads_nothing_of_the_servers() {
    let site = site(&[
        ("steal", "const { spawnSync } = require('child_process'); spawnSync('cat', [], { stdio: 'inherit' }); callback(null, 'read');"),
        ("leave", "require('child_process').spawn('cat', [], { stdio: 'inherit' }); callback(null, 'left');"),
        ("ok", "callback(null, 'ok');"),
        ("argv", "callback(null, [process.argv.length, process.argv[0] === process.execPath]);"),
    ])
    .await;
    for (path, answer) in [
        ("/steal", "read"),
        ("/ok", "ok"),
        ("/leave", "left"),
        ("/ok", "ok"),
        ("/argv", "[1,true]"),
    ] {
        let reply = site.ask(&format!("GET {path}"), "");
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (200, answer),
            "{path}: {}",
            site.fault()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blocks_behind_its_callback_is_late_itself() {
    let mut project = Project::new().file(
        "services.toml",
        "[limits]\ntime_ms = 300\n[services.app]\nroot = \".\"\n",
    );
    for (name, body) in [
        ("spin", "callback(null, 'x'); while (true);"),
        (
            "later",
            "setImmediate(() => { callback(null, 'x'); while (true); });",
        ),
        ("ok", "callback(null, 'ok');"),
    ] {
        let text = format!("exports.handler = (context, event, callback) => {{ {body} }};");
        project = project.file(&format!("functions/{name}.js"), &text);
    }
    let site = project.start().await;
    for path in ["/spin", "/later"] {
        assert_eq!(site.status("GET /ok"), 200);
        assert_eq!(site.status(&format!("GET {path}")), 504);
        assert_eq!(site.status("GET /ok"), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_the_answer_is_told_though_nobody_asks_again() {
    let body = "setTimeout(() => { console.log('late line'); throw new Error('late boom'); }, 1); callback(null, 'x');";
    let mut site = site(&[("late", body)]).await;
    assert_eq!(site.status("GET /late"), 200);
    let told = site.said().await;
    assert!(
        told.starts_with("printed after an answer, by a process that has ended:\n"),
        "{told}"
    );
    assert!(told.contains("INFO    late line\n"), "{told}");
    assert!(
        told.contains("ERROR   Uncaught error after the answer: Error: late boom\n"),
        "{told}"
    );
    assert!(told.contains("functions/late.js:1:"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_leaves_before_the_process_does() {
    let site = site(&[
        ("exit", "callback(null, 'told'); process.exit(3);"),
        (
            "later",
            "setImmediate(() => { callback(null, 'told'); process.exit(3); });",
        ),
    ])
    .await;
    for path in ["/exit", "/later", "/exit"] {
        let reply = site.ask(&format!("GET {path}"), "");
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (200, "told"),
            "{path}: {}",
            site.fault()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_and_globals_that_throw_fail_their_own_call_alone() {
    let everything = "new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, has() { throw 3 }, ownKeys() { throw 4 } })";
    let site = site(&[
        ("thrown", &format!("throw {everything};")),
        ("called", &format!("callback({everything});")),
        ("rejected", &format!("return Promise.reject({everything});")),
        ("json", "JSON.stringify = JSON.parse = () => { throw new Error('poison'); }; throw new Error('own');"),
        ("ok", "callback(null, 'ok');"),
    ])
    .await;
    for (path, status) in [
        ("/thrown", 500),
        ("/called", 500),
        ("/rejected", 500),
        ("/json", 500),
    ] {
        assert_eq!(site.status(&format!("GET {path}")), status, "{path}");
        let next = site.ask("GET /ok", "");
        assert_eq!(
            (next.status, next.text().as_str()),
            (200, "ok"),
            "after {path}: {}",
            site.fault()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buffer_is_sent_as_it_was_when_the_function_called_back() {
    let site = site(&[
        ("plain", "const b = Buffer.from('hello'); callback(null, b); b.fill(0x58);"),
        ("set", "const b = Buffer.from('hello'); callback(null, new Twilio.Response().setBody(b)); b.fill(0x58);"),
    ])
    .await;
    for path in ["/plain", "/set"] {
        let reply = site.ask(&format!("GET {path}"), "");
        assert!(!reply.text().contains("XX"), "{path}: {}", reply.text());
    }
    assert_eq!(site.ask("GET /set", "").text(), "hello");
}
