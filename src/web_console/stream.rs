//! The event stream: each entry of the journal as it comes.
//!
//! An event's id is the entry's number, so that a reader whose connection broke says what it saw
//! last and misses nothing and gets nothing twice. A burst is gathered for a moment and leaves in
//! one piece. A reader that is slow holds up its own stream alone; what the journal had to forget
//! meanwhile is told as `skipped`.

use super::WebConsole;
use super::answer::Refused;
use super::event_stream::{EventStream, GATHER, HEARTBEAT};
use super::listing::{Query, skipped, told};
use crate::body::Body;
use crate::journal::Journal;
use crate::stop::Stop;
use http::{HeaderMap, Response};
use std::fmt::Write;
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
            query,
            // A number that is yet to come is of another run.
            seen: seen.unwrap_or(latest).min(latest),
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
    stream: EventStream,
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
            while let Some(piece) = self.next_piece() {
                if !piece.is_empty() && !self.stream.send(piece).await {
                    return;
                }
            }
            if ending {
                return;
            }
            let newer = tokio::select! {
                _ = self.journal.newer_than(self.seen) => true,
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
