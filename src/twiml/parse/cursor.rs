//! A text read from front to back, with the line and column of the next character.

use crate::twiml::Position;

pub(super) struct Cursor<'a> {
    rest: &'a str,
    at: Position,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor {
            rest: text,
            at: Position::START,
        }
    }

    /// Where the next character stands.
    pub(super) fn at(&self) -> Position {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn begins_with(&self, text: &str) -> bool {
        self.rest.starts_with(text)
    }

    /// The next character. `\r\n` and a lone `\r` come as `\n`: XML 1.0, section 2.11.
    pub(super) fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let mut next = chars.next()?;
        if next == '\r' {
            next = '\n';
            let behind = chars.as_str();
            self.rest = behind.strip_prefix('\n').unwrap_or(behind);
        } else {
            self.rest = chars.as_str();
        }
        if next == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(next)
    }

    /// Steps over `text` if it is next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.begins_with(text);
        if found {
            for _ in text.chars() {
                self.next();
            }
        }
        found
    }

    /// Steps over all that `wanted` accepts, and returns it.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            // What `next` gives is the same but for line ends.
            taken.push(self.next().unwrap_or(c));
        }
        taken
    }

    /// Steps over white space; `true` if there was any.
    pub(super) fn skip_space(&mut self) -> bool {
        let before = self.rest.len();
        while self.peek().is_some_and(is_space) {
            self.next();
        }
        self.rest.len() < before
    }
}

/// XML's white space, which is less than Unicode's.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let mut cursor = Cursor::new("é\r\nb\rc\n\td");
        let mut seen = Vec::new();
        loop {
            let at = cursor.at();
            let Some(c) = cursor.next() else { break };
            seen.push((c, at.line, at.column));
        }
        let expected = [
            ('é', 1, 1),
            ('\n', 1, 2),
            ('b', 2, 1),
            ('\n', 2, 2),
            ('c', 3, 1),
            ('\n', 3, 2),
            ('\t', 4, 1),
            ('d', 4, 2),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn only_what_is_next_is_taken() {
        let mut cursor = Cursor::new("<!--x");
        assert!(!cursor.take("<![CDATA["));
        assert!(cursor.take("<!--"));
        assert_eq!(cursor.at().column, 5);
        assert_eq!(cursor.take_while(|c| c != '<'), "x");
        assert!(cursor.is_at_end());
    }
}
