//! One request on a connection of its own, to either server, and what came back as parts.
//!
//! Not `crate::http`, which takes a server that dies or does not answer for a fault of the test:
//! here both are answers.

use super::cases::Case;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use switchboard::signature::Signer;

/// An answer by parts: `status` (a number, `crash` or `hang`), `body`, the headers by their names
/// in lower case (several of one name joined by line breaks), and `server` where a case asks what
/// became of it.
pub(super) type Answer = BTreeMap<String, String>;

/// `AUTH_TOKEN` of the project's `.env`.
const TOKEN: &str = "00000000000000000000000000000001";

/// What the connection and the clock decide, not the server's code.
const OF_THE_WIRE: [&str; 3] = ["connection", "date", "keep-alive"];

/// Sends the case's request to `port`, and waits up to `patience` for each piece of the answer.
pub(super) fn ask(port: u16, case: &Case, patience: Duration, project: &Path) -> Answer {
    let Ok(mut stream) = TcpStream::connect(("localhost", port)) else {
        return told("crash");
    };
    stream
        .set_read_timeout(Some(patience))
        .expect("a time limit can be set");
    // A server that refuses a large body closes before it has read it.
    let _ = stream.write_all(&request(port, case));
    let mut bytes = Vec::new();
    let mut piece = [0; 64 * 1024];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock && bytes.is_empty() => {
                return told("hang");
            }
            Err(_) => break,
        }
    }
    if bytes.is_empty() {
        return told("crash");
    }
    parts(&bytes, |text| {
        text.replace(&format!("localhost:{port}"), "localhost:PORT")
            .replace(&*project.to_string_lossy(), "PROJECT")
    })
}

fn told(status: &str) -> Answer {
    Answer::from([("status".to_string(), status.to_string())])
}

fn request(port: u16, case: &Case) -> Vec<u8> {
    let (_, target) = case.ask.split_once(' ').expect("method and target");
    let mut text = format!("{} HTTP/1.1\r\n", case.ask);
    text.push_str(&format!("Host: localhost:{port}\r\nConnection: close\r\n"));
    if case.signed {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(case.body.as_bytes())
            .into_owned()
            .collect();
        let url = format!("http://localhost:{port}{target}");
        let signature = Signer::new(TOKEN).sign(&url, &pairs);
        text.push_str(&format!("X-Twilio-Signature: {signature}\r\n"));
    }
    for line in &case.headers {
        text.push_str(line);
        text.push_str("\r\n");
    }
    let length = case.body.len() + case.fill;
    if length > 0 || case.ask.starts_with('P') {
        text.push_str(&format!("Content-Length: {length}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&case.body);
    let mut bytes = text.into_bytes();
    bytes.resize(bytes.len() + case.fill, b'x');
    bytes
}

fn parts(bytes: &[u8], clean: impl Fn(&str) -> String) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a whole head");
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    // Node reads and writes heads as Latin-1.
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let mut answer = told(status.expect("a status line"));
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header");
        let (name, value) = (name.to_ascii_lowercase(), clean(value.trim()));
        assert_ne!(name, "transfer-encoding", "no answer here is chunked");
        if OF_THE_WIRE.contains(&&*name) {
            continue;
        }
        let values = answer.entry(name).or_default();
        if !values.is_empty() {
            values.push('\n');
        }
        values.push_str(&value);
    }
    // The length says nothing that the body does not, unless it is another.
    let length = body.len().to_string();
    if answer.get("content-length") == Some(&length) {
        answer.remove("content-length");
    }
    let body = match std::str::from_utf8(body) {
        Ok(text) => clean(text),
        Err(_) => format!("bytes {body:02x?}"),
    };
    answer.insert("body".to_string(), body);
    answer
}
