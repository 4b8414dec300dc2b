//! The one place where the registry in use is replaced: by new files, or by a public URL that became
//! known.
//!
//! The two come from different tasks. Each builds from what the other has set last, under one lock,
//! so that none undoes the other.

use crate::clock::Clock;
use crate::config::Config;
use crate::handler::Handlers;
use crate::node::Debuggers;
use crate::registry::{self, LiveRegistry, Reach, Registry};
use std::sync::{Arc, Mutex, PoisonError};

/// What the registry in use was built from. Clones are the same.
#[derive(Clone)]
pub(crate) struct Swap(Arc<Shared>);

struct Shared {
    live: LiveRegistry,
    handlers: Handlers,
    clock: Clock,
    debuggers: Option<Debuggers>,
    /// Held while a registry is built, which no request waits for.
    from: Mutex<(Config, Reach)>,
}

impl Swap {
    /// Builds the first registry. To be called within the server's runtime, as all else here.
    pub(crate) fn new(
        config: Config,
        reach: Reach,
        handlers: Handlers,
        clock: Clock,
        debuggers: Option<Debuggers>,
    ) -> Self {
        let first = registry::build(&config, &handlers, reach.clone(), &clock, None);
        first.warm(debuggers.as_ref());
        Swap(Arc::new(Shared {
            live: LiveRegistry::new(first),
            handlers,
            clock,
            debuggers,
            from: Mutex::new((config, reach)),
        }))
    }

    /// The registry in use.
    pub(crate) fn live(&self) -> &LiveRegistry {
        &self.0.live
    }

    /// What is served now.
    pub(crate) fn snapshot(&self) -> Arc<Registry> {
        self.0.live.snapshot()
    }

    /// Serves what `next` says.
    pub(crate) fn config(&self, next: Config) {
        self.change(|config, _| *config = next);
    }

    /// Makes `DOMAIN_NAME` of `url`, and checks signatures against it; `None` takes it back. Services
    /// are built anew, so that JavaScript functions get fresh processes.
    pub(crate) fn public_url(&self, url: Option<String>) {
        self.change(|_, reach| reach.public_url = url);
    }

    fn change(&self, change: impl FnOnce(&mut Config, &mut Reach)) {
        let Shared {
            live,
            handlers,
            clock,
            debuggers,
            from,
        } = &*self.0;
        let mut from = from.lock().unwrap_or_else(PoisonError::into_inner);
        let (config, reach) = &mut *from;
        change(config, reach);
        let current = live.snapshot();
        let next = registry::build(config, handlers, reach.clone(), clock, Some(&current));
        next.warm(debuggers.as_ref());
        live.replace(next);
    }
}

impl std::fmt::Debug for Swap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Swap").finish_non_exhaustive()
    }
}
