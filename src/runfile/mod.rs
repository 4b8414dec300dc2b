//! The run file: where the server of a project's folder is reached, for the commands that ask it.
//!
//! It holds the token of the console, so nobody but the user may read it: the file is for its owner
//! alone, and lies in a [`Place`] that is the user's own. Each server has one of its own: of two for
//! a folder, the newer one can lack what a command needs of them, such as a console.

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
    /// When it started: RFC 3339, UTC, each as long as the others, so that they can be compared as text.
    pub started: String,
}

impl RunFile {
    /// The port of its services.
    pub fn port(&self) -> Option<u16> {
        self.service_url.parse::<http::Uri>().ok()?.port_u16()
    }

    /// The run files of the servers for `folder`, or for the nearest folder above it that has some: who
    /// stands in a folder of a project means the project. The newest comes first.
    ///
    /// # Errors
    ///
    /// When the user's place for run files is not to be trusted, or cannot be read.
    pub fn find(folder: &Path) -> io::Result<Vec<Self>> {
        RunFile::find_in(&Place::of_user(), folder)
    }

    /// As [`RunFile::find`], with run files lying in `place`.
    ///
    /// # Errors
    ///
    /// When `place` is not to be trusted, or cannot be read.
    pub fn find_in(place: &Place, folder: &Path) -> io::Result<Vec<Self>> {
        let mut found = RunFile::all_in(place)?;
        let folder = whole(folder);
        let is_served = |folder: &&Path| found.iter().any(|server| server.folder == **folder);
        let nearest = folder.ancestors().find(is_served).map(Path::to_path_buf);
        found.retain(|server| Some(&server.folder) == nearest.as_ref());
        found.sort_by(|a, b| b.started.cmp(&a.started));
        Ok(found)
    }

    /// Puts it in place for others to find, and removes those of servers that were killed.
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
        let path = place.file(&self.name());
        {
            let _turn = place.make_and_lock()?;
            for (path, told) in place.files()? {
                if !is_alive(told.pid) {
                    // It counts for nothing; it is only in the way of whoever reads them all.
                    let _ = fs::remove_file(path);
                }
            }
            put::file(&path, &serde_json::to_vec_pretty(&self)?, Readers::Owner)?;
        }
        Ok(Published {
            place,
            path,
            told: self,
        })
    }

    /// The file's name: a hash, since a path is no file name and nobody else's business, and a token
    /// still less.
    fn name(&self) -> String {
        let folder = self.folder.as_os_str().as_encoded_bytes();
        let digest = Sha256::new().chain_update(folder).chain_update([0]);
        let digest = digest.chain_update(self.token.as_str()).finalize();
        let mut name = String::with_capacity(37);
        for byte in &digest[..16] {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name.push_str(".json");
        name
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
    told: RunFile,
}

impl Published {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells of another public URL, or of none, unless somebody has removed the file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn set_public_url(&mut self, url: Option<&str>) -> io::Result<()> {
        if self.told.public_url.as_deref() == url {
            return Ok(());
        }
        self.told.public_url = url.map(str::to_string);
        let _turn = self.place.make_and_lock()?;
        match self.is_still_there() {
            true => {
                let told = serde_json::to_vec_pretty(&self.told)?;
                put::file(&self.path, &told, Readers::Owner)
            }
            false => Ok(()),
        }
    }

    fn is_still_there(&self) -> bool {
        let there = RunFile::read(&self.path);
        there.is_some_and(|there| there.token.is(self.told.token.as_str()))
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        let Ok(_turn) = self.place.make_and_lock() else {
            return;
        };
        if self.is_still_there() {
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
