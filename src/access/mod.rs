//! Who may reach what: every route asked by every kind of [`Caller`], without running a handler.
//!
//! There is no second copy of the rules here. The request that a caller would send is made and
//! handed to a [`Gateway`] of its own, in memory, over a registry whose routes all lead to a
//! stand-in: whether the stand-in was reached is the [`Verdict`], and what the gateway wrote into
//! its journal is the reason. What `Runtime` gives to functions is looked up in that `Runtime`.

mod caller;
mod difference;
mod expectation;

pub(crate) use caller::Caller;
pub(crate) use difference::differences;
pub(crate) use expectation::Expectation;

use crate::clock::Clock;
use crate::context::Context;
use crate::event::Event;
use crate::gateway::Gateway;
use crate::handler::{Callback, SharedHandler};
use crate::journal::Journal;
use crate::registry::{LiveRegistry, Registry, Route, Service, Target};
use crate::stop::Stop;
use crate::visibility::Visibility;
use caller::Tokens;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A route with all verdicts on it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) service: Arc<str>,
    /// The path within the service.
    pub(crate) path: Arc<str>,
    pub(crate) visibility: Visibility,
    /// What stands behind it: `rust:NAME`, `javascript`, `asset`.
    pub(crate) target: Arc<str>,
    /// One for each of [`Caller::ALL`], in that order.
    pub(crate) judged: Vec<Judged>,
}

/// What becomes of one caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) caller: Caller,
    pub(crate) verdict: Verdict,
    /// Why, in words.
    pub(crate) reason: String,
}

/// What a caller comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) enum Verdict {
    /// The function or asset answers.
    Answers,
    /// This status, and the function or asset never learns of it.
    Refused(StatusCode),
    /// A function of the service gets hold of it.
    ByRuntime,
    /// `Runtime` does not have it.
    NotInRuntime,
}

const ANSWERS: &str = "answers";
const BY_RUNTIME: &str = "by Runtime";
const NOT_IN_RUNTIME: &str = "not in Runtime";

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Answers => f.pad(ANSWERS),
            Verdict::Refused(status) => f.pad(status.as_str()),
            Verdict::ByRuntime => f.pad(BY_RUNTIME),
            Verdict::NotInRuntime => f.pad(NOT_IN_RUNTIME),
        }
    }
}

impl From<Verdict> for String {
    fn from(verdict: Verdict) -> String {
        verdict.to_string()
    }
}

impl TryFrom<String> for Verdict {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            ANSWERS => Ok(Verdict::Answers),
            BY_RUNTIME => Ok(Verdict::ByRuntime),
            NOT_IN_RUNTIME => Ok(Verdict::NotInRuntime),
            status => status.parse().map(Verdict::Refused).map_err(|_| {
                format!(
                    "`{}` is no verdict: those are \"{ANSWERS}\", a status such as \"403\", \
                     \"{BY_RUNTIME}\" and \"{NOT_IN_RUNTIME}\"",
                    text.escape_debug()
                )
            }),
        }
    }
}

/// Judges every route of `registry` for every caller, sorted by service and path.
///
/// To be called within a tokio runtime.
pub(crate) async fn judge(registry: &Registry) -> Vec<Row> {
    let court = Court::new(registry);
    let mut rows = Vec::new();
    for service in registry.services() {
        let tokens = Tokens::of(service, registry);
        for (path, route) in service.routes() {
            let mut judged = Vec::with_capacity(Caller::ALL.len());
            for caller in Caller::ALL {
                judged.push(match caller {
                    Caller::Function => by_runtime(service, path.as_str(), route),
                    _ => court.ask(caller, service, route, &tokens).await,
                });
            }
            rows.push(Row {
                service: Arc::clone(&service.name),
                path: Arc::clone(route.path()),
                visibility: route.visibility,
                target: Arc::clone(&route.taken.target),
                judged,
            });
        }
    }
    rows.sort_by(|a, b| (&a.service, &a.path).cmp(&(&b.service, &b.path)));
    rows
}

/// A gateway in memory, behind which nothing runs.
struct Court {
    gateway: Gateway,
    journal: Journal,
    reached: Arc<AtomicBool>,
    port: u16,
}

impl Court {
    fn new(registry: &Registry) -> Self {
        let reached = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&reached);
        let stand_in = move |_: Context, _: Event, callback: Callback| {
            told.store(true, Ordering::SeqCst);
            async move { callback.success(()) }
        };
        let stand_in = Target::Rust(SharedHandler::new(stand_in));
        let live = LiveRegistry::new(registry.with_target(&stand_in));
        let journal = Journal::default();
        Court {
            gateway: Gateway::new(live, journal.clone(), Clock::system(), Stop::default()),
            journal,
            reached,
            port: registry.reach.port,
        }
    }

    /// What becomes of `caller`, who asks for `route` under the service's own host: there it can
    /// stand in no other's way.
    async fn ask(
        &self,
        caller: Caller,
        service: &Service,
        route: &Route,
        tokens: &Tokens<'_>,
    ) -> Judged {
        let judged = |verdict, reason| Judged {
            caller,
            verdict,
            reason,
        };
        let host = format!("{}.localhost:{}", service.domain, self.port);
        let Ok(request) = caller.request(&host, route, tokens) else {
            let reason = "no request can name this path: it holds what a URL cannot".to_string();
            return judged(Verdict::Refused(StatusCode::NOT_FOUND), reason);
        };
        self.reached.store(false, Ordering::SeqCst);
        let status = self.gateway.handle(request, None).await.status();
        let exchange = self.journal.exchanges().pop();
        self.journal.clear();
        let fault = exchange.and_then(|exchange| exchange.fault.clone());
        match self.reached.load(Ordering::SeqCst) {
            true => judged(Verdict::Answers, caller.welcome(route.visibility, tokens)),
            false => judged(
                Verdict::Refused(status),
                first_line(&fault.unwrap_or_default()),
            ),
        }
    }
}

/// The explanation of a refused signature goes on with URLs, which are this request's only.
fn first_line(fault: &str) -> String {
    fault.lines().next().unwrap_or_default().to_string()
}

/// What `Runtime` gives to the functions of `service`.
fn by_runtime(service: &Service, path: &str, route: &Route) -> Judged {
    let runtime = &service.context.runtime;
    let (has, reason) = match &route.target {
        Target::Asset(_) => match runtime.get_assets().contains_key(path) {
            true => (true, "Runtime.getAssets() has it"),
            false => (false, "Runtime.getAssets() has private assets alone"),
        },
        Target::JavaScript(_) | Target::Rust(_) => {
            match runtime
                .get_functions()
                .contains_key(path.trim_start_matches('/'))
            {
                true => (true, "Runtime.getFunctions() has it"),
                false => (false, "Runtime.getFunctions() has JavaScript files alone"),
            }
        }
    };
    Judged {
        caller: Caller::Function,
        verdict: match has {
            true => Verdict::ByRuntime,
            false => Verdict::NotInRuntime,
        },
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_read_as_it_is_written() {
        for verdict in [
            Verdict::Answers,
            Verdict::Refused(StatusCode::FORBIDDEN),
            Verdict::ByRuntime,
            Verdict::NotInRuntime,
        ] {
            assert_eq!(Verdict::try_from(verdict.to_string()), Ok(verdict));
        }
        assert!(Verdict::try_from("anser".to_string()).is_err());
    }
}
