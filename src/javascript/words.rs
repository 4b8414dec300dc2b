//! A JavaScript text as words: names, texts, marks; comments are gone.
//!
//! Where a slash begins a regular expression depends, in the language, on the whole grammar. Here
//! what stands before it decides, and a regular expression must end on its line; where that guess is
//! wrong, the few words up to the next slash are lost and nothing more.

use std::ops::Range;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'t> {
    /// An identifier or a keyword.
    Name(&'t str),
    /// A literal text without escapes, or a template without substitutions.
    Text(&'t str),
    /// Anything else that is a value: a number, a regular expression, a part of a template.
    Value,
    /// One character of punctuation. `${` of a template is `{`.
    Mark(char),
    /// Behind the last word.
    End,
}

/// All words of a text.
pub(super) struct Words<'t> {
    words: Vec<(Word<'t>, Range<usize>)>,
    /// How many brackets are open where each word stands.
    depths: Vec<usize>,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut scanner = Scanner {
            text,
            at: 0,
            words: Vec::new(),
            brackets: Vec::new(),
            condition_ended: false,
        };
        scanner.run();
        let mut depth = 0_usize;
        let mut depths = Vec::with_capacity(scanner.words.len());
        for (word, _) in &scanner.words {
            if matches!(word, Word::Mark(')' | ']' | '}')) {
                depth = depth.saturating_sub(1);
            }
            depths.push(depth);
            if matches!(word, Word::Mark('(' | '[' | '{')) {
                depth += 1;
            }
        }
        Words {
            words: scanner.words,
            depths,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn get(&self, at: usize) -> Word<'t> {
        self.words.get(at).map_or(Word::End, |(word, _)| *word)
    }

    pub(super) fn is(&self, at: usize, mark: char) -> bool {
        self.get(at) == Word::Mark(mark)
    }

    /// The bytes of a word.
    pub(super) fn span(&self, at: usize) -> Range<usize> {
        self.words.get(at).map_or(0..0, |(_, span)| span.clone())
    }

    pub(super) fn depth(&self, at: usize) -> usize {
        self.depths.get(at).copied().unwrap_or_default()
    }
}

/// What a bracket belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// `${` of a template, which goes on behind its end.
    Substitution,
    /// The parentheses of `if`, `while`, `for`, `with`: a statement follows them.
    Condition,
    Other,
}

/// Behind these names a value begins, and no operator.
const BEFORE_VALUES: [&str; 15] = [
    "await",
    "case",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "of",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
    "extends",
];

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    words: Vec<(Word<'t>, Range<usize>)>,
    brackets: Vec<Bracket>,
    /// Whether the last word closes the parentheses of a condition.
    condition_ended: bool,
}

impl<'t> Scanner<'t> {
    fn run(&mut self) {
        if self.rest().starts_with("#!") {
            self.skip_line();
        }
        while let Some(c) = self.rest().chars().next() {
            match c {
                '/' if self.rest().starts_with("//") => self.skip_line(),
                '/' if self.rest().starts_with("/*") => {
                    let end = self.text[self.at + 2..].find("*/");
                    self.at = end.map_or(self.text.len(), |end| self.at + 2 + end + 2);
                }
                '/' if self.value_may_begin() && self.regular_expression() => {}
                '\'' | '"' => self.quoted(c),
                '`' => {
                    self.at += 1;
                    self.template(true);
                }
                '0'..='9' => self.number(),
                c if is_of_name(c) => self.name(),
                c if c.is_whitespace() => self.at += c.len_utf8(),
                c => self.mark(c),
            }
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_line(&mut self) {
        let line = self.rest().find(['\n', '\r', '\u{2028}', '\u{2029}']);
        self.at = line.map_or(self.text.len(), |end| self.at + end);
    }

    fn push(&mut self, word: Word<'t>, start: usize) {
        self.condition_ended = false;
        self.words.push((word, start..self.at));
    }

    fn last(&self) -> Word<'t> {
        self.words.last().map_or(Word::End, |(word, _)| *word)
    }

    /// Whether what comes next can be a value: else a slash divides.
    fn value_may_begin(&self) -> bool {
        match self.last() {
            Word::End => true,
            Word::Name(name) => BEFORE_VALUES.contains(&name),
            Word::Text(_) | Word::Value => false,
            Word::Mark(')') => self.condition_ended,
            Word::Mark(']') => false,
            Word::Mark(mark @ ('+' | '-')) => !self.counts_up(mark),
            Word::Mark(_) => true,
        }
    }

    /// Whether the last two words are `++` or `--` behind a value.
    fn counts_up(&self, mark: char) -> bool {
        let count = self.words.len();
        let word = |back: usize| count.checked_sub(back).map(|at| &self.words[at]);
        let (Some((_, last)), Some((before, span)), Some((value, _))) = (word(1), word(2), word(3))
        else {
            return false;
        };
        *before == Word::Mark(mark)
            && span.end == last.start
            && matches!(value, Word::Name(_) | Word::Mark(')' | ']'))
    }

    /// Takes a regular expression, if one ends on this line.
    fn regular_expression(&mut self) -> bool {
        let start = self.at;
        let mut in_class = false;
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => return false,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    self.at += offset + 1;
                    let flags = self.rest().find(|c: char| !c.is_ascii_alphabetic());
                    self.at += flags.unwrap_or(self.rest().len());
                    self.push(Word::Value, start);
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn quoted(&mut self, quote: char) {
        let start = self.at;
        let mut plain = true;
        let mut end = self.text.len();
        let mut inside_end = end;
        for (offset, c) in unescaped(self.rest()).skip(1) {
            match c {
                '\\' => plain = false,
                c if c == quote => {
                    inside_end = start + offset;
                    end = inside_end + 1;
                    break;
                }
                '\n' => {
                    // Broken: the line ends it.
                    plain = false;
                    end = start + offset;
                    break;
                }
                _ => {}
            }
        }
        self.at = end;
        let word = match plain && inside_end < end {
            true => Word::Text(&self.text[start + 1..inside_end]),
            false => Word::Value,
        };
        self.push(word, start);
    }

    /// The text of a template up to its end or its next substitution; `first` if it begins here.
    fn template(&mut self, first: bool) {
        let start = self.at;
        let mut plain = first;
        for (offset, c) in unescaped(self.rest()) {
            match c {
                '\\' => plain = false,
                '`' => {
                    let inside = &self.text[start..start + offset];
                    self.at = start + offset + 1;
                    let word = if plain {
                        Word::Text(inside)
                    } else {
                        Word::Value
                    };
                    let from = if first { start - 1 } else { start };
                    return self.push(word, from);
                }
                '$' if self.text[start + offset + 1..].starts_with('{') => {
                    self.at = start + offset;
                    self.push(Word::Value, start);
                    let brace = self.at;
                    self.at += 2;
                    self.push(Word::Mark('{'), brace);
                    return self.brackets.push(Bracket::Substitution);
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        self.push(Word::Value, start);
    }

    fn number(&mut self) {
        let start = self.at;
        let end = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        self.at += end.unwrap_or(self.rest().len());
        self.push(Word::Value, start);
    }

    fn name(&mut self) {
        let start = self.at;
        let end = self.rest().find(|c: char| !is_of_name(c));
        self.at += end.unwrap_or(self.rest().len());
        self.push(Word::Name(&self.text[start..self.at]), start);
    }

    fn mark(&mut self, c: char) {
        let start = self.at;
        let before = self.last();
        self.at += c.len_utf8();
        match c {
            '(' => {
                let condition = matches!(before, Word::Name("if" | "while" | "for" | "with"));
                self.brackets.push(match condition {
                    true => Bracket::Condition,
                    false => Bracket::Other,
                });
            }
            '[' | '{' => self.brackets.push(Bracket::Other),
            ')' => {
                let condition = self.brackets.pop() == Some(Bracket::Condition);
                self.push(Word::Mark(c), start);
                self.condition_ended = condition;
                return;
            }
            '}' if self.brackets.pop() == Some(Bracket::Substitution) => {
                self.push(Word::Mark(c), start);
                return self.template(false);
            }
            ']' => {
                self.brackets.pop();
            }
            _ => {}
        }
        self.push(Word::Mark(c), start);
    }
}

/// The characters of a text with their places, without those that a backslash escapes: one, or both
/// of a line's end.
fn unescaped(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut left = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let next = left.next()?;
        if next.1 == '\\' && left.next().is_some_and(|(_, c)| c == '\r') {
            left.next_if(|(_, c)| *c == '\n');
        }
        Some(next)
    })
}

/// Letters, digits, `_`, `$`, and the backslash of an escape within a name.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '\\' | '\u{200c}' | '\u{200d}')
}
