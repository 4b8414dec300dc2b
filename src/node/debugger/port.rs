//! The port at which debuggers of one service attach. What comes is passed on to the inspector of
//! the worker that runs the calls.
//!
//! So the port stays when workers come and go, and nobody has to let go of it first. When another
//! worker takes over, connections to the one before are closed, which tools take as a restart: they
//! attach again. A worker that was held at a breakpoint goes on, and answers. Having each worker
//! open the port itself was turned down: it is free only when the one before is dead, and Node tells
//! when a debugger comes but not when it goes, on which the time limit depends.
//!
//! Inspectors listen on loopback, at a port that the system chooses. It is Node that refuses hosts
//! by name, which keeps web pages out; requests pass as they are.

use super::Begin;
use crate::accept::accept;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;

/// How many connections there may be: tools have one each, and ask for lists of targets besides.
const MOST: usize = 64;

/// How long a connection waits for a worker to be there.
const PATIENCE: Duration = Duration::from_secs(30);

/// How an answer begins that makes a connection a debugger's.
const ATTACHED: &[u8] = b"HTTP/1.1 101";

type Targets = watch::Receiver<Option<Arc<Target>>>;

/// The port of one service. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Port {
    begin: Begin,
    address: SocketAddr,
    /// Which of the pools that came one after another is the last.
    pools: AtomicUsize,
    target: watch::Sender<Option<Arc<Target>>>,
    accepting: AbortHandle,
}

/// The inspector of one worker.
#[derive(Debug)]
struct Target {
    port: u16,
    attached: AtomicUsize,
}

/// An inspector that was offered to debuggers. It knows the port by itself, which the next pool may
/// have when the worker's own is gone.
#[derive(Debug)]
pub(in crate::node) struct Offered {
    target: Arc<Target>,
    port: Weak<Port>,
}

/// The place of one pool behind a port. Pools follow one another, and the last one has it.
#[derive(Debug)]
pub(in crate::node) struct Seat {
    port: Arc<Port>,
    number: usize,
}

impl Port {
    /// Listens; returns where, too, since port 0 asks for any.
    pub(super) fn open(address: SocketAddr, begin: Begin) -> io::Result<(Arc<Self>, SocketAddr)> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (target, targets) = watch::channel(None);
        let accepting = tokio::spawn(accept_all(TcpListener::from_std(listener)?, targets));
        let port = Port {
            begin,
            address,
            pools: AtomicUsize::new(0),
            target,
            accepting: accepting.abort_handle(),
        };
        Ok((Arc::new(port), address))
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Seat {
    /// The newest place.
    pub(super) fn new(port: Arc<Port>) -> Self {
        let number = port.pools.fetch_add(1, Ordering::Relaxed) + 1;
        Seat { port, number }
    }

    /// What happens before a debugger is there.
    pub(super) fn begin(&self) -> Begin {
        self.port.begin
    }

    /// Where debuggers attach.
    pub(in crate::node) fn address(&self) -> SocketAddr {
        self.port.address
    }

    /// A worker's inspector listens on `port` of loopback: debuggers get there from now on. Those of
    /// the worker before are cut off.
    pub(super) fn offer(&self, port: u16) -> Offered {
        let target = Arc::new(Target {
            port,
            attached: AtomicUsize::new(0),
        });
        if self.port.pools.load(Ordering::Relaxed) == self.number {
            self.port.target.send_replace(Some(Arc::clone(&target)));
        }
        Offered {
            target,
            port: Arc::downgrade(&self.port),
        }
    }
}

impl Offered {
    /// Whether a debugger is attached to it.
    pub(super) fn is_attached(&self) -> bool {
        self.target.attached.load(Ordering::Relaxed) > 0
    }

    /// The worker behind it is gone.
    pub(super) fn withdraw(&self) {
        let Some(port) = self.port.upgrade() else {
            return;
        };
        port.target.send_if_modified(|now| {
            let is_it = is(now, &self.target);
            if is_it {
                *now = None;
            }
            is_it
        });
    }
}

fn is(now: &Option<Arc<Target>>, target: &Arc<Target>) -> bool {
    now.as_ref().is_some_and(|now| Arc::ptr_eq(now, target))
}

async fn accept_all(listener: TcpListener, targets: Targets) {
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (client, _) = accept(&listener).await;
        let targets = targets.clone();
        tokio::spawn(async move {
            // Either side may leave at any time, which is no news.
            let _ = pass(client, targets).await;
            drop(permit);
        });
    }
}

/// Passes bytes between a debugger and the worker of this moment, until one of them leaves, or
/// another worker takes over.
async fn pass(client: TcpStream, mut targets: Targets) -> io::Result<()> {
    let found = tokio::time::timeout(PATIENCE, found(&mut targets)).await;
    let Ok(Some(target)) = found else {
        return Ok(());
    };
    let worker = TcpStream::connect((Ipv4Addr::LOCALHOST, target.port)).await?;
    // Small messages to and fro: waiting to fill a packet would delay each of them.
    client.set_nodelay(true)?;
    worker.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_worker, mut to_worker) = worker.into_split();
    let down = async {
        let mut first = vec![0; 16 * 1024];
        let read = from_worker.read(&mut first).await?;
        let _attached = first[..read]
            .starts_with(ATTACHED)
            .then(|| Attached::new(&target));
        to_client.write_all(&first[..read]).await?;
        copy(&mut from_worker, &mut to_client).await
    };
    tokio::select! {
        done = copy(&mut from_client, &mut to_worker) => done.map(drop),
        done = down => done.map(drop),
        () = left(&mut targets, &target) => Ok(()),
    }
}

/// The worker to be debugged, once there is one; `None` when the port is closed.
async fn found(targets: &mut Targets) -> Option<Arc<Target>> {
    targets.wait_for(Option::is_some).await.ok()?.clone()
}

/// Waits until `target` is not the one any more, or the port is closed.
async fn left(targets: &mut Targets, target: &Arc<Target>) {
    let _ = targets.wait_for(|now| !is(now, target)).await;
}

/// A debugger, as long as it is attached.
struct Attached(Arc<Target>);

impl Attached {
    fn new(target: &Arc<Target>) -> Self {
        target.attached.fetch_add(1, Ordering::Relaxed);
        Attached(Arc::clone(target))
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.0.attached.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_that_outlives_its_pool_is_withdrawn_all_the_same() {
        let free = (Ipv4Addr::LOCALHOST, 0).into();
        let (port, _) = Port::open(free, Begin::AtOnce).unwrap();
        let first = Seat::new(Arc::clone(&port));
        let old = first.offer(1);
        let second = Seat::new(Arc::clone(&port));
        drop(first);
        assert!(port.target.borrow().is_some(), "until another one is there");
        old.withdraw();
        assert!(port.target.borrow().is_none());
        let new = second.offer(2);
        old.withdraw();
        assert!(is(&port.target.borrow(), &new.target));
    }
}
