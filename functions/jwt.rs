//! `/jwt`: hands out a token for a user name and a password.
//!
//! The documented function of Twilio's "Protect your Function with JSON Web Token", in Rust: the
//! token goes out in the header `access_token`, the body is `OK`.

use serde::Serialize;
use serde_json::Value;
use switchboard::jwt::{self, Algorithm};
use switchboard::{Callback, Context, Event, HandlerError, Outcome, Response};

/// How long a token is good for: a day.
const LIFE_SECONDS: i64 = 86_400;

/// The secret of the documented function; set `JWT_SECRET` to have another.
pub(crate) const DOCUMENTED_SECRET: &str = "secret_key";

/// Name and password where the service has no private asset `/users.json`.
const DOCUMENTED_USER: [&str; 2] = ["twilio", "ahoy"];

/// What a token says, in the order in which it says it.
#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    org: &'a str,
    perms: &'a [&'a str],
    iat: i64,
    exp: i64,
}

/// Checks `username` and `password` and answers with a token.
pub async fn handler(context: Context, event: Event, callback: Callback) -> Outcome {
    let mut response = Response::new();
    if !is_user(&context, &event)? {
        response
            .set_body("Username or password is incorrect")
            .set_status_code(401);
        return callback.success(response);
    }
    response
        .set_body("OK")
        .append_header("access_token", token(&context)?);
    callback.success(response)
}

/// Whether the event names one of the users. Strict as JavaScript's `===`: a parameter that is
/// given twice is a list, and a list is no user name.
///
/// All users are compared whole, so that the time taken tells nothing of how much was right.
fn is_user(context: &Context, event: &Event) -> Result<bool, HandlerError> {
    let (Some(name), Some(password)) = (event.text("username"), event.text("password")) else {
        return Ok(false);
    };
    let is = |known: [&str; 2]| same(known[0], name) & same(known[1], password);
    let Some(asset) = context.runtime().get_assets().get("/users.json") else {
        return Ok(is(DOCUMENTED_USER));
    };
    let users: Vec<Value> = serde_json::from_str(&asset.open()?)?;
    let mut found = false;
    for user in &users {
        let text = |key: &str| user.get(key).and_then(Value::as_str);
        // An entry that lacks one of them is nobody's.
        if let (Some(username), Some(password)) = (text("username"), text("password")) {
            found |= is([username, password]);
        }
    }
    Ok(found)
}

fn same(expected: &str, given: &str) -> bool {
    let differences = expected
        .bytes()
        .zip(given.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    (expected.len() == given.len()) & (std::hint::black_box(differences) == 0)
}

fn token(context: &Context) -> Result<String, HandlerError> {
    let issued = context.clock().unix_seconds();
    let claims = Claims {
        sub: "twilio",
        iss: "twil.io",
        org: "twilio",
        perms: &["read"],
        iat: issued,
        exp: issued + LIFE_SECONDS,
    };
    Ok(jwt::sign(&claims, secret(context), Algorithm::HS256)?)
}

/// The secret that tokens are signed and verified with.
pub(crate) fn secret(context: &Context) -> &str {
    context.get("JWT_SECRET").unwrap_or(DOCUMENTED_SECRET)
}
