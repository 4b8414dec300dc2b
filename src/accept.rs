//! Connections, one after another.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// How long to wait when the machine has no file descriptor left for another connection.
const AGAIN: Duration = Duration::from_millis(100);

/// The next connection that is there to be served, and who made it. It can be given up at any time, and
/// asked for again.
///
/// A connection that was gone before it was taken, or no descriptor for it: neither is a reason to end.
pub(crate) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}
