//! What ngrok's service answers, in tables; and what is no service of ngrok's.

use super::super::{Agent, Means};
use super::road::{Road, Told};
use super::*;
use ngrok::session::{ConnectError, RpcError};
use ngrok::tunnel::AcceptError;
use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::Arc;

const SECRET: &str = "2abcDEF_s3cretOfMine";

fn token(text: &str) -> Option<Authtoken> {
    Authtoken::of(text.into())
}

fn sdk(server: Option<String>) -> Sdk {
    Sdk {
        authtoken: token(SECRET).unwrap(),
        domain: None,
        server,
        roots: None,
    }
}

/// The error that the service's answer `text` is.
fn answered(text: &str) -> TunnelError {
    sdk(None).named_rpc(&RpcError::Response(text.into()))
}

#[test]
fn each_refusal_of_the_service_has_a_name() {
    // The words are those of ngrok's own list of errors.
    for (text, name, help, may_pass) in [
        (
            "The authtoken you specified does not look like a proper ngrok authtoken.\nYour authtoken: 2abcDEF_s3cretOfMine\r\n\r\nERR_NGROK_105\r\n",
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_105)",
            "copy it anew",
            false,
        ),
        (
            "The authtoken you specified is an ngrok v1 authtoken, but you're using ngrok v2.\nYour authtoken: 2abcDEF_s3cretOfMine\r\n\r\nERR_NGROK_106\r\n",
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_106)",
            "copy it anew",
            false,
        ),
        (
            "The authtoken you specified is properly formed, but it is invalid.\nYour authtoken: 2abcDEF_s3cretOfMine\n\nERR_NGROK_107",
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_107)",
            "copy it anew",
            false,
        ),
        (
            "Usage of ngrok requires a verified account and authtoken.\n\nSign up for an account: https://dashboard.ngrok.com/signup\n\nERR_NGROK_4018\r\n",
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_4018)",
            "copy it anew",
            false,
        ),
        (
            "Your account is limited to 1 simultaneous ngrok agent sessions.\nYou can run\n\r\n\r\nERR_NGROK_108\r\n",
            "the tunnel is taken by another agent (ERR_NGROK_108): Your account is limited to 1 simultaneous ngrok agent sessions.",
            "stop the other agent",
            true,
        ),
        (
            "The endpoint 'https://mine.ngrok.app' is already online.\r\n\r\nERR_NGROK_334\r\n",
            "the tunnel is taken by another agent (ERR_NGROK_334): The endpoint 'https://mine.ngrok.app' is already online.",
            "--ngrok=DOMAIN",
            true,
        ),
        (
            "You must reserve a custom hostname for your account before it can be used to create endpoints.\nFailed to\n\nERR_NGROK_319",
            "`ngrok` was refused: You must reserve a custom hostname for your account before it can be used to create endpoints. (ERR_NGROK_319)",
            "look the code or the words up",
            false,
        ),
        (
            "This domain is reserved for another account.\nIf you have reserved this name, make sure that you are using an\nauthtoken credential\n\nERR_NGROK_320",
            "`ngrok` was refused: This domain is reserved for another account. (ERR_NGROK_320)",
            "look the code or the words up",
            false,
        ),
        (
            "The last payment for the X account failed.\n\nERR_NGROK_102",
            "`ngrok` was refused: The last payment for the X account failed. (ERR_NGROK_102)",
            "look the code or the words up",
            false,
        ),
        // A code amid the words, none at all, nothing at all.
        (
            "is already online ERR_NGROK_334.",
            "the tunnel is taken by another agent (ERR_NGROK_334): is already online ERR_NGROK_334.",
            "--ngrok=DOMAIN",
            true,
        ),
        (
            "no such thing as 2abcDEF_s3cretOfMine here",
            "`ngrok` was refused: no such thing as … here",
            "look the code or the words up",
            false,
        ),
        (
            "your token is 2abcDEF_s3cretOfMine",
            "`ngrok` was refused: it did not say why",
            "look the code or the words up",
            false,
        ),
    ] {
        let error = answered(text);
        assert_eq!(error.to_string(), name, "{text}");
        assert!(error.help().contains(help), "{text}: {}", error.help());
        assert_eq!(error.may_pass(), may_pass, "{text}");
        assert!(
            !format!("{error:?} {error}").contains("s3cret"),
            "{error:?}"
        );
    }
}

#[test]
fn where_no_answer_came_the_service_is_named_and_what_went_wrong() {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let error = sdk(None).named(&ConnectError::Tcp(refused));
    assert_eq!(
        error.to_string(),
        "ngrok's service at connect.ngrok-agent.com:443 cannot be reached: failed to establish \
         tcp connection: connection refused"
    );
    assert!(error.may_pass());
    let own = sdk(Some("tunnel.example.com:8443".to_string()));
    let cut = io::Error::other(format!("{SECRET} was refused"));
    let error = own.named(&ConnectError::Auth(RpcError::Receive(cut)));
    assert_eq!(
        error.to_string(),
        "ngrok's service at tunnel.example.com:8443 cannot be reached: error reading rpc \
         response: … was refused"
    );
}

#[test]
fn a_tunnel_that_ends_says_by_what() {
    let ended = |error: AcceptError| {
        let error = io::Error::new(io::ErrorKind::NotConnected, error);
        sdk(None).ended(Ok(Err(Box::new(error))))
    };
    let stopped = |code: Option<&str>| AcceptError::ListenerClosed {
        message: "The endpoint was stopped.".to_string(),
        error_code: code.map(str::to_string),
    };
    for (error, name) in [
        (
            ended(stopped(Some("ERR_NGROK_9999"))),
            "`ngrok` was refused: The endpoint was stopped. (ERR_NGROK_9999)",
        ),
        (
            ended(stopped(None)),
            "`ngrok` was refused: The endpoint was stopped.",
        ),
        (
            ended(AcceptError::Reconnect(Arc::new(ConnectError::Rebind(
                RpcError::Response("Not any more.\n\nERR_NGROK_107".into()),
            )))),
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_107)",
        ),
        (
            sdk(None).ended(Ok(Ok(()))),
            "the tunnel to ngrok's service has ended: it was closed",
        ),
    ] {
        assert_eq!(error.to_string(), name);
    }
}

#[test]
fn the_token_is_shown_nowhere() {
    let shown = format!("{:?}", sdk(None));
    assert!(shown.contains("Authtoken(…)"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
    for (value, kept) in [("", false), (" \n", false), (" t \n", true)] {
        assert_eq!(token(value), token("t").filter(|_| kept), "{value:?}");
    }
}

#[test]
fn the_sdk_is_for_ngrok_with_a_token_and_a_program_for_all_else() {
    let ngrok = || Agent::Ngrok { domain: None };
    for (agent, given, by_sdk, noted) in [
        (ngrok(), Some("t"), true, false),
        (ngrok(), None, false, true),
        (Agent::Cloudflared, Some("t"), false, false),
        (Agent::Cloudflared, None, false, false),
    ] {
        let means = Means::with(agent, given.and_then(token));
        assert_eq!(matches!(means, Means::Sdk(_)), by_sdk, "{means:?}");
        assert_eq!(means.note().is_some(), noted, "{means:?}");
    }
}

/// What opening says, where this answers each connection in the service's place.
async fn against(answer: impl Fn(std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap());
        }
    });
    let patience = Duration::from_secs(2);
    let error = sdk(Some(server)).open_within(patience, 1).await;
    error.unwrap_err().to_string()
}

#[tokio::test]
async fn nobody_there_is_said_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = sdk(Some(server)).open(1).await.unwrap_err().to_string();
    assert!(error.contains("cannot be reached: failed"), "{error}");
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let kept = std::sync::Mutex::new(Vec::new());
    let error = against(move |stream| kept.lock().unwrap().push(stream)).await;
    assert!(error.ends_with("no answer within 2 s"), "{error}");
}

#[tokio::test]
async fn a_server_of_another_kind_gets_no_token() {
    let error = against(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    })
    .await;
    assert!(error.contains("tls handshake error"), "{error}");
    let error = against(drop).await;
    assert!(error.contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn wrong_names_of_a_service_are_told_by_their_variables() {
    let error = sdk(Some("a b".to_string())).open(1).await.unwrap_err();
    let told =
        "ngrok's service at a b cannot be reached: SWITCHBOARD_NGROK_SERVER is not HOST:PORT";
    assert_eq!(error.to_string(), told);
    let mut sdk = sdk(Some("127.0.0.1:1".to_string()));
    sdk.roots = Some("/nowhere/ca.pem".to_string());
    let error = sdk.open(1).await.unwrap_err().to_string();
    let told = "SWITCHBOARD_NGROK_CA, /nowhere/ca.pem: No such file or directory";
    assert!(error.contains(told), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_loss_is_told_once_and_so_is_the_return() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (road, mut told) = Road::new(sdk(Some(address.to_string())));
    let roots = tokio_rustls::rustls::RootCertStore::empty();
    let tls = tokio_rustls::rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Nobody there takes the connection: each attempt takes its time, and another follows.
    let lost = Some(AcceptError::Transport(muxado::Error::SessionClosed));
    let host = address.ip().to_string();
    let connect = |ended| {
        road.clone()
            .connect(host.clone(), address.port(), Arc::new(tls.clone()), ended)
    };
    for _ in 0..2 {
        let attempts = timeout(Duration::from_secs(600), connect(lost.clone())).await;
        assert!(attempts.is_err(), "connected");
    }
    road.beat(true);
    road.beat(true);
    road.beat(true);
    let mut said = Vec::new();
    while let Ok(Told::Said(text)) = told.try_recv() {
        said.push(text);
    }
    assert_eq!(
        said,
        [
            format!(
                "the connection to ngrok's service at {address} is lost; trying again until it is back"
            ),
            format!("the connection to ngrok's service at {address} is back"),
        ]
    );
    road.close();
    let closed = connect(lost).await.err();
    assert!(matches!(closed, Some(ConnectError::Canceled)), "{closed:?}");
}

#[tokio::test]
async fn a_heartbeat_without_an_answer_cuts_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (road, _told) = Road::new(sdk(None));
    let roots = tokio_rustls::rustls::RootCertStore::empty();
    let tls = tokio_rustls::rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let dialled = road.clone().connect(
        address.ip().to_string(),
        address.port(),
        Arc::new(tls),
        None,
    );
    let dialled = tokio::spawn(dialled);
    let (mut stream, _) = tokio::task::spawn_blocking(move || listener.accept())
        .await
        .unwrap()
        .unwrap();
    let mut hello = [0; 1];
    let cut = road.clone();
    tokio::task::spawn_blocking(move || {
        use std::io::Read;
        stream.read_exact(&mut hello).unwrap();
        cut.beat(false);
        // What had come is read, then there is an end.
        stream.read_to_end(&mut Vec::new()).unwrap();
    })
    .await
    .unwrap();
    assert!(matches!(dialled.await.unwrap(), Err(ConnectError::Tls(_))));
}
