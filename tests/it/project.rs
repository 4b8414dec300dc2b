//! A project in a folder of its own, served on a free port: what most tests here begin with.
//!
//! Nothing here sleeps. What happens behind the HTTP side is waited for at its source, the journal
//! and the live registry, with a bound that only a hanging server reaches.

use crate::http::{Reply, ask};
use crate::oracle;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use switchboard::journal::{Entry, Exchange, Notice};
use switchboard::registry::Registry;
use switchboard::{Builder, Drained, Handler, Handlers, Running, Switchboard};
use tempfile::TempDir;

/// How long to wait for what must come. Reached only where it does not come at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project to be started.
pub(crate) struct Project {
    folder: TempDir,
    handlers: Handlers,
    builder: Builder,
}

impl Project {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Project {
            folder: tempfile::tempdir().expect("a folder can be made"),
            handlers: Handlers::new(),
            builder: Switchboard::builder().port(0),
        }
    }

    /// A project of one service, `app`, whose public functions are these handlers, each at the path
    /// of its name; `head` is what stands before in its `services.toml`.
    pub(crate) fn app(head: &str, handlers: Handlers) -> Self {
        let mut text = format!("{head}\n[services.app.functions]\n");
        for name in handlers.names() {
            text.push_str(&format!("\"/{name}\" = {{ handler = \"rust:{name}\" }}\n"));
        }
        Project::new()
            .file("services.toml", &text)
            .handlers(handlers)
    }

    /// Writes a file, and the folders that it needs.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let file = self.folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(file, text).expect("a file can be written");
        self
    }

    /// A link at `path` to `target`, as seen from there.
    #[cfg(unix)]
    pub(crate) fn linked(self, path: &str, target: &str) -> Self {
        let link = self.folder.path().join(path);
        fs::create_dir_all(link.parent().expect("a link lies in a folder")).expect("a folder");
        std::os::unix::fs::symlink(target, link).expect("a link");
        self
    }

    /// The packages of the tests, `twilio` among them.
    pub(crate) fn packages(self) -> Self {
        let modules = oracle::installed().join("node_modules");
        let link = self.folder.path().join("node_modules");
        std::os::unix::fs::symlink(modules, link).expect("a link");
        self
    }

    /// The handlers that the project's files may name.
    pub(crate) fn handlers(mut self, handlers: Handlers) -> Self {
        self.handlers = handlers;
        self
    }

    /// One more of them.
    pub(crate) fn handler(mut self, name: &str, handler: impl Handler) -> Self {
        self.handlers = self.handlers.with(name, handler);
        self
    }

    /// Any other wish.
    pub(crate) fn with(mut self, wish: impl FnOnce(Builder) -> Builder) -> Self {
        self.builder = wish(self.builder);
        self
    }

    /// Serves it; its files may change without effect.
    pub(crate) async fn start(self) -> Site {
        self.with(Builder::no_watch).start_watching().await
    }

    /// Serves it, and watches its files.
    pub(crate) async fn start_watching(self) -> Site {
        let running = self
            .builder
            .project(self.folder.path())
            .handlers(self.handlers)
            .start()
            .await
            .expect("the project is valid");
        Site {
            folder: self.folder,
            running,
            seen: 0,
        }
    }
}

/// A served project.
pub(crate) struct Site {
    folder: TempDir,
    running: Running,
    /// The number of the last journal entry that [`Site::noticed`] has looked at.
    seen: u64,
}

impl Site {
    pub(crate) fn port(&self) -> u16 {
        self.running.port()
    }

    pub(crate) fn running(&self) -> &Running {
        &self.running
    }

    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.running.registry()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) async fn stop(self) -> Drained {
        within(self.running.stop()).await
    }

    /// See [`ask`].
    pub(crate) fn ask(&self, head: &str, body: &str) -> Reply {
        ask(self.port(), head, body)
    }

    /// The status of a request without a body.
    pub(crate) fn status(&self, head: &str) -> u16 {
        self.ask(head, "").status
    }

    /// The exchange that ended last. It is in the journal before its answer leaves.
    pub(crate) fn last(&self) -> Arc<Exchange> {
        let exchanges = self.running.journal().exchanges();
        exchanges.last().expect("there was a request").clone()
    }

    /// Why the last request was no success.
    pub(crate) fn fault(&self) -> String {
        self.last().fault.clone().unwrap_or_default()
    }

    /// Puts a file in place whole, as most editors do: no reader sees half of it.
    pub(crate) fn change(&self, path: &str, text: &str) {
        let target = self.path(path);
        fs::create_dir_all(target.parent().expect("a file lies in a folder")).expect("a folder");
        // A name that no project looks at, in the same file system as the target.
        let beside = self.path(".being-saved");
        fs::write(&beside, text).expect("a file can be written");
        fs::rename(beside, target).expect("a file can be renamed");
    }

    /// Waits until what is served fulfils `condition`, and returns it.
    pub(crate) async fn until(&self, condition: impl Fn(&Registry) -> bool) -> Arc<Registry> {
        let mut changes = self.running.live().subscribe();
        let found = within(changes.wait_for(|registry| condition(registry))).await;
        Arc::clone(&found.expect("the server is there"))
    }

    /// Waits for a notice that `pick` picks, among those that no earlier wait has gone past.
    pub(crate) async fn noticed<T>(&mut self, pick: impl Fn(&Notice) -> Option<T>) -> T {
        let look = async {
            loop {
                for (number, entry) in self.running.journal().since(self.seen, usize::MAX) {
                    self.seen = number;
                    if let Entry::Notice(notice) = entry
                        && let Some(picked) = pick(&notice)
                    {
                        return picked;
                    }
                }
                self.running.journal().newer_than(self.seen).await;
            }
        };
        within(look).await
    }

    /// Waits for the next line that the server says of itself.
    pub(crate) async fn said(&mut self) -> String {
        self.noticed(|notice| match notice {
            Notice::Said { text } => Some(text.clone()),
            _ => None,
        })
        .await
    }

    /// Waits for the next reload, and returns the names of the services that changed.
    pub(crate) async fn reloaded(&mut self) -> Vec<String> {
        self.noticed(|notice| match notice {
            Notice::Reloaded { changed, .. } => Some(changed.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until files are refused, and returns the titles of what is wrong with them.
    pub(crate) async fn rejected(&mut self) -> Vec<String> {
        self.noticed(|notice| match notice {
            Notice::Rejected { diagnostics } => {
                Some(diagnostics.iter().map(|d| d.title.clone()).collect())
            }
            _ => None,
        })
        .await
    }
}

/// Waits for what must come; fails where it does not.
pub(crate) async fn within<F: Future>(coming: F) -> F::Output {
    match tokio::time::timeout(PATIENCE, coming).await {
        Ok(output) => output,
        Err(_) => panic!("it did not come within {PATIENCE:?}"),
    }
}
