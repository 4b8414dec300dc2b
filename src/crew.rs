//! How many of the runtime's workers are awake: one, as long as one is enough.
//!
//! tokio wakes a second worker when there are two things to do, and a third one for the third. Where
//! each takes microseconds, waking costs more than doing: with four workers on two processors, a
//! call of a JavaScript function at eight connections took the server 36 µs of processor time, and
//! 24 µs with one (measured). But a server with one worker alone stands still when a handler blocks
//! it. So there are several, and all but one of them *sit*: each is inside a task that waits for a
//! call, which tokio takes for work.
//!
//! A thread keeps watch. Every few milliseconds it spawns a task that does nothing but say that it
//! was run. If it was not, the workers that stand are blocked, or have more to do than they can, and
//! one that sits is called up. It sits down again after a while in which all went well. The task is
//! of use without any seats, too: a worker that blocks may be the one that listened for I/O and
//! timers for all the others, and tokio hands that duty on when it wakes another.
//!
//! Turned down: a runtime of one thread, with handlers on others (two thread switches cost more than
//! all the rest of a small request); measuring how long handlers take, instead of asking whether the
//! runtime answers (it would see handlers alone).

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread::{self, LocalKey, Thread, ThreadId};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// How soon a task must be run while handlers are.
const IN_TIME: Duration = Duration::from_millis(4);
/// The same while there are none.
const IN_TIME_IDLE: Duration = Duration::from_millis(100);
/// How often in a row the task must be late: the thread itself may be, on a machine that is short of
/// time.
const LATE: u32 = 2;
/// How long all must go well before a worker sits down again.
const CALM: Duration = Duration::from_millis(250);
/// How long a worker sits without looking up. In tests for ever, so that it shows who waits for it.
const SITTING: Duration = Duration::from_secs(if cfg!(test) { 3600 } else { 1 });
/// When one that could not sit down tries again.
const ANOTHER_TIME: Duration = Duration::from_millis(1);
/// How often in a row it lets go first what waits on its worker.
const TURNS: usize = 64;
/// How long no handler must have run for the watch to doze.
const DOZE_AFTER: Duration = Duration::from_millis(250);

thread_local! {
    /// How often a task has yielded on this thread.
    static YIELDED: Cell<u64> = const { Cell::new(0) };
    /// How often a task has been polled on this thread, of those that are [`counted`].
    static POLLED: Cell<u64> = const { Cell::new(0) };
}

/// How many workers, of whatever runtime, want to sit down and do not yet.
static SEEKING: AtomicUsize = AtomicUsize::new(0);

/// Lets others go first, as tokio's `yield_now`, in whose place this is to be used: a worker on which
/// a task has yielded must not sit down. Nobody goes first where one wants to sit down, for which it
/// would never find the moment.
pub(crate) async fn give_way() {
    if !is_sought() {
        count_yield();
        tokio::task::yield_now().await;
    }
}

/// Whether one wants to sit down. A task that stays awake for nothing but speed does so no longer.
pub(crate) fn is_sought() -> bool {
    SEEKING.load(Ordering::Relaxed) > 0
}

fn count_yield() {
    YIELDED.set(YIELDED.get() + 1);
}

/// Runs a task that may use up its budget of tokio's, and has then yielded, too.
pub(crate) async fn counted<F: Future>(task: F) -> F::Output {
    let mut task = pin!(task);
    poll_fn(|context| {
        POLLED.set(POLLED.get() + 1);
        let polled = task.as_mut().poll(context);
        if polled.is_pending() && !tokio::task::coop::has_budget_remaining() {
            count_yield();
        }
        polled
    })
    .await
}

/// Whether the worker that this is on comes to a moment at which no task waits on it, soon.
///
/// A task that wakes itself goes behind all that wait there, and what an event wakes meanwhile goes
/// first or has another that goes first: so nobody waits if nobody was run before it comes back. Of
/// those that are not [`counted`] nothing is known.
async fn has_nothing_to_do() -> bool {
    for _ in 0..TURNS {
        let before = counted_here(&POLLED);
        let mut gone = false;
        poll_fn(|context| {
            if std::mem::replace(&mut gone, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        if counted_here(&POLLED) == before {
            return true;
        }
    }
    false
}

/// Which thread this is, and what was counted on it.
fn counted_here(count: &'static LocalKey<Cell<u64>>) -> (ThreadId, u64) {
    (thread::current().id(), count.get())
}

/// Who else runs in the runtime of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tenancy {
    /// Others may: all workers are left awake.
    #[default]
    Shared,
    /// Nobody: all workers but one may sit.
    Alone,
}

/// The watch over a runtime's workers. Dropping it calls all of them up.
#[derive(Debug)]
pub(crate) struct Crew {
    shared: Arc<Shared>,
    watch: Option<Thread>,
}

#[derive(Debug, Default)]
struct Shared {
    seats: Mutex<Seats>,
    called: Condvar,
    /// Workers that are inside a handler at this moment.
    inside: AtomicUsize,
    /// The watch looks seldom, until it is stirred.
    dozes: AtomicBool,
}

#[derive(Debug, Default)]
struct Seats {
    /// Workers that sit, or are on their way to.
    taken: usize,
    /// Calls that no worker has heard yet.
    calls: usize,
    over: bool,
}

/// A worker that wants to sit down, until it is dropped.
struct Seeking;

impl Seeking {
    fn new() -> Self {
        SEEKING.fetch_add(1, Ordering::Relaxed);
        Seeking
    }
}

impl Drop for Seeking {
    fn drop(&mut self) {
        SEEKING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A worker inside a handler, until it is dropped.
#[derive(Debug)]
pub(crate) struct Inside<'c>(&'c Shared);

impl Crew {
    /// Watches over the runtime that this is called in.
    pub(crate) fn new(tenancy: Tenancy) -> Self {
        let runtime = Handle::current();
        let seats = match tenancy {
            Tenancy::Shared => 0,
            Tenancy::Alone => runtime.metrics().num_workers() - 1,
        };
        let shared = Arc::new(Shared::default());
        for _ in 0..seats {
            Shared::seat(&shared, &runtime);
        }
        let watched = Arc::clone(&shared);
        let watch = thread::Builder::new()
            .name("watch".to_string())
            .spawn(move || watched.watch(&runtime, seats));
        let crew = Crew {
            watch: watch.as_ref().ok().map(|watch| watch.thread().clone()),
            shared,
        };
        if watch.is_err() {
            // Without the thread nobody would call them.
            crew.shared.dismiss();
        }
        crew
    }

    /// Enters a handler, if fewer than `most` workers are inside one.
    pub(crate) fn enter(&self, most: usize) -> Option<Inside<'_>> {
        if self.shared.inside.fetch_add(1, Ordering::Relaxed) >= most {
            self.shared.inside.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        if self.shared.dozes.load(Ordering::Relaxed)
            && self.shared.dozes.swap(false, Ordering::Relaxed)
            && let Some(watch) = &self.watch
        {
            watch.unpark();
        }
        Some(Inside(&self.shared))
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.dismiss();
        if let Some(watch) = &self.watch {
            watch.unpark();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets whichever worker comes first sit.
    ///
    /// What has yielded waits on its worker, where no other can take it, until that worker has nothing
    /// else to do: it must not sit then. A yield of our own lets all of them go on, and who has yielded
    /// again since is counted; in case that somebody was not, nobody sits for ever without looking
    /// up. A task that an event has woken last can be taken by no other worker either, and the others
    /// that wait here by none that is too busy to look for more: a worker under full load never does.
    /// So all of them are let go first.
    fn seat(shared: &Arc<Self>, runtime: &Handle) {
        shared.lock().taken += 1;
        let shared = Arc::clone(shared);
        runtime.spawn(async move {
            loop {
                let seeking = Seeking::new();
                // Counted, since another that wants to sit must not do so on this one.
                count_yield();
                let before = counted_here(&YIELDED);
                tokio::task::yield_now().await;
                if !has_nothing_to_do().await || counted_here(&YIELDED) != before {
                    tokio::time::sleep(ANOTHER_TIME).await;
                    continue;
                }
                drop(seeking);
                if shared.sit() {
                    return;
                }
            }
        });
    }

    /// Waits for a call, which comes or not.
    fn sit(&self) -> bool {
        let waiting = |seats: &mut Seats| seats.calls == 0 && !seats.over;
        let woken = self
            .called
            .wait_timeout_while(self.lock(), SITTING, waiting);
        let (mut seats, _) = woken.unwrap_or_else(PoisonError::into_inner);
        let called = !waiting(&mut seats);
        seats.calls = seats.calls.saturating_sub(1);
        called
    }

    fn call_up(&self) {
        let mut seats = self.lock();
        if seats.taken > 0 {
            seats.taken -= 1;
            seats.calls += 1;
            self.called.notify_one();
        }
    }

    /// Calls all up, for good.
    fn dismiss(&self) {
        self.lock().over = true;
        self.called.notify_all();
    }

    /// Until all are dismissed; where the runtime ends before that, its task is never run, so that
    /// all are called up and none keeps it from ending.
    fn watch(self: &Arc<Self>, runtime: &Handle, seats: usize) {
        let mut late = 0;
        let mut trouble = Instant::now();
        let mut busy = Instant::now();
        loop {
            let run = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&run);
            runtime.spawn(async move { told.store(true, Ordering::Release) });
            let dozes = busy.elapsed() >= DOZE_AFTER;
            self.dozes.store(dozes, Ordering::Relaxed);
            thread::park_timeout(if dozes { IN_TIME_IDLE } else { IN_TIME });
            let taken = match &*self.lock() {
                Seats { over: true, .. } => return,
                seats => seats.taken,
            };
            let inside = self.inside.load(Ordering::Relaxed);
            // Stirred, or not yet asleep.
            if inside > 0 || (dozes && !self.dozes.load(Ordering::Relaxed)) {
                busy = Instant::now();
            }
            if run.load(Ordering::Acquire) {
                late = 0;
            } else {
                late += 1;
                trouble = Instant::now();
                if late >= LATE {
                    self.call_up();
                }
            }
            // Those inside handlers may be blocked there: one more stands than they are.
            if trouble.elapsed() >= CALM && taken < seats.saturating_sub(inside) {
                Shared::seat(self, runtime);
                trouble = Instant::now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::runtime::{Builder, Runtime};

    fn runtime(workers: usize) -> Runtime {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers).enable_all();
        builder.build().unwrap()
    }

    /// Waits until so many workers sit.
    fn until_seated(crew: &Crew, wanted: usize) {
        while crew.shared.lock().taken != wanted {
            thread::yield_now();
        }
    }

    /// Waits until `count` is `wanted`, as something that runs in `runtime` counts, but not for long after `began`.
    fn until_counted(runtime: &Runtime, count: &AtomicUsize, wanted: usize, began: Instant) {
        while count.load(Ordering::Relaxed) < wanted {
            assert!(began.elapsed() < Duration::from_secs(20), "nobody runs it");
            // As the watch does: whoever sits may have been the one that listened for events.
            runtime.spawn(async {});
            thread::park_timeout(Duration::from_micros(100));
        }
    }

    #[test]
    fn those_that_block_are_stood_in_for_and_sit_down_again() {
        let runtime = runtime(4);
        runtime.block_on(async {
            let crew = Arc::new(Crew::new(Tenancy::Alone));
            until_seated(&crew, 3);
            let (entered, blocked) = mpsc::channel();
            let mut releases = Vec::new();
            for _ in 0..3 {
                let (release, released) = mpsc::channel::<()>();
                let (crew, entered) = (Arc::clone(&crew), entered.clone());
                releases.push(release);
                tokio::spawn(async move {
                    let _inside = crew.enter(3).unwrap();
                    entered.send(()).unwrap();
                    let _ = released.recv();
                });
            }
            for _ in 0..3 {
                blocked.recv().unwrap();
            }
            assert!(crew.enter(3).is_none(), "one is kept free");
            assert_eq!(tokio::spawn(async { 7 }).await.unwrap(), 7);
            drop(releases);
            until_seated(&crew, 3);
            assert_eq!(tokio::spawn(async { 8 }).await.unwrap(), 8);
        });
    }

    #[test]
    fn nobody_sits_down_on_a_task_that_no_other_can_take() {
        let runtime = runtime(2);
        let pings = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&pings);
        // Woken by the I/O driver each time, as connections are.
        runtime.spawn(async move {
            let (mut here, mut there) = tokio::net::UnixStream::pair().unwrap();
            tokio::spawn(async move {
                while let Ok(byte) = there.read_u8().await {
                    there.write_u8(byte).await.unwrap();
                }
            });
            loop {
                here.write_u8(1).await.unwrap();
                here.read_u8().await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let crew = Crew {
            shared: Arc::default(),
            watch: None,
        };
        let shared = &crew.shared;
        for _ in 0..3000 {
            Shared::seat(shared, runtime.handle());
            let wanted = pings.load(Ordering::Relaxed) + 5;
            until_counted(&runtime, &pings, wanted, Instant::now());
            shared.call_up();
        }
    }

    #[test]
    fn nobody_sits_down_on_a_task_that_has_yielded() {
        fn turns<F: Future<Output = ()> + Send + 'static>(runtime: &Runtime, yields: fn() -> F) {
            let turns = Arc::new(AtomicUsize::new(0));
            let counted_here = Arc::clone(&turns);
            let turning = runtime.spawn(counted(async move {
                loop {
                    yields().await;
                    counted_here.fetch_add(1, Ordering::Relaxed);
                }
            }));
            let crew = Crew {
                shared: Arc::default(),
                watch: None,
            };
            for _ in 0..1000 {
                Shared::seat(&crew.shared, runtime.handle());
                let (before, began) = (turns.load(Ordering::Relaxed), Instant::now());
                while turns.load(Ordering::Relaxed) < before + 300 {
                    assert!(began.elapsed() < Duration::from_secs(20), "nobody runs it");
                    thread::yield_now();
                }
                crew.shared.call_up();
            }
            turning.abort();
        }
        let runtime = runtime(2);
        turns(&runtime, || async {
            give_way().await;
            // Where it does not yield it goes on for ever, and is no task.
            tokio::task::coop::consume_budget().await;
        });
        turns(&runtime, tokio::task::coop::consume_budget);
    }

    /// Another takes over what lies there once it has nothing of its own to do, and no sooner.
    #[test]
    fn nobody_sits_down_on_what_others_are_too_busy_to_take() {
        let runtime = runtime(2);
        let answers: Vec<Arc<AtomicUsize>> = (0..32).map(|_| Arc::default()).collect();
        let mut callers = Vec::new();
        for answered in &answers {
            let (here, there) = std::os::unix::net::UnixStream::pair().unwrap();
            here.set_nonblocking(true).unwrap();
            there.set_nonblocking(true).unwrap();
            runtime.spawn(counted(async move {
                let mut here = tokio::net::UnixStream::from_std(here).unwrap();
                while let Ok(byte) = here.read_u8().await {
                    let began = Instant::now();
                    while began.elapsed() < Duration::from_micros(200) {
                        std::hint::spin_loop();
                    }
                    here.write_u8(byte).await.unwrap();
                }
            }));
            callers.push((there, Arc::clone(answered)));
        }
        // Each asks as soon as it is answered, so that the worker that stands never has a rest.
        let asking = thread::spawn(move || {
            let mut own = Builder::new_current_thread();
            own.enable_all().build().unwrap().block_on(async move {
                let mut callers: tokio::task::JoinSet<()> = callers
                    .into_iter()
                    .map(|(there, answered)| async move {
                        let mut there = tokio::net::UnixStream::from_std(there).unwrap();
                        while there.write_u8(1).await.is_ok() && there.read_u8().await.is_ok() {
                            answered.fetch_add(1, Ordering::Relaxed);
                        }
                    })
                    .collect();
                while callers.join_next().await.is_some() {}
            });
        });
        let crew = Crew {
            shared: Arc::default(),
            watch: None,
        };
        let all_go_on = || {
            let before: Vec<usize> = answers.iter().map(|a| a.load(Ordering::Relaxed)).collect();
            let began = Instant::now();
            for (answered, before) in answers.iter().zip(before) {
                until_counted(&runtime, answered, before + 5, began);
            }
        };
        for _ in 0..60 {
            all_go_on();
            Shared::seat(&crew.shared, runtime.handle());
            all_go_on();
            crew.shared.call_up();
        }
        drop(runtime);
        asking.join().unwrap();
    }

    #[test]
    fn a_runtime_ends_whether_its_crew_has_been_dismissed_or_not() {
        for dismissed_first in [true, false] {
            let runtime = runtime(3);
            let crew = runtime.block_on(async { Crew::new(Tenancy::Alone) });
            until_seated(&crew, 2);
            if dismissed_first {
                drop(crew);
                drop(runtime);
            } else {
                drop(runtime);
                drop(crew);
            }
        }
    }

    #[test]
    fn a_runtime_of_one_worker_has_nobody_to_seat() {
        let runtime = runtime(1);
        runtime.block_on(async {
            let crew = Crew::new(Tenancy::Alone);
            assert_eq!(crew.shared.lock().taken, 0);
            assert_eq!(tokio::spawn(async { 1 }).await.unwrap(), 1);
        });
    }
}
