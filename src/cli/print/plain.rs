//! Texts of others, without anything that a terminal would act on.

use std::borrow::Cow;

/// `text` in one line: control characters, line feeds included, are shown as in a Rust string.
pub(in crate::cli) fn line(text: &str) -> Cow<'_, str> {
    shown(text, |_| true)
}

/// `text` with its line feeds and tabs.
pub(super) fn lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| !matches!(c, '\n' | '\t'))
}

fn shown(text: &str, act: impl Fn(char) -> bool) -> Cow<'_, str> {
    let acts = |c: char| c.is_control() && act(c);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match acts(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Adds `text` to `to`, each of its lines indented by `indent` spaces; empty lines at the end go.
pub(super) fn push_indented(to: &mut String, indent: usize, text: &str) {
    for line in lines(text).trim_end().lines() {
        to.extend(std::iter::repeat_n(' ', indent));
        to.push_str(line);
        to.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_act_on() {
        for (text, one, many) in [
            ("a é 👋", "a é 👋", "a é 👋"),
            ("a\nb\tc", "a\\nb\\tc", "a\nb\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\rb\u{9b}", "a\\rb\\u{9b}", "a\\rb\\u{9b}"),
        ] {
            assert_eq!(line(text), one);
            assert_eq!(lines(text), many);
        }
    }

    #[test]
    fn all_lines_are_indented() {
        let mut text = String::new();
        push_indented(&mut text, 2, "a\n  b\n\n");
        assert_eq!(text, "  a\n    b\n");
    }
}
