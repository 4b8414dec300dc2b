//! A small HTTP/1.1 client that hides nothing: raw bytes out, every header back in its order.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// Names and values as sent, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The first header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The names of the headers, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    /// Connects to a port of this machine.
    pub(crate) fn connect(port: u16) -> Self {
        Client::connect_to(SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Connects to an address.
    pub(crate) fn connect_to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        // So that a server that does not answer fails the test and does not hang it.
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a timeout can be set");
        Client {
            stream,
            unread: Vec::new(),
        }
    }

    /// Sends these bytes.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream
            .write_all(bytes.as_ref())
            .expect("the server reads");
        self
    }

    /// Sends these bytes; a server that has closed already is no fault.
    pub(crate) fn offer(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Reads one answer; not one to a HEAD request.
    pub(crate) fn read(&mut self) -> Reply {
        self.read_answer(true).expect("an answer")
    }

    /// Reads an answer without a body: one to a HEAD request, or an interim one.
    pub(crate) fn read_head(&mut self) -> Reply {
        self.read_answer(false).expect("an answer")
    }

    /// Reads one answer, or `None` if the connection ends before one.
    pub(crate) fn try_read(&mut self) -> Option<Reply> {
        self.read_answer(true)
    }

    fn read_answer(&mut self, with_body: bool) -> Option<Reply> {
        let mut searched = 0;
        let end = loop {
            // Not from the start again: an answer may come in many pieces.
            if let Some(end) = find(&self.unread[searched..], b"\r\n\r\n") {
                break searched + end;
            }
            searched = self.unread.len().saturating_sub(3);
            if !self.more() {
                let rest = String::from_utf8_lossy(&self.unread);
                assert!(
                    rest.is_empty(),
                    "the connection ended within a head: {rest:?}"
                );
                return None;
            }
        };
        let head: Vec<u8> = self.unread.drain(..end + 4).collect();
        let head: String = head.iter().map(|byte| char::from(*byte)).collect();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().expect("a status line");
        let status = status.split(' ').nth(1).expect("a status");
        let mut reply = Reply {
            status: status.parse().expect("a number"),
            headers: lines
                .map(|line| {
                    let (name, value) = line.split_once(':').expect("a header");
                    (name.to_string(), value.trim().to_string())
                })
                .collect(),
            body: Vec::new(),
        };
        if !with_body || reply.status == 204 || reply.status == 304 {
            return Some(reply);
        }
        let length = match reply.header("content-length") {
            Some(length) => length.parse().expect("a length"),
            None => usize::MAX,
        };
        while self.unread.len() < length && self.more() {}
        let end = length.min(self.unread.len());
        reply.body = self.unread.drain(..end).collect();
        if length != usize::MAX {
            assert_eq!(reply.body.len(), length, "the body broke off");
        }
        Some(reply)
    }

    /// Says that nothing more will be sent; answers can still be read.
    pub(crate) fn end(&mut self) -> &mut Self {
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Waits until some bytes of an answer have come, and leaves them unread: dropping the client
    /// then resets the connection.
    pub(crate) fn wait_for_bytes(&mut self) -> &mut Self {
        let mut buffer = [0; 1];
        assert_eq!(self.stream.peek(&mut buffer).expect("bytes come"), 1);
        self
    }

    /// Whether the server has closed the connection without another byte.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.unread.is_empty() && !self.more()
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer) {
            // A process of another test has ended; a socket with a timeout is then not read on by
            // itself.
            Err(error) if error.kind() == ErrorKind::Interrupted => self.more(),
            Ok(0) | Err(_) => false,
            Ok(read) => {
                self.unread.extend_from_slice(&buffer[..read]);
                true
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// These bytes on a connection of their own, and the first answer to them; `None` if the server
/// closes without one.
pub(crate) fn send_raw(port: u16, bytes: impl AsRef<[u8]>) -> Option<Reply> {
    let mut client = Client::connect(port);
    client.offer(bytes);
    client.try_read()
}

/// One request on a connection of its own: `head` is the request line and headers without `Host`
/// and `Content-Length`, one a line.
pub(crate) fn ask(port: u16, head: &str, body: &str) -> Reply {
    let mut lines = head.lines();
    let request_line = lines.next().expect("a request line");
    let mut text = format!("{request_line} HTTP/1.1\r\n");
    let rest: Vec<&str> = lines
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if !rest
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with("host:"))
    {
        text.push_str(&format!("Host: localhost:{port}\r\n"));
    }
    for line in rest {
        text.push_str(line);
        text.push_str("\r\n");
    }
    if !body.is_empty() || request_line.starts_with("POST") {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let mut client = Client::connect(port);
    client.send(text);
    if request_line.starts_with("HEAD") {
        client.read_head()
    } else {
        client.read()
    }
}
