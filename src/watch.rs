//! Tells when files of the project have changed, in quiet batches.
//!
//! Folders are watched one by one and not recursively: a project's `node_modules` or `target` can
//! hold a hundred thousand folders that nobody wants to hear of. What the paths of a batch say is
//! not acted on: an editor's save is anything from one event to six, and three new folders with a
//! file in them were seen as one event. Whoever is told looks again at everything.
//!
//! A folder is told to the system once: each telling costs two switches between threads, which is
//! much for a hundred folders at each save. It is told again when events say that it may be another
//! one, and by [`Watch::renew`].

use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// How long it must be quiet before a batch is told. An editor's several steps lie within; one that
/// is slower is told twice, which costs a second look.
const QUIET: Duration = Duration::from_millis(5);

/// The longest that a batch is put off while changes keep coming.
const LONGEST: Duration = Duration::from_millis(500);

/// Links that lead on from one: as many as Linux follows.
const MOST_LINKS: usize = 40;

/// Watches a changing set of files and folders.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    /// What matters: files, and folders with all that lies directly in them.
    wanted: HashSet<PathBuf>,
    /// The folders that the watcher was told of.
    folders: HashSet<PathBuf>,
    /// When the first sign of a batch came that has not been told yet.
    began: Option<Instant>,
}

impl Watch {
    /// Watches nothing yet.
    ///
    /// # Errors
    ///
    /// When the system has no means left to watch files.
    pub(crate) fn new() -> notify::Result<Self> {
        let (sender, events) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Somebody who reads files all the time would put a batch off for as long.
            if !matches!(&event, Ok(event) if event.kind.is_access()) {
                // The receiver is gone when the server ends; then nobody needs to know.
                let _ = sender.send(event);
            }
        })?;
        Ok(Watch {
            watcher,
            events,
            wanted: HashSet::new(),
            folders: HashSet::new(),
            began: None,
        })
    }

    /// Watches `paths` and nothing else from now on; they need not exist yet.
    ///
    /// Returns whether folders have come in that were not watched before: what happened in them
    /// until now was not seen, so that one should look once more.
    ///
    /// # Errors
    ///
    /// The first folder that cannot be watched; the others are.
    pub(crate) fn set(&mut self, paths: &[PathBuf]) -> notify::Result<bool> {
        self.wanted = with_targets(paths);
        let folders = listening(&self.wanted);
        let gone: Vec<&PathBuf> = self.folders.difference(&folders).collect();
        for gone in &gone {
            // One that was deleted is unknown to the system already.
            let _ = self.watcher.unwatch(gone);
        }
        // A folder with two names, one of them a link, has one watch, which went with either.
        let all = !gone.is_empty();
        let before = std::mem::take(&mut self.folders);
        let mut added = false;
        let mut first_error = None;
        for folder in folders {
            let known = before.contains(&folder);
            if known && !all {
                self.folders.insert(folder);
                continue;
            }
            match self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    added |= !known;
                    self.folders.insert(folder);
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        match first_error {
            Some(error) => Err(error),
            None => Ok(added),
        }
    }

    /// Tells the system of all folders again: one that was deleted and made anew keeps its name but
    /// loses its watch, and not every way to that is seen.
    pub(crate) fn renew(&mut self) {
        let watcher = &mut self.watcher;
        self.folders
            .retain(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok());
    }

    /// Waits for a change that matters, then until it is quiet. Returns when the first sign came,
    /// or `None` when nothing can come any more.
    ///
    /// The future may be dropped at any point: the next one goes on where it was.
    pub(crate) async fn changed(&mut self) -> Option<Instant> {
        while self.began.is_none() {
            let event = self.events.recv().await?;
            self.forget_folders_gone(&event);
            if self.matters(&event) {
                self.began = Some(Instant::now());
            }
        }
        let began = self.began?;
        while began.elapsed() < LONGEST {
            match timeout(QUIET, self.events.recv()).await {
                Ok(Some(event)) => self.forget_folders_gone(&event),
                Ok(None) | Err(_) => break,
            }
        }
        self.began.take()
    }

    /// A folder that went takes its watch along. If there is one of that name again, it is a new
    /// one, in which something may have happened before it was watched: [`Watch::set`] says so.
    fn forget_folders_gone(&mut self, event: &notify::Result<Event>) {
        let Some(event) = event.as_ref().ok().filter(|event| !event.need_rescan()) else {
            // What was missed may have been that.
            self.folders.clear();
            return;
        };
        if matches!(
            event.kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        ) {
            for gone in &event.paths {
                self.folders.retain(|folder| !folder.starts_with(gone));
            }
        }
    }

    fn matters(&self, event: &notify::Result<Event>) -> bool {
        // An error, or an overflow, means that something was missed.
        let Ok(event) = event else {
            return true;
        };
        if event.need_rescan() {
            return true;
        }
        matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        ) && event.paths.iter().any(|path| self.concerns(path))
    }

    fn concerns(&self, path: &Path) -> bool {
        self.wanted.contains(path)
            || path
                .parent()
                .is_some_and(|folder| self.wanted.contains(folder))
            // A folder on the way to something wanted came or went.
            || self.wanted.iter().any(|wanted| wanted.starts_with(path))
    }
}

/// `paths`, and where those of them that are links lead: who saves a file saves it where it lies,
/// which the folder of the link does not tell.
fn with_targets(paths: &[PathBuf]) -> HashSet<PathBuf> {
    let mut wanted: HashSet<PathBuf> = paths.iter().cloned().collect();
    let targets: Vec<PathBuf> = paths.iter().flat_map(|path| targets(path)).collect();
    if targets.is_empty() {
        return wanted;
    }
    // The system tells of a folder by one name, the last that it was given: there must be no other.
    let listened = listening(&wanted).into_iter();
    let listened = listened.filter_map(|folder| Some((folder.canonicalize().ok()?, folder)));
    let names: HashMap<PathBuf, PathBuf> = listened.collect();
    for target in targets {
        let Some((folder, name)) = target.parent().zip(target.file_name()) else {
            continue;
        };
        let folder = names.get(folder).map_or(folder, PathBuf::as_path);
        wanted.insert(folder.join(name));
    }
    wanted
}

/// Where the link `path` leads, and where what is there leads, to the end; nowhere if it is none.
/// Their folders are without links.
fn targets(path: &Path) -> Vec<PathBuf> {
    let mut targets = Vec::new();
    let mut at = path.to_path_buf();
    while targets.len() < MOST_LINKS
        && let Ok(target) = std::fs::read_link(&at)
    {
        let target = at.parent().unwrap_or(Path::new("")).join(target);
        let Some((folder, name)) = target.parent().zip(target.file_name()) else {
            break;
        };
        // One that is not there is heard of when the link is mended.
        let Ok(folder) = folder.canonicalize() else {
            break;
        };
        at = folder.join(name);
        targets.push(at.clone());
    }
    targets
}

/// The folders in which one must listen to hear of `paths`: for each the nearest that exists above
/// it, and itself if it is one.
fn listening(paths: &HashSet<PathBuf>) -> HashSet<PathBuf> {
    // Most paths share theirs.
    let parents: HashSet<&Path> = paths.iter().filter_map(|path| path.parent()).collect();
    let above = parents.into_iter().filter_map(|parent| {
        let mut folders = parent.ancestors();
        folders.find(|folder| folder.is_dir())
    });
    let own = paths.iter().map(PathBuf::as_path);
    let own = own.filter(|path| path.is_dir());
    above.chain(own).map(Path::to_path_buf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test]
    async fn a_change_is_told_to_who_did_not_wait_for_the_whole_batch() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.js");
        let mut watch = Watch::new().unwrap();
        watch.set(std::slice::from_ref(&file)).unwrap();
        fs::write(&file, "1").unwrap();
        let hasty = async {
            // Far less than a batch must be quiet for.
            while timeout(QUIET / 15, watch.changed()).await.is_err() {}
        };
        let told = timeout(Duration::from_secs(60), hasty).await;
        assert!(told.is_ok(), "the change is lost");
    }

    #[tokio::test]
    async fn reads_put_no_batch_off() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.js");
        fs::write(&file, "1").unwrap();
        let mut watch = Watch::new().unwrap();
        watch.set(std::slice::from_ref(&file)).unwrap();
        for _ in 0..10 {
            fs::read(&file).unwrap();
        }
        fs::write(&file, "2").unwrap();
        let told = timeout(Duration::from_secs(60), watch.events.recv()).await;
        let first = told.expect("the change is told").unwrap().unwrap();
        assert!(first.kind.is_modify(), "{first:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_folder_is_heard_when_another_name_for_it_is_not_wanted_any_more() {
        let above = tempfile::tempdir().unwrap();
        let (folder, link) = (above.path().join("folder"), above.path().join("link"));
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let mut watch = Watch::new().unwrap();
        assert!(watch.set(&[folder.clone(), link]).unwrap());
        assert!(!watch.set(std::slice::from_ref(&folder)).unwrap());
        fs::write(folder.join("a.js"), "1").unwrap();
        let told = timeout(Duration::from_secs(60), watch.changed()).await;
        assert!(told.is_ok(), "the change is lost");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_save_where_a_link_leads_is_told() {
        use std::os::unix::fs::symlink;
        let above = tempfile::tempdir().unwrap();
        let folder = |name: &str| above.path().join(name);
        fs::create_dir_all(folder("real/project/a")).unwrap();
        fs::create_dir(folder("elsewhere")).unwrap();
        // The project by another name than its own.
        symlink(folder("real/project"), folder("project")).unwrap();
        for (link, to, real) in [
            ("services.toml", "real.toml", "real/project/real.toml"),
            ("a/.env", "../.env", "real/project/.env"),
            ("b.env", "c.env", "elsewhere/d.env"),
        ] {
            fs::write(folder(real), "1").unwrap();
            symlink(to, folder("project").join(link)).unwrap();
        }
        symlink(folder("elsewhere/d.env"), folder("project/c.env")).unwrap();
        let wanted = ["services.toml", "a/.env", "b.env"].map(|name| folder("project").join(name));
        for real in ["project/real.toml", "project/.env", "../elsewhere/d.env"] {
            let mut watch = Watch::new().unwrap();
            watch.set(&wanted).unwrap();
            fs::write(folder("real").join(real), "2").unwrap();
            let told = timeout(Duration::from_secs(60), watch.changed()).await;
            assert!(told.is_ok(), "the change of {real} is lost");
        }
    }

    #[tokio::test]
    async fn folders_are_told_to_the_system_anew_when_something_was_missed() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = [folder.path().to_path_buf()];
        let mut watch = Watch::new().unwrap();
        assert!(watch.set(&wanted).unwrap());
        assert!(!watch.set(&wanted).unwrap());
        let overflow = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        for missed in [Ok(overflow), Err(notify::Error::generic("lost"))] {
            watch.forget_folders_gone(&missed);
            assert!(watch.set(&wanted).unwrap());
        }
    }
}
