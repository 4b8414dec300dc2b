//! `--inspect`: a debugger attaches, breaks, looks, goes on, and finds the next worker at the same
//! port when a file was saved.
//!
//! The debugger is a small one of our own: Chrome's protocol over a WebSocket, as every tool has it.

use crate::cli::run::{Server, project};
use crate::http::ask;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The time limit of the projects here.
const LIMIT: Duration = Duration::from_secs(1);

const SERVICES: &str = "[limits]\ntime_ms = 1000\n[services.app]\nroot = \".\"\n";

/// The breakpoint is in line 4, 3 as debuggers count.
const GREETING: &str = "'use strict';
const greeting = 'Hello';
exports.handler = (context, event, callback) => {
  const text = `${greeting}, ${event.name}`;
  callback(null, text);
};
";

/// An attached debugger.
struct Debugger {
    stream: TcpStream,
    last: u64,
    events: VecDeque<Value>,
    /// The URLs of scripts, by their ids.
    scripts: HashMap<String, String>,
}

impl Debugger {
    /// Attaches to the one target that the port tells of; another worker may be about to take over.
    fn attach(port: u16) -> Self {
        let began = Instant::now();
        loop {
            if let Some(debugger) = targets(port).and_then(|url| Debugger::connect(port, &url)) {
                return debugger;
            }
            assert!(began.elapsed() < PATIENCE, "nobody to attach to");
        }
    }

    fn connect(port: u16, url: &str) -> Option<Self> {
        let path = url.strip_prefix(&format!("ws://127.0.0.1:{port}"));
        let path = path.unwrap_or_else(|| panic!("tools would go elsewhere: {url}"));
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the port is open");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        let answer = head_of(&mut stream)?;
        answer.starts_with("http/1.1 101").then(|| Debugger {
            stream,
            last: 0,
            events: VecDeque::new(),
            scripts: HashMap::new(),
        })
    }

    fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.last += 1;
        let text = json!({"id": self.last, "method": method, "params": params}).to_string();
        // A text frame, masked with zeros.
        let mut frame = vec![0x81];
        match u16::try_from(text.len()).expect("a short message") {
            short @ ..126 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).expect("it reads");
        self.last
    }

    /// The next message; `None` when the connection has ended.
    fn receive(&mut self) -> Option<Value> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).ok()?;
        let length = match head[1] {
            126 => {
                let mut long = [0; 2];
                self.stream.read_exact(&mut long).ok()?;
                usize::from(u16::from_be_bytes(long))
            }
            127 => {
                let mut long = [0; 8];
                self.stream.read_exact(&mut long).ok()?;
                usize::try_from(u64::from_be_bytes(long)).expect("it fits")
            }
            short => usize::from(short),
        };
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).ok()?;
        // Anything but text is a goodbye.
        (head[0] == 0x81).then(|| serde_json::from_slice(&text).expect("JSON"))
    }

    /// Calls a method, and returns its result.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        loop {
            let message = self.receive().expect("an answer");
            if message["id"] == id {
                assert_eq!(message["error"], Value::Null, "{method}");
                return message["result"].clone();
            }
            self.keep(message);
        }
    }

    fn keep(&mut self, event: Value) {
        if event["method"] == "Debugger.scriptParsed" {
            let text = |name: &str| event["params"][name].as_str().expect("a text").to_string();
            self.scripts.insert(text("scriptId"), text("url"));
        } else {
            self.events.push_back(event);
        }
    }

    /// Waits for an event, and returns its parameters.
    fn event(&mut self, method: &str) -> Value {
        loop {
            let known = self.events.iter().position(|e| e["method"] == method);
            if let Some(event) = known.and_then(|index| self.events.remove(index)) {
                return event["params"].clone();
            }
            let message = self.receive().expect("an event");
            self.keep(message);
        }
    }

    /// Enables what is asked for here, and breaks in line `line` of `file`, from 0.
    fn break_at(&mut self, file: &Path, line: u32) {
        let url = format!("file://{}", file.display());
        self.call("Runtime.enable", &json!({}));
        self.call("Debugger.enable", &json!({}));
        let params = json!({"url": url, "lineNumber": line});
        self.call("Debugger.setBreakpointByUrl", &params);
    }

    /// Waits for a break; returns its file, its line from 0, and the frame.
    fn paused(&mut self) -> (String, u64, String) {
        let paused = self.event("Debugger.paused");
        let frame = &paused["callFrames"][0];
        let line = frame["location"]["lineNumber"].as_u64().expect("a line");
        let id = frame["callFrameId"].as_str().expect("an id").to_string();
        let script = frame["location"]["scriptId"].as_str().expect("a script");
        (self.scripts[script].clone(), line, id)
    }

    /// What `expression` is where it stands.
    fn look(&mut self, frame: &str, expression: &str) -> Value {
        let params = json!({"callFrameId": frame, "expression": expression});
        let result = self.call("Debugger.evaluateOnCallFrame", &params);
        result["result"]["value"].clone()
    }

    fn resume(&mut self) {
        self.call("Debugger.resume", &json!({}));
    }

    /// Waits until the server has closed the connection.
    fn until_closed(mut self) {
        while self.receive().is_some() {}
    }
}

/// Where the one target is, if it is there.
fn targets(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the port is open");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let request = format!("GET /json/list HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let head = head_of(&mut stream)?;
    let length = head.split("content-length: ").nth(1).expect("a length");
    let length = length.split('\r').next().expect("a length").parse();
    let mut body = vec![0; length.expect("a number")];
    stream.read_exact(&mut body).ok()?;
    let list: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    Some(list[0]["webSocketDebuggerUrl"].as_str()?.to_string())
}

/// The head of an answer, in lower case, byte by byte: what follows is for others to read.
fn head_of(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&head).to_lowercase())
}

/// A server whose functions can be debugged.
struct Debugged {
    server: Server,
    folder: TempDir,
    /// Where debuggers attach.
    port: u16,
}

impl Debugged {
    fn start(flag: &str, files: &[(&str, &str)]) -> Self {
        let services = [("services.toml", SERVICES)];
        let folder = project(&[&services[..], files].concat());
        let mut server = Server::start(folder.path(), &[flag]);
        let port = port(&mut server, "app");
        Debugged {
            server,
            folder,
            port,
        }
    }

    /// Asks in a thread.
    fn asks(&self, path: &str) -> JoinHandle<String> {
        let port =
            u16::try_from(self.server.ready["port"].as_u64().expect("a port")).expect("a port");
        let head = format!("GET {path}");
        std::thread::spawn(move || {
            let reply = ask(port, &head, "");
            format!("{} {}", reply.status, reply.text())
        })
    }

    /// The path of a file, as modules are named.
    fn file(&self, path: &str) -> std::path::PathBuf {
        self.folder
            .path()
            .join(path)
            .canonicalize()
            .expect("it is there")
    }
}

/// Reads on until the port for debuggers of `service` is told.
fn port(server: &mut Server, service: &str) -> u16 {
    let told = format!("debuggers of {service} attach to ");
    let lines = server.read_until(&told);
    let address = lines.split(&told).nth(1).expect("an address");
    let address = address.split([';', '\n']).next().expect("an address");
    let address: std::net::SocketAddr = address.trim().parse().expect("an address");
    address.port()
}

#[test]
fn a_breakpoint_holds_a_call_beyond_its_limit_and_the_port_outlives_a_save() {
    let debugged = Debugged::start("--inspect=0", &[("functions/greet.js", GREETING)]);
    let file = debugged.file("functions/greet.js");
    let mut debugger = Debugger::attach(debugged.port);
    debugger.break_at(&file, 3);
    let asked = debugged.asks("/greet?name=Ada");
    let (url, line, frame) = debugger.paused();
    assert_eq!(url, format!("file://{}", file.display()));
    assert_eq!(line, 3);
    let began = Instant::now();
    while began.elapsed() < LIMIT * 2 {
        assert_eq!(debugger.look(&frame, "event.name"), "Ada");
    }
    assert!(!asked.is_finished());
    debugger.resume();
    assert_eq!(asked.join().expect("no panic"), "200 Hello, Ada");

    fs::write(&file, GREETING.replace("'Hello'", "'Good morning'")).expect("writable");
    debugger.until_closed();
    let mut debugger = Debugger::attach(debugged.port);
    debugger.break_at(&file, 3);
    let asked = debugged.asks("/greet?name=Eve");
    let (_, line, frame) = debugger.paused();
    assert_eq!(line, 3);
    assert_eq!(debugger.look(&frame, "greeting"), "Good morning");
    debugger.resume();
    assert_eq!(asked.join().expect("no panic"), "200 Good morning, Eve");
}

#[test]
fn without_a_debugger_the_limit_holds() {
    let spin = "exports.handler = (context, event, callback) => { if (event.good) callback(null, 'good'); else while (true); };";
    let debugged = Debugged::start("--inspect=0", &[("functions/spin.js", spin)]);
    assert_eq!(
        debugged.asks("/spin?good=1").join().expect("no panic"),
        "200 good"
    );
    for _ in 0..2 {
        let answer = debugged.asks("/spin").join().expect("no panic");
        assert_eq!(answer, "504 runtime application timed out");
    }
    // The worker is another one, the port the same; and one that leaves takes its time with it.
    let mut debugger = Debugger::attach(debugged.port);
    debugger.break_at(&debugged.file("functions/spin.js"), 0);
    let asked = debugged.asks("/spin");
    debugger.paused();
    drop(debugger);
    let answer = asked.join().expect("no panic");
    assert_eq!(answer, "504 runtime application timed out");
}

#[test]
fn calls_wait_for_one_worker() {
    let slow = "let running = 0;
        exports.handler = (context, event, callback) => {
            running += 1;
            setTimeout(() => { callback(null, `${process.pid} ${running}`); running -= 1; }, 20);
        };";
    let debugged = Debugged::start("--inspect=0", &[("functions/slow.js", slow)]);
    let asked: Vec<_> = (0..40).map(|_| debugged.asks("/slow")).collect();
    let mut answers: Vec<_> = asked
        .into_iter()
        .map(|a| a.join().expect("no panic"))
        .collect();
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(
        answers[0].starts_with("200 ") && answers[0].ends_with(" 1"),
        "{answers:?}"
    );
}

#[test]
fn a_save_at_a_breakpoint_lets_the_call_end_and_the_debugger_come_again() {
    let debugged = Debugged::start("--inspect=0", &[("functions/greet.js", GREETING)]);
    let file = debugged.file("functions/greet.js");
    let mut debugger = Debugger::attach(debugged.port);
    debugger.break_at(&file, 3);
    let asked = debugged.asks("/greet?name=Ada");
    debugger.paused();
    fs::write(&file, GREETING.replace("'Hello'", "'Bye'")).expect("writable");
    debugger.until_closed();
    assert_eq!(asked.join().expect("no panic"), "200 Hello, Ada");
    Debugger::attach(debugged.port);
    assert_eq!(
        debugged.asks("/greet?name=Eve").join().expect("no panic"),
        "200 Bye, Eve"
    );
}

#[test]
fn with_brk_functions_wait_and_break_at_the_first_line_of_the_users() {
    let files = [
        ("functions/greet.js", GREETING),
        (
            "functions/other.js",
            "// A comment.\n\nconst fs = require('fs');\nexports.handler = (context, event, callback) => callback(null, typeof fs.read);\n",
        ),
    ];
    let debugged = Debugged::start("--inspect-brk=0", &files);
    let asked = debugged.asks("/greet?name=Ada");
    let mut debugger = Debugger::attach(debugged.port);
    debugger.call("Runtime.enable", &json!({}));
    debugger.call("Debugger.enable", &json!({}));
    let began = Instant::now();
    while began.elapsed() < LIMIT * 2 {
        debugger.call("Runtime.getHeapUsage", &json!({}));
    }
    assert!(!asked.is_finished());
    debugger.call("Runtime.runIfWaitingForDebugger", &json!({}));
    let (url, line, frame) = debugger.paused();
    let file = debugged.file("functions/greet.js");
    assert_eq!(url, format!("file://{}", file.display()));
    // The first that does something: `'use strict'` does nothing.
    assert!(line <= 1, "{line}");
    assert_eq!(debugger.look(&frame, "typeof exports.handler"), "undefined");
    debugger.resume();
    assert_eq!(asked.join().expect("no panic"), "200 Hello, Ada");
    // Once: other files are loaded without a break.
    assert_eq!(
        debugged.asks("/other").join().expect("no panic"),
        "200 function"
    );

    // And again with the next worker.
    fs::write(&file, GREETING.replace("'Hello'", "'Bye'")).expect("writable");
    debugger.until_closed();
    let asked = debugged.asks("/other");
    let mut debugger = Debugger::attach(debugged.port);
    debugger.call("Debugger.enable", &json!({}));
    debugger.call("Runtime.runIfWaitingForDebugger", &json!({}));
    let (url, line, _) = debugger.paused();
    assert!(url.ends_with("/functions/other.js"), "{url}");
    assert_eq!(line, 2);
    debugger.resume();
    assert_eq!(asked.join().expect("no panic"), "200 function");
}

#[test]
fn a_function_that_ends_its_process_is_not_held_by_its_debugger() {
    let exit = "exports.handler = () => process.exit(3);";
    let late = "exports.handler = () => setTimeout(() => { throw new Error('late'); }, 1);";
    let files = [
        ("functions/greet.js", GREETING),
        ("functions/exit.js", exit),
        ("functions/late.js", late),
    ];
    let mut debugged = Debugged::start("--inspect=0", &files);
    for (path, status, told) in [
        ("/exit", "500 ", "process.exit(3) was called"),
        ("/late", "500 ", "Error: late"),
    ] {
        let mut debugger = Debugger::attach(debugged.port);
        debugger.call("Runtime.enable", &json!({}));
        let answer = debugged.asks(path).join().expect("no panic");
        assert!(answer.starts_with(status), "{answer}");
        debugger.until_closed();
        assert_eq!(
            debugged.asks("/greet?name=A").join().expect("no panic"),
            "200 Hello, A"
        );
        let lines = debugged.server.read_until("/greet");
        assert!(lines.contains(told), "{lines}");
        assert!(!lines.contains("Debugger"), "{lines}");
        assert!(!lines.contains("debugger"), "{lines}");
    }
}

#[test]
fn each_service_has_a_port_and_a_taken_one_is_said_in_a_sentence() {
    // Two ports in a row, of which the first is taken.
    let (taken, free) = loop {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let next = taken
            .local_addr()
            .expect("an address")
            .port()
            .checked_add(1);
        let free = next.and_then(|next| TcpListener::bind(("127.0.0.1", next)).ok());
        if let Some(free) = free {
            break (taken, free);
        }
    };
    let first = taken.local_addr().expect("an address").port();
    let second = free.local_addr().expect("an address").port();
    drop(free);
    let folder = project(&[
        (
            "services.toml",
            "[services.one]\nroot = \"one\"\n[services.two]\nroot = \"two\"\n[services.three]\nfunctions = { \"/jwt\" = { handler = \"rust:jwt\" } }\n",
        ),
        ("one/functions/greet.js", GREETING),
        ("two/functions/greet.js", GREETING),
    ]);
    let flag = format!("--inspect={first}");
    let mut server = Server::start(folder.path(), &[&flag]);
    let told = server.read_until("debuggers of two attach to ");
    let sentence = format!(
        "one runs without a debugger: port {first} is taken on 127.0.0.1; stop the other program, or choose another port (--inspect=PORT)"
    );
    assert_eq!(told.matches(&sentence).count(), 1, "{told}");
    assert!(told.ends_with(&format!("127.0.0.1:{second}\n")), "{told}");
    assert!(!told.contains("debuggers of three"), "{told}");
    for path in ["/one/greet?name=A", "/two/greet?name=A"] {
        let answer = server.ask(&format!("GET {path} HTTP/1.1"), "");
        assert!(answer.ends_with("Hello, A"), "{answer}");
    }
    Debugger::attach(second);
}

#[test]
fn an_address_that_others_reach_is_warned_of() {
    let folder = project(&[("functions/greet.js", GREETING)]);
    for (flag, warned) in [("--inspect=0.0.0.0:0", true), ("--inspect=0", false)] {
        let mut server = Server::start(folder.path(), &[flag]);
        let told = server.read_until("attach to ");
        let warning =
            "whoever reaches this machine can run any code here: debuggers may attach to 0.0.0.0:0";
        assert_eq!(told.contains(warning), warned, "{told}");
    }
}
