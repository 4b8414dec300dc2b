//! What the command learns of the server: variables of its environment.
//!
//! The environment of a process can be read by its user alone, its arguments by everybody: nothing
//! here is ever put into arguments. Auth tokens other than the development token, which is no
//! secret, are given only where that was asked for.

use crate::config::AuthToken;
use crate::registry::{Registry, Service};
use std::collections::BTreeMap;
use std::ffi::OsString;

const URL: &str = "SWITCHBOARD_URL";
const AUTH_TOKEN: &str = "SWITCHBOARD_AUTH_TOKEN";
const LOG: &str = "SWITCHBOARD_LOG";

/// Which auth tokens the command is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tokens {
    /// The development token, where it is in use.
    Development,
    /// All of them.
    All,
}

/// Whether a variable of this process is one that an outer `exec` set: the command shall not take
/// it for one of this server's.
pub(super) fn is_ours(name: &str) -> bool {
    let of_service = |base: &str| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    of_service(URL) || of_service(AUTH_TOKEN) || name == LOG
}

/// The variables for what `registry` serves, by name: `SWITCHBOARD_URL`, and for each service
/// `SWITCHBOARD_URL_NAME`, likewise `SWITCHBOARD_AUTH_TOKEN`.
///
/// Without a suffix they are those of the default service, or of the only one.
pub(super) fn variables(registry: &Registry, tokens: Tokens) -> Vec<(String, OsString)> {
    let base = format!("http://localhost:{}", registry.reach.port);
    let mut variables = BTreeMap::from([(URL.to_string(), base)]);
    if let Some(token) = registry.default_service().and_then(|s| token(s, tokens)) {
        variables.insert(AUTH_TOKEN.to_string(), token);
    }
    for service in registry.services() {
        let suffix = suffix(&service.name);
        // Names that differ in case alone come to one variable; whose it were nobody could tell.
        if registry
            .services()
            .iter()
            .any(|other| other.name != service.name && self::suffix(&other.name) == suffix)
        {
            continue;
        }
        let url = registry.local_url(service, "");
        variables.insert(format!("{URL}_{suffix}"), url);
        if let Some(token) = token(service, tokens) {
            variables.insert(format!("{AUTH_TOKEN}_{suffix}"), token);
        }
    }
    variables
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect()
}

/// A service's name as part of a variable's: `my-service` is `MY_SERVICE`.
fn suffix(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

fn token(service: &Service, tokens: Tokens) -> Option<String> {
    let token = &service.config().auth_token;
    (tokens == Tokens::All || *token == AuthToken::Development).then(|| token.as_str().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_part_of_a_variable() {
        assert_eq!(suffix("my-service2"), "MY_SERVICE2");
    }

    #[test]
    fn variables_of_an_outer_server_are_known() {
        for (name, ours) in [
            ("SWITCHBOARD_URL", true),
            ("SWITCHBOARD_URL_AUTH", true),
            ("SWITCHBOARD_AUTH_TOKEN_A", true),
            ("SWITCHBOARD_LOG", true),
            ("SWITCHBOARD_URLS", false),
            ("SWITCHBOARD_LOG_LEVEL", false),
            ("PATH", false),
        ] {
            assert_eq!(is_ours(name), ours, "{name}");
        }
    }
}
