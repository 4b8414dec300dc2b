//! Descriptors that a process inherits beside its three standard ones.
//!
//! Their numbers are low, and always the same: Node keeps what it has inherited from what it starts
//! itself, but looks for it only up to the first gap above 15 (libuv, `uv_disable_stdio_inheritance`).
//! So two low numbers are held from the start of the program on.

use rustix::io::{FdFlags, dup2, fcntl_dupfd_cloexec, fcntl_setfd};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while descriptors can be inherited, so that no other process inherits them too.
static BERTHS: Mutex<Option<Berths>> = Mutex::new(None);

/// Numbers that are taken, by nothing.
struct Berths {
    empty: File,
    two: [OwnedFd; 2],
}

impl Berths {
    fn new() -> io::Result<Self> {
        let empty = File::open("/dev/null")?;
        // The lowest that are free, behind the standard ones.
        let lowest = || fcntl_dupfd_cloexec(&empty, 3);
        let two = [lowest()?, lowest()?];
        Ok(Berths { empty, two })
    }

    fn numbers(&self) -> [RawFd; 2] {
        let [one, other] = &self.two;
        [one.as_raw_fd(), other.as_raw_fd()]
    }

    fn put(&mut self, descriptors: [BorrowedFd<'_>; 2]) -> io::Result<()> {
        for (descriptor, berth) in descriptors.into_iter().zip(&mut self.two) {
            dup2(descriptor, berth)?;
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        for berth in &mut self.two {
            dup2(&self.empty, berth)?;
            fcntl_setfd(berth, FdFlags::CLOEXEC)?;
        }
        Ok(())
    }
}

fn berths() -> MutexGuard<'static, Option<Berths>> {
    BERTHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the numbers, if they are not taken yet: early, or they are no low ones.
pub(crate) fn reserve() {
    let mut berths = berths();
    if berths.is_none() {
        // A machine without descriptors may have some later.
        *berths = Berths::new().ok();
    }
}

/// Runs `spawn`, whose process inherits `descriptors` under the numbers that `spawn` is given.
pub(super) fn inheriting<T>(
    descriptors: [BorrowedFd<'_>; 2],
    spawn: impl FnOnce([RawFd; 2]) -> io::Result<T>,
) -> io::Result<T> {
    let mut berths = berths();
    let berths = match &mut *berths {
        Some(berths) => berths,
        none => none.insert(Berths::new()?),
    };
    let spawned = berths.put(descriptors);
    let spawned = spawned.and_then(|()| spawn(berths.numbers()));
    berths.clear()?;
    spawned
}
