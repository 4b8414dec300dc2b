//! Reading a text file that a person wrote.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read: 1 MiB.
const LARGEST: u64 = 1024 * 1024;

/// Why there is no text. Displays as the end of a sentence that begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("does not exist")]
    Absent,
    #[error("is a folder, not a file")]
    Folder,
    #[error("is no regular file")]
    Special,
    #[error("is larger than 1 MiB")]
    TooLarge,
    #[error("is not UTF-8 text")]
    NotUtf8,
    #[error("cannot be read: {0}")]
    Failed(io::Error),
}

impl Unreadable {
    /// What to do about it.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Unreadable::Absent => "make it, or correct its name",
            Unreadable::Folder | Unreadable::Special => "put a text file in its place",
            Unreadable::TooLarge => "split it; nobody writes so much by hand",
            Unreadable::NotUtf8 => "save it again as UTF-8",
            Unreadable::Failed(_) => "see that you may read it",
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unreadable::Absent,
            _ => Unreadable::Failed(error),
        }
    }
}

/// The text of the file at `path`.
///
/// A pipe or a device is not opened at all: opening could wait for ever.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        return Err(Unreadable::Folder);
    }
    if !metadata.is_file() {
        return Err(Unreadable::Special);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("latin1"), b"caf\xe9").unwrap();
        std::fs::write(path("largest"), vec![b'#'; 1024 * 1024]).unwrap();
        std::fs::write(path("larger"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
        let why = |name: &str| read(&path(name)).map_err(|e| e.to_string()).err();
        assert_eq!(why("none").as_deref(), Some("does not exist"));
        assert_eq!(why("largest/x").as_deref(), Some("does not exist"));
        assert_eq!(why("").as_deref(), Some("is a folder, not a file"));
        assert_eq!(why("latin1").as_deref(), Some("is not UTF-8 text"));
        assert_eq!(why("larger").as_deref(), Some("is larger than 1 MiB"));
        assert_eq!(why("largest"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_opened() {
        let why = read(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(why.to_string(), "is no regular file");
    }
}
