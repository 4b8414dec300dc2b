//! What is said about the documented pair `/jwt` and `/bearer`: the commands to try it with, and
//! that its secret, users and salaries are known to everybody who read the document.
//!
//! Source: Twilio docs, "Protect your Function with JSON Web Token".

use crate::config::{Code, ServiceConfig};
use crate::visibility::Visibility;

/// The secret in the document.
const SECRET: &str = "secret_key";

/// Which documented values `service` uses, in one line.
pub(in crate::cli) fn note(service: &ServiceConfig) -> Option<String> {
    let runs = |name: &str| {
        let mut functions = service.functions.iter();
        functions.any(|function| matches!(&function.code, Code::Rust(handler) if handler == name))
    };
    let (jwt, bearer) = (runs("jwt"), runs("bearer"));
    let secret = service.variables.get("JWT_SECRET").unwrap_or(SECRET) == SECRET;
    let used: Vec<&str> = [
        ("secret (variable JWT_SECRET)", (jwt || bearer) && secret),
        (
            "users (private asset /users.json)",
            jwt && !has_private(service, "/users.json"),
        ),
        (
            "salaries (private asset /salaries.json)",
            bearer && !has_private(service, "/salaries.json"),
        ),
    ]
    .into_iter()
    .filter_map(|(what, used)| used.then_some(what))
    .collect();
    (!used.is_empty()).then(|| {
        format!(
            "{} uses the documented {}: known to everybody, set others for anything real",
            service.name,
            used.join(", ")
        )
    })
}

/// The commands that try the pair, if `service` has both under the base `url`.
pub(super) fn commands(service: &ServiceConfig, url: &str) -> Vec<String> {
    let has = |path: &str| {
        let mut functions = service.functions.iter();
        functions.any(|f| f.path.as_str() == path && f.visibility == Visibility::Public)
    };
    if !has("/jwt") || !has("/bearer") {
        return Vec::new();
    }
    // With users of one's own the documented one is unknown.
    let body = if has_private(service, "/users.json") {
        r#"{"username":"NAME","password":"PASSWORD"}"#
    } else {
        r#"{"username":"twilio","password":"ahoy"}"#
    };
    let jwt = format!("{url}/jwt -H 'Content-Type: application/json' --data-raw '{body}'");
    vec![
        format!("curl -i -X POST {url}/bearer"),
        format!("curl -i -X POST {jwt}"),
        format!("TOKEN=$(curl -si -X POST {jwt} | tr -d '\\r' | sed -n 's/^access_token: //p')"),
        format!("curl -i -X POST {url}/bearer -H \"Authorization: Bearer $TOKEN\""),
    ]
}

fn has_private(service: &ServiceConfig, path: &str) -> bool {
    let mut assets = service.assets.iter();
    assets.any(|asset| asset.path.as_str() == path && asset.visibility == Visibility::Private)
}
