//! The tunnel: opened before the start is announced, looked after while the server runs.
//!
//! An agent that somebody else has started is adopted: it is asked now and then whether it is still
//! there, and never ended. One that we started is started
//! again when it dies, a few times; then its URL is taken back, so that nobody is told of a
//! `DOMAIN_NAME` that leads nowhere.

use super::args::Wishes;
use crate::app::Running;
use crate::cli::exit::Failure;
use crate::journal::{Journal, Notice};
use crate::stop::Stop;
use crate::swap::Swap;
use crate::tunnel::{self, Agent, Change, Means, Tunnel, TunnelError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How often an agent is started again. One that has lived for a while has all of them anew.
const RESTARTS: u32 = 3;
const A_WHILE: Duration = Duration::from_secs(60);
/// Between an agent's end and the next start.
const PAUSE: Duration = Duration::from_secs(1);
/// How often an agent of somebody else's is asked whether its tunnel is still there, and how often in
/// a row it may give no answer.
const ASK_EVERY: Duration = Duration::from_secs(2);
const MISSED: u32 = 2;
/// How long the end of a tunnel is waited for.
const END: Duration = Duration::from_secs(2);

/// Finds the tunnel that is wished for, and sets the server's public URL by it.
///
/// # Errors
///
/// When one was asked for and cannot be had.
pub(super) async fn open(wishes: &Wishes, running: &Running) -> Result<Option<Kept>, Failure> {
    let port = running.port();
    let domain = match &wishes.tunnel {
        None if wishes.public_url.is_some() => return Ok(None),
        None => None,
        Some(Agent::Ngrok { domain }) => domain.as_deref(),
        Some(Agent::Cloudflared) => {
            return Ok(Some(start(Agent::Cloudflared, running).await?));
        }
    };
    if let Some(url) = tunnel::running(port, domain).await {
        let text = format!("public URL {url}: of an ngrok agent that runs already");
        running.journal().note(Notice::Said { text });
        running.set_public_url(Some(&url));
        let adopted = Adopted {
            port,
            domain: domain.map(str::to_string),
            swap: running.swap(),
            journal: running.journal().clone(),
        };
        return Ok(Some(Kept::spawn(async move |stop| {
            adopted.watch(url, &stop).await
        })));
    }
    let Some(agent) = wishes.tunnel.clone() else {
        return Ok(None);
    };
    Ok(Some(start(agent, running).await?))
}

async fn start(agent: Agent, running: &Running) -> Result<Kept, Failure> {
    let means = Means::of(agent);
    let opened = means.open(running.port()).await;
    let tunnel = opened.map_err(|error| Failure::at_fault(error.to_string()).help(error.help()))?;
    if let Some(note) = means.note() {
        let text = note.to_string();
        running.journal().note(Notice::Said { text });
    }
    Ok(Kept::new(tunnel, means, running))
}

/// A tunnel that is looked after.
pub(super) struct Kept {
    task: JoinHandle<()>,
    stop: Stop,
}

impl Kept {
    fn new(tunnel: Tunnel, means: Means, running: &Running) -> Self {
        running.set_public_url(Some(tunnel.url()));
        let keeper = Keeper {
            means,
            port: running.port(),
            swap: running.swap(),
            journal: running.journal().clone(),
        };
        Kept::spawn(async move |stop| keeper.keep(tunnel, &stop).await)
    }

    fn spawn<F>(look_after: impl FnOnce(Stop) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = Stop::default();
        let task = tokio::spawn(look_after(stop.clone()));
        Kept { task, stop }
    }

    /// Ends the tunnel, and waits for that.
    pub(super) async fn close(self) {
        self.stop.say();
        let mut task = self.task;
        if timeout(END, &mut task).await.is_err() {
            task.abort();
            let _ = task.await;
        }
    }

    /// Ends it at once.
    pub(super) async fn cut(self) {
        self.task.abort();
        // Aborted, it has dropped the tunnel, and with that ended it.
        let _ = self.task.await;
    }
}

/// A tunnel of somebody else's.
struct Adopted {
    port: u16,
    domain: Option<String>,
    swap: Swap,
    journal: Journal,
}

impl Adopted {
    /// Asks for it until `stop` is said. It may go, come back, and have another URL then.
    async fn watch(self, url: String, stop: &Stop) {
        let mut known = Some(url);
        let mut missed = 0;
        loop {
            tokio::select! {
                () = sleep(ASK_EVERY) => {}
                () = stop.wait() => return,
            }
            let found = tunnel::running(self.port, self.domain.as_deref()).await;
            // An agent that is busy for a moment has not gone.
            missed = if found.is_some() { 0 } else { missed + 1 };
            if found == known || (found.is_none() && missed < MISSED) {
                continue;
            }
            let text = match &found {
                Some(url) => format!("public URL {url}: of an ngrok agent that runs already"),
                None => {
                    "the ngrok agent's tunnel has ended; there is no public URL any more: start \
                         the agent again, it will be found"
                        .to_string()
                }
            };
            self.swap.public_url(found.clone());
            self.journal.note(Notice::Said { text });
            known = found;
        }
    }
}

struct Keeper {
    means: Means,
    port: u16,
    swap: Swap,
    journal: Journal,
}

impl Keeper {
    async fn keep(self, tunnel: Tunnel, stop: &Stop) {
        let mut tunnel = tunnel;
        let mut left = RESTARTS;
        let mut since = Instant::now();
        loop {
            let change = tokio::select! {
                change = tunnel.changed() => change,
                () = stop.wait() => return tunnel.close().await,
            };
            match change {
                Change::Moved(url) => self.publish(&url),
                #[cfg(feature = "ngrok")]
                Change::Said(text) => self.say(text),
                Change::Ended(error) => {
                    drop(tunnel);
                    if since.elapsed() > A_WHILE {
                        left = RESTARTS;
                    }
                    match self.again(error, &mut left, stop).await {
                        Some(next) => tunnel = next,
                        None => return,
                    }
                    since = Instant::now();
                }
            }
        }
    }

    /// The next tunnel after one that ended by `error`; `None` where there is none, or no wish for
    /// one.
    async fn again(&self, mut error: TunnelError, left: &mut u32, stop: &Stop) -> Option<Tunnel> {
        while *left > 0 && error.may_pass() {
            *left -= 1;
            self.say(format!("{error}; starting it again"));
            let next = async {
                sleep(PAUSE).await;
                self.means.open(self.port).await
            };
            let next = tokio::select! {
                next = next => next,
                () = stop.wait() => return None,
            };
            match next {
                Ok(tunnel) => {
                    self.publish(tunnel.url());
                    return Some(tunnel);
                }
                Err(another) => error = another,
            }
        }
        self.swap.public_url(None);
        let help = error.help();
        self.say(format!("{error}; there is no public URL any more: {help}"));
        None
    }

    fn publish(&self, url: &str) {
        self.swap.public_url(Some(url.to_string()));
        self.say(format!("public URL {url}"));
    }

    fn say(&self, text: String) {
        self.journal.note(Notice::Said { text });
    }
}
