//! JSON Web Tokens as npm `jsonwebtoken` 9 makes and verifies them, for secrets (HMAC).
//!
//! A Function written in JavaScript says `jwt.sign(…)` and `jwt.verify(token, secret)`; its twin in
//! Rust must accept the same tokens and refuse the others with the same words. The crate
//! `jsonwebtoken` gives the keys, the algorithms and the traits of the cryptography; its `encode`
//! and `decode` are not used, because they put `typ` before `alg`, ask for `exp` and allow a minute
//! of leeway, where npm does none of that. Public-key algorithms are left out: what Twilio documents
//! for Functions, and Twilio's own access tokens, are HMAC.
//!
//! Source: npm jsonwebtoken 9.0.3 (`sign.js`, `verify.js`, `decode.js`), jws 4, jwa 2; the tests
//! compare with them.

mod compact;
mod header;
mod provider;
mod sign;
mod verify;

pub use jsonwebtoken::Algorithm;
pub use provider::install;
pub use sign::{SignError, sign};
pub use verify::{VerifyError, verify};
