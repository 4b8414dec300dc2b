//! A whole server, started and stopped: for the command line, for tests, for other programs.

mod running;
mod start;
mod start_error;

pub use running::Running;
pub use start_error::StartError;

use crate::clock::Clock;
use crate::config::{Cloud, Limits, Options};
use crate::crew::Tenancy;
use crate::gateway::{Parity, ParityHeader, Strictness};
use crate::handler::{Handler, Handlers};
use crate::listen::Host;
use crate::node::{self, Inspect};
use crate::outbox::AnsweredFor;
use crate::token::Token;
use crate::visibility::Visibility;
use crate::web_console::ConsolePort;
use std::path::PathBuf;
use std::thread::available_parallelism;
use tokio::runtime::Runtime;

/// The port where neither flag nor file says one: twilio-run's.
pub const DEFAULT_PORT: u16 = 3000;

/// Where to begin: [`Switchboard::builder`].
#[derive(Debug)]
pub struct Switchboard;

impl Switchboard {
    /// A server to be described and started.
    ///
    /// ```
    /// use switchboard::{Callback, Context, Event, Outcome, Switchboard, Visibility};
    ///
    /// async fn hello(_context: Context, event: Event, callback: Callback) -> Outcome {
    ///     callback.success(format!("Hello, {}", event.text("name").unwrap_or("world")))
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let server = Switchboard::builder()
    ///     .function("demo", "/hello", Visibility::Public, hello)
    ///     .port(0)
    ///     .start()
    ///     .await?;
    /// println!("{}", server.url("demo", "/hello"));
    /// server.stop().await;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A runtime that a server does well in: two workers more than processors, since some may be
    /// inside handlers that block while the others go on. Twice as many were measured: idle ones are
    /// woken in vain, which costs a small request 6 %. Any tokio runtime with I/O and time will do, but
    /// on one with a single worker every handler gets a thread of its own.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn runtime() -> std::io::Result<Runtime> {
        // Before the runtime takes the low ones.
        node::reserve();
        let processors = available_parallelism().map_or(1, usize::from);
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(processors + 2)
            .thread_name("switchboard")
            .enable_all()
            .build()
    }
}

/// Describes a server.
#[derive(Default)]
pub struct Builder {
    folder: Option<PathBuf>,
    options: Options,
    handlers: Handlers,
    functions: Vec<(String, String, Visibility)>,
    limits: Option<Limits>,
    cloud: Option<Cloud>,
    host: Host,
    port: Option<u16>,
    public_url: Option<String>,
    clock: Option<Clock>,
    no_watch: bool,
    console: Option<(ConsolePort, Token)>,
    parity: Parity,
    inspect: Option<Inspect>,
    answered_for: AnsweredFor,
    tenancy: Tenancy,
}

impl Builder {
    /// Serves the project in `folder`: its `services.toml`, or the Toolkit's layout.
    #[must_use]
    pub fn project(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// How the project's files are read.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The handlers that `rust:NAME` in `services.toml` may name.
    #[must_use]
    pub fn handlers(mut self, handlers: Handlers) -> Self {
        self.handlers = handlers;
        self
    }

    /// Serves `handler` at `path` of `service`, beside the project or without one. The first
    /// service so named is the default where there is no project.
    #[must_use]
    pub fn function(
        mut self,
        service: &str,
        path: &str,
        visibility: Visibility,
        handler: impl Handler,
    ) -> Self {
        self.handlers = self.handlers.with(format!("{service}{path}"), handler);
        self.functions
            .push((service.to_string(), path.to_string(), visibility));
        self
    }

    /// Other limits than the project's, or the cloud's.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Other choices than the project's where the cloud's behaviour is not public.
    #[must_use]
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = Some(cloud);
        self
    }

    /// Where to listen; [`Host::Loopback`] by default.
    #[must_use]
    pub fn host(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// The port; it beats the project's. 0 takes any that is free.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The URL under which the world reaches this server, as `https://example.ngrok.app`: Twilio
    /// signs it, and `DOMAIN_NAME` is made from it.
    #[must_use]
    pub fn public_url(mut self, url: &str) -> Self {
        self.public_url = Some(url.trim_end_matches('/').to_string());
        self
    }

    /// What tells the time, here and to handlers.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Does not watch the project's files.
    #[must_use]
    pub fn no_watch(mut self) -> Self {
        self.no_watch = true;
        self
    }

    /// Serves the console as well, on a loopback port of its own; `token` opens its API.
    #[must_use]
    pub fn console(mut self, port: ConsolePort, token: Token) -> Self {
        self.console = Some((port, token));
        self
    }

    /// Names the rules of parity warnings in a response header, `x-switchboard-parity`.
    #[must_use]
    pub fn parity_header(mut self) -> Self {
        self.parity.header = ParityHeader::Sent;
        self
    }

    /// Answers as the cloud would have where it refuses what works here.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.parity.strictness = Strictness::Refuses;
        self
    }

    /// Lets debuggers attach to JavaScript functions. Each service has a port for them; where one
    /// cannot be had, the journal says so and the service runs without.
    #[must_use]
    pub fn inspect(mut self, inspect: Inspect) -> Self {
        self.inspect = Some(inspect);
        self
    }

    /// Answers here what functions ask of Twilio's REST API, whatever account they have: nothing that a client of
    /// the package `twilio` asks for leaves this machine. Without it, that holds for the development
    /// account alone.
    #[must_use]
    pub fn local_api(mut self) -> Self {
        self.answered_for = AnsweredFor::EveryAccount;
        self
    }

    /// Nothing else runs in the runtime that this server is started in. Then no more of its workers
    /// are awake than are needed, mostly one, which makes small requests a third cheaper; the others
    /// come when that one is blocked or has too much to do.
    ///
    /// Tasks of yours that block a worker would be found out late: without this, another is awake.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.tenancy = Tenancy::Alone;
        self
    }
}
