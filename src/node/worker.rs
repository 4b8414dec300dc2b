//! One worker: the task that owns a Node process, from its start to its end.
//!
//! It writes invocations, reads what the worker says, collects native output, and keeps the time.
//! The worker writes each reply before it starts the next invocation, so that after a death it is
//! known which invocation was running: it alone fails, and what was not started goes elsewhere.

use super::NodeFault;
use super::around::Around;
use super::channel::Moved;
use super::course::Birth;
use super::debugger::Debugged;
use super::job::Job;
use super::message::Said;
use super::output::{self, Late, Native};
use super::pool::Shared;
use super::spawn::{self, Process};
use super::spec::NodeSpec;
use super::state::Order;
use super::version;
use super::vigil::Vigil;
use crate::console::Level;
use crate::crew;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long Node may take from its start until it is ready.
pub(super) const START_LIMIT: Duration = Duration::from_secs(30);

/// How long a worker stays that is not needed.
const IDLE_LIMIT: Duration = Duration::from_secs(15);

/// How long a call without a limit may run on when its pool is gone.
const ABANDONED_LIMIT: Duration = Duration::from_secs(10);

/// How long a call may run before those that were sent ahead behind it are taken back.
const STALL: Duration = Duration::from_millis(4);

/// Starts a process, and the task that owns it; returns the process's number.
pub(super) fn start(
    spec: &NodeSpec,
    preload: &[PathBuf],
    number: u64,
    pool: &Arc<Shared>,
    orders: UnboundedReceiver<Order>,
) -> Result<u32, NodeFault> {
    let answered_for = pool.around().outbox.answered_for();
    let process = spawn::spawn(spec, preload, answered_for)?;
    let pid = process.child.id().unwrap_or_default();
    let worker = Worker {
        birth: Birth::new(pid),
        number,
        pool: Arc::downgrade(pool),
        around: pool.around().clone(),
        process,
        orders,
        abandoned: None,
        ready: false,
        retiring: false,
        unsent: Vec::new(),
        line: VecDeque::new(),
        last_id: 0,
        vigil: Vigil::default(),
        recalled: 0,
        since: Instant::now(),
        fatal: None,
        native: [Native::new(Level::Info), Native::new(Level::Error)],
        late: Late::default(),
        debugged: Debugged::No,
    };
    tokio::spawn(crew::counted(worker.live()));
    Ok(pid)
}

pub(super) struct Worker {
    pub(super) birth: Birth,
    pub(super) number: u64,
    pub(super) pool: Weak<Shared>,
    pub(super) around: Around,
    pub(super) process: Process,
    pub(super) orders: UnboundedReceiver<Order>,
    /// Since when the pool is gone.
    pub(super) abandoned: Option<Instant>,
    pub(super) ready: bool,
    /// It shall take no more calls, and end.
    pub(super) retiring: bool,
    /// Calls that are not sent yet.
    pub(super) unsent: Vec<Job>,
    /// What it runs, and behind it what was sent ahead.
    pub(super) line: VecDeque<Running>,
    pub(super) last_id: u32,
    pub(super) vigil: Vigil,
    /// Behind which call the others were taken back.
    pub(super) recalled: u32,
    /// When it was started, or when it last became idle.
    pub(super) since: Instant,
    /// What it said of its own end, and whom it took with it.
    pub(super) fatal: Option<(u32, String)>,
    pub(super) native: [Native; 2],
    pub(super) late: Late,
    pub(super) debugged: Debugged,
}

pub(super) struct Running {
    pub(super) id: u32,
    pub(super) job: Job,
    /// Since when its time is counted: its turn came, its file was loaded, or a debugger let it go.
    pub(super) started: Instant,
    /// When its turn came.
    pub(super) turn: Instant,
    /// How much of the time since then its file took to be loaded.
    pub(super) loading: Duration,
}

/// Why a worker ended.
pub(super) enum End {
    /// It was not needed any more.
    Retired,
    /// The time was up: of the start, or of the invocation.
    TimedOut,
    /// Its process or its channel ended.
    Died,
    /// It said something that no worker says.
    Protocol(String),
    /// It is not a Node that can be used.
    Unusable(NodeFault),
}

impl Worker {
    async fn live(mut self) {
        let mut alarm = Box::pin(sleep_until(self.deadline().unwrap_or_else(Instant::now)));
        let end = loop {
            if let Err(end) = self.turn(alarm.as_mut()).await {
                break end;
            }
        };
        self.end(end).await;
    }

    /// Waits for the next thing to happen, and does it.
    async fn turn(&mut self, mut alarm: Pin<&mut Sleep>) -> Result<(), End> {
        self.send();
        self.process.channel.write();
        if self.retiring && self.line.is_empty() {
            return Err(End::Retired);
        }
        let deadline = self.deadline();
        // An alarm that rings early costs one look; setting it anew for each call would cost more.
        if let Some(deadline) = deadline
            && alarm.deadline() > deadline
        {
            alarm.as_mut().reset(deadline);
        }
        let awake = self.vigil.is_kept() && !crew::is_sought();
        // While it is awake, a tenth of a millisecond for each call at most, it looks for what comes with
        // each call alone: to be ready for the rest as well cost a twentieth of a quick call.
        let [stdout, stderr] = &mut self.native;
        tokio::select! {
            biased;
            // First of all: a flood of output must not put it off.
            () = alarm.as_mut(), if !awake && deadline.is_some() => self.ring(alarm)?,
            // Before the channel: it was written before the reply that may wait there.
            () = stdout.readable(&self.process.stdout), if !awake => self.native_output(),
            () = stderr.readable(&self.process.stderr), if !awake => self.native_output(),
            moved = self.process.channel.moved() => match moved {
                Moved::Room => {}
                Moved::Read => self.hear_all()?,
                Moved::End => return Err(End::Died),
            },
            order = self.orders.recv(), if self.abandoned.is_none() => {
                let busy = !self.line.is_empty();
                self.obey(order);
                if busy {
                    // It has something to do: what others are about to send goes with it.
                    crew::give_way().await;
                }
                while let Ok(order) = self.orders.try_recv() {
                    self.obey(Some(order));
                }
            }
            _ = self.process.child.wait(), if !awake => {
                // What it wrote before it ended is still there; its end is no error of the channel.
                self.read_rest()?;
                return Err(End::Died);
            }
            () = crew::give_way(), if awake => {}
        }
        Ok(())
    }

    fn obey(&mut self, order: Option<Order>) {
        match order {
            Some(Order::Run(job)) => self.run(job),
            Some(Order::Retire) => self.retire(),
            Some(Order::Inspect(begin)) => self.inspect(begin),
            None => {
                self.abandoned = Some(Instant::now());
                self.retire();
            }
        }
    }

    /// When something must be done even if nothing happens.
    fn deadline(&self) -> Option<Instant> {
        if !self.ready {
            return Some(self.since + START_LIMIT);
        }
        let Some(running) = self.line.front() else {
            return Some(self.since + IDLE_LIMIT);
        };
        let limit = self.limit(running);
        let others = self.line.len() > 1 && self.recalled != running.id;
        let stall = others.then(|| running.started + STALL);
        match (limit, stall) {
            (Some(limit), Some(stall)) => Some(limit.min(stall)),
            (limit, stall) => limit.or(stall),
        }
    }

    /// When the time of what runs is up.
    fn limit(&self, running: &Running) -> Option<Instant> {
        let limit = running.job.limit.map(|limit| running.started + limit);
        // Without a pool nobody waits for its answer.
        limit.or_else(|| self.abandoned.map(|since| since + ABANDONED_LIMIT))
    }

    fn ring(&mut self, mut alarm: Pin<&mut Sleep>) -> Result<(), End> {
        let now = Instant::now();
        let Some(deadline) = self.deadline() else {
            alarm.as_mut().reset(now + IDLE_LIMIT);
            return Ok(());
        };
        if now < deadline {
            alarm.as_mut().reset(deadline);
            return Ok(());
        }
        if let Some(running) = self.line.front() {
            let limit = self.limit(running);
            if limit.is_some_and(|limit| limit <= now) {
                return if self.is_held() {
                    Ok(())
                } else {
                    Err(End::TimedOut)
                };
            }
            // What runs takes long: what was sent ahead goes elsewhere. Asked once; what is not
            // given back has been started, and the answer to what ran is on its way.
            self.recalled = running.id;
            self.recall();
            return Ok(());
        }
        if !self.ready {
            return Err(End::TimedOut);
        }
        if self
            .pool
            .upgrade()
            .is_none_or(|pool| pool.may_end(self.number))
        {
            self.retiring = true;
        } else {
            self.since = now;
            alarm.as_mut().reset(now + IDLE_LIMIT);
        }
        Ok(())
    }

    /// Reads what a process that has ended has left.
    fn read_rest(&mut self) -> Result<(), End> {
        while self.process.channel.read_rest() {
            self.hear_all()?;
        }
        Ok(())
    }

    /// Hears each whole message of what was read.
    fn hear_all(&mut self) -> Result<(), End> {
        let channel = |worker: &mut Self| worker.process.channel.next_message();
        while let Some(said) = channel(self).map_err(End::Protocol)? {
            self.hear(said)?;
        }
        Ok(())
    }

    fn hear(&mut self, said: Said) -> Result<(), End> {
        match said {
            Said::Ready { node } => {
                if let Some(fault) = version::too_old(&node) {
                    return Err(End::Unusable(fault));
                }
                self.ready = true;
                self.since = Instant::now();
                self.birth.ready = self.since;
                if let Some(pool) = self.pool.upgrade() {
                    pool.ready(self.number, node);
                }
            }
            Said::Log { id, level, text } => self.print(id, level, text),
            Said::Loaded {
                id,
                loaded,
                begins_after,
            } => {
                // Its handler begins only now: a process that is new, on a machine that is short of
                // time, is no fault of the function's.
                let now = Instant::now();
                if let Some(running) = self.line.front_mut().filter(|r| r.id == id) {
                    running.started = now;
                    running.loads(begins_after);
                }
                if let Some(pool) = self.pool.upgrade() {
                    if begins_after.is_some() {
                        pool.begins(self.number, now);
                    }
                    pool.loaded(self.number, loaded);
                }
            }
            Said::Fatal { id, how } => {
                self.fatal = Some((id, how));
                if self.is_debugged() {
                    // Node would wait until its debugger leaves.
                    return Err(End::Died);
                }
            }
            Said::Inspector(told) => self.inspector(told),
            Said::Asked { id, asked } => self.answer(id, &asked)?,
            Said::Reply { id, ended, time } => {
                self.native_output();
                let answers = |running: &mut Running| running.id == id;
                let Some(running) = self.line.pop_front_if(answers) else {
                    return Err(End::Protocol(format!(
                        "a reply to nothing that runs ({id})"
                    )));
                };
                for native in &mut self.native {
                    native.finish(&running.job.console);
                }
                let now = Instant::now();
                running.job.pace.took(time);
                let run = self.course(&running, now, Some(time));
                running.job.end(Ok(ended), run);
                self.since = now;
                if let Some(next) = self.line.front_mut() {
                    (next.started, next.turn) = (now, now);
                    self.late.hand_over(&next.job.console);
                }
                let next = self.line.front().map(|next| next.job.pace.is_brief());
                self.vigil.ends(now, next);
                self.next(now);
            }
        }
        Ok(())
    }

    /// Takes the next call from the pool, or learns that there is no pool for it any more.
    fn next(&mut self, now: Instant) {
        if self.retiring || self.fatal.is_some() {
            return;
        }
        let Some(pool) = self.pool.upgrade() else {
            self.retiring = true;
            return;
        };
        if let Some(job) = pool.finished(self.number, now) {
            self.run(job);
        }
    }

    pub(super) fn print(&mut self, id: u32, level: Level, text: String) {
        match self.line.front() {
            Some(running) if running.id == id || id == 0 => running.job.console.write(level, text),
            Some(running) => output::write_late(&running.job.console, level, &text),
            None => self.late.keep(level, text),
        }
    }

    pub(super) fn native_output(&mut self) {
        let [stdout, stderr] = &mut self.native;
        let lines = stdout.read(&self.process.stdout).into_iter();
        let lines: Vec<_> = lines.chain(stderr.read(&self.process.stderr)).collect();
        for (level, text) in lines {
            if !self.is_talk(&text) {
                self.print(0, level, text);
            }
        }
    }
}
