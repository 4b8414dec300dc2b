//! How a command ends: its number, and what is said about a failure.

use crate::app::StartError;
use crate::diagnostic::{self, Colour, Diagnostic};
use crate::listen::ListenError;
use crate::webhook::Unfit;
use std::io::ErrorKind;
use std::process::ExitCode;

/// The numbers that a shell sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done,
    /// The user's project or request is at fault.
    AtFault,
    /// The command line is.
    WrongUsage,
    /// A second Ctrl-C: as shells number an end by SIGINT.
    Interrupted,
    /// What the command that was run ended with, as a shell numbers it.
    Command(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::AtFault => 1,
            Exit::WrongUsage => 2,
            Exit::Interrupted => 130,
            Exit::Command(code) => code,
        })
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(super) struct Failure {
    /// The number to end with.
    pub(super) exit: Exit,
    /// Rendered diagnostics that come before the rest; empty without.
    pub(super) details: String,
    /// What happened, in one line.
    pub(super) text: String,
    /// What to do next; empty where the text says it.
    pub(super) help: String,
}

impl Failure {
    /// The project or request is at fault.
    pub(super) fn at_fault(text: impl Into<String>) -> Self {
        Failure {
            exit: Exit::AtFault,
            details: String::new(),
            text: text.into(),
            help: String::new(),
        }
    }

    /// The command line is wrong in a way that clap cannot see.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Failure {
            exit: Exit::WrongUsage,
            ..Failure::at_fault(text)
        }
    }

    /// The project's files cannot be served, for these reasons.
    pub(super) fn project(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        Failure {
            details: diagnostic::render(diagnostics, Colour::Always),
            ..Failure::at_fault(format!(
                "the project cannot be served: {} in its files",
                counted(errors, "error")
            ))
        }
    }

    /// Says what to do next.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// Why a server did not start.
impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Project(diagnostics) => Failure::project(&diagnostics),
            StartError::Console(ListenError::Taken { port, address }) => Failure::at_fault(
                format!("port {port}, asked for the console, is taken on {address}"),
            )
            .help(
                "choose another with --console-port N, or leave the flag out: then any free one does",
            ),
            StartError::OnePort { .. } => Failure::usage(error.to_string()).help(
                "choose another with --console-port N, or leave the flag out: then any free one does",
            ),
            StartError::Listen(ListenError::Refused { error: ref cause, .. }) => {
                Failure::at_fault(error.to_string()).help(match cause.kind() {
                    ErrorKind::AddrNotAvailable => {
                        "give an address of this machine with --host, such as 0.0.0.0 for all of them, \
                         or leave the flag out"
                    }
                    ErrorKind::PermissionDenied => "choose a port above 1023 with --port N",
                    _ => "choose another address with --host, or another port with --port N",
                })
            }
            StartError::Console(ListenError::Refused { .. }) => Failure::at_fault(error.to_string())
                .help("choose a port above 1023 with --console-port N, or start with --no-console"),
            other => Failure::at_fault(other.to_string()),
        }
    }
}

/// Why Twilio could not send what is wished.
impl From<Unfit> for Failure {
    fn from(unfit: Unfit) -> Self {
        Failure::usage(unfit.to_string()).help(unfit.help)
    }
}

/// `1 error`, `2 errors`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
