//! Debuggers: each service with JavaScript functions has a port at which one attaches, the same for
//! as long as it is served.
//!
//! Behind the port stands the inspector of whichever worker runs the calls: see [`port`]. While a
//! service is debugged, one worker runs all its calls, one at a time, and the time limit is off as
//! long as a debugger is attached.

mod pool;
mod port;
mod worker;

pub(super) use port::{Offered, Seat};
pub(super) use worker::Debugged;

use super::pool::NodePool;
use crate::journal::{Journal, Notice};
use port::Port;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// That the JavaScript functions of a server can be debugged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspect {
    /// Where debuggers attach to the first service; each further one has the next port. With port 0
    /// each has any that is free.
    pub address: SocketAddr,
    /// What happens before a debugger is there.
    pub begin: Begin,
}

/// What happens before a debugger is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Functions run.
    AtOnce,
    /// Functions wait, and break where the first file of the user's begins.
    Waiting,
}

/// The ports of a server. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Debuggers(Arc<All>);

#[derive(Debug)]
struct All {
    inspect: Inspect,
    journal: Journal,
    /// By service, for as long as a pool of it has one.
    ports: Mutex<HashMap<String, Numbered>>,
}

#[derive(Debug)]
struct Numbered {
    address: SocketAddr,
    port: Weak<Port>,
}

impl Debuggers {
    /// No service has a port yet.
    pub(crate) fn new(inspect: Inspect, journal: Journal) -> Self {
        Debuggers(Arc::new(All {
            inspect,
            journal,
            ports: Mutex::default(),
        }))
    }

    /// Puts `pool` behind the port of `service`, which is opened if it is not open, unless `pool` is
    /// there already. Where the port cannot be had, that is said, and functions run without it. To
    /// be called within a tokio runtime, before the pool has started anything.
    pub(crate) fn seat(&self, service: &str, pool: &NodePool) {
        if pool.is_debugged() {
            return;
        }
        let Inspect { address, begin } = self.0.inspect;
        let mut ports = self.0.ports.lock().unwrap_or_else(PoisonError::into_inner);
        let address = match ports.get(service) {
            Some(known) => match known.port.upgrade() {
                Some(port) => return pool.debug(Seat::new(port)),
                None => known.address,
            },
            None => after(address, ports.len()),
        };
        let opened = Port::open(address, begin);
        let (address, port) = match &opened {
            Ok((port, address)) => (*address, Arc::downgrade(port)),
            Err(_) => (address, Weak::new()),
        };
        ports.insert(service.to_string(), Numbered { address, port });
        match opened {
            Ok((port, address)) => {
                self.say(listening(service, address, begin));
                pool.debug(Seat::new(port));
            }
            Err(error) => self.say(failed(service, address, &error)),
        }
    }

    fn say(&self, text: String) {
        self.0.journal.note(Notice::Said { text });
    }
}

/// The address of the service that is the `nth` to be debugged, from 0.
fn after(first: SocketAddr, nth: usize) -> SocketAddr {
    let nth = u16::try_from(nth).unwrap_or(u16::MAX);
    let port = match first.port() {
        0 => 0,
        port => port.saturating_add(nth),
    };
    SocketAddr::new(first.ip(), port)
}

fn listening(service: &str, address: SocketAddr, begin: Begin) -> String {
    let begins = match begin {
        Begin::AtOnce => "",
        Begin::Waiting => "; its functions wait for one",
    };
    format!("debuggers of {service} attach to {address}{begins}")
}

fn failed(service: &str, address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{service} runs without a debugger: port {} is taken on {}; stop the other program, or \
             choose another port (--inspect=PORT)",
            address.port(),
            address.ip()
        ),
        _ => format!("{service} runs without a debugger: cannot listen on {address}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_a_port_of_its_own() {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        for (first, nth, expected) in [
            (9229, 0, 9229),
            (9229, 2, 9231),
            (0, 2, 0),
            (u16::MAX, 1, u16::MAX),
        ] {
            assert_eq!(after(at(first), nth), at(expected));
        }
    }
}
