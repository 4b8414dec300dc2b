//! Signatures compared with npm twilio 6.2.0: signing, and which forms of a URL are accepted.

use crate::oracle::ask;
use serde_json::{Map, Value, json};
use switchboard::signature::{
    Arrival, Content, SignedRequest, Signer, body_sha256, check, variants,
};

pub(crate) type Params = Vec<(String, String)>;

/// A small generator, the same on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    pub(crate) fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    pub(crate) fn several(&mut self, from: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(from)).collect()
    }
}

const SCHEMES: &[&str] = &["http://", "https://", "https://", "HTTPS://", "Http://"];
const USERS: &[&str] = &[
    "",
    "",
    "",
    "",
    "user@",
    "user:pass@",
    "u:@",
    ":p@",
    "@",
    "a'b c:p;q@",
];
const HOSTS: &[&str] = &[
    "example.com",
    "MyCompany.com",
    "auth-4173-dev.twil.io",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "[2001:DB8:0:0:1:0:0:1]",
    "[::FFFF:1.2.3.4]",
    "a_b.example.",
    "ex%41mple.com",
    "1.2.3.4.",
];
const PORTS: &[&str] = &[
    "", "", "", "", ":443", ":80", ":3000", ":", ":0443", ":65535",
];
const PATH_PIECES: &[&str] = &[
    "/",
    "/sms",
    "/sms/reply",
    "/..",
    "/.",
    "/%2e%2E",
    "/a b",
    "/it's",
    "/%27",
    "/ö",
    "/👋",
    "//",
    "\\x",
    "/{a}",
    "/\"<>`",
    "/a:1@b",
    "/%zz",
    "/%2f",
    "/a|b",
    "/~!*()",
    "/;x=1",
    "/[1]",
];
const QUERY_PIECES: &[&str] = &[
    "a=1",
    "&b=2",
    "&",
    "=",
    "a",
    "&a=3",
    "it's",
    "%27",
    "two words",
    "+",
    "%2B",
    "%2b",
    "%20",
    "ö",
    "👋",
    "%C3%B6",
    "%ff",
    "%",
    "%4",
    "%4%41",
    "%%41",
    "&10=x",
    "&9=y",
    "&01=z",
    "\"<>",
    "`{}",
    "~!*()",
    "&bodySHA256=x",
    "?",
    "/",
    "@",
    ":",
    "|",
    "\\",
    "[]",
    "&__proto__=1",
    "&4294967295=1",
    "&4294967294=2",
    "%0A",
    "%00",
];
const NAMES: &[&str] = &[
    "Body", "From", "FromCity", "Fro", "a", "A", "b", "é", "\u{ffff}", "👋", "", "10", "9", "to",
];
const VALUES: &[&str] = &[
    "",
    " ",
    "Ahoy",
    "+14155550100",
    "Olá 👋",
    "\u{ffff}",
    "👋",
    "a&b=c",
    "10",
    "9",
    "1",
    " hi ",
    "line\r\nend",
];
const TOKENS: &[&str] = &["12345", "12345678901234567890123456789012", "", "ключ"];

fn url(random: &mut Random) -> String {
    let path = random.several(PATH_PIECES, 4);
    let path = match path.as_str() {
        // Without a slash the host would go on.
        p if p.is_empty() || p.starts_with('/') => path,
        p => format!("/{p}"),
    };
    let query = match random.below(3) {
        0 => String::new(),
        _ => format!("?{}", random.several(QUERY_PIECES, 6)),
    };
    let fragment = random.pick(&["", "", "", "", "#", "#f'`\""]);
    [
        random.pick(SCHEMES),
        random.pick(USERS),
        random.pick(HOSTS),
        random.pick(PORTS),
        &path,
        &query,
        fragment,
    ]
    .concat()
}

fn params(random: &mut Random) -> Params {
    (0..random.below(6))
        .map(|_| {
            (
                random.pick(NAMES).to_string(),
                random.pick(VALUES).to_string(),
            )
        })
        .collect()
}

/// The object that a form parser of JavaScript's makes of the pairs.
pub(crate) fn object(params: &Params) -> Value {
    let mut object = Map::new();
    for (name, value) in params {
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), json!(value));
            }
            Some(Value::Array(values)) => values.push(json!(value)),
            Some(single) => *single = json!([single.take(), value]),
        }
    }
    Value::Object(object)
}

fn accepts(token: &str, signature: &str, url: &str, params: &Params) -> bool {
    let signer = Signer::new(token);
    variants(url).any(|(_, form)| signer.verify(signature, &form, params))
}

/// Changes that URLs go through between the signer and us, and some that nobody makes.
fn mutated(random: &mut Random, url: &str) -> String {
    match random.below(10) {
        0 => url.to_lowercase(),
        1 => url.replacen("://", "://x.", 1),
        2 => url.replace("%27", "'"),
        3 => url.replace('\'', "%27"),
        4 => url.replace(":443", "").replace(":80", ""),
        5 => url.replacen("https://", "http://", 1),
        6 => format!("{url}&x=1"),
        7 => url.replace('+', "%20"),
        8 => url.trim_end_matches(['/', '?', '&']).to_string(),
        _ => url.to_string(),
    }
}

#[test]
fn signatures_are_npm_twilios() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let cases: Vec<(String, String, Params)> = (0..1000)
        .map(|_| {
            let token = random.pick(TOKENS).to_string();
            (token, url(&mut random), params(&mut random))
        })
        .collect();
    let sign: Vec<Value> = cases
        .iter()
        .map(|(token, url, params)| json!({ "token": token, "url": url, "params": object(params) }))
        .collect();
    let answers = ask(
        "signature.js",
        &json!({ "sign": sign, "validate": [], "bodies": [] }),
    );
    let answers = answers["sign"].as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    for ((token, url, params), answer) in cases.iter().zip(answers) {
        let ours = Signer::new(token).sign(url, params);
        assert_eq!(json!(ours), *answer, "{url} {params:?}");
    }
}

#[test]
fn the_same_forms_of_a_url_are_accepted() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut cases: Vec<(String, String, Params)> = Vec::new();
    for _ in 0..600 {
        let url = url(&mut random);
        let params = params(&mut random);
        let signer = Signer::new("12345");
        // What we take for the forms of the URL: the original must take them too, ...
        for (_, form) in variants(&url) {
            cases.push((signer.sign(&form, &params), url.clone(), params.clone()));
        }
        // ... and URLs signed with some change must be taken, or not, by both.
        for _ in 0..4 {
            let signed = mutated(&mut random, &url);
            let received = mutated(&mut random, &url);
            cases.push((signer.sign(&signed, &params), received, params.clone()));
        }
    }
    // `querystring` reads 1,000 pairs, empty ones counted.
    for pairs in [999, 1000, 1001] {
        let url = format!("https://h/?&{}", "a=%27&".repeat(pairs));
        let params = Vec::new();
        for read in [998, 999, 1000, 1001] {
            let form = format!("https://h/?{}", vec!["a='"; read].join("&"));
            let signature = Signer::new("12345").sign(&form, &params);
            cases.push((signature, url.clone(), params.clone()));
        }
    }
    let validate: Vec<Value> = cases
        .iter()
        .map(|(signature, url, params)| {
            json!({
                "token": "12345", "signature": signature, "url": url, "params": object(params)
            })
        })
        .collect();
    let answers = ask(
        "signature.js",
        &json!({ "sign": [], "validate": validate, "bodies": [] }),
    );
    let mut accepted = 0;
    for ((signature, url, params), answer) in
        cases.iter().zip(answers["validate"].as_array().unwrap())
    {
        let ours = accepts("12345", signature, url, params);
        // Where `new URL()` throws the original does not accept.
        assert_eq!(ours, *answer == json!(true), "{url} {answer}");
        accepted += usize::from(ours);
    }
    // Both kinds are there in numbers.
    assert!(accepted > 500 && cases.len() - accepted > 500, "{accepted}");
}

/// The URLs whose normal form the subset of the URL Standard does not know, or takes from another
/// version of Node, with what the original makes of them: a signature for it is refused here.
#[test]
fn the_differences_are_these() {
    let differences = [
        (
            "https://straße.de/a",
            "https://xn--strae-oqa.de/a",
            "international names need tables",
        ),
        (
            "https://0x7f.1/a",
            "https://127.0.0.1/a",
            "old ways to write IPv4",
        ),
        (
            "https://127.1/a",
            "https://127.0.0.1/a",
            "old ways to write IPv4",
        ),
    ];
    // Here the original throws, and so refuses, what is accepted here.
    let lenient = [(
        "https://xn--a.com",
        "https://xn--a.com/",
        "Punycode is not checked",
    )];
    let signer = Signer::new("12345");
    let case = |url: &str, form: &str| json!({ "token": "12345", "signature": signer.sign(form, &[]), "url": url, "params": {} });
    let validate: Vec<Value> = differences
        .iter()
        .chain(&lenient)
        .map(|(url, form, _)| case(url, form))
        .collect();
    let answers = ask(
        "signature.js",
        &json!({ "sign": [], "validate": validate, "bodies": [] }),
    );
    let answers = answers["validate"].as_array().unwrap();
    let (first, rest) = answers.split_at(differences.len());
    for ((url, form, why), answer) in differences.iter().zip(first) {
        assert_eq!(*answer, json!(true), "{url}: {why}");
        assert!(
            !accepts("12345", &signer.sign(form, &[]), url, &vec![]),
            "{url}: {why}"
        );
    }
    for ((url, form, why), answer) in lenient.iter().zip(rest) {
        assert_eq!(*answer, Value::Null, "{url}: {why}");
        assert!(
            accepts("12345", &signer.sign(form, &[]), url, &vec![]),
            "{url}: {why}"
        );
    }
}

#[test]
fn bodies_are_judged_alike_where_the_url_names_a_hash() {
    let body = r#"{"property": "value", "boolean": true}"#;
    let hash = body_sha256(body.as_bytes());
    let upper = hash.to_uppercase();
    let signer = Signer::new("12345");
    let mut cases = Vec::new();
    for query in [
        format!("bodySHA256={hash}"),
        format!("foo=1&bodySHA256={hash}&bar=2"),
        format!("bodySHA256={hash}&bodySHA256=x"),
        format!("bodySHA256=x&bodySHA256={hash}"),
        format!("bodySHA256={upper}"),
        format!("bodySHA256=%{:x}{}", hash.as_bytes()[0], &hash[1..]),
        format!("bodySHA256={hash}+"),
        "bodySHA256=".to_string(),
        "bodySHA256".to_string(),
    ] {
        for body in [
            body.to_string(),
            format!("{body} "),
            String::new(),
            "ö".into(),
        ] {
            for signed in [query.as_str(), "bodySHA256=other"] {
                let signature = signer.sign(&format!("https://mycompany.com/x?{signed}"), &[]);
                cases.push((query.clone(), body.clone(), signature));
            }
        }
    }
    let bodies: Vec<Value> = cases
        .iter()
        .map(|(query, body, signature)| {
            json!({
                "token": "12345",
                "signature": signature,
                "url": format!("https://mycompany.com/x?{query}"),
                "body": body,
            })
        })
        .collect();
    let answers = ask(
        "signature.js",
        &json!({ "sign": [], "validate": [], "bodies": bodies }),
    );
    let mut accepted = 0;
    for ((query, body, signature), answer) in
        cases.iter().zip(answers["bodies"].as_array().unwrap())
    {
        let request = SignedRequest {
            arrival: Arrival {
                scheme: "https",
                host: "mycompany.com",
                path: "/x",
                query: Some(query),
                ..Arrival::default()
            },
            method: "POST",
            content: Content::Body(body.as_bytes()),
            signatures: &[signature],
        };
        let ours = check(&request, &signer).is_accepted();
        assert_eq!(json!(ours), *answer, "{query} {body:?}");
        accepted += usize::from(ours);
    }
    assert!(accepted > 2, "{accepted}");
}
