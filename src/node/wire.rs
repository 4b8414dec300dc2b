//! Frames: how the server and a worker talk over one byte stream.
//!
//! Big endian, both ways:
//!
//! ```text
//! u32 length of what follows | u32 id | u8 kind | u8 flags | u16 time | u32 head length | head | body
//! ```
//!
//! `time` is how long an invocation has run in the worker, in 10 µs; what takes longer than it holds is
//! as long as it holds. Measured here, it would grow with the server's own load.
//!
//! The head is JSON, the body is bytes as they are: bodies are neither escaped nor parsed on the
//! way, and a `Buffer` is as good as text. Lines of JSON, MessagePack and HTTP were measured: equal
//! within the noise, equal, and twice the work. The other end is `bridge/wire.js`.

use bytes::Buf;
use std::time::Duration;

/// Everything before the head.
const HEADER: usize = 16;

/// The largest frame. A reply over the cloud's 4 MB is refused later and explained; this bounds
/// memory against a worker that has gone mad.
pub(super) const LARGEST: usize = 64 * 1024 * 1024;

/// What a frame is about. Below 16 it goes to the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// The bridge itself, read before there is anything that could read frames.
    Source = 0,
    /// What the worker is for.
    Setup = 1,
    /// One invocation.
    Invoke = 2,
    /// A debugger may come.
    Inspect = 3,
    /// What a client asked Twilio's REST API for; the id is the number of its request.
    Answered = 4,
    /// The worker can take invocations.
    Ready = 16,
    /// Something was printed.
    Log = 17,
    /// An invocation has ended.
    Reply = 18,
    /// Files were loaded.
    Loaded = 19,
    /// The process is about to end.
    Fatal = 20,
    /// The inspector, to which debuggers attach, is there.
    Inspector = 21,
    /// A client of the development account asks Twilio's REST API for something.
    Asked = 22,
}

impl Kind {
    fn from_worker(byte: u8) -> Option<Self> {
        [
            Kind::Ready,
            Kind::Log,
            Kind::Reply,
            Kind::Loaded,
            Kind::Fatal,
            Kind::Inspector,
            Kind::Asked,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// A flag of [`Kind::Invoke`]: it was sent ahead, and may be started only by who has its ticket.
pub(super) const AHEAD: u8 = 1;
/// A flag of [`Kind::Loaded`]: the handler begins now.
pub(super) const BEGINS: u8 = 1;
/// The longest time that a frame can hold.
pub(super) const LONGEST_TIME: Duration = Duration::from_micros(u16::MAX as u64 * 10);

/// Appends a frame to `out`.
pub(super) fn encode(out: &mut Vec<u8>, kind: Kind, id: u32, flags: u8, head: &[u8], body: &[u8]) {
    let length = HEADER - 4 + head.len() + body.len();
    let (length, head_length) = (length as u32, head.len() as u32);
    out.reserve(HEADER + head.len() + body.len());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(&[kind as u8, flags, 0, 0]);
    out.extend_from_slice(&head_length.to_be_bytes());
    out.extend_from_slice(head);
    out.extend_from_slice(body);
}

/// One frame of a worker's, within what was read.
#[derive(Debug)]
pub(super) struct Frame<'r> {
    pub(super) kind: Kind,
    pub(super) id: u32,
    pub(super) flags: u8,
    pub(super) time: Duration,
    bytes: &'r [u8],
    head_length: usize,
}

impl Frame<'_> {
    /// How many bytes it takes of what was read.
    pub(super) fn length(&self) -> usize {
        HEADER + self.bytes.len()
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.bytes[..self.head_length]
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.bytes[self.head_length..]
    }
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    /// Longer than [`LARGEST`].
    #[error("a message of {0} bytes is over the limit of {LARGEST}")]
    TooLong(usize),
    /// Shorter than its own header, or its head is longer than the frame.
    #[error("the lengths of a message contradict each other")]
    Lengths,
    /// Nothing that a worker sends.
    #[error("a message of the unknown kind {0}")]
    Kind(u8),
}

/// The first whole frame of what has been read, if there is one.
pub(super) fn decode(read: &[u8]) -> Result<Option<Frame<'_>>, Malformed> {
    let Some(first) = read.first_chunk::<HEADER>() else {
        return Ok(None);
    };
    let mut header = &first[..];
    let length = header.get_u32() as usize;
    let id = header.get_u32();
    let kind = header.get_u8();
    let flags = header.get_u8();
    let time = Duration::from_micros(u64::from(header.get_u16()) * 10);
    let head_length = header.get_u32() as usize;
    if length > LARGEST {
        return Err(Malformed::TooLong(length));
    }
    let Some(content) = (length + 4).checked_sub(HEADER) else {
        return Err(Malformed::Lengths);
    };
    if head_length > content {
        return Err(Malformed::Lengths);
    }
    let kind = Kind::from_worker(kind).ok_or(Malformed::Kind(kind))?;
    let bytes = read.get(HEADER..length + 4);
    Ok(bytes.map(|bytes| Frame {
        kind,
        id,
        flags,
        time,
        bytes,
        head_length,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: Kind, id: u32, head: &str, body: &str) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&mut out, kind, id, 0, head.as_bytes(), body.as_bytes());
        out
    }

    #[test]
    fn frames_come_out_as_they_went_in_however_they_are_cut() {
        let mut sent = frame(Kind::Reply, 7, "{}", "body");
        sent.extend(frame(Kind::Log, u32::MAX, "", ""));
        sent.extend(frame(Kind::Ready, 0, "é", ""));
        for piece in 1..=sent.len() {
            let mut read = Vec::new();
            let mut got = Vec::new();
            for chunk in sent.chunks(piece) {
                read.extend_from_slice(chunk);
                while let Some(frame) = decode(&read).unwrap() {
                    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    got.push((frame.kind, frame.id, text(frame.head()), text(frame.body())));
                    let length = frame.length();
                    read.drain(..length);
                }
            }
            assert!(read.is_empty());
            let expected = [
                (Kind::Reply, 7, "{}", "body"),
                (Kind::Log, u32::MAX, "", ""),
                (Kind::Ready, 0, "é", ""),
            ];
            let expected = expected.map(|(kind, id, h, b)| (kind, id, h.into(), b.into()));
            assert_eq!(got, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_before_it_is_waited_for() {
        let with = |at: usize, value: u32| {
            let mut bytes = frame(Kind::Reply, 1, "{}", "");
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
            bytes
        };
        let refused = |bytes: Vec<u8>| decode(&bytes).map(|_| ()).unwrap_err();
        assert_eq!(
            refused(with(0, u32::MAX)),
            Malformed::TooLong(u32::MAX as usize)
        );
        assert_eq!(refused(with(0, 11)), Malformed::Lengths);
        assert_eq!(refused(with(0, 13)), Malformed::Lengths);
        assert_eq!(refused(with(12, 3)), Malformed::Lengths);
        assert_eq!(refused(with(12, u32::MAX)), Malformed::Lengths);
        assert_eq!(refused(with(8, 0x0200_0000)), Malformed::Kind(2));
        assert!(decode(&[0; 15]).unwrap().is_none());
    }
}
