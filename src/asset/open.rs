//! Opening an asset's file, and no other.
//!
//! The path comes from the project, yet what lies there may have changed since: a link that leads
//! out of the folder, a FIFO whose opening would wait for ever, a folder. So the path is resolved,
//! checked, opened, and then checked again against the handle: between the two checks somebody
//! could have put a link in the way. Opening below a folder handle (`openat2`) would need no
//! second look, but is Linux only. Left is a FIFO put there within that moment, by somebody who
//! may write into the project: it would hold up one background thread.

use super::stamp::Stamp;
use super::{AssetFault, AssetFile};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

/// Editors replace a file by a rename; meeting one is bad luck, meeting three is not.
const ATTEMPTS: usize = 3;

/// Opens the regular file that `asset` names; blocks. The stamp is the handle's.
///
/// # Errors
///
/// See [`AssetFault`].
pub(super) fn open(asset: &AssetFile) -> Result<(File, Stamp), AssetFault> {
    for _ in 0..ATTEMPTS {
        if let Some(opened) = attempt(asset)? {
            return Ok(opened);
        }
    }
    Err(AssetFault::Unreadable(io::Error::other(
        "the file was replaced each time it was opened",
    )))
}

/// `None` if what was opened is not what was checked.
fn attempt(asset: &AssetFile) -> Result<Option<(File, Stamp)>, AssetFault> {
    let path = resolved(asset)?;
    if !fs::symlink_metadata(&path)?.is_file() {
        return Err(AssetFault::NotFound);
    }
    let file = File::open(&path)?;
    let metadata = file.metadata()?;
    let stamp = Stamp::of(&metadata)?;
    let there = Stamp::of(&fs::symlink_metadata(&path)?)?;
    let unmoved = metadata.is_file() && stamp.is_same_file(&there) && resolved(asset)? == path;
    Ok(unmoved.then_some((file, stamp)))
}

/// Where the asset's path leads once every link is followed.
fn resolved(asset: &AssetFile) -> Result<PathBuf, AssetFault> {
    let folder = asset.folder.canonicalize()?;
    let path = asset.path.canonicalize()?;
    if path.starts_with(folder) {
        Ok(path)
    } else {
        Err(AssetFault::LeavesFolder(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn asset(folder: &Path, name: &str) -> AssetFile {
        AssetFile {
            path: folder.join(name).into(),
            folder: folder.into(),
        }
    }

    #[test]
    fn a_regular_file_in_the_folder_opens() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/a.txt"), "hello").unwrap();
        let (_, stamp) = open(&asset(folder.path(), "sub/a.txt")).unwrap();
        assert_eq!(stamp.length, 5);
    }

    #[test]
    fn what_is_no_file_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        let long = "a".repeat(5000);
        for name in ["none", "none/a", "file/a", "sub", "", long.as_str()] {
            let fault = open(&asset(folder.path(), name)).unwrap_err();
            assert!(matches!(fault, AssetFault::NotFound), "{name}: {fault:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_or_a_device_is_not_found_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join("pipe.txt"))
            .status()
            .unwrap();
        assert!(made.success());
        for asset in [
            asset(folder.path(), "pipe.txt"),
            asset(Path::new("/dev"), "zero"),
        ] {
            assert!(matches!(open(&asset), Err(AssetFault::NotFound)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_may_lead_about_the_folder_and_not_out_of_it() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let secret = outside.path().join("secret.txt");
        fs::write(&secret, "secret").unwrap();
        fs::write(folder.path().join("real.txt"), "real").unwrap();
        symlink("real.txt", folder.path().join("inside.txt")).unwrap();
        symlink(&secret, folder.path().join("file.txt")).unwrap();
        symlink(outside.path(), folder.path().join("dir")).unwrap();
        symlink("loop", folder.path().join("loop")).unwrap();
        symlink("gone", folder.path().join("dangling")).unwrap();

        assert!(open(&asset(folder.path(), "inside.txt")).is_ok());
        let above = outside.path().file_name().unwrap().to_str().unwrap();
        let above = format!("../{above}/secret.txt");
        for name in ["file.txt", "dir/secret.txt", above.as_str()] {
            let fault = open(&asset(folder.path(), name)).unwrap_err();
            let AssetFault::LeavesFolder(path) = fault else {
                panic!("{name}: {fault:?}")
            };
            assert_eq!(path, secret.canonicalize().unwrap());
        }
        let fault = open(&asset(folder.path(), "loop")).unwrap_err();
        assert!(matches!(fault, AssetFault::Unreadable(_)), "{fault:?}");
        let fault = open(&asset(folder.path(), "dangling")).unwrap_err();
        assert!(matches!(fault, AssetFault::NotFound), "{fault:?}");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_itself_may_be_a_link() {
        let real = tempfile::tempdir().unwrap();
        let parent = tempfile::tempdir().unwrap();
        fs::write(real.path().join("a.txt"), "a").unwrap();
        let link = parent.path().join("project");
        std::os::unix::fs::symlink(real.path(), &link).unwrap();
        assert!(open(&asset(&link, "a.txt")).is_ok());
    }
}
