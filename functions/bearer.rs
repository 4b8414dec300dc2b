//! `/bearer`: salaries, for those who bring a token of `/jwt`.
//!
//! The documented function of Twilio's "Protect your Function with JSON Web Token", in Rust.

use super::jwt::secret;
use serde_json::{Value, json};
use switchboard::{Callback, Context, Event, HandlerError, Outcome, Response, jwt};

/// Answers with the salaries, or with the challenge.
pub async fn handler(context: Context, event: Event, callback: Callback) -> Outcome {
    if !is_authorized(&context, &event) {
        return callback.success(unauthorized());
    }
    callback.success(salaries(&context)?)
}

/// Whether the request brings `Authorization: Bearer TOKEN` with a token that holds.
///
/// Split at single spaces, as the JavaScript does: with two spaces the token is empty.
fn is_authorized(context: &Context, event: &Event) -> bool {
    let Some(authorization) = event.request().header("authorization") else {
        return false;
    };
    let mut parts = authorization.split(' ');
    let kind = parts.next().unwrap_or_default();
    let token = parts.next().unwrap_or_default();
    kind.eq_ignore_ascii_case("bearer")
        && jwt::verify(token, secret(context), context.clock().unix_seconds()).is_ok()
}

fn unauthorized() -> Response {
    let mut response = Response::new();
    response
        .set_body("Unauthorized")
        .set_status_code(401)
        .append_header(
            "WWW-Authenticate",
            "Bearer realm=\"Access to read salaries\"",
        );
    response
}

/// The salaries: the private asset `/salaries.json` of the service, or the documented two.
fn salaries(context: &Context) -> Result<Value, HandlerError> {
    match context.runtime().get_assets().get("/salaries.json") {
        Some(asset) => Ok(serde_json::from_str(&asset.open()?)?),
        None => Ok(json!([
            { "username": "jdoe", "salary": "$2000.00" },
            { "username": "mturner", "salary": "$2500.00" },
        ])),
    }
}
