//! The port of the console.

use crate::listen::{self, Host, ListenError};
use tokio::net::TcpListener;

/// The console's port where none is asked for. (4040, which one would think of first, is ngrok's.)
pub const DEFAULT_PORT: u16 = 4545;

/// How many ports after the default are tried before any will do.
const NEXT: u16 = 20;

/// Which port it shall have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsolePort {
    /// The default, or the next one that is free.
    #[default]
    Default,
    /// This one; 0 is any that is free.
    Given(u16),
}

/// Opens the sockets, all with the same port, which is returned.
///
/// # Errors
///
/// When the given port cannot be had.
pub async fn listen(port: ConsolePort) -> Result<(Vec<TcpListener>, u16), ListenError> {
    let ports = match port {
        ConsolePort::Given(port) => return listen::listen(Host::Loopback, port).await,
        ConsolePort::Default => DEFAULT_PORT..=DEFAULT_PORT + NEXT,
    };
    for port in ports {
        if let Ok(found) = listen::listen(Host::Loopback, port).await {
            return Ok(found);
        }
    }
    listen::listen(Host::Loopback, 0).await
}
