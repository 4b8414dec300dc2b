//! The command: started in the terminal's own group, told of signals once, waited for to its end.
//!
//! It stays in this process's group, so that it can read from the terminal. So Ctrl-C reaches it
//! without our doing, and is passed on only where it came from elsewhere. SIGTERM never comes from
//! a terminal and is always passed on; so is the end of the terminal, of which the command may hear
//! twice.

use super::environment::is_ours;
use crate::cli::exit::{Exit, Failure};
use crate::cli::start::outlives_its_terminal;
use rustix::process::{Pid, Signal, getpgrp, kill_process};
use rustix::termios::tcgetpgrp;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use tokio::process::Child;
use tokio::signal::unix::{self, SignalKind, signal};

/// What shells end with where a command is not found, or cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// The signals of this process. Nothing ends by them once this exists.
pub(super) struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    /// `None` where a closed terminal ends nothing.
    hangup: Option<unix::Signal>,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: match outlives_its_terminal() {
                true => None,
                false => Some(signal(SignalKind::hangup())?),
            },
        })
    }

    /// Waits for the next of them.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            Some(_) = async { self.hangup.as_mut()?.recv().await } => Signal::HUP,
        }
    }
}

/// The number that shells give to an end by `signal`.
pub(super) fn number(signal: Signal) -> u8 {
    u8::try_from(128 + signal.as_raw()).unwrap_or(u8::MAX)
}

/// The command, running.
pub(super) struct Command(Child);

impl Command {
    /// Starts `words`, a program and its arguments, with `variables` in its environment.
    pub(super) fn spawn(
        words: &[OsString],
        variables: Vec<(String, OsString)>,
    ) -> Result<Self, Failure> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(Failure::usage("there is no command after `--`"));
        };
        let mut command = tokio::process::Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_ours) {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(variables)
            .kill_on_drop(true)
            .spawn()
            .map(Command)
            .map_err(|error| not_run(program, &error))
    }

    /// Waits until it has ended. Signals that it does not get by itself are passed on.
    pub(super) async fn end(mut self, signals: &mut Signals) -> Result<Exit, Failure> {
        loop {
            tokio::select! {
                ended = self.0.wait() => return ended.map(exit).map_err(|error| {
                    Failure::at_fault(format!("how the command ended is not known: {error}"))
                }),
                signal = signals.next() => self.tell(signal),
            }
        }
    }

    fn tell(&self, signal: Signal) {
        if signal == Signal::INT && in_front_of_a_terminal() {
            return;
        }
        let pid = self.0.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // Gone already is as good.
            let _ = kill_process(pid, signal);
        }
    }
}

/// Whether this process's group is the one that the terminal sends its signals to.
fn in_front_of_a_terminal() -> bool {
    let terminal = File::open("/dev/tty").ok();
    terminal.and_then(|terminal| tcgetpgrp(&terminal).ok()) == Some(getpgrp())
}

fn exit(status: ExitStatus) -> Exit {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, signal) => 128 + signal.unwrap_or(0),
    };
    Exit::Command(u8::try_from(code).unwrap_or(u8::MAX))
}

fn not_run(program: &OsStr, error: &io::Error) -> Failure {
    let shown = program.display();
    let by_path = program.as_encoded_bytes().contains(&b'/');
    let (code, text) = match (error.kind(), by_path) {
        (ErrorKind::NotFound, false) => (NOT_FOUND, format!("no program `{shown}` on PATH")),
        (ErrorKind::NotFound, true) => (NOT_FOUND, format!("there is no program `{shown}`")),
        _ => (NOT_RUN, format!("`{shown}` cannot be run: {error}")),
    };
    Failure {
        exit: Exit::Command(code),
        ..Failure::at_fault(text)
    }
    .help(
        "what stands behind `--` is a program and its arguments; for more, run a shell: sh -c '…'",
    )
}
