//! The socket of a connection, for hyper to read and write and for us to look at beside it.
//!
//! hyper notices that a caller has left by reading ahead while the answer is being made. For that it
//! takes a new buffer of 8 KiB for every request, since the request's head still lies in the old one;
//! that was a twelfth of a small request's time (measured). So hyper is told not to, and the
//! connection's task asks the socket itself.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Up to so many bytes are copied into one piece before they are written: the system takes one piece
/// more quickly than several.
const WHOLE: usize = 1024;

/// A TCP socket with several owners, all in one task, so that its lock is never waited for. It is
/// there since tokio's own reading wants a `&mut`; `try_read` does not, but leaves a socket marked as
/// readable that it has read to its end, which costs each later look a system call in vain.
#[derive(Clone, Debug)]
pub(super) struct Socket {
    stream: Arc<Mutex<TcpStream>>,
    writing: Arc<Writing>,
}

/// How the writing goes on a socket.
#[derive(Debug, Default)]
pub(super) struct Writing {
    times: AtomicU32,
    waits: AtomicBool,
}

impl Writing {
    /// How often something was written: a caller that takes an answer is a sign of life, too.
    pub(super) fn times(&self) -> u32 {
        self.times.load(Ordering::Relaxed)
    }

    fn note(&self, waits: bool) {
        if !waits {
            self.times.fetch_add(1, Ordering::Relaxed);
        }
        self.waits.store(waits, Ordering::Relaxed);
    }

    /// Whether there is something to be written that the caller does not take yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }
}

impl Socket {
    /// `writing` is told of every write.
    pub(super) fn new(stream: TcpStream, writing: Arc<Writing>) -> Self {
        Socket {
            stream: Arc::new(Mutex::new(stream)),
            writing,
        }
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the other side has closed its end; `context` is woken when it does. Bytes that have
    /// arrived and were not read yet are taken for a sign of life.
    pub(super) fn is_left(&self, context: &mut Context<'_>) -> bool {
        let mut byte = [0];
        match self
            .stream()
            .poll_peek(context, &mut ReadBuf::new(&mut byte))
        {
            Poll::Ready(Ok(length)) => length == 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(context, buffer)
    }
}

impl Socket {
    /// Takes note of what came of a try to write.
    fn wrote(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.writing.note(written.is_pending());
        written
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut *self.stream()).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        let mut whole = [0; WHOLE];
        let written = match whole.get_mut(..length) {
            Some(whole) => {
                let mut rest = &mut *whole;
                for slice in slices {
                    let (room, after) = rest.split_at_mut(slice.len());
                    room.copy_from_slice(slice);
                    rest = after;
                }
                Pin::new(&mut *self.stream()).poll_write(context, whole)
            }
            None => Pin::new(&mut *self.stream()).poll_write_vectored(context, slices),
        };
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(context)
    }
}
