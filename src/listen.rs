//! The sockets that a server listens on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;

/// Where to listen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// 127.0.0.1 and ::1, so that `localhost` gets in whichever way a client resolves it.
    #[default]
    Loopback,
    /// One address.
    Address(IpAddr),
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program has the port.
    #[error(
        "port {port} is taken on {address}: stop the other program, or choose another port (--port N; 0 takes any that is free)"
    )]
    Taken {
        /// The port asked for.
        port: u16,
        /// The address on which it is taken.
        address: IpAddr,
    },
    /// The address is not this machine's, the port needs rights, or the like.
    #[error("cannot listen on {address}: {error}")]
    Refused {
        /// The address and port.
        address: SocketAddr,
        /// The system's words.
        error: io::Error,
    },
}

/// How often a free port of IPv4 is tried to be had for IPv6 too.
const TRIES: usize = 16;

/// Opens the sockets for `host` and `port`; all have the same port, which is returned (port 0 asks
/// for any free one).
///
/// # Errors
///
/// When the port cannot be had. A machine without IPv6 is content with IPv4.
pub async fn listen(host: Host, port: u16) -> Result<(Vec<TcpListener>, u16), ListenError> {
    let address = match host {
        Host::Address(address) => {
            let (listener, port) = bind(address, port).await?;
            return Ok((vec![listener], port));
        }
        Host::Loopback => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let (v4, bound) = bind(address, port).await?;
        match bind(IpAddr::V6(Ipv6Addr::LOCALHOST), bound).await {
            Ok((v6, _)) => return Ok((vec![v4, v6], bound)),
            // Free on IPv4 but taken on IPv6: of several free ports another will do.
            Err(ListenError::Taken { .. }) if port == 0 && tries < TRIES => {}
            Err(taken @ ListenError::Taken { .. }) => return Err(taken),
            Err(ListenError::Refused { .. }) => return Ok((vec![v4], bound)),
        }
    }
}

async fn bind(address: IpAddr, port: u16) -> Result<(TcpListener, u16), ListenError> {
    let socket = SocketAddr::new(address, port);
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken { port, address },
        _ => ListenError::Refused {
            address: socket,
            error,
        },
    };
    let listener = TcpListener::bind(socket).await.map_err(refused)?;
    let port = listener.local_addr().map_err(refused)?.port();
    Ok((listener, port))
}
