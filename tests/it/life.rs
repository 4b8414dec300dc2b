//! A server's beginning and end: its sockets, and who can hold the end back (nobody).

use crate::http::{Client, ask};
use crate::project::{Project, within};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;
use switchboard::listen::{Host, ListenError};
use switchboard::{
    Callback, Clock, Context, Drained, Event, Handlers, Outcome, Running, StartError, Switchboard,
    Visibility,
};
use tokio::sync::{mpsc, watch};

async fn hello(_context: Context, event: Event, callback: Callback) -> Outcome {
    callback.success(format!("Hello, {}", event.text("name").unwrap_or("world")))
}

async fn hello_server() -> Running {
    Switchboard::builder()
        .function("demo", "/hello", Visibility::Public, hello)
        .port(0)
        .start()
        .await
        .expect("a free port")
}

const HELLO: &str = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Stopping may take this long at most, whatever clients do.
async fn stopped(running: Running) -> Drained {
    let stopping = tokio::time::timeout(Duration::from_secs(5), running.stop());
    stopping.await.expect("the end is not held back")
}

#[tokio::test(flavor = "multi_thread")]
async fn localhost_gets_in_whichever_way_it_resolves() {
    let server = hello_server().await;
    let addresses = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        Ipv6Addr::LOCALHOST.into(),
    ];
    for address in addresses {
        // A machine without IPv6 has nothing to resolve to it either.
        if TcpListener::bind((address, 0)).is_err() {
            assert!(address.is_ipv6());
            continue;
        }
        let mut client = Client::connect_to(SocketAddr::new(address, server.port()));
        assert_eq!(client.send(HELLO).read().text(), "Hello, world");
        let exchanges = server.journal().exchanges();
        let peer = exchanges.last().and_then(|exchange| exchange.peer);
        assert_eq!(peer.map(|peer| peer.ip()), Some(address));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_may_be_asked_for() {
    let server = Switchboard::builder()
        .function("demo", "/hello", Visibility::Public, hello)
        .host(Host::Address(Ipv4Addr::LOCALHOST.into()))
        .port(0)
        .start()
        .await
        .expect("a free port");
    assert_eq!(ask(server.port(), "GET /hello", "").status, 200);
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, server.port()));
    assert!(TcpStream::connect(v6).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_a_clear_error() {
    for address in [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        Ipv6Addr::LOCALHOST.into(),
    ] {
        let Ok(taken) = TcpListener::bind((address, 0)) else {
            assert!(address.is_ipv6());
            continue;
        };
        let port = taken.local_addr().expect("an address").port();
        let started = Switchboard::builder()
            .function("demo", "/hello", Visibility::Public, hello)
            .port(port)
            .start()
            .await;
        let error = started.expect_err("the port is taken");
        assert!(matches!(
            error,
            StartError::Listen(ListenError::Taken { port: told, .. }) if told == port
        ));
        let text = error.to_string();
        assert!(
            text.contains(&port.to_string()) && text.contains("--port"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_cannot_be_served_does_not_start_and_says_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "nonsense = 1\n[services.a]\ndomain = \"-\"\n";
    std::fs::write(folder.path().join("services.toml"), text).expect("a file");
    let start = |folder: &Path| Switchboard::builder().project(folder).port(0).start();
    let Err(StartError::Project(diagnostics)) = start(folder.path()).await else {
        panic!("it cannot be served");
    };
    assert_eq!(diagnostics.iter().filter(|d| d.is_error()).count(), 2);
    assert!(start(&folder.path().join("none")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn running_requests_are_answered_before_the_end() {
    let (sender, mut begun) = mpsc::unbounded_channel();
    let (go, gate) = watch::channel(false);
    let slow = move |_: Context, _: Event, callback: Callback| {
        let (sender, mut gate) = (sender.clone(), gate.clone());
        async move {
            let _ = sender.send(());
            let _ = gate.wait_for(|open| *open).await;
            callback.success("done")
        }
    };
    let site = Project::app("", Handlers::new().with("slow", slow))
        .start()
        .await;
    let port = site.port();
    let mut client = Client::connect(port);
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    within(begun.recv()).await.expect("it begins");
    let stopper = site.running().stopper();
    let stopping = tokio::spawn(site.stop());
    within(stopper.wait()).await;
    // It listens no more, and the running one ends in its own time.
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    go.send_replace(true);
    let reply = client.read();
    assert_eq!(reply.text(), "done");
    assert!(client.is_closed());
    assert_eq!(within(stopping).await.expect("no panic"), Drained::Fully);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_beyond_its_time_does_not_hold_the_end_back() {
    let (sender, mut begun) = mpsc::unbounded_channel();
    let wait = move |_: Context, _: Event, callback: Callback| {
        let _ = sender.send(());
        async move {
            std::future::pending::<()>().await;
            callback.success(())
        }
    };
    let handlers = Handlers::new().with("wait", wait);
    let site = Project::app("[limits]\ntime_ms = 100", handlers)
        .start()
        .await;
    let mut client = Client::connect(site.port());
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    within(begun.recv()).await.expect("it begins");
    let stopping = tokio::spawn(site.stop());
    assert_eq!(client.read().status, 504);
    assert_eq!(within(stopping).await.expect("no panic"), Drained::Fully);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_lets_functions_run_as_long_as_they_may_by_now() {
    let (sender, mut begun) = mpsc::unbounded_channel();
    // Longer than the end waits beyond the limit that there was at the start.
    let slow = move |_: Context, _: Event, callback: Callback| {
        let _ = sender.send(());
        async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            callback.success("done")
        }
    };
    let limit = |millis: u32| {
        format!(
            "[limits]\ntime_ms = {millis}\n\
             [services.app.functions]\n\"/slow\" = {{ handler = \"rust:slow\" }}\n"
        )
    };
    let site = Project::new()
        .file("services.toml", &limit(1))
        .handler("slow", slow)
        .start_watching()
        .await;
    site.change("services.toml", &limit(60_000));
    let minute = Some(Duration::from_secs(60));
    site.until(|registry| registry.limits.time == minute).await;
    let mut client = Client::connect(site.port());
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    within(begun.recv()).await.expect("it begins");
    let stopping = tokio::spawn(site.stop());
    assert_eq!(client.read().text(), "done");
    assert_eq!(within(stopping).await.expect("no panic"), Drained::Fully);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_the_end_can_be_given_up_and_begun_again() {
    let mut server = hello_server().await;
    for _ in 0..3 {
        tokio::select! {
            biased;
            drained = server.ended() => panic!("nobody has ended it: {drained:?}"),
            () = std::future::ready(()) => {}
        }
    }
    server.stopper().say();
    assert_eq!(within(server.ended()).await, Drained::Fully);
    assert_eq!(within(server.ended()).await, Drained::Fully);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_sent_head_does_not_hold_the_end_back() {
    let server = hello_server().await;
    let mut client = Client::connect(server.port());
    // The first request shows that the connection is taken.
    assert_eq!(client.send(HELLO).read().status, 200);
    client.send("GET /hello HTTP/1.1\r\nHost: loc");
    let drained = stopped(server).await;
    // Whether the half had arrived when the end came decides.
    assert!(
        matches!(drained, Drained::CutOff(1) | Drained::Fully),
        "{drained:?}"
    );
    assert!(client.is_closed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_sent_body_does_not_hold_the_end_back() {
    let server = hello_server().await;
    let mut client = Client::connect(server.port());
    let head =
        "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
    client.send(head);
    // The server says itself that it waits for the body.
    assert_eq!(client.read_head().status, 100);
    client.send("12345");
    stopped(server).await;
    assert_eq!(client.read().status, 503);
    assert!(client.is_closed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_at_the_end() {
    let server = hello_server().await;
    let mut clients: Vec<Client> = (0..20).map(|_| Client::connect(server.port())).collect();
    for client in &mut clients {
        assert_eq!(client.send(HELLO).read().status, 200);
    }
    assert_eq!(stopped(server).await, Drained::Fully);
    for client in &mut clients {
        assert!(client.is_closed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_server_ends_it_too() {
    let server = hello_server().await;
    let port = server.port();
    assert_eq!(ask(port, "GET /hello", "").status, 200);
    let stopper = server.stopper();
    drop(server);
    assert!(stopper.said());
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_may_have_servers_of_its_own() {
    let first = hello_server().await;
    let second = Switchboard::builder()
        .function("demo", "/hello", Visibility::Protected, hello)
        .function(
            "more",
            "/time",
            Visibility::Public,
            |c: Context, _: Event, callback: Callback| {
                let now = c.clock().unix_seconds();
                async move { callback.success(now.to_string()) }
            },
        )
        .clock(Clock::fixed(1_628_032_595))
        .port(0)
        .start()
        .await
        .expect("a free port");
    assert_ne!(first.port(), second.port());
    assert_eq!(
        ask(first.port(), "GET /hello?name=A", "").text(),
        "Hello, A"
    );
    assert_eq!(ask(second.port(), "GET /hello", "").status, 403);
    assert_eq!(
        ask(second.port(), "GET /more/time", "").text(),
        "1628032595"
    );
    let port = second.port();
    assert_eq!(
        second.url("demo", "/hello"),
        format!("http://localhost:{port}/hello")
    );
    assert_eq!(
        second.url("more", "/time"),
        format!("http://localhost:{port}/more/time")
    );
    // Each has a journal of its own, and its own end.
    assert_eq!(first.journal().exchanges().len(), 1);
    assert_eq!(second.journal().exchanges().len(), 2);
    assert_eq!(stopped(first).await, Drained::Fully);
    assert_eq!(ask(port, "GET /more/time", "").status, 200);
    assert_eq!(stopped(second).await, Drained::Fully);
}
