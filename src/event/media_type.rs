//! The `Content-Type` of a request, as strictly as npm reads it: a stray `;` at the end already
//! makes it no type at all, and the body is ignored.
//!
//! Source: type-is 1.6.18 with media-typer 0.3.0 (which decides whether there is a type);
//! content-type 1.0.5 (which gives the charset, and takes everything that media-typer takes).

/// A media type with the one parameter that matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MediaType {
    /// `type/subtype` in lower case.
    pub(super) essence: String,
    /// The last `charset` parameter, in lower case.
    pub(super) charset: Option<String>,
}

impl MediaType {
    /// Reads a header's value; `None` if it is malformed.
    pub(super) fn parse(header: &[u8]) -> Option<Self> {
        let end = header.iter().position(|b| *b == b';');
        let (essence, mut rest) = header.split_at(end.unwrap_or(header.len()));
        // The types that are looked for are plain ASCII, so others need no exact reading.
        let essence = std::str::from_utf8(essence).ok()?.trim_matches(' ');
        let mut charset = None;
        while !rest.is_empty() {
            let (name, value, tail) = parameter(rest)?;
            if name.eq_ignore_ascii_case(b"charset") {
                let value: String = value.iter().copied().map(char::from).collect();
                charset = Some(value.to_lowercase());
            }
            rest = tail;
        }
        Some(MediaType {
            essence: essence.to_ascii_lowercase(),
            charset,
        })
    }
}

/// `; name = value` at the start of `text`: name, value without quotes, and what follows.
fn parameter(text: &[u8]) -> Option<(&[u8], Vec<u8>, &[u8])> {
    let rest = skip_spaces(text.strip_prefix(b";")?);
    let (name, rest) = token(rest)?;
    let rest = skip_spaces(skip_spaces(rest).strip_prefix(b"=")?);
    let (value, rest) = match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted_string(quoted)?,
        None => token(rest).map(|(value, rest)| (value.to_vec(), rest))?,
    };
    Some((name, value, skip_spaces(rest)))
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|b| **b == b' ').count();
    &text[spaces..]
}

fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_token = |b: &&u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
    let length = text.iter().take_while(is_token).count();
    (length > 0).then(|| text.split_at(length))
}

/// The content of a quoted string whose opening quote is behind us, and what follows it.
fn quoted_string(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut content = Vec::new();
    loop {
        let (byte, rest) = match text {
            [b'"', rest @ ..] => return Some((content, rest)),
            [b'\\', byte @ 0x20..=0x7e, rest @ ..] => (byte, rest),
            [byte @ (0x20..=0x5b | 0x5d..=0x7e | 0x80..), rest @ ..] => (byte, rest),
            _ => return None,
        };
        content.push(*byte);
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_charsets() {
        for (header, essence, charset) in [
            ("application/json", "application/json", None),
            (" Application/JSON ", "application/json", None),
            ("a/b;charset=UTF-8", "a/b", Some("utf-8")),
            (
                "a/b ; x=1 ;  charset = \"u\\tf\\\"\" ",
                "a/b",
                Some("utf\""),
            ),
            ("a/b;charset=x;charset=y", "a/b", Some("y")),
        ] {
            let parsed = MediaType {
                essence: essence.into(),
                charset: charset.map(str::to_string),
            };
            assert_eq!(
                MediaType::parse(header.as_bytes()),
                Some(parsed),
                "{header}"
            );
        }
        for malformed in [
            "a/b;",
            "a/b; x",
            "a/b;x=",
            "a/b;x=\"",
            "a/b;x=1 2",
            "a/b;\tx=1",
        ] {
            assert_eq!(MediaType::parse(malformed.as_bytes()), None, "{malformed}");
        }
    }
}
