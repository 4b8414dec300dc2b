//! The documented pair `/jwt` and `/bearer` once in JavaScript, as its users have it, and once in
//! Rust: the same requests get the same bytes from both.
//!
//! Both are served by one server, side by side. The date is masked; where a token is handed out, the
//! two are asked again until both have answered within one second, and are then compared whole.

use crate::functions;
use crate::http::{Reply, ask};
use crate::oracle;
use crate::project::{Project, Site};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};
use switchboard::jwt::{self, Algorithm};

const SERVICES: &str = r#"
default_service = "rust"
[services.rust.functions]
"/jwt" = { handler = "rust:jwt" }
"/bearer" = { handler = "rust:bearer" }
[services.javascript]
root = "javascript"
"#;

const JWT: &str = r#"
const jwt = require('jsonwebtoken');

exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  if (event.username !== 'twilio' || event.password !== 'ahoy') {
    response.setBody('Username or password is incorrect').setStatusCode(401);
    return callback(null, response);
  }
  const claims = { sub: 'twilio', iss: 'twil.io', org: 'twilio', perms: ['read'] };
  const token = jwt.sign(claims, 'secret_key', { expiresIn: '1d' });
  response.setBody('OK').appendHeader('access_token', token);
  return callback(null, response);
};
"#;

const BEARER: &str = r#"
const jwt = require('jsonwebtoken');

const refused = () =>
  new Twilio.Response()
    .setBody('Unauthorized')
    .setStatusCode(401)
    .appendHeader('WWW-Authenticate', 'Bearer realm="Access to read salaries"');

exports.handler = (context, event, callback) => {
  const { authorization } = event.request.headers;
  if (!authorization) return callback(null, refused());
  const [kind, token] = authorization.split(' ');
  if (kind.toLowerCase() !== 'bearer') return callback(null, refused());
  try {
    jwt.verify(token, 'secret_key');
  } catch (error) {
    return callback(null, refused());
  }
  return callback(null, [
    { username: 'jdoe', salary: '$2000.00' },
    { username: 'mturner', salary: '$2500.00' },
  ]);
};
"#;

async fn site() -> Site {
    let site = Project::new()
        .file("services.toml", SERVICES)
        .file("javascript/functions/jwt.js", JWT)
        .file("javascript/functions/bearer.js", BEARER)
        .handlers(functions::all())
        .start()
        .await;
    let modules = oracle::installed().join("node_modules");
    let link = site.path("javascript/node_modules");
    std::os::unix::fs::symlink(modules, link).expect("a link");
    site
}

/// What came over the wire, but for the moment that `date` names.
fn wire(reply: &Reply) -> String {
    let mut text = format!("{}\n", reply.status);
    for (name, value) in &reply.headers {
        let value = if name == "date" { "…" } else { value };
        text.push_str(&format!("{name}: {value}\n"));
    }
    text + "\n" + &reply.text()
}

/// The answers of both to one request; `head` begins with the method and a path within the service.
fn both(site: &Site, head: &str, body: &str) -> (Reply, Reply) {
    let (method, rest) = head.split_once(' ').expect("a method and a path");
    let one = |service: &str| ask(site.port(), &format!("{method} /{service}{rest}"), body);
    (one("rust"), one("javascript"))
}

/// Asserts that both answer alike, and returns the status.
fn alike(site: &Site, head: &str, body: &str) -> u16 {
    // A second can end between the two, but not every time.
    for _ in 0..20 {
        let (rust, javascript) = both(site, head, body);
        let issued = |reply: &Reply| {
            reply
                .header("access_token")
                .map(|token| claim(token, "iat"))
        };
        if issued(&rust)
            .zip(issued(&javascript))
            .is_none_or(|(a, b)| a == b)
        {
            assert_eq!(wire(&rust), wire(&javascript), "{head} {body}");
            return rust.status;
        }
    }
    panic!("no two answers within one second: {head}");
}

fn claim(token: &str, name: &str) -> i64 {
    let claims = jwt::verify(token, "secret_key", now()).expect("it holds");
    claims[name].as_i64().expect("a number")
}

fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(passed.expect("it is later than 1970").as_secs()).expect("and not that late")
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_handed_out_alike() {
    let site = site().await;
    let form = "POST /jwt\nContent-Type: application/x-www-form-urlencoded";
    let json = "POST /jwt\nContent-Type: application/json";
    for (head, body, status) in [
        (json, r#"{"username":"twilio","password":"ahoy"}"#, 200),
        (form, "username=twilio&password=ahoy", 200),
        (form, "username=twilio&password=%61hoy&more=1", 200),
        ("GET /jwt?username=twilio&password=ahoy", "", 200),
        ("POST /jwt?username=twilio&password=ahoy", "", 200),
        ("PUT /jwt?username=twilio&password=ahoy", "", 403),
        (form, "username=twilio&password=Ahoy", 401),
        (form, "username=twilio", 401),
        (form, "username=twilio&username=twilio&password=ahoy", 401),
        (form, "username[]=twilio&password=ahoy", 401),
        (json, r#"{"username":"twilio","password":["ahoy"]}"#, 401),
        (json, r#"{"username":"twilio","password":"ahoy "}"#, 401),
        (json, r#"{"username":null,"password":true}"#, 401),
        (json, r#"["twilio","ahoy"]"#, 401),
        ("POST /jwt", "", 401),
        ("GET /jwt", "", 401),
        (json, "{", 400),
    ] {
        assert_eq!(alike(&site, head, body), status, "{head} {body}");
    }
    alike(&site, "OPTIONS /jwt\nOrigin: https://example.com", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_judged_alike() {
    let site = site().await;
    let now = now();
    let signed = |claims, secret: &str, algorithm| {
        jwt::sign(&claims, secret, algorithm).expect("claims can be signed")
    };
    let day = now + 86_400;
    let good = signed(
        json!({ "sub": "twilio", "exp": day }),
        "secret_key",
        Algorithm::HS256,
    );
    let with = |claims| signed(claims, "secret_key", Algorithm::HS256);
    let of = |algorithm| signed(json!({ "exp": day }), "secret_key", algorithm);
    let (head, rest) = good.split_once('.').expect("three parts");
    let table = [
        (format!("Bearer {good}"), 200),
        (format!("bearer {good} and more"), 200),
        (format!("BEARER {good}"), 200),
        (format!("Bearer {}", of(Algorithm::HS384)), 200),
        (format!("Bearer {}", of(Algorithm::HS512)), 200),
        (format!("Bearer {}", with(json!({ "sub": "anyone" }))), 200),
        (format!("Bearer {}", with(json!({ "nbf": now - 60 }))), 200),
        (format!("Bearer {}", with(json!({ "nbf": day }))), 401),
        (format!("Bearer {}", with(json!({ "exp": now - 1 }))), 401),
        (
            format!(
                "Bearer {}",
                signed(json!({ "exp": day }), "secret", Algorithm::HS256)
            ),
            401,
        ),
        (format!("Bearer {good}x"), 401),
        (format!("Bearer {head}x.{rest}"), 401),
        // {"alg":"none"}, without a signature.
        (
            format!(
                "Bearer eyJhbGciOiJub25lIn0.{}.",
                rest.split('.').next().unwrap_or("")
            ),
            401,
        ),
        (format!("Bearer  {good}"), 401),
        (format!("Basic {good}"), 401),
        (format!("Bearer\t{good}"), 401),
        (good.clone(), 401),
        ("Bearer".to_string(), 401),
        ("Bearer null".to_string(), 401),
        ("Bearer a.b.c".to_string(), 401),
        (String::new(), 401),
    ];
    for (authorization, status) in &table {
        for method in ["GET", "POST"] {
            let head = format!("{method} /bearer\nAuthorization: {authorization}");
            assert_eq!(alike(&site, &head, ""), *status, "{authorization}");
        }
    }
    assert_eq!(alike(&site, "GET /bearer", ""), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_either_opens_both() {
    let site = site().await;
    let (rust, javascript) = both(&site, "GET /jwt?username=twilio&password=ahoy", "");
    for reply in [rust, javascript] {
        let token = reply.header("access_token").expect("a token");
        assert_eq!(claim(token, "exp") - claim(token, "iat"), 86_400);
        let head = format!("GET /bearer\nAuthorization: Bearer {token}");
        assert_eq!(alike(&site, &head, ""), 200);
    }
}
