//! The stream of changes: a number each time that something has changed.
//!
//! A reader asks for all phones then; what changed twice meanwhile it reads once. All that is told is
//! small and bounded, and no reader can miss anything.

use crate::body::Body;
use crate::stop::Stop;
use crate::web_console::WebConsole;
use crate::web_console::answer::Refused;
use crate::web_console::event_stream::{EventStream, GATHER, HEARTBEAT};
use http::Response;
use tokio::sync::watch;
use tokio::time::sleep;

impl WebConsole {
    /// `event: phone` with the version, now and after each change.
    pub(super) fn phone_stream(&self) -> Result<Response<Body>, Refused> {
        let (stream, response) = EventStream::open(&self.streams)?;
        let mut changes = self.phones.changes();
        changes.mark_changed();
        tokio::spawn(run(changes, self.stop.clone(), stream));
        Ok(response)
    }
}

/// That the phones are in this version now.
pub(in crate::web_console) fn event(version: u64) -> String {
    format!("event: phone\ndata: {{\"version\":{version}}}\n\n")
}

/// Ends when the reader has gone or is stuck, or the server ends.
async fn run(mut changes: watch::Receiver<u64>, stop: Stop, stream: EventStream) {
    if !stream.begin().await {
        return;
    }
    loop {
        let sent = tokio::select! {
            changed = changes.changed() => match changed {
                Ok(()) => {
                    // A walk makes many at once.
                    sleep(GATHER).await;
                    let version = *changes.borrow_and_update();
                    stream.send(event(version)).await
                }
                Err(_) => return,
            },
            () = stop.wait() => return,
            () = stream.closed() => return,
            () = sleep(HEARTBEAT) => stream.beat().await,
        };
        if !sent {
            return;
        }
    }
}
