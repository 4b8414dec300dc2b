//! `.env` files, read as the Serverless Toolkit reads them.
//!
//! The Toolkit pins npm dotenv 6.2.0, whose language is smaller and odder than today's: a value
//! keeps its `# comment`, `export` makes a line void, quotes need not match. A project that works
//! here must deploy with the same values, so the old rules are followed to the byte, and
//! [`Dotenv::differences`] names the lines that dotenv 16 would read otherwise, since that is what
//! people expect of a `.env` file today. The `dotenvy` crate was turned down: it expands `$NAME`
//! and refuses whole files over one line.
//!
//! Source: npm dotenv 6.2.0, `lib/main.js` (`parse`); dotenv 16 for the differences.

mod newer;

use std::fmt;

/// What a `.env` file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dotenv {
    /// The variables in the order in which JavaScript lists an object's keys: names that are array
    /// indices first, ascending, then the others as they first appear. Each name is there once.
    pub variables: Vec<Variable>,
    /// Lines that dotenv 16 would read otherwise, ascending.
    pub differences: Vec<Difference>,
    /// Lines, ascending, that neither version takes for anything: no assignment, no remark, not empty.
    pub passed_over: Vec<usize>,
}

/// One variable of a `.env` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name: ASCII letters, digits, `_`, `.` and `-`.
    pub name: String,
    /// Its value; may be empty.
    pub value: String,
    /// The line that gave the value, from 1: the last one of several with the same name.
    pub line: usize,
}

/// A line that npm dotenv 16 would read otherwise than 6.2.0 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The line, from 1.
    pub line: usize,
    /// In which way.
    pub why: Why,
}

/// How dotenv 16 would read a line otherwise; shown as a sentence about both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// `NAME=value # remark`.
    Comment,
    /// `export NAME=value`.
    Export,
    /// `NAME: value`.
    Colon,
    /// A quoted value that goes on in the next line.
    Lines,
    /// A line within such a value.
    WithinLines,
    /// A value in backticks.
    Backticks,
    /// `" value "`.
    InnerSpace,
    /// `"\r"`.
    CarriageReturn,
    /// Quotes that do not match, or have something behind them.
    Quotes,
    /// A carriage return, or one of Unicode's line separators, within the line.
    LineBreak,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Why::Comment => "what follows `#` is part of the value; newer dotenv cuts it off",
            Why::Export => "a line with `export` is ignored; newer dotenv reads it",
            Why::Colon => "`NAME: value` is ignored; newer dotenv reads it",
            Why::Lines => "a value ends with its line; newer dotenv reads on to the closing quote",
            Why::WithinLines => {
                "this line is read by itself; newer dotenv takes it as part of a value above"
            }
            Why::Backticks => "backticks are part of the value; newer dotenv takes them as quotes",
            Why::InnerSpace => "spaces within the quotes are cut off; newer dotenv keeps them",
            Why::CarriageReturn => {
                "`\\r` stays as it is; newer dotenv makes a carriage return of it"
            }
            Why::Quotes => {
                "one quote at each end is taken off, matching or not; newer dotenv wants a pair"
            }
            Why::LineBreak => "only a line feed ends a line; newer dotenv knows other line ends",
        })
    }
}

/// Reads the text of a `.env` file; never fails, as the original never does.
///
/// Takes the file as text: invalid UTF-8 is U+FFFD to the original, so
/// [`String::from_utf8_lossy`] is the right way there, and a byte order mark may stay.
///
/// ```
/// let env = switchboard::dotenv::parse("GREETING='hello' # there");
/// assert_eq!(env.variables[0].value, "hello' # there");
/// assert_eq!(env.differences[0].line, 1);
/// ```
pub fn parse(text: &str) -> Dotenv {
    let assignments: Vec<Variable> = text
        .split('\n')
        .enumerate()
        .filter_map(|(index, line)| {
            let (name, value) = assignment(line)?;
            Some(Variable {
                name: name.to_owned(),
                value,
                line: index + 1,
            })
        })
        .collect();
    let newer = newer::assignments(text);
    Dotenv {
        differences: newer::differences(&newer, &assignments),
        passed_over: passed_over(text, &assignments, &newer),
        variables: as_object(assignments),
    }
}

/// The lines that are nothing to either version, which neither tells.
fn passed_over(text: &str, older: &[Variable], newer: &[newer::Assignment<'_>]) -> Vec<usize> {
    let (mut older, mut newer) = (older.iter().peekable(), newer.iter().peekable());
    let lines = (1..).zip(text.split('\n'));
    let nothing = lines.filter(|(line, text)| {
        let read = older.next_if(|old| old.line == *line).is_some();
        while newer.next_if(|new| new.ends_before(*line)).is_some() {}
        let read = read || newer.peek().is_some_and(|new| new.holds(*line));
        let text = text.trim_start_matches(is_space);
        !read && !text.is_empty() && !text.starts_with('#')
    });
    nothing.map(|(line, _)| line).collect()
}

/// Name and value of a line that matches `^\s*([\w.-]+)\s*=\s*(.*)?\s*$`.
///
/// The expression has one way to match at most, so no backtracking is needed: `.*` ends at the
/// first line terminator, and only white space may follow that.
fn assignment(line: &str) -> Option<(&str, String)> {
    let (name, rest) = name(line.trim_start_matches(is_space))?;
    let raw = rest
        .trim_start_matches(is_space)
        .strip_prefix('=')?
        .trim_start_matches(is_space);
    let end = raw.find(is_line_end).unwrap_or(raw.len());
    let (raw, rest) = raw.split_at(end);
    rest.chars().all(is_space).then(|| (name, value(raw)))
}

/// Splits off the longest `[\w.-]+`, which is ASCII in JavaScript.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn value(raw: &str) -> String {
    // A lone `"` counts as starting and ending with one: nothing to expand there either way.
    let expanded = if raw.starts_with('"') && raw.ends_with('"') {
        raw.replace("\\n", "\n")
    } else {
        raw.to_owned()
    };
    let quote = ['"', '\''];
    let bare = expanded.strip_prefix(quote).unwrap_or(&expanded);
    let bare = bare.strip_suffix(quote).unwrap_or(bare);
    bare.trim_matches(is_space).to_owned()
}

/// The assignments as a JavaScript object keeps them: `object[name] = value`, one by one.
fn as_object(assignments: Vec<Variable>) -> Vec<Variable> {
    let mut places = std::collections::HashMap::new();
    let mut object: Vec<Variable> = Vec::new();
    for variable in assignments {
        // Assigning text to `__proto__` meets Object.prototype's setter, which ignores it.
        if variable.name == "__proto__" {
            continue;
        }
        match places.get(&variable.name) {
            Some(&place) => object[place] = variable,
            None => {
                places.insert(variable.name.clone(), object.len());
                object.push(variable);
            }
        }
    }
    // Stable: names that are no array index keep the order in which they came.
    object.sort_by_key(|variable| array_index(&variable.name).unwrap_or(u32::MAX));
    object
}

/// The number that `name` is as an array index: canonical decimal, below 2^32 - 1.
fn array_index(name: &str) -> Option<u32> {
    let canonical = name == "0" || !name.starts_with('0');
    let index = name.parse().ok().filter(|&index| index != u32::MAX)?;
    (canonical && name.bytes().all(|b| b.is_ascii_digit())).then_some(index)
}

/// Whether JavaScript's `\s` and `trim()` count `c` as white space.
///
/// Unlike [`char::is_whitespace`] that holds the byte order mark and leaves out U+0085.
pub(crate) fn is_space(c: char) -> bool {
    c == '\u{feff}' || (c != '\u{85}' && c.is_whitespace())
}

/// What JavaScript's `.` does not match.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let variables = parse(text).variables.into_iter();
        variables.map(|v| (v.name, v.value)).collect()
    }

    #[test]
    fn the_last_of_several_wins_in_the_first_ones_place() {
        let env = parse("A=1\nB=2\n\nA=3");
        let lines: Vec<_> = env
            .variables
            .iter()
            .map(|v| (v.name.as_str(), v.line))
            .collect();
        assert_eq!(lines, [("A", 4), ("B", 2)]);
        assert_eq!(env.variables[0].value, "3");
    }

    #[test]
    fn names_order_as_an_objects_keys_do() {
        let names: Vec<_> = pairs("b=\n10=\n__proto__=x\n2=\n01=\n4294967295=\n4294967294=\na=");
        let names: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["2", "10", "4294967294", "b", "01", "4294967295", "a"]
        );
    }

    #[test]
    fn white_space_is_javascripts() {
        assert_eq!(pairs("\u{feff}A=x"), [("A".into(), "x".into())]);
        assert_eq!(pairs("A=\u{85}x"), [("A".into(), "\u{85}x".into())]);
        assert_eq!(pairs("A=x\u{2028}y"), []);
        assert_eq!(pairs("A=x\u{2028}\r"), [("A".into(), "x".into())]);
    }
}
