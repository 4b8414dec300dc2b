//! One invocation on its way through the pool.

use super::fault::Unanswered;
use super::message::Ended;
use crate::console::Console;
use crate::event::EventText;
use crate::journal::Run;
use crate::lossy;
use serde::Serialize;
use std::any::Any;
use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What is to be invoked.
pub(crate) struct Call<'a> {
    /// The function's file.
    pub(crate) file: &'a Path,
    /// `context.PATH`.
    pub(crate) path: &'a str,
    /// What it is called with.
    pub(crate) event: &'a EventText,
    /// Where its output goes.
    pub(crate) console: Console,
    /// How long it may run, if not for ever. Waiting for a worker does not count.
    pub(crate) limit: Option<Duration>,
    /// How many invocations of the service may run at a time, if not [`super::pool::MOST`].
    pub(crate) most: Option<usize>,
    /// Dropped when the worker is done with it, even if nobody waits for the answer any more.
    pub(crate) held: Arc<dyn Any + Send + Sync>,
}

/// What most heads need.
const HEAD_ROOM: usize = 512;

/// How long a function took when it last ran.
#[derive(Debug)]
pub(super) struct Pace(AtomicU64);

/// What takes no longer is quick: calls of it may be sent ahead, and others behind it.
const QUICK: Duration = Duration::from_millis(1);

/// What takes no longer is brief: to be woken for its reply would take about as long.
const BRIEF: Duration = Duration::from_micros(50);

impl Default for Pace {
    /// Not known, so not quick.
    fn default() -> Self {
        Pace(AtomicU64::new(u64::MAX))
    }
}

impl Pace {
    pub(super) fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }

    pub(super) fn is_quick(&self) -> bool {
        Duration::from_micros(self.0.load(Ordering::Relaxed)) < QUICK
    }

    pub(super) fn is_brief(&self) -> bool {
        Duration::from_micros(self.0.load(Ordering::Relaxed)) <= BRIEF
    }

    /// Whether it is known to take at least `time`.
    pub(super) fn takes(&self, time: Duration) -> bool {
        let micros = self.0.load(Ordering::Relaxed);
        micros != u64::MAX && Duration::from_micros(micros) >= time
    }

    /// How many runs of it `time` has room for.
    pub(super) fn fits_into(&self, time: Duration) -> usize {
        let micros = self.0.load(Ordering::Relaxed).max(1);
        usize::try_from(time.as_micros()).unwrap_or(usize::MAX)
            / usize::try_from(micros).unwrap_or(usize::MAX)
    }
}

/// A function, by its calls.
#[derive(Debug)]
pub(super) struct Function {
    file: OsString,
    pub(super) pace: Arc<Pace>,
    /// What the head of each of its calls begins with.
    head: Vec<u8>,
}

impl Function {
    pub(super) fn new(file: &Path, path: &str) -> Self {
        Function {
            file: file.as_os_str().to_os_string(),
            pace: Arc::default(),
            head: head(file, path),
        }
    }

    pub(super) fn is_in(&self, file: &Path) -> bool {
        self.file == file.as_os_str()
    }
}

/// The answer to an invocation.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What it called back with, or why it did not.
    pub(crate) ended: Result<Ended, Unanswered>,
    /// Where its time went.
    pub(crate) run: Run,
}

/// A call that can be moved from worker to worker until one has started it.
pub(super) struct Job {
    /// The head of its frame.
    pub(super) head: Vec<u8>,
    pub(super) console: Console,
    pub(super) limit: Option<Duration>,
    pub(super) queued: Instant,
    pub(super) pace: Arc<Pace>,
    /// Which version of the service's files it runs.
    pub(super) generation: u64,
    answer: oneshot::Sender<Answered>,
    _held: Arc<dyn Any + Send + Sync>,
}

impl Job {
    /// A call of `function`.
    pub(super) fn new(call: Call<'_>, function: &Function) -> (Self, oneshot::Receiver<Answered>) {
        let (answer, answered) = oneshot::channel();
        let mut head = Vec::with_capacity(HEAD_ROOM);
        head.extend_from_slice(&function.head);
        call.event.write(&mut head);
        head.push(b'}');
        let job = Job {
            head,
            console: call.console,
            limit: call.limit,
            queued: Instant::now(),
            pace: Arc::clone(&function.pace),
            generation: 0,
            answer,
            _held: call.held,
        };
        (job, answered)
    }

    /// Ends it after it ran. The caller may have left: then nobody hears of it.
    pub(super) fn end(self, ended: Result<Ended, Unanswered>, run: Run) {
        let _ = self.answer.send(Answered { ended, run });
    }

    /// Ends it before it ran.
    pub(super) fn refuse(self, why: impl Into<Unanswered>) {
        let run = Run {
            queued: self.queued.elapsed(),
            ..Run::default()
        };
        self.end(Err(why.into()), run);
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job(..)")
    }
}

#[derive(Serialize)]
struct Head<'a> {
    file: Cow<'a, str>,
    path: &'a str,
}

/// `{"file": …, "path": …, "event":`, which is the same for each call.
fn head(file: &Path, path: &str) -> Vec<u8> {
    let head = Head {
        file: lossy::text(file.as_os_str().as_encoded_bytes()),
        path,
    };
    // Into memory, and all names are texts: it cannot fail.
    let mut text = serde_json::to_vec(&head).unwrap_or_default();
    text.pop();
    text.extend_from_slice(b",\"event\":");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    #[test]
    fn the_head_is_json_whatever_is_in_it() {
        let event = Event::builder()
            .parameter("a", "\"")
            .build()
            .unwrap()
            .into();
        let call = Call {
            file: Path::new("/a\"b\\c.js"),
            path: "/é",
            event: &event,
            console: Console::default(),
            limit: None,
            most: None,
            held: Arc::new(()),
        };
        let function = Function::new(call.file, call.path);
        let (job, _) = Job::new(call, &function);
        let head: serde_json::Value = serde_json::from_slice(&job.head).unwrap();
        let expected = serde_json::json!({
            "file": "/a\"b\\c.js",
            "path": "/é",
            "event": {"request": {"headers": {}, "cookies": {}}, "a": "\""},
        });
        assert_eq!(head, expected);
    }
}
