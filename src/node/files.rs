//! The files that workers have loaded, and whether they are still the same.

use super::message::Loaded;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// When a file was last changed, in ns since 1970, and its length. `None`: there is no such file.
///
/// Reading contents was turned down: a check costs one system call a file, and no editor saves
/// twice in the nanosecond.
type Stamp = Option<(u128, u64)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((changed.as_nanos(), metadata.len()))
}

/// The loaded files of one pool, since its workers were last replaced.
#[derive(Debug, Default)]
pub(super) struct Files {
    stamps: BTreeMap<PathBuf, Stamp>,
    packages: BTreeSet<PathBuf>,
}

impl Files {
    /// Takes in what a worker tells; returns whether one of the files has changed since it was
    /// loaded, by this worker or by another one, which has old code then.
    pub(super) fn add(&mut self, loaded: Loaded) -> bool {
        let mut stale = false;
        for (path, changed, length) in loaded.files {
            let then = changed.parse().ok().zip(length.parse().ok());
            stale |= stamp(&path) != then;
            stale |= *self.stamps.entry(path).or_insert(then) != then;
        }
        self.packages.extend(loaded.packages);
        stale
    }

    /// Notes a file that all workers depend on, as it is now.
    pub(super) fn depend(&mut self, path: PathBuf) {
        let now = stamp(&path);
        self.stamps.insert(path, now);
    }

    /// What to watch.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.stamps.keys()
    }

    /// The files and their stamps, to be compared elsewhere.
    pub(super) fn stamps(&self) -> BTreeMap<PathBuf, Stamp> {
        self.stamps.clone()
    }

    /// What a new worker may load ahead.
    pub(super) fn packages(&self) -> Vec<PathBuf> {
        self.packages.iter().cloned().collect()
    }

    /// Whether nothing is known yet.
    pub(super) fn is_empty(&self) -> bool {
        self.stamps.is_empty()
    }

    /// Forgets the files; the next workers will tell theirs.
    pub(super) fn forget(&mut self) {
        self.stamps.clear();
    }
}

/// Whether any of the files is not what it was.
pub(super) fn any_changed(stamps: &BTreeMap<PathBuf, Stamp>) -> bool {
    stamps.iter().any(|(path, then)| stamp(path) != *then)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_a_removal_and_a_new_file_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a.js"), folder.path().join("b.js"));
        fs::write(&a, "1").unwrap();
        let mut files = Files::default();
        files.depend(a.clone());
        files.depend(b.clone());
        assert!(!any_changed(&files.stamps()));
        fs::write(&b, "1").unwrap();
        assert!(any_changed(&files.stamps()));
        fs::remove_file(&b).unwrap();
        assert!(!any_changed(&files.stamps()));
        fs::write(&a, "12").unwrap();
        assert!(any_changed(&files.stamps()));
        files.forget();
        assert!(!any_changed(&files.stamps()));
    }

    #[test]
    fn a_process_with_fresh_code_gives_away_one_with_old_code() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        let mut files = Files::default();
        for (text, stale) in [(Some("1"), false), (None, false), (Some("12"), true)] {
            if let Some(text) = text {
                fs::write(&path, text).unwrap();
            }
            let (changed, length) = stamp(&path).unwrap();
            let loaded = Loaded {
                files: vec![(path.clone(), changed.to_string(), length.to_string())],
                packages: Vec::new(),
            };
            assert_eq!(files.add(loaded), stale);
        }
        assert!(any_changed(&files.stamps()));
    }

    #[test]
    fn what_a_worker_loaded_before_a_change_is_stale_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        fs::write(&path, "1").unwrap();
        let (changed, length) = stamp(&path).unwrap();
        let loaded = |changed: u128| Loaded {
            files: vec![(path.clone(), changed.to_string(), length.to_string())],
            packages: Vec::new(),
        };
        let mut files = Files::default();
        assert!(!files.add(loaded(changed)));
        assert!(files.add(loaded(changed - 1)));
        assert_eq!(files.paths().collect::<Vec<_>>(), [&path]);
    }
}
