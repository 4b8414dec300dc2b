//! The running server that a command asks, by way of its console.

use super::exit::Failure;
use crate::client::{self, Asked};
use crate::runfile::RunFile;
use crate::token::Token;
use crate::web_console::is_own;
use crate::webhook::requestable;
use bytes::Bytes;
use clap::Args;
use http::{Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The variable that holds the token for `--url`: a flag would show it in the list of processes.
const TOKEN_VARIABLE: &str = "SWITCHBOARD_TOKEN";

/// Which server is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which server")]
pub(super) struct ServerArgs {
    /// Ask the server that runs for this folder, or for one above it
    #[arg(
        long,
        value_name = "FOLDER",
        default_value = ".",
        hide_default_value = true
    )]
    cwd: PathBuf,
    /// Ask the server whose console is at this URL; $SWITCHBOARD_TOKEN is its token
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// A server that can be asked.
pub(super) struct Server {
    /// The console's base, without a slash at the end.
    base: String,
    token: Token,
    /// Whether the token is that of the variable, which may be another server's.
    by_variable: bool,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// Nobody is there, or no longer.
    Gone(Failure),
    /// The server does not do it.
    Refused(Failure),
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Gone(failure) | Unanswered::Refused(failure) => failure,
        }
    }
}

impl ServerArgs {
    /// # Errors
    ///
    /// When no server is found.
    pub(super) fn find(&self) -> Result<Server, Failure> {
        let Some(url) = &self.url else {
            return self.of_folder();
        };
        let (base, uri) = base(url).ok_or_else(|| {
            Failure::usage(format!("`{url}` is not a URL")).help(
                "write that of the console, as in http://localhost:4545: `switchboard start` shows it",
            )
        })?;
        let given = std::env::var(TOKEN_VARIABLE)
            .ok()
            .filter(|token| !token.is_empty());
        // The folder's own server is known by its run file, whatever the variable says of others.
        let own = match found(&self.cwd) {
            Ok(found) => found
                .iter()
                .filter(|found| is_console_of(found, &uri))
                .find_map(Server::of),
            Err(_) if given.is_some() => None,
            Err(failure) => return Err(failure),
        };
        let by_variable = |token| Server {
            base: base.clone(),
            token: Token::given(token),
            by_variable: true,
        };
        own.or_else(|| given.map(by_variable)).ok_or_else(|| {
            Failure::usage(format!("there is no token for the console at {base}")).help(format!(
                "set {TOKEN_VARIABLE} to the `token` of that server's run file"
            ))
        })
    }

    fn of_folder(&self) -> Result<Server, Failure> {
        let has_console = |server: &RunFile| server.console_url.is_some();
        let found = running(&self.cwd, has_console).map_err(|none| {
            none.help(
                "start one with `switchboard start`, name the folder of one with --cwd, or its \
                 console with --url",
            )
        })?;
        Server::of(&found).ok_or_else(|| {
            Failure::at_fault(format!(
                "the server at {} has no console",
                found.service_url
            ))
            .help("start it without --no-console")
        })
    }
}

/// The base of the console at `url`, which may lack its scheme, and the same as it was read.
fn base(url: &str) -> Option<(String, Uri)> {
    let whole = match url.contains("://") {
        true => url.to_string(),
        false => format!("http://{url}"),
    };
    let uri = requestable(&whole)?;
    // A single word is a host of no console.
    let is_written_so = url.contains("://") || uri.port().is_some();
    let whole = whole.split(['?', '#']).next().unwrap_or_default();
    is_written_so.then(|| (whole.trim_end_matches('/').to_string(), uri))
}

/// Whether `uri` leads to the console of `server`, by whichever of its names.
fn is_console_of(server: &RunFile, uri: &Uri) -> bool {
    let console = server.console_url.as_deref();
    let port = console.and_then(|url| url.parse::<Uri>().ok()?.port_u16());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let plain = uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/");
    plain && port.is_some_and(|port| is_own(authority, port))
}

/// What the run files say of the servers for `folder`, or for one above it, the newest first.
fn found(folder: &Path) -> Result<Vec<RunFile>, Failure> {
    RunFile::find(folder)
        .map_err(|error| Failure::at_fault(format!("cannot look for a server: {error}")))
}

/// The newest of them that is `wanted`, or else the newest. What there is to do where none runs,
/// whoever asks says in the failure's help.
///
/// # Errors
///
/// When none runs.
pub(super) fn running(
    folder: &Path,
    wanted: impl Fn(&RunFile) -> bool,
) -> Result<RunFile, Failure> {
    let mut found = found(folder)?;
    let place = found.iter().position(wanted).unwrap_or_default();
    (!found.is_empty())
        .then(|| found.swap_remove(place))
        .ok_or_else(|| {
            let whole = std::path::absolute(folder).unwrap_or(folder.to_path_buf());
            Failure::at_fault(format!("no server runs for {}", whole.display()))
        })
}

impl Server {
    /// The console of a server, if it has one.
    pub(super) fn of(found: &RunFile) -> Option<Self> {
        Some(Server {
            base: found.console_url.clone()?,
            token: found.token.clone(),
            by_variable: false,
        })
    }

    /// What is at `path` behind `/api/1`; it may take `patience`.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        patience: Duration,
    ) -> Result<T, Unanswered> {
        self.ask(Method::GET, path, None, patience).await
    }

    /// What comes of `body` at `path`.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        patience: Duration,
    ) -> Result<T, Unanswered> {
        let body = Some(body.to_string().into());
        self.ask(Method::POST, path, body, patience).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        patience: Duration,
    ) -> Result<T, Unanswered> {
        let url = format!("{}/api/1{path}", self.base);
        let headers = [
            ("authorization", format!("Bearer {}", self.token.as_str())),
            ("content-type", "application/json".to_string()),
        ];
        let answer = client::ask(Asked {
            method,
            url: &url,
            headers: &headers,
            body,
            patience,
        })
        .await
        .map_err(|error| {
            let text = format!("the console at {} does not answer: {error}", self.base);
            Unanswered::Gone(Failure::at_fault(text).help("see whether the server still runs"))
        })?;
        let refused = |text: String| Unanswered::Refused(Failure::at_fault(text));
        if answer.status == StatusCode::UNAUTHORIZED && self.by_variable {
            let text = format!(
                "{TOKEN_VARIABLE} is not the token of the server at {}",
                self.base
            );
            let help = "each run has its own: take the `token` of that server's run file";
            return Err(Unanswered::Refused(Failure::at_fault(text).help(help)));
        }
        if !answer.status.is_success() {
            let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
            let text = told.as_ref().and_then(|told| told["error"].as_str());
            return Err(refused(match text {
                Some(text) => text.to_string(),
                None => format!("{} is no console: it answered {}", self.base, answer.status),
            }));
        }
        serde_json::from_slice(&answer.body).map_err(|_| match answer.cut_off {
            true => refused("the answer is too long to be read: ask for less".to_string()),
            false => refused(format!(
                "{} is no console: its answer is no JSON of one",
                self.base
            )),
        })
    }
}

/// A runtime for one question at a time.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::at_fault(format!("no runtime to ask with: {error}")))
}
