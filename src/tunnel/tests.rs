//! What agents print, in tables.

use super::adopt::tunnel_to;
use super::process::Started;
use super::url::{public, quotable};
use super::*;

fn url(text: &str) -> Option<Told> {
    Some(Told::Url(text.to_string()))
}

fn ngrok_says(line: &str) -> Option<Told> {
    Agent::Ngrok { domain: None }.read(line)
}

#[test]
fn ngroks_log_is_read_for_the_url() {
    for (line, told) in [
        (
            r#"{"lvl":"info","msg":"started tunnel","addr":"http://localhost:3000","url":"https://a-1.ngrok-free.app","t":"x"}"#,
            url("https://a-1.ngrok-free.app"),
        ),
        (
            r#"{"msg":"started tunnel","addr":{"Scheme":"http"},"url":"https://b.ngrok.app/"}"#,
            url("https://b.ngrok.app"),
        ),
        (
            r#"{"msg":"started tunnel","url":"http://b.ngrok.app"}"#,
            None,
        ),
        (
            r#"{"msg":"started tunnel","url":"javascript:alert(1)"}"#,
            None,
        ),
        (
            r#"{"msg":"started tunnel","url":"https://u:p@b.app"}"#,
            None,
        ),
        (r#"{"msg":"started tunnel","url":7}"#, None),
        (
            r#"{"lvl":"info","msg":"starting web service","addr":"127.0.0.1:4040"}"#,
            None,
        ),
        (r#"{"lvl":"eror","msg":"x","err":"<nil>"}"#, None),
        ("\u{1b}[2Jnot json", None),
        ("[1, 2]", None),
        ("", None),
    ] {
        assert_eq!(ngrok_says(line), told, "{line}");
    }
}

#[test]
fn each_complaint_of_ngrok_has_a_name() {
    let no_token = r#"{"lvl":"crit","msg":"command failed","err":"authentication failed: The authtoken you specified is malformed.\nYour authtoken: s3cret\n\nERR_NGROK_105\r\n"}"#;
    let Some(Told::Fault(TunnelError::NoToken { code })) = ngrok_says(no_token) else {
        panic!("no token");
    };
    assert_eq!(code, "ERR_NGROK_105");
    let taken = r#"{"err":"failed to start tunnel: The endpoint 'https://a.app' is already online.\r\n\r\nERR_NGROK_334\r\n","lvl":"crit","msg":"command failed"}"#;
    let Some(Told::Fault(TunnelError::Taken { code, why })) = ngrok_says(taken) else {
        panic!("taken");
    };
    assert_eq!(code, "ERR_NGROK_334");
    assert!(why.ends_with("is already online."), "{why}");
    let refused = "ERROR:  The domain 'x.app' is not reserved for you. ERR_NGROK_320";
    let Some(Told::Fault(TunnelError::Refused { why, .. })) = ngrok_says(refused) else {
        panic!("refused");
    };
    assert_eq!(why, refused);
    let trouble =
        r#"{"lvl":"eror","msg":"failed to reconnect session","err":"dial tcp: no such host"}"#;
    let told = Some(Told::Trouble("dial tcp: no such host".to_string()));
    assert_eq!(ngrok_says(trouble), told);
}

#[test]
fn cloudflareds_log_is_read_for_its_own_url_only() {
    let says = |line: &str| Agent::Cloudflared.read(line);
    for (line, told) in [
        (
            "2026-01-01T00:00:00Z INF |  https://four-words-in-line.trycloudflare.com    |",
            url("https://four-words-in-line.trycloudflare.com"),
        ),
        (
            "INF Requesting new quick Tunnel on trycloudflare.com...",
            None,
        ),
        (
            "INF Terms (https://www.cloudflare.com/website-terms/), and",
            None,
        ),
        ("INF https://api.trycloudflare.com", None),
        ("INF https://x.trycloudflare.com.evil.example", None),
    ] {
        assert_eq!(says(line), told, "{line}");
    }
    let refused = r#"failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": no such host"#;
    assert!(matches!(
        says(refused),
        Some(Told::Fault(TunnelError::Refused { .. }))
    ));
    let lost = "2026-01-01T00:00:00Z ERR Lost connection with the edge";
    assert!(matches!(says(lost), Some(Told::Trouble(_))));
}

#[test]
fn a_running_agent_is_adopted_for_our_port_alone() {
    let body = r#"{"tunnels":[
        {"public_url":"http://a.ngrok.app","config":{"addr":"http://localhost:3000"}},
        {"public_url":"https://other.ngrok.app","config":{"addr":"http://localhost:3001"}},
        {"public_url":"https://far.ngrok.app","config":{"addr":"http://192.0.2.1:3000"}},
        {"public_url":"https://a.ngrok.app","config":{"addr":"http://localhost:3000"}},
        {"public_url":"https://b.ngrok.app","config":{"addr":"3000"}}]}"#;
    let found = |port, domain| tunnel_to(port, domain, body);
    assert_eq!(found(3000, None).as_deref(), Some("https://a.ngrok.app"));
    let named = found(3000, Some("b.ngrok.app"));
    assert_eq!(named.as_deref(), Some("https://b.ngrok.app"));
    assert_eq!(found(3000, Some("c.ngrok.app")), None);
    assert_eq!(found(3002, None), None);
    for none in [
        "",
        "{}",
        r#"{"tunnels":3}"#,
        r#"{"tunnels":[{"config":1}]}"#,
    ] {
        assert_eq!(tunnel_to(3000, None, none), None);
    }
}

#[test]
fn a_public_url_is_https_with_a_host_and_no_more() {
    for (text, kept) in [
        ("https://a.ngrok.app", true),
        ("https://a.ngrok.app:8443", true),
        ("https://a.ngrok.app/", true),
        ("https://localhost", false),
        ("https://a.app/path", false),
        ("https://a.app?q", false),
        ("https://a.app@b.app", false),
        ("a.app", false),
        ("https://a b.app", false),
    ] {
        assert_eq!(public(text).is_some(), kept, "{text}");
    }
}

#[test]
fn a_token_is_never_quoted() {
    let text = "Your authtoken: s3cret\nSign up first.\nThe Token is s3cret";
    assert_eq!(quotable(text), "Sign up first.");
    assert_eq!(quotable("authtoken s3cret"), "");
}

#[test]
fn a_domain_is_one_and_a_bare_name_is_ngroks() {
    for (text, domain) in [
        ("mine.ngrok.app", Some("mine.ngrok.app")),
        ("https://Mine.ngrok.app/", Some("mine.ngrok.app")),
        ("mine", Some("mine.ngrok.io")),
        ("", None),
        ("--config=x", None),
        ("a..b", None),
        ("a b", None),
        ("a/b", None),
    ] {
        assert_eq!(super::domain(text).ok().as_deref(), domain, "{text}");
    }
}

#[test]
fn no_argument_is_a_secret_or_an_option_of_others() {
    let agent = Agent::Ngrok {
        domain: Some("mine.ngrok.app".to_string()),
    };
    assert_eq!(
        agent.arguments(3000),
        [
            "http",
            "3000",
            "--log",
            "stdout",
            "--log-format",
            "json",
            "--url",
            "mine.ngrok.app"
        ]
    );
    assert_eq!(
        Agent::Cloudflared.arguments(3000),
        ["tunnel", "--url", "http://127.0.0.1:3000"]
    );
}

#[tokio::test]
async fn long_lines_are_cut_and_the_next_is_whole() {
    let mut text = vec![b'x'; 300_000];
    text.extend_from_slice(b"\nshort\r\nlast");
    let mut from = text.as_slice();
    assert_eq!(
        lines::next(&mut from).await.map(|line| line.len()),
        Some(65_536)
    );
    assert_eq!(lines::next(&mut from).await.as_deref(), Some("short"));
    assert_eq!(lines::next(&mut from).await.as_deref(), Some("last"));
    assert_eq!(lines::next(&mut from).await, None);
}

/// An agent that is this script.
fn stand_in(script: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    (folder, file)
}

#[tokio::test]
async fn an_agent_that_tells_no_url_is_not_waited_for_for_ever() {
    let trouble = r#"{"lvl":"eror","err":"dial tcp: no such host"}"#;
    let (_folder, file) = stand_in(&format!("echo '{trouble}'; exec yes garbage"));
    let agent = Agent::Ngrok { domain: None };
    let patience = std::time::Duration::from_millis(1500);
    let told = Started::open_with(file.as_os_str(), agent, 1, patience).await;
    let Err(TunnelError::Silent { trouble, .. }) = told else {
        panic!("{told:?}");
    };
    assert_eq!(trouble, "dial tcp: no such host");
}

#[tokio::test]
async fn what_an_agent_started_ends_with_it() {
    let (folder, file) = stand_in(
        "sleep 60 & echo $! > \"$0.child\"\n\
         echo 'https://a-b.trycloudflare.com' >&2; wait",
    );
    let patience = std::time::Duration::from_secs(60);
    let opened = Started::open_with(file.as_os_str(), Agent::Cloudflared, 1, patience).await;
    let tunnel = opened.unwrap();
    assert_eq!(tunnel.url(), "https://a-b.trycloudflare.com");
    let child = std::fs::read_to_string(folder.path().join("agent.child")).unwrap();
    drop(tunnel);
    for _ in 0..6000 {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
        // Nobody may have waited for it yet.
        if status.map_or(true, |status| status.contains(") Z ")) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the agent's child runs on");
}
