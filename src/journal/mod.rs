//! What happened: a bounded ring of [`Exchange`]s and [`Notice`]s, in order.
//!
//! The terminal, the console page and `replay` all read from here; nothing is printed from
//! anywhere else. Entries are numbered from 1 without gaps, so that a reader that was away asks
//! for "all since 41" and knows what it missed. The ring is bounded by count and by bytes: the
//! oldest entries go first.
//!
//! A `std` mutex, held for a push or a copy and never across an await.

mod block;
mod entry;
mod packed;
mod timeline;

use crate::sid;
use packed::Packed;
use std::collections::{VecDeque, vec_deque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;
use tokio::sync::Notify;

pub(crate) use entry::Finished;
pub use entry::{Entry, Exchange, Notice, RouteTaken};
pub use timeline::{Run, Timeline, WorkerTaken};

/// How many entries are kept.
const ENTRIES: usize = 10_000;
/// How many bytes of heads and bodies are kept, about.
const BYTES: usize = 48 * 1024 * 1024;
/// What a notice costs, about.
const NOTICE_BYTES: usize = 1024;

/// The ring. Clones are the same journal.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    ring: Mutex<Ring>,
    /// The number of the newest entry; 0 before the first.
    latest: AtomicU64,
    /// How many followers wait: where there is none, nobody is woken.
    waiting: AtomicUsize,
    newer: Notify,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Kept>,
    bytes: usize,
    latest: u64,
}

impl Ring {
    /// The entries with a number above `after`, and the first one's number.
    fn above(&self, after: u64) -> (u64, vec_deque::Iter<'_, Kept>) {
        let length = self.entries.len();
        let first = self.latest + 1 - length as u64;
        let skip = (after + 1).saturating_sub(first);
        let skip = usize::try_from(skip).map_or(length, |skip| skip.min(length));
        // Not `skip(…)`, which would walk a full ring for its newest entry.
        (first + skip as u64, self.entries.range(skip..))
    }
}

#[derive(Clone, Debug)]
enum Kept {
    Exchange(Packed),
    Notice(Arc<Notice>),
}

impl Journal {
    /// Adds an exchange and returns its number.
    pub(crate) fn record(&self, finished: Finished<'_>) -> u64 {
        self.push(Kept::Exchange(Packed::new(finished)))
    }

    /// Adds a notice and returns its number.
    pub fn note(&self, notice: Notice) -> u64 {
        self.push(Kept::Notice(Arc::new(notice)))
    }

    fn push(&self, entry: Kept) -> u64 {
        let bytes = entry.bytes();
        // The usual case is one in, one out; it is freed outside the lock.
        let mut gone = None;
        let mut more_gone = Vec::new();
        let number = {
            let mut ring = self.ring();
            ring.bytes += bytes;
            ring.entries.push_back(entry);
            while ring.entries.len() > ENTRIES || (ring.bytes > BYTES && ring.entries.len() > 1) {
                let Some(oldest) = ring.entries.pop_front() else {
                    break;
                };
                ring.bytes -= oldest.bytes();
                more_gone.extend(gone.replace(oldest));
            }
            ring.latest += 1;
            self.0.latest.store(ring.latest, Ordering::SeqCst);
            ring.latest
        };
        if self.0.waiting.load(Ordering::SeqCst) > 0 {
            self.0.newer.notify_waiters();
        }
        number
    }

    /// The entries with a number above `after` that are still kept, oldest first, at most `most`.
    pub fn since(&self, after: u64, most: usize) -> Vec<(u64, Entry)> {
        // Copied under the lock, unpacked outside.
        let (number, kept): (u64, Vec<Kept>) = {
            let ring = self.ring();
            let (first, kept) = ring.above(after);
            (first, kept.take(most).cloned().collect())
        };
        (number..).zip(kept.iter().map(Kept::entry)).collect()
    }

    /// The number of the newest entry, and the notices among those with a number above `after` that
    /// are still kept, oldest first: for who reads nothing else, and need not have requests unpacked.
    pub fn notices_since(&self, after: u64) -> (u64, Vec<(u64, Entry)>) {
        let ring = self.ring();
        let (first, kept) = ring.above(after);
        let notices = (first..).zip(kept).filter_map(|(number, kept)| match kept {
            Kept::Exchange(_) => None,
            Kept::Notice(_) => Some((number, kept.entry())),
        });
        (ring.latest, notices.collect())
    }

    /// The exchange of that number, if it is still kept.
    pub fn exchange(&self, number: u64) -> Option<Arc<Exchange>> {
        match self.since(number.checked_sub(1)?, 1).pop()? {
            (found, Entry::Exchange(exchange)) if found == number => Some(exchange),
            _ => None,
        }
    }

    /// All exchanges that are still kept, oldest first.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.since(0, usize::MAX)
            .into_iter()
            .filter_map(|(_, entry)| match entry {
                Entry::Exchange(exchange) => Some(exchange),
                Entry::Notice(_) => None,
            })
            .collect()
    }

    /// Forgets all entries; numbers go on.
    pub fn clear(&self) {
        let mut ring = self.ring();
        ring.bytes = 0;
        let gone = std::mem::take(&mut ring.entries);
        drop(ring);
        drop(gone);
    }

    /// The number of the newest entry; 0 before the first.
    pub fn latest(&self) -> u64 {
        self.0.latest.load(Ordering::SeqCst)
    }

    /// Waits until there is an entry with a number above `seen`, and returns the newest's.
    pub async fn newer_than(&self, seen: u64) -> u64 {
        loop {
            let newer = self.0.newer.notified();
            let _waiting = Waiting::new(&self.0.waiting);
            // Asked after the wait was announced: an entry is either seen here or wakes us.
            let latest = self.latest();
            if latest > seen {
                return latest;
            }
            newer.await;
        }
    }

    fn ring(&self) -> std::sync::MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a waiting follower.
struct Waiting<'c>(&'c AtomicUsize);

impl<'c> Waiting<'c> {
    fn new(count: &'c AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        match self {
            Kept::Exchange(packed) => packed.bytes(),
            Kept::Notice(_) => NOTICE_BYTES,
        }
    }

    fn entry(&self) -> Entry {
        match self {
            Kept::Exchange(packed) => Entry::Exchange(Arc::new(packed.unpack())),
            Kept::Notice(notice) => Entry::Notice(Arc::clone(notice)),
        }
    }
}

impl Exchange {
    /// The request's SID, `RQ…`: the same each time it is asked for.
    pub fn sid(&self, number: u64) -> String {
        let at = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        sid::stable("RQ", &format!("{number} {}", at.as_nanos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Level;
    use crate::console::Line;
    use crate::event::RequestHead;
    use crate::visibility::Admission;
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};
    use std::time::Duration;

    fn said(journal: &Journal, text: &str) -> u64 {
        journal.note(Notice::Said { text: text.into() })
    }

    fn texts(entries: &[(u64, Entry)]) -> Vec<String> {
        entries
            .iter()
            .map(|(number, entry)| match entry {
                Entry::Notice(notice) => match &**notice {
                    Notice::Said { text } => format!("{number} {text}"),
                    other => format!("{number} {other:?}"),
                },
                Entry::Exchange(_) => format!("{number} exchange"),
            })
            .collect()
    }

    fn timeline() -> Timeline {
        Timeline {
            received: Duration::from_micros(1),
            run: Some(Run {
                queued: Duration::from_micros(2),
                cold: Duration::from_secs(3),
                ran: Duration::from_micros(4),
                worker: Some(WorkerTaken {
                    number: 5,
                    pid: u32::MAX,
                    generation: 6,
                }),
            }),
        }
    }

    fn record(journal: &Journal, body: &Bytes) -> u64 {
        record_with(journal, body, Vec::new())
    }

    fn record_with(journal: &Journal, body: &Bytes, console: Vec<Line>) -> u64 {
        let mut headers = HeaderMap::new();
        headers.append("x-a", http::HeaderValue::from_static("1"));
        headers.append("x-a", http::HeaderValue::from_static("2"));
        journal.record(Finished {
            at: UNIX_EPOCH,
            duration: Duration::ZERO,
            timeline: timeline(),
            generation: 7,
            peer: None,
            service: Some("demo".into()),
            route: None,
            admission: Some(Admission::Refused),
            request: &RequestHead {
                method: http::Method::POST,
                uri: http::Uri::from_static("http://h/p?q=1"),
                headers: headers.clone(),
            },
            request_body: &Bytes::from_static(b"asked"),
            status: StatusCode::OK,
            headers: &headers,
            body,
            console,
            warnings: Vec::new(),
            fault: Some("why".into()),
        })
    }

    #[test]
    fn what_is_read_is_what_was_recorded() {
        let journal = Journal::default();
        for body in [&b"told"[..], &[7; 10_000]] {
            let body = Bytes::copy_from_slice(body);
            let number = record(&journal, &body);
            let exchange = journal.exchange(number).unwrap();
            assert_eq!(exchange.service.as_deref(), Some("demo"));
            assert_eq!(exchange.admission, Some(Admission::Refused));
            assert_eq!((exchange.timeline, exchange.generation), (timeline(), 7));
            assert_eq!(exchange.request.method, http::Method::POST);
            assert_eq!(exchange.request.uri, "http://h/p?q=1");
            assert_eq!(exchange.request.headers, exchange.headers);
            let values: Vec<_> = exchange.headers.get_all("x-a").iter().collect();
            assert_eq!(values, ["1", "2"]);
            assert_eq!(exchange.request_body, "asked");
            assert_eq!(exchange.body, body);
            assert_eq!(exchange.fault.as_deref(), Some("why"));
        }
    }

    #[tokio::test]
    async fn a_follower_is_woken_by_what_is_newer() {
        let journal = Journal::default();
        said(&journal, "a");
        assert_eq!(journal.newer_than(0).await, 1);
        let follower = tokio::spawn({
            let journal = journal.clone();
            async move { journal.newer_than(1).await }
        });
        tokio::task::yield_now().await;
        said(&journal, "b");
        assert_eq!(follower.await.unwrap(), 2);
        assert_eq!(journal.0.waiting.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_reader_that_was_away_gets_what_it_missed() {
        let journal = Journal::default();
        assert!(journal.since(0, 10).is_empty());
        for text in ["a", "b", "c"] {
            said(&journal, text);
        }
        assert_eq!(texts(&journal.since(0, 10)), ["1 a", "2 b", "3 c"]);
        assert_eq!(texts(&journal.since(1, 1)), ["2 b"]);
        assert!(journal.since(3, 10).is_empty());
        assert!(journal.since(99, 10).is_empty());
        assert_eq!(journal.latest(), 3);
    }

    #[test]
    fn who_reads_notices_alone_is_not_held_up_by_requests() {
        let journal = Journal::default();
        assert_eq!(journal.notices_since(0).0, 0);
        said(&journal, "a");
        record(&journal, &Bytes::new());
        said(&journal, "b");
        record(&journal, &Bytes::new());
        let (latest, notices) = journal.notices_since(0);
        assert_eq!(
            (latest, texts(&notices)),
            (4, vec!["1 a".into(), "3 b".into()])
        );
        assert_eq!(texts(&journal.notices_since(1).1), ["3 b"]);
        assert!(journal.notices_since(4).1.is_empty());
    }

    #[test]
    fn numbers_go_on_when_old_entries_go() {
        let journal = Journal::default();
        for n in 1..=ENTRIES + 5 {
            assert_eq!(said(&journal, "x"), n as u64);
        }
        let first = journal.since(0, 1);
        assert_eq!(first[0].0, 6);
        journal.clear();
        assert!(journal.since(0, 10).is_empty());
        let next = said(&journal, "after");
        assert_eq!(texts(&journal.since(0, 10)), [format!("{next} after")]);
    }

    #[test]
    fn large_bodies_are_bounded_in_sum_but_the_newest_stays() {
        let journal = Journal::default();
        let large = Bytes::from(vec![0; 4 * 1024 * 1024]);
        for _ in 0..20 {
            record(&journal, &large);
        }
        assert_eq!(journal.exchanges().len(), 11);
        let number = record(&journal, &Bytes::from(vec![0; BYTES + 1]));
        assert_eq!(journal.exchanges().len(), 1);
        assert!(journal.exchange(number).is_some());
        assert!(journal.exchange(number - 1).is_none());
        assert!(journal.exchange(0).is_none());
    }

    #[test]
    fn printed_lines_without_text_are_counted_too() {
        let journal = Journal::default();
        let empty = Line {
            level: Level::Info,
            text: String::new(),
        };
        for _ in 0..3 {
            let lines = vec![empty.clone(); BYTES / 2 / size_of::<Line>()];
            record_with(&journal, &Bytes::new(), lines);
        }
        assert_eq!(journal.exchanges().len(), 1);
    }
}
