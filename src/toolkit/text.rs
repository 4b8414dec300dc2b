//! Reading a small text file that may not be there.

use super::shown;
use crate::diagnostic::Diagnostic;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

/// Far above any settings file written by hand.
const MAX_BYTES: u64 = 1 << 20;

/// The text of the file at `path`, `None` where there is no such file; invalid UTF-8 becomes
/// U+FFFD, as Node reads it.
///
/// # Errors
///
/// One that names the file and why it could not be read.
pub(super) fn read(path: &Path, shown_from: &Path) -> Result<Option<Arc<str>>, Diagnostic> {
    let told = |fault: Diagnostic| fault.in_file(shown(path, shown_from), "not read");
    match bytes(path) {
        Ok(Some(bytes)) if bytes.len() as u64 > MAX_BYTES => {
            let title = format!("a settings file has more than {MAX_BYTES} bytes");
            let fault = Diagnostic::error("unreadable", title);
            Err(told(fault.help("move what is no setting out of it")))
        }
        Ok(bytes) => Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into())),
        Err(error) => {
            let fault = Diagnostic::unreadable(&error, "a settings file");
            Err(told(match fault.is_of_machine() {
                true => fault,
                false => fault.help("check that you may read it"),
            }))
        }
    }
}

fn bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let absent =
        |error: &io::Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    // Asked first: opening a named pipe would wait for its writer.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
