//! Tokens: the first line is claims, the second where and how a good token is damaged, the third a
//! token as it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};
use switchboard::jwt::{Algorithm, sign, verify};

const SECRET: &str = "secret_key";
const NOW: i64 = 1_628_032_595;

pub(super) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (claims, damage, token) = (line(), line(), line());
    accepted_only_if_signed(token);
    accepted_only_if_signed(text);
    let Ok(claims) = serde_json::from_str::<Value>(claims) else {
        return;
    };
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let Ok(good) = sign(&claims, SECRET, algorithm) else {
            return;
        };
        let verified = verify(&good, SECRET, NOW);
        if let Ok(payload) = &verified {
            // To the text: numbers are doubles in JavaScript, and may be written otherwise here.
            assert_eq!(
                payload.as_object().map(|o| o.len()),
                claims.as_object().map(|o| o.len())
            );
        }
        assert!(verify(&good, "another", NOW).is_err());
        assert!(verify(&good, "", NOW).is_err());
        // Whatever is changed in it, it is no longer good.
        let at = damage.len() % good.len();
        for with in [".", "A", "_", "=", " ", ""].into_iter().chain([damage]) {
            let damaged = format!("{}{with}{}", &good[..at], &good[at + 1..]);
            if damaged != good {
                assert!(verify(&damaged, SECRET, NOW).is_err(), "{damaged}");
            }
            accepted_only_if_signed(&damaged);
        }
    }
}

/// No token is taken whose signature is another text than that of its first two parts.
fn accepted_only_if_signed(token: &str) {
    if verify(token, SECRET, NOW).is_err() {
        return;
    }
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let right = [
        mac::<Hmac<Sha256>>(signed),
        mac::<Hmac<Sha384>>(signed),
        mac::<Hmac<Sha512>>(signed),
    ];
    assert!(right.iter().any(|right| right == signature), "{token}");
}

fn mac<M: Mac + KeyInit>(signed: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(signed.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}
