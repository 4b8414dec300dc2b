//! Requests to servers: one connection each, bounded in time and in bytes.
//!
//! What Twilio's own client does and does not do is imitated as far as a webhook can tell: HTTP/1.1,
//! ten seconds to connect, a bound on the whole, no redirect followed here (whoever asks follows,
//! since each of the requests is signed anew). Names below `.localhost` are this machine's
//! (RFC 6761), whatever the system's resolver says.

mod connect;
mod tls;
mod walk;

pub(crate) use connect::is_of_this_machine;
pub(crate) use walk::{End, Line, OverHttp, Told, walk};

use crate::webhook::{Hop, Missed, Unreached, requestable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::time::Duration;
use tokio::time::timeout;

/// How long a connection may take. Source: ERR/11205.
const CONNECT: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read: Functions answer with 4 MB at most.
const MOST_BYTES: usize = 8 << 20;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    /// The method.
    pub(crate) method: Method,
    /// A whole `http` or `https` URL.
    pub(crate) url: &'a str,
    /// Headers, without `Host` and `Content-Length`.
    pub(crate) headers: &'a [(&'a str, String)],
    /// The body, if there is one.
    pub(crate) body: Option<Bytes>,
    /// How long it may take until the last byte of the answer.
    pub(crate) patience: Duration,
}

impl<'a> Asked<'a> {
    /// A webhook's request on its way, of whose time `patience` is left.
    pub(crate) fn hop(hop: &'a Hop, patience: Duration) -> Self {
        Asked {
            method: hop.method.into(),
            url: &hop.url,
            headers: &hop.headers,
            body: hop.body.clone().map(Bytes::from),
            patience,
        }
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers, in order.
    pub(crate) headers: HeaderMap,
    /// The body, or the beginning of one that is too long.
    pub(crate) body: Bytes,
    /// Whether there was more of the body than is read.
    pub(crate) cut_off: bool,
}

impl Answer {
    /// A header, if it is there and is text.
    pub(crate) fn text(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Asks a server.
///
/// # Errors
///
/// When there is no whole answer in time, for one of the reasons of [`Unreached`].
pub(crate) async fn ask(asked: Asked<'_>) -> Result<Answer, Missed> {
    let patience = asked.patience;
    match timeout(patience, exchange(asked)).await {
        Ok(answer) => answer,
        Err(_) => Err(Missed::new(Unreached::Time, "no whole answer in time")),
    }
}

async fn exchange(asked: Asked<'_>) -> Result<Answer, Missed> {
    let uri: Uri = asked
        .url
        .parse()
        .map_err(|error| Missed::new(Unreached::Host, format!("{}: {error}", asked.url)))?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if known && requestable(asked.url).is_none() {
        let text = format!("{} is not a URL that can be requested", asked.url);
        return Err(Missed::new(Unreached::Host, text));
    }
    let request = request(&asked, &uri)?;
    let stream = match timeout(CONNECT, connect::connect(&uri)).await {
        Ok(stream) => stream?,
        Err(_) => {
            return Err(Missed::new(
                Unreached::Connection,
                format!("no connection within {} s", CONNECT.as_secs()),
            ));
        }
    };
    let broken = |error: hyper::Error| {
        let cause = match error.is_parse() {
            true => Unreached::Protocol,
            false => Unreached::Connection,
        };
        Missed::new(cause, format!("the connection broke: {}", root(&error)))
    };
    let (mut sender, connection) = http1::Builder::new()
        // As Twilio writes them.
        .title_case_headers(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Ends with this function, and at once where time runs out.
    let mut driver = tokio::task::JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let (head, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    let mut cut_off = false;
    while let Some(frame) = incoming.frame().await {
        if let Ok(data) = frame.map_err(broken)?.into_data() {
            let room = MOST_BYTES - body.len();
            body.extend_from_slice(&data[..room.min(data.len())]);
            if data.len() > room {
                cut_off = true;
                break;
            }
        }
    }
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.into(),
        cut_off,
    })
}

fn request(asked: &Asked<'_>, uri: &Uri) -> Result<Request<Full<Bytes>>, Missed> {
    let invalid = |error: http::Error| Missed::new(Unreached::Protocol, error.to_string());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // User and password of a URL are not part of the host, but of what is shown at its door.
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path = match path.strip_prefix('?') {
        Some(query) => format!("/?{query}"),
        None => path.to_string(),
    };
    let mut request = Request::builder()
        .method(asked.method.clone())
        .uri(path)
        .header(HOST, host);
    for (name, value) in asked.headers {
        request = request.header(
            HeaderName::from_bytes(name.as_bytes()).map_err(|error| invalid(error.into()))?,
            HeaderValue::from_str(value).map_err(|error| invalid(error.into()))?,
        );
    }
    if !user.is_empty() {
        let user: Vec<u8> = percent_decode_str(user).collect();
        request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(user)));
    }
    if let Some(body) = &asked.body {
        request = request.header(CONTENT_LENGTH, body.len());
    }
    request
        .body(Full::new(asked.body.clone().unwrap_or_default()))
        .map_err(invalid)
}

/// The cause of causes: hyper's own words say less.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests;
