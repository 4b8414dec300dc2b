//! Descriptors that a process inherits beside its three standard ones, under the numbers that they
//! have here.

use rustix::io::{FdFlags, fcntl_setfd};
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

/// Held while descriptors can be inherited, so that no other process inherits them too.
static INHERITING: Mutex<()> = Mutex::new(());

/// Runs `spawn`, whose process inherits `descriptors`.
pub(super) fn inheriting<T>(
    descriptors: &[BorrowedFd<'_>],
    spawn: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    let _alone = INHERITING.lock().unwrap_or_else(PoisonError::into_inner);
    let set = |flags| {
        let mut all = descriptors.iter();
        all.try_for_each(|descriptor| fcntl_setfd(descriptor, flags))
    };
    let spawned = set(FdFlags::empty()).map_err(io::Error::from);
    let spawned = spawned.and_then(|()| spawn());
    set(FdFlags::CLOEXEC)?;
    spawned
}
