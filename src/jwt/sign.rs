//! Making a token: npm's `jwt.sign(payload, secret, { algorithm })`.

use super::{header, provider};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why no token was made. The words are npm's where npm has them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The secret is empty.
    #[error("secretOrPrivateKey must have a value")]
    NoSecret,
    /// The secret is a private key in PEM form, which no HMAC algorithm takes.
    #[error("secretOrPrivateKey must be a symmetric key when using {0:?}")]
    NotASecret(Algorithm),
    /// The algorithm is none of HS256, HS384 and HS512.
    #[error("tokens are signed with HS256, HS384 or HS512; got {0:?}")]
    UnsupportedAlgorithm(Algorithm),
    /// The claims are not a JSON object.
    #[error("Expected \"payload\" to be a plain object.")]
    NotAnObject,
    /// `iat`, `exp` or `nbf` is there and is not a number.
    #[error("\"{0}\" should be a number of seconds")]
    NotSeconds(&'static str),
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON: {0}")]
    Claims(String),
}

/// The claims that must be numbers, read back from the text: a value of all the claims would be
/// built for these alone.
#[derive(Deserialize)]
struct Times {
    #[serde(default = "absent")]
    iat: Value,
    #[serde(default = "absent")]
    exp: Value,
    #[serde(default = "absent")]
    nbf: Value,
}

/// A claim that is not there is as good as a number; one that is `null` is not.
fn absent() -> Value {
    Value::from(0)
}

/// Signs `claims` with `secret` (any non-empty text; its UTF-8 bytes are the key).
///
/// The header is exactly `{"alg":"HS256","typ":"JWT"}` (with the algorithm's name), the claims stand
/// in the order given. Unlike npm nothing is added: `iat` and `exp` are claims like the others, so
/// that this knows no clock. Whole numbers are written alike by both; a float such as `1.0` is
/// `1.0` here and `1` in JavaScript.
///
/// # Errors
///
/// See [`SignError`].
///
/// ```
/// use switchboard::jwt::{Algorithm, sign};
/// let claims = serde_json::json!({ "sub": "twilio", "iat": 1628032595 });
/// let token = sign(&claims, "secret_key", Algorithm::HS256)?;
/// assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."));
/// # Ok::<(), switchboard::jwt::SignError>(())
/// ```
pub fn sign(
    claims: &impl Serialize,
    secret: &str,
    algorithm: Algorithm,
) -> Result<String, SignError> {
    if secret.is_empty() {
        return Err(SignError::NoSecret);
    }
    if secret.contains("-----BEGIN ") && secret.contains("PRIVATE KEY-----") {
        return Err(SignError::NotASecret(algorithm));
    }
    let unwritten = |error: serde_json::Error| SignError::Claims(error.to_string());
    let claims = serde_json::to_string(claims).map_err(unwritten)?;
    if !claims.starts_with('{') {
        return Err(SignError::NotAnObject);
    }
    let times: Times = serde_json::from_str(&claims).map_err(unwritten)?;
    for (name, value) in [("iat", times.iat), ("exp", times.exp), ("nbf", times.nbf)] {
        if !value.is_number() {
            return Err(SignError::NotSeconds(name));
        }
    }
    let unsupported = || SignError::UnsupportedAlgorithm(algorithm);
    let header = header::usual(algorithm).ok_or_else(unsupported)?;
    let signer = provider::signer(&algorithm, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(|_| unsupported())?;
    // A third more for the encoding, and the longest signature.
    let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 96);
    token.push_str(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = signer
        .try_sign(token.as_bytes())
        .map_err(|_| unsupported())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_documented_token_comes_out_to_the_byte() {
        let claims = json!({
            "sub": "twilio", "iss": "twil.io", "org": "twilio", "perms": ["read"],
            "iat": 1_628_032_595, "exp": 1_628_118_995
        });
        assert_eq!(
            sign(&claims, "secret_key", Algorithm::HS256).unwrap(),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0d2lsaW8iLCJpc3MiOiJ0d2lsLmlvIiwib3JnIjoidHdpbGlvIiwicGVybXMiOlsicmVhZCJdLCJpYXQiOjE2MjgwMzI1OTUsImV4cCI6MTYyODExODk5NX0.uZzHuN5PpK6qM5wCu01_S8lkFPDpIcxQJq6A7sDr6gc"
        );
    }

    #[test]
    fn what_npm_refuses_to_sign_is_refused() {
        let good = json!({ "sub": "a" });
        let hs256 = Algorithm::HS256;
        assert_eq!(sign(&good, "", hs256), Err(SignError::NoSecret));
        assert_eq!(sign(&json!([1]), "k", hs256), Err(SignError::NotAnObject));
        assert_eq!(sign(&"text", "k", hs256), Err(SignError::NotAnObject));
        assert_eq!(
            sign(&json!({ "exp": "soon" }), "k", hs256),
            Err(SignError::NotSeconds("exp"))
        );
        assert_eq!(
            sign(&good, "k", Algorithm::RS256),
            Err(SignError::UnsupportedAlgorithm(Algorithm::RS256))
        );
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----";
        assert_eq!(
            sign(&good, pem, hs256),
            Err(SignError::NotASecret(Algorithm::HS256))
        );
    }
}
