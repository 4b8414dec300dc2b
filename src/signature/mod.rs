//! Request signatures: `X-Twilio-Signature`, made and checked as Twilio's own libraries do it.
//!
//! A signature is the base64 of an HMAC-SHA1, keyed with the auth token, over the URL and, for form
//! posts, each parameter's name and value. [`Signer`] is that and no more. Around it:
//! [`mod@variants`], the forms of one URL that twilio-node accepts; [`candidates`], the URLs that
//! Twilio can have called; [`mod@check`], the verdict; [`mod@explain`], what to tell the developer
//! about a refusal.
//!
//! All of it is pure, and a check whose first form matches costs one HMAC. The signature that a
//! caller would have needed is computed in `explain` only, for the developer's eyes.
//!
//! Source: Twilio docs, "Security"; twilio-node 6.2.0 `lib/webhooks/webhooks.js`.

pub mod candidates;
pub mod check;
pub mod explain;
mod normalise;
mod parameters;
mod querystring;
mod url;
pub mod variants;

pub use candidates::{Arrival, Candidate, Candidates, Source};
pub use check::{Content, Refusal, SignedRequest, Verdict, check};
pub use explain::{Cause, Explanation, OtherToken, TokenOwner, explain};
pub(crate) use url::without_usual_port;
pub use variants::{Variant, variants};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use parameters::parameter_text;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fmt::Write;

/// The header that has the signature: `X-Twilio-Signature`.
pub const HEADER: HeaderName = HeaderName::from_static("x-twilio-signature");

/// Signs and verifies with one auth token.
#[derive(Clone)]
pub struct Signer {
    keyed: Hmac<Sha1>,
}

impl Signer {
    /// A signer for `auth_token`: its UTF-8 bytes are the key, whatever they are.
    pub fn new(auth_token: &str) -> Self {
        let keyed = Hmac::new_from_slice(auth_token.as_bytes())
            .expect("HMAC takes a key of any length, the empty one included");
        Signer { keyed }
    }

    /// The signature of a request to `url` (as Twilio sees it, query included) with the decoded form
    /// parameters `params`, in any order; none for GET and for JSON.
    ///
    /// Parameters are sorted by name as JavaScript sorts (by UTF-16 unit), the values of one name are
    /// sorted likewise and named once each.
    ///
    /// ```
    /// use switchboard::signature::Signer;
    /// let signer = Signer::new("12345678901234567890123456789012");
    /// let body = [("Body".to_string(), "Ahoy".to_string())];
    /// assert_eq!(
    ///     signer.sign("http://localhost:3000/sms-reply", &body),
    ///     "fdrrhGUuRHGGvTRZoKSLjw+xf2c="
    /// );
    /// ```
    pub fn sign(&self, url: &str, params: &[(String, String)]) -> String {
        self.sign_text(url, &parameter_text(params))
    }

    /// Whether `signature` is exactly the text that [`Signer::sign`] gives. Takes the same time
    /// wherever the two differ.
    pub fn verify(&self, signature: &str, url: &str, params: &[(String, String)]) -> bool {
        decode(signature).is_some_and(|digest| self.matches(&digest, url, &parameter_text(params)))
    }

    fn mac(&self, url: &str, parameters: &str) -> Hmac<Sha1> {
        let mut mac = self.keyed.clone();
        mac.update(url.as_bytes());
        mac.update(parameters.as_bytes());
        mac
    }

    /// [`Signer::sign`] with the parameters already made into [`parameter_text`].
    fn sign_text(&self, url: &str, parameters: &str) -> String {
        STANDARD.encode(self.mac(url, parameters).finalize().into_bytes())
    }

    /// [`Signer::verify`] with a decoded signature and ready-made [`parameter_text`].
    fn matches(&self, digest: &[u8; 20], url: &str, parameters: &str) -> bool {
        self.mac(url, parameters).verify_slice(digest).is_ok()
    }
}

/// Says nothing of the token.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// The bytes of `signature`, or `None` if it is not the canonical base64 of 20 bytes.
///
/// twilio-node compares texts. Decoding that allows one text for each value (padding required, no
/// bits left over) and then comparing bytes is the same.
fn decode(signature: &str) -> Option<[u8; 20]> {
    // Longer text is never decoded, however long it is.
    if signature.len() != 28 {
        return None;
    }
    STANDARD.decode(signature).ok()?.try_into().ok()
}

/// The lower-case hexadecimal SHA-256 of `body`: the value of `bodySHA256` for it.
pub fn body_sha256(body: &[u8]) -> String {
    Sha256::digest(body)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests;
