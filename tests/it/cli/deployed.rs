//! A function as it is deployed: behind https.

use super::endpoint::Endpoint;
use std::sync::mpsc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The server; dropping it ends it.
pub(crate) struct Deployed {
    requests: mpsc::Receiver<String>,
    endpoint: Endpoint,
}

impl Deployed {
    /// Answers every request with that TwiML.
    pub(crate) fn start(twiml: &str) -> Self {
        let (told, requests) = mpsc::channel();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{twiml}",
            twiml.len()
        );
        let endpoint = Endpoint::start(|listener, acceptor| async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Whoever does not like the certificate goes.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut request = Vec::new();
                while !is_whole(&request) {
                    if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                let _ = told.send(String::from_utf8(request).unwrap());
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Deployed { requests, endpoint }
    }

    pub(crate) fn port(&self) -> u16 {
        self.endpoint.port
    }

    /// The next request, as it came.
    pub(crate) fn request(&self) -> String {
        self.requests.recv_timeout(Duration::from_secs(60)).unwrap()
    }
}

/// Whether head and body are there.
fn is_whole(request: &[u8]) -> bool {
    let request = String::from_utf8_lossy(request);
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    body.len() >= length.map_or(0, |(_, length)| length.parse().unwrap())
}
