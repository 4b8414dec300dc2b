//! Checking a token: npm's `jwt.verify(token, secret)`, check by check in its order.
//!
//! Differences that remain, all of them on the refusing side: a number beyond the range of a double
//! (`1e400`, which JavaScript reads as infinity), half of a surrogate pair in an escape, and nesting
//! deeper than 128 are no JSON here.

use super::compact::{self, Compact};
use super::provider;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

/// Why a token was refused. [`VerifyError::name`] and the message are npm's.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// The token is empty.
    #[error("jwt must be provided")]
    Missing,
    /// There are not exactly three parts.
    #[error("jwt malformed")]
    Malformed,
    /// A character that no token has, an empty part, or a header that is not JSON.
    #[error("invalid token")]
    InvalidToken,
    /// The header says that the payload is JSON, and it is not. npm lets JavaScript's own
    /// `SyntaxError` through, whose words differ between versions of Node.
    #[error("the payload is not JSON: {0}")]
    PayloadNotJson(String),
    /// The signature is empty.
    #[error("jwt signature is required")]
    SignatureRequired,
    /// The token is signed and there is no secret.
    #[error("secret or public key must be provided")]
    NoSecret,
    /// Neither a signature nor a secret.
    #[error("please specify \"none\" in \"algorithms\" to verify unsigned tokens")]
    Unsigned,
    /// `alg` is none of HS256, HS384 and HS512.
    #[error("invalid algorithm")]
    InvalidAlgorithm,
    /// The signature is another one.
    #[error("invalid signature")]
    InvalidSignature,
    /// The payload is `null`: npm trips over it with JavaScript's own `TypeError`.
    #[error("Cannot read properties of null (reading 'nbf')")]
    NullPayload,
    /// `nbf` is there and is not a number.
    #[error("invalid nbf value")]
    InvalidNotBefore,
    /// `nbf` is still to come.
    #[error("jwt not active")]
    NotActive {
        /// The claim: seconds since 1970.
        not_before: f64,
    },
    /// `exp` is there and is not a number.
    #[error("invalid exp value")]
    InvalidExpiry,
    /// `exp` has come.
    #[error("jwt expired")]
    Expired {
        /// The claim: seconds since 1970.
        expired_at: f64,
    },
}

impl VerifyError {
    /// The `name` of the error that npm throws.
    pub fn name(&self) -> &'static str {
        match self {
            VerifyError::PayloadNotJson(_) => "SyntaxError",
            VerifyError::NullPayload => "TypeError",
            VerifyError::NotActive { .. } => "NotBeforeError",
            VerifyError::Expired { .. } => "TokenExpiredError",
            _ => "JsonWebTokenError",
        }
    }
}

/// Verifies `token` with `secret` at the time `now_seconds` (since 1970) and returns its payload.
///
/// HS256, HS384 and HS512 are taken, whichever the header names. `exp` and `nbf` are looked at if
/// they are there, without leeway: a token is expired in the very second `exp`, and active in the
/// very second `nbf`. `iat` and all other claims are the caller's business. The payload is nearly
/// always an object, but as with npm it may be any JSON but `null`, or plain text.
///
/// # Errors
///
/// The first check that fails, in npm's order; see [`VerifyError`].
///
/// ```
/// use switchboard::jwt::{Algorithm, sign, verify};
/// let claims = serde_json::json!({ "sub": "twilio", "exp": 1628118995 });
/// let token = sign(&claims, "secret_key", Algorithm::HS256)?;
/// assert_eq!(verify(&token, "secret_key", 1628118994), Ok(claims));
/// let refused = verify(&token, "secret_key", 1628118995).unwrap_err();
/// assert_eq!(refused.to_string(), "jwt expired");
/// # Ok::<(), switchboard::jwt::SignError>(())
/// ```
pub fn verify(token: &str, secret: &str, now_seconds: i64) -> Result<Value, VerifyError> {
    if token.is_empty() {
        return Err(VerifyError::Missing);
    }
    if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(VerifyError::Malformed);
    }
    let compact = compact::split(token).ok_or(VerifyError::InvalidToken)?;
    let payload = payload(&compact)?;
    match (compact.signature.is_empty(), secret.is_empty()) {
        (true, false) => return Err(VerifyError::SignatureRequired),
        (false, true) => return Err(VerifyError::NoSecret),
        (true, true) => return Err(VerifyError::Unsigned),
        (false, false) => {}
    }
    check_signature(&compact, secret)?;
    check_times(&payload, now_seconds as f64)?;
    Ok(payload)
}

/// Reads the payload: as JSON if the header has the type `JWT`, and text that holds an object or an
/// array as that in any case.
fn payload(compact: &Compact<'_>) -> Result<Value, VerifyError> {
    let payload = if compact.header.is_jwt {
        serde_json::from_str(&compact.payload)
            .map_err(|e| VerifyError::PayloadNotJson(e.to_string()))?
    } else {
        Value::String(compact.payload.clone())
    };
    let Value::String(text) = payload else {
        return Ok(payload);
    };
    match serde_json::from_str(&text) {
        Ok(inner @ (Value::Object(_) | Value::Array(_))) => Ok(inner),
        _ => Ok(Value::String(text)),
    }
}

fn check_signature(compact: &Compact<'_>, secret: &str) -> Result<(), VerifyError> {
    let algorithm = compact
        .header
        .algorithm
        .ok_or(VerifyError::InvalidAlgorithm)?;
    // A public key is known to all: as an HMAC secret it would let anyone sign.
    if is_key_file(secret) {
        return Err(VerifyError::InvalidAlgorithm);
    }
    let verifier = provider::verifier(&algorithm, &DecodingKey::from_secret(secret.as_bytes()))
        .map_err(|_| VerifyError::InvalidAlgorithm)?;
    // npm compares texts. Decoding strictly (no bits left over) and comparing bytes is the same.
    let signature = URL_SAFE_NO_PAD
        .decode(compact.signature)
        .map_err(|_| VerifyError::InvalidSignature)?;
    verifier
        .verify(compact.signed.as_bytes(), &signature)
        .map_err(|_| VerifyError::InvalidSignature)
}

/// Whether `secret` is a key or a certificate in PEM form, which npm takes for a public key.
fn is_key_file(secret: &str) -> bool {
    secret.contains("-----BEGIN ")
        && ["KEY-----", "CERTIFICATE-----"]
            .iter()
            .any(|end| secret.contains(end))
}

fn check_times(payload: &Value, now: f64) -> Result<(), VerifyError> {
    if payload.is_null() {
        return Err(VerifyError::NullPayload);
    }
    let seconds = |name: &str| payload.get(name).map(Value::as_f64);
    match seconds("nbf") {
        Some(None) => return Err(VerifyError::InvalidNotBefore),
        Some(Some(not_before)) if not_before > now => {
            return Err(VerifyError::NotActive { not_before });
        }
        _ => {}
    }
    match seconds("exp") {
        Some(None) => Err(VerifyError::InvalidExpiry),
        Some(Some(expired_at)) if now >= expired_at => Err(VerifyError::Expired { expired_at }),
        _ => Ok(()),
    }
}
