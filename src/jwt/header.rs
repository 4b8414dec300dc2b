//! The header of a token: which algorithm, and whether the payload is JSON.
//!
//! Nearly every token has one of three headers, to the byte: npm's, as [`super::sign`] writes them,
//! too. Those are looked up and not read, since whoever asks with a token brings one each time.

use super::Algorithm;
use crate::truthy::is_truthy;
use serde_json::Value;

/// npm's headers, encoded: `{"alg":"HS256","typ":"JWT"}` and its like.
const USUAL: [(Algorithm, &str); 3] = [
    (Algorithm::HS256, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"),
    (Algorithm::HS384, "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9"),
    (Algorithm::HS512, "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9"),
];

/// The encoded header that npm writes for `algorithm`; `None` for one that is not HMAC.
pub(super) fn usual(algorithm: Algorithm) -> Option<&'static str> {
    let mut usual = USUAL.into_iter();
    usual
        .find(|(one, _)| *one == algorithm)
        .map(|(_, encoded)| encoded)
}

/// What a verification wants to know of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// `alg`, if it is HS256, HS384 or HS512.
    pub(super) algorithm: Option<Algorithm>,
    /// `typ` is `JWT`: the payload is JSON.
    pub(super) is_jwt: bool,
}

impl Header {
    /// What an encoded header says, if it is a usual one.
    pub(super) fn known(encoded: &str) -> Option<Self> {
        let mut usual = USUAL.into_iter();
        usual
            .find(|(_, one)| *one == encoded)
            .map(|(algorithm, _)| Header {
                algorithm: Some(algorithm),
                is_jwt: true,
            })
    }

    /// What a header says that was read; `None` for one that JavaScript holds to be false.
    pub(super) fn read(header: &Value) -> Option<Self> {
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        is_truthy(header).then(|| Header {
            algorithm: match text("alg") {
                Some("HS256") => Some(Algorithm::HS256),
                Some("HS384") => Some(Algorithm::HS384),
                Some("HS512") => Some(Algorithm::HS512),
                _ => None,
            },
            is_jwt: text("typ") == Some("JWT"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn the_usual_headers_say_what_they_would_if_they_were_read() {
        for (algorithm, encoded) in USUAL {
            let text = format!(r#"{{"alg":"{algorithm:?}","typ":"JWT"}}"#);
            assert_eq!(URL_SAFE_NO_PAD.encode(&text), encoded);
            let read = Header::read(&serde_json::from_str(&text).unwrap());
            assert_eq!(Header::known(encoded), read);
            assert_eq!(usual(algorithm), Some(encoded));
        }
        assert_eq!(usual(Algorithm::RS256), None);
        assert_eq!(Header::known("e30"), None);
    }
}
