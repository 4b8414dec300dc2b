//! Starts one Node process.
//!
//! It has a socket to the server: one stream for both directions, which has no name that others could
//! connect to, and ends for one side the moment the other dies. Its number stands in argv; it is none of
//! the three standard ones, which a function hands on to what it starts, and whoever read from it there
//! would read the server's frames. 0 is empty; 1 and 2 are pipes, so that what native code and child
//! processes write is caught as well. The program text comes over the socket too: argv and the
//! environment are readable by others, and hold nothing.

use super::NodeFault;
use super::channel::Channel;
use super::inherit::inheriting;
use super::spec::{NodeSpec, inherited};
use super::tickets::Tickets;
use super::warden;
use super::wire::Kind;
use crate::outbox::AnsweredFor;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};

const LOADER: &str = include_str!("bridge/loader.js");

/// The bridge, by the names under which its parts require each other.
const BRIDGE: [(&str, &str); 20] = [
    ("main", include_str!("bridge/main.js")),
    ("channel", include_str!("bridge/channel.js")),
    ("credentials", include_str!("bridge/credentials.js")),
    ("current", include_str!("bridge/current.js")),
    ("errors", include_str!("bridge/errors.js")),
    ("faults", include_str!("bridge/faults.js")),
    ("inspector", include_str!("bridge/inspector.js")),
    ("invoke", include_str!("bridge/invoke.js")),
    ("modules", include_str!("bridge/modules.js")),
    ("output", include_str!("bridge/output.js")),
    ("parity", include_str!("bridge/parity.js")),
    ("payload", include_str!("bridge/payload.js")),
    ("process", include_str!("bridge/process.js")),
    ("response", include_str!("bridge/response.js")),
    ("rest", include_str!("bridge/rest.js")),
    ("runtime", include_str!("bridge/runtime.js")),
    ("tickets", include_str!("bridge/tickets.js")),
    ("twilio", include_str!("bridge/twilio.js")),
    ("typescript", include_str!("bridge/typescript.js")),
    ("wire", include_str!("bridge/wire.js")),
];

/// A running process with its ends. Dropping it kills it, and all that it has started in its group.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) child: Child,
    /// Its process group, as long as there may be somebody in it.
    group: Option<Pid>,
    pub(super) channel: Channel,
    pub(super) stdout: pipe::Receiver,
    pub(super) stderr: pipe::Receiver,
    pub(super) tickets: Tickets,
}

/// Starts a process; what it must be told first lies in its channel.
pub(super) fn spawn(
    spec: &NodeSpec,
    preload: &[PathBuf],
    answered_for: AnsweredFor,
) -> Result<Process, NodeFault> {
    let environment = inherited();
    let (mut process, tickets) = start(spec, &environment).map_err(|error| {
        // The system says of both that there is no such file.
        match spec.root.is_dir() {
            true => NodeFault::NoNode(format!("{}: {error}", spec.program.to_string_lossy())),
            false => NodeFault::NoFolder(spec.root.clone()),
        }
    })?;
    let setup = Setup {
        spec,
        inherited: environment.iter().map(|(name, _)| &**name).collect(),
        preload,
        tickets,
        answered_for,
    };
    greeting(&setup, &mut process.channel)
        .map_err(|error| NodeFault::Protocol(format!("a path that is no text: {error}")))?;
    Ok(process)
}

/// The process, and the number under which it has the pipe of tickets.
fn start(spec: &NodeSpec, environment: &[(String, OsString)]) -> io::Result<(Process, i32)> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let channel = Channel::new(UnixStream::from_std(ours)?);
    let (stdout, stdout_writer) = io::pipe()?;
    let (stderr, stderr_writer) = io::pipe()?;
    let stdout = pipe::Receiver::from_owned_fd(stdout.into())?;
    let stderr = pipe::Receiver::from_owned_fd(stderr.into())?;
    let tickets = Tickets::new()?;
    let inherited = [theirs.as_fd(), tickets.reading_end()];
    let (child, number) = inheriting(inherited, |[channel, tickets]| {
        let mut command = Command::new(&spec.program);
        command
            .arg("-e")
            .arg(LOADER)
            .arg(channel.to_string())
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&spec.root)
            .stdin(Stdio::null())
            .stdout(Stdio::from(stdout_writer))
            .stderr(Stdio::from(stderr_writer))
            // So that one signal reaches what it has started, too.
            .process_group(0)
            .kill_on_drop(true);
        Ok((command.spawn()?, tickets))
    })?;
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    let group = id.and_then(Pid::from_raw);
    if let Some(group) = group {
        warden::guard(group);
    }
    let process = Process {
        child,
        group,
        channel,
        stdout,
        stderr,
        tickets,
    };
    Ok((process, number))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Setup<'a> {
    #[serde(flatten)]
    spec: &'a NodeSpec,
    /// The variables of its environment that it has of the server.
    inherited: Vec<&'a str>,
    preload: &'a [PathBuf],
    tickets: i32,
    /// Whose requests to Twilio are to be sent to the server.
    answered_for: AnsweredFor,
}

fn greeting(setup: &Setup<'_>, channel: &mut Channel) -> serde_json::Result<()> {
    let sources: serde_json::Map<_, _> = BRIDGE
        .into_iter()
        .map(|(name, text)| (name.to_string(), text.into()))
        .collect();
    channel.put(Kind::Source, 0, 0, &[], &serde_json::to_vec(&sources)?);
    channel.put(Kind::Setup, 0, 0, &serde_json::to_vec(setup)?, &[]);
    Ok(())
}

impl Process {
    /// Kills the process and all that it has started in its group.
    pub(super) fn kill(&mut self) {
        if let Some(group) = self.group {
            // Gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.start_kill();
    }

    /// Kills what is left of its group, once the process itself has been waited for. Later its
    /// number may be somebody else's.
    pub(super) fn bury(&mut self) {
        self.kill();
        if let Some(group) = self.group.take() {
            warden::release(group);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.bury();
    }
}
