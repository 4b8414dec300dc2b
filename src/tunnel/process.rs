//! An agent that we started: it lives as long as the server, and its output is read to its end.

use super::{Agent, Change, Told, TunnelError, lines};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// How long an agent may take to tell its URL.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the words of an agent that has ended are waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long an agent may take to end.
const END: Duration = Duration::from_secs(1);

/// The tunnel of an agent that we started. Dropping it ends the agent, with all that it has started.
#[derive(Debug)]
pub(crate) struct Started {
    agent: Agent,
    url: String,
    running: Running,
}

#[derive(Debug)]
struct Running {
    child: Child,
    group: Option<Pid>,
    told: mpsc::Receiver<Told>,
    /// The last that went wrong, in its words.
    trouble: String,
}

impl Started {
    /// Starts the agent and waits for its URL.
    ///
    /// # Errors
    ///
    /// When there is none within [`PATIENCE`], or will be none.
    pub(crate) async fn open(agent: Agent, port: u16) -> Result<Self, TunnelError> {
        let program = OsStr::new(agent.program());
        Started::open_with(program, agent, port, PATIENCE).await
    }

    /// As [`Started::open`], with the agent in the file `program`, and this much patience.
    pub(super) async fn open_with(
        program: &OsStr,
        agent: Agent,
        port: u16,
        patience: Duration,
    ) -> Result<Self, TunnelError> {
        let mut running = Running::start(program, &agent, port)?;
        let url = match timeout(patience, running.next_url(&agent)).await {
            Ok(url) => url?,
            Err(_) => {
                return Err(TunnelError::Silent {
                    program: agent.program(),
                    waited: patience,
                    trouble: std::mem::take(&mut running.trouble),
                });
            }
        };
        Ok(Started {
            agent,
            url,
            running,
        })
    }

    /// The base of the public URL, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it has another URL, or is gone.
    pub(crate) async fn changed(&mut self) -> Change {
        loop {
            match self.running.next_url(&self.agent).await {
                Ok(url) if url == self.url => {}
                Ok(url) => {
                    self.url.clone_from(&url);
                    return Change::Moved(url);
                }
                Err(error) => return Change::Ended(error),
            }
        }
    }

    /// Ends the agent, which may say goodbye to its service: the next one would find the URL taken.
    pub(crate) async fn close(mut self) {
        self.running.signal(Signal::TERM);
        let _ = timeout(END, self.running.child.wait()).await;
    }
}

impl Running {
    fn start(file: &OsStr, agent: &Agent, port: u16) -> Result<Self, TunnelError> {
        let program = agent.program();
        let mut child = Command::new(file)
            .args(agent.arguments(port))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C ends the server, which ends the agent.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => TunnelError::NoProgram { program },
                _ => TunnelError::NotStarted {
                    program,
                    why: error.to_string(),
                },
            })?;
        let (sender, told) = mpsc::channel(16);
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(listen(stdout, agent.clone(), sender.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(listen(stderr, agent.clone(), sender));
        }
        let group = child.id().and_then(|pid| i32::try_from(pid).ok());
        Ok(Running {
            child,
            group: group.and_then(Pid::from_raw),
            told,
            trouble: String::new(),
        })
    }

    /// Waits for a URL, or for the end.
    async fn next_url(&mut self, agent: &Agent) -> Result<String, TunnelError> {
        loop {
            let told = tokio::select! {
                biased;
                Some(told) = self.told.recv() => told,
                status = self.child.wait() => return Err(self.ended(agent, status.ok()).await),
            };
            match told {
                Told::Url(url) => return Ok(url),
                Told::Fault(error) => return Err(error),
                Told::Trouble(trouble) => self.trouble = trouble,
            }
        }
    }

    /// The reason is often in its last words, which may still be on their way.
    async fn ended(&mut self, agent: &Agent, status: Option<ExitStatus>) -> TunnelError {
        let last_words = sleep(LAST_WORDS);
        tokio::pin!(last_words);
        loop {
            let told = tokio::select! {
                told = self.told.recv() => told,
                () = &mut last_words => None,
            };
            match told {
                Some(Told::Fault(error)) => return error,
                Some(Told::Trouble(trouble)) => self.trouble = trouble,
                Some(Told::Url(_)) => {}
                None => break,
            }
        }
        TunnelError::Died {
            program: agent.program(),
            how: status.map_or_else(|| "how is not known".to_string(), |s| s.to_string()),
            trouble: std::mem::take(&mut self.trouble),
        }
    }

    fn signal(&self, signal: Signal) {
        // Once it has been waited for, its number can be another's.
        if let (Some(group), Some(_)) = (self.group, self.child.id()) {
            // Gone already is as good.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Reads all that the agent writes, so that it never waits for a reader; what says nothing goes, and
/// so does what comes faster than it is heard.
async fn listen(output: impl AsyncRead + Unpin, agent: Agent, sender: mpsc::Sender<Told>) {
    let mut output = BufReader::new(output);
    while let Some(line) = lines::next(&mut output).await {
        match agent.read(&line) {
            Some(told @ Told::Trouble(_)) => {
                let _ = sender.try_send(told);
            }
            Some(told) => {
                let _ = sender.send(told).await;
            }
            None => {}
        }
    }
}
