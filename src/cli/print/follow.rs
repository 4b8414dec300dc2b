//! Writes the journal to the terminal, or to a file, while the server runs.
//!
//! A task is woken by the journal, waits a moment so that a burst becomes one write, and hands
//! entries to a thread for blocking work, which formats and writes them. So no request ever waits
//! for a terminal. One that is slow or stuck (Ctrl-S, a pipe that nobody reads) holds up that
//! thread alone; the journal goes on, forgets its oldest entries when it is full, and the gap in
//! the numbers says how many were not shown.

use super::{banner, entry, json};
use crate::cli::start::Announcement;
use crate::journal::{Entry, Journal};
use crate::report::EntryReport;
use crate::stop::Stop;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long a burst is gathered. Nobody sees 10 ms.
const GATHER: Duration = Duration::from_millis(10);
/// Entries in one write: a bound on the text that is in memory at a time.
const BATCH: usize = 256;
/// How long the end waits for a terminal that does not take what is left.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is written and how.
pub(in crate::cli) struct Lines {
    /// For people; `None` writes JSON.
    pub(in crate::cli) pretty: Option<entry::Style>,
    /// `--no-logs` leaves requests out.
    pub(in crate::cli) requests: bool,
    /// Where to.
    pub(in crate::cli) stream: Stream,
}

/// Where the journal is written to.
pub(in crate::cli) enum Stream {
    /// Standard output.
    Out,
    /// Standard error, where standard output is another program's.
    Err,
    /// A file.
    File(File),
}

/// The task that writes.
pub(in crate::cli) struct Follow {
    task: JoinHandle<()>,
    stop: Stop,
}

impl Follow {
    /// Writes `announcement` if there is one, then all that `journal` holds and will hold.
    pub(in crate::cli) fn spawn(
        journal: Journal,
        announcement: Option<Announcement>,
        lines: Lines,
    ) -> Self {
        let stop = Stop::default();
        let task = tokio::spawn(follow(journal, announcement, Arc::new(lines), stop.clone()));
        Follow { task, stop }
    }

    /// Ends when all is written, or when the terminal does not take it.
    pub(in crate::cli) async fn end(self) {
        self.stop.say();
        let _ = timeout(PATIENCE, self.task).await;
    }
}

/// Returns when told to, or when nobody reads any more: the server serves on without a reader.
async fn follow(
    journal: Journal,
    announcement: Option<Announcement>,
    lines: Arc<Lines>,
    stop: Stop,
) {
    if let Some(announcement) = announcement
        && !write(&lines, move |lines| lines.start(&announcement)).await
    {
        return;
    }
    let mut shown = 0;
    loop {
        // Asked before reading: what was recorded before the wish is still written.
        let ending = stop.said();
        loop {
            let latest = journal.latest();
            let batch = journal.since(shown, BATCH);
            let (Some((first, _)), Some((last, _))) = (batch.first(), batch.last()) else {
                // What was cleared is not waited for.
                shown = shown.max(latest);
                break;
            };
            let missed = first - shown - 1;
            shown = *last;
            if !write(&lines, move |lines| lines.batch(missed, &batch)).await {
                return;
            }
        }
        if ending {
            return;
        }
        tokio::select! {
            _ = journal.newer_than(shown) => {}
            () = stop.wait() => continue,
        }
        tokio::select! {
            () = sleep(GATHER) => {}
            () = stop.wait() => {}
        }
    }
}

/// Makes and writes a text on a thread of its own; false when it cannot be written.
async fn write(lines: &Arc<Lines>, text: impl FnOnce(&Lines) -> String + Send + 'static) -> bool {
    let lines = Arc::clone(lines);
    let written = tokio::task::spawn_blocking(move || {
        let text = text(&lines);
        text.is_empty() || lines.stream.write(&text).is_ok()
    });
    written.await.unwrap_or(false)
}

impl Stream {
    fn is_terminal(&self) -> bool {
        match self {
            Stream::Out => io::stdout().is_terminal(),
            Stream::Err => io::stderr().is_terminal(),
            Stream::File(_) => false,
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        match self {
            Stream::Out => super::write(io::stdout(), text),
            Stream::Err => super::write(io::stderr(), text),
            Stream::File(file) => (&mut &*file).write_all(text.as_bytes()),
        }
    }
}

impl Lines {
    fn start(&self, announcement: &Announcement) -> String {
        match &self.pretty {
            Some(_) => banner::text(announcement, self.stream.is_terminal()),
            None => format!("{}\n", json::start(announcement)),
        }
    }

    /// The text of `batch`, before which `missed` entries went unseen.
    fn batch(&self, missed: u64, batch: &[(u64, Entry)]) -> String {
        let mut text = String::new();
        if missed > 0 {
            match &self.pretty {
                Some(_) => entry::push_skipped(&mut text, missed),
                None => text.push_str(&json::entry(&EntryReport::Skipped { count: missed })),
            }
        }
        for (number, entry) in batch {
            if !self.requests && matches!(entry, Entry::Exchange(_)) {
                continue;
            }
            match &self.pretty {
                Some(style) => style.push(&mut text, *number, entry),
                None => text.push_str(&json::entry(&EntryReport::new(*number, entry))),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Notice;

    #[test]
    fn a_gap_is_told_in_both_formats() {
        let said = Notice::Said { text: "a".into() };
        let batch = [(7, Entry::Notice(Arc::new(said)))];
        let json = Lines {
            pretty: None,
            requests: true,
            stream: Stream::Out,
        };
        assert_eq!(
            json.batch(6, &batch),
            concat!(
                "{\"event\":\"skipped\",\"count\":6}\n",
                "{\"event\":\"notice\",\"id\":7,\"kind\":\"said\",\"text\":\"a\"}\n"
            )
        );
        assert_eq!(json.batch(0, &[]), "");
    }
}
