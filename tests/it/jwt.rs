//! Tokens compared with npm jsonwebtoken 9.0.3: hand-made ones, mutated ones, and signing.

use crate::oracle::ask;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use switchboard::jwt::{self, Algorithm, VerifyError};

const NOW: i64 = 1_628_032_600;
const SECRET: &str = "secret_key";
const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac<M: Mac + KeyInit>(secret: &str, message: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(message.as_bytes());
    b64(mac.finalize().into_bytes())
}

/// `signed` with a signature of the given size.
fn sealed(signed: &str, secret: &str, bits: u16) -> String {
    let signature = match bits {
        256 => mac::<Hmac<sha2::Sha256>>(secret, signed),
        384 => mac::<Hmac<sha2::Sha384>>(secret, signed),
        _ => mac::<Hmac<sha2::Sha512>>(secret, signed),
    };
    format!("{signed}.{signature}")
}

fn token(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sealed(&format!("{}.{}", b64(header), b64(payload)), SECRET, 256)
}

/// What came out, in a form that JSON of either side compares by: numbers as doubles.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64()),
        Value::Array(items) => items.iter().map(comparable).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| (k.clone(), comparable(v)))
            .collect(),
        other => other.clone(),
    }
}

fn ours(token: &str, secret: &str) -> Value {
    match jwt::verify(token, secret, NOW) {
        Ok(payload) => json!({ "ok": comparable(&payload) }),
        // These words are V8's own and change between versions of Node.
        Err(e @ VerifyError::PayloadNotJson(_)) => json!({ "name": e.name() }),
        Err(e) => json!({ "name": e.name(), "message": e.to_string() }),
    }
}

fn theirs(answer: &Value) -> Value {
    match answer.get("ok") {
        Some(payload) => json!({ "ok": comparable(payload) }),
        None if answer["name"] == "SyntaxError" => json!({ "name": "SyntaxError" }),
        None => answer.clone(),
    }
}

/// Asks npm about each `(what, token, secret)` and returns both answers.
fn both(cases: &[(String, String, String)], kinds: bool) -> Vec<(Value, Value)> {
    let verify: Vec<Value> = cases
        .iter()
        .map(|(_, token, secret)| json!({ "token": token, "secret": secret }))
        .collect();
    let answers = ask(
        "jwt.js",
        &json!({ "now": NOW, "kinds": kinds, "verify": verify, "sign": [] }),
    );
    let answers = answers["verify"].as_array().expect("a list");
    assert_eq!(answers.len(), cases.len());
    cases
        .iter()
        .zip(answers)
        .map(|((_, token, secret), answer)| (ours(token, secret), theirs(answer)))
        .collect()
}

fn same(cases: &[(String, String, String)]) {
    for ((what, token, _), (ours, theirs)) in cases.iter().zip(both(cases, false)) {
        assert_eq!(ours, theirs, "{what}: {token}");
    }
}

fn payloads() -> Vec<(&'static str, String)> {
    let far = NOW + 1000;
    let claims = |text: &str| text.to_string();
    vec![
        ("no exp", claims(r#"{"sub":"twilio"}"#)),
        ("valid", format!(r#"{{"sub":"twilio","exp":{far}}}"#)),
        ("expired by a second", format!(r#"{{"exp":{}}}"#, NOW - 1)),
        ("expires at the second", format!(r#"{{"exp":{NOW}}}"#)),
        ("expires in a second", format!(r#"{{"exp":{}}}"#, NOW + 1)),
        (
            "expires in half a second",
            format!(r#"{{"exp":{}.5}}"#, NOW),
        ),
        (
            "expired half a second ago",
            format!(r#"{{"exp":{}.5}}"#, NOW - 1),
        ),
        ("exp as text", format!(r#"{{"exp":"{far}"}}"#)),
        ("exp null", claims(r#"{"exp":null}"#)),
        ("exp true", claims(r#"{"exp":true}"#)),
        ("exp an array", format!(r#"{{"exp":[{far}]}}"#)),
        ("exp negative", claims(r#"{"exp":-1}"#)),
        ("exp zero", claims(r#"{"exp":0}"#)),
        ("exp minus zero", claims(r#"{"exp":-0}"#)),
        (
            "exp huge",
            claims(r#"{"exp":123456789012345678901234567890}"#),
        ),
        ("exp in exponent form", claims(r#"{"exp":1e300}"#)),
        ("exp tiny", claims(r#"{"exp":1e-300}"#)),
        ("nbf past", format!(r#"{{"nbf":{}}}"#, NOW - 1)),
        ("nbf now", format!(r#"{{"nbf":{NOW}}}"#)),
        ("nbf to come", format!(r#"{{"nbf":{}}}"#, NOW + 1)),
        ("nbf as text", format!(r#"{{"nbf":"{NOW}"}}"#)),
        ("nbf null", claims(r#"{"nbf":null}"#)),
        (
            "nbf to come and expired",
            format!(r#"{{"nbf":{far},"exp":1}}"#),
        ),
        (
            "bad exp and nbf to come",
            format!(r#"{{"exp":"x","nbf":{far}}}"#),
        ),
        ("iat in the future", format!(r#"{{"iat":{far}}}"#)),
        ("iat as text", claims(r#"{"iat":"x"}"#)),
        ("duplicate exp", format!(r#"{{"exp":1,"exp":{far}}}"#)),
        (
            "duplicate exp, expired last",
            format!(r#"{{"exp":{far},"exp":1}}"#),
        ),
        ("own __proto__", claims(r#"{"__proto__":{"exp":1}}"#)),
        ("array", claims("[1,2]")),
        ("array of claims", claims(r#"[{"exp":1}]"#)),
        ("number", claims("5")),
        ("true", claims("true")),
        ("false", claims("false")),
        ("null", claims("null")),
        ("text", claims(r#""hello""#)),
        ("text that holds claims", claims(r#""{\"exp\":1}""#)),
        ("text that holds an array", claims(r#""[1]""#)),
        ("text that holds null", claims(r#""null""#)),
        ("empty object", claims("{}")),
        ("white space around", claims(" \n{\"a\":1}\t ")),
        ("byte order mark", claims("\u{feff}{}")),
        ("not JSON", claims("hello")),
        ("half JSON", claims(r#"{"a":"#)),
        ("trailing comma", claims(r#"{"a":1,}"#)),
        ("two values", claims("{}{}")),
        (
            "unicode",
            claims(r#"{"name":"Olá 👋","escaped":"\ud83d\udc4b"}"#),
        ),
        ("deep", format!("{}{}", "[".repeat(100), "]".repeat(100))),
    ]
}

fn headers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("usual", HS256),
        ("order turned", r#"{"typ":"JWT","alg":"HS256"}"#),
        ("no typ", r#"{"alg":"HS256"}"#),
        ("typ in lower case", r#"{"alg":"HS256","typ":"jwt"}"#),
        ("typ at+jwt", r#"{"alg":"HS256","typ":"at+jwt"}"#),
        ("typ null", r#"{"alg":"HS256","typ":null}"#),
        ("typ a number", r#"{"alg":"HS256","typ":1}"#),
        ("alg in lower case", r#"{"alg":"hs256","typ":"JWT"}"#),
        ("alg none", r#"{"alg":"none","typ":"JWT"}"#),
        ("alg None", r#"{"alg":"None","typ":"JWT"}"#),
        ("alg missing", r#"{"typ":"JWT"}"#),
        ("alg null", r#"{"alg":null,"typ":"JWT"}"#),
        ("alg an array", r#"{"alg":["HS256"],"typ":"JWT"}"#),
        ("alg with a space", r#"{"alg":"HS256 ","typ":"JWT"}"#),
        ("alg RS256", r#"{"alg":"RS256","typ":"JWT"}"#),
        ("alg ES256", r#"{"alg":"ES256","typ":"JWT"}"#),
        ("alg PS512", r#"{"alg":"PS512","typ":"JWT"}"#),
        ("alg of another size", r#"{"alg":"HS384","typ":"JWT"}"#),
        ("alg unknown", r#"{"alg":"HS1","typ":"JWT"}"#),
        (
            "alg twice, good last",
            r#"{"alg":"none","alg":"HS256","typ":"JWT"}"#,
        ),
        (
            "alg twice, bad last",
            r#"{"alg":"HS256","alg":"none","typ":"JWT"}"#,
        ),
        ("crit", r#"{"alg":"HS256","typ":"JWT","crit":["exp"]}"#),
        (
            "b64 false",
            r#"{"alg":"HS256","typ":"JWT","b64":false,"crit":["b64"]}"#,
        ),
        ("kid", r#"{"alg":"HS256","typ":"JWT","kid":"../../x"}"#),
        ("jwk", r#"{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct"}}"#),
        (
            "unicode in the header",
            r#"{"alg":"HS256","typ":"JWT","x":"é👋"}"#,
        ),
        ("text", r#""HS256""#),
        ("empty text", r#""""#),
        ("number", "1"),
        ("zero", "0"),
        ("zero point zero", "0.0"),
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
        ("array", r#"["HS256"]"#),
        ("empty object", "{}"),
        ("not JSON", "hello"),
        ("byte order mark", "\u{feff}{\"alg\":\"HS256\"}"),
    ]
}

/// Tokens whose text, not whose content, is unusual.
fn shapes() -> Vec<(&'static str, String)> {
    let good = token(HS256, r#"{"sub":"twilio"}"#);
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (header, payload) = signed.split_once('.').expect("three parts");
    let last = good.len() - 1;
    // The last of 43 characters holds four bits; these two differ in the two left over.
    let other_bits = {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = alphabet.find(&good[last..]).expect("base64url");
        format!("{}{}", &good[..last], &alphabet[at + 1..at + 2])
    };
    let standard = {
        // A payload whose base64 holds `-` and `_`, written with `+` and `/`.
        let payload = STANDARD.encode(r#"{"a":"???>>>~~~"}"#).replace('=', "");
        assert!(payload.contains('/') || payload.contains('+'));
        sealed(&format!("{header}.{payload}"), SECRET, 256)
    };
    vec![
        ("good", good.clone()),
        ("empty", String::new()),
        ("a dot", ".".into()),
        ("two dots", "..".into()),
        ("three dots", "...".into()),
        ("one part", header.into()),
        ("two parts", signed.into()),
        ("four parts", format!("{good}.x")),
        ("trailing dot", format!("{good}.")),
        ("leading dot", format!(".{good}")),
        ("no signature", format!("{signed}.")),
        ("no payload", format!("{header}..{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        ("space signature", format!("{signed}. ")),
        ("leading space", format!(" {good}")),
        ("trailing space", format!("{good} ")),
        ("trailing newline", format!("{good}\n")),
        ("newline inside", good.replacen('.', "\n.", 1)),
        ("Bearer before it", format!("Bearer {good}")),
        ("quoted", format!("\"{good}\"")),
        ("signature padded", format!("{good}=")),
        ("header padded", format!("{header}=.{payload}.{signature}")),
        ("signature cut", good[..last].into()),
        ("signature longer", format!("{good}A")),
        ("signature with other left-over bits", other_bits),
        ("signature in upper case", good.to_uppercase()),
        ("signature of one character", format!("{signed}.A")),
        ("standard alphabet", standard),
        (
            "payload of one character",
            sealed(&format!("{header}.A"), SECRET, 256),
        ),
        (
            "payload of one character, no typ",
            sealed(&format!("{}.A", b64(r#"{"alg":"HS256"}"#)), SECRET, 256),
        ),
        (
            "payload with a character too many",
            sealed(&format!("{header}.{}A", b64("{}{")), SECRET, 256),
        ),
        (
            "payload with left-over bits",
            sealed(&format!("{header}.e31"), SECRET, 256),
        ),
        (
            "payload not UTF-8",
            token(HS256, b"{\"a\":\"\xff\xe2\x82\"}"),
        ),
        ("unicode", format!("é{good}")),
        ("swapped parts", format!("{payload}.{header}.{signature}")),
        (
            "none without a signature",
            format!("{}.{payload}.", b64(r#"{"alg":"none"}"#)),
        ),
        ("wrong key", sealed(signed, "secret_kez", 256)),
        (
            "HS384",
            sealed(
                &format!("{}.{payload}", b64(r#"{"alg":"HS384","typ":"JWT"}"#)),
                SECRET,
                384,
            ),
        ),
        (
            "HS512",
            sealed(
                &format!("{}.{payload}", b64(r#"{"alg":"HS512","typ":"JWT"}"#)),
                SECRET,
                512,
            ),
        ),
        (
            "HS512 with the hash of HS256",
            token(r#"{"alg":"HS512","typ":"JWT"}"#, "{}"),
        ),
    ]
}

fn hand_made() -> Vec<(String, String, String)> {
    let mut cases = Vec::new();
    for (what, payload) in payloads() {
        for header in [HS256, r#"{"alg":"HS256"}"#] {
            let token = token(header, &payload);
            cases.push((format!("payload {what}"), token, SECRET.to_string()));
        }
    }
    for (what, header) in headers() {
        for payload in [r#"{"sub":"twilio"}"#, "hello"] {
            let token = token(header, payload);
            cases.push((format!("header {what}"), token, SECRET.to_string()));
        }
    }
    for (what, token) in shapes() {
        for secret in [SECRET, "", "other", PUBLIC_KEY] {
            cases.push((format!("shape {what}"), token.clone(), secret.to_string()));
        }
    }
    let long = "s".repeat(200);
    for secret in ["ключ 👋", " ", "\0", "a\nb", long.as_str(), PUBLIC_KEY] {
        let signed = format!("{}.{}", b64(HS256), b64("{}"));
        let token = sealed(&signed, secret, 256);
        cases.push((format!("secret {secret:?}"), token, secret.to_string()));
    }
    cases
}

#[test]
fn hand_made_tokens_end_as_with_npm() {
    let cases = hand_made();
    assert!(cases.len() >= 60, "{}", cases.len());
    same(&cases);
}

#[test]
fn mutated_tokens_end_as_with_npm() {
    let seeds: Vec<String> = payloads()
        .into_iter()
        // A mutation can halve an escaped pair of surrogates: a difference with its own test.
        .filter(|(_, payload)| !payload.contains(r"\u"))
        .map(|(_, payload)| token(HS256, payload))
        .collect();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let alphabet: Vec<char> = "ABab01-_.=+/ \né".chars().collect();
    let cases: Vec<_> = (0..1500)
        .map(|i| {
            let mut text: Vec<char> = seeds[random(seeds.len())].chars().collect();
            for _ in 0..=random(3) {
                let at = random(text.len());
                match random(4) {
                    0 => text[at] = alphabet[random(alphabet.len())],
                    1 => text.insert(at, alphabet[random(alphabet.len())]),
                    2 => {
                        text.remove(at);
                    }
                    _ => {
                        let other = random(text.len());
                        text.swap(at, other);
                    }
                }
            }
            let mut text: String = text.into_iter().collect();
            // Every second one is signed again, so that the checks behind the signature see it.
            if i % 2 == 0
                && let Some((signed, _)) = text.rsplit_once('.')
            {
                text = sealed(signed, SECRET, 256);
            }
            (format!("mutation {i}"), text, SECRET.to_string())
        })
        .collect();
    same(&cases);
}

#[test]
fn what_only_javascript_reads_as_json_is_refused() {
    let cases: Vec<_> = [
        ("exp infinite", r#"{"exp":1e400}"#.to_string()),
        ("half a surrogate pair", r#"{"a":"\ud83d"}"#.to_string()),
        (
            "nested too deep",
            format!("{}{}", "[".repeat(200), "]".repeat(200)),
        ),
    ]
    .into_iter()
    .map(|(what, payload)| (what.to_string(), token(HS256, payload), SECRET.to_string()))
    .collect();
    for ((what, ..), (ours, theirs)) in cases.iter().zip(both(&cases, true)) {
        assert_eq!(ours, json!({ "name": "SyntaxError" }), "{what}");
        assert_eq!(
            theirs,
            json!({ "ok": "object" }),
            "{what}: a difference less"
        );
    }
}

#[test]
fn signing_gives_npms_bytes() {
    let claims = [
        r#"{"sub":"twilio","iss":"twil.io","org":"twilio","perms":["read"],"iat":1628032595,"exp":1628118995}"#,
        r#"{"iat":1}"#,
        r#"{"z":1,"a":{"y":[],"x":{}},"iat":1}"#,
        r#"{"name":"Olá 👋 \u2028 \" \\ / \u007f \u0000 \b\f\n\r\t\u001f","iat":1}"#,
        r#"{"n":[0,-1,1.5,9007199254740991,true,false,null,""],"iat":1}"#,
        r#"{"iat":1,"nbf":2,"exp":3}"#,
        r#"{"a":"<script>&'","iat":1}"#,
    ];
    let refused = [
        (r#"{"iat":1,"exp":"x"}"#, SECRET),
        (r#"{"iat":1,"nbf":null}"#, SECRET),
        (r#"{"iat":"1"}"#, SECRET),
        (r#"[1]"#, SECRET),
        (r#"{"iat":1}"#, ""),
    ];
    let mut cases: Vec<(&str, &str, Algorithm)> = Vec::new();
    for claims in claims {
        for secret in [SECRET, "ключ 👋", " "] {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                cases.push((claims, secret, algorithm));
            }
        }
    }
    cases.extend(refused.map(|(claims, secret)| (claims, secret, Algorithm::HS256)));
    let sign: Vec<Value> = cases
        .iter()
        .map(|(claims, secret, algorithm)| {
            json!({ "claims": claims, "secret": secret, "algorithm": format!("{algorithm:?}") })
        })
        .collect();
    let answers = ask("jwt.js", &json!({ "now": NOW, "verify": [], "sign": sign }));
    for ((claims, secret, algorithm), answer) in
        cases.iter().zip(answers["sign"].as_array().unwrap())
    {
        let claims: Value = serde_json::from_str(claims).unwrap();
        match jwt::sign(&claims, secret, *algorithm) {
            Ok(token) => assert_eq!(json!({ "ok": token }), *answer, "{claims}"),
            Err(e) => assert_eq!(json!(e.to_string()), answer["message"], "{claims}"),
        }
    }
}
