//! What a server's configuration comes from.

use crate::config::{
    self, Cloud, Config, FunctionResource, Limits, LimitsOrigin, Loaded, ServiceName,
};
use crate::handler::Handlers;
use std::fmt;
use std::path::PathBuf;

/// What is read for a server's configuration, again and again: a folder, what the program that
/// starts the server adds, or both.
pub(crate) struct Project {
    pub(crate) folder: Option<PathBuf>,
    pub(crate) options: config::Options,
    pub(crate) handlers: Handlers,
    /// Functions beside those of the folder.
    pub(crate) functions: Vec<(ServiceName, FunctionResource)>,
    /// Beats the folder's.
    pub(crate) limits: Option<Limits>,
    /// Beats the folder's.
    pub(crate) cloud: Option<Cloud>,
}

impl Project {
    /// Whether it is the program that adds what is at `path` of `service`.
    pub(crate) fn adds(&self, service: &str, path: &str) -> bool {
        let mut added = self.functions.iter();
        added.any(|(name, function)| name.as_str() == service && function.path.as_str() == path)
    }

    /// Loads it as it is now. Reads files: not for an async thread.
    pub(crate) fn load(&self) -> Loaded {
        let mut loaded = match &self.folder {
            Some(folder) => {
                let names: Vec<&str> = self.handlers.names().collect();
                config::load(folder, &self.options, &names)
            }
            None => Loaded {
                config: Some(Config::default()),
                diagnostics: Vec::new(),
                watched: Vec::new(),
            },
        };
        if let Some(config) = &mut loaded.config {
            for (service, function) in &self.functions {
                config.add_function(service, function.clone());
            }
            if let Some(limits) = self.limits {
                config.limits = limits;
                config.limits_origin = LimitsOrigin::Program;
            }
            config.cloud = self.cloud.unwrap_or(config.cloud);
        }
        loaded
    }
}

impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest holds variables, which are secrets.
        f.debug_struct("Project")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
