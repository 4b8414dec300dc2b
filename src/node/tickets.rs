//! Tickets: how a call that was sent ahead is either started or taken back, and never both.
//!
//! A wake-up of the other process for each call costs more than a quick function does, so calls are
//! sent ahead to a worker that is busy. If the function before them then takes long, they must go
//! elsewhere, while the worker may be spinning and answer no question. So each of them has a ticket
//! in a pipe that both sides can read: whoever reads it has the call. The worker reads it before it
//! starts the call, the server to take the call back; the kernel hands a ticket out once. After a
//! death, too, the tickets that are left are exactly the calls that were not started.
//!
//! Asking the worker to give calls back was turned down: one that spins does not answer.

use rustix::io::ioctl_fionbio;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

/// The server's ends of the pipe.
#[derive(Debug)]
pub(super) struct Tickets {
    give: PipeWriter,
    take: PipeReader,
}

impl Tickets {
    pub(super) fn new() -> io::Result<Self> {
        let (take, give) = io::pipe()?;
        // For both sides: a ticket that is gone must not be waited for.
        ioctl_fionbio(&take, true)?;
        ioctl_fionbio(&give, true)?;
        Ok(Tickets { give, take })
    }

    /// The reading end, for the other side.
    pub(super) fn reading_end(&self) -> BorrowedFd<'_> {
        self.take.as_fd()
    }

    /// Lays out tickets. Before the calls themselves are sent, or the worker would take them for
    /// recalled.
    pub(super) fn give(&mut self, ids: impl Iterator<Item = u32>) -> io::Result<()> {
        let tickets: Vec<u8> = ids.flat_map(u32::to_be_bytes).collect();
        if tickets.is_empty() {
            return Ok(());
        }
        // Far less than a pipe holds, so that they are written whole and at once.
        self.give.write_all(&tickets)
    }

    /// Takes back all that are left.
    pub(super) fn take_back(&mut self) -> Vec<u32> {
        let mut ids = Vec::new();
        let mut read = [0; 256];
        // Whole tickets only are written and read, so that none is ever cut.
        while let Ok(length @ 1..) = self.take.read(&mut read) {
            let tickets = read[..length].chunks_exact(4);
            ids.extend(tickets.map(|t| u32::from_be_bytes([t[0], t[1], t[2], t[3]])));
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_handed_out_once() {
        let mut tickets = Tickets::new().unwrap();
        assert!(tickets.take_back().is_empty());
        tickets.give([1].into_iter()).unwrap();
        tickets.give([2, u32::MAX].into_iter()).unwrap();
        let mut one = [0; 4];
        tickets.take.read_exact(&mut one).unwrap();
        assert_eq!(u32::from_be_bytes(one), 1);
        assert_eq!(tickets.take_back(), [2, u32::MAX]);
        assert!(tickets.take_back().is_empty());
    }
}
