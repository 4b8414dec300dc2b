//! The workers of a pool and the calls in line, and which call goes to which worker.
//!
//! No task, no process: only who has what. The pool holds it under its lock.

use super::debugger::Begin;
use super::fault::{NodeFault, Unanswered};
use super::files::Files;
use super::job::{Function, Job, Pace};
use foldhash::HashMap;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

/// What takes longer waits for something, or is no function that a core alone would hurry.
const LONG: Duration = Duration::from_millis(20);

/// How long one that is not known to take long is given: the machine may be short of time, and then
/// more processes make it worse.
const DOUBT: Duration = Duration::from_millis(100);

/// How long a call may have to wait behind others, by what they took last. Below it, an idle
/// process that is woken would answer no sooner, and cost twice as much.
const BEHIND: Duration = Duration::from_millis(1);

/// How many calls a worker has at most, those sent ahead included: far fewer than tickets fit into
/// a pipe.
const DEPTH: usize = 64;

#[derive(Default)]
pub(super) struct State {
    pub(super) members: Vec<Member>,
    /// Calls that no worker has.
    pub(super) waiting: VecDeque<Job>,
    pub(super) files: Files,
    /// Counts the versions of the files that workers have loaded, from 0.
    pub(super) version: u64,
    /// Workers were replaced since one of them found that a file had changed, and nobody has been
    /// told.
    pub(super) untold: bool,
    /// By their paths.
    functions: HashMap<Box<str>, Arc<Function>>,
    /// How many may run at a time, as the latest call has it.
    pub(super) most: usize,
    pub(super) takers: Takers,
    /// A task looks after the calls in line.
    pub(super) is_watched: bool,
    /// Counts workers, to tell them apart.
    pub(super) latest: u64,
    /// The version of Node that a worker told.
    pub(super) node: Option<String>,
    pub(super) false_starts: u32,
    /// Why no worker can be started, until when; asked for with [`State::trouble`].
    trouble: Option<(NodeFault, Instant)>,
}

/// A worker that takes calls. One that is to end is no member any more.
pub(super) struct Member {
    pub(super) number: u64,
    pub(super) pid: u32,
    pub(super) born: Instant,
    pub(super) stage: Stage,
    /// When it entered that stage, or last answered.
    pub(super) since: Instant,
    /// When the handler of what it runs began; `None` while a process that has loaded nothing loads it.
    pub(super) begun: Option<Instant>,
    /// How many calls it has been given, without those that it gave back.
    pub(super) calls: u64,
    /// How many calls it has.
    pub(super) load: usize,
    /// Whether all of them are quick.
    pub(super) quick: bool,
    /// How long what it runs took last.
    pub(super) pace: Arc<Pace>,
    pub(super) orders: UnboundedSender<Order>,
}

impl Member {
    /// It has one call more.
    pub(super) fn given(&mut self) {
        self.calls += 1;
        self.load += 1;
    }

    /// It gives back so many that it has not started.
    pub(super) fn gives_back(&mut self, calls: usize) {
        self.calls = self.calls.saturating_sub(calls as u64);
        self.load = self.load.saturating_sub(calls);
    }

    /// How long what it runs may take before it counts as long: [`LONG`] where it took that last
    /// time, else `doubt`.
    fn patience(&self, doubt: Duration) -> Duration {
        match self.pace.takes(LONG) {
            true => LONG,
            false => doubt,
        }
    }
}

/// Which workers are given calls.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Takers {
    /// All that are ready.
    #[default]
    All,
    /// Under a debugger one alone, and it is not found yet.
    Nobody,
    /// It is found, and a debugger is waited for.
    Chosen(u64),
    /// This one.
    One(u64),
}

/// What a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its process is not ready.
    Starting,
    /// It has run nothing yet.
    Fresh,
    /// It has run something, and waits.
    Idle,
    /// It has calls.
    Busy,
}

/// What a worker is told.
pub(super) enum Order {
    /// Run this.
    Run(Job),
    /// Finish what you run, and end.
    Retire,
    /// Let a debugger attach.
    Inspect(Begin),
}

/// How many processes the machine can run at a time. Asking it reads several files.
pub(super) fn cores() -> usize {
    static CORES: LazyLock<usize> =
        LazyLock::new(|| available_parallelism().map_or(1, usize::from));
    *CORES
}

impl State {
    pub(super) fn member(&mut self, number: u64) -> Option<&mut Member> {
        self.members.iter_mut().find(|m| m.number == number)
    }

    pub(super) fn set(&mut self, number: u64, stage: Stage) {
        if let Some(member) = self.member(number) {
            member.stage = stage;
            member.since = Instant::now();
        }
    }

    pub(super) fn count(&self, stage: Stage) -> usize {
        self.members.iter().filter(|m| m.stage == stage).count()
    }

    /// The function at `path`, which is in `file` now.
    pub(super) fn function(&mut self, file: &Path, path: &str) -> Arc<Function> {
        if let Some(known) = self.functions.get(path)
            && known.is_in(file)
        {
            return Arc::clone(known);
        }
        // Bounded by the number of paths, over all that there ever were.
        let function = Arc::new(Function::new(file, path));
        self.functions.insert(path.into(), Arc::clone(&function));
        function
    }

    /// Gives the first call in line to a worker: behind others where all are quick, to an idle one,
    /// or to a fresh one if `reserve_too`, or if there is no used one to wait for. Returns whether it
    /// went.
    pub(super) fn place(&mut self, reserve_too: bool) -> bool {
        self.try_place(reserve_too).is_some()
    }

    fn try_place(&mut self, reserve_too: bool) -> Option<()> {
        let pace = &self.waiting.front()?.pace;
        let quick = pace.is_quick();
        let pace_of_it = Arc::clone(pace);
        let deepest = pace.fits_into(BEHIND).min(DEPTH);
        let used = self.count(Stage::Idle) + self.count(Stage::Busy) > 0;
        let room = self.count(Stage::Busy) < self.most;
        let find = |wanted: &dyn Fn(&Member) -> bool| self.members.iter().position(wanted);
        let behind = || {
            let has_room = |member: &Member| member.quick && member.load < deepest;
            find(&|member| quick && member.stage == Stage::Busy && has_room(member))
        };
        let idle = || find(&|member| room && member.stage == Stage::Idle);
        let fresh = || {
            let wanted = room && (reserve_too || !used);
            find(&|member| wanted && member.stage == Stage::Fresh)
        };
        let one = |number| {
            let free = |member: &Member| matches!(member.stage, Stage::Fresh | Stage::Idle);
            find(&|member| member.number == number && free(member))
        };
        let index = match self.takers {
            Takers::All => behind().or_else(idle).or_else(fresh),
            Takers::One(number) => one(number),
            Takers::Nobody | Takers::Chosen(_) => None,
        }?;
        let mut job = self.waiting.pop_front()?;
        job.generation = self.version + 1;
        let member = self.members.get_mut(index)?;
        // A worker that has just ended hands it back: its inbox is read to the end.
        if let Err(refused) = member.orders.send(Order::Run(job)) {
            self.members.swap_remove(index);
            if let Order::Run(job) = refused.0 {
                self.waiting.push_front(job);
            }
            return self.try_place(reserve_too);
        }
        member.given();
        if member.load == 1 {
            let now = Instant::now();
            member.begun = (member.stage != Stage::Fresh).then_some(now);
            member.stage = Stage::Busy;
            member.since = now;
            member.quick = quick;
            member.pace = pace_of_it;
        }
        Some(())
    }

    /// Whether the line is long because calls are many and not because one takes long: then more
    /// processes than the machine has cores would only be in each other's way.
    pub(super) fn is_moving(&self, now: Instant) -> bool {
        let mut busy = self.members.iter().filter(|m| m.stage == Stage::Busy);
        self.count(Stage::Idle) + self.count(Stage::Busy) >= cores()
            && busy.any(|member| now - member.since < member.patience(DOUBT))
    }

    /// Whether nothing that runs is about to end. What is not known to take long may be held up by
    /// the machine: it is given `doubt`.
    pub(super) fn all_run_long(&self, now: Instant, doubt: Duration) -> bool {
        let mut busy = self.members.iter().filter(|m| m.stage == Stage::Busy);
        busy.all(|member| !member.quick && now - member.since >= member.patience(doubt))
    }

    /// Refuses the calls that have waited since `queued` or longer: as many run as may.
    pub(super) fn refuse(&mut self, queued: Instant) {
        let most = self.most;
        while let Some(job) = self.waiting.pop_front_if(|job| job.queued <= queued) {
            job.refuse(Unanswered::Busy { most });
        }
    }

    /// Refuses what has waited for `long` while as many are in front of it as may run, though not all
    /// of those have a worker yet: what takes `long` itself, as a call of the same function shows.
    /// Quick ones only wait until there are more workers, as they do when there are enough.
    pub(super) fn refuse_surplus(&mut self, now: Instant, long: Duration) {
        let most = self.most;
        let room = most.saturating_sub(self.count(Stage::Busy));
        let surplus = self.waiting.split_off(room.min(self.waiting.len()));
        for job in surplus {
            let runs_long = |member: &Member| {
                let begun = member.begun.filter(|_| member.stage == Stage::Busy);
                Arc::ptr_eq(&member.pace, &job.pace) && begun.is_some_and(|b| now - b >= long)
            };
            if now - job.queued >= long && self.members.iter().any(runs_long) {
                job.refuse(Unanswered::Busy { most });
            } else {
                self.waiting.push_back(job);
            }
        }
    }

    /// Starts nothing for a while.
    pub(super) fn give_up(&mut self, fault: NodeFault, pause: Duration) {
        let now = Instant::now();
        self.trouble = Some((fault, now + pause));
        self.may_start(now);
    }

    /// Why no worker can be started `now`. Forgets what held until then.
    pub(super) fn trouble(&mut self, now: Instant) -> Option<&NodeFault> {
        self.trouble.take_if(|(_, until)| *until <= now);
        self.trouble.as_ref().map(|(fault, _)| fault)
    }

    /// Whether a worker may be started `now`. If not, and none is left that could come free, all that
    /// waits is refused: nobody would look after it when the trouble is over.
    pub(super) fn may_start(&mut self, now: Instant) -> bool {
        let Some(fault) = self.trouble(now).cloned() else {
            return true;
        };
        if self.members.is_empty() {
            for job in self.waiting.drain(..) {
                job.refuse(fault.clone());
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Console;
    use crate::event::{Event, EventText};
    use crate::node::job::{Answered, Call};
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::sync::oneshot::Receiver;

    const PAUSE: Duration = Duration::from_secs(1);

    fn fault() -> NodeFault {
        NodeFault::NoNode("gone".to_string())
    }

    fn waits(state: &mut State) -> Receiver<Answered> {
        let event: EventText = Event::builder().build().unwrap().into();
        let call = Call {
            file: Path::new("/a.js"),
            path: "/a",
            event: &event,
            console: Console::default(),
            limit: None,
            most: None,
            held: Arc::new(()),
        };
        let function = state.function(call.file, call.path);
        let (job, answered) = Job::new(call, &function);
        state.waiting.push_back(job);
        answered
    }

    fn busy(number: u64) -> Member {
        Member {
            number,
            pid: 1,
            born: Instant::now(),
            stage: Stage::Busy,
            since: Instant::now(),
            begun: None,
            calls: 1,
            load: 1,
            quick: false,
            pace: Arc::default(),
            orders: unbounded_channel().0,
        }
    }

    #[test]
    fn trouble_is_forgotten_when_its_time_is_over() {
        let mut state = State::default();
        let before = Instant::now();
        assert!(state.may_start(before));
        state.give_up(fault(), PAUSE);
        assert_eq!(state.trouble(before), Some(&fault()));
        assert!(!state.may_start(before));
        assert!(state.may_start(Instant::now() + PAUSE));
        assert_eq!(state.trouble(before), None, "it does not come back");
    }

    #[test]
    fn in_trouble_a_call_waits_as_long_as_there_is_a_worker() {
        let mut state = State::default();
        state.members.push(busy(1));
        let mut answered = waits(&mut state);
        state.give_up(fault(), PAUSE);
        assert!(answered.try_recv().is_err(), "the worker may come free");
        state.members.clear();
        assert!(!state.may_start(Instant::now()));
        assert_eq!(
            answered.try_recv().unwrap().ended.unwrap_err(),
            fault().into()
        );
        assert!(state.waiting.is_empty());
    }

    #[test]
    fn a_function_is_known_by_its_path_as_long_as_it_is_in_the_same_file() {
        let mut state = State::default();
        let mut paces = ["/a.js", "/a.js", "/a.ts", "/a.ts"].map(|file| {
            let function = state.function(Path::new(file), "/a");
            assert!(function.is_in(Path::new(file)));
            Arc::clone(&function.pace)
        });
        let same = |paces: &[Arc<Pace>]| Arc::ptr_eq(&paces[0], &paces[1]);
        assert!(same(&paces[..2]) && same(&paces[2..]));
        paces.swap(1, 2);
        assert!(!same(&paces[..2]));
    }
}
