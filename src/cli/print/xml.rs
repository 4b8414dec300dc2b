//! TwiML with colours.

use super::plain;
use super::style::{DIM, GOOD, LINK};

/// What a character belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Tag,
    Value,
    Comment,
}

/// `xml`, which is well-formed and has no other `<` and `>` than those of tags and comments.
pub(super) fn coloured(xml: &str) -> String {
    let xml = plain::lines(xml);
    let mut text = String::with_capacity(xml.len() * 2);
    let mut part = Part::Text;
    let mut run = 0;
    let mut push = |part: Part, run: &str| match part {
        Part::Text => text.push_str(run),
        Part::Tag => text.push_str(&format!("{LINK}{run}{LINK:#}")),
        Part::Value => text.push_str(&format!("{GOOD}{run}{GOOD:#}")),
        Part::Comment => text.push_str(&format!("{DIM}{run}{DIM:#}")),
    };
    for (at, c) in xml.char_indices() {
        let rest = &xml[at..];
        // Where the part ends, and what follows it.
        let (end, next) = match (part, c) {
            (Part::Text, '<') if rest.starts_with("<!--") => (at, Part::Comment),
            (Part::Text, '<') => (at, Part::Tag),
            (Part::Tag, '"') => (at, Part::Value),
            (Part::Value, '"') => (at + 1, Part::Tag),
            (Part::Tag, '>') => (at + 1, Part::Text),
            (Part::Comment, '>') if xml[..at].ends_with("--") => (at + 1, Part::Text),
            _ => continue,
        };
        push(part, &xml[run..end]);
        (part, run) = (next, end);
    }
    push(part, &xml[run..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_colours_is_added() {
        let xml = "<Response>\n  <!-- a > \"b --><Say voice=\"a\">Hi &lt;</Say>\n</Response>\n";
        let coloured = coloured(xml);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), xml);
        assert!(
            coloured.contains(&format!("{GOOD}\"a\"{GOOD:#}")),
            "{coloured:?}"
        );
        assert!(coloured.contains("Hi &lt;"), "{coloured:?}");
    }
}
