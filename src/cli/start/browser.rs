//! `--open`: the user's browser, by the system's own command for it.

use std::io;
use std::process::{Command, Stdio};

/// The command, which gets a URL as its last word.
const COMMAND: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else if cfg!(windows) {
    &["cmd", "/c", "start", ""]
} else {
    &["xdg-open"]
};

/// Opens `url`, and waits for nothing. A list of processes shows the URL, so that it must hold no
/// secret that is good for long.
pub(super) fn open(url: &str) -> io::Result<()> {
    let mut command = Command::new(COMMAND[0]);
    command
        .args(&COMMAND[1..])
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // A Ctrl-C is meant for the server and not for a browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    // Some stay as long as the browser does; none is left as a zombie.
    std::thread::spawn(move || {
        let _ = child.wait();
    });
    Ok(())
}
