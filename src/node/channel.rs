//! The server's end of a worker's channel: frames that wait to be written, bytes that are no whole
//! frame yet.

use super::message::{self, Said};
use super::wire::{self, Kind};
use bytes::{Buf, BytesMut};
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;

/// How much is read at a time.
const READ_ROOM: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    unwritten: Vec<u8>,
    read: BytesMut,
}

/// What happened to a channel.
#[derive(Debug)]
pub(super) enum Moved {
    /// Something has come.
    Read,
    /// More can be written.
    Room,
    /// The other side has closed it.
    End,
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> Self {
        Channel {
            stream,
            unwritten: Vec::new(),
            read: BytesMut::with_capacity(READ_ROOM),
        }
    }

    /// Lays a frame out, to go with the next [`Channel::write`].
    pub(super) fn put(&mut self, kind: Kind, id: u32, flags: u8, head: &[u8], body: &[u8]) {
        wire::encode(&mut self.unwritten, kind, id, flags, head, body);
    }

    /// How many bytes wait to be written.
    pub(super) fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// Writes what there is room for.
    pub(super) fn write(&mut self) {
        while !self.unwritten.is_empty() {
            match self.stream.try_write(&self.unwritten) {
                Ok(written) => {
                    self.unwritten.drain(..written);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // It is dead; what it said before is still to be read.
                Err(_) => {
                    self.unwritten.clear();
                    break;
                }
            }
        }
    }

    /// Waits until something was read, or more can be written where that is wanted.
    ///
    /// Not `readable` and then `try_read`: that needs one more system call, to learn that all is
    /// read.
    pub(super) async fn moved(&mut self) -> Moved {
        if self.read.capacity() - self.read.len() < READ_ROOM / 4 {
            self.read.reserve(READ_ROOM);
        }
        poll_fn(|context| {
            if let Poll::Ready(read) = pin!(self.stream.read_buf(&mut self.read)).poll(context) {
                return Poll::Ready(match read {
                    Ok(1..) => Moved::Read,
                    Ok(0) | Err(_) => Moved::End,
                });
            }
            if self.unwritten.is_empty() {
                return Poll::Pending;
            }
            let room = self.stream.poll_write_ready(context);
            room.map(|room| room.map_or(Moved::End, |()| Moved::Room))
        })
        .await
    }

    /// Reads what is there already; returns whether that was anything.
    pub(super) fn read_rest(&mut self) -> bool {
        self.read.reserve(READ_ROOM);
        matches!(self.stream.try_read_buf(&mut self.read), Ok(1..))
    }

    /// Takes the first whole message out of what was read, if there is one; or says why it is none.
    pub(super) fn next_message(&mut self) -> Result<Option<Said>, String> {
        let frame = wire::decode(&self.read).map_err(|malformed| malformed.to_string())?;
        let Some(frame) = frame else {
            return Ok(None);
        };
        let said = message::read(&frame)?;
        let length = frame.length();
        self.read.advance(length);
        Ok(Some(said))
    }
}
