//! What is told when the server has started.

use super::plain;
use super::style::{self, BOLD, DIM, LINK, WARNING};
use crate::cli::start::Announcement;
use crate::diagnostic::{Colour, render};
use crate::report::{ShownRoute, ShownService};
use std::fmt::Write;

/// Routes of one service that are shown; `list` shows all.
const MOST_ROUTES: usize = 40;

/// The announcement as people read it; `private` where nobody else does, which a file cannot say.
pub(super) fn text(announcement: &Announcement, private: bool) -> String {
    let mut text = format!("{BOLD}switchboard{BOLD:#} {}\n", env!("CARGO_PKG_VERSION"));
    for service in &announcement.services {
        text.push('\n');
        push_service(&mut text, service);
    }
    let console = match private {
        true => &announcement.console_link,
        false => &announcement.console_url,
    };
    let places = [
        ("public URL", &announcement.public_url),
        ("console", console),
    ];
    for (index, (name, url)) in places
        .into_iter()
        .filter_map(|(name, url)| Some((name, url.as_deref()?)))
        .enumerate()
    {
        if index == 0 {
            text.push('\n');
        }
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{name:10}  {LINK}{}{LINK:#}", plain::line(url));
    }
    if !announcement.diagnostics.is_empty() {
        text.push('\n');
        text.push_str(&render(&announcement.diagnostics, Colour::Always));
    }
    if !announcement.notes.is_empty() {
        text.push('\n');
    }
    for note in &announcement.notes {
        let _ = writeln!(text, "{WARNING}note{WARNING:#} {}", plain::line(note));
    }
    if !announcement.commands.is_empty() {
        let _ = writeln!(text, "\n{BOLD}try{BOLD:#}");
    }
    for command in &announcement.commands {
        let _ = writeln!(text, "  {}", plain::line(command));
    }
    let _ = writeln!(text, "\n{DIM}Ctrl-C stops{DIM:#}");
    text
}

fn push_service(text: &mut String, service: &ShownService) {
    let default = if service.default { ", default" } else { "" };
    let _ = writeln!(
        text,
        "{BOLD}{}{BOLD:#}  {LINK}{}{LINK:#}  {DIM}(or {}{default}){DIM:#}",
        service.name, service.url, service.domain_url,
    );
    if let Some(url) = &service.public_url {
        let _ = writeln!(
            text,
            "  {DIM}public URL{DIM:#} {LINK}{}{LINK:#}",
            plain::line(url)
        );
    }
    let shown = &service.routes[..service.routes.len().min(MOST_ROUTES)];
    let width = shown.iter().map(|route| place(route).chars().count());
    let width = width.max().unwrap_or(0);
    for route in shown {
        let style = style::of_visibility(route.visibility);
        let _ = writeln!(
            text,
            "  {style}{:9}{style:#}  {LINK}{:width$}{LINK:#}  {DIM}{}{DIM:#}",
            route.visibility,
            place(route),
            plain::line(&route.target),
        );
    }
    match service.routes.len() - shown.len() {
        0 if shown.is_empty() => text.push_str("  no routes\n"),
        0 => {}
        more => {
            let _ = writeln!(text, "  … and {more} more: see `switchboard list`");
        }
    }
}

/// Where a route is reached: its URL, or the bare path of one that has none.
fn place(route: &ShownRoute) -> &str {
    route.url.as_deref().unwrap_or(&route.path)
}
