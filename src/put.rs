//! Files that are written whole or not at all.
//!
//! A file is written beside its name and then renamed: whoever reads it sees all of it, and a disk
//! that is full leaves the one from before as it was.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner alone.
    Owner,
    /// Those whom the user's system lets read new files.
    Usual,
}

/// Puts a file with that content at `path`, instead of one that is there. A link is followed; what
/// is no file (`/dev/stdout`) is written to, and not replaced.
///
/// # Errors
///
/// When it cannot be written; then `path` is as it was, and nothing is left beside it.
pub(crate) fn file(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return fs::write(&path, content);
    }
    let mut beside = OsString::from(&path);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    // What a process of the same number left behind.
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(&beside)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&beside, &path));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_through_links_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        file(&path, b"one", Readers::Usual).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&path, &link).unwrap();
        file(&link, b"two", Readers::Usual).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let nowhere = folder.path().join("none/a");
        assert!(file(&nowhere, b"", Readers::Usual).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_written_to() {
        let pipe = std::io::pipe().unwrap();
        let name = std::os::fd::AsRawFd::as_raw_fd(&pipe.1);
        file(Path::new(&format!("/dev/fd/{name}")), b"x", Readers::Usual).unwrap();
        assert!(Path::new("/dev/fd").exists());
    }

    #[test]
    #[cfg(unix)]
    fn a_file_for_its_owner_is_for_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        file(&path, b"secret", Readers::Owner).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
