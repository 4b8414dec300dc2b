//! All run files of the user, and whether there could be one.

use super::{Place, RunFile, is_alive};
use std::fs;
use std::io;
use std::path::PathBuf;

/// Files of the folder that are looked at: a bound, far above the servers that a user runs.
const MOST_FILES: usize = 1000;

impl RunFile {
    /// Those of all servers that run, in any order.
    ///
    /// # Errors
    ///
    /// When the user's place for run files is not to be trusted, or cannot be read.
    pub fn all() -> io::Result<Vec<Self>> {
        RunFile::all_in(&Place::of_user())
    }

    /// As [`RunFile::all`], with run files lying in `place`.
    ///
    /// # Errors
    ///
    /// When `place` is not to be trusted, or cannot be read.
    pub fn all_in(place: &Place) -> io::Result<Vec<Self>> {
        let files = place.files()?.into_iter().map(|(_, told)| told);
        Ok(files.filter(|told| is_alive(told.pid)).collect())
    }
}

impl Place {
    /// The run files in it, those of servers that were killed included.
    pub(super) fn files(&self) -> io::Result<Vec<(PathBuf, RunFile)>> {
        if !self.is_trusted()? {
            return Ok(Vec::new());
        }
        let files = fs::read_dir(&self.0)?.take(MOST_FILES).flatten();
        let paths = files.map(|file| file.path());
        let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
        Ok(paths
            .filter_map(|path| RunFile::read(&path).map(|told| (path, told)))
            .collect())
    }

    /// The folder, in which a run file can now be written.
    ///
    /// # Errors
    ///
    /// When it cannot be made or written, or is not the user's alone.
    pub fn ready(&self) -> io::Result<PathBuf> {
        let _turn = self.make_and_lock()?;
        Ok(self.0.clone())
    }
}
