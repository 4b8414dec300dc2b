//! From a description to a server that serves: its files are read, its ports taken, its parts wired.

use super::running::{Running, Serving};
use super::{Builder, DEFAULT_PORT, StartError};
use crate::clock::Clock;
use crate::config::{Code, FunctionResource, Loaded, ServiceName};
use crate::courier::{Courier, Line};
use crate::gateway::Gateway;
use crate::journal::Journal;
use crate::listen;
use crate::node::{self, Around, Debuggers};
use crate::outbox::Outbox;
use crate::registry::Reach;
use crate::reload::{LastLoad, Load, Project, Reloader, Unwatched};
use crate::route::RoutePath;
use crate::server;
use crate::stop::Stop;
use crate::swap::Swap;
use crate::token::Token;
use crate::visibility::Visibility;
use crate::web_console::{self, ConsolePort, Phones, Shown, WebConsole};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use tokio::net::TcpListener;

/// The console's ports, taken; and what opens it.
struct Opened {
    listeners: Vec<TcpListener>,
    port: u16,
    token: Token,
}

impl Builder {
    /// Loads, listens and serves, in the runtime that this is called in.
    ///
    /// # Errors
    ///
    /// When the project's files cannot be served, or the port cannot be had.
    pub async fn start(self) -> Result<Running, StartError> {
        node::reserve();
        let clock = self.clock.clone().unwrap_or_else(Clock::system);
        let project = Arc::new(self.to_be_loaded()?);
        let began = Instant::now();
        let Loaded {
            config,
            diagnostics,
            watched,
        } = read(&project).await?;
        let Some(config) = config else {
            return Err(StartError::Project(diagnostics));
        };
        let port = self.port.or(config.port).unwrap_or(DEFAULT_PORT);
        if let Some((ConsolePort::Given(given), _)) = self.console
            && given == port
            && port != 0
        {
            return Err(StartError::OnePort { port });
        }
        let (listeners, port) = listen::listen(self.host, port).await?;
        let console = match &self.console {
            Some((port, token)) => Some(open(*port, token).await?),
            None => None,
        };
        let (journal, stop) = (Journal::default(), Stop::default());
        let inspect = self.inspect;
        let around = Around {
            debuggers: inspect.map(|inspect| Debuggers::new(inspect, journal.clone())),
            outbox: Outbox::new(clock.clone(), self.answered_for),
            journal: journal.clone(),
        };
        let reach = Reach {
            port,
            public_url: self.public_url,
        };
        let outbox = around.outbox.clone();
        let swap = Swap::new(config.clone(), reach, self.handlers, clock.clone(), around);
        let live = swap.live().clone();
        let gateway = Gateway::new(live.clone(), journal.clone(), clock, stop.clone());
        let gateway = gateway.with_tenancy(self.tenancy).with_parity(self.parity);
        let gateway = Arc::new(gateway);
        let phones = Phones::new(outbox.clone(), journal.clone(), console.is_some());
        let courier = Courier {
            outbox: outbox.clone(),
            line: Line {
                gateway: Arc::clone(&gateway),
                live,
            },
            journal: journal.clone(),
            phones: Arc::new(phones.clone()),
        };
        let courier = Some(courier.spawn(stop.clone()));
        let serving = server::serve(listeners, Arc::clone(&gateway), stop.clone());
        let serving = tokio::spawn(serving);
        let last = LastLoad::new(Load {
            at: SystemTime::now(),
            took: began.elapsed(),
            served: true,
            generation: swap.snapshot().generation,
            changed: Vec::new(),
            diagnostics: diagnostics.clone(),
        });
        let console = console.map(|opened| {
            let shown = Shown {
                gateway,
                swap: swap.clone(),
                journal: journal.clone(),
                project: Arc::clone(&project),
                last: last.clone(),
                outbox,
                phones,
            };
            WebConsole::new(shown, opened.token, opened.port).spawn(opened.listeners)
        });
        if project.folder.is_some() && !self.no_watch {
            let reloader = Reloader {
                project,
                swap: swap.clone(),
                journal: journal.clone(),
                last,
                config,
                port_is_given: self.port.is_some(),
                diagnostics: diagnostics.clone(),
                unwatched: Unwatched::default(),
            };
            reloader.spawn(watched, stop.clone());
        }
        Ok(Running {
            swap,
            journal,
            stop,
            serving: Serving::Still(serving),
            courier,
            console,
            diagnostics,
        })
    }

    fn to_be_loaded(&self) -> Result<Project, StartError> {
        // The watcher tells of changed files by their whole paths.
        let absolute = |folder: &PathBuf| std::path::absolute(folder).unwrap_or(folder.clone());
        Ok(Project {
            folder: self.folder.as_ref().map(absolute),
            options: self.options.clone(),
            handlers: self.handlers.clone(),
            functions: valid(&self.functions)?,
            limits: self.limits,
            cloud: self.cloud,
        })
    }
}

async fn read(project: &Arc<Project>) -> Result<Loaded, StartError> {
    let project = Arc::clone(project);
    let loading = tokio::task::spawn_blocking(move || project.load());
    loading.await.map_err(|_| StartError::Interrupted)
}

async fn open(port: ConsolePort, token: &Token) -> Result<Opened, StartError> {
    let listening = web_console::listen(port).await;
    let (listeners, port) = listening.map_err(StartError::Console)?;
    Ok(Opened {
        listeners,
        port,
        token: token.clone(),
    })
}

/// The functions given to the builder, as a project's would be.
fn valid(
    functions: &[(String, String, Visibility)],
) -> Result<Vec<(ServiceName, FunctionResource)>, StartError> {
    functions
        .iter()
        .map(|(service, path, visibility)| {
            let function = FunctionResource {
                path: RoutePath::new(path.as_str())?,
                visibility: *visibility,
                code: Code::Rust(format!("{service}{path}")),
                declared_in: None,
            };
            Ok((ServiceName::new(service.as_str())?, function))
        })
        .collect()
}
