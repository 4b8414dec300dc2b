//! An exchange as it is kept: small, and in one piece.
//!
//! What hyper parses are slices of the buffer that it reads into: to keep a header would be to keep
//! that buffer, and hyper could not use it again. And ten thousand exchanges of ten allocations each
//! are cold memory to be freed one by one, by other threads than took it. Both showed in the profile
//! of a small request. So the texts are copied into one block, blocks lie side by side in larger
//! pieces of memory, and an [`Exchange`] is made from its block again for those who read.

use super::block::{Block, Reader};
use super::{Exchange, Finished, RouteTaken};
use crate::console::Line;
use crate::event::RequestHead;
use crate::parity::ParityWarning;
use bytes::{Bytes, BytesMut};
use http::{Method, StatusCode, Uri};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Bodies up to this many bytes are copied into the block; larger ones are kept as they are.
const COPIED: usize = 4 * 1024;

/// How much memory a thread takes for its blocks at a time. It is given back with the last of them.
const PIECE: usize = 64 * 1024;
/// The least that must be left of a piece for another block. Most are smaller; one that is larger
/// has memory of its own.
const ROOM: usize = 2 * 1024;

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Where a thread packs.
#[derive(Default)]
struct Desk {
    /// What is packed; kept for its room.
    block: Block,
    /// What is left of the thread's piece of memory.
    left: BytesMut,
}

/// One exchange, packed. A clone shares its texts.
///
/// As small as it can be: with its block it is all that a small request leaves behind in memory, ten
/// thousand times, and that is what such a request waits for on a machine whose caches are in use.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    block: Bytes,
    route: Option<Arc<RouteTaken>>,
    /// What most exchanges have nothing of.
    rest: Option<Arc<Rest>>,
}

#[derive(Debug)]
struct Rest {
    /// Where no route tells it.
    service: Option<Arc<str>>,
    request_body: Option<Bytes>,
    body: Option<Bytes>,
    console: Vec<Line>,
    warnings: Vec<ParityWarning>,
    fault: Option<String>,
}

impl Packed {
    pub(super) fn new(finished: Finished<'_>) -> Self {
        DESK.with_borrow_mut(|desk| Packed::pack(finished, desk))
    }

    fn pack(finished: Finished<'_>, desk: &mut Desk) -> Self {
        let Desk { block, left } = desk;
        block.0.clear();
        let head = finished.request;
        // Before 1970 there was no request.
        block.time(finished.at.duration_since(UNIX_EPOCH).unwrap_or_default());
        block.time(finished.duration);
        block.timeline(&finished.timeline);
        block.number(finished.generation);
        block.peer(finished.peer);
        block.admission(finished.admission);
        block.number(finished.status.as_u16().into());
        block.text(head.method.as_str().as_bytes());
        block.target(&head.uri);
        block.headers(&head.headers);
        block.headers(finished.headers);
        let request_body = copied(block, finished.request_body);
        let body = copied(block, finished.body);
        let service = match finished.route {
            Some(_) => None,
            None => finished.service,
        };
        let bare = service.is_none()
            && request_body.is_none()
            && body.is_none()
            && finished.console.is_empty()
            && finished.warnings.is_empty()
            && finished.fault.is_none();
        Packed {
            block: keep(&mut block.0, left),
            route: finished.route,
            rest: (!bare).then(|| {
                Arc::new(Rest {
                    service,
                    request_body,
                    body,
                    console: finished.console,
                    warnings: finished.warnings,
                    fault: finished.fault,
                })
            }),
        }
    }

    /// What it costs in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let rest = self.rest.as_deref().map_or(0, Rest::bytes);
        size_of::<Packed>() + self.block.len() + rest
    }

    pub(super) fn unpack(&self) -> Exchange {
        let mut reader = Reader(&self.block);
        let at = UNIX_EPOCH + reader.time();
        let duration = reader.time();
        let timeline = reader.timeline();
        let generation = reader.number();
        let peer = reader.peer();
        let admission = reader.admission();
        let status = StatusCode::from_u16(reader.status()).unwrap_or_default();
        let method = Method::from_bytes(reader.text()).unwrap_or_default();
        let uri = Uri::try_from(reader.text()).unwrap_or_default();
        let request_headers = reader.headers();
        let headers = reader.headers();
        let rest = self.rest.as_deref();
        let mut body = |kept: Option<&Bytes>| {
            let copied = reader.text();
            kept.map_or_else(|| Bytes::copy_from_slice(copied), Bytes::clone)
        };
        let request_body = body(rest.and_then(|rest| rest.request_body.as_ref()));
        let body = body(rest.and_then(|rest| rest.body.as_ref()));
        let service = match &self.route {
            Some(route) => Some(Arc::clone(&route.service)),
            None => rest.and_then(|rest| rest.service.clone()),
        };
        Exchange {
            at,
            duration,
            timeline,
            generation,
            peer,
            service,
            route: self.route.clone(),
            admission,
            request: Arc::new(RequestHead {
                method,
                uri,
                headers: request_headers,
            }),
            request_body,
            status,
            headers,
            body,
            console: rest.map(|rest| rest.console.clone()).unwrap_or_default(),
            warnings: rest.map(|rest| rest.warnings.clone()).unwrap_or_default(),
            fault: rest.and_then(|rest| rest.fault.clone()),
        }
    }
}

impl Rest {
    fn bytes(&self) -> usize {
        let length = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, Bytes::len);
        size_of::<Rest>()
            + length(&self.request_body)
            + length(&self.body)
            + self.fault.as_ref().map_or(0, String::len)
            + self.console.iter().map(Line::cost).sum::<usize>()
            + self.warnings.iter().map(|w| w.text.len()).sum::<usize>()
    }
}

/// Packs a body; returns it if it is not copied.
fn copied(block: &mut Block, body: &Bytes) -> Option<Bytes> {
    if body.len() > COPIED {
        block.text(b"");
        return Some(body.clone());
    }
    block.text(body);
    None
}

/// Moves what was `packed` to where it is kept.
fn keep(packed: &mut Vec<u8>, left: &mut BytesMut) -> Bytes {
    if packed.len() > ROOM {
        return Bytes::from(std::mem::take(packed).into_boxed_slice());
    }
    if left.capacity() < ROOM {
        *left = BytesMut::with_capacity(PIECE);
    }
    left.extend_from_slice(packed);
    left.split().freeze()
}
