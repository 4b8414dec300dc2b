//! A console that runs.

use super::followers::Followers;
use super::{WebConsole, serve};
use crate::stop::Stop;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A console that serves. Dropping it ends it too, without waiting.
#[derive(Debug)]
pub struct RunningConsole {
    port: u16,
    stop: Stop,
    followers: Followers,
    serving: Option<JoinHandle<()>>,
}

impl WebConsole {
    /// Serves on all `listeners`, in the runtime that this is called in.
    pub fn spawn(self, listeners: Vec<TcpListener>) -> RunningConsole {
        RunningConsole {
            port: self.port,
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

    /// Ends it. To be called once the services have ended, so that its readers are told of the last
    /// requests too.
    pub async fn end(&mut self) {
        self.followers.all_back().await;
        self.stop.say();
        if let Some(serving) = self.serving.take() {
            let _ = serving.await;
        }
    }
}

impl Drop for RunningConsole {
    fn drop(&mut self) {
        self.stop.say();
    }
}
