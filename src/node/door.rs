//! The frames of workers for `tests/fuzz`, which sees only what is public. Nothing else uses it.

use super::message;
use super::wire::{self, Frame};

/// A frame: kind, id, flags, head and body, and whether it is a message.
pub type Told = (u8, u32, u8, Vec<u8>, Vec<u8>, bool);

/// What came out of bytes: frames, and why it went no further.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    /// Each frame, in order.
    pub frames: Vec<Told>,
    /// Why the next bytes are no frame.
    pub malformed: Option<String>,
    /// Bytes that wait for more.
    pub left: usize,
}

/// Takes the frames out of `bytes`, which come in pieces of `piece`.
pub fn take(bytes: &[u8], piece: usize) -> Taken {
    let mut read = Vec::new();
    let mut taken = Taken {
        frames: Vec::new(),
        malformed: None,
        left: 0,
    };
    for chunk in bytes.chunks(piece.max(1)) {
        read.extend_from_slice(chunk);
        loop {
            match wire::decode(&read) {
                Ok(Some(frame)) => {
                    taken.frames.push(told(&frame));
                    let length = frame.length();
                    read.drain(..length);
                }
                Ok(None) => break,
                Err(malformed) => {
                    taken.malformed = Some(malformed.to_string());
                    return taken;
                }
            }
        }
    }
    taken.left = read.len();
    taken
}

fn told(frame: &Frame<'_>) -> Told {
    let is_message = message::read(frame).is_ok();
    let (head, body) = (frame.head().to_vec(), frame.body().to_vec());
    (
        frame.kind as u8,
        frame.id,
        frame.flags,
        head,
        body,
        is_message,
    )
}
