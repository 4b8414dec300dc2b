//! The key to a running server's console: random, of one run, and shown to nobody.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// Bytes of randomness: as many as nobody guesses.
const BYTES: usize = 32;

/// A token. It is text of the base64url alphabet; `Debug` does not show it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A new one, from the system's randomness.
    ///
    /// # Errors
    ///
    /// When the system gives none.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Token(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// One that was handed over, in an environment variable for instance.
    pub fn given(text: impl Into<String>) -> Self {
        Token(text.into())
    }

    /// Its text: for a request's head and for the run file, and for nothing that is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `given` is this token. It takes as long wherever the two differ, so that nobody
    /// finds it letter by letter: what is compared are digests, as wholes.
    pub fn is(&self, given: &str) -> bool {
        digest(&self.0) == digest(given)
    }
}

/// Its comparison takes constant time.
fn digest(text: &str) -> CtOutput<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&Default::default());
    mac.update(text.as_bytes());
    mac.finalize()
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_its_own_and_is_not_shown() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one.is(one.as_str()));
        assert!(!one.is(other.as_str()) && !one.is("") && !one.is(&one.as_str()[1..]));
        assert_eq!(one.as_str().len(), 43);
        assert_eq!(format!("{one:?}"), "Token(…)");
    }
}
