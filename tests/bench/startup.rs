//! What is felt: the time from start to answer and from save to answer, and the memory of a server
//! that does nothing.

use crate::median;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often each is measured.
const TIMES: usize = 15;
/// Nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures `program` and prints a line for each figure.
pub(crate) fn measure(program: &Path) {
    let folder = std::env::temp_dir().join(format!("switchboard-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder is writable");
    let project = Project { folder };
    let mut starts = Vec::new();
    let mut saves = Vec::new();
    let mut memory = 0.0;
    for _ in 0..TIMES {
        project.write("public");
        let began = Instant::now();
        let server = project.start(program);
        server.wait_for(200, began);
        starts.push(milliseconds(began));
        memory = server.resident_mebibytes();
        // The first save may meet the watcher still being set up, which is not what is measured.
        project.write("private");
        server.wait_for(404, Instant::now());
        project.write("public");
        let began = Instant::now();
        server.wait_for(200, began);
        saves.push(milliseconds(began));
    }
    println!(
        "exec to first answer      {:8.1} ms (target 20)",
        median(starts)
    );
    println!(
        "save to new behaviour     {:8.1} ms (target 100)",
        median(saves)
    );
    println!("idle resident memory      {memory:8.1} MiB (target 15)");
    let _ = fs::remove_dir_all(&project.folder);
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

struct Project {
    folder: PathBuf,
}

struct Server {
    process: Child,
    ready: PathBuf,
}

impl Project {
    fn write(&self, visibility: &str) {
        let text = format!(
            "[services.auth.functions]\n\
             \"/jwt\" = {{ handler = \"rust:jwt\", visibility = \"{visibility}\" }}\n"
        );
        fs::write(self.folder.join("services.toml"), text).expect("writable");
    }

    fn start(&self, program: &Path) -> Server {
        let ready = self.folder.join("ready.json");
        let _ = fs::remove_file(&ready);
        let process = Command::new(program)
            .args(["start", "--port", "0", "--ready-file"])
            .arg(&ready)
            .arg(&self.folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        Server { process, ready }
    }
}

impl Server {
    fn port(&self, began: Instant) -> u16 {
        loop {
            let ready = fs::read(&self.ready)
                .ok()
                .and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok())
                .and_then(|ready| ready["port"].as_u64());
            if let Some(port) = ready {
                return u16::try_from(port).expect("a port");
            }
            assert!(began.elapsed() < PATIENCE, "the server does not get ready");
            std::thread::yield_now();
        }
    }

    /// Asks again and again until the answer has that status.
    fn wait_for(&self, status: u16, began: Instant) {
        let port = self.port(began);
        let wanted = format!("HTTP/1.1 {status} ");
        loop {
            if let Some(answer) = ask(port)
                && answer.starts_with(&wanted)
            {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "no answer with status {status}");
        }
    }

    fn resident_mebibytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("this benchmark runs on Linux");
        let kibibytes: f64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .and_then(|figure| figure.trim().parse().ok())
            .expect("VmRSS");
        kibibytes / 1024.0
    }
}

fn ask(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .write_all(
            b"GET /jwt?username=twilio&password=ahoy HTTP/1.1\r\nHost: localhost\r\n\
              Connection: close\r\n\r\n",
        )
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
