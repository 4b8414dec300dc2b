//! What a worker is for: all that it is told before its first invocation.

use crate::runtime::Runtime;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// Everything that a service's workers depend on. A pool serves on as long as it stays equal.
///
/// Its `Debug` shows no variables: they hold secrets.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodeSpec {
    /// The program, as found on `PATH` or by its own path.
    #[serde(skip)]
    pub(crate) program: OsString,
    /// The service's folder: the workers' working directory, where `node_modules` is looked for.
    pub(crate) root: PathBuf,
    /// The variables, in order, `ACCOUNT_SID` and `AUTH_TOKEN` among them.
    pub(crate) variables: Vec<(String, String)>,
    /// `context.DOMAIN_NAME`.
    pub(crate) domain_name: String,
    /// `context.SERVICE_SID`.
    pub(crate) service_sid: String,
    /// `context.ENVIRONMENT_SID`.
    pub(crate) environment_sid: String,
    /// What `Runtime.getFunctions()` and `Runtime.getAssets()` return.
    #[serde(flatten)]
    pub(crate) runtime: Runtime,
    /// The packages that the cloud would have; `None` where nothing is known of them. Loads of others
    /// are told.
    pub(crate) packages: Option<Vec<String>>,
}

/// Names the program in place of the `node` on `PATH`.
const PROGRAM: &str = "SWITCHBOARD_NODE";

impl NodeSpec {
    /// The `node` that the user wants: `$SWITCHBOARD_NODE`, or the one on `PATH`.
    pub(crate) fn usual_program() -> OsString {
        std::env::var_os(PROGRAM)
            .filter(|program| !program.is_empty())
            .unwrap_or_else(|| "node".into())
    }
}

impl fmt::Debug for NodeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeSpec")
            .field("program", &self.program)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// What of the server's own environment is handed to workers, and to the functions in them.
pub(super) fn inherited() -> Vec<(String, OsString)> {
    let handed_on = |(name, value): (OsString, OsString)| {
        let name = name.into_string().ok()?;
        is_inherited(&name).then_some((name, value))
    };
    std::env::vars_os().filter_map(handed_on).collect()
}

/// What a program needs to run and to reach the network, and none of the rest, which may hold secrets
/// of other projects.
fn is_inherited(name: &str) -> bool {
    const EXACT: [&str; 12] = [
        "PATH",
        "HOME",
        "LANG",
        "TZ",
        "TMPDIR",
        "NODE_OPTIONS",
        "NODE_EXTRA_CA_CERTS",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ];
    name.starts_with("LC_") || EXACT.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_the_environment_stay_here() {
        for (name, handed_on) in [
            ("PATH", true),
            ("LC_ALL", true),
            ("https_proxy", true),
            ("NODE_OPTIONS", true),
            ("SSL_CERT_FILE", true),
            ("AWS_SECRET_ACCESS_KEY", false),
            ("TWILIO_AUTH_TOKEN", false),
            ("NODE_AUTH_TOKEN", false),
        ] {
            assert_eq!(is_inherited(name), handed_on, "{name}");
        }
    }
}
