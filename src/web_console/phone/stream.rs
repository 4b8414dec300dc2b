//! The stream of changes: a number each time that something has changed.
//!
//! A reader asks for all phones then; what changed twice meanwhile it reads once. All that is told is
//! small and bounded, and no reader can miss anything.

use crate::body::Body;
use crate::stop::Stop;
use crate::web_console::WebConsole;
use crate::web_console::answer::{self, Refused};
use crate::web_console::stream::{AHEAD, HEARTBEAT, PATIENCE, Pieces};
use bytes::Bytes;
use http::{Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{sleep, timeout};

/// How long changes are gathered: a walk makes many at once.
const GATHER: Duration = Duration::from_millis(20);

impl WebConsole {
    /// `event: phone` with the version, now and after each change.
    pub(super) fn phone_stream(&self) -> Result<Response<Body>, Refused> {
        let place = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many event streams are open: close other pages of the console",
            )
        })?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let mut changes = self.phones.changes();
        changes.mark_changed();
        tokio::spawn(run(changes, self.stop.clone(), sender, place));
        let body = Body::stream(Pieces(receiver));
        Ok(answer::of(StatusCode::OK, "text/event-stream", body))
    }
}

/// Ends when the reader has gone or is stuck, or the server ends.
async fn run(
    mut changes: watch::Receiver<u64>,
    stop: Stop,
    sender: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let send = async |piece: String| {
        let sent = timeout(PATIENCE, sender.send(piece.into())).await;
        matches!(sent, Ok(Ok(())))
    };
    if !send(": switchboard\nretry: 1000\n\n".to_string()).await {
        return;
    }
    loop {
        let piece = tokio::select! {
            changed = changes.changed() => match changed {
                Ok(()) => {
                    sleep(GATHER).await;
                    let version = *changes.borrow_and_update();
                    format!("event: phone\ndata: {{\"version\":{version}}}\n\n")
                }
                Err(_) => return,
            },
            () = stop.wait() => return,
            () = sender.closed() => return,
            () = sleep(HEARTBEAT) => ":\n\n".to_string(),
        };
        if !send(piece).await {
            return;
        }
    }
}
