//! The last time that the project's files were read, and what there was to say of them.

use super::entry::{DiagnosticReport, reports};
use super::milliseconds;
use crate::diagnostic::{Colour, Diagnostic, render};
use jiff::Timestamp;
use serde::Serialize;
use std::time::{Duration, SystemTime};

/// A load of the project's files as it is told.
#[derive(Debug, Serialize)]
pub struct LoadReport {
    /// When: RFC 3339, UTC, milliseconds.
    pub at: Option<String>,
    /// From the first sign of the change until it was served, in milliseconds.
    pub duration_ms: f64,
    /// Whether they are served; else the last good version is.
    pub served: bool,
    /// The number of the registry that was served then.
    pub generation: u64,
    /// The services that changed, appeared or went.
    pub changed: Vec<String>,
    /// What there is to say about the files.
    pub diagnostics: Vec<RenderedDiagnostic>,
}

/// A diagnostic with its place in the file shown.
#[derive(Debug, Serialize)]
pub struct RenderedDiagnostic {
    /// As `check --format json` has it.
    #[serde(flatten)]
    pub told: DiagnosticReport,
    /// As a terminal shows it: with the line, a caret, and the help.
    pub rendered: String,
}

impl LoadReport {
    /// These parts of one.
    pub fn new(
        at: SystemTime,
        took: Duration,
        served: bool,
        generation: u64,
        changed: &[String],
        diagnostics: &[Diagnostic],
    ) -> Self {
        LoadReport {
            at: Timestamp::try_from(at).map(|at| format!("{at:.3}")).ok(),
            duration_ms: milliseconds(took),
            served,
            generation,
            changed: changed.to_vec(),
            diagnostics: rendered(diagnostics),
        }
    }
}

/// The diagnostics, each with its place shown.
pub fn rendered(diagnostics: &[Diagnostic]) -> Vec<RenderedDiagnostic> {
    let told = reports(diagnostics).into_iter();
    told.zip(diagnostics)
        .map(|(told, diagnostic)| RenderedDiagnostic {
            told,
            rendered: render(std::slice::from_ref(diagnostic), Colour::Never),
        })
        .collect()
}
