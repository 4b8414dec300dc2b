//! A server that runs.

use crate::diagnostic::Diagnostic;
use crate::journal::Journal;
use crate::node::{self, NodeFault};
use crate::registry::{LiveRegistry, Registry};
use crate::server::Drained;
use crate::stop::Stop;
use crate::swap::Swap;
use crate::web_console::RunningConsole;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A server that serves. Dropping it ends it too, without waiting.
#[derive(Debug)]
pub struct Running {
    pub(super) swap: Swap,
    pub(super) journal: Journal,
    pub(super) stop: Stop,
    pub(super) serving: Serving,
    /// Follows messages; `None` once it has ended.
    pub(super) courier: Option<JoinHandle<()>>,
    pub(super) console: Option<RunningConsole>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The task that serves, and how it ended once it has.
#[derive(Debug)]
pub(super) enum Serving {
    Still(JoinHandle<Drained>),
    Ended(Drained),
}

impl Serving {
    async fn ended(&mut self) -> Drained {
        let drained = match self {
            // By reference: who gives this wait up leaves the task to the next one.
            Serving::Still(task) => task.await.unwrap_or(Drained::CutOff(0)),
            Serving::Ended(drained) => *drained,
        };
        *self = Serving::Ended(drained);
        drained
    }
}

impl Running {
    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.swap.snapshot().reach.port
    }

    /// The local URL of a path of a service; the service need not exist.
    pub fn url(&self, service: &str, path: &str) -> String {
        let registry = self.swap.snapshot();
        match registry.service(service) {
            Some(service) => registry.local_url(service, path),
            None => format!("http://localhost:{}/{service}{path}", self.port()),
        }
    }

    /// The console's base, without a slash at the end, if there is one.
    pub fn console_url(&self) -> Option<String> {
        self.console.as_ref().map(RunningConsole::url)
    }

    /// The console itself, if there is one: for links to its page.
    pub fn console(&self) -> Option<&RunningConsole> {
        self.console.as_ref()
    }

    /// What is served at this moment.
    pub fn registry(&self) -> Arc<Registry> {
        self.swap.snapshot()
    }

    /// What is served, and its changes.
    pub fn live(&self) -> &LiveRegistry {
        self.swap.live()
    }

    /// Sets the URL under which the world reaches this server, which is often known only once it
    /// listens; `None` takes it back. See [`Builder::public_url`](super::Builder::public_url). To be
    /// called within the server's runtime.
    pub fn set_public_url(&self, url: Option<&str>) {
        let base = url.map(|url| url.trim_end_matches('/').to_string());
        self.swap.public_url(base);
    }

    /// The same, for tasks that outlive a borrow.
    pub(crate) fn swap(&self) -> Swap {
        self.swap.clone()
    }

    /// What happened.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What there was to say about the project's files at the start; none of it kept the project
    /// from being served.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Why JavaScript functions cannot run, if there are any and they cannot.
    pub(crate) async fn node_fault(&self) -> Option<NodeFault> {
        let registry = self.swap.snapshot();
        let mut pools = registry.services().iter().filter_map(|s| s.node.as_ref());
        match pools.next() {
            // All of them have the same program.
            Some(pool) => node::fault_of(&pool.spec().program).await,
            None => None,
        }
    }

    /// Says that it shall end: for a signal handler. [`Running::stop`] waits for it.
    pub fn stopper(&self) -> Stop {
        self.stop.clone()
    }

    /// Stops listening, lets running exchanges end, and returns when all is over.
    pub async fn stop(mut self) -> Drained {
        self.stop.say();
        self.ended().await
    }

    /// Waits until it has ended, by whoever's wish. A wait that is given up, as in a `select!`, can
    /// be begun again.
    pub async fn ended(&mut self) -> Drained {
        let drained = self.serving.ended().await;
        // What it still asks of functions is no connection's.
        if let Some(courier) = &mut self.courier {
            let _ = courier.await;
            self.courier = None;
        }
        // After the services, so that its readers are told of the last requests.
        if let Some(console) = &mut self.console {
            console.end().await;
        }
        drained
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.say();
    }
}
