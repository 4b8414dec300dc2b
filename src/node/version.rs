//! Whether a program is a Node that can be used, found out before anybody calls a function.
//!
//! It is asked for its version, which takes it a few milliseconds, since it starts no engine for
//! that. Workers tell theirs too, but each some fifty milliseconds after its start, when the banner
//! is long printed.

use super::NodeFault;
use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// The oldest Node whose APIs the bridge uses.
const OLDEST: u32 = 18;

/// A program that takes longer is left to the workers to judge.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why `program` runs no functions: it is not there, or too old. `None` also where it does not say.
pub(crate) async fn fault_of(program: &OsStr) -> Option<NodeFault> {
    version_of(program).await.err()
}

/// The version that `program` tells, such as `v20.1.0`; `None` where it does not say.
///
/// # Errors
///
/// When it runs no functions: it is not there, or too old.
pub(crate) async fn version_of(program: &OsStr) -> Result<Option<String>, NodeFault> {
    let asked = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    match timeout(PATIENCE, asked).await {
        Err(_) => Ok(None),
        Ok(Ok(output)) => {
            let told = String::from_utf8_lossy(&output.stdout);
            match too_old(&told) {
                Some(fault) => Err(fault),
                None => Ok(Some(told.trim().to_string()).filter(|told| !told.is_empty())),
            }
        }
        Ok(Err(error)) => Err(NodeFault::NoNode(format!(
            "{}: {error}",
            program.to_string_lossy()
        ))),
    }
}

/// Why the Node that tells this version of itself cannot be used.
pub(super) fn too_old(told: &str) -> Option<NodeFault> {
    let version = told.trim();
    let major: u32 = version.strip_prefix('v')?.split('.').next()?.parse().ok()?;
    (major < OLDEST).then(|| NodeFault::TooOld(version.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_18_is_too_old() {
        for (told, old) in [
            ("v16.20.2\n", true),
            ("v8.17.0\n", true),
            ("v17", true),
            ("v22", false),
            ("v18.0.0\n", false),
            ("v22.1.0\n", false),
            ("Python 3.12\n", false),
            ("", false),
        ] {
            assert_eq!(too_old(told).is_some(), old, "{told:?}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let fault = fault_of(OsStr::new("/nowhere/node")).await;
        assert!(matches!(fault, Some(NodeFault::NoNode(told)) if told.contains("/nowhere/node")));
    }
}
