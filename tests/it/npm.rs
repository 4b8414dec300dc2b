//! npm packages from lock files, for the tests and for the benchmarks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Installs what the lock file in `tests/<folder>` names into `target/tmp/<name>`.
pub(crate) fn install(folder: &str, name: &str) -> PathBuf {
    // Optional are native add-ons alone, such as ngrok's: nothing there asks for one.
    install_by(folder, name, &["--omit=optional"])
}

/// The same with `more` arguments to `npm ci`; without any, packages that are optional are installed too.
pub(crate) fn install_by(folder: &str, name: &str, more: &[&str]) -> PathBuf {
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
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .args(more)
        .current_dir(&target)
        .output()
        .expect("npm runs: install Node.js 18 or later");
    assert!(
        npm.status.success(),
        "npm could not install the packages of {}: {}",
        source.display(),
        String::from_utf8_lossy(&npm.stderr)
    );
    fs::write(stamp, wanted).expect("target/ is writable");
    target
}
