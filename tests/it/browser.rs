//! The console's page in a real Chromium, as a person uses it: `tests/browser/*.story.js`.
//!
//! A story is told to Playwright by Node's own test runner; it starts the built program on free
//! ports, and nothing of it needs more than this machine. One story file at a time has a browser,
//! since more of them would slow all other tests. Screenshots are left in `target/tmp/pictures`.

use crate::oracle;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Names under which Chromium is found, the first that is there.
const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
];

/// One browser at a time.
static TURN: Mutex<()> = Mutex::new(());

fn tell(story: &str) {
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let modules = oracle::browser().join("node_modules");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(stories.join(format!("{story}.story.js")))
        .env("NODE_PATH", modules)
        .env("PACKAGES", oracle::installed().join("node_modules"))
        .env("SWITCHBOARD", env!("CARGO_BIN_EXE_switchboard"))
        .env("CHROMIUM", chromium())
        .env("PICTURES", pictures)
        .output()
        .expect("node runs: the stories need Node.js 20 or later");
    assert!(
        output.status.success(),
        "{story}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The browser: `$CHROMIUM`, or the first of [`BROWSERS`] on the path.
fn chromium() -> PathBuf {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        return given.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = BROWSERS.iter().find_map(|name| {
        let there = folders.iter().map(|folder| folder.join(name));
        there.into_iter().find(|file| file.is_file())
    });
    found.expect(
        "there is a Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM",
    )
}

/// Every story has a test here.
#[test]
fn no_story_is_left_untold() {
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    for entry in std::fs::read_dir(stories).expect("the folder") {
        let name = entry.expect("an entry").file_name();
        if let Some(story) = name.to_string_lossy().strip_suffix(".story.js") {
            let told = include_str!("browser.rs").contains(&format!("tell(\"{story}\")"));
            assert!(told, "{story} has no test in tests/it/browser.rs");
        }
    }
}

#[test]
fn the_copy_of_lit_html_is_the_packages() {
    let package = oracle::browser().join("node_modules/lit-html");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web_console/page/vendor");
    for (copy, original) in [
        ("lit-html.js", "lit-html.js"),
        ("lit-html.LICENSE", "LICENSE"),
    ] {
        let read = |file: &Path| std::fs::read_to_string(file).expect("the file is there");
        assert_eq!(
            read(&ours.join(copy)),
            read(&package.join(original)),
            "{copy}"
        );
    }
}

#[test]
fn requests_are_watched() {
    tell("requests");
}

#[test]
fn functions_are_texted_and_called() {
    tell("phone");
}

#[test]
fn a_function_calls_and_the_phone_rings() {
    tell("ring");
}

#[test]
fn what_functions_keep_is_looked_at_and_changed() {
    tell("sync");
}

#[test]
fn a_request_is_opened_and_understood() {
    tell("detail");
}

#[test]
fn a_request_is_edited_and_sent_again() {
    tell("again");
}

#[test]
fn services_are_looked_at_broken_and_mended() {
    tell("services");
}

#[test]
fn the_list_is_worked_with_while_requests_come() {
    tell("live");
}

#[test]
fn what_a_stranger_sends_is_shown_and_never_run() {
    tell("hostile");
}
