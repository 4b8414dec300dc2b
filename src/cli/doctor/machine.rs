//! The machine: ports, the folder for run files, file watching, programs for tunnels.

use super::finding::Finding;
use crate::listen::{Host, ListenError, listen};
use crate::runfile::{Place, RunFile};
use crate::watch::Watch;
use crate::web_console::DEFAULT_PORT as CONSOLE_PORT;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// How long a change of a file may take to be told.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether `start` can listen.
pub(super) async fn port(port: u16) -> Finding {
    const CHECK: &str = "port";
    if port == 0 {
        return Finding::ok(CHECK, "any that is free");
    }
    match listen(Host::Loopback, port).await {
        Ok(_) => Finding::ok(CHECK, format!("{port} is free")),
        Err(ListenError::Taken { address, .. }) => {
            let help = "choose another with --port; 0 takes any that is free";
            match server_on(port) {
                Some(server) => Finding::warn(
                    CHECK,
                    format!(
                        "{port} is taken by the Switchboard for {} (process {})",
                        server.folder.display(),
                        server.pid
                    ),
                    "use that one, stop it, or choose another port with --port",
                ),
                None => Finding::warn(
                    CHECK,
                    format!("{port} is taken by another program on {address}"),
                    help,
                ),
            }
        }
        Err(ListenError::Refused { error, .. }) => Finding::fault(
            CHECK,
            format!("{port} cannot be listened on: {error}"),
            "choose a port above 1023 with --port",
        ),
    }
}

/// A server of this user that listens on `port`.
fn server_on(port: u16) -> Option<RunFile> {
    let end = format!(":{port}");
    let mut servers = RunFile::all().ok()?.into_iter();
    servers.find(|server| server.service_url.ends_with(&end))
}

pub(super) async fn console_port() -> Finding {
    let told = match listen(Host::Loopback, CONSOLE_PORT).await {
        Ok(_) => format!("{CONSOLE_PORT} is free"),
        Err(_) => format!("{CONSOLE_PORT} is taken: the next free one will be used"),
    };
    Finding::ok("console port", told)
}

/// Where other commands find a running server.
pub(super) fn run_folder() -> Finding {
    const CHECK: &str = "run files";
    match Place::of_user().ready() {
        Ok(folder) => Finding::ok(CHECK, format!("{} is yours alone", folder.display())),
        Err(error) => Finding::fault(
            CHECK,
            format!("no run file can be written: {error}"),
            "other commands will not find a running server; set XDG_RUNTIME_DIR to a folder of yours",
        ),
    }
}

/// Whether changes of the project's files will be seen: all that is to be watched is, and a change
/// in a folder made for that is told.
pub(super) async fn watching(watched: &[PathBuf]) -> Finding {
    const CHECK: &str = "file watching";
    let fault = |why: String| {
        Finding::fault(
            CHECK,
            why,
            "changes need a restart; on Linux raise fs.inotify.max_user_watches and \
             max_user_instances (sysctl)",
        )
    };
    let set = Watch::new().and_then(|mut watch| watch.set(watched));
    if let Err(error) = set {
        return fault(format!("not all files can be watched: {error}"));
    }
    let folder = std::env::temp_dir().join(format!("switchboard-doctor-{}", std::process::id()));
    if let Err(error) = fs::create_dir(&folder) {
        return Finding::warn(
            CHECK,
            format!(
                "was not tried: {} cannot be made: {error}",
                folder.display()
            ),
            "set TMPDIR to a folder that is there and that you may write to",
        );
    }
    let told = change_in(&folder).await;
    // Nobody else's: it was made here.
    let _ = fs::remove_dir_all(&folder);
    match told {
        Ok(true) => Finding::ok(CHECK, format!("works{}", limit())),
        Ok(false) => fault(format!(
            "a change was not told within {} s",
            PATIENCE.as_secs()
        )),
        Err(why) => fault(why),
    }
}

/// Changes a file in `folder`, and says whether that was told.
async fn change_in(folder: &Path) -> Result<bool, String> {
    let mut watch = Watch::new().map_err(|error| error.to_string())?;
    watch
        .set(&[folder.to_path_buf()])
        .map_err(|error| error.to_string())?;
    fs::write(folder.join("changed"), "").map_err(|error| error.to_string())?;
    Ok(matches!(
        timeout(PATIENCE, watch.changed()).await,
        Ok(Some(_))
    ))
}

/// Linux's bound, where there is one.
fn limit() -> String {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_user_watches");
    limit.map_or(String::new(), |limit| {
        format!(" (at most {} folders)", limit.trim())
    })
}

/// Programs that give this machine a public URL. None is needed to serve.
pub(super) fn tunnels() -> Vec<Finding> {
    ["ngrok", "cloudflared"]
        .into_iter()
        .map(|program| {
            let found = on_path(program.as_ref()).map(|found| found.display().to_string());
            let sdk = program == "ngrok" && cfg!(feature = "ngrok");
            let told = match (found, sdk) {
                (Some(found), false) => found,
                (Some(found), true) => format!("{found}; the SDK is built in, for NGROK_AUTHTOKEN"),
                (None, false) => "not found; needed for a public URL only".to_string(),
                (None, true) => "not found; the SDK is built in, for NGROK_AUTHTOKEN".to_string(),
            };
            Finding::ok(program, told)
        })
        .collect()
}

/// Where `program` lies, as a shell would find it.
pub(super) fn on_path(program: &OsStr) -> Option<PathBuf> {
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(|path| is_program(path));
    }
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(program));
    places.find(|place| is_program(place))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
