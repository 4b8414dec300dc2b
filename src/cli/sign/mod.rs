//! `sign`: the signature of a request of one's own, as Twilio would make it.
//!
//! `--json` signs the URL as it is. Twilio's own JSON webhooks name the body's hash in the query
//! (`bodySHA256`); for calls of one's own to a protected Function the bare URL is documented, and
//! the URL that is signed has to be the one that is then requested.

mod target;

use super::curl::{Curl, CurlBody};
use super::exit::{Exit, Failure};
use super::print;
use super::project::{FilesArgs, PortArgs};
use crate::handler::Handlers;
use crate::signature::Signer;
use clap::{Args, ValueEnum};
use target::Target;

#[derive(Debug, Args)]
pub(super) struct SignArgs {
    /// What is called: a URL as Twilio would see it, or /PATH or SERVICE:/PATH of the project
    url: String,
    /// A form parameter, its value as it is meant and not encoded; repeatable
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = parameter)]
    data: Vec<(String, String)>,
    /// A JSON body; the signature is that of the URL alone
    #[arg(long, value_name = "BODY", conflicts_with = "data")]
    json: Option<String>,
    /// Sign with this token and not with the project's; the list of processes shows it, the
    /// environment does not
    #[arg(
        long,
        value_name = "TOKEN",
        env = "TWILIO_AUTH_TOKEN",
        hide_env_values = true
    )]
    auth_token: Option<String>,
    /// Sign with this service's token [default: the one that the URL leads to]
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Method of the request [default: POST with -d or --json, else GET]
    #[arg(short = 'X', long, value_enum, ignore_case = true)]
    method: Option<Method>,
    /// Print a command that makes the request, and not the signature alone
    #[arg(long)]
    curl: bool,
    #[command(flatten)]
    port: PortArgs,
    #[command(flatten)]
    files: FilesArgs,
}

/// The methods that reach a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    #[value(name = "GET")]
    Get,
    #[value(name = "POST")]
    Post,
}

pub(super) fn run(args: &SignArgs, handlers: &Handlers) -> Result<Exit, Failure> {
    let body = args.json.is_some() || !args.data.is_empty();
    let method = args
        .method
        .unwrap_or(if body { Method::Post } else { Method::Get });
    if method == Method::Get && body {
        return Err(Failure::usage("a GET has no body")
            .help("put its values in the URL's query, or leave -X out"));
    }
    let target = Target::find(args, handlers)?;
    let signature = Signer::new(&target.token).sign(&target.url, &args.data);
    print::out(&if args.curl {
        curl(args, method, &target.url, &signature)
    } else {
        format!("{signature}\n")
    })?;
    Ok(Exit::Done)
}

/// A command that makes the request that was signed.
fn curl(args: &SignArgs, method: Method, url: &str, signature: &str) -> String {
    let mut headers = vec![("X-Twilio-Signature", signature)];
    if args.json.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    Curl {
        method: (method == Method::Post).then_some("POST"),
        url,
        headers,
        body: match &args.json {
            Some(body) => CurlBody::Raw(body),
            None => CurlBody::Form(&args.data),
        },
    }
    .command()
}

/// `NAME=VALUE`, as an argument.
pub(super) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("there is no `=` between name and value")?;
    Ok((name.to_string(), value.to_string()))
}
