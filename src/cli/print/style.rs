//! The few colours there are.

use crate::visibility::Visibility;
use anstyle::{AnsiColor, Style};
use http::StatusCode;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(in crate::cli) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const LINK: Style = AnsiColor::Cyan.on_default();
pub(in crate::cli) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(in crate::cli) const ERROR: Style = AnsiColor::Red.on_default().bold();
const PRIVATE: Style = AnsiColor::Magenta.on_default();

/// By class: good, elsewhere, the caller's fault, the function's fault.
pub(super) fn of_status(status: StatusCode) -> Style {
    match status.as_u16() {
        ..=299 => GOOD,
        300..=399 => LINK,
        400..=499 => WARNING,
        500.. => ERROR,
    }
}

pub(super) fn of_visibility(visibility: Visibility) -> Style {
    match visibility {
        Visibility::Public => GOOD,
        Visibility::Protected => WARNING,
        Visibility::Private => PRIVATE,
    }
}
