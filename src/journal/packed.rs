//! An exchange as it is kept: small, and in one piece.
//!
//! What hyper parses are slices of the buffer that it reads into: to keep a header would be to keep
//! that buffer, and hyper could not use it again. And ten thousand exchanges of ten allocations each
//! are cold memory to be freed one by one, by other threads than took it. Both showed in the profile
//! of a small request. So the texts are copied into one block, blocks lie side by side in larger
//! pieces of memory, and an [`Exchange`] is made from its block again for those who read.

use super::{Exchange, Finished, RouteTaken, Run, Timeline, WorkerTaken};
use crate::console::Line;
use crate::event::RequestHead;
use crate::parity::ParityWarning;
use crate::visibility::Admission;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Bodies up to this many bytes are copied into the block; larger ones are kept as they are.
const COPIED: usize = 4 * 1024;

/// How much memory a thread takes for its blocks at a time. It is given back with the last of them.
const PIECE: usize = 64 * 1024;
/// The least that must be left of a piece for another block. Most are smaller; one that is larger
/// moves to memory of its own while it grows.
const ROOM: usize = 2 * 1024;

/// What a timeline goes on with.
const NO_RUN: u8 = 0;
const IN_PROCESS: u8 = 1;
const IN_WORKER: u8 = 2;

thread_local! {
    /// What is left of the thread's piece of memory.
    static LEFT: RefCell<Block> = RefCell::default();
}

/// One exchange, packed. A clone shares its texts.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    at: SystemTime,
    duration: Duration,
    peer: Option<SocketAddr>,
    service: Option<Arc<str>>,
    route: Option<Arc<RouteTaken>>,
    admission: Option<Admission>,
    status: StatusCode,
    /// Times, method, target, headers, bodies, each text after its length.
    block: Bytes,
    request_body: Option<Bytes>,
    body: Option<Bytes>,
    /// What most exchanges have nothing of.
    rest: Option<Arc<Rest>>,
}

#[derive(Debug)]
struct Rest {
    console: Vec<Line>,
    warnings: Vec<ParityWarning>,
    fault: Option<String>,
}

impl Packed {
    pub(super) fn new(finished: Finished<'_>) -> Self {
        LEFT.with_borrow_mut(|left| {
            if left.0.capacity() < ROOM {
                left.0 = BytesMut::with_capacity(PIECE);
            }
            Packed::pack(finished, left)
        })
    }

    fn pack(finished: Finished<'_>, block: &mut Block) -> Self {
        let head = finished.request;
        block.number(finished.generation);
        block.timeline(&finished.timeline);
        block.text(head.method.as_str().as_bytes());
        block.target(&head.uri);
        block.headers(&head.headers);
        block.headers(finished.headers);
        let request_body = block.body(finished.request_body);
        let body = block.body(finished.body);
        let bare =
            finished.console.is_empty() && finished.warnings.is_empty() && finished.fault.is_none();
        Packed {
            at: finished.at,
            duration: finished.duration,
            peer: finished.peer,
            service: finished.service,
            route: finished.route,
            admission: finished.admission,
            status: finished.status,
            block: block.0.split().freeze(),
            request_body,
            body,
            rest: (!bare).then(|| {
                Arc::new(Rest {
                    console: finished.console,
                    warnings: finished.warnings,
                    fault: finished.fault,
                })
            }),
        }
    }

    /// What it costs in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let length = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, Bytes::len);
        let rest = self.rest.as_ref().map_or(0, |rest| {
            rest.fault.as_ref().map_or(0, String::len)
                + rest.console.iter().map(Line::cost).sum::<usize>()
                + rest.warnings.iter().map(|w| w.text.len()).sum::<usize>()
        });
        size_of::<Packed>()
            + self.block.len()
            + length(&self.request_body)
            + length(&self.body)
            + rest
    }

    pub(super) fn unpack(&self) -> Exchange {
        let mut reader = Reader(&self.block);
        let generation = reader.number();
        let timeline = reader.timeline();
        let method = Method::from_bytes(reader.text()).unwrap_or_default();
        let uri = Uri::try_from(reader.text()).unwrap_or_default();
        let request_headers = reader.headers();
        let headers = reader.headers();
        let request_body = reader.body(self.request_body.as_ref());
        let body = reader.body(self.body.as_ref());
        let rest = self.rest.as_deref();
        let service = match &self.route {
            Some(route) => Some(Arc::clone(&route.service)),
            None => self.service.clone(),
        };
        Exchange {
            at: self.at,
            duration: self.duration,
            timeline,
            generation,
            peer: self.peer,
            service,
            route: self.route.clone(),
            admission: self.admission,
            request: Arc::new(RequestHead {
                method,
                uri,
                headers: request_headers,
            }),
            request_body,
            status: self.status,
            headers,
            body,
            console: rest.map(|rest| rest.console.clone()).unwrap_or_default(),
            warnings: rest.map(|rest| rest.warnings.clone()).unwrap_or_default(),
            fault: rest.and_then(|rest| rest.fault.clone()),
        }
    }
}

/// Texts one after another, each after its length in four bytes.
#[derive(Default)]
struct Block(BytesMut);

impl Block {
    fn length(&mut self, length: usize) {
        // Nothing over 4 GiB gets as far as here: heads and copied bodies are bounded far below.
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_ne_bytes());
    }

    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_ne_bytes());
    }

    fn time(&mut self, time: Duration) {
        self.number(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    fn timeline(&mut self, timeline: &Timeline) {
        self.time(timeline.received);
        let worker = timeline.run.map(|run| run.worker);
        self.0.extend_from_slice(&[match worker {
            None => NO_RUN,
            Some(None) => IN_PROCESS,
            Some(Some(_)) => IN_WORKER,
        }]);
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

    fn text(&mut self, text: &[u8]) {
        self.length(text.len());
        self.0.extend_from_slice(text);
    }

    fn target(&mut self, uri: &Uri) {
        match (uri.authority(), uri.path_and_query()) {
            (None, Some(path)) => self.text(path.as_str().as_bytes()),
            _ => self.text(uri.to_string().as_bytes()),
        }
    }

    fn headers(&mut self, headers: &HeaderMap) {
        self.length(headers.len());
        for (name, value) in headers {
            self.text(name.as_str().as_bytes());
            self.text(value.as_bytes());
        }
    }

    /// Returns the body if it is not copied.
    fn body(&mut self, body: &Bytes) -> Option<Bytes> {
        if body.len() > COPIED {
            self.text(b"");
            return Some(body.clone());
        }
        self.text(body);
        None
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn length(&mut self) -> usize {
        let Some((length, rest)) = self.0.split_first_chunk() else {
            return 0;
        };
        self.0 = rest;
        u32::from_ne_bytes(*length) as usize
    }

    fn number(&mut self) -> u64 {
        let Some((number, rest)) = self.0.split_first_chunk() else {
            return 0;
        };
        self.0 = rest;
        u64::from_ne_bytes(*number)
    }

    fn time(&mut self) -> Duration {
        Duration::from_nanos(self.number())
    }

    fn timeline(&mut self) -> Timeline {
        let received = self.time();
        let Some((kind, rest)) = self.0.split_first() else {
            return Timeline::default();
        };
        self.0 = rest;
        let run = (*kind != NO_RUN).then(|| Run {
            queued: self.time(),
            cold: self.time(),
            ran: self.time(),
            worker: (*kind == IN_WORKER).then(|| WorkerTaken {
                number: self.number(),
                pid: u32::try_from(self.number()).unwrap_or_default(),
                generation: self.number(),
            }),
        });
        Timeline { received, run }
    }

    fn text(&mut self) -> &'b [u8] {
        let length = self.length().min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        text
    }

    fn headers(&mut self) -> HeaderMap {
        let count = self.length();
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

    fn body(&mut self, kept: Option<&Bytes>) -> Bytes {
        let copied = self.text();
        match kept {
            Some(body) => body.clone(),
            None => Bytes::copy_from_slice(copied),
        }
    }
}
