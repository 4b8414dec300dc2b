//! Diagnostics as people read them (rustc's display, by annotate-snippets) and as machines do.
//!
//! Only the lines that are meant are handed to annotate-snippets, which would otherwise walk the
//! whole file for each diagnostic. A span over several lines is cut at the end of its first line:
//! the caret says where to begin, and a table of a thousand lines is no help. A line too long for
//! any screen is named by its position alone.

use super::{Diagnostic, Label, Severity};
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use std::ops::Range;

/// A line with more bytes than this is not shown.
const LONGEST_LINE: usize = 1000;

/// Labels that are at most this many lines apart share an excerpt.
const NEAR: usize = 4;

/// Whether to colour what goes to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// With ANSI escape codes.
    Always,
}

/// The diagnostics as text, one blank line between two; ends with a line feed unless empty.
///
/// Control characters of the user's files are made visible, so that a file cannot send escape codes
/// to the terminal.
pub fn render(diagnostics: &[Diagnostic], colour: Colour) -> String {
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&render_one(diagnostic, &renderer));
        text.push('\n');
    }
    text
}

/// The diagnostics as a JSON array of objects with `code`, `severity` (`error`, `warning`), `title`,
/// `file`, `line`, `column` (both from 1, in characters) and `help`; `null` for what one lacks.
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(one_to_json).collect()
}

fn one_to_json(diagnostic: &Diagnostic) -> Value {
    let label = diagnostic.labels.first();
    let position = label.and_then(|l| l.excerpt.as_ref()).map(|excerpt| {
        let line = Line::holding(&excerpt.source, excerpt.span.start);
        (line.number, line.column(&excerpt.source))
    });
    json!({
        "code": diagnostic.code,
        "severity": match diagnostic.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        "title": diagnostic.title,
        "file": label.map(|l| l.file.display().to_string()),
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
        "help": diagnostic.help,
    })
}

fn render_one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level
        .primary_title(visible(&diagnostic.title))
        .id(diagnostic.code);
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut labels = diagnostic.labels.iter().enumerate().peekable();
    while let Some((index, label)) = labels.next() {
        let Some(line) = Line::shown(label) else {
            elements.extend(without_excerpt(label));
            continue;
        };
        let mut block = Block::new(label, line, index == 0);
        while let Some((_, next)) = labels.peek()
            && block.take(next)
        {
            labels.next();
        }
        elements.push(block.into_element());
    }
    if let Some(help) = &diagnostic.help {
        elements.push(Level::HELP.message(visible(help)).into());
    }
    renderer.render(&[title.elements(elements)])
}

/// `text` without control characters, which annotate-snippets replaces in excerpts alone. Line feeds
/// stay: it indents what follows them.
fn visible(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

fn shown_path(label: &Label) -> String {
    visible(&label.file.display().to_string()).replace('\n', "\u{fffd}")
}

/// A label that names a file or a position in it, and its text as a note.
fn without_excerpt(label: &Label) -> Vec<Element<'_>> {
    let mut origin = Origin::path(shown_path(label));
    if let Some(excerpt) = &label.excerpt {
        let line = Line::holding(&excerpt.source, excerpt.span.start);
        origin = origin
            .line(line.number)
            .char_column(line.column(&excerpt.source));
    }
    let mut elements = vec![origin.into()];
    if !label.text.is_empty() {
        elements.push(Level::NOTE.message(visible(&label.text)).into());
    }
    elements
}

/// The line of a text in which an offset lies.
#[derive(Clone)]
struct Line {
    /// From 1.
    number: usize,
    /// Its bytes, without the line break.
    bytes: Range<usize>,
    /// The offset, moved to the start of a character.
    offset: usize,
}

impl Line {
    fn holding(source: &str, offset: usize) -> Self {
        let offset = source.floor_char_boundary(offset);
        let before = &source[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = &source[start..];
        let text = rest.split('\n').next().unwrap_or_default();
        Line {
            number: before.bytes().filter(|b| *b == b'\n').count() + 1,
            bytes: start..start + text.strip_suffix('\r').unwrap_or(text).len(),
            offset,
        }
    }

    /// The line where `label` begins, if it is one that can be shown.
    fn shown(label: &Label) -> Option<Self> {
        let excerpt = label.excerpt.as_ref()?;
        let line = Line::holding(&excerpt.source, excerpt.span.start);
        (line.bytes.len() <= LONGEST_LINE).then_some(line)
    }

    /// The column of the offset in characters, from 1.
    fn column(&self, source: &str) -> usize {
        source[self.bytes.start..self.offset].chars().count() + 1
    }
}

/// Neighbouring lines of one file with their labels.
struct Block<'a> {
    labels: Vec<(&'a Label, Line, AnnotationKind)>,
}

impl<'a> Block<'a> {
    fn new(label: &'a Label, line: Line, culprit: bool) -> Self {
        let kind = match culprit {
            true => AnnotationKind::Primary,
            false => AnnotationKind::Context,
        };
        Block {
            labels: vec![(label, line, kind)],
        }
    }

    /// Takes `label` in if it lies near the first one.
    fn take(&mut self, label: &'a Label) -> bool {
        let (first, line, _) = &self.labels[0];
        if label.file != first.file {
            return false;
        }
        let Some(other) = Line::shown(label) else {
            return false;
        };
        let near = other.number.abs_diff(line.number) <= NEAR;
        if near {
            self.labels.push((label, other, AnnotationKind::Context));
        }
        near
    }

    fn into_element(self) -> Element<'a> {
        let (first, line, _) = &self.labels[0];
        let source: &str = first.excerpt.as_ref().map_or("", |e| &e.source);
        let (mut start, mut end, mut number) = (line.bytes.start, line.bytes.end, line.number);
        for (_, line, _) in &self.labels[1..] {
            start = start.min(line.bytes.start);
            end = end.max(line.bytes.end);
            number = number.min(line.number);
        }
        let mut snippet = Snippet::source(&source[start..end])
            .line_start(number)
            .path(shown_path(first));
        for (label, line, kind) in self.labels {
            let span_end = label.excerpt.as_ref().map_or(0, |e| e.span.end);
            let span_end = source
                .ceil_char_boundary(span_end)
                .clamp(line.offset, line.bytes.end.max(line.offset));
            let mut annotation = kind.span(line.offset.min(end) - start..span_end.min(end) - start);
            if !label.text.is_empty() {
                annotation = annotation.label(visible(&label.text));
            }
            snippet = snippet.annotation(annotation);
        }
        snippet.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use snapbox::{assert_data_eq, str};
    use std::sync::Arc;

    fn source(text: &str) -> Arc<str> {
        text.into()
    }

    #[test]
    fn an_excerpt_has_line_caret_label_and_help() {
        let text = source("port = 1\nprot = 2\n");
        let fault = Diagnostic::error("unknown-key", "`prot` is no key of services.toml")
            .at("services.toml", &text, 9..13, "unknown")
            .help("did you mean `port`?");
        assert_data_eq!(
            render(&[fault], Colour::Never),
            str![[r#"
error[unknown-key]: `prot` is no key of services.toml
 --> services.toml:2:1
  |
2 | prot = 2
  | ^^^^ unknown
  |
  = help: did you mean `port`?

"#]]
        );
    }

    #[test]
    fn without_an_excerpt_the_file_is_named() {
        let fault = Diagnostic::warning("missing-env-file", "there is no file `x.env`")
            .in_file("x.env", "named by --env")
            .help("make it");
        let bare = Diagnostic::error("bare", "nothing more is known");
        assert_data_eq!(
            render(&[fault, bare], Colour::Never),
            str![[r#"
warning[missing-env-file]: there is no file `x.env`
--> x.env
 = note: named by --env
 = help: make it

error[bare]: nothing more is known

"#]]
        );
    }

    #[test]
    fn labels_share_an_excerpt_where_they_are_near() {
        let text = source("a = 1\n\nb = 2\n\n\n\n\n\n\nc = 3\n");
        let fault = Diagnostic::error("twice", "three of them")
            .at("x.toml", &text, 7..8, "this")
            .at("x.toml", &text, 0..1, "near")
            .at("x.toml", &text, 19..20, "far")
            .at("y.toml", &text, 0..1, "elsewhere");
        assert_data_eq!(
            render(&[fault], Colour::Never),
            str![[r#"
error[twice]: three of them
  --> x.toml:3:1
   |
 1 | a = 1
   | - near
 2 |
 3 | b = 2
   | ^ this
   |
  ::: x.toml:10:1
   |
10 | c = 3
   | - far
   |
  ::: y.toml:1:1
   |
 1 | a = 1
   | - elsewhere

"#]]
        );
    }

    #[test]
    fn colours_are_ansi_codes() {
        let fault = Diagnostic::error("x", "y");
        assert!(render(std::slice::from_ref(&fault), Colour::Always).contains("\u{1b}["));
        assert!(!render(&[fault], Colour::Never).contains('\u{1b}'));
    }

    #[test]
    fn the_users_control_characters_are_made_visible() {
        let text = source("a\u{1b}[31m = 1");
        let fault = Diagnostic::error("x", "bad \u{1b}[31m key")
            .at("a\u{1b}.toml", &text, 0..1, "\u{1b}")
            .help("\u{7}\u{1b}");
        assert!(!render(&[fault], Colour::Never).contains('\u{1b}'));
    }

    #[test]
    fn a_long_line_is_named_by_its_position() {
        let text = source(&format!("\n{}é!", "é".repeat(1000)));
        let end = text.len();
        let fault = Diagnostic::error("x", "y").at("l.toml", &text, end - 1..end, "here");
        assert_data_eq!(
            render(&[fault], Colour::Never),
            str![[r#"
error[x]: y
--> l.toml:2:1002
 = note: here

"#]]
        );
    }

    #[test]
    fn no_span_makes_it_panic() {
        let texts = ["", "\n", "a", "a\r\n", "é\né", "a\n\n\nb", "\u{0}", "👩‍👩‍👧\tx"];
        for text in texts.map(source) {
            for start in 0..text.len() + 3 {
                for end in 0..text.len() + 3 {
                    let fault = Diagnostic::error("x", "y")
                        .at("f", &text, start..end, "one")
                        .at("f", &text, end..start, "two");
                    assert!(!render(std::slice::from_ref(&fault), Colour::Never).is_empty());
                    assert!(to_json(&[fault])[0]["line"].is_u64());
                }
            }
        }
    }

    #[test]
    fn machines_get_positions_in_characters() {
        let text = source("# é\né = 1\r\n");
        let fault = Diagnostic::error("x", "y").at("f.toml", &text, 8..9, "");
        let bare = Diagnostic::warning("v", "w").help("h");
        assert_eq!(
            to_json(&[fault, bare]),
            json!([
                {"code": "x", "severity": "error", "title": "y", "file": "f.toml", "line": 2,
                 "column": 3, "help": null},
                {"code": "v", "severity": "warning", "title": "w", "file": null, "line": null,
                 "column": null, "help": "h"},
            ])
        );
    }
}
