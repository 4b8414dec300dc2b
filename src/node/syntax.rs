//! Which files are no JavaScript, by the word of the Node that would run them.

use serde::Deserialize;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

const SCRIPT: &str = include_str!("syntax.js");

/// A Node that takes longer for all files has something else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a file is no JavaScript, and why.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct SyntaxFault {
    /// Which of the files, from 0.
    pub(crate) which: usize,
    /// The line, from 0.
    pub(crate) line: usize,
    /// The column in UTF-16 units, from 0.
    pub(crate) column: usize,
    /// How many columns are at fault; 0 at the end of a file.
    pub(crate) width: usize,
    /// V8's words.
    pub(crate) message: String,
}

/// What is wrong with `files` as CommonJS modules; the first fault of each. None of them is run.
///
/// Nothing where `program` is no Node, or does not answer: then nothing is known.
pub(crate) async fn syntax_faults(program: &OsStr, files: &[Arc<Path>]) -> Vec<SyntaxFault> {
    let told = timeout(PATIENCE, ask(program, files)).await;
    told.ok().flatten().unwrap_or_default()
}

async fn ask(program: &OsStr, files: &[Arc<Path>]) -> Option<Vec<SyntaxFault>> {
    let list = serde_json::to_vec(files).ok()?;
    let mut node = Command::new(program)
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut input = node.stdin.take()?;
    // It writes nothing before it has read all.
    input.write_all(&list).await.ok()?;
    drop(input);
    let output = node.wait_with_output().await.ok()?;
    serde_json::from_slice(&output.stdout).ok()
}
