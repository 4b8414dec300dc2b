//! Requests that could not be read: hyper has answered them, and nobody else has seen them.

use std::net::SocketAddr;

/// What to tell the developer of a connection that ended with `error`, if a request of `peer`'s was
/// refused for what it is; a peer that is gone is nothing to be told of.
pub(super) fn told(peer: SocketAddr, error: &hyper::Error) -> Option<String> {
    if !error.is_parse() {
        return None;
    }
    let what = error.to_string();
    if what.contains("HTTP2 preface") {
        return Some(format!(
            "a request from {} was not answered: it is HTTP/2, which is spoken here by nobody; ask by HTTP/1.1",
            peer.ip()
        ));
    }
    let (answer, why) = if error.is_parse_too_large() {
        let why = "its head is larger than is read: 64 KiB, and 100 lines unless `[limits] headers` allows more";
        ("431 or 414", why)
    } else if what.contains("URI") {
        let why =
            "its path or query holds what no URL does: a quotation mark is %22, < is %3C, > is %3E";
        ("400", why)
    } else if what.contains("method") {
        let why =
            "it does not begin as a request does; if it is TLS, ask by http:// and not by https://";
        ("400", why)
    } else {
        ("400", "it is not written as HTTP/1.1 is")
    };
    Some(format!(
        "a request from {} was answered {answer}: {what}; {why}",
        peer.ip()
    ))
}
