//! What is felt: the time from start to answer and from save to answer, and the memory of a server
//! that does nothing.

use crate::http;
use crate::peers;
use crate::program;
use crate::project::Project;
use crate::table::median;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often each is measured.
const TIMES: usize = 15;
/// How often what takes a second is.
const SLOW_TIMES: usize = 5;
/// Nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn measure() {
    rust();
    javascript();
}

/// A project of Rust handlers alone.
fn rust() {
    let project = Project::empty();
    let route = |visibility: &str| {
        format!(
            "[services.auth.functions]\n\
             \"/jwt\" = {{ handler = \"rust:jwt\", visibility = \"{visibility}\" }}\n"
        )
    };
    let asked = "/jwt?username=twilio&password=ahoy";
    let mut starts = Vec::new();
    let mut saves = Vec::new();
    let mut memory = 0.0;
    for _ in 0..TIMES {
        project.write("services.toml", &route("public"));
        let began = Instant::now();
        let server = Server::start(&project);
        server.wait(asked, began, |answer| answer.status == 200);
        starts.push(milliseconds(began));
        memory = crate::processor::memory(server.process.id()).0;
        // The first save may meet the watcher still being set up, which is not what is measured.
        project.write("services.toml", &route("private"));
        server.wait(asked, Instant::now(), |answer| answer.status == 404);
        project.write("services.toml", &route("public"));
        let began = Instant::now();
        server.wait(asked, began, |answer| answer.status == 200);
        saves.push(milliseconds(began));
    }
    println!(
        "Rust: exec to first answer           {:8.1} ms",
        median(starts)
    );
    println!(
        "Rust: save to new behaviour          {:8.1} ms",
        median(saves)
    );
    println!("idle resident memory, no JavaScript  {memory:8.1} MiB");
}

/// A project of JavaScript functions, beside twilio-run.
fn javascript() {
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let project = Project::javascript();
    for _ in 0..SLOW_TIMES {
        let began = Instant::now();
        let server = Server::start(&project);
        server.wait("/hello", began, |answer| answer.status == 200);
        ours.push(milliseconds(began));
        let began = Instant::now();
        let _other = peers::twilio_run("twilio-run", &project, &[]);
        theirs.push(milliseconds(began));
    }
    println!(
        "JavaScript: exec to first answer     {:8.1} ms",
        median(ours)
    );
    println!(
        "twilio-run: exec to first answer     {:8.1} ms",
        median(theirs)
    );
    let server = Server::start(&project);
    saves(&project, &server, "hello", "'Hello, world'", "");
    saves(
        &project,
        &server,
        "token with npm packages",
        "VERSION = 1",
        "version ",
    );
    let (_, workers) = crate::processor::memory(server.process.id());
    let idle = Project::empty();
    idle.write("package.json", r#"{"name":"idle"}"#);
    idle.write("functions/hello.js", &project.read("functions/hello.js"));
    let server = Server::start(&idle);
    server.wait("/hello", Instant::now(), |answer| answer.status == 200);
    let (_, one) = crate::processor::memory(server.process.id());
    println!("workers, all of them, after that     {workers:8.1} MiB");
    println!("workers of a hello: used, and fresh  {one:8.1} MiB");
}

/// Saves a function again and again, in which `text` is replaced, and prints how long it took until
/// an answer was of the new one.
fn saves(project: &Project, server: &Server, name: &str, text: &str, before: &str) {
    let function = name.split(' ').next().unwrap_or(name);
    let (file, path) = (format!("functions/{function}.js"), format!("/{function}"));
    let original = project.read(&file);
    server.wait(&path, Instant::now(), |answer| answer.status == 200);
    let mut times = Vec::new();
    for n in 2..TIMES + 2 {
        let new = match before {
            "" => format!("'{n}'"),
            _ => format!("VERSION = {n}"),
        };
        project.write(&file, &original.replace(text, &new));
        let began = Instant::now();
        let expected = format!("{before}{n}");
        server.wait(&path, began, |answer| answer.body == expected);
        times.push(milliseconds(began));
        server.rest();
    }
    project.write(&file, &original);
    println!("save of {name:28} {:8.1} ms", median(times));
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts the program; it is not waited for but for its port.
    fn start(project: &Project) -> Self {
        let ready = project.folder().join("ready.json");
        let _ = fs::remove_file(&ready);
        let process = Command::new(program())
            .args(["start", "--port", "0", "--ready-file"])
            .arg(&ready)
            .arg(project.folder())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let began = Instant::now();
        let port = loop {
            let ready = fs::read(&ready)
                .ok()
                .and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok())
                .and_then(|ready| ready["port"].as_u64());
            if let Some(port) = ready {
                break u16::try_from(port).expect("a port");
            }
            assert!(began.elapsed() < PATIENCE, "the server does not get ready");
            std::thread::yield_now();
        };
        Server { process, port }
    }

    /// Asks again and again until the answer is as wanted.
    fn wait(&self, path: &str, began: Instant, wanted: impl Fn(&http::Answer) -> bool) {
        while http::ask(self.port, path).is_none_or(|answer| !wanted(&answer)) {
            assert!(began.elapsed() < PATIENCE, "no answer as wanted at {path}");
        }
    }

    /// A person does not save twice within half a second: the worker in reserve is started by then.
    fn rest(&self) {
        std::thread::sleep(Duration::from_millis(500));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        crate::processor::end(&mut self.process);
    }
}
