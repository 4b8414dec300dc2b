//! Servers of every sort.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers one connection with these bytes over and over, `times` times, once it was
/// asked, and then closes it. Its port, and the head that it was asked with.
async fn server(answer: &'static [u8], times: usize) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let read = stream.read(&mut head).await.unwrap();
        head.truncate(read);
        for _ in 0..times {
            // The client may have enough.
            if stream.write_all(answer).await.is_err() {
                break;
            }
        }
        String::from_utf8(head).unwrap()
    });
    (port, asked)
}

async fn ask_at(url: &str, patience: Duration) -> Result<Answer, Missed> {
    let headers = [("X-Name", "value".to_string())];
    ask(Asked {
        method: Method::GET,
        url,
        headers: &headers,
        body: None,
        patience,
    })
    .await
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_request_is_written_as_twilio_writes_it() {
    let (port, asked) = server(b"HTTP/1.1 204 No Content\r\n\r\n", 1).await;
    let url = format!("http://us%40er:pa%3Ass@x.LOCALHOST:{port}?a=1");
    let answer = ask_at(&url, LONG).await.unwrap();
    assert_eq!(answer.status, 204);
    assert_eq!(
        asked.await.unwrap(),
        format!(
            "GET /?a=1 HTTP/1.1\r\nHost: x.LOCALHOST:{port}\r\nX-Name: value\r\n\
             Authorization: Basic dXNAZXI6cGE6c3M=\r\n\r\n"
        )
    );
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let (port, asked) = server(b"HTTP/1.1 200 OK\r\n\r\n", 1 << 20).await;
    let answer = ask_at(&format!("http://127.0.0.1:{port}/"), LONG)
        .await
        .unwrap();
    assert_eq!((answer.body.len(), answer.cut_off), (MOST_BYTES, true));
    asked.await.unwrap();
}

#[tokio::test]
async fn what_is_no_answer_is_told_apart() {
    for (answer, cause) in [
        (b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(), Unreached::Protocol),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
            Unreached::Connection,
        ),
        (b"", Unreached::Connection),
    ] {
        let (port, _) = server(answer, 1).await;
        let error = ask_at(&format!("http://127.0.0.1:{port}/"), LONG)
            .await
            .unwrap_err();
        assert_eq!(error.cause, cause, "{error}");
    }
    // A head without end is not read to its end.
    let (port, _) = server(b"HTTP/1.1 200 OK\r\nA: b\r\nC:", 1 << 20).await;
    let error = ask_at(&format!("http://127.0.0.1:{port}/"), LONG)
        .await
        .unwrap_err();
    assert_eq!(error.cause, Unreached::Protocol, "{error}");
    let error = ask_at("ftp://127.0.0.1/", LONG).await.unwrap_err();
    assert_eq!(error.cause, Unreached::Protocol, "{error}");
    // Port 80 is nobody's wish here.
    let error = ask_at("http://127.0.0.1:99999/", LONG).await.unwrap_err();
    assert_eq!(error.cause, Unreached::Host, "{error}");
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_said() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://127.0.0.1:{port}/");
        let error = ask_at(&url, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(error.cause, Unreached::Time, "{error}");
    }
}
