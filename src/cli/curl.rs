//! A request as a command for a POSIX shell.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What the command asks for.
pub(super) struct Curl<'a> {
    pub(super) post: bool,
    pub(super) url: &'a str,
    /// Names and values, in order.
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: CurlBody<'a>,
}

/// What is sent.
pub(super) enum CurlBody<'a> {
    /// Form parameters, not encoded; none is no body.
    Form(&'a [(String, String)]),
    /// The text as it is.
    Raw(&'a str),
}

impl Curl<'_> {
    /// The command, a line.
    pub(super) fn command(&self) -> String {
        let mut words = vec!["curl".to_string(), "-i".to_string()];
        if self.post {
            words.extend(["-X".to_string(), "POST".to_string()]);
        }
        // Or curl would take brackets and braces of the URL for a pattern.
        if self.url.contains(['[', ']', '{', '}']) {
            words.push("-g".to_string());
        }
        words.push(quoted(self.url));
        for (name, value) in &self.headers {
            words.push("-H".to_string());
            words.push(quoted(&format!("{name}: {value}")));
        }
        match self.body {
            CurlBody::Raw(text) => {
                words.push("--data-raw".to_string());
                words.push(quoted(text));
            }
            CurlBody::Form(parameters) => {
                for (name, value) in parameters {
                    // curl encodes the value alone.
                    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
                    words.push("--data-urlencode".to_string());
                    words.push(quoted(&format!("{name}={value}")));
                }
            }
        }
        format!("{}\n", words.join(" "))
    }
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_when_a_shell_would_change_it() {
        for (text, word) in [
            ("http://localhost:3000/a", "http://localhost:3000/a"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME`x`\"\\", "'$HOME`x`\"\\'"),
            ("~", "'~'"),
            ("é", "'é'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
