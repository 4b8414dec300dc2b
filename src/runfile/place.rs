//! The folder for run files, which must be the user's own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A folder that only its owner can look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub(super) PathBuf);

impl Place {
    /// This user's: `$XDG_RUNTIME_DIR/switchboard`, else `switchboard-UID` in the folder for
    /// temporary files.
    pub fn of_user() -> Self {
        Place::of(std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from))
    }

    /// `runtime` is the user's runtime folder, if there is said to be one. It may be another
    /// user's, as after `su`: then it is of no use.
    fn of(runtime: Option<PathBuf>) -> Self {
        let own = runtime.filter(|folder| folder.is_absolute() && is_own(folder));
        Place(match own {
            Some(folder) => folder.join("switchboard"),
            None => temporary(),
        })
    }

    /// The folder `folder` itself.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Place(folder.into())
    }

    /// The file of that name in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whether there is such a folder.
    ///
    /// # Errors
    ///
    /// When what is there is not this user's alone: anybody can make a folder among the temporary
    /// files, and lay out what looks like a server.
    pub(super) fn is_trusted(&self) -> io::Result<bool> {
        match fs::symlink_metadata(&self.0) {
            Ok(found) if is_private(&found) => Ok(true),
            Ok(_) => Err(io::Error::new(
                ErrorKind::PermissionDenied,
                format!(
                    "{} is not a folder of yours alone: remove it, or take all rights to it from \
                     others (chmod 700)",
                    self.0.display()
                ),
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the folder where there is none, and waits for a turn to change what is in it. The turn
    /// ends when the file is dropped, and with the process.
    pub(super) fn make_and_lock(&self) -> io::Result<File> {
        if !self.is_trusted()? {
            make(&self.0)?;
            self.is_trusted()?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let turn = options.open(self.0.join("lock"))?;
        turn.lock()?;
        Ok(turn)
    }
}

/// Another process may make it at the same time, which is as well.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(unix)]
fn temporary() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    std::env::temp_dir().join(format!("switchboard-{user}"))
}

/// There each user has a folder of his own for temporary files.
#[cfg(not(unix))]
fn temporary() -> PathBuf {
    std::env::temp_dir().join("switchboard")
}

#[cfg(unix)]
fn is_own(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::getuid().as_raw();
    fs::metadata(folder).is_ok_and(|found| found.is_dir() && found.uid() == own)
}

#[cfg(not(unix))]
fn is_own(folder: &Path) -> bool {
    folder.is_dir()
}

#[cfg(unix)]
fn is_private(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::getuid().as_raw();
    found.is_dir() && found.uid() == own && found.mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(found: &fs::Metadata) -> bool {
    found.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_folder_that_is_no_folder_of_ours_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().to_path_buf();
        assert_eq!(Place::of(Some(own.clone())), Place(own.join("switchboard")));
        for none in [None, Some("relative".into()), Some(own.join("missing"))] {
            assert_eq!(Place::of(none), Place(temporary()));
        }
    }
}
