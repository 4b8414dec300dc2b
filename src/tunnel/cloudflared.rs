//! Cloudflare's agent, without an account: its arguments, and its log on standard error.
//!
//! Source: Cloudflare docs, "TryCloudflare"; the log as cloudflared 2022 to 2026 write it: the URL
//! stands in a frame of its own line, faults in lines at the level `ERR`, and a refused request
//! for a tunnel in a line that begins with `failed to request quick Tunnel`.

use super::url::{public, quotable};
use super::{Told, TunnelError};
use std::ffi::OsString;

pub(super) fn arguments(port: u16) -> Vec<OsString> {
    let url = format!("http://127.0.0.1:{port}");
    ["tunnel", "--url", &url].map(OsString::from).to_vec()
}

pub(super) fn read(line: &str) -> Option<Told> {
    // Before the URL: the words of a refusal hold that of the service itself.
    if line.starts_with("failed to ") || line.contains(" ERR failed to ") {
        return Some(Told::Fault(TunnelError::Refused {
            program: "cloudflared",
            why: quotable(line),
        }));
    }
    if let Some(url) = line.split_whitespace().find_map(own_url) {
        return Some(Told::Url(url));
    }
    line.contains(" ERR ")
        .then(|| Told::Trouble(quotable(line)))
}

fn own_url(word: &str) -> Option<String> {
    let url = public(word)?;
    let host = url.strip_prefix("https://")?;
    let own = host.ends_with(".trycloudflare.com") && host != "api.trycloudflare.com";
    own.then_some(url)
}
