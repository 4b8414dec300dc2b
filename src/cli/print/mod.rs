//! All that is written to the terminal; nothing else writes to standard output or error.
//!
//! Texts are made with colours and written in one piece; the colours are taken out where the
//! stream is no terminal or `NO_COLOR` is set. A reader that has gone (`switchboard list | head`)
//! is no failure: what is left is not written, and nothing is said.

pub(super) mod banner;
pub(super) mod called;
pub(super) mod entry;
pub(super) mod follow;
pub(super) mod json;
pub(super) mod plain;
pub(super) mod replayed;
pub(super) mod sent;
pub(super) mod style;
pub(super) mod table;
mod told;
mod xml;

use super::exit::Failure;
use crate::diagnostic::{self, Colour, Diagnostic};
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use serde_json::Value;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Writes `text` to standard output.
///
/// # Errors
///
/// When it cannot be written for another reason than that nobody reads it.
pub(super) fn out(text: &str) -> Result<(), Failure> {
    is_read(text).map(|_| ())
}

/// Writes `text` to standard output, and says whether anybody reads it.
///
/// # Errors
///
/// When it cannot be written for another reason than that nobody does.
pub(super) fn is_read(text: &str) -> Result<bool, Failure> {
    match write(io::stdout(), text) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::at_fault(format!(
            "cannot write to standard output: {error}"
        ))),
    }
}

/// Writes `text` to standard error. There is nowhere to say that this failed.
fn err(text: &str) {
    let _ = write(io::stderr(), text);
}

/// Writes `text` to `stream` in one piece.
fn write<S: RawStream + AsLockedWrite>(stream: S, text: &str) -> io::Result<()> {
    match AutoStream::choice(&stream) {
        ColorChoice::Never => {
            let text = anstream::adapter::strip_str(text).to_string();
            let mut stream = stream;
            let mut stream = stream.as_locked_write();
            stream.write_all(text.as_bytes())?;
            stream.flush()
        }
        choice => {
            let mut stream = AutoStream::new(stream, choice);
            stream.write_all(text.as_bytes())?;
            stream.flush()
        }
    }
}

/// What clap has to say: help and version on standard output, faults on standard error.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        err(&text);
    } else if let Err(failure) = out(&text) {
        self::failure(&failure);
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Why a command failed, on standard error.
pub(super) fn failure(failure: &Failure) {
    use style::{BOLD, ERROR};
    let mut text = failure.details.clone();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&format!(
        "{ERROR}error{ERROR:#}{BOLD}:{BOLD:#} {}\n",
        plain::lines(&failure.text)
    ));
    if !failure.help.is_empty() {
        text.push_str(&format!("  help: {}\n", plain::lines(&failure.help)));
    }
    err(&text);
}

/// Faults of a project that is served all the same, on standard error.
pub(super) fn diagnostics(diagnostics: &[Diagnostic]) {
    if !diagnostics.is_empty() {
        err(&diagnostic::render(diagnostics, Colour::Always));
    }
}

/// A JSON document as text.
pub(super) fn document(value: &Value) -> String {
    format!("{value:#}\n")
}
