//! The list of entries, and the question for newer ones that waits for them.

use super::WebConsole;
use super::answer::{self, Refused};
use super::event_stream::GATHER;
use super::filter::Filter;
use crate::body::Body;
use crate::journal::{Entry, Journal};
use crate::report::EntryReport;
use http::{Response, StatusCode};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// Entries in an answer where it is not said how many.
const USUAL: usize = 100;
/// The most that can be asked for.
const MOST: usize = 1000;
/// How long a question can wait for its answer.
const LONGEST_WAIT: u64 = 30;
/// Entries that are unpacked at a time.
const CHUNK: usize = 256;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    /// Those after this number, the oldest first; without it the newest.
    pub(super) after: Option<u64>,
    most: Option<usize>,
    wait: u64,
    /// Whether changes of the phones are told of in between, to who follows.
    pub(super) phones: bool,
    pub(super) filter: Filter,
}

impl Query {
    /// Reads a query. A key that is none is refused, since a filter that is misspelt and then not
    /// applied misleads.
    pub(super) fn parse(query: &str) -> Result<Self, Refused> {
        let mut this = Query::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let wrong = |error: String| Refused::bad_request(format!("{key}: {error}"));
            let number = || {
                let parsed = value.parse::<u64>();
                parsed.map_err(|_| wrong(format!("`{value}` is no number")))
            };
            match &*key {
                "after" => this.after = Some(number()?),
                "most" => this.most = Some(usize::try_from(number()?).unwrap_or(MOST)),
                "wait" => this.wait = number()?.min(LONGEST_WAIT),
                "phones" => {
                    this.phones = value.parse().map_err(|_| wrong("true or false".into()))?
                }
                "service" => this.filter.service = Some(value.into_owned()),
                "path" => this.filter.path = Some(value.into_owned()),
                "status" => this.filter.status = Some(value.parse().map_err(wrong)?),
                "since" => this.filter.since = Some(value.parse().map_err(wrong)?),
                _ => {
                    return Err(Refused::bad_request(format!(
                        "there is no parameter `{key}`"
                    )));
                }
            }
        }
        Ok(this)
    }

    fn most(&self) -> usize {
        self.most.unwrap_or(USUAL).min(MOST)
    }
}

/// What was found.
struct Found {
    /// Each as JSON.
    entries: VecDeque<String>,
    /// All up to this number were looked at.
    next: u64,
}

impl WebConsole {
    /// Answers `{"entries": […], "next": N, "latest": N}`.
    pub(super) async fn list(&self, query: Query) -> Result<Response<Body>, Refused> {
        let until = Instant::now() + Duration::from_secs(query.wait);
        let mut query = query;
        let follows = query.wait > 0;
        if follows {
            self.followers.asked();
        }
        let found = loop {
            let found = self.look(&query).await?;
            query.after = Some(found.next);
            if !found.entries.is_empty() || self.stop.said() {
                break found;
            }
            let newer = async {
                tokio::select! {
                    _ = self.journal.newer_than(found.next) => {}
                    () = self.stop.wait() => return,
                }
                // A burst becomes one answer; what is recorded until the end is in the last.
                tokio::select! {
                    () = sleep(GATHER) => {}
                    () = self.stop.wait() => {}
                }
            };
            if timeout_at(until, newer).await.is_err() {
                break found;
            }
        };
        if follows && !self.stop.said() {
            self.followers.answered();
        }
        let mut text = String::from("{\"entries\":[");
        for (index, entry) in found.entries.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(entry);
        }
        let latest = self.journal.latest();
        text.push_str(&format!("],\"next\":{},\"latest\":{latest}}}", found.next));
        Ok(answer::whole(
            StatusCode::OK,
            "application/json",
            text.into(),
        ))
    }

    /// On a thread for blocking work, since a full journal is many megabytes.
    async fn look(&self, query: &Query) -> Result<Found, Refused> {
        let (journal, query) = (self.journal.clone(), query.clone());
        let looking = tokio::task::spawn_blocking(move || look(&journal, &query));
        looking.await.map_err(|_| {
            Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the server is about to end",
            )
        })
    }
}

fn look(journal: &Journal, query: &Query) -> Found {
    let most = query.most();
    let mut found = Found {
        entries: VecDeque::new(),
        // A number that is yet to come is of another run; it must not wait for ours to reach it.
        next: query.after.unwrap_or(0).min(journal.latest()),
    };
    loop {
        // Asked first: where nothing is left, all up to here is gone.
        let latest = journal.latest();
        let chunk = journal.since(found.next, CHUNK);
        if chunk.is_empty() {
            found.next = found.next.max(latest);
            return found;
        }
        for (number, entry) in &chunk {
            let missed = number - found.next - 1;
            if missed > 0 && query.after.is_some() {
                found.entries.push_back(skipped(missed));
            }
            found.next = *number;
            if let Some(told) = told(*number, entry, &query.filter) {
                found.entries.push_back(told);
            }
            if found.entries.len() > most && query.after.is_none() {
                found.entries.pop_front();
            }
            if found.entries.len() >= most && query.after.is_some() {
                return found;
            }
        }
    }
}

/// The entry in JSON, if the filter takes it. A notice belongs to no exchange: only who wants
/// everything wants it.
pub(super) fn told(number: u64, entry: &Entry, filter: &Filter) -> Option<String> {
    let taken = match entry {
        Entry::Exchange(exchange) => filter.takes(exchange),
        Entry::Notice(_) => filter.is_empty(),
    };
    taken
        .then(|| serde_json::to_string(&EntryReport::new(number, entry)).ok())
        .flatten()
}

/// That so many entries are gone.
pub(super) fn skipped(count: u64) -> String {
    serde_json::to_string(&EntryReport::Skipped { count }).unwrap_or_default()
}
