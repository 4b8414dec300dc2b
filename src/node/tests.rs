//! The pool with other programs than an ordinary `node`, and with files that change.

use super::pool::MOST;
use super::{Call, Ended, NodeFault, NodePool, NodeSpec, PoolView, Unanswered};
use crate::console::Console;
use crate::event::{Event, EventText};
use crate::handler::Done;
use crate::response::Payload;
use crate::runtime::Runtime;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;

struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        Project {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A program that is a shell script.
    fn script(&self, text: &str) -> PathBuf {
        let path = self.write("node.sh", &format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn pool(&self, program: impl AsRef<Path>) -> NodePool {
        NodePool::new(NodeSpec {
            program: program.as_ref().into(),
            root: self.folder.path().to_path_buf(),
            variables: vec![("A".into(), "1".into())],
            domain_name: "localhost:1".into(),
            service_sid: "ZS1".into(),
            environment_sid: "ZE1".into(),
            runtime: Runtime::default(),
            packages: None,
        })
    }
}

async fn invoke(pool: &NodePool, file: &Path) -> Result<Ended, NodeFault> {
    invoke_with(pool, file, &empty()).await
}

fn empty() -> EventText {
    Event::builder().build().unwrap().into()
}

async fn invoke_with(pool: &NodePool, file: &Path, event: &EventText) -> Result<Ended, NodeFault> {
    faulty(pool.invoke(call(file, event)).await.ended)
}

/// A call that could run, and had the time to.
fn faulty(ended: Result<Ended, Unanswered>) -> Result<Ended, NodeFault> {
    ended.map_err(|why| match why {
        Unanswered::Fault(fault) => fault,
        other => panic!("{other:?}"),
    })
}

fn call<'a>(file: &'a Path, event: &'a EventText) -> Call<'a> {
    Call {
        file,
        path: "/a",
        event,
        console: Console::default(),
        limit: Some(Duration::from_secs(30)),
        most: None,
        held: Arc::new(()),
    }
}

async fn text(pool: &NodePool, file: &Path) -> String {
    text_of(invoke(pool, file).await)
}

fn answering(text: &str) -> String {
    format!("exports.handler = (context, event, callback) => callback(null, {text});")
}

#[tokio::test]
async fn without_node_one_sentence_says_what_to_do() {
    let project = Project::new();
    let file = project.write("a.js", &answering("'x'"));
    let pool = project.pool("/nowhere/node");
    for _ in 0..3 {
        let fault = invoke(&pool, &file).await.unwrap_err();
        assert!(matches!(fault, NodeFault::NoNode(_)), "{fault}");
        assert!(fault.to_string().contains("https://nodejs.org"), "{fault}");
        assert_eq!(fault.told().0, 503);
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_is_not_taken_for_a_missing_node() {
    let project = Project::new();
    let file = project.write("a.js", &answering("'x'"));
    let pool = project.pool("node");
    drop(project);
    let fault = invoke(&pool, &file).await.unwrap_err();
    assert!(matches!(fault, NodeFault::NoFolder(_)), "{fault}");
    assert_eq!(fault.told().0, 503);
}

#[tokio::test]
async fn an_old_node_is_named() {
    let project = Project::new();
    let file = project.write("a.js", &answering("'x'"));
    let old = "Object.defineProperty(process, 'version', { value: 'v16.20.2' })";
    let preload = project.write("old.js", old);
    let pool = project.pool(project.script(&format!("exec node -r {} \"$@\"", preload.display())));
    let fault = invoke(&pool, &file).await.unwrap_err();
    assert_eq!(fault, NodeFault::TooOld("v16.20.2".into()));
}

#[tokio::test]
async fn a_node_that_cannot_start_is_not_started_for_ever() {
    let project = Project::new();
    let file = project.write("a.js", &answering("'x'"));
    let starts = project.folder.path().join("starts");
    let program = project.script(&format!(
        "echo s >> {}; echo no such option >&2; exit 9",
        starts.display()
    ));
    let pool = project.pool(program);
    for _ in 0..5 {
        let fault = invoke(&pool, &file).await.unwrap_err();
        assert!(matches!(fault, NodeFault::SpawnLoop { .. }), "{fault}");
        assert!(fault.to_string().contains("no such option"), "{fault}");
    }
    assert_eq!(fs::read_to_string(starts).unwrap().lines().count(), 3);
}

/// A call that runs until `go` or `die` is there, which ends its process, and one that waits behind
/// it while no other process can be started until `mended` is there.
async fn one_runs_and_one_waits(project: &Project) -> [JoinHandle<Result<Ended, NodeFault>>; 2] {
    // The second process stands still until both calls are where they should be.
    let node = "if ! mkdir once 2>/dev/null; then
        while ! test -e fail; do sleep 0.01; done
        test -e mended || exit 9
    fi";
    let pool = Arc::new(project.pool(project.script(&format!("{node}\n{NODE}"))));
    let slow = project.write(
        "slow.js",
        "const is = (name) => require('fs').existsSync(__dirname + '/' + name);
         exports.handler = (context, event, callback) => {
             const timer = setInterval(() => {
                 if (is('die')) process.kill(process.pid, 'SIGKILL');
                 if (is('go')) { clearInterval(timer); callback(null, 'slow'); }
             }, 10);
         };",
    );
    let quick = project.write("quick.js", &answering("'quick'"));
    let invoke = |file: PathBuf| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { invoke(&pool, &file).await })
    };
    let as_soon_as = async |is_so: &dyn Fn(PoolView) -> bool| {
        while !is_so(pool.view()) {
            tokio::task::yield_now().await;
        }
    };
    let running = invoke(slow);
    as_soon_as(&|view| view.workers.len() == 2).await;
    let waiting = invoke(quick);
    as_soon_as(&|view| view.waiting == 1).await;
    project.write("fail", "");
    as_soon_as(&|view| view.trouble.is_some()).await;
    [running, waiting]
}

async fn soon(call: JoinHandle<Result<Ended, NodeFault>>) -> Result<Ended, NodeFault> {
    let ended = tokio::time::timeout(Duration::from_secs(30), call).await;
    ended.expect("it would wait for ever").unwrap()
}

#[tokio::test]
async fn what_waits_is_refused_when_the_last_worker_ends_and_none_can_be_started() {
    let project = Project::new();
    let [running, waiting] = one_runs_and_one_waits(&project).await;
    project.write("die", "");
    let died = soon(running).await.unwrap_err();
    assert!(matches!(died, NodeFault::Died { .. }), "{died}");
    let refused = soon(waiting).await.unwrap_err();
    assert!(matches!(refused, NodeFault::SpawnLoop { .. }), "{refused}");
}

#[tokio::test]
async fn what_waits_gets_a_worker_once_one_can_be_started_again() {
    let project = Project::new();
    let [running, waiting] = one_runs_and_one_waits(&project).await;
    project.write("mended", "");
    assert_eq!(text_of(soon(waiting).await), "quick");
    project.write("go", "");
    assert_eq!(text_of(soon(running).await), "slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_answer_finds_it_counted() {
    let project = Project::new();
    let file = project.write("a.js", &answering("'x'"));
    let pool = project.pool("node");
    for n in 1..=50 {
        assert_eq!(text(&pool, &file).await, "x");
        let workers = pool.view().workers;
        assert_eq!(workers.iter().map(|worker| worker.calls).sum::<u64>(), n);
    }
}

#[tokio::test]
async fn a_function_that_eats_all_memory_is_named_for_it() {
    let project = Project::new();
    let eat =
        "const a = []; exports.handler = () => { while (true) a.push(new Array(1000).fill(0)); };";
    let file = project.write("eat.js", eat);
    let good = project.write("good.js", &answering("'good'"));
    let pool = project.pool(project.script("exec node --max-old-space-size=40 \"$@\""));
    let fault = invoke(&pool, &file).await.unwrap_err();
    assert!(fault.to_string().contains("heap out of memory"), "{fault}");
    assert_eq!(fault.told().0, 500);
    assert_eq!(text(&pool, &good).await, "good");
}

#[tokio::test]
async fn changed_files_are_seen_and_fresh_workers_answer_at_once() {
    let project = Project::new();
    let part = project.write("part.js", "exports.n = 1;");
    let file = project.write("a.js", &answering("String(require('./part').n)"));
    let pool = project.pool("node");
    assert_eq!(text(&pool, &file).await, "1");
    assert!(!pool.is_stale());
    let files = pool.files();
    assert!(files.contains(&part) && files.contains(&file), "{files:?}");
    for n in 2..20 {
        project.write("part.js", &format!("exports.n = {n}; // {}", "x".repeat(n)));
        assert!(pool.is_stale());
        pool.touched();
        assert!(!pool.is_stale());
        assert_eq!(text(&pool, &file).await, n.to_string());
    }
}

#[tokio::test]
async fn what_runs_when_files_change_ends_and_nothing_is_lost() {
    let project = Project::new();
    let slow = |text: &str| {
        format!(
            "exports.handler = (c, e, callback) => {{
                console.log('runs');
                setTimeout(() => callback(null, '{text}'), 100);
            }};"
        )
    };
    let file = project.write("slow.js", &slow("old"));
    let pool = project.pool("node");
    assert_eq!(text(&pool, &file).await, "old");
    let (console, event) = (Console::default(), empty());
    let call = pool.invoke(Call {
        console: console.clone(),
        ..call(&file, &event)
    });
    let running = async { text_of(faulty(call.await.ended)) };
    let (running, fresh) = tokio::join!(running, async {
        // A call that does not run yet may go to the fresh code.
        while console.lines().is_empty() {
            tokio::task::yield_now().await;
        }
        project.write("slow.js", &slow("fresh"));
        pool.touched();
        text(&pool, &file).await
    });
    assert_eq!((running.as_str(), fresh.as_str()), ("old", "fresh"));
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_loaded_is_loaded_again() {
    let project = Project::new();
    let file = project.folder.path().join("self.js");
    // Overwrites itself at load: the second call must run what it wrote.
    let text_of_file = format!(
        "require('fs').writeFileSync(__filename, {:?}); {}",
        answering("'fresh'"),
        answering("'old'")
    );
    fs::write(&file, text_of_file).unwrap();
    let pool = project.pool("node");
    assert_eq!(text(&pool, &file).await, "old");
    assert_eq!(text(&pool, &file).await, "fresh");
}

/// Calls a function until the pool knows it for quick, then once badly with many good calls behind
/// it, all of which must answer. Returns how the bad one ended, and whether it was after them.
async fn badly_before_good_ones(bad: &str) -> (Result<Ended, NodeFault>, bool) {
    let project = Project::new();
    let text = format!(
        "exports.handler = (context, event, callback) => {{ if (event.bad) {{ {bad} }} callback(null, 'good'); }};"
    );
    let file = project.write("a.js", &text);
    let pool = Arc::new(project.pool("node"));
    for _ in 0..20 {
        assert_eq!(text_of(invoke(&pool, &file).await), "good");
    }
    let call = |event: EventText| {
        let (pool, file) = (Arc::clone(&pool), file.clone());
        tokio::spawn(async move { invoke_with(&pool, &file, &event).await })
    };
    let bad = call(
        Event::builder()
            .parameter("bad", true)
            .build()
            .unwrap()
            .into(),
    );
    // With it as many as may run: one more would be refused where the machine is slow.
    let good: Vec<_> = (1..MOST).map(|_| call(empty())).collect();
    for reply in good {
        assert_eq!(text_of(reply.await.unwrap()), "good");
    }
    let last = !bad.is_finished();
    project.write("release", "");
    (bad.await.unwrap(), last)
}

fn text_of(ended: Result<Ended, NodeFault>) -> String {
    match ended.map(|ended| ended.done) {
        Ok(Done::Success(Payload::Text(text))) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_behind_one_that_blocks_are_taken_back_and_run_once() {
    let bad = "while (!require('fs').existsSync(__dirname + '/release'));";
    let (ended, last) = badly_before_good_ones(bad).await;
    assert_eq!(text_of(ended), "good");
    assert!(last);
}

#[tokio::test]
async fn calls_behind_one_that_exits_run_elsewhere() {
    let (ended, _) = badly_before_good_ones("process.exit(7)").await;
    let fault = ended.unwrap_err();
    assert!(fault.to_string().contains("process.exit(7)"), "{fault}");
    let (ended, _) = badly_before_good_ones("process.kill(process.pid, 'SIGKILL')").await;
    let fault = ended.unwrap_err();
    assert!(fault.to_string().contains("signal 9"), "{fault}");
}

#[tokio::test]
async fn calls_that_were_sent_ahead_run_exactly_once() {
    let project = Project::new();
    let log = project.write("log", "");
    // Now and then one that is long enough for the others to be taken back.
    let text = format!(
        "const fs = require('fs'); exports.handler = (context, event, callback) => {{
            fs.appendFileSync({:?}, event.n + '\\n');
            if (event.n % 50 === 0) {{ const until = Date.now() + 10; while (Date.now() < until); }}
            callback(null, 'good');
        }};",
        log.display().to_string()
    );
    let file = project.write("a.js", &text);
    let pool = Arc::new(project.pool("node"));
    for round in 0..10 {
        let calls: Vec<_> = (0..100)
            .map(|n| {
                let (pool, file) = (Arc::clone(&pool), file.clone());
                let event = Event::builder().parameter("n", round * 100 + n);
                let event = event.build().unwrap().into();
                tokio::spawn(async move { invoke_with(&pool, &file, &event).await })
            })
            .collect();
        for call in calls {
            assert_eq!(text_of(call.await.unwrap()), "good");
        }
    }
    let ran = fs::read_to_string(log).unwrap();
    let mut ran: Vec<u32> = ran.lines().map(|line| line.parse().unwrap()).collect();
    ran.sort_unstable();
    assert!(ran.into_iter().eq(0..1000));
}

/// Calls `bad` once, then a good function until it answers: the pool is whole again.
async fn killed(node: &str, bad: &str) -> (Result<Ended, NodeFault>, String) {
    let project = Project::new();
    let bad = project.write("bad.js", bad);
    let good = project.write("good.js", &answering("'good'"));
    let once = project.folder.path().join("once");
    let pool = project.pool(project.script(&node.replace("ONCE", &once.to_string_lossy())));
    let answer = invoke(&pool, &bad).await;
    let mut after = invoke(&pool, &good).await;
    // One that dies after its answer may have begun with the good one, which it then takes along.
    if let Err(NodeFault::Died { how }) = &after {
        assert!(how.contains("signal 9"), "{how}");
        after = invoke(&pool, &good).await;
    }
    (answer, text_of(after))
}

const NODE: &str = "exec node \"$@\"";

/// Finds the worker's channel, as no function should: the socket that does not listen.
const CHANNEL: &str = "const fs = require('fs');
    const channel = Number(fs.readdirSync('/proc/self/fd').find((n) => {
        try { return fs.readlinkSync(`/proc/self/fd/${n}`).startsWith('socket:'); } catch { return false; }
    }));";

#[tokio::test]
async fn a_worker_killed_before_it_is_ready_is_replaced() {
    // The first process is killed while it reads the bridge, and the next ones are not.
    let node = "if mkdir ONCE 2>/dev/null; then kill -9 $$; fi; exec node \"$@\"";
    let (answer, good) = killed(node, &answering("'first'")).await;
    assert_eq!(text_of(answer), "first", "nobody notices");
    assert_eq!(good, "good");
}

#[tokio::test]
async fn a_worker_killed_while_it_loads_or_runs_fails_that_call_alone() {
    let kill = "process.kill(process.pid, 'SIGKILL');";
    for bad in [
        format!("{kill} while (true);"),
        format!("exports.handler = () => {{ {kill} while (true); }};"),
        format!("exports.handler = async () => {{ await null; {kill} }};"),
        // In the middle of a frame: half a reply is no reply.
        format!(
            "exports.handler = (context, event, callback) => {{
                {CHANNEL} fs.writeSync(channel, Buffer.from([0, 0, 0, 99, 0])); {kill} }};"
        ),
    ] {
        let (answer, good) = killed(NODE, &bad).await;
        let fault = answer.unwrap_err().to_string();
        assert!(fault.contains("killed by signal 9"), "{bad}: {fault}");
        assert_eq!(good, "good", "{bad}");
    }
}

#[tokio::test]
async fn a_worker_killed_after_its_reply_takes_nobody_with_it() {
    for after in ["setTimeout(kill, 100);", "setImmediate(kill);", "kill();"] {
        let bad = format!(
            "const kill = () => process.kill(process.pid, 'SIGKILL');
             exports.handler = (context, event, callback) => {{ callback(null, 'told'); {after} }};"
        );
        let (answer, good) = killed(NODE, &bad).await;
        // Killed at once, the reply may not have left the process.
        match answer {
            Err(fault) if !after.contains("100") => {
                assert!(fault.to_string().contains("signal 9"), "{fault}");
            }
            answer => assert_eq!(text_of(answer), "told"),
        }
        assert_eq!(good, "good", "{after}");
    }
}

#[tokio::test]
async fn a_worker_killed_while_calls_are_taken_back_from_it_loses_none() {
    // They are taken back after four milliseconds.
    for millis in [0, 3, 4, 5, 6, 20] {
        let bad = format!(
            "const until = Date.now() + {millis}; while (Date.now() < until);
             process.kill(process.pid, 'SIGKILL');"
        );
        let (answer, _) = badly_before_good_ones(&bad).await;
        let fault = answer.unwrap_err().to_string();
        assert!(fault.contains("signal 9"), "{millis}: {fault}");
    }
}

#[tokio::test]
async fn one_beyond_as_many_as_may_run_is_refused_while_the_others_wait_for_processes() {
    let project = Project::new();
    // All but the first process stand still until they may go on.
    let node = "if ! mkdir once 2>/dev/null; then while ! test -e go; do sleep 0.01; done; fi";
    let pool = project.pool(project.script(&format!("{node}\n{NODE}")));
    let pool = Arc::new(pool);
    let file = project.write(
        "slow.js",
        "const released = () => require('fs').existsSync(__dirname + '/go');
         exports.handler = (context, event, callback) => {
             const timer = setInterval(() => {
                 if (released()) { clearInterval(timer); callback(null, 'done'); }
             }, 10);
         };",
    );
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (pool, file) = (Arc::clone(&pool), file.clone());
        calls.spawn(async move {
            let event = empty();
            let most = Some(2);
            let call = Call {
                most,
                ..call(&file, &event)
            };
            pool.invoke(call).await.ended
        });
    }
    let first = tokio::time::timeout(Duration::from_secs(60), calls.join_next());
    let refused = first.await.unwrap().unwrap().unwrap().unwrap_err();
    assert_eq!(refused, Unanswered::Busy { most: 2 });
    project.write("go", "");
    for done in calls.join_all().await {
        assert_eq!(text_of(faulty(done)), "done");
    }
}

#[tokio::test]
async fn a_worker_that_speaks_nonsense_is_ended() {
    for nonsense in [
        "Buffer.alloc(64, 255)",
        "Buffer.alloc(64)",
        "'HTTP/1.1 200 OK\\r\\n\\r\\n'",
        // A whole reply, to a call that there is not.
        "Buffer.from([0, 0, 0, 12, 0, 0, 0, 99, 18, 0, 0, 0, 0, 0, 0, 0])",
    ] {
        let bad = format!(
            "exports.handler = () => {{ {CHANNEL} fs.writeSync(channel, {nonsense}); while (true); }};"
        );
        let (answer, good) = killed(NODE, &bad).await;
        assert!(
            matches!(answer, Err(NodeFault::Protocol(_))),
            "{nonsense}: {answer:?}"
        );
        assert_eq!(good, "good", "{nonsense}");
    }
}

#[tokio::test]
async fn a_node_that_is_replaced_is_used_from_the_next_start_on() {
    let project = Project::new();
    let file = project.write("a.js", &answering("globalThis.NAME ?? 'first'"));
    let node = |text: &str| project.script(text);
    let pool = project.pool(node(NODE));
    assert_eq!(text(&pool, &file).await, "first");
    // A shell reads its script as it goes: put in place, and not written over.
    fs::remove_file(project.folder.path().join("node.sh")).unwrap();
    node("exec node -r ./name.js \"$@\"");
    project.write("name.js", "globalThis.NAME = 'second';");
    pool.touched();
    // The reserve was started by the first.
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(text(&pool, &file).await);
        pool.touched();
    }
    assert_eq!(
        answers.last().map(String::as_str),
        Some("second"),
        "{answers:?}"
    );
    fs::remove_file(project.folder.path().join("node.sh")).unwrap();
    for _ in 0..4 {
        pool.touched();
        let _ = invoke(&pool, &file).await;
    }
    let gone = invoke(&pool, &file).await.unwrap_err();
    assert!(matches!(gone, NodeFault::NoNode(_)), "{gone}");
    node(NODE);
    // Tried again after a while, and not for ever in vain.
    let back = async {
        while invoke(&pool, &file).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), back)
        .await
        .unwrap();
}
