//! A stream of server-sent events to one reader, whatever they tell of.

use super::answer::{self, Refused};
use crate::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Frame;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

/// How long a burst is gathered. Nobody sees 20 ms.
pub(super) const GATHER: Duration = Duration::from_millis(20);
/// How often something is sent at least, so that both sides notice a broken connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a reader may take for a piece: one that is gone without a word must not hold its place.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pieces that may wait for their reader.
const AHEAD: usize = 2;

/// The sending end; it has its place among the streams for as long as it lives.
pub(super) struct EventStream {
    sender: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl EventStream {
    /// Takes one of the `places`; the answer has what is sent.
    pub(super) fn open(places: &Arc<Semaphore>) -> Result<(Self, Response<Body>), Refused> {
        let place = Arc::clone(places).try_acquire_owned().map_err(|_| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many event streams are open: close other pages of the console",
            )
        })?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let body = Body::stream(Pieces(receiver));
        let stream = EventStream {
            sender,
            _place: place,
        };
        Ok((
            stream,
            answer::of(StatusCode::OK, "text/event-stream", body),
        ))
    }

    /// What comes first. The head leaves with it: a reader should know at once that it is heard.
    pub(super) async fn begin(&self) -> bool {
        self.send(": switchboard\nretry: 1000\n\n".to_string())
            .await
    }

    /// A sign of life.
    pub(super) async fn beat(&self) -> bool {
        self.send(":\n\n".to_string()).await
    }

    /// Sends events; `false` if the reader has gone or is stuck.
    pub(super) async fn send(&self, piece: String) -> bool {
        let sent = timeout(PATIENCE, self.sender.send(piece.into())).await;
        matches!(sent, Ok(Ok(())))
    }

    /// Waits until the reader has gone.
    pub(super) async fn closed(&self) {
        self.sender.closed().await;
    }
}

/// What was sent, as a body.
struct Pieces(mpsc::Receiver<Bytes>);

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
