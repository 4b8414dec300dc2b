//! From a URL to a connection, with TLS where it says so.

use super::tls;
use crate::webhook::Missed;
use crate::webhook::Unreached;
use http::Uri;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

/// A connection, plain or with TLS.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

pub(super) async fn connect(uri: &Uri) -> Result<Stream, Missed> {
    let bracketed = uri.host().unwrap_or_default();
    let host = bracketed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(bracketed);
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => {
            return Err(Missed::new(
                Unreached::Protocol,
                format!("{uri} is neither http nor https"),
            ));
        }
    };
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let mut refused = None;
    for address in addresses(host, port).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // A small request is not to wait for more of it.
                let _ = stream.set_nodelay(true);
                return match secure {
                    false => Ok(Stream::Plain(stream)),
                    true => Ok(Stream::Tls(Box::new(tls::secure(stream, host).await?))),
                };
            }
            Err(error) => refused = Some(error),
        }
    }
    let why = refused.map_or("it has no address".to_string(), |error| error.to_string());
    Err(Missed::new(
        Unreached::Connection,
        format!("nothing answers at {host}:{port}: {why}"),
    ))
}

/// Whether a host's name is this machine's, whatever the system's resolver says: RFC 6761, 6.3.
pub(crate) fn is_of_this_machine(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// All that the name leads to.
async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Missed> {
    if is_of_this_machine(host) {
        let loopback = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        return Ok(loopback.map(|ip| SocketAddr::new(ip, port)).into());
    }
    match lookup_host((host, port)).await {
        Ok(found) => Ok(found.collect()),
        Err(error) => Err(Missed::new(
            Unreached::Host,
            format!("the host {host} is not known: {error}"),
        )),
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
