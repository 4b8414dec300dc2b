//! The one place where the registry in use is replaced: by new files, by a public URL that became
//! known, or by a visibility that is tried out.
//!
//! They come from different tasks. Each builds from what the others have set last, under one lock,
//! so that none undoes another.

use crate::clock::Clock;
use crate::config::Config;
use crate::handler::Handlers;
use crate::node::Around;
use crate::registry::{self, LiveRegistry, Override, Overrides, Reach, Registry, visibility_in};
use crate::visibility::Visibility;
use std::sync::{Arc, Mutex, PoisonError};

/// What the registry in use was built from. Clones are the same.
#[derive(Clone)]
pub(crate) struct Swap(Arc<Shared>);

struct Shared {
    live: LiveRegistry,
    handlers: Handlers,
    clock: Clock,
    around: Around,
    /// Held while a registry is built, which no request waits for.
    from: Mutex<From>,
}

struct From {
    /// As the files have it.
    config: Config,
    reach: Reach,
    overrides: Overrides,
}

/// A visibility that is tried out, or is no more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    /// What held before.
    pub(crate) before: Visibility,
    /// What holds now.
    pub(crate) now: Visibility,
    /// What the files say.
    pub(crate) written: Visibility,
    /// The registry that has it.
    pub(crate) generation: u64,
}

impl Swap {
    /// Builds the first registry. To be called within the server's runtime, as all else here.
    pub(crate) fn new(
        config: Config,
        reach: Reach,
        handlers: Handlers,
        clock: Clock,
        around: Around,
    ) -> Self {
        let none = Overrides::default();
        let first = registry::build(&config, &handlers, reach.clone(), none, &clock, None);
        first.warm(&around);
        Swap(Arc::new(Shared {
            live: LiveRegistry::new(first),
            handlers,
            clock,
            around,
            from: Mutex::new(From {
                config,
                reach,
                overrides: Overrides::default(),
            }),
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
        self.change(|from| from.config = next);
    }

    /// Makes `DOMAIN_NAME` of `url`, and checks signatures against it; `None` takes it back. Services
    /// are built anew, so that JavaScript functions get fresh processes.
    pub(crate) fn public_url(&self, url: Option<String>) {
        self.change(|from| from.reach.public_url = url);
    }

    /// Gives what is at `path` of `service` that visibility until the server ends, whatever the files
    /// say; `None` is what they say. `None` is returned where nothing is there.
    pub(crate) fn try_visibility(
        &self,
        service: &str,
        path: &str,
        wanted: Option<Visibility>,
    ) -> Option<Tried> {
        let mut from = self.0.from.lock().unwrap_or_else(PoisonError::into_inner);
        let written = *visibility_in(&mut from.config, service, path)?;
        let known = from.overrides.get(service, path);
        let before = known.map_or(written, |known| known.tried);
        let now = wanted.unwrap_or(written);
        if now != before {
            let tried = Override {
                tried: now,
                written,
            };
            let tried = (now != written).then_some(tried);
            from.overrides.set(service, path, tried);
            self.build(&mut from);
        }
        Some(Tried {
            before,
            now,
            written,
            generation: self.snapshot().generation,
        })
    }

    fn change(&self, change: impl FnOnce(&mut From)) {
        let mut from = self.0.from.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut from);
        self.build(&mut from);
    }

    /// Puts in use what `from` says.
    fn build(&self, from: &mut From) {
        let Shared {
            live,
            handlers,
            clock,
            around,
            ..
        } = &*self.0;
        let mut config = from.config.clone();
        from.overrides.apply(&mut config);
        let (reach, overrides) = (from.reach.clone(), from.overrides.clone());
        let current = live.snapshot();
        let next = registry::build(&config, handlers, reach, overrides, clock, Some(&current));
        next.warm(around);
        live.replace(next);
    }
}

impl std::fmt::Debug for Swap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Swap").finish_non_exhaustive()
    }
}
