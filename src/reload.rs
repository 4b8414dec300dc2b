//! From changed files to the next registry, or to the reason why there is none.
//!
//! The next registry is built whole beside the one in use and then swapped. A configuration that
//! cannot be served changes nothing: the last good one serves on, and the developer is told why. The
//! JavaScript of its services is what the files say all the same, which is told as well.

mod last;
mod project;

pub(crate) use last::{LastLoad, Load};
pub(crate) use project::Project;

use crate::config::{Config, Loaded};
use crate::diagnostic::Diagnostic;
use crate::journal::{Journal, Notice};
use crate::stop::Stop;
use crate::swap::Swap;
use crate::watch::Watch;
use std::collections::HashSet;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::Instant;

/// How long after a change everything is looked at once more, whatever the watcher says: a folder
/// that is moved away and back can lose its watch in a way that no event tells of.
const SETTLED: Duration = Duration::from_secs(1);

/// Keeps a server's registry true to its files.
pub(crate) struct Reloader {
    pub(crate) project: Arc<Project>,
    pub(crate) swap: Swap,
    pub(crate) journal: Journal,
    pub(crate) last: LastLoad,
    /// What is served now.
    pub(crate) config: Config,
    /// Whether the port was given to the server: the one that the files name is of no matter then.
    pub(crate) port_is_given: bool,
    /// What was last said about the files.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unwatched: Unwatched,
}

/// Why folders could not be watched, as far as it was said: it is tried again at each save.
#[derive(Debug, Default)]
pub(crate) struct Unwatched(HashSet<String>);

impl Unwatched {
    /// What is to be said of `error`: nothing where it was said, be it of another folder.
    fn news(&mut self, mut error: notify::Error) -> Option<String> {
        let text = format!(
            "not every folder can be watched, so some changes will need a restart: {error}"
        );
        error.paths.clear();
        self.0.insert(error.to_string()).then_some(text)
    }

    /// All are.
    fn none(&mut self) {
        self.0.clear();
    }
}

impl Reloader {
    /// Watches in a task of its own until `stop` is said. `watched` is what the first load read or
    /// looked for.
    pub(crate) fn spawn(self, watched: Vec<PathBuf>, stop: Stop) {
        match Watch::new() {
            Ok(watch) => {
                tokio::spawn(self.run(watch, watched, stop));
            }
            Err(error) => {
                self.journal.note(Notice::Said {
                    text: format!("files are not watched, restart after a change: {error}"),
                });
            }
        }
    }

    async fn run(mut self, mut watch: Watch, mut watched: Vec<PathBuf>, stop: Stop) {
        let mut pools = self.pools();
        let mut look_again = self.listen(&mut watch, &watched);
        let mut settled = Instant::now() + SETTLED;
        let mut is_settled = false;
        loop {
            let began = if look_again {
                watch.renew();
                Instant::now()
            } else {
                tokio::select! {
                    () = tokio::time::sleep_until(settled), if !is_settled => {
                        is_settled = true;
                        watch.renew();
                        Instant::now()
                    }
                    () = stop.wait() => return,
                    changed = watch.changed() => match changed {
                        Some(began) => {
                            is_settled = false;
                            settled = began + SETTLED;
                            began
                        }
                        None => return,
                    },
                    () = more_files(&mut pools) => {
                        look_again = self.listen(&mut watch, &watched) | self.has_news();
                        continue;
                    }
                }
            };
            let project = Arc::clone(&self.project);
            let Ok(loaded) = tokio::task::spawn_blocking(move || project.load()).await else {
                return;
            };
            watched.clone_from(&loaded.watched);
            // Before anything is announced: whoever reads it may change the files again at once.
            look_again = self.listen(&mut watch, &watched);
            let refreshed = self.refresh().await;
            let generation = self.swap.snapshot().generation;
            if loaded.diagnostics.iter().any(Diagnostic::is_of_machine) {
                is_settled = false;
                settled = Instant::now() + SETTLED;
            }
            self.take(loaded, refreshed, began);
            if self.swap.snapshot().generation != generation {
                pools = self.pools();
                look_again |= self.listen(&mut watch, &watched);
            }
        }
    }

    /// Tells of files that JavaScript functions have come to depend on.
    fn pools(&self) -> Vec<watch::Receiver<u64>> {
        let registry = self.swap.snapshot();
        let pools = registry.services().iter().filter_map(|s| s.node.as_ref());
        pools.map(|pool| pool.subscribe()).collect()
    }

    /// Whether a pool was quicker than the watcher.
    fn has_news(&self) -> bool {
        let registry = self.swap.snapshot();
        let mut pools = registry.services().iter().filter_map(|s| s.node.as_ref());
        pools.any(|pool| pool.has_news())
    }

    /// Gives fresh processes to the services whose JavaScript files have changed, and names them,
    /// with those that have got them already.
    async fn refresh(&self) -> Vec<String> {
        let registry = self.swap.snapshot();
        let look = tokio::task::spawn_blocking(move || {
            let mut stale = Vec::new();
            for service in registry.services() {
                let Some(pool) = &service.node else {
                    continue;
                };
                let is_stale = pool.is_stale();
                if is_stale {
                    pool.touched();
                }
                if pool.take_news() || is_stale {
                    stale.push(service.name.to_string());
                }
            }
            stale
        });
        look.await.unwrap_or_default()
    }

    /// Returns whether folders were added, which must be looked at once more.
    fn listen(&mut self, watch: &mut Watch, paths: &[PathBuf]) -> bool {
        let mut paths = paths.to_vec();
        for service in self.swap.snapshot().services() {
            paths.extend(service.node.iter().flat_map(|pool| pool.files()));
        }
        match watch.set(&paths) {
            Ok(added) => {
                self.unwatched.none();
                added
            }
            Err(error) => {
                if let Some(text) = self.unwatched.news(error) {
                    self.journal.note(Notice::Said { text });
                }
                false
            }
        }
    }

    /// `refreshed` names the services whose JavaScript files have changed.
    fn take(&mut self, loaded: Loaded, refreshed: Vec<String>, began: Instant) {
        let Loaded {
            config,
            diagnostics,
            ..
        } = loaded;
        let news = diagnostics != self.diagnostics;
        let was_rejected = !self.last.get().served;
        self.diagnostics.clone_from(&diagnostics);
        let Some(config) = config else {
            if !refreshed.is_empty() {
                // Without the diagnostics, which are of what is not served.
                self.journal.note(Notice::Reloaded {
                    generation: self.swap.snapshot().generation,
                    changed: refreshed,
                    took: began.elapsed(),
                    diagnostics: Vec::new(),
                });
            }
            if news {
                self.last.set(Load {
                    at: SystemTime::now(),
                    took: began.elapsed(),
                    served: false,
                    generation: self.swap.snapshot().generation,
                    changed: Vec::new(),
                    diagnostics: diagnostics.clone(),
                });
                self.journal.note(Notice::Rejected { diagnostics });
            }
            return;
        };
        let mut changed = changed_services(&self.config, &config);
        changed.extend(refreshed);
        changed.sort();
        changed.dedup();
        let same = config == self.config;
        if same && changed.is_empty() && !news && !was_rejected {
            return;
        }
        if config.port != self.config.port && !self.port_is_given {
            self.journal.note(Notice::Said {
                text: "the port has changed in the project's files: restart to listen on it"
                    .to_string(),
            });
        }
        if !same {
            self.swap.config(config.clone());
            self.config = config;
        }
        let (generation, took) = (self.swap.snapshot().generation, began.elapsed());
        self.last.set(Load {
            at: SystemTime::now(),
            took,
            served: true,
            generation,
            changed: changed.clone(),
            diagnostics: diagnostics.clone(),
        });
        self.journal.note(Notice::Reloaded {
            generation,
            changed,
            took,
            diagnostics,
        });
    }
}

/// Waits until one of them tells.
async fn more_files(pools: &mut [watch::Receiver<u64>]) {
    let mut waiting: Vec<_> = pools
        .iter_mut()
        .map(|pool| Box::pin(async { pool.changed().await.is_ok() }))
        .collect();
    // A pool that is gone tells nothing more.
    std::future::poll_fn(|context| {
        let mut told = false;
        waiting.retain_mut(|pool| match pool.as_mut().poll(context) {
            Poll::Ready(changed) => {
                told |= changed;
                false
            }
            Poll::Pending => true,
        });
        if told { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// The names of the services that differ between the two, came or went.
fn changed_services(before: &Config, after: &Config) -> Vec<String> {
    let gone = before
        .services
        .iter()
        .filter(|service| after.service(service.name.as_str()).is_none());
    let differing = after
        .services
        .iter()
        .filter(|service| before.service(service.name.as_str()) != Some(*service));
    differing
        .chain(gone)
        .map(|service| service.name.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::{Error, ErrorKind};

    #[test]
    fn each_reason_why_a_folder_is_not_watched_is_said_once() {
        let full = |folder: &str| Error::new(ErrorKind::MaxFilesWatch).add_path(folder.into());
        let mut unwatched = Unwatched::default();
        let said = unwatched.news(full("/one")).expect("it is new");
        assert!(said.contains("/one"), "{said}");
        assert_eq!(unwatched.news(full("/two")), None);
        let gone = || Error::path_not_found().add_path("/one".into());
        assert!(unwatched.news(gone()).is_some());
        assert_eq!(unwatched.news(full("/one")), None);
        assert_eq!(unwatched.news(gone()), None);
        unwatched.none();
        assert!(unwatched.news(full("/one")).is_some());
    }
}
