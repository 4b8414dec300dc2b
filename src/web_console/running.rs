//! A console that runs.

use super::followers::Followers;
use super::once::Once;
use super::{WebConsole, serve};
use crate::stop::Stop;
use crate::token::Token;
use std::io;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A console that serves. Dropping it ends it too, without waiting.
#[derive(Debug)]
pub struct RunningConsole {
    port: u16,
    token: Token,
    once: Once,
    stop: Stop,
    followers: Followers,
    serving: Option<JoinHandle<()>>,
}

impl WebConsole {
    /// Serves on all `listeners`, in the runtime that this is called in.
    pub fn spawn(self, listeners: Vec<TcpListener>) -> RunningConsole {
        RunningConsole {
            port: self.port,
            token: self.token.clone(),
            once: self.once.clone(),
            stop: self.stop.clone(),
            followers: self.followers.clone(),
            serving: Some(tokio::spawn(serve(listeners, self))),
        }
    }
}

impl RunningConsole {
    /// Its base, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The page with the token behind the `#`, which a browser sends to nobody: for the terminal of
    /// whoever started the server.
    pub fn link(&self) -> String {
        format!("{}/#{}", self.url(), self.token.as_str())
    }

    /// A link that opens the page once, within a minute: for where others can read it, such as a
    /// list of processes.
    ///
    /// # Errors
    ///
    /// When the system gives no randomness.
    pub fn link_for_once(&self) -> io::Result<String> {
        Ok(format!(
            "{}/#once={}",
            self.url(),
            self.once.offer()?.as_str()
        ))
    }

    /// Ends it. To be called once the services have ended, so that its readers are told of the last
    /// requests too.
    pub async fn end(&mut self) {
        self.followers.all_back().await;
        self.stop.say();
        // By reference: who gives this wait up leaves the task to the next one.
        if let Some(serving) = &mut self.serving {
            let _ = serving.await;
            self.serving = None;
        }
    }
}

impl Drop for RunningConsole {
    fn drop(&mut self) {
        self.stop.say();
    }
}
