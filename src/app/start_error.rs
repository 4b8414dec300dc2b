//! Why a server did not start.

use crate::config::InvalidServiceName;
use crate::diagnostic::Diagnostic;
use crate::listen::ListenError;
use crate::route::InvalidPath;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The project's files cannot be served.
    #[error("the project cannot be served: {} in its files", count(.0))]
    Project(Vec<Diagnostic>),
    /// The port cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The console's port cannot be had.
    #[error("the console has no port: {0}")]
    Console(ListenError),
    /// The services and the console were given one port.
    #[error("port {port} was given to the services and to the console")]
    OnePort {
        /// The port.
        port: u16,
    },
    /// The runtime ended while the files were read.
    #[error("the runtime ended while the project was being loaded")]
    Interrupted,
    /// A service given to the builder has an invalid name.
    #[error(transparent)]
    ServiceName(#[from] InvalidServiceName),
    /// A path given to the builder is none.
    #[error(transparent)]
    Path(#[from] InvalidPath),
}

fn count(diagnostics: &[Diagnostic]) -> String {
    match diagnostics.iter().filter(|d| d.is_error()).count() {
        1 => "1 error".to_string(),
        many => format!("{many} errors"),
    }
}
