//! A call, from the phone that makes it, or that it is for.

use super::act::{Act, Wanted, parties};
use super::deed;
use super::happened::{Ended, Happened, Lasts, What};
use super::placed::Ring;
use super::steps::{Steps, too_many};
use super::{Performed, Request, Setup, Unfitting};
use crate::phone::{
    Action, Answer, CallEnd, CallTurn, Dialling, Ending, Fetching, Gathering, Lasting, Playing,
    Recording, Ringing,
};
use crate::twiml::{Fault, Method};
use crate::webhook::{Change, Missed, Unfit};
use std::time::Duration;

/// The longest text that a caller says, and the most keys.
const LONGEST_INPUT: usize = 4096;

/// A call that is made.
#[derive(Clone, Debug)]
pub struct CallSession {
    setup: Setup,
    stage: Stage,
    steps: Steps,
    requests: u32,
    at: Duration,
    /// Whether the fault that ends it is among the steps.
    failing: bool,
    /// Whether the API has placed it.
    placed: bool,
    /// Whether it is told who has answered.
    detects_machines: bool,
    /// Whether somebody is at the other end, or was.
    answered: bool,
    /// What the API wants of it as soon as the present request has its answer.
    change: Option<Change>,
    /// Whether the API has ended it.
    ended_by_api: bool,
    /// Whether it has ended since too much has happened.
    too_long: bool,
}

/// Where it stands.
#[derive(Clone, Debug)]
enum Stage {
    Fetch(Fetching),
    Gather(Gathering),
    Record(Recording),
    Dial(Dialling),
    Ring(Ringing),
    /// What is heard has no end.
    Endless(Playing),
    Over(Ended),
}

impl CallSession {
    /// A call begins, as `setup` says: the first request is to be performed.
    ///
    /// # Errors
    ///
    /// When there can be no such call.
    pub fn begin(setup: Setup) -> Result<Self, Unfit> {
        setup.check()?;
        let call = setup.call(Method::Post);
        let turn = call.begin(setup.method(), &setup.url);
        let mut this = CallSession::new(setup);
        this.answered = true;
        this.settle(turn);
        Ok(this)
    }

    /// A call rings, which the API has placed from `from` of the wishes to `to`. What its URL is, `ring`
    /// says, and not `setup`.
    ///
    /// # Errors
    ///
    /// When there can be no such call.
    pub fn ring(mut setup: Setup, ring: Ring) -> Result<Self, Unfit> {
        let direction = ("Direction".to_string(), "outbound-api".to_string());
        setup.wishes.parameters.push(direction);
        setup.check()?;
        let call = setup.call(ring.callback_method);
        let turn = call.ring(ring.first, ring.events, ring.timeout);
        let mut this = CallSession::new(setup);
        this.placed = true;
        this.detects_machines = ring.detects_machines;
        this.settle(turn);
        Ok(this)
    }

    fn new(setup: Setup) -> Self {
        CallSession {
            setup,
            // Replaced at once: each turn leads to a stage.
            stage: Stage::Over(too_many()),
            steps: Steps::default(),
            requests: 0,
            at: Duration::ZERO,
            failing: false,
            placed: false,
            detects_machines: false,
            answered: false,
            change: None,
            ended_by_api: false,
            too_long: false,
        }
    }

    /// Whether the API has placed it, so that the phone is the one called.
    pub fn is_placed(&self) -> bool {
        self.placed
    }

    /// How far it is, in Twilio's word. Where nothing is left but to tell of its end, it is over.
    pub fn status(&self) -> &'static str {
        match (&self.stage, self.answered) {
            (Stage::Over(ended), false) => ended.why,
            (Stage::Over(_), true) => "completed",
            (Stage::Fetch(fetching), answered) => match fetching.ending().map(|end| &end.ending) {
                Some(Ending::Unanswered(why)) => why.as_str(),
                Some(_) if answered => "completed",
                _ if answered => "in-progress",
                _ => "ringing",
            },
            (_, true) => "in-progress",
            (_, false) => "ringing",
        }
    }

    /// How long it has been so far, on its own clock.
    pub fn elapsed(&self) -> Duration {
        match (&self.stage, self.answered) {
            (_, false) => Duration::ZERO,
            (Stage::Fetch(fetching), true) => fetching.ending().map_or(self.at, |end| end.elapsed),
            _ => self.at,
        }
    }

    /// `CA…`.
    pub fn sid(&self) -> String {
        self.setup.moment(Duration::ZERO).call_sid()
    }

    /// What it began with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// All that has happened.
    pub fn steps(&self) -> &[Happened] {
        self.steps.all()
    }

    /// How it ended, once it has.
    pub fn ended(&self) -> Option<&Ended> {
        match &self.stage {
            Stage::Over(ended) => Some(ended),
            _ => None,
        }
    }

    /// The request that is to be performed next, if there is one.
    pub fn request(&self) -> Option<Request> {
        match &self.stage {
            Stage::Fetch(fetching) => Some(self.setup.request(fetching.fetch(), self.requests)),
            _ => None,
        }
    }

    /// What came of the request.
    pub fn performed(&mut self, performed: Performed) {
        let Stage::Fetch(fetching) = &self.stage else {
            return;
        };
        let fetching = fetching.clone();
        self.steps.performed(&performed);
        let turn = match (&performed.result, self.change.take()) {
            // The answer is not heard: the call goes another way.
            (_, Some(change)) if !fetching.is_told() => {
                self.changed(CallTurn::Fetch(fetching), change)
            }
            (result, change) => {
                let turn = self.answered(fetching, result);
                match change {
                    Some(change) => self.changed(turn, change),
                    None => turn,
                }
            }
        };
        self.settle(turn);
    }

    fn answered(&mut self, fetching: Fetching, result: &Result<Answer, Missed>) -> CallTurn {
        match result {
            Ok(answer) => {
                let asked = answer.url.as_deref().unwrap_or(&fetching.fetch().url);
                let aside = fetching.aside(answer);
                for fault in aside.faults {
                    self.steps.fault(self.at, &fault, Some(asked));
                }
                for action in &aside.heard {
                    self.steps.point(self.at, What::first_heard(action));
                }
                fetching.answered(answer)
            }
            Err(missed) => fetching.failed(missed.cause, &missed.text),
        }
    }

    /// What the caller is wanted to do, if it is the caller's turn.
    pub fn wanted(&self) -> Option<Wanted> {
        Some(match &self.stage {
            Stage::Gather(gathering) => Wanted::gather(gathering),
            Stage::Record(recording) => Wanted::record(recording),
            Stage::Dial(dialling) => Wanted::dial(dialling),
            Stage::Ring(ringing) => Wanted::ring(ringing),
            Stage::Endless(_) => Wanted::HangUp,
            Stage::Fetch(_) | Stage::Over(_) => return None,
        })
    }

    /// The caller does something.
    ///
    /// # Errors
    ///
    /// When it is not the caller's turn, or nothing could come of it.
    pub fn act(&mut self, act: &Act) -> Result<(), Unfitting> {
        let (told, turn) = self.turn(act)?;
        self.steps.point(self.at, What::Did { text: told });
        if *act == Act::Answer {
            self.answered = true;
            if self.detects_machines {
                let person = ("AnsweredBy".to_string(), "human".to_string());
                self.setup.wishes.parameters.push(person);
            }
        }
        self.settle(turn);
        Ok(())
    }

    /// The API changes it: at once, or where a request is on its way, with its answer.
    pub fn change(&mut self, change: Change) {
        let turn = match self.stage.clone() {
            Stage::Over(_) => return,
            Stage::Fetch(_) => {
                // What is to end is led nowhere.
                if !matches!(self.change, Some(Change::HangUp)) {
                    self.change = Some(change);
                }
                return;
            }
            Stage::Gather(gathering) => CallTurn::Gather(gathering),
            Stage::Record(recording) => CallTurn::Record(recording),
            Stage::Dial(dialling) => CallTurn::Dial(dialling),
            Stage::Ring(ringing) => CallTurn::Ring(ringing),
            Stage::Endless(playing) => CallTurn::Step(playing),
        };
        let turn = self.changed(turn, change);
        self.settle(turn);
    }

    fn changed(&mut self, turn: CallTurn, change: Change) -> CallTurn {
        match change {
            Change::HangUp => {
                self.ended_by_api = true;
                turn.hang_up()
            }
            Change::Lead(first) => turn.lead(first),
        }
    }

    /// It is given up, for a reason that is no fault of the call's.
    pub fn abandon(&mut self, text: &str) {
        if self.ended().is_none() {
            self.over(Ended::abandoned(text));
        }
    }

    fn turn(&self, act: &Act) -> Result<(String, CallTurn), Unfitting> {
        let wrong = |text: &str| Err(Unfitting(text.to_string()));
        let input = match act {
            Act::Press { keys, .. } => keys,
            Act::Say { text, .. } => text,
            _ => "",
        };
        if input.len() > LONGEST_INPUT {
            return wrong("that is more than anybody presses or says");
        }
        if let Act::Press { keys, .. } = act
            && (keys.is_empty() || keys.chars().any(|c| !matches!(c, '0'..='9' | '*' | '#')))
        {
            return wrong("keys are 0-9, * and #");
        }
        match self.stage.clone() {
            Stage::Ring(ringing) => deed::ring(ringing, act),
            Stage::Over(_) => wrong("the call is over"),
            Stage::Fetch(_) => wrong("a function is being asked: wait for its answer"),
            _ if *act == Act::Answer => wrong("nothing rings: the call is answered already"),
            Stage::Gather(gathering) => deed::gather(gathering, act),
            Stage::Record(recording) => deed::record(recording, act),
            Stage::Dial(dialling) => deed::dial(dialling, act),
            Stage::Endless(playing) => match act {
                Act::HangUp { .. } => Ok(("hung up".into(), playing.hang_up())),
                _ => wrong("what is heard has no end: the caller can hang up"),
            },
        }
    }

    /// Goes on until a request or the caller is needed, or all is over.
    fn settle(&mut self, mut turn: CallTurn) {
        loop {
            if self.steps.full() && !self.too_long {
                // Who is to be told of the end is.
                self.too_long = true;
                turn = turn.hang_up();
            }
            turn = match turn {
                CallTurn::Fetch(fetching) => {
                    self.requests += 1;
                    self.at = fetching.fetch().at;
                    self.fail(fetching.failing());
                    self.steps.request(fetching.fetch());
                    self.stage = Stage::Fetch(fetching);
                    return;
                }
                CallTurn::Step(playing) => {
                    let step = playing.step();
                    self.at = step.begins;
                    self.steps.step(step);
                    if let Action::Read { faults, .. } = &step.action {
                        self.steps.faults(step.begins, faults);
                    }
                    if step.lasts == Lasting::UntilHangup {
                        self.stage = Stage::Endless(playing);
                        return;
                    }
                    playing.done()
                }
                CallTurn::Gather(gathering) => {
                    self.at = gathering.at();
                    let gather = gathering.gather();
                    for prompt in &gather.prompts {
                        self.steps.step(prompt);
                    }
                    let lasts = Lasting::Exactly(gather.timeout).into();
                    self.steps.push(self.at, lasts, None, What::Gather);
                    self.stage = Stage::Gather(gathering);
                    return;
                }
                CallTurn::Record(recording) => {
                    self.at = recording.at();
                    self.steps.push(self.at, Lasts::Unknown, None, What::Record);
                    self.stage = Stage::Record(recording);
                    return;
                }
                CallTurn::Dial(dialling) => {
                    self.at = dialling.at();
                    let lasts = Lasting::Exactly(dialling.dial().timeout).into();
                    let what = What::Dial {
                        parties: parties(&dialling),
                    };
                    self.steps.push(self.at, lasts, None, what);
                    self.stage = Stage::Dial(dialling);
                    return;
                }
                CallTurn::Ring(ringing) => {
                    self.at = ringing.at();
                    let lasts = Lasting::Exactly(ringing.timeout()).into();
                    self.steps.push(self.at, lasts, None, What::Ring);
                    self.stage = Stage::Ring(ringing);
                    return;
                }
                CallTurn::End(CallEnd { ending, elapsed }) => {
                    self.at = elapsed;
                    if let Ending::Failed(fault) = &ending {
                        self.fail(Some(fault));
                    }
                    return self.over(match self.too_long {
                        true => too_many(),
                        false => Ended::of(&ending, self.placed, self.ended_by_api),
                    });
                }
            };
        }
    }

    /// The fault is told where it happens, before what is told of the end.
    fn fail(&mut self, fault: Option<&Fault>) {
        if fault.is_some() && !self.failing {
            self.failing = true;
            self.steps.faults(self.at, fault);
        }
    }

    fn over(&mut self, ended: Ended) {
        self.steps.end(self.at, &ended);
        self.stage = Stage::Over(ended);
    }
}
