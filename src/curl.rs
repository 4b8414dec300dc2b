//! Requests as commands for a POSIX shell.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What the command asks for.
pub(crate) struct Curl<'a> {
    /// `None` is a GET, or with parameters a POST: what curl makes of them by itself.
    pub(crate) method: Option<&'a str>,
    pub(crate) url: &'a str,
    /// Names and values, in order.
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: CurlBody<'a>,
}

/// What is sent.
pub(crate) enum CurlBody<'a> {
    /// Form parameters, not encoded; none is no body.
    Form(&'a [(String, String)]),
    /// The text as it is.
    Raw(&'a str),
}

impl Curl<'_> {
    /// The command, a line.
    pub(crate) fn command(&self) -> String {
        let mut words = vec!["curl".to_string(), "-i".to_string()];
        match self.method {
            // With -X, curl would wait for a body that no answer to a HEAD has.
            Some("HEAD") => words.push("--head".to_string()),
            Some(method) => words.extend(["-X".to_string(), quoted(method)]),
            None => {}
        }
        // Or curl would take brackets and braces of the URL for a pattern.
        if self.url.contains(['[', ']', '{', '}']) {
            words.push("-g".to_string());
        }
        words.push(quoted(self.url));
        for (name, value) in &self.headers {
            words.push("-H".to_string());
            // An empty value would take the header away.
            words.push(match value.is_empty() {
                true => quoted(&format!("{name};")),
                false => quoted(&format!("{name}: {value}")),
            });
        }
        match self.body {
            CurlBody::Raw(text) => {
                let named = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("content-type");
                if !self.headers.iter().any(named) {
                    // curl would call it a form.
                    words.extend(["-H".to_string(), "Content-Type:".to_string()]);
                }
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
pub(crate) fn quoted(text: &str) -> String {
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
