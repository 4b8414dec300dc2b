//! The run file: where the server of a project's folder is reached, for the commands that ask it.
//!
//! It holds the token of the console, so nobody but the user may read it: the file is for its owner
//! alone, and lies in a [`Place`] that is the user's own. One folder has one run file. Of two
//! servers for it the newer one is found, and the end of the older one leaves its file alone.

mod all;
mod place;

pub use place::Place;

use crate::put::{self, Readers};
use crate::token::Token;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The longest run file that is read: it is a few hundred bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// What is known of a running server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunFile {
    /// The server's process.
    pub pid: u32,
    /// The project's folder.
    pub folder: PathBuf,
    /// The base of its services, without a slash at the end: `http://localhost:3000`.
    pub service_url: String,
    /// The base under which the world reaches it, if it was told one.
    pub public_url: Option<String>,
    /// The base of the console, without a slash at the end; `None` with `--no-console`.
    pub console_url: Option<String>,
    /// What opens the console's API.
    pub token: Token,
    /// When it started: RFC 3339, UTC.
    pub started: String,
}

impl RunFile {
    /// The run file of the server for `folder`, or for the nearest folder above it that has one:
    /// who stands in a folder of a project means the project.
    ///
    /// # Errors
    ///
    /// When the user's place for run files is not to be trusted.
    pub fn find(folder: &Path) -> io::Result<Option<Self>> {
        RunFile::find_in(&Place::of_user(), folder)
    }

    /// As [`RunFile::find`], with run files lying in `place`.
    ///
    /// # Errors
    ///
    /// When `place` is not to be trusted.
    pub fn find_in(place: &Place, folder: &Path) -> io::Result<Option<Self>> {
        if !place.is_trusted()? {
            return Ok(None);
        }
        let folder = whole(folder);
        let found = folder.ancestors().find_map(|folder| {
            let read = RunFile::read(&place.file(&name_of(folder)))?;
            (read.folder == folder && is_alive(read.pid)).then_some(read)
        });
        Ok(found)
    }

    /// Puts it in place for others to find, instead of one that is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or the user's place for run files is not to be trusted.
    pub fn publish(self) -> io::Result<Published> {
        self.publish_in(&Place::of_user())
    }

    /// As [`RunFile::publish`], in `place`.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or `place` is not to be trusted.
    pub fn publish_in(mut self, place: &Place) -> io::Result<Published> {
        self.folder = whole(&self.folder);
        let place = place.clone();
        let path = place.file(&name_of(&self.folder));
        {
            let _turn = place.make_and_lock()?;
            put::file(&path, &serde_json::to_vec_pretty(&self)?, Readers::Owner)?;
        }
        Ok(Published {
            place,
            path,
            token: self.token,
        })
    }

    /// The one in that file; `None` for a file that is not there or holds something else.
    fn read(path: &Path) -> Option<Self> {
        let mut text = Vec::new();
        let file = File::open(path).ok()?;
        file.take(MOST_BYTES).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// A run file that is in place; dropping this removes it.
#[derive(Debug)]
pub struct Published {
    place: Place,
    path: PathBuf,
    token: Token,
}

impl Published {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // With the turn, so that no newer server puts its own in place between look and removal.
        let Ok(_turn) = self.place.make_and_lock() else {
            return;
        };
        let still = RunFile::read(&self.path);
        if still.is_some_and(|still| still.token.is(self.token.as_str())) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The folder as all ways to it come to: absolute, and without links where it is there.
fn whole(folder: &Path) -> PathBuf {
    let absolute = || std::path::absolute(folder);
    fs::canonicalize(folder)
        .or_else(|_| absolute())
        .unwrap_or_else(|_| folder.to_path_buf())
}

/// The file's name: a hash, since a path is no file name and nobody else's business.
fn name_of(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let mut name = String::with_capacity(37);
    for byte in &digest[..16] {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".json");
    name
}

/// Whether there is such a process, whoever's. A number that another process has by now is not
/// told apart: the server that is then asked does not answer, which is said.
#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| matches!(test_kill_process(pid), Ok(()) | Err(Errno::PERM)))
}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}

#[cfg(test)]
mod tests;
