//! A visibility written to `services.toml`, whole or not at all.

use super::edit::{EditFault, with_visibility};
use super::text::{self, Unreadable};
use crate::visibility::Visibility;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// One save at a time: each begins with what the one before has written.
static SAVING: Mutex<()> = Mutex::new(());

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SaveFault {
    /// The file has no text.
    #[error("services.toml {0}")]
    Unreadable(&'static str),
    /// The text is not to be changed.
    #[error("services.toml is left as it is: {0}")]
    Edit(#[from] EditFault),
    /// Its owner has said that it is not to be written.
    #[error("services.toml is read-only: allow writing to it, or change it yourself")]
    ReadOnly,
    /// Somebody else wrote it at the same moment.
    #[error("services.toml was changed by somebody else meanwhile: look at it, and try again")]
    Changed,
    /// The system refused.
    #[error("services.toml could not be written: {0}")]
    Failed(#[from] io::Error),
}

/// Has the `services.toml` at `file` say `visibility` for what is at `path` of `service`. Its
/// comments, its layout and its mode stay, and so does a link that leads to it. Reads and writes
/// files: not for an async thread.
pub(crate) fn save_visibility(
    file: &Path,
    service: &str,
    path: &str,
    visibility: Visibility,
) -> Result<(), SaveFault> {
    let _alone = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
    // What a link leads to is replaced, and not the link.
    let file = fs::canonicalize(file)?;
    let before = read(&file)?;
    let after = with_visibility(&before, service, path, visibility)?;
    if after == before {
        return Ok(());
    }
    let permissions = fs::metadata(&file)?.permissions();
    // A rename would get round it.
    if permissions.readonly() {
        return Err(SaveFault::ReadOnly);
    }
    let beside = Beside::write(&file, after.as_bytes(), permissions)?;
    // As late as can be: a save of an editor's, since the file was read, must not be lost.
    if read(&file)? != before {
        return Err(SaveFault::Changed);
    }
    beside.take_the_place_of(&file)?;
    Ok(())
}

fn read(file: &Path) -> Result<String, SaveFault> {
    text::read(file).map_err(|why| match why {
        Unreadable::Failed(error) => SaveFault::Failed(error),
        Unreadable::Absent => SaveFault::Unreadable("does not exist"),
        Unreadable::Folder => SaveFault::Unreadable("is a folder"),
        Unreadable::Special => SaveFault::Unreadable("is no regular file"),
        Unreadable::TooLarge => SaveFault::Unreadable("is larger than 1 MiB"),
        Unreadable::NotUtf8 => SaveFault::Unreadable("is not UTF-8 text"),
    })
}

/// The new text in a file beside the old one. It goes if it is not put in its place.
struct Beside(Option<PathBuf>);

impl Beside {
    fn write(file: &Path, text: &[u8], permissions: fs::Permissions) -> io::Result<Self> {
        let name = format!(".services.toml.{}.new", std::process::id());
        let path = file.with_file_name(name);
        // One that a killed server of this number has left.
        let _ = fs::remove_file(&path);
        let mut open = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let beside = Beside(Some(path));
        open.set_permissions(permissions)?;
        open.write_all(text)?;
        open.sync_all()?;
        Ok(beside)
    }

    fn take_the_place_of(mut self, file: &Path) -> io::Result<()> {
        match &self.0 {
            Some(path) => fs::rename(path, file)?,
            None => return Ok(()),
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = fs::remove_file(path);
        }
    }
}
