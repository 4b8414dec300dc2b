//! Values one after another in bytes, as an exchange is kept: numbers in as few bytes as they need,
//! seven bits in each, texts after their lengths.
//!
//! Own code, since what it is for is to be small and quick: a small request is written once, read
//! never, and is cold memory all the time between.

use super::{Run, Timeline, WorkerTaken};
use crate::visibility::Admission;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::time::Duration;

// Which of several kinds a value is of.
const NONE: u8 = 0;
const IN_PROCESS: u8 = 1;
const IN_WORKER: u8 = 2;
const VERSION_4: u8 = 4;
const VERSION_6: u8 = 6;
const PASSED: u8 = 1;
const REFUSED: u8 = 2;

/// Bytes that are written.
#[derive(Debug, Default)]
pub(super) struct Block(pub(super) Vec<u8>);

impl Block {
    // Small requests wait for code more than for anything else: once is enough.
    #[inline(never)]
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn time(&mut self, time: Duration) {
        self.number(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text);
    }

    pub(super) fn timeline(&mut self, timeline: &Timeline) {
        self.time(timeline.received);
        let worker = timeline.run.map(|run| run.worker);
        self.0.push(match worker {
            None => NONE,
            Some(None) => IN_PROCESS,
            Some(Some(_)) => IN_WORKER,
        });
        if let Some(run) = &timeline.run {
            for time in [run.queued, run.cold, run.ran] {
                self.time(time);
            }
        }
        if let Some(Some(worker)) = worker {
            for number in [worker.number, worker.pid.into(), worker.generation] {
                self.number(number);
            }
        }
    }

    pub(super) fn peer(&mut self, peer: Option<SocketAddr>) {
        let Some(peer) = peer else {
            return self.0.push(NONE);
        };
        match peer {
            SocketAddr::V4(peer) => {
                self.0.push(VERSION_4);
                self.0.extend_from_slice(&peer.ip().octets());
            }
            SocketAddr::V6(peer) => {
                self.0.push(VERSION_6);
                self.0.extend_from_slice(&peer.ip().octets());
                self.number(peer.flowinfo().into());
                self.number(peer.scope_id().into());
            }
        }
        self.number(peer.port().into());
    }

    pub(super) fn admission(&mut self, admission: Option<Admission>) {
        self.0.push(match admission {
            None => NONE,
            Some(Admission::Passed) => PASSED,
            Some(Admission::Refused) => REFUSED,
        });
    }

    pub(super) fn target(&mut self, uri: &Uri) {
        match (uri.authority(), uri.path_and_query()) {
            (None, Some(path)) => self.text(path.as_str().as_bytes()),
            _ => self.text(uri.to_string().as_bytes()),
        }
    }

    pub(super) fn headers(&mut self, headers: &HeaderMap) {
        self.number(headers.len() as u64);
        for (name, value) in headers {
            self.text(name.as_str().as_bytes());
            self.text(value.as_bytes());
        }
    }
}

/// Bytes that are read, in the order in which they were written. What is not there is read as
/// nothing.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *byte
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((bytes, rest)) = self.0.split_first_chunk() else {
            return [0; N];
        };
        self.0 = rest;
        *bytes
    }

    pub(super) fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    /// A number that was smaller than that when it was written.
    fn small<T: TryFrom<u64> + Default>(&mut self) -> T {
        T::try_from(self.number()).unwrap_or_default()
    }

    pub(super) fn status(&mut self) -> u16 {
        self.small()
    }

    pub(super) fn time(&mut self) -> Duration {
        Duration::from_nanos(self.number())
    }

    pub(super) fn text(&mut self) -> &'b [u8] {
        let length = self.small::<usize>().min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        text
    }

    pub(super) fn timeline(&mut self) -> Timeline {
        let received = self.time();
        let kind = self.byte();
        let run = (kind != NONE).then(|| Run {
            queued: self.time(),
            cold: self.time(),
            ran: self.time(),
            worker: (kind == IN_WORKER).then(|| WorkerTaken {
                number: self.number(),
                pid: self.small(),
                generation: self.number(),
            }),
        });
        Timeline { received, run }
    }

    pub(super) fn peer(&mut self) -> Option<SocketAddr> {
        match self.byte() {
            VERSION_4 => {
                let ip = IpAddr::from(self.bytes::<4>());
                Some(SocketAddr::new(ip, self.small()))
            }
            VERSION_6 => {
                let ip = self.bytes::<16>().into();
                let (flow, scope) = (self.small(), self.small());
                Some(SocketAddrV6::new(ip, self.small(), flow, scope).into())
            }
            _ => None,
        }
    }

    pub(super) fn admission(&mut self) -> Option<Admission> {
        match self.byte() {
            PASSED => Some(Admission::Passed),
            REFUSED => Some(Admission::Refused),
            _ => None,
        }
    }

    pub(super) fn headers(&mut self) -> HeaderMap {
        let count = self.small();
        let mut headers = HeaderMap::with_capacity(count);
        for _ in 0..count {
            let (name, value) = (self.text(), self.text());
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
            {
                headers.append(name, value);
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_as_few_bytes_as_they_need() {
        for (number, bytes) in [
            (0, 1),
            (0x7f, 1),
            (0x80, 2),
            (0x3fff, 2),
            (0x4000, 3),
            (u64::MAX, 10),
        ] {
            let mut block = Block::default();
            block.number(number);
            assert_eq!(block.0.len(), bytes, "{number}");
            let mut reader = Reader(&block.0);
            assert_eq!(reader.number(), number);
            assert!(reader.0.is_empty());
        }
    }

    #[test]
    fn peers_come_back() {
        let scoped = SocketAddrV6::new([1, 2, 3, 4, 5, 6, 7, 8].into(), 1, 0xf_ffff, u32::MAX);
        for peer in [
            None,
            Some("127.0.0.1:65535".parse().unwrap()),
            Some("[::1]:3000".parse().unwrap()),
            Some(scoped.into()),
        ] {
            let mut block = Block::default();
            block.peer(peer);
            assert_eq!(Reader(&block.0).peer(), peer);
        }
    }

    #[test]
    fn admissions_come_back() {
        for admission in [None, Some(Admission::Passed), Some(Admission::Refused)] {
            let mut block = Block::default();
            block.admission(admission);
            assert_eq!(Reader(&block.0).admission(), admission);
        }
    }

    #[test]
    fn what_is_cut_off_reads_as_nothing() {
        let mut block = Block::default();
        block.text(b"text");
        let mut reader = Reader(&block.0[..3]);
        assert_eq!(reader.text(), b"te");
        assert_eq!(reader.number(), 0);
        assert_eq!(reader.timeline(), Timeline::default());
        assert!(reader.headers().is_empty());
    }
}
