//! The cryptography under the crate `jsonwebtoken`: HMAC with SHA-256, SHA-384 and SHA-512.
//!
//! The crate's own backends were turned down: `rust_crypto` links `rsa` (RUSTSEC-2023-0071) and a
//! second generation of hashes, `aws_lc_rs` compiles C. This module calls its own provider directly,
//! never the crate's process-wide one: whatever a user of the library has installed there first,
//! and whether anything is installed at all (the crate panics without), changes nothing here.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use sha2::{Sha256, Sha384, Sha512};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes this cryptography the process-wide default of the crate `jsonwebtoken`, for code that
/// calls the crate's own `encode` and `decode`. One that is installed already stays; repeated calls
/// do nothing. [`sign`](super::sign) and [`verify`](super::verify) work without it.
pub fn install() {
    // An error says that another provider came first: its owner wants that one.
    let _ = PROVIDER.install_default();
}

/// Makes a signer.
///
/// # Errors
///
/// The algorithm is not HMAC, or the key is not a secret.
pub(super) fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if key.family() != AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    let key = key.as_bytes();
    Ok(match algorithm {
        Algorithm::HS256 => Box::new(Keyed::<Hmac<Sha256>>::new(*algorithm, key)?),
        Algorithm::HS384 => Box::new(Keyed::<Hmac<Sha384>>::new(*algorithm, key)?),
        Algorithm::HS512 => Box::new(Keyed::<Hmac<Sha512>>::new(*algorithm, key)?),
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    })
}

/// Makes a verifier.
///
/// # Errors
///
/// The algorithm is not HMAC, or the key is not a secret.
pub(super) fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if key.family() != AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    let key = key.try_get_as_bytes()?;
    Ok(match algorithm {
        Algorithm::HS256 => Box::new(Keyed::<Hmac<Sha256>>::new(*algorithm, key)?),
        Algorithm::HS384 => Box::new(Keyed::<Hmac<Sha384>>::new(*algorithm, key)?),
        Algorithm::HS512 => Box::new(Keyed::<Hmac<Sha512>>::new(*algorithm, key)?),
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    })
}

/// A hash with its key, ready for any number of messages.
struct Keyed<M> {
    algorithm: Algorithm,
    mac: M,
}

impl<M: Mac + KeyInit> Keyed<M> {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| ErrorKind::InvalidKeyFormat)?;
        Ok(Keyed { algorithm, mac })
    }
}

impl<M: Mac + Clone> Signer<Vec<u8>> for Keyed<M> {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        let mut mac = self.mac.clone();
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

impl<M: Mac + Clone> Verifier<Vec<u8>> for Keyed<M> {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), SignatureError> {
        let mut mac = self.mac.clone();
        mac.update(message);
        // In constant time, after a length check.
        mac.verify_slice(signature)
            .map_err(SignatureError::from_source)
    }
}

impl<M: Mac + Clone> JwtSigner for Keyed<M> {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl<M: Mac + Clone> JwtVerifier for Keyed<M> {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_algorithms_and_other_keys_are_errors_and_never_panics() {
        let secret = EncodingKey::from_secret(b"k");
        for algorithm in [Algorithm::RS256, Algorithm::ES384, Algorithm::EdDSA] {
            assert!(signer(&algorithm, &secret).is_err());
            assert!(verifier(&algorithm, &DecodingKey::from_secret(b"k")).is_err());
        }
        assert!(signer(&Algorithm::HS256, &EncodingKey::from_rsa_der(b"k")).is_err());
        assert!(verifier(&Algorithm::HS256, &DecodingKey::from_rsa_der(b"k")).is_err());
    }

    #[test]
    fn the_crates_own_functions_take_our_tokens_once_it_is_installed() {
        install();
        install();
        let claims = serde_json::json!({ "sub": "twilio", "exp": 4_000_000_000_i64 });
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let token = super::super::sign(&claims, "secret_key", algorithm).unwrap();
            let decoded = jsonwebtoken::decode::<serde_json::Value>(
                &token,
                &DecodingKey::from_secret(b"secret_key"),
                &jsonwebtoken::Validation::new(algorithm),
            )
            .unwrap();
            assert_eq!(decoded.claims, claims);
        }
    }
}
