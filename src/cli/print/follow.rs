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
            let batch = lines.next(&journal, shown);
            shown = batch.to;
            if batch.entries.is_empty() {
                break;
            }
            if !write(&lines, move |lines| lines.batch(batch)).await {
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

/// What is written in one go.
struct Batch {
    /// How many entries before it went unseen.
    missed: u64,
    entries: Vec<(u64, Entry)>,
    /// All up to this number is dealt with.
    to: u64,
}

impl Lines {
    /// What is to be shown of `journal` next, after the entry `shown`.
    fn next(&self, journal: &Journal, shown: u64) -> Batch {
        if !self.requests {
            let (to, entries) = journal.notices_since(shown);
            return Batch {
                missed: 0,
                entries,
                to,
            };
        }
        let latest = journal.latest();
        let entries = journal.since(shown, BATCH);
        Batch {
            missed: entries.first().map_or(0, |(first, _)| first - shown - 1),
            // What was cleared is not waited for.
            to: entries.last().map_or(shown.max(latest), |(last, _)| *last),
            entries,
        }
    }

    fn start(&self, announcement: &Announcement) -> String {
        match &self.pretty {
            Some(_) => banner::text(announcement, self.stream.is_terminal()),
            None => format!("{}\n", json::start(announcement)),
        }
    }

    fn batch(&self, batch: Batch) -> String {
        let mut text = String::new();
        if batch.missed > 0 {
            let count = batch.missed;
            match &self.pretty {
                Some(_) => entry::push_skipped(&mut text, count),
                None => text.push_str(&json::entry(&EntryReport::Skipped { count })),
            }
        }
        for (number, entry) in batch.entries {
            match &self.pretty {
                Some(style) => style.push(&mut text, number, &entry),
                None => text.push_str(&json::entry(&EntryReport::new(number, &entry))),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Notice;

    fn json(requests: bool) -> Lines {
        Lines {
            pretty: None,
            requests,
            stream: Stream::Out,
        }
    }

    const SAID: &str = "{\"event\":\"notice\",\"id\":7,\"kind\":\"said\",\"text\":\"a\"}\n";

    #[test]
    fn a_gap_is_told() {
        let said = Notice::Said { text: "a".into() };
        let batch = |missed, entries| Batch {
            missed,
            entries,
            to: 7,
        };
        let text = json(true).batch(batch(6, vec![(7, Entry::Notice(Arc::new(said)))]));
        let gap = "{\"event\":\"skipped\",\"count\":6}\n";
        assert_eq!(text, format!("{gap}{SAID}"));
        assert_eq!(json(true).batch(batch(0, Vec::new())), "");
    }

    #[test]
    fn who_shows_no_requests_is_told_of_no_gap_between_notices() {
        let journal = Journal::default();
        for text in ["b", "b", "b", "b", "b", "b", "a"] {
            journal.note(Notice::Said { text: text.into() });
        }
        for requests in [false, true] {
            let lines = json(requests);
            let batch = lines.next(&journal, 6);
            assert_eq!(batch.to, 7);
            assert_eq!(lines.batch(batch), SAID);
            let rest = lines.next(&journal, 7);
            assert_eq!((rest.to, rest.entries.len(), rest.missed), (7, 0, 0));
        }
        journal.clear();
        assert_eq!(json(true).next(&journal, 3).to, 7);
        assert_eq!(json(false).next(&journal, 3).to, 7);
    }
}
