//! Runs a Rust handler so that whatever it does, nothing else suffers.
//!
//! - **It has a task of its own**, as in the cloud a function runs on when its caller has left; a
//!   panic ends that task alone. Only the first poll of a handler that is known to answer at once
//!   ([`Habit`]) happens where its caller is waited for.
//! - **It is timed from outside**, by whoever waits for it.
//! - **It may block its thread**, though it should not. Polling in place is what makes a fast
//!   handler fast, but a handler that blocks takes a worker thread of tokio's with it, and with as
//!   many of them as there are workers the server would stand still. So the number of workers that
//!   are inside handlers at one moment is kept below the number of workers; a poll beyond that
//!   moves the invocation, for good, to a thread for blocking work. Running every handler there was
//!   turned down: two thread switches cost more than all the rest of a small request.

use super::refusal::Refusal;
use crate::crew::{self, Crew, Tenancy};
use crate::deadline::{Deadlines, Elapsed, Within};
use crate::habit::Habit;
use crate::handler::{Done, Invocation};
use crate::journal::Run;
use crate::registry::Slot;
use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What an invocation runs by.
pub(super) struct Terms<'h> {
    /// How its handler has behaved so far.
    pub(super) habit: &'h Arc<Habit>,
    /// The longest that it may take.
    pub(super) limit: Option<Duration>,
    /// Its place among those of its service that run.
    pub(super) slot: Arc<Slot>,
    /// How many of them may run.
    pub(super) most: Option<usize>,
}

/// Starts handlers, and keeps the workers free.
#[derive(Debug)]
pub(super) struct Invoker {
    crew: Arc<Crew>,
    /// How many workers may be inside handlers.
    most_inside: usize,
    deadlines: Deadlines,
}

impl Invoker {
    /// An invoker for the runtime that this is called in.
    pub(super) fn new(tenancy: Tenancy) -> Self {
        Invoker {
            crew: Arc::new(Crew::new(tenancy)),
            // 0 on a runtime with one worker: there, every handler has a thread of its own.
            most_inside: Handle::current().metrics().num_workers() - 1,
            deadlines: Deadlines::default(),
        }
    }

    /// Runs `invocation` to its end, and tells where its time went. It takes its slot when it begins, and leaves it at the end, also
    /// if the handler cannot be stopped.
    ///
    /// Dropping the future leaves the handler running, within the same limit.
    pub(super) async fn run(
        &self,
        mut invocation: Invocation,
        terms: Terms<'_>,
    ) -> (Result<Done, Refusal>, Run) {
        let Terms {
            habit,
            most,
            ref slot,
            ..
        } = terms;
        let mut begun = false;
        if habit.is_trusted()
            && let Some(_inside) = self.crew.enter(self.most_inside)
        {
            if !slot.enter(most) {
                return (Err(busy(most)), Run::default());
            }
            begun = true;
            let poll = |context: &mut Context<'_>| {
                let poll = AssertUnwindSafe(|| first_poll(&mut invocation, habit, slot, context));
                Poll::Ready(catch_unwind(poll))
            };
            let ended = match poll_fn(poll).await {
                Ok((Poll::Ready(done), took)) => Some((Ok(done), took)),
                Ok((Poll::Pending, _)) => None,
                Err(panic) => {
                    let took = slot.began().map(|began| began.elapsed());
                    Some((Err(panicked(panic)), took.unwrap_or_default()))
                }
            };
            if let Some((ended, ran)) = ended {
                slot.leave();
                let run = Run {
                    ran,
                    ..Run::default()
                };
                return (ended, run);
            }
        }
        let slot = Arc::clone(slot);
        let place = match begun {
            true => Place::Here(invocation),
            false => Place::Waiting(invocation),
        };
        let asked = Instant::now();
        let ended = self.run_in_task(place, terms).await;
        let now = Instant::now();
        // Before `asked`, if its first poll was made above.
        let began = slot.began().unwrap_or(now);
        let run = Run {
            queued: began.saturating_duration_since(asked),
            ran: now - began,
            ..Run::default()
        };
        (ended, run)
    }

    async fn run_in_task(&self, place: Place, terms: Terms<'_>) -> Result<Done, Refusal> {
        let Terms {
            habit,
            limit,
            slot,
            most,
        } = terms;
        let task = tokio::spawn(crew::counted(Polled {
            place,
            crew: Arc::clone(&self.crew),
            most_inside: self.most_inside,
            habit: Arc::clone(habit),
            slot: Arc::clone(&slot),
            most,
        }));
        let mut waiting = Waiting {
            task: Some(self.deadlines.within(limit, task)),
            slot,
        };
        let Some(task) = &mut waiting.task else {
            return Err(Refusal::Panicked("it was not started".to_string()));
        };
        let ended = (&mut *task).await;
        if ended.is_err() {
            task.inner().abort();
            waiting.slot.leave();
        }
        waiting.task = None;
        match ended {
            Ok(Ok(Some(done))) => Ok(done),
            Ok(Ok(None)) => Err(busy(most)),
            Ok(Err(error)) => Err(match error.try_into_panic() {
                Ok(panic) => panicked(panic),
                Err(_) => Refusal::Panicked("it was stopped with the server".to_string()),
            }),
            Err(Elapsed) => Err(Refusal::TimedOut(limit.unwrap_or_default())),
        }
    }
}

fn busy(most: Option<usize>) -> Refusal {
    Refusal::Busy {
        most: most.unwrap_or(usize::MAX),
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Refusal {
    Refusal::Panicked(match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map_or("with a value that is no text", |text| text)
            .to_string(),
    })
}

/// Polls a handler for the first time, and learns from it. How long it took is told of one that is
/// ready.
fn first_poll(
    invocation: &mut Invocation,
    habit: &Habit,
    slot: &Slot,
    context: &mut Context<'_>,
) -> (Poll<Done>, Duration) {
    let began = Instant::now();
    slot.begin(began);
    let polled = invocation.as_mut().poll(context);
    match &polled {
        Poll::Ready(_) => {
            let took = began.elapsed();
            habit.answered(took);
            (polled, took)
        }
        Poll::Pending => {
            habit.distrust();
            (polled, Duration::ZERO)
        }
    }
}

/// The caller's side of a running handler. If the caller leaves, the handler runs on, but not for
/// longer than it might have.
struct Waiting {
    task: Option<Within<JoinHandle<Option<Done>>>>,
    slot: Arc<Slot>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(mut task) = self.task.take() else {
            return;
        };
        let slot = Arc::clone(&self.slot);
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if (&mut task).await.is_err() {
                    task.inner().abort();
                    slot.leave();
                }
            });
        }
    }
}

/// A handler that is polled here as long as there are workers to spare.
struct Polled {
    place: Place,
    crew: Arc<Crew>,
    most_inside: usize,
    habit: Arc<Habit>,
    slot: Arc<Slot>,
    most: Option<usize>,
}

enum Place {
    /// Not begun.
    Waiting(Invocation),
    Here(Invocation),
    Moving,
    OnItsOwnThread {
        thread: JoinHandle<Option<Done>>,
        /// Dropping it ends a handler that waits there. One that blocks cannot be ended.
        _wanted: oneshot::Sender<Infallible>,
    },
}

impl Future for Polled {
    /// `None` if there was no room for it.
    type Output = Option<Done>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Done>> {
        let this = &mut *self;
        if matches!(this.place, Place::Waiting(_)) && !this.slot.enter(this.most) {
            return Poll::Ready(None);
        }
        let done = this.poll_in_its_place(context);
        if done.is_ready() {
            this.slot.leave();
        }
        done.map(Some)
    }
}

impl Polled {
    fn poll_in_its_place(&mut self, context: &mut Context<'_>) -> Poll<Done> {
        if let Place::Waiting(_) | Place::Here(_) = self.place {
            let place = std::mem::replace(&mut self.place, Place::Moving);
            let inside = self.crew.enter(self.most_inside);
            match (place, inside) {
                (Place::Waiting(mut invocation), Some(_inside)) => {
                    let (polled, _) = first_poll(&mut invocation, &self.habit, &self.slot, context);
                    self.place = Place::Here(invocation);
                    return polled;
                }
                (Place::Here(mut invocation), Some(_inside)) => {
                    let polled = invocation.as_mut().poll(context);
                    self.place = Place::Here(invocation);
                    return polled;
                }
                (Place::Waiting(invocation) | Place::Here(invocation), None) => {
                    let slot = Arc::clone(&self.slot);
                    self.place = Place::on_its_own_thread(invocation, slot);
                }
                (other, _) => self.place = other,
            }
        }
        match &mut self.place {
            Place::OnItsOwnThread { thread, .. } => match Pin::new(thread).poll(context) {
                Poll::Ready(Ok(Some(done))) => Poll::Ready(done),
                // A panic there is a panic here.
                Poll::Ready(Err(error)) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Poll::Pending,
                },
                Poll::Ready(Ok(None)) | Poll::Pending => Poll::Pending,
            },
            Place::Waiting(_) | Place::Here(_) | Place::Moving => Poll::Pending,
        }
    }
}

impl Place {
    fn on_its_own_thread(invocation: Invocation, slot: Arc<Slot>) -> Self {
        let runtime = Handle::current();
        let (wanted, unwanted) = oneshot::channel::<Infallible>();
        let thread = tokio::task::spawn_blocking(move || {
            slot.begin(Instant::now());
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    done = invocation => Some(done),
                    _ = unwanted => None,
                }
            })
        });
        Place::OnItsOwnThread {
            thread,
            _wanted: wanted,
        }
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        if let Place::OnItsOwnThread { thread, .. } = &self.place {
            // If it has not begun, it never will.
            thread.abort();
        }
    }
}
