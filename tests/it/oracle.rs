//! The npm packages that behaviour is tested against, installed from a lock file.
//!
//! `tests/oracle/` holds a lock file and one small script for each question; its packages are
//! installed below `target/` the first time a test asks, whatever runner runs the tests. So is
//! `tests/oracle/twilio-run`, the whole tool that Switchboard replaces, in a folder of its own,
//! since it brings other versions of the same packages. A machine without Node or without the
//! registry fails these tests with a sentence that says so: none is skipped.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The folder with `node_modules` of the packages in `tests/oracle`, installed on first use.
pub(crate) fn installed() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| install("oracle", "oracle"))
}

/// The folder with `node_modules` of twilio-run, installed on first use.
pub(crate) fn twilio_run() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| install("oracle/twilio-run", "oracle-twilio-run"))
}

/// The folder with `node_modules` of what drives the browser, installed on first use.
pub(crate) fn browser() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| install("browser", "browser"))
}

/// Installs what the lock file in `tests/<folder>` names into `target/tmp/<name>`.
fn install(folder: &str, name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&target).expect("target/ is writable");
    // Runners such as nextest start a process for each test: only one of them may install.
    let lock = fs::File::create(target.join("install.lock")).expect("target/ is writable");
    lock.lock().expect("the lock file can be locked");
    let wanted = fs::read(source.join("package-lock.json")).expect("the lock file is committed");
    let stamp = target.join("installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return target;
    }
    for file in ["package.json", "package-lock.json"] {
        fs::copy(source.join(file), target.join(file)).expect("target/ is writable");
    }
    let npm = Command::new("npm")
        // Optional are native add-ons alone, such as ngrok's: no test asks for one.
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .arg("--omit=optional")
        .current_dir(&target)
        .output()
        .expect("npm runs: these tests compare with npm packages; install Node.js 18 or later");
    assert!(
        npm.status.success(),
        "npm could not install the packages of {}: {}",
        source.display(),
        String::from_utf8_lossy(&npm.stderr)
    );
    fs::write(stamp, wanted).expect("target/ is writable");
    target
}

/// Runs `tests/oracle/<script>` with `input` as JSON on its standard input, and returns the JSON
/// that it prints.
pub(crate) fn ask(script: &str, input: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracle")
        .join(script);
    let mut node = Command::new("node")
        .arg(&script)
        .env("NODE_PATH", installed().join("node_modules"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs: these tests compare with npm packages; install Node.js 18 or later");
    let mut stdin = node.stdin.take().expect("stdin is piped");
    let input = serde_json::to_vec(input).expect("JSON");
    // Written from a thread: a large input and a large answer would otherwise wait for each other.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = node.wait_with_output().expect("node ends");
    writer
        .join()
        .expect("writer")
        .expect("node reads its input");
    assert!(output.status.success(), "{} failed", script.display());
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
