//! A call, from the phone that makes it.

use super::act::{Act, Wanted, parties};
use super::happened::{Ended, Happened, Lasts, What};
use super::steps::{Steps, too_many};
use super::{Performed, Request, Setup, Unfitting};
use crate::phone::{
    Action, Call, CallEnd, CallTurn, DialStatus, Dialling, Ending, Fetching, Gathering, Lasting,
    Playing, Recording,
};
use crate::twiml::{Fault, Method};
use crate::webhook::Unfit;
use std::time::Duration;

/// How long the parties talk, and how long a caller speaks, where nobody says how long.
const USUAL: Duration = Duration::from_secs(10);

/// How sure Twilio is of what was said, where nobody says how sure.
const CONFIDENCE: f32 = 0.9;

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
}

/// Where it stands.
#[derive(Clone, Debug)]
enum Stage {
    Fetch(Fetching),
    Gather(Gathering),
    Record(Recording),
    Dial(Dialling),
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
        let mut call = Call::new(setup.seed.clone(), setup.account_sid.clone());
        if let Some(url) = &setup.status_callback {
            call = call.status_callback(Method::Post, url);
        }
        let turn = call.begin(setup.method(), &setup.url);
        let mut this = CallSession {
            setup,
            // Replaced at once: each turn leads to a stage.
            stage: Stage::Over(too_many()),
            steps: Steps::default(),
            requests: 0,
            at: Duration::ZERO,
            failing: false,
        };
        this.settle(turn);
        Ok(this)
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
        let turn = match &performed.result {
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
        };
        self.settle(turn);
    }

    /// What the caller is wanted to do, if it is the caller's turn.
    pub fn wanted(&self) -> Option<Wanted> {
        Some(match &self.stage {
            Stage::Gather(gathering) => Wanted::gather(gathering),
            Stage::Record(recording) => Wanted::record(recording),
            Stage::Dial(dialling) => Wanted::dial(dialling),
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
        self.settle(turn);
        Ok(())
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
            Stage::Gather(gathering) => gather(gathering, act),
            Stage::Record(recording) => record(recording, act),
            Stage::Dial(dialling) => dial(dialling, act),
            Stage::Endless(playing) => match act {
                Act::HangUp { .. } => Ok(("hung up".into(), playing.hang_up())),
                _ => wrong("what is heard has no end: the caller can hang up"),
            },
            Stage::Fetch(_) => wrong("a function is being asked: wait for its answer"),
            Stage::Over(_) => wrong("the call is over"),
        }
    }

    /// Goes on until a request or the caller is needed, or all is over.
    fn settle(&mut self, mut turn: CallTurn) {
        loop {
            if self.steps.full() {
                return self.over(too_many());
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
                CallTurn::End(CallEnd { ending, elapsed }) => {
                    self.at = elapsed;
                    if let Ending::Failed(fault) = &ending {
                        self.fail(Some(fault));
                    }
                    return self.over(ended(&ending));
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

fn gather(gathering: Gathering, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    let asked = gathering.gather();
    Ok(match act {
        Act::Press { .. } if !asked.keys => {
            return Err(Unfitting(
                "this <Gather> takes no keys: say something".into(),
            ));
        }
        Act::Say { .. } if !asked.speech => {
            return Err(Unfitting(
                "this <Gather> takes no speech: press keys, or write input=\"dtmf speech\"".into(),
            ));
        }
        Act::Press { keys, .. } => (format!("pressed {keys}"), gathering.keys(keys)),
        Act::Say {
            text, confidence, ..
        } => {
            let confidence = confidence.unwrap_or(CONFIDENCE);
            (format!("said “{text}”"), gathering.speech(text, confidence))
        }
        Act::TimeOut => ("did nothing".into(), gathering.silence()),
        Act::HangUp { .. } => ("hung up".into(), gathering.hang_up()),
        Act::Dial { .. } => return Err(Unfitting("nobody is being called".into())),
    })
}

fn record(recording: Recording, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    let length = |seconds: &Option<u32>| {
        seconds.map_or(USUAL, |seconds| Duration::from_secs(seconds.into()))
    };
    Ok(match act {
        Act::Press { keys, seconds } => {
            let (length, key) = (length(seconds), keys.chars().next());
            let told = format!("spoke for {} s, and pressed {keys}", length.as_secs());
            (told, recording.spoken(length, key))
        }
        Act::Say { text, seconds, .. } => {
            let length = length(seconds);
            let told = match text.is_empty() {
                true => format!("spoke for {} s", length.as_secs()),
                false => format!("said “{text}”, for {} s", length.as_secs()),
            };
            (told, recording.saying(text).spoken(length, None))
        }
        Act::TimeOut => ("said nothing".into(), recording.silence()),
        Act::HangUp { seconds } => {
            let length = seconds.map_or(Duration::ZERO, |s| Duration::from_secs(s.into()));
            ("hung up".into(), recording.hang_up(length))
        }
        Act::Dial { .. } => return Err(Unfitting("nobody is being called".into())),
    })
}

fn dial(dialling: Dialling, act: &Act) -> Result<(String, CallTurn), Unfitting> {
    Ok(match act {
        Act::Dial { outcome, seconds } => {
            let status = match outcome.as_str() {
                "answered" if is_joined(&dialling) => DialStatus::Answered,
                "answered" => DialStatus::Completed,
                word => DialStatus::named(word).ok_or_else(|| {
                    Unfitting(format!(
                        "`{word}` is no outcome: answered, busy, no-answer, failed or canceled"
                    ))
                })?,
            };
            let talked = seconds.map_or(USUAL, |seconds| Duration::from_secs(seconds.into()));
            (
                format!("the call: {outcome}"),
                dialling.ended(status, talked),
            )
        }
        // Nobody has to answer there: who dials it is in it.
        Act::TimeOut if is_room(&dialling) => (
            format!("in the conference for {} s", USUAL.as_secs()),
            dialling.ended(DialStatus::Answered, USUAL),
        ),
        Act::TimeOut => (
            "the call: no-answer".into(),
            dialling.ended(DialStatus::NoAnswer, Duration::ZERO),
        ),
        Act::HangUp { seconds } => {
            let talked = seconds.map_or(Duration::ZERO, |s| Duration::from_secs(s.into()));
            ("hung up".into(), dialling.hang_up(talked))
        }
        Act::Press { .. } | Act::Say { .. } => {
            return Err(Unfitting(
                "others are being called: say how that goes, or hang up".into(),
            ));
        }
    })
}

/// Whether a room or a queue is joined, which nobody answers.
fn is_joined(dialling: &Dialling) -> bool {
    let mut parties = dialling.dial().parties.iter();
    parties.any(|party| matches!(party.noun.as_str(), "Conference" | "Queue"))
}

/// Whether a room is joined. A queue is not: there somebody has to wait already.
fn is_room(dialling: &Dialling) -> bool {
    let mut parties = dialling.dial().parties.iter();
    parties.any(|party| party.noun == "Conference")
}

fn ended(ending: &Ending) -> Ended {
    let (why, text) = match ending {
        Ending::NothingLeft => ("nothing-left", "no verb is left: Twilio hangs up".into()),
        Ending::Hangup => ("hangup", "Twilio hangs up".into()),
        Ending::Rejected { reason } => ("rejected", format!("the call is refused: {reason}")),
        Ending::CallerHungUp => ("caller-hung-up", "the caller hung up".into()),
        Ending::Failed(_) => (
            "failed",
            "the caller hears that an application error has occurred, and Twilio hangs up".into(),
        ),
    };
    Ended {
        why,
        text,
        failed: matches!(ending, Ending::Failed(_)),
    }
}
