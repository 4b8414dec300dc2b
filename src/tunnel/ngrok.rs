//! ngrok's agent: its arguments, and its log.
//!
//! Source: ngrok docs, "Agent CLI" (`http`, `--url`, `--log`, `--log-format`) and "Errors"; the
//! messages "started tunnel" (with `url`) and those with `err`, as version 3 writes them.

use super::url::{public, quotable};
use super::{Told, TunnelError};
use serde_json::Value;
use std::ffi::OsString;

/// What ngrok answers where the authtoken is missing, malformed, unknown or revoked.
const TOKEN_CODES: [&str; 5] = [
    "ERR_NGROK_105",
    "ERR_NGROK_106",
    "ERR_NGROK_107",
    "ERR_NGROK_302",
    "ERR_NGROK_4018",
];
/// One session for each account, one agent for each endpoint.
const TAKEN_CODES: [&str; 2] = ["ERR_NGROK_108", "ERR_NGROK_334"];

/// A domain as `--ngrok=DOMAIN` has it. A name without a dot is one of ngrok's, as twilio-run takes
/// it.
///
/// # Errors
///
/// When it is no domain.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    let text = text.strip_prefix("https://").unwrap_or(text);
    let text = text.trim_end_matches('/').to_ascii_lowercase();
    let label = |label: &str| {
        let letters = label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !label.is_empty() && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() > 253 || !text.split('.').all(label) {
        return Err("not a domain; write it as mine.ngrok.app".to_string());
    }
    Ok(match text.contains('.') {
        true => text,
        false => format!("{text}.ngrok.io"),
    })
}

pub(super) fn arguments(port: u16, domain: Option<&str>) -> Vec<OsString> {
    let port = port.to_string();
    let mut words = vec!["http", &port, "--log", "stdout", "--log-format", "json"];
    if let Some(domain) = domain {
        words.extend(["--url", domain]);
    }
    words.into_iter().map(OsString::from).collect()
}

/// What a line of its log says. The words of its last complaint come on standard error, as text.
pub(super) fn read(line: &str) -> Option<Told> {
    let Ok(Value::Object(event)) = serde_json::from_str(line) else {
        return line
            .contains("ERR_NGROK_")
            .then(|| Told::Fault(fault(line)));
    };
    let field = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    if field("msg") == "started tunnel" {
        return public(field("url")).map(Told::Url);
    }
    let error = field("err");
    if error.contains("ERR_NGROK_") {
        return Some(Told::Fault(fault(error)));
    }
    match (field("lvl"), error) {
        ("eror" | "crit", error) if !matches!(error, "" | "<nil>") => {
            Some(Told::Trouble(quotable(error)))
        }
        _ => None,
    }
}

/// The name of a refusal that has a code.
pub(super) fn fault(text: &str) -> TunnelError {
    let code = code(text);
    if TOKEN_CODES.contains(&code.as_str()) {
        // Nothing of the text: it quotes a token that ngrok does not like.
        TunnelError::NoToken { code }
    } else if TAKEN_CODES.contains(&code.as_str()) {
        TunnelError::Taken {
            why: quotable(text),
            code,
        }
    } else {
        let why = quotable(text);
        TunnelError::Refused {
            program: "ngrok",
            why: match why.contains(&code) {
                true => why,
                false => format!("{why} ({code})"),
            },
        }
    }
}

/// The first `ERR_NGROK_1234` of `text`.
fn code(text: &str) -> String {
    let start = text.find("ERR_NGROK_").unwrap_or(text.len());
    let code = text[start..]
        .char_indices()
        .find(|(at, c)| *at >= 10 && !c.is_ascii_digit());
    let end = code.map_or(text.len(), |(at, _)| start + at);
    text[start..end].chars().take(20).collect()
}
