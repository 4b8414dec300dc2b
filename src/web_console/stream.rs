//! The event stream: each entry of the journal as it comes.
//!
//! An event's id is the entry's number, so that a reader whose connection broke says what it saw
//! last and misses nothing and gets nothing twice. A burst is gathered for a moment and leaves in
//! one piece. A reader that is slow holds up its own stream alone; what the journal had to forget
//! meanwhile is told as `skipped`.

use super::WebConsole;
use super::answer::{self, Refused};
use super::listing::{Query, skipped, told};
use crate::body::Body;
use crate::journal::Journal;
use crate::stop::Stop;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body::Frame;
use std::fmt::Write;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{sleep, timeout};

/// How long a burst is gathered. Nobody sees 20 ms.
const GATHER: Duration = Duration::from_millis(20);
/// Entries in one piece.
const BATCH: usize = 256;
/// How often something is sent at least, so that both sides notice a broken connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a reader may take for a piece: one that is gone without a word must not hold its place.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Pieces that may wait for their reader.
pub(super) const AHEAD: usize = 2;

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
        let place = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many event streams are open: close other pages of the console",
            )
        })?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let feed = Feed {
            journal: self.journal.clone(),
            stop: self.stop.clone(),
            query,
            // A number that is yet to come is of another run.
            seen: seen.unwrap_or(latest).min(latest),
            sender,
            _place: place,
        };
        tokio::spawn(feed.run());
        let body = Body::stream(Pieces(receiver));
        Ok(answer::of(StatusCode::OK, "text/event-stream", body))
    }
}

struct Feed {
    journal: Journal,
    stop: Stop,
    query: Query,
    seen: u64,
    sender: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl Feed {
    /// Ends when the reader has gone or is stuck, or when all is told and the server ends.
    async fn run(mut self) {
        // The head leaves with the first piece: a reader should know at once that it is heard.
        if !self
            .send(": switchboard\nretry: 1000\n\n".to_string())
            .await
        {
            return;
        }
        loop {
            // Asked before reading: what was recorded before the wish is still told.
            let ending = self.stop.said();
            while let Some(piece) = self.next_piece() {
                if !piece.is_empty() && !self.send(piece).await {
                    return;
                }
            }
            if ending {
                return;
            }
            let newer = tokio::select! {
                _ = self.journal.newer_than(self.seen) => true,
                () = self.stop.wait() => true,
                () = self.sender.closed() => return,
                () = sleep(HEARTBEAT) => false,
            };
            if !newer {
                if !self.send(":\n\n".to_string()).await {
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

    async fn send(&self, piece: String) -> bool {
        let sent = timeout(PATIENCE, self.sender.send(piece.into())).await;
        matches!(sent, Ok(Ok(())))
    }
}

/// The pieces as a body.
pub(super) struct Pieces(pub(super) mpsc::Receiver<Bytes>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let piece = self.get_mut().0.poll_recv(cx);
        piece.map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
