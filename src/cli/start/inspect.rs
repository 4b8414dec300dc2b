//! `--inspect` and `--inspect-brk`: where debuggers attach to JavaScript functions.

use crate::node::{Begin, Inspect};
use clap::Args;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Node's own.
const DEFAULT_PORT: u16 = 9229;

#[derive(Debug, Default, Args)]
pub(super) struct InspectArgs {
    /// Let debuggers attach to JavaScript functions [default: 127.0.0.1:9229]; further services have
    /// the next ports
    #[arg(long, value_name = "[HOST:]PORT", value_parser = address)]
    #[arg(num_args = 0..=1, require_equals = true)]
    inspect: Option<Option<SocketAddr>>,
    /// As --inspect; functions wait for a debugger, and break at their first line
    #[arg(long, value_name = "[HOST:]PORT", value_parser = address)]
    #[arg(num_args = 0..=1, require_equals = true)]
    inspect_brk: Option<Option<SocketAddr>>,
}

impl InspectArgs {
    /// What the two come to: `--inspect-brk` is the stronger wish, and either may say where.
    pub(super) fn inspect(&self) -> Option<Inspect> {
        let begin = match (self.inspect, self.inspect_brk) {
            (None, None) => return None,
            (_, Some(_)) => Begin::Waiting,
            (Some(_), None) => Begin::AtOnce,
        };
        let said = self.inspect_brk.flatten().or(self.inspect.flatten());
        let address = said.unwrap_or_else(|| at(Ipv4Addr::LOCALHOST.into(), DEFAULT_PORT));
        Some(Inspect { address, begin })
    }
}

fn at(host: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(host, port)
}

/// `PORT`, `HOST`, or both.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(at(Ipv4Addr::LOCALHOST.into(), port));
    }
    if let Some(host) = host(text) {
        return Ok(at(host, DEFAULT_PORT));
    }
    let parts = text.rsplit_once(':');
    let parsed = parts.and_then(|(name, port)| Some(at(host(name)?, port.parse().ok()?)));
    parsed.ok_or_else(|| {
        "neither a port, as in 9229, nor an address of this machine with one, as in \
         127.0.0.1:9229"
            .to_string()
    })
}

fn host(text: &str) -> Option<IpAddr> {
    if text.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    bare.unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_port_a_host_or_both() {
        for (text, expected) in [
            ("9230", "127.0.0.1:9230"),
            ("0", "127.0.0.1:0"),
            ("0.0.0.0", "0.0.0.0:9229"),
            ("0.0.0.0:1", "0.0.0.0:1"),
            ("localhost:7", "127.0.0.1:7"),
            ("[::1]:7", "[::1]:7"),
            ("::1", "[::1]:9229"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "x",
            "example.com:9229",
            "127.0.0.1:",
            "65536",
            "1.2.3.4:65536",
        ] {
            let told = address(text).unwrap_err();
            assert!(told.contains("as in 9229"), "{text}: {told}");
        }
    }

    #[test]
    fn either_flag_may_say_where_and_one_waits() {
        let here = address("7").unwrap();
        let usual = address("9229").unwrap();
        for (inspect, inspect_brk, expected) in [
            (None, None, None),
            (Some(None), None, Some((usual, Begin::AtOnce))),
            (Some(Some(here)), None, Some((here, Begin::AtOnce))),
            (None, Some(None), Some((usual, Begin::Waiting))),
            (Some(Some(here)), Some(None), Some((here, Begin::Waiting))),
        ] {
            let args = InspectArgs {
                inspect,
                inspect_brk,
            };
            let expected = expected.map(|(address, begin)| Inspect { address, begin });
            assert_eq!(args.inspect(), expected);
        }
    }
}
