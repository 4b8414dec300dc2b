//! The ways in which the URL or the parameters that were signed may differ from those that came.
//!
//! One alteration is one mistake that people make; [`search`](super::search) tries them alone and in
//! pairs. They are made lazily, since a request may have thousands of parameters.

use super::Cause;
use crate::signature::candidates::is_host;
use crate::signature::check::{Content, SignedRequest};
use crate::signature::parameters::{in_signing_order, joined, parameter_text};
use crate::signature::url::{Parts, split};
use crate::signature::{Arrival, body_sha256, querystring};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::iter::once;

/// Ports that development servers usually have.
const USUAL_PORTS: [&str; 7] = [":3000", ":8080", ":5000", ":8000", ":4040", ":443", ":80"];
/// Parameters of Twilio's that are often empty, and that some clients then drop.
const OFTEN_EMPTY: [&str; 12] = [
    "Body",
    "FromCity",
    "FromState",
    "FromZip",
    "FromCountry",
    "ToCity",
    "ToState",
    "ToZip",
    "ToCountry",
    "CallerName",
    "Digits",
    "SpeechResult",
];
/// Parameters, of a form or a query, that are left out one by one.
const MAX_LEFT_OUT: usize = 200;
/// Bytes of the URLs that result from leaving out parts of one query.
const MAX_URL_BYTES: usize = 1 << 20;
/// Bodies above this many bytes are not read as JSON or as a form.
const MAX_BODY: usize = 256 * 1024;

/// The URLs that may have been signed in place of `url`, each with the mistake that leads to it.
pub(super) fn of_url(url: &str, arrival: &Arrival<'_>) -> Vec<(Cause, String)> {
    let Some(parts) = split(url) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    of_origin(&mut found, &parts, arrival);
    of_path(&mut found, &parts, arrival);
    of_query(&mut found, &parts);
    found.retain(|(_, altered)| altered != url);
    found
}

fn of_origin(found: &mut Vec<(Cause, String)>, parts: &Parts<'_>, arrival: &Arrival<'_>) {
    let signed = match parts.scheme {
        "https://" => "http",
        _ => "https",
    };
    let scheme = format!("{signed}://");
    let other_scheme = Parts {
        scheme: &scheme,
        ..*parts
    };
    let signed = signed.to_string();
    found.push((Cause::Scheme { signed }, other_scheme.join()));
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    if LOOPBACK.contains(&parts.host) {
        for host in LOOPBACK {
            let signed = host.to_string();
            found.push((Cause::Host { signed }, Parts { host, ..*parts }.join()));
        }
    }
    for host in arrival.named.iter().filter(|host| is_host(host)) {
        for scheme in ["https://", "http://"] {
            let signed = format!("{scheme}{host}");
            let url = format!("{signed}{}", parts.rest);
            found.push((Cause::NamedHost { signed }, url));
        }
    }
    let received = format!("http://{}", arrival.host);
    let received = split(&received).map_or("", |parts| parts.port);
    for port in once(received).chain(USUAL_PORTS) {
        // The port that the URL has, and that of its scheme, were compared already.
        if port.len() > 1 && port != parts.port {
            let signed = port.trim_start_matches(':').to_string();
            found.push((Cause::Port { signed }, Parts { port, ..*parts }.join()));
        }
    }
}

fn of_path(found: &mut Vec<(Cause, String)>, parts: &Parts<'_>, arrival: &Arrival<'_>) {
    let (path, query) = parts.path_and_query();
    let mut add = |cause: Cause, path: &str| found.push((cause, behind_host(parts, path, query)));
    match path.strip_suffix('/') {
        Some(shorter) => add(Cause::TrailingSlash { signed: false }, shorter),
        None => add(Cause::TrailingSlash { signed: true }, &format!("{path}/")),
    }
    let own = arrival.own_path();
    if own != arrival.path {
        if let Some(base) = path.strip_suffix(arrival.path) {
            let signed = format!("{base}{own}");
            add(
                Cause::Prefix {
                    signed: signed.clone(),
                },
                &signed,
            );
        } else if path == own {
            let signed = arrival.path.to_string();
            add(Cause::Prefix { signed }, arrival.path);
        }
    }
}

/// The URL with another path, or another query with its question mark.
fn behind_host(parts: &Parts<'_>, path: &str, query: &str) -> String {
    let rest = format!("{path}{query}");
    Parts {
        rest: &rest,
        ..*parts
    }
    .join()
}

fn of_query(found: &mut Vec<(Cause, String)>, parts: &Parts<'_>) {
    let (path, query) = parts.path_and_query();
    let mut add = |cause: Cause, query: &str| found.push((cause, behind_host(parts, path, query)));
    let Some(query) = query.strip_prefix('?') else {
        add(Cause::QuestionMark { signed: true }, "?");
        return;
    };
    if query.is_empty() {
        add(Cause::QuestionMark { signed: false }, "");
        return;
    }
    add(Cause::QueryNotSigned, "");
    let pieces: Vec<&str> = query.split('&').collect();
    if pieces.len() <= 4 {
        for order in permutations(&pieces) {
            add(Cause::QueryOrder, &format!("?{}", order.join("&")));
        }
    } else {
        let mut sorted = pieces.clone();
        sorted.sort_unstable();
        add(Cause::QueryOrder, &format!("?{}", sorted.join("&")));
        sorted.reverse();
        add(Cause::QueryOrder, &format!("?{}", sorted.join("&")));
        let reversed: Vec<&str> = pieces.iter().rev().copied().collect();
        add(Cause::QueryOrder, &format!("?{}", reversed.join("&")));
    }
    for encoded in encodings(query) {
        add(Cause::QueryEncoding, &format!("?{encoded}"));
    }
    let most = MAX_LEFT_OUT.min(MAX_URL_BYTES / query.len());
    for left_out in 0..pieces.len().min(most) {
        let mut rest = pieces.clone();
        let name = rest.remove(left_out);
        let name = name.split('=').next().unwrap_or(name).to_string();
        let mark = if rest.is_empty() { "" } else { "?" };
        add(
            Cause::QueryParameterNotSigned { name },
            &format!("{mark}{}", rest.join("&")),
        );
    }
}

/// All orders of a few pieces.
fn permutations<'p>(pieces: &[&'p str]) -> Vec<Vec<&'p str>> {
    if pieces.len() < 2 {
        return vec![pieces.to_vec()];
    }
    let mut all = Vec::new();
    for first in 0..pieces.len() {
        let mut rest = pieces.to_vec();
        let piece = rest.remove(first);
        for mut order in permutations(&rest) {
            order.insert(0, piece);
            all.push(order);
        }
    }
    all
}

/// The query decoded, and encoded as the usual libraries do it.
fn encodings(query: &str) -> Vec<String> {
    let pairs = querystring::pairs(query);
    let form: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&pairs)
        .finish();
    let spaces = form.replace('+', "%20");
    let decoded = percent_decode_str(query).decode_utf8_lossy().into_owned();
    vec![
        decoded.replace('+', " "),
        decoded,
        spaces.replace("%2A", "*").replace("%7E", "~"),
        lower_case_escapes(&form),
        query.replace('+', "%20"),
        query.replace("%20", "+"),
        lower_case_escapes(query),
        upper_case_escapes(query),
        spaces,
        form,
    ]
}

fn lower_case_escapes(text: &str) -> String {
    with_escapes(text, |c| c.to_ascii_lowercase())
}

fn upper_case_escapes(text: &str) -> String {
    with_escapes(text, |c| c.to_ascii_uppercase())
}

fn with_escapes(text: &str, change: impl Fn(char) -> char) -> String {
    let mut digits = 0;
    text.chars()
        .map(|c| {
            if digits > 0 {
                digits -= 1;
                return change(c);
            }
            if c == '%' {
                digits = 2;
            }
            c
        })
        .collect()
}

/// The texts that may have been signed behind the URL in place of the parameters.
pub(super) fn of_parameters<'a>(
    request: &'a SignedRequest<'_>,
) -> Box<dyn Iterator<Item = (Cause, String)> + 'a> {
    let params = request.signed_parameters();
    if !params.is_empty() {
        return Box::new(of_form(params));
    }
    match request.content {
        Content::Body(body) if body.len() <= MAX_BODY => Box::new(of_body(body).into_iter()),
        _ => Box::new(std::iter::empty()),
    }
}

fn of_form(params: &[(String, String)]) -> impl Iterator<Item = (Cause, String)> + '_ {
    let ordered = in_signing_order(params);
    let without = {
        let ordered = ordered.clone();
        (0..ordered.len().min(MAX_LEFT_OUT)).map(move |left_out| {
            let mut rest = ordered.clone();
            let (name, _) = rest.remove(left_out);
            let name = name.to_string();
            (Cause::ParameterNotSigned { name }, joined(&rest))
        })
    };
    let with_empty = OFTEN_EMPTY
        .into_iter()
        .filter(|name| !params.iter().any(|(present, _)| present == name))
        .map(move |name| {
            let mut more = ordered.clone();
            let at = more.partition_point(|(present, _)| *present < name);
            more.insert(at, (name, ""));
            let name = name.to_string();
            (Cause::ParameterMissing { name }, joined(&more))
        });
    once((Cause::ParametersNotSigned, String::new()))
        .chain(orders(params))
        .chain(rewritten(params))
        .chain(without)
        .chain(with_empty)
}

/// As received, and sorted without regard to case; doubles kept.
fn orders(params: &[(String, String)]) -> impl Iterator<Item = (Cause, String)> + '_ {
    let pairs = move || -> Vec<(&str, &str)> {
        params
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect()
    };
    let as_received = move || (Cause::ParameterOrder, joined(&pairs()));
    let sorted = move || {
        let mut pairs = pairs();
        pairs.sort_unstable();
        (Cause::ParameterOrder, joined(&pairs))
    };
    let by_lower_case = move || {
        let mut pairs = pairs();
        pairs.sort_by_cached_key(|(name, _)| name.to_lowercase());
        (Cause::ParameterOrder, joined(&pairs))
    };
    [as_received(), sorted(), by_lower_case()].into_iter()
}

/// Every name and value changed in the same way.
fn rewritten(params: &[(String, String)]) -> impl Iterator<Item = (Cause, String)> + '_ {
    let encode = |text: &str| -> String {
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
    };
    let all = move |cause: Cause, change: &dyn Fn(&str) -> String| {
        let changed: Vec<(String, String)> = params
            .iter()
            .map(|(name, value)| (name.clone(), change(value)))
            .collect();
        (cause, parameter_text(&changed))
    };
    [
        all(Cause::ParameterEncoding, &encode),
        all(Cause::ParameterEncoding, &|v| encode(v).replace('+', "%20")),
        all(Cause::ParameterEncoding, &|v| v.replace(' ', "+")),
        all(Cause::ParameterWhiteSpace, &|v| v.trim().to_string()),
        all(Cause::ParameterWhiteSpace, &|v| v.replace("\r\n", "\n")),
        all(Cause::ParameterWhiteSpace, &|v| {
            v.replace("\r\n", "\n").replace('\n', "\r\n")
        }),
    ]
    .into_iter()
}

fn of_body(body: &[u8]) -> Vec<(Cause, String)> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Vec::new();
    };
    let mut found = vec![(Cause::BodyTextSigned, text.to_string())];
    if let Ok(Value::Object(fields)) = serde_json::from_str(text) {
        let fields: Vec<(String, String)> = fields
            .into_iter()
            .flat_map(|(name, value)| match value {
                Value::Array(items) => items
                    .iter()
                    .map(|item| (name.clone(), javascript_text(item)))
                    .collect(),
                single => vec![(name, javascript_text(&single))],
            })
            .collect();
        found.push((Cause::BodyFieldsSigned, parameter_text(&fields)));
    } else if text.contains('=') {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        found.push((Cause::FormContentType, parameter_text(&pairs)));
    }
    found
}

/// A JSON value as JavaScript puts it into a text.
fn javascript_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_string(),
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::Null => String::new(),
                other => javascript_text(other),
            })
            .collect::<Vec<_>>()
            .join(","),
        other => other.to_string(),
    }
}

/// URL and parameters that may have been signed together in place of `url`.
pub(super) fn of_both(url: &str, request: &SignedRequest<'_>) -> Vec<(Cause, String, String)> {
    let mut found = Vec::new();
    if let Some((bare, query)) = url.split_once('?')
        && request.signed_parameters().is_empty()
    {
        let text = parameter_text(&querystring::pairs(query));
        if !text.is_empty() {
            found.push((Cause::QueryAsParameters, bare.to_string(), text.clone()));
            found.push((Cause::QueryAsParameters, url.to_string(), text));
        }
    }
    if let Content::Body(body) = request.content
        && !url.contains("bodySHA256")
    {
        let mark = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{mark}bodySHA256={}", body_sha256(body));
        found.push((Cause::BodyHashMissing, url, String::new()));
    }
    found
}
