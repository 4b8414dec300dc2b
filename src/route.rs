//! Paths under which functions and assets answer.
//!
//! Matching is exact: case-sensitive, no trailing-slash tolerance, `//` kept, nothing
//! percent-decoded. That is what twilio-run does (measured), and Twilio documents no path
//! parameters or wildcards; so a [`RoutePath`] is compared byte for byte with the request path.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

/// The longest path the Toolkit accepts, in characters, the leading slash included.
const MAX_LENGTH: usize = 255;

/// The characters that the Toolkit refuses in a path, `#` and the space included.
/// Source: serverless-api `src/utils/fs.ts`.
pub(crate) const FORBIDDEN: &str = "#;,?:@+&$()'\" ";

/// What is encoded in a valid path, beside all that is no ASCII, by all who ask; `%` stays. Source: WHATWG
/// URL, "path percent-encode set", but for what is forbidden anyway, and for `^`, `{` and `}`, which
/// curl sends as they are.
const ENCODED: AsciiSet = CONTROLS.add(b'<').add(b'>').add(b'`');

/// A valid path of a function or asset: starts with `/`, at most 255 characters, none
/// of `#;,?:@+&$()'"` and the space. Clones share their text: a project can have ten thousand, and each
/// reload hands them on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoutePath(Arc<str>);

/// Why a text is not a [`RoutePath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// The path does not start with `/`.
    #[error("a path starts with '/'; got {0:?}")]
    NoLeadingSlash(String),
    /// The path holds a character that the cloud's build refuses.
    #[error("a path cannot contain any of the characters #;,?:@+&$()'\" or a space; got {0:?}")]
    ForbiddenCharacter(String),
    /// The path is longer than the cloud takes.
    #[error("a path has at most {MAX_LENGTH} characters; this one has {0}")]
    TooLong(usize),
}

impl RoutePath {
    /// Checks `path` against the Toolkit's rules.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks.
    ///
    /// ```
    /// use switchboard::RoutePath;
    /// assert_eq!(RoutePath::new("/sms/reply").unwrap().as_str(), "/sms/reply");
    /// assert!(RoutePath::new("/a+b").is_err());
    /// ```
    pub fn new(path: impl Into<Arc<str>>) -> Result<Self, InvalidPath> {
        let path = path.into();
        if !path.starts_with('/') {
            return Err(InvalidPath::NoLeadingSlash(path.to_string()));
        }
        // All of them are ASCII, and no byte of another character is.
        if path
            .bytes()
            .any(|byte| FORBIDDEN.as_bytes().contains(&byte))
        {
            return Err(InvalidPath::ForbiddenCharacter(path.to_string()));
        }
        // The Toolkit counts UTF-16 units (`String.length`).
        let length = path.encode_utf16().count();
        if length > MAX_LENGTH {
            return Err(InvalidPath::TooLong(length));
        }
        Ok(RoutePath(path))
    }

    /// The path as it arrives in a request, where that is another text: nobody can ask for it, since
    /// nothing is decoded before it is matched.
    pub fn unreachable(&self) -> Option<String> {
        match asked(&self.0) {
            Cow::Borrowed(_) => None,
            Cow::Owned(asked) => Some(asked),
        }
    }

    /// The path as text, with its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `path`, a valid one, as browsers, curl and Twilio write it into a request.
pub(crate) fn asked(path: &str) -> Cow<'_, str> {
    utf8_percent_encode(path, &ENCODED).into()
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&RoutePath> for Arc<str> {
    fn from(path: &RoutePath) -> Self {
        Arc::clone(&path.0)
    }
}

impl Borrow<str> for RoutePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RoutePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolkits_rules_decide() {
        for good in ["/", "/a", "/a.b-c_d", "/é", "//", "/a//b/"] {
            assert_eq!(
                RoutePath::new(good).map(|p| p.to_string()),
                Ok(good.to_string())
            );
        }
        assert_eq!(
            RoutePath::new("a"),
            Err(InvalidPath::NoLeadingSlash("a".into()))
        );
        for c in FORBIDDEN.chars() {
            let path = format!("/a{c}b");
            assert_eq!(
                RoutePath::new(path.as_str()),
                Err(InvalidPath::ForbiddenCharacter(path))
            );
        }
    }

    #[test]
    fn what_arrives_as_another_text_is_unreachable() {
        for (path, arrives) in [
            ("/a.b-c_d/~*=!%[]|{}", None),
            ("/é", Some("/%C3%A9")),
            ("/a<b>", Some("/a%3Cb%3E")),
        ] {
            let path = RoutePath::new(path).unwrap();
            assert_eq!(path.unreachable().as_deref(), arrives, "{path}");
        }
    }

    #[test]
    fn length_counts_utf16_units_as_javascript_does() {
        assert!(RoutePath::new(format!("/{}", "a".repeat(254))).is_ok());
        assert_eq!(
            RoutePath::new(format!("/{}", "a".repeat(255))),
            Err(InvalidPath::TooLong(256))
        );
        assert_eq!(
            RoutePath::new(format!("/{}", "👋".repeat(128))),
            Err(InvalidPath::TooLong(257))
        );
    }
}
