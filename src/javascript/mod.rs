//! What a JavaScript file loads, read without running it.
//!
//! A parser of the whole language was turned down: of a file, only the loads with a literal name are
//! asked for, and those show in its words. [`words`] tells words from comments, texts, templates and
//! regular expressions; [`read`] looks for the few shapes that matter.
//!
//! What cannot be known this way is not told: a name that is put together, a `require` that the file
//! has bound anew or handed about, and a package that is tried for (`try { require('x') } catch {}`).
//! Whether a line is ever reached is not asked.

mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;
use words::{Word, Words};

/// What a file says of itself.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// What it loads by a literal name, in its order.
    pub(crate) loads: Vec<Load>,
    /// The `import` or `export` that makes an ES module of it: the first.
    pub(crate) module_syntax: Option<Range<usize>>,
    /// Whether it uses what only the package `twilio` has: `Twilio.twiml` and the like, or
    /// `getTwilioClient`. `Twilio.Response` is there without it.
    pub(crate) uses_twilio: bool,
}

/// A load by a literal name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// What is loaded.
    pub(crate) what: Loaded,
    /// The bytes of the name, quotes included.
    pub(crate) span: Range<usize>,
}

/// What is loaded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// `require('NAME')`, `import('NAME')`, `import … from 'NAME'`, `export … from 'NAME'`.
    Module(String),
    /// `require(Runtime.getAssets()['PATH'].path)`: an asset, as code.
    Asset(String),
}

/// Words of a declaration that are looked at for what it imports from.
const LONGEST_DECLARATION: usize = 4000;

/// A `try` with at most so many words in its block tries for something.
const ATTEMPT: usize = 30;

/// Reads the text of a file; any text will do.
pub(crate) fn read(text: &str) -> Read {
    let words = Words::of(text);
    let mut read = Read::default();
    // Those by `require` come and go together.
    let mut required = Vec::new();
    let mut bound_anew = false;
    for (at, attempted) in words.attempts(ATTEMPT).into_iter().enumerate() {
        let Word::Name(name) = words.get(at) else {
            continue;
        };
        if words.is_member(at) {
            read.uses_twilio |= name == "getTwilioClient";
            continue;
        }
        match name {
            "Twilio" => read.uses_twilio |= words.is_of_package(at),
            "require" if words.is_handed_about(at) => bound_anew = true,
            "require" if attempted => {}
            "require" => required.extend(words.required(at)),
            "import" if words.is(at + 1, '(') => read.loads.extend(words.argument(at + 1)),
            "import" | "export" if words.begins_module_syntax(at) => {
                read.module_syntax.get_or_insert(words.span(at));
                read.loads.extend(words.source(at));
            }
            _ => {}
        }
    }
    if !bound_anew {
        read.loads.append(&mut required);
        read.loads.sort_by_key(|load| load.span.start);
    }
    read
}

impl Words<'_> {
    /// Whether the name at `at` is a member of something: `module.require`.
    fn is_member(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, '.')
    }

    /// Whether a member of the `Twilio` at `at` is asked for that the package alone has.
    fn is_of_package(&self, at: usize) -> bool {
        let member = self.get(at + 2);
        self.is(at + 1, '.') && matches!(member, Word::Name(name) if name != "Response")
    }

    /// Whether the `require` at `at` is neither called nor asked for a member, or is declared.
    fn is_handed_about(&self, at: usize) -> bool {
        let before = |name| at > 0 && self.get(at - 1) == Word::Name(name);
        if before("typeof") {
            return false;
        }
        before("function") || !['(', '.', '['].iter().any(|mark| self.is(at + 1, *mark))
    }

    /// What the `require` at `at` loads.
    fn required(&self, at: usize) -> Option<Load> {
        if !self.is(at + 1, '(') {
            return None;
        }
        self.argument(at + 1).or_else(|| self.asset(at + 2))
    }

    /// The text that stands alone, or first, in the parentheses that open at `at`.
    fn argument(&self, at: usize) -> Option<Load> {
        let alone = self.is(at + 2, ')') || self.is(at + 2, ',');
        alone.then(|| self.module(at + 1))?
    }

    /// The text at `at`, as the name of a module.
    fn module(&self, at: usize) -> Option<Load> {
        let Word::Text(name) = self.get(at) else {
            return None;
        };
        Some(Load {
            what: Loaded::Module(name.to_string()),
            span: self.span(at),
        })
    }

    /// `Runtime.getAssets()['PATH'].path)` from `at` on.
    fn asset(&self, at: usize) -> Option<Load> {
        let Word::Text(path) = self.get(at + 6) else {
            return None;
        };
        let names = [(0, "Runtime"), (2, "getAssets"), (9, "path")];
        let marks = [
            (1, '.'),
            (3, '('),
            (4, ')'),
            (5, '['),
            (7, ']'),
            (8, '.'),
            (10, ')'),
        ];
        let holds = names
            .iter()
            .all(|(n, name)| self.get(at + n) == Word::Name(name))
            && marks.iter().all(|(n, mark)| self.is(at + n, *mark));
        holds.then(|| Load {
            what: Loaded::Asset(path.to_string()),
            span: self.span(at + 6),
        })
    }

    /// Whether the `import` or `export` at `at` is a declaration of an ES module.
    fn begins_module_syntax(&self, at: usize) -> bool {
        // Within anything else they could only be keys of an object.
        if self.depth(at) > 0 {
            return false;
        }
        match (self.get(at), self.get(at + 1)) {
            (Word::Name("import"), Word::Text(_)) => true,
            (Word::Name("import"), Word::Name(_) | Word::Mark('{' | '*')) => true,
            (Word::Name("export"), Word::Mark('{' | '*')) => true,
            (Word::Name("export"), Word::Name(what)) => {
                let declarations = [
                    "default", "const", "let", "var", "function", "class", "async",
                ];
                declarations.contains(&what)
            }
            _ => false,
        }
    }

    /// The module that the declaration at `at` names.
    fn source(&self, at: usize) -> Option<Load> {
        if let Some(load) = self.module(at + 1) {
            return Some(load);
        }
        // `export const …` imports nothing.
        if self.get(at) == Word::Name("export") && matches!(self.get(at + 1), Word::Name(_)) {
            return None;
        }
        let words = at + 1..self.len().min(at + LONGEST_DECLARATION);
        words
            .take_while(|at| !self.is(*at, ';'))
            .find(|at| {
                self.get(*at) == Word::Name("from") && matches!(self.get(at + 1), Word::Text(_))
            })
            .and_then(|from| self.module(from + 1))
    }

    /// For each word, whether it stands in the block of a `try` that has at most `most` of them.
    fn attempts(&self, most: usize) -> Vec<bool> {
        let mut open = Vec::new();
        let mut attempts = vec![false; self.len()];
        for at in 0..self.len() {
            if self.is(at, '{') {
                let tried = at > 0 && self.get(at - 1) == Word::Name("try");
                open.push((at, tried));
            } else if self.is(at, '}')
                && let Some((start, true)) = open.pop()
                && at - start <= most
            {
                attempts[start..at].fill(true);
            }
        }
        attempts
    }
}
