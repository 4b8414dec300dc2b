//! `call`: calls a function, and walks through the TwiML that it answers with.
//!
//! The caller is whoever sits at the terminal, or a list of what is done in turn. No time passes
//! unless it is asked for.

mod input;
mod line;

use super::aim::AimArgs;
use super::exit::{Exit, Failure};
use super::print::{self, called};
use super::send::{methods, seed};
use super::server;
use super::sign::parameter;
use crate::clock::Clock;
use crate::handler::Handlers;
use crate::phone::session::{CallSession, Happened, Lasts, Setup};
use crate::webhook::{Kind, Method, NUMBER, PERSON, Wishes};
use clap::{Args, ValueEnum};
use input::Caller;
use line::Line;
use std::io::IsTerminal;
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct CallArgs {
    /// Who calls [default: a number for examples]
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// Who is called [default: a number for examples]
    #[arg(long, value_name = "NUMBER")]
    to: Option<String>,
    /// What the caller does in turn, between commas: keys, `wait`, `say TEXT`, `7s` (speak so long
    /// where it is recorded), `answered`, `busy`, `no-answer` or `failed` where others are called,
    /// `hangup`. Without it you are asked, if this is a terminal
    #[arg(long, value_name = "KEYS,…", value_delimiter = ',')]
    digits: Option<Vec<String>>,
    /// A parameter of every request, instead of Twilio's or besides; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    param: Vec<(String, String)>,
    /// Method of the first request [default: POST]
    #[arg(short = 'X', long, ignore_case = true, value_parser = methods())]
    method: Option<Method>,
    /// What is told when the call has ended: the number's "call status changes"
    #[arg(long, value_name = "TARGET")]
    status_callback: Option<String>,
    /// Let speech, pauses and timeouts take their time
    #[arg(long)]
    real_time: bool,
    /// How the call is written: step by step, or as one JSON document
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    aim: AimArgs,
}

/// How the call is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    #[default]
    Pretty,
    Json,
}

pub(super) fn run(args: CallArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let aim = args.aim.find(handlers)?;
    let status_callback = match &args.status_callback {
        Some(target) => Some(args.aim.find_other(target, handlers)?.signed),
        None => None,
    };
    let seed = seed()?;
    let wishes = Wishes {
        from: Some(args.from.unwrap_or_else(|| PERSON.to_string())),
        to: Some(args.to.unwrap_or_else(|| NUMBER.to_string())),
        parameters: args.param,
        method: args.method,
        ..Wishes::default()
    };
    let session = CallSession::begin(Setup {
        kind: Kind::Voice,
        url: aim.signed.clone(),
        wishes,
        seed: seed.as_str().to_string(),
        unix_seconds: Clock::system().unix_seconds(),
        account_sid: aim.account_sid.clone(),
        status_callback,
    })?;
    let at_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let caller = match args.digits {
        Some(acts) => Caller::listed(acts),
        None if at_terminal && args.output == Output::Pretty => Caller::asked(),
        None => Caller::listed(Vec::new()),
    };
    let shown = Shown {
        pretty: args.output == Output::Pretty,
        real_time: args.real_time,
        steps: 0,
    };
    let runtime = server::runtime()?;
    let session = runtime.block_on(walk(session, Line::new(&aim), caller, shown))?;
    if args.output == Output::Json {
        print::out(&called::json(&args.aim.target, &session))?;
    }
    // A name that is still looked up would hold the end.
    runtime.shutdown_background();
    Ok(match session.ended().is_some_and(|ended| ended.failed) {
        true => Exit::AtFault,
        false => Exit::Done,
    })
}

async fn walk(
    mut session: CallSession,
    mut line: Line,
    mut caller: Caller,
    mut shown: Shown,
) -> Result<CallSession, Failure> {
    shown.begin(&session)?;
    loop {
        if let Some(request) = session.request() {
            let performed = line.perform(request).await;
            session.performed(performed);
        } else if let Some(wanted) = session.wanted() {
            shown.up_to_now(&session).await?;
            loop {
                let act = caller.act(&wanted)?;
                match session.act(&act) {
                    Ok(()) => break,
                    Err(unfitting) => caller.wrong(&unfitting.to_string())?,
                }
            }
        } else {
            shown.up_to_now(&session).await?;
            return Ok(session);
        }
        // A request is shown with its answer.
        if session.request().is_none() {
            shown.up_to_now(&session).await?;
        } else {
            shown.up_to_request(&session).await?;
        }
    }
}

/// What has been written of the call.
struct Shown {
    pretty: bool,
    real_time: bool,
    steps: usize,
}

impl Shown {
    fn begin(&self, session: &CallSession) -> Result<(), Failure> {
        match self.pretty {
            true => print::out(&called::begin(session)),
            false => Ok(()),
        }
    }

    async fn up_to_now(&mut self, session: &CallSession) -> Result<(), Failure> {
        self.up_to(session.steps()).await
    }

    async fn up_to_request(&mut self, session: &CallSession) -> Result<(), Failure> {
        let steps = session.steps();
        self.up_to(&steps[..steps.len().saturating_sub(1)]).await
    }

    async fn up_to(&mut self, steps: &[Happened]) -> Result<(), Failure> {
        for step in steps.iter().skip(self.steps) {
            if self.pretty {
                print::out(&called::step(step))?;
            }
            if let (true, Lasts::Exactly(ms) | Lasts::About(ms)) = (self.real_time, step.lasts) {
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
        }
        self.steps = self.steps.max(steps.len());
        Ok(())
    }
}
