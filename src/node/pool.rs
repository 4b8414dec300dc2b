//! Which worker runs what: one that is in use, and a fresh one in reserve.
//!
//! A worker that has run user code is *used*, one that has not is *fresh*. Calls go to used workers
//! and wait for one while it is quick; the fresh one is taken when there is no used one, or when a
//! call has waited for a while (`line`). So a service of quick functions keeps to one process, as its
//! module state would wish, and one that waits for others spreads over up to [`MOST`]. Since there is
//! always a fresh one, the code of a save, or the next call after a crash, finds a process that is
//! started already.
//!
//! One mutex guards it all; it is held for a few moves of pointers and never across an await.

use super::around::Around;
use super::debugger::Seat;
use super::fault::{NodeFault, Unanswered};
use super::files;
use super::job::{Answered, Call, Job};
use super::message::Loaded;
use super::spec::NodeSpec;
use super::state::{Member, Order, Stage, State, Takers};
use super::times::Times;
use super::worker;
use crate::clock::Clock;
use crate::journal::{Journal, Run};
use crate::outbox::{AnsweredFor, Outbox};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::oneshot::error::RecvError;
use tokio::sync::watch;
use tokio::time::Instant;

/// How many workers a service has at most: as many as the cloud runs invocations at a time.
pub(super) const MOST: usize = 30;

/// How often in a row a start may fail before it is left for a while.
const FALSE_STARTS: u32 = 3;

/// The first pause after that; each further failure doubles it, up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// The workers of one service. Dropping it lets them finish what they run, and end.
pub(crate) struct NodePool(pub(super) Arc<Shared>);

pub(super) struct Shared {
    spec: NodeSpec,
    state: Mutex<State>,
    /// Counts how often files became known.
    known: watch::Sender<u64>,
    pub(super) times: Times,
    /// Where debuggers attach to it, if it is to be debugged.
    pub(super) seat: OnceLock<Seat>,
    around: OnceLock<Around>,
}

impl NodePool {
    /// A pool for `spec`. It starts nothing: the first call does, or [`NodePool::warm`].
    pub(crate) fn new(spec: NodeSpec) -> Self {
        NodePool(Arc::new(Shared {
            spec,
            state: Mutex::default(),
            known: watch::Sender::new(0),
            times: Times::default(),
            seat: OnceLock::new(),
            around: OnceLock::new(),
        }))
    }

    /// What its workers depend on.
    pub(crate) fn spec(&self) -> &NodeSpec {
        &self.0.spec
    }

    /// It is one of the pools of the server that has `around`.
    pub(super) fn serve(&self, around: &Around) {
        // A pool that is kept has it already.
        let _ = self.0.around.set(around.clone());
    }

    /// Starts a worker if there is none. To be called within a tokio runtime.
    pub(crate) fn warm(&self) {
        self.0.keep_one_fresh(&mut self.0.lock());
    }

    /// Runs one invocation to its end. Dropping the future leaves it running, within its limit.
    ///
    /// It has ended with a fault if there was no worker for it, or if its worker died or was killed
    /// before it had called back.
    pub(crate) async fn invoke(&self, call: Call<'_>) -> Answered {
        let most = call.most.unwrap_or(MOST).clamp(1, MOST);
        let function = self.0.lock().function(call.file, call.path);
        let (job, answered) = Job::new(call, &function);
        self.0.take(job, most);
        let answered = flatten(answered.await);
        self.0.times.took(&answered.run);
        answered
    }

    /// Gives all later calls workers that have run nothing yet; the others finish what they run,
    /// and end. For files that have changed.
    pub(crate) fn touched(&self) {
        self.0.replace(&mut self.0.lock());
    }

    /// The files that workers have loaded beside packages, and `package.json`: what to watch.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.0.lock().files.paths().cloned().collect()
    }

    /// Tells when [`NodePool::files`] are more than they were.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.known.subscribe()
    }

    /// Whether it has replaced workers by itself, since one of them met a file that had changed
    /// before the watcher told of it.
    pub(crate) fn has_news(&self) -> bool {
        self.0.lock().untold
    }

    /// The same, and says that it is known now.
    pub(crate) fn take_news(&self) -> bool {
        std::mem::take(&mut self.0.lock().untold)
    }

    /// Whether any of [`NodePool::files`] has changed since it was loaded. It asks the file system:
    /// not for an async thread.
    pub(crate) fn is_stale(&self) -> bool {
        let stamps = self.0.lock().files.stamps();
        files::any_changed(&stamps)
    }
}

/// A job is dropped without an answer only when the runtime ends.
fn flatten(answered: Result<Answered, RecvError>) -> Answered {
    answered.unwrap_or_else(|_| Answered {
        ended: Err(Unanswered::Fault(NodeFault::Died {
            how: "the server ended".to_string(),
        })),
        run: Run::default(),
    })
}

impl Shared {
    /// What its server has; one that nobody reads where it is in none.
    pub(super) fn around(&self) -> &Around {
        self.around.get_or_init(|| Around {
            debuggers: None,
            outbox: Outbox::new(Clock::system(), AnsweredFor::default()),
            journal: Journal::default(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives `job` to a worker, or lets it wait.
    fn take(self: &Arc<Self>, job: Job, most: usize) {
        let mut state = self.lock();
        state.most = most;
        state.waiting.push_back(job);
        // Where none can be started, those that are there serve on; without any, `settle` refuses it.
        if state.waiting.len() == 1 {
            state.place(false);
        }
        self.settle(&mut state);
    }

    pub(super) fn keep_one_fresh(self: &Arc<Self>, state: &mut State) {
        self.choose(state);
        let reserve = state.count(Stage::Fresh) + state.count(Stage::Starting);
        if reserve == 0 && state.members.len() < MOST && state.may_start(Instant::now()) {
            self.start(state);
        }
    }

    pub(super) fn start(self: &Arc<Self>, state: &mut State) {
        if state.files.is_empty() {
            // Read by `require` for each package, and by the Toolkit.
            state.files.depend(self.spec.root.join("package.json"));
        }
        let (orders, inbox) = unbounded_channel();
        state.latest += 1;
        let number = state.latest;
        match worker::start(&self.spec, &state.files.packages(), number, self, inbox) {
            Ok(pid) => state.members.push(Member {
                number,
                pid,
                born: Instant::now(),
                stage: Stage::Starting,
                since: Instant::now(),
                begun: None,
                calls: 0,
                load: 0,
                quick: false,
                pace: Arc::default(),
                orders,
            }),
            Err(fault) => state.give_up(fault, PAUSES.0),
        }
    }

    fn replace(self: &Arc<Self>, state: &mut State) {
        // Those that have run nothing have loaded nothing that could have changed.
        state.members.retain(|member| {
            let keep = matches!(member.stage, Stage::Starting | Stage::Fresh);
            if !keep {
                let _ = member.orders.send(Order::Retire);
            }
            keep
        });
        state.files.forget();
        state.version += 1;
        state.files.depend(self.spec.root.join("package.json"));
        while state.place(false) {}
        self.settle(state);
    }

    /// A worker is ready for its first call.
    pub(super) fn ready(self: &Arc<Self>, number: u64, node: String) {
        let mut state = self.lock();
        state.node = Some(node);
        state.false_starts = 0;
        state.set(number, Stage::Fresh);
        while state.place(false) {}
        self.grow(&mut state);
        self.settle(&mut state);
    }

    /// A worker has loaded what it was given, whose handler begins `now`.
    pub(super) fn begins(&self, number: u64, now: Instant) {
        if let Some(member) = self.lock().member(number) {
            member.begun = Some(now);
        }
    }

    /// A worker has answered `now`: it gets what waits, if it is still a member.
    pub(super) fn finished(&self, number: u64, now: Instant) -> Option<Job> {
        let mut state = self.lock();
        let pace = state.waiting.front().map(|job| Arc::clone(&job.pace));
        let quick = pace.as_ref().map(|pace| pace.is_quick());
        let member = state.member(number)?;
        member.since = now;
        member.load = member.load.saturating_sub(1);
        if member.load == 0 {
            member.quick = quick.unwrap_or_default();
            member.stage = Stage::Idle;
        }
        if quick.is_none() || (member.load > 0 && !(member.quick && quick == Some(true))) {
            return None;
        }
        member.given();
        member.stage = Stage::Busy;
        member.begun = Some(now);
        member.pace = pace.unwrap_or_default();
        let mut job = state.waiting.pop_front()?;
        job.generation = state.version + 1;
        Some(job)
    }

    /// A worker hands back calls that it has not started: what it runs takes long, or it is to end.
    pub(super) fn returned(self: &Arc<Self>, number: u64, jobs: Vec<Job>) {
        let mut state = self.lock();
        if let Some(member) = state.member(number) {
            member.gives_back(jobs.len());
            member.quick = false;
        }
        for job in jobs.into_iter().rev() {
            state.waiting.push_front(job);
        }
        while state.place(false) {}
        self.settle(&mut state);
    }

    /// An idle worker asks whether it may end, to give back its memory.
    pub(super) fn may_end(&self, number: u64) -> bool {
        let mut state = self.lock();
        let used = state.count(Stage::Idle) + state.count(Stage::Busy);
        let stage = state.member(number).map(|member| member.stage);
        let needless = match stage {
            Some(_) if state.takers != Takers::All => false,
            Some(Stage::Idle) => used > 1,
            Some(Stage::Fresh) => state.count(Stage::Fresh) > 1,
            Some(Stage::Busy | Stage::Starting) => false,
            None => true,
        };
        if needless {
            state.members.retain(|member| member.number != number);
        }
        needless
    }

    /// A worker takes no more calls.
    pub(super) fn leaves(self: &Arc<Self>, number: u64) {
        let mut state = self.lock();
        state.members.retain(|member| member.number != number);
        self.keep_one_fresh(&mut state);
    }

    /// A worker has ended; `unstarted` are calls that it had and did not start.
    pub(super) fn ended(self: &Arc<Self>, number: u64, unstarted: Vec<Job>) {
        let mut state = self.lock();
        state.members.retain(|member| member.number != number);
        for job in unstarted.into_iter().rev() {
            state.waiting.push_front(job);
        }
        while state.place(false) {}
        self.settle(&mut state);
    }

    /// A worker has ended before it was ready.
    pub(super) fn false_start(self: &Arc<Self>, number: u64, fault: NodeFault) {
        let mut state = self.lock();
        state.members.retain(|member| member.number != number);
        state.false_starts += 1;
        let times = state.false_starts;
        match fault {
            NodeFault::Died { how } if times >= FALSE_STARTS => {
                let doubled = PAUSES.0 * 2_u32.saturating_pow((times - FALSE_STARTS).min(8));
                let fault = NodeFault::SpawnLoop { times, how };
                state.give_up(fault, doubled.min(PAUSES.1));
            }
            // The next one may do better.
            NodeFault::Died { .. } => self.keep_one_fresh(&mut state),
            fault => state.give_up(fault, PAUSES.0),
        }
    }

    /// A worker has loaded files.
    pub(super) fn loaded(self: &Arc<Self>, number: u64, loaded: Loaded) {
        let mut state = self.lock();
        // What one of an older generation has loaded is of no interest any more.
        if state.member(number).is_none() {
            return;
        }
        let before = state.files.paths().count();
        let stale = state.files.add(loaded);
        if stale {
            self.replace(&mut state);
            state.untold = true;
        }
        if stale || state.files.paths().count() != before {
            drop(state);
            self.known.send_modify(|times| *times += 1);
        }
    }
}

impl fmt::Debug for NodePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodePool").field(&self.0.spec).finish()
    }
}
