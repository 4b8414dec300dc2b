//! The last reading of the project's files, for whoever asks later.

use crate::diagnostic::Diagnostic;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The last time that the project's files were read with news. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct LastLoad(Arc<Mutex<Arc<Load>>>);

/// What came of reading the project's files.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) at: SystemTime,
    /// From the first sign of the change.
    pub(crate) took: Duration,
    /// Whether they are served; else the last good version is.
    pub(crate) served: bool,
    /// The number of the registry that is served.
    pub(crate) generation: u64,
    /// The services that changed, appeared or went.
    pub(crate) changed: Vec<String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl LastLoad {
    /// The one at the start.
    pub(crate) fn new(first: Load) -> Self {
        LastLoad(Arc::new(Mutex::new(Arc::new(first))))
    }

    pub(crate) fn get(&self) -> Arc<Load> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, load: Load) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(load);
    }
}
