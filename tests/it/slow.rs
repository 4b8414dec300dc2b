//! Callers that are slow, on purpose or not. Time is tokio's own here and goes on by itself when all
//! wait: half a minute takes no time.

use crate::project::{Project, Site};
use std::time::Duration;
use switchboard::{Callback, Context, Event, Handlers, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// More than the sockets of both sides hold.
const LARGE: usize = 16 * 1024 * 1024;

async fn hello(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("hello")
}

async fn site() -> Site {
    let head = "[services.app]\nassets_folder = \"assets\"\n";
    let large = "x".repeat(LARGE);
    let handlers = Handlers::new().with("hello", hello);
    let project = Project::app(head, handlers).file("assets/large.txt", &large);
    project.start().await
}

async fn connect(site: &Site) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", site.port())).await;
    stream.expect("the server listens")
}

/// All that still comes, however the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        read.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_is_given_up() {
    let site = site().await;
    let began = Instant::now();
    let mut stream = connect(&site).await;
    let head = format!("GET /hello HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(1000));
    let sent = async {
        for byte in head.bytes() {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(5)).await;
        }
    };
    sent.await;
    assert_eq!(rest(&mut stream).await, "");
    assert!(
        began.elapsed() < Duration::from_secs(120),
        "{:?}",
        began.elapsed()
    );
    site.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_a_408() {
    let site = site().await;
    let began = Instant::now();
    let mut stream = connect(&site).await;
    let head = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    for _ in 0..5 {
        sleep(Duration::from_secs(4)).await;
        stream.write_all(b"x").await.expect("sent");
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    assert!(site.fault().contains("30 s"), "{}", site.fault());
    site.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_slowly_is_sent_whole() {
    let site = site().await;
    let mut stream = connect(&site).await;
    let head = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let began = Instant::now();
    let mut buffer = vec![0; 256 * 1024];
    let mut read = 0;
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break,
            Ok(length) => read += length,
            Err(error) => panic!("cut off after {read} bytes, {:?}: {error}", began.elapsed()),
        }
        sleep(Duration::from_secs(10)).await;
    }
    assert!(read > LARGE, "cut off after {read} bytes");
    assert!(
        began.elapsed() > Duration::from_secs(300),
        "{:?}",
        began.elapsed()
    );
    site.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_is_given_up() {
    let site = site().await;
    let mut stream = connect(&site).await;
    let head = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    sleep(Duration::from_secs(300)).await;
    assert!(rest(&mut stream).await.len() < LARGE);
    // Others are answered, and the end does not wait.
    let mut other = connect(&site).await;
    other
        .write_all(head.replace("large.txt", "hello").as_bytes())
        .await
        .expect("sent");
    assert!(rest(&mut other).await.ends_with("hello"));
    site.stop().await;
}
