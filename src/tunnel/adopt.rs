//! A tunnel that somebody has opened to our port already, found by asking ngrok's agent.
//!
//! Source: ngrok docs, "Agent API": `GET /api/tunnels` on 127.0.0.1:4040, without authentication.
//! Only this machine is asked, and not for long.

use super::url::public;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Where the agent answers, unless its `web_addr` says otherwise: then this variable has to say so
/// too.
const VARIABLE: &str = "SWITCHBOARD_NGROK_API";
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4040);

/// How long the question may take.
const PATIENCE: Duration = Duration::from_millis(200);
/// The longest answer that is read.
const MOST_BYTES: u64 = 256 * 1024;

/// The public URL of an ngrok tunnel to `port`, under `domain` if there is one; `None` where no agent
/// answers, or has such a tunnel.
pub(crate) async fn running(port: u16, domain: Option<&str>) -> Option<String> {
    let answer = timeout(PATIENCE, ask(address())).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let ok = head.split(' ').nth(1) == Some("200");
    tunnel_to(port, domain, body).filter(|_| ok)
}

fn address() -> SocketAddr {
    let named = std::env::var(VARIABLE).ok();
    let named = named.and_then(|named| named.parse::<SocketAddr>().ok());
    // Another machine's answer would be nobody's business.
    named
        .filter(|address| address.ip().is_loopback())
        .unwrap_or(USUAL)
}

async fn ask(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    // HTTP/1.0, so that the answer comes in one piece and ends with the connection.
    let request =
        format!("GET /api/tunnels HTTP/1.0\r\nHost: {address}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The first tunnel in `body` that leads to `port` of this machine.
pub(super) fn tunnel_to(port: u16, domain: Option<&str>, body: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(body).ok()?;
    let tunnels = answer.get("tunnels")?.as_array()?;
    tunnels.iter().find_map(|tunnel| {
        let leads_to = tunnel.get("config")?.get("addr")?.as_str()?;
        let url = public(tunnel.get("public_url")?.as_str()?)?;
        let wanted = domain.is_none_or(|domain| url == format!("https://{domain}"));
        (wanted && is_ours(leads_to, port)).then_some(url)
    })
}

/// Whether `address`, such as `http://localhost:3000` or `3000`, is `port` of this machine.
fn is_ours(address: &str, port: u16) -> bool {
    let address = address.strip_prefix("http://").unwrap_or(address);
    let (host, given) = address.rsplit_once(':').unwrap_or(("localhost", address));
    let own = matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "::1");
    own && given.trim_end_matches('/').parse() == Ok(port)
}
