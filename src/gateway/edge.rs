//! What the cloud's edge refuses before it looks for a route.

use super::refusal::Refusal;
use crate::config::Limits;
use crate::event::RequestHead;
use http::header::{CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Version};

/// Whether the body is sent only once the server has shown interest in it.
pub(super) fn asks_first(head: &RequestHead) -> bool {
    let expected = head.headers.get(EXPECT);
    expected.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

/// What the head says, read in one pass: small requests are mostly head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'h> {
    /// The host that was asked for, with its port if one was named.
    pub(super) host: &'h str,
    /// Bytes of all header names and values.
    pub(super) bytes: usize,
}

/// Checks the head alone, and returns what it says.
///
/// Sources: headers over 15 KB or 90: "Headers and cookies: limitations". Framing: RFC 9112, 3.2 and
/// 6.1: what two servers could read differently is refused, since behind a tunnel there is always
/// another server in front.
pub(super) fn check<'h>(
    head: &'h RequestHead,
    version: Version,
    limits: &Limits,
) -> Result<Seen<'h>, Refusal> {
    let count = head.headers.len();
    let mut bytes = 0;
    let mut hosts = 0;
    let mut coded = false;
    for (name, value) in &head.headers {
        bytes += name.as_str().len() + value.len();
        hosts += usize::from(*name == HOST);
        coded |= *name == TRANSFER_ENCODING;
    }
    if limits.headers.is_some_and(|most| count > most)
        || limits.header_bytes.is_some_and(|most| bytes > most)
    {
        return Err(Refusal::HeadersTooLong { count, bytes });
    }
    match hosts {
        0 if version >= Version::HTTP_11 && head.uri.authority().is_none() => {
            return Err(Refusal::Malformed("no Host header"));
        }
        0 | 1 => {}
        _ => return Err(Refusal::Malformed("more than one Host header")),
    }
    let host = host(head)?;
    if coded {
        framing(&head.headers)?;
    }
    Ok(Seen { host, bytes })
}

/// Checks the method. Source: "Request flow".
pub(super) fn check_method(method: &Method, has_body: bool) -> Result<(), Refusal> {
    match *method {
        Method::GET | Method::HEAD if has_body => Err(Refusal::BodyOnGet),
        Method::GET | Method::HEAD | Method::POST | Method::OPTIONS => Ok(()),
        _ => Err(Refusal::Method(method.clone())),
    }
}

/// Refuses a body whose end another server may see elsewhere. hyper refuses most of these before;
/// a length beside `chunked` it removes, and closes the connection behind the answer.
fn framing(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else {
        return Ok(());
    };
    if headers.contains_key(CONTENT_LENGTH) {
        return Err(Refusal::Malformed(
            "both Transfer-Encoding and Content-Length: which of them holds is ambiguous",
        ));
    }
    if codings.next().is_some() || !coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
        return Err(Refusal::Malformed(
            "a Transfer-Encoding other than chunked: not every server reads it alike",
        ));
    }
    Ok(())
}

/// The host asked for: of an absolute target, else of the one `Host` header that HTTP/1.1 demands.
pub(super) fn host(head: &RequestHead) -> Result<&str, Refusal> {
    if head.uri.path().is_empty() && head.method != Method::CONNECT {
        return Err(Refusal::Malformed(
            "a request target that is neither a path nor a URL",
        ));
    }
    let host = match head.headers.get(HOST) {
        None => "",
        Some(host) => host
            .to_str()
            .map_err(|_| Refusal::Malformed("a Host header that is not ASCII"))?,
    };
    Ok(match head.uri.authority() {
        // A user and a password are no part of the host; HTTP has no use for them (RFC 9110, 4.2.4).
        Some(authority) => {
            let text = authority.as_str();
            text.rsplit_once('@').map_or(text, |(_, host)| host)
        }
        None => host,
    })
}

/// The host without its port.
pub(super) fn without_port(host: &str) -> &str {
    let at = |sign| host.bytes().position(|byte| byte == sign);
    // The colons within brackets are those of an IPv6 address.
    let bracket = if host.starts_with('[') {
        at(b']')
    } else {
        None
    };
    let end = match bracket {
        Some(bracket) => bracket + 1,
        None => at(b':').unwrap_or(host.len()),
    };
    &host[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_cut_off_whatever_the_host() {
        for (host, name) in [
            ("localhost:3000", "localhost"),
            ("localhost", "localhost"),
            ("[::1]:3000", "[::1]"),
            ("[::1]", "[::1]"),
            ("[::1", "["),
            ("]:3", "]"),
            ("", ""),
        ] {
            assert_eq!(without_port(host), name, "{host}");
        }
    }
}
