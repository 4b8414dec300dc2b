//! The request as a command for a POSIX shell.

use super::{Method, SignArgs};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A curl command that makes the request that was signed.
pub(super) fn command(args: &SignArgs, method: Method, url: &str, signature: &str) -> String {
    let mut words = vec!["curl".to_string(), "-i".to_string()];
    if method == Method::Post {
        words.extend(["-X".to_string(), "POST".to_string()]);
    }
    // Or curl would take brackets and braces of the URL for a pattern.
    if url.contains(['[', ']', '{', '}']) {
        words.push("-g".to_string());
    }
    words.push(quoted(url));
    words.push("-H".to_string());
    words.push(quoted(&format!("X-Twilio-Signature: {signature}")));
    if let Some(body) = &args.json {
        words.push("-H".to_string());
        words.push(quoted("Content-Type: application/json"));
        words.push("--data-raw".to_string());
        words.push(quoted(body));
    }
    for (name, value) in &args.data {
        // curl encodes the value alone.
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        words.push("--data-urlencode".to_string());
        words.push(quoted(&format!("{name}={value}")));
    }
    format!("{}\n", words.join(" "))
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
