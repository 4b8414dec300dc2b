//! The event stream: each entry of the journal as it comes, and for who wants it that the phones have changed: a
//! browser has six connections to a server, for all its pages.
//!
//! An event's id is the entry's number, so that a reader whose connection broke says what it saw
//! last and misses nothing and gets nothing twice. A burst is gathered for a moment and leaves in
//! one piece. A reader that is slow holds up its own stream alone; what the journal had to forget
//! meanwhile is told as `skipped`.

use super::WebConsole;
use super::answer::Refused;
use super::event_stream::{EventStream, GATHER, HEARTBEAT};
use super::listing::{Query, skipped, told};
use super::phone::event;
use crate::body::Body;
use crate::journal::Journal;
use crate::stop::Stop;
use http::{HeaderMap, Response};
use std::fmt::Write;
use std::future::pending;
use tokio::sync::watch;
use tokio::time::sleep;

/// Entries in one piece.
const BATCH: usize = 256;

impl WebConsole {
    /// All entries after those that the reader has seen; without a word about that, from now on.
    pub(super) fn stream(
        &self,
        headers: &HeaderMap,
        query: Query,
    ) -> Result<Response<Body>, Refused> {
        let seen = match headers.get("last-event-id") {
            Some(id) => {
                let id = id.to_str().ok().and_then(|id| id.trim().parse().ok());
                Some(id.ok_or_else(|| Refused::bad_request("Last-Event-ID is no number"))?)
            }
            None => query.after,
        };
        let latest = self.journal.latest();
        let (stream, response) = EventStream::open(&self.streams)?;
        let feed = Feed {
            journal: self.journal.clone(),
            stop: self.stop.clone(),
            // A number that is yet to come is of another run.
            seen: seen.unwrap_or(latest).min(latest),
            phones: query.phones.then(|| Changes::new(self.phones.changes())),
            query,
            stream,
        };
        tokio::spawn(feed.run());
        Ok(response)
    }
}

struct Feed {
    journal: Journal,
    stop: Stop,
    query: Query,
    seen: u64,
    phones: Option<Changes>,
    stream: EventStream,
}

/// Changes of the phones, as far as they have been told of.
struct Changes {
    versions: watch::Receiver<u64>,
    told: Option<u64>,
}

impl Changes {
    fn new(versions: watch::Receiver<u64>) -> Self {
        Changes {
            versions,
            told: None,
        }
    }

    /// Waits until there is something to be told.
    async fn are_there(&mut self) {
        let told = self.told;
        let changed = self.versions.wait_for(|version| Some(*version) != told);
        if changed.await.is_err() {
            // There are no phones any more.
            pending().await
        }
    }

    /// The latest as an event, if it has not been told of.
    fn next(&mut self) -> Option<String> {
        let version = *self.versions.borrow();
        let is_news = self.told.replace(version) != Some(version);
        is_news.then(|| event(version))
    }
}

impl Feed {
    /// Ends when the reader has gone or is stuck, or when all is told and the server ends.
    async fn run(mut self) {
        if !self.stream.begin().await {
            return;
        }
        loop {
            // Asked before reading: what was recorded before the wish is still told.
            let ending = self.stop.said();
            loop {
                // Before each piece: entries may come as quickly as they are read.
                let changed = self.phones.as_mut().and_then(Changes::next);
                let entries = self.next_piece();
                let is_last = entries.is_none();
                for piece in [changed, entries].into_iter().flatten() {
                    if !piece.is_empty() && !self.stream.send(piece).await {
                        return;
                    }
                }
                if is_last {
                    break;
                }
            }
            if ending {
                return;
            }
            let changes = async {
                match &mut self.phones {
                    Some(changes) => changes.are_there().await,
                    None => pending().await,
                }
            };
            let newer = tokio::select! {
                _ = self.journal.newer_than(self.seen) => true,
                () = changes => true,
                () = self.stop.wait() => true,
                () = self.stream.closed() => return,
                () = sleep(HEARTBEAT) => false,
            };
            if !newer {
                if !self.stream.beat().await {
                    return;
                }
                continue;
            }
            tokio::select! {
                () = sleep(GATHER) => {}
                () = self.stop.wait() => {}
            }
        }
    }

    /// The next entries as events; empty if none of them is wanted, `None` if there are none.
    fn next_piece(&mut self) -> Option<String> {
        // Asked first: where nothing is left, all up to here is gone.
        let latest = self.journal.latest();
        let batch = self.journal.since(self.seen, BATCH);
        let (Some((first, _)), Some((last, _))) = (batch.first(), batch.last()) else {
            self.seen = self.seen.max(latest);
            return None;
        };
        let mut piece = String::new();
        let missed = first - self.seen - 1;
        if missed > 0 {
            // Without an id: seen or not, the reader goes on from the same place.
            let _ = write!(piece, "event: skipped\ndata: {}\n\n", skipped(missed));
        }
        self.seen = *last;
        for (number, entry) in &batch {
            if let Some(told) = told(*number, entry, &self.query.filter) {
                let _ = write!(piece, "id: {number}\nevent: entry\ndata: {told}\n\n");
            }
        }
        Some(piece)
    }
}
