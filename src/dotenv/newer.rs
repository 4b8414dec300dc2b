//! What npm dotenv 16 would make of the same text.
//!
//! A whole reading by the newer rules, compared line by line: guessing from a line's looks alone
//! (`has a #`) warns where both agree and is silent about lines that a quote above swallows.
//! The original is one regular expression; every branch of it that can be taken is walked here
//! without backtracking, in time linear in the text.
//!
//! Source: npm dotenv 16.6.1, `lib/main.js` (`LINE`, `parse`). Left out: its `m` flag lets it take
//! quotes off after a U+2028 within a value.

use super::{Difference, Variable, Why, is_line_end, is_space, name};

/// The lines on which the two versions disagree; `older` are 6.2.0's assignments, by line.
pub(super) fn differences(newer: &[Assignment<'_>], older: &[Variable]) -> Vec<Difference> {
    let mut found = Vec::new();
    let (mut old, mut new) = (older.iter().peekable(), newer.iter().peekable());
    loop {
        let line = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.line.min(new.line),
            (Some(old), None) => old.line,
            (None, Some(new)) => new.line,
            (None, None) => return found,
        };
        let old = old.next_if(|old| old.line == line);
        let first = new.next_if(|new| new.line == line);
        // Several of one line: it holds line ends that only the newer version knows.
        let several = std::iter::from_fn(|| new.next_if(|new| new.line == line)).count() > 0;
        let why = match (old, first) {
            _ if several => Why::LineBreak,
            (Some(old), Some(new)) if old.name == new.name && old.value == new.value => continue,
            (Some(_), Some(new)) => new.form.unlike_older(),
            (None, Some(new)) => new.form.unread_by_older(),
            (Some(_), None) => Why::WithinLines,
            (None, None) => continue,
        };
        found.push(Difference { line, why });
    }
}

/// What dotenv 16 takes for a variable.
pub(super) struct Assignment<'a> {
    line: usize,
    /// The line of its value's end.
    last_line: usize,
    name: &'a str,
    value: String,
    form: Form,
}

/// What tells the kinds of difference apart.
#[derive(Clone, Copy, Default)]
struct Form {
    export: bool,
    colon: bool,
    quote: Option<char>,
    comment: bool,
    lines: bool,
    inner_space: bool,
    carriage_return: bool,
}

impl Form {
    fn unlike_older(self) -> Why {
        match self {
            Form { lines: true, .. } => Why::Lines,
            Form { comment: true, .. } => Why::Comment,
            Form {
                quote: Some('`'), ..
            } => Why::Backticks,
            Form {
                inner_space: true, ..
            } => Why::InnerSpace,
            Form {
                carriage_return: true,
                ..
            } => Why::CarriageReturn,
            _ => Why::Quotes,
        }
    }

    fn unread_by_older(self) -> Why {
        match self {
            Form { export: true, .. } => Why::Export,
            Form { colon: true, .. } => Why::Colon,
            _ => Why::LineBreak,
        }
    }
}

impl Assignment<'_> {
    /// Whether `line` is one of its lines.
    pub(super) fn holds(&self, line: usize) -> bool {
        (self.line..=self.last_line).contains(&line)
    }

    /// Whether all of its lines stand before `line`.
    pub(super) fn ends_before(&self, line: usize) -> bool {
        self.last_line < line
    }
}

/// All assignments of a text, by line.
pub(super) fn assignments(text: &str) -> Vec<Assignment<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let (mut line, mut counted) = (1, 0);
    loop {
        // `^\s*` may pass over empty lines: the name's own line is the one meant.
        rest = rest.trim_start_matches(is_space);
        let start = text.len() - rest.len();
        line += text[counted..start].matches('\n').count();
        counted = start;
        if let Some((mut assignment, after)) = assignment(rest, line) {
            let taken = &rest[..rest.len() - after.len()];
            assignment.last_line += taken.matches('\n').count();
            found.push(assignment);
            rest = after;
        }
        match rest.find(is_line_end) {
            Some(end) => rest = &rest[end..],
            None => return found,
        }
    }
}

fn assignment(text: &str, line: usize) -> Option<(Assignment<'_>, &str)> {
    let exported = text
        .strip_prefix("export")
        .filter(|rest| rest.starts_with(is_space))
        .map(|rest| rest.trim_start_matches(is_space))
        .and_then(named);
    let export = exported.is_some();
    let (name, colon, rest) = exported.or_else(|| named(text))?;
    let (value, form, after) = value(rest);
    let form = Form {
        export,
        colon,
        ..form
    };
    let assignment = Assignment {
        line,
        last_line: line,
        name,
        value,
        form,
    };
    Some((assignment, after))
}

/// The name, whether a colon follows it, and what stands behind `=` or the colon and its space.
fn named(text: &str) -> Option<(&str, bool, &str)> {
    let (name, rest) = name(text)?;
    if let Some(rest) = rest.strip_prefix(':') {
        // The original turns `\r\n` into one character first.
        let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix(is_space))?;
        return Some((name, true, rest));
    }
    let rest = rest.trim_start_matches(is_space).strip_prefix('=')?;
    Some((name, false, rest))
}

/// The value, how it is written, and what follows its line.
fn value(rest: &str) -> (String, Form, &str) {
    let inner = rest.trim_start_matches(is_space);
    let quote = inner.chars().next().filter(|c| "'\"`".contains(*c));
    if let Some(quote) = quote
        && let Some((end, after)) = closing_quote(inner, quote)
    {
        let quoted = inner[1..end].replace("\r\n", "\n").replace('\r', "\n");
        let form = Form {
            quote: Some(quote),
            comment: after.starts_with('#')
                && !inner[end + 1..inner.len() - after.len()].contains(is_line_end),
            lines: rest[..rest.len() - inner.len() + end].contains(['\n', '\r']),
            inner_space: quoted.trim_matches(is_space).len() != quoted.len(),
            carriage_return: quoted.contains("\\r"),
            ..Form::default()
        };
        let value = if quote == '"' {
            quoted.replace("\\n", "\n").replace("\\r", "\r")
        } else {
            quoted
        };
        return (value, form, after);
    }
    let end = rest.find(['#', '\n', '\r']).unwrap_or(rest.len());
    let raw = rest[..end].trim_matches(is_space);
    let form = Form {
        comment: rest[end..].starts_with('#'),
        ..Form::default()
    };
    (unquoted(raw), form, &rest[end..])
}

/// A value that is no quoted one to the expression may be in quotes all the same (`"a" "b"`).
fn unquoted(raw: &str) -> String {
    let mut bare = raw;
    for quote in ['\'', '"', '`'] {
        let pair = raw
            .strip_prefix(quote)
            .and_then(|inner| inner.strip_suffix(quote));
        bare = pair.unwrap_or(bare);
    }
    if raw.starts_with('"') {
        bare.replace("\\n", "\n").replace("\\r", "\r")
    } else {
        bare.to_owned()
    }
}

/// Where the quoted value ends that `text` starts with, and what follows its line: the first
/// quote without a backslash before it, else the last one with; nothing but white space or a
/// comment may stand between it and the end of its line.
fn closing_quote(text: &str, quote: char) -> Option<(usize, &str)> {
    let mut candidates = Vec::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote {
            candidates.push(at);
            if !escaped {
                break;
            }
        }
        escaped = c == '\\';
    }
    candidates.into_iter().rev().find_map(|at| {
        let tail = &text[at + 1..];
        let rest = tail.trim_start_matches(is_space);
        let space = &tail[..tail.len() - rest.len()];
        if rest.is_empty() || rest.starts_with('#') {
            return Some((at, rest));
        }
        let line_end = space.rfind(is_line_end)?;
        Some((at, &tail[line_end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn each_difference_is_named_with_its_line() {
        let table: &[(&str, &[(usize, Why)])] = &[
            ("A=1\nB='two'\n# remark\n\nC=\"a\\nb\"\r\n", &[]),
            ("__proto__=x", &[]),
            ("A=x # remark", &[(1, Why::Comment)]),
            ("A='x' # remark", &[(1, Why::Comment)]),
            ("\n\nA=a#b", &[(3, Why::Comment)]),
            ("A='a#b'", &[]),
            ("export A=1", &[(1, Why::Export)]),
            ("A: 1", &[(1, Why::Colon)]),
            (
                "A=\"x\nB=2\n\"\nC=3",
                &[(1, Why::Lines), (2, Why::WithinLines)],
            ),
            ("A=`x`", &[(1, Why::Backticks)]),
            ("A=' x '", &[(1, Why::InnerSpace)]),
            ("A=\"a\\rb\"", &[(1, Why::CarriageReturn)]),
            ("A='x", &[(1, Why::Quotes)]),
            ("A=it's", &[]),
            ("A='x\"", &[(1, Why::Quotes)]),
            ("A=\"x\" ", &[(1, Why::Quotes)]),
            ("A=1\rB=2", &[(1, Why::LineBreak)]),
        ];
        for (text, expected) in table {
            let found = parse(text).differences;
            let found: Vec<_> = found.iter().map(|d| (d.line, d.why)).collect();
            assert_eq!(found, *expected, "{text:?}");
        }
    }

    #[test]
    fn what_neither_version_reads_is_named() {
        let table: &[(&str, &[usize])] = &[
            ("A=1\n\n  # remark\n\t\n", &[]),
            ("A 1\nB=2\nC", &[1, 3]),
            ("export A=1\nB: 2\nexport C", &[3]),
            ("A=\"x\ny z\n\"\ny z\nB='x\ny z", &[4, 6]),
            ("- A=1\r\n\r\n", &[1]),
            ("A=1\rB\nC 2", &[2]),
            ("A\n=2", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text).passed_over, *expected, "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        // Half a megabyte each: a quadratic reading of any of them would take minutes.
        for piece in [
            "\n", "A='\\'", "A=\"\n", "A=`", "export ", "a", ":", "A=\\'\n",
        ] {
            let text = piece.repeat(500_000 / piece.len());
            let start = std::time::Instant::now();
            parse(&text);
            assert!(start.elapsed().as_secs() < 20, "{piece:?}");
        }
    }
}
