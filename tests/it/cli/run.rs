//! Running the program: to its end, or as a server that is waited for.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_switchboard");

/// How long a line is waited for. Reached only where it does not come at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Variables that would change what the program does.
const VARIABLES: [&str; 5] = [
    "PORT",
    "TWILIO_AUTH_TOKEN",
    "NGROK_AUTHTOKEN",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

/// The program, to be run to its end in `folder`.
pub(crate) fn program(folder: &Path) -> snapbox::cmd::Command {
    let mut command = snapbox::cmd::Command::new(PROGRAM).current_dir(folder);
    for name in VARIABLES {
        command = command.env_remove(name);
    }
    command
}

/// What a `start` with these arguments and variables says that fails, which is what went wrong and
/// the way out, and no secret of the tests.
pub(crate) fn failing(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = program(folder).args(["start", "--port", "0"]);
    for (name, value) in variables {
        command = command.env(name, value);
    }
    let told = command.args(arguments).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(told.stdout.is_empty());
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(
        told.starts_with("error: ") && told.contains("\n  help: "),
        "{told}"
    );
    assert!(!told.contains("s3cret"), "{told}");
    told
}

/// A project folder with these files.
pub(crate) fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The documented pair, as a project.
pub(crate) const PAIR: &str = r#"
[services.auth]
domain = "auth-4173-dev"
[services.auth.functions]
"/jwt" = { handler = "rust:jwt" }
"/bearer" = { handler = "rust:bearer" }
"/guarded" = { handler = "rust:jwt", visibility = "protected" }
"#;

/// A server that listens.
pub(crate) struct Server {
    pub(crate) child: Child,
    /// `None` once nobody reads.
    stdout: Option<BufReader<ChildStdout>>,
    /// The first line that it printed.
    pub(crate) first_line: String,
    /// What its ready file holds.
    pub(crate) ready: Value,
    pub(crate) ready_file: PathBuf,
    ready_folder: TempDir,
}

impl Server {
    /// Starts `folder` on a free port; its ready file is written before it prints.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Server::start_with(folder, arguments, &[])
    }

    /// As above, with more variables in its environment.
    pub(crate) fn start_with(folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Self {
        Server::start_by(Command::new(PROGRAM), folder, arguments, more)
    }

    /// Starts it by a shell that runs `first`, such as a `ulimit`, and then becomes the server.
    pub(crate) fn start_limited(folder: &Path, first: &str, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\""), PROGRAM]);
        Server::start_by(shell, folder, arguments, &[])
    }

    fn start_by(
        mut command: Command,
        folder: &Path,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> Self {
        let ready_folder = TempDir::new().unwrap();
        let ready_file = ready_folder.path().join("ready.json");
        for name in VARIABLES {
            command.env_remove(name);
        }
        let mut child = command
            // Its run file lies beside its ready file, and not among those of whoever runs the tests.
            .env("XDG_RUNTIME_DIR", ready_folder.path())
            .envs(more.iter().copied())
            .current_dir(folder)
            .args(["start", "--port", "0", "--ready-file"])
            .arg(&ready_file)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).unwrap();
        let ready = fs::read_to_string(&ready_file).unwrap_or_else(|_| {
            let mut told = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut told);
            panic!("the server did not start: {told}");
        });
        Server {
            child,
            stdout: Some(stdout),
            first_line,
            ready: serde_json::from_str(&ready).unwrap(),
            ready_file,
            ready_folder,
        }
    }

    /// The user's runtime folder, as the server was told, unless its variables named another.
    pub(crate) fn runtime(&self) -> &Path {
        self.ready_folder.path()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let port = self.ready["port"].as_u64().unwrap();
        TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap()
    }

    /// Sends `head` (request line and header lines) and `body` on a connection of its own, and
    /// returns the whole answer.
    pub(crate) fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = self.connect();
        let head = format!("{head}\nhost: localhost:{}", self.ready["port"]);
        send(&mut stream, &head, body);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Reads lines until one holds `text`; all of them are returned. A server that does not print it
    /// is ended after a while, and with it what there is to read.
    pub(crate) fn read_until(&mut self, text: &str) -> String {
        let mut read = String::new();
        let (done, patience) = std::sync::mpsc::channel::<()>();
        let pid = self.child.id().to_string();
        std::thread::spawn(move || {
            if patience.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        });
        let _done = done;
        loop {
            let start = read.len();
            let stdout = self.stdout.as_mut().unwrap();
            let bytes = stdout.read_line(&mut read).unwrap();
            assert!(bytes > 0, "no line with {text:?} in:\n{read}");
            if read[start..].contains(text) {
                return read;
            }
        }
    }

    /// Closes the pipe that its output goes to.
    pub(crate) fn stop_reading(&mut self) {
        self.stdout = None;
    }

    /// Sends a signal, `INT` or `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end; returns its number, and all that was printed and not read before.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        if let Some(mut stdout) = self.stdout.take() {
            stdout.read_to_string(&mut rest).unwrap();
        }
        let status = self.child.wait().unwrap();
        (status.code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Of a test that failed; else it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request, whose head names its host, after which the connection closes.
pub(crate) fn send(stream: &mut TcpStream, head: &str, body: &str) {
    let request = format!(
        "{}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        head.trim_end().replace('\n', "\r\n"),
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
}
