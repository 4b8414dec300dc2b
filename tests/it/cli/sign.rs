//! `sign`, against vectors that were computed with twilio-node 6.2.0.

use super::run::{PAIR, program, project};
use snapbox::str;
use switchboard::config::DEVELOPMENT_AUTH_TOKEN;
use switchboard::signature::Signer;

/// The token of the vectors.
const TOKEN: &str = "12345678901234567890123456789012";

fn signed(services: &str, arguments: &[&str]) -> String {
    let folder = project(&[("services.toml", services)]);
    let mut told = program(folder.path()).arg("sign");
    told = told.args(arguments);
    let told = told.output().unwrap();
    assert!(told.status.success(), "{arguments:?}");
    assert!(told.stderr.is_empty(), "{arguments:?}");
    String::from_utf8(told.stdout).unwrap()
}

#[test]
fn stdout_holds_the_signature_alone() {
    let url = "http://localhost:3000/sms-reply";
    for (arguments, signature) in [
        (
            [url, "-d", "Body=Ahoy"].as_slice(),
            "fdrrhGUuRHGGvTRZoKSLjw+xf2c=",
        ),
        // No body: of the JSON nothing is signed.
        (
            &["https://auth-4173-dev.twil.io/sms/send", "--json", "{}"],
            "vT5MEpstQYCHVW6FFdSvmxRr8ZI=",
        ),
        (
            &["https://auth-4173-dev.twil.io/bearer"],
            "rLt1epvVgEHAfkFU/JOXb9K/5l8=",
        ),
        (
            &["https://auth-4173-dev.twil.io/sms", "-d", "Body= hi "],
            "IgYSBnFYxduMsXD312LEe3UG6mk=",
        ),
    ] {
        let arguments = [arguments, &["--auth-token", TOKEN]].concat();
        assert_eq!(signed(PAIR, &arguments), format!("{signature}\n"));
    }
}

#[test]
fn the_token_can_come_from_the_environment() {
    let folder = project(&[]);
    let told = program(folder.path())
        .env("TWILIO_AUTH_TOKEN", TOKEN)
        .args(["sign", "http://localhost:3000/sms-reply", "-d", "Body=Ahoy"]);
    told.assert()
        .success()
        .stdout_eq("fdrrhGUuRHGGvTRZoKSLjw+xf2c=\n");
}

#[test]
fn an_empty_token_is_none() {
    let folder = project(&[("services.toml", TWO)]);
    let told = program(folder.path())
        .env("TWILIO_AUTH_TOKEN", "")
        .args(["sign", "/x"])
        .output()
        .unwrap();
    let own = ["http://localhost:3100/x", "--auth-token", "token-of-a"];
    assert_eq!(String::from_utf8(told.stdout).unwrap(), signed(TWO, &own));
    // A script's variable that is not set.
    let told = program(folder.path())
        .args(["sign", "/x", "--auth-token", ""])
        .assert();
    told.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --auth-token is empty
...
"#]]);
    for command in ["send", "call"] {
        let mut told = program(folder.path()).arg(command);
        if command == "send" {
            told = told.arg("sms");
        }
        told.args(["/x", "--auth-token", ""]).assert().code(2);
    }
}

/// Two services with tokens of their own.
const TWO: &str = r#"
default_service = "a"
port = 3100
[services.a]
auth_token = "token-of-a"
[services.a.functions]
"/x" = { handler = "rust:jwt" }
[services.b]
domain = "b-1-dev"
auth_token = "token-of-b"
[services.b.functions]
"/x" = { handler = "rust:jwt" }
"#;

#[test]
fn a_path_is_signed_as_the_url_and_with_the_token_of_its_service() {
    for (arguments, token, url) in [
        (["/x"].as_slice(), "token-of-a", "http://localhost:3100/x"),
        (&["/x?q=1"], "token-of-a", "http://localhost:3100/x?q=1"),
        (&["/b/x"], "token-of-b", "http://localhost:3100/b/x"),
        (&["b:/x"], "token-of-b", "http://localhost:3100/b/x"),
        (&["a:/x", "-p", "81"], "token-of-a", "http://localhost:81/x"),
        (
            &["http://b-1-dev.localhost:3100/x"],
            "token-of-b",
            "http://b-1-dev.localhost:3100/x",
        ),
        (
            &["https://example.com/x", "--service", "b"],
            "token-of-b",
            "https://example.com/x",
        ),
    ] {
        let wanted = Signer::new(token).sign(url, &[]);
        assert_eq!(
            signed(TWO, arguments),
            format!("{wanted}\n"),
            "{arguments:?}"
        );
    }
    let wanted = Signer::new(DEVELOPMENT_AUTH_TOKEN).sign("http://localhost:3000/jwt", &[]);
    assert_eq!(signed(PAIR, &["/jwt"]), format!("{wanted}\n"));
}

#[test]
fn what_no_request_can_have_for_its_path_is_not_signed() {
    for path in ["/guard?y=a b", "/guard?q=\"x\"", "/guard#f", "auth:/a b"] {
        let folder = project(&[("services.toml", PAIR)]);
        let told = program(folder.path()).args(["sign", path, "--curl"]);
        let told = told.output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{path}");
        assert!(told.stdout.is_empty(), "{path}");
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.contains("%20 for a space"), "{path}: {told}");
    }
}

#[test]
fn a_port_that_is_none_is_not_taken_for_port_80() {
    let folder = project(&[("services.toml", PAIR)]);
    for url in ["http://localhost:99999/x", "http://localhost:42010abc/sms"] {
        for command in [&["sign"][..], &["send", "sms"], &["call"]] {
            let told = program(folder.path()).args(command);
            let told = told.args([url, "--auth-token", "x"]).output().unwrap();
            assert_eq!(told.status.code(), Some(2), "{command:?} {url}");
            let told = String::from_utf8(told.stderr).unwrap();
            let wanted = format!("`{url}` is not a URL that can be requested");
            assert!(told.contains(&wanted), "{command:?}: {told}");
        }
    }
}

#[test]
fn the_command_survives_a_shell() {
    let told = signed(
        PAIR,
        &["/guarded", "-d", "A b=it's $HOME", "-d", "C=", "--curl"],
    );
    // `curl` is replaced by what prints its arguments, a line each.
    let words = std::process::Command::new("sh")
        .args([
            "-c",
            &format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{told}"),
        ])
        .output()
        .unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    let params = [("A b", "it's $HOME"), ("C", "")].map(|(n, v)| (n.into(), v.into()));
    let url = "http://localhost:3000/guarded";
    let signature = Signer::new(DEVELOPMENT_AUTH_TOKEN).sign(url, &params);
    let wanted = format!(
        "-i\n-X\nPOST\n{url}\n-H\nX-Twilio-Signature: {signature}\n--data-urlencode\n\
         A%20b=it's $HOME\n--data-urlencode\nC=\n"
    );
    assert_eq!(words, wanted);
}

#[test]
fn a_signed_request_is_let_in() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = super::run::Server::start(folder.path(), &[]);
    let port = server.ready["port"].to_string();
    let signature = signed(PAIR, &["/guarded", "-p", &port, "-d", "username=x"]);
    let beside_it = program(folder.path())
        .env("XDG_RUNTIME_DIR", server.runtime())
        .args(["sign", "/guarded", "-d", "username=x"]);
    beside_it.assert().success().stdout_eq(signature.clone());
    let head = "POST /guarded HTTP/1.1\ncontent-type: application/x-www-form-urlencoded";
    let refused = server.ask(head, "username=x");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let head = format!("{head}\nx-twilio-signature: {}", signature.trim());
    let answer = server.ask(&head, "username=x");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("Username or password is incorrect"));
}
