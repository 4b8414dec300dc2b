//! `send`: plays Twilio. Makes the request that Twilio would make, signs it, sends it, and says what
//! Twilio would do with the answer.
//!
//! The token is that of the service that is called, from the project's files, as in `sign`. It is
//! never sent and never shown: `--curl` holds the signature alone.

mod exchange;

use super::aim::{Aim, AimArgs};
use super::curl::{Curl, CurlBody};
use super::exit::{Exit, Failure};
use super::number::within;
use super::print;
use super::server;
use super::sign::parameter;
use crate::clock::Clock;
use crate::handler::Handlers;
use crate::signature::Signer;
use crate::token::Token;
use crate::webhook::{Content, Kind, Method, Moment, Outcome, Webhook, Wishes, compose};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
pub(super) use exchange::Exchange;

#[derive(Debug, Args)]
pub(super) struct SendArgs {
    /// What happened
    #[arg(value_parser = kinds())]
    kind: Kind,
    /// Who sends or calls [default: a number for examples]
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// Who is called [default: a number for examples]
    #[arg(long, value_name = "NUMBER")]
    to: Option<String>,
    /// The text of a message; of `json` the whole event
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
    /// A picture or other media of a message; repeatable
    #[arg(long, value_name = "URL")]
    media: Vec<String>,
    /// The keys that were pressed
    #[arg(long, value_name = "KEYS")]
    digits: Option<String>,
    /// A parameter, instead of Twilio's or besides; repeatable, also by the same name
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    param: Vec<(String, String)>,
    /// Method of the webhook [default: POST]
    #[arg(short = 'X', long, ignore_case = true, value_parser = methods())]
    method: Option<Method>,
    /// Send so many, each with SIDs of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = within(1..=10_000_u32))]
    count: u32,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// Print a command that makes the request, and send nothing
    #[arg(long, conflicts_with = "output")]
    curl: bool,
    #[command(flatten)]
    aim: AimArgs,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people
    #[default]
    Pretty,
    /// An object a line
    Json,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)).try_map(|name| name.parse::<Kind>())
}

pub(super) fn methods() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(["GET", "POST"]).map(|name| match name.eq_ignore_ascii_case("GET") {
        true => Method::Get,
        false => Method::Post,
    })
}

pub(super) fn run(args: SendArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let wishes = Wishes {
        from: args.from.clone(),
        to: args.to.clone(),
        body: args.body.clone(),
        media: args.media.clone(),
        digits: args.digits.clone(),
        parameters: args.param.clone(),
        method: args.method,
    };
    let seed = seed()?;
    let composed = |number: u32, account_sid: &str| {
        let moment = Moment {
            seed: &format!("{}/{number}", seed.as_str()),
            unix_seconds: Clock::system().unix_seconds(),
            account_sid,
        };
        Ok::<_, Failure>(compose(args.kind, &wishes, moment)?)
    };
    // What cannot be sent is said before a server is looked for.
    composed(0, "")?;
    let aim = args.aim.find(handlers)?;
    let signer = Signer::new(&aim.token);
    if args.curl {
        let commands = (1..=args.count)
            .map(|number| Ok(curl(&composed(number, &aim.account_sid)?, &aim, &signer)))
            .collect::<Result<String, Failure>>()?;
        print::out(&commands)?;
        return Ok(Exit::Done);
    }
    let runtime = server::runtime()?;
    let mut exit = Exit::Done;
    for number in 1..=args.count {
        let webhook = composed(number, &aim.account_sid)?;
        let exchange = runtime.block_on(Exchange::make(webhook, &aim, &signer));
        if exchange.verdict.outcome == Outcome::Failed {
            exit = Exit::AtFault;
        }
        print::out(&match args.output {
            Output::Pretty if number > 1 => format!("\n{}", print::sent::pretty(&exchange)),
            Output::Pretty => print::sent::pretty(&exchange),
            Output::Json => print::sent::json(&exchange),
        })?;
    }
    // A name that is still looked up would hold the end.
    runtime.shutdown_background();
    Ok(exit)
}

/// What makes this run's requests differ from those of another.
pub(super) fn seed() -> Result<Token, Failure> {
    Token::random().map_err(|error| Failure::at_fault(format!("no random numbers: {error}")))
}

/// The request as a command.
fn curl(webhook: &Webhook, aim: &Aim, signer: &Signer) -> String {
    let signature = webhook.signature(signer, &webhook.url(&aim.signed));
    let headers = webhook.headers(&signature);
    Curl {
        method: (webhook.method == Method::Post).then_some("POST"),
        url: &webhook.url(&aim.sent),
        headers: headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect(),
        body: match (&webhook.content, webhook.method) {
            (Content::Json(text), _) => CurlBody::Raw(text),
            (Content::Parameters(parameters), Method::Post) => CurlBody::Form(parameters),
            (Content::Parameters(_), Method::Get) => CurlBody::Form(&[]),
        },
    }
    .command()
}
