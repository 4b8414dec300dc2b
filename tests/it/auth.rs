//! The documented auth service, to the byte: what a client sees of `cargo run`.

use crate::functions;
use crate::http::{Reply, ask};
use std::path::Path;
use switchboard::{Clock, Running, Switchboard, jwt};

/// When the documented token was issued.
const ISSUED: u64 = 1_628_032_595;

const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0d2lsaW8iLCJpc3MiOiJ0d2lsLmlvIiwib3JnIjoidHdpbGlvIiwicGVybXMiOlsicmVhZCJdLCJpYXQiOjE2MjgwMzI1OTUsImV4cCI6MTYyODExODk5NX0.uZzHuN5PpK6qM5wCu01_S8lkFPDpIcxQJq6A7sDr6gc";

const DATE: &str = "Tue, 03 Aug 2021 23:16:35 GMT";

/// The ways to reach a path of the service.
const WAYS: [(&str, &str); 4] = [
    ("", ""),
    ("/auth", ""),
    ("", "Host: auth-4173-dev.localhost"),
    ("", "Host: AUTH-4173-dev.twil.io:443"),
];

/// The repository's own project, at the documented moment.
async fn server() -> Running {
    Switchboard::builder()
        .project(Path::new(env!("CARGO_MANIFEST_DIR")))
        .handlers(functions::all())
        .clock(Clock::fixed(ISSUED))
        .port(0)
        .no_watch()
        .start()
        .await
        .expect("the repository's services.toml is valid")
}

fn headers(reply: &Reply) -> Vec<String> {
    reply
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_is_a_challenge() {
    let server = server().await;
    for (prefix, host) in WAYS {
        let reply = ask(server.port(), &format!("POST {prefix}/bearer\n{host}"), "");
        assert_eq!(reply.status, 401, "{prefix} {host}");
        assert_eq!(
            headers(&reply),
            [
                format!("date: {DATE}"),
                "content-type: application/octet-stream".into(),
                "content-length: 12".into(),
                "www-authenticate: Bearer realm=\"Access to read salaries\"".into(),
                "x-shenanigans: none".into(),
            ]
        );
        assert_eq!(reply.text(), "Unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_user_gets_the_documented_token() {
    let server = server().await;
    let json = r#"{"username":"twilio","password":"ahoy"}"#;
    for (prefix, host) in WAYS {
        let head = format!("POST {prefix}/jwt\nContent-Type: application/json\n{host}");
        let reply = ask(server.port(), &head, json);
        assert_eq!(reply.status, 200, "{prefix} {host}");
        assert_eq!(
            headers(&reply),
            [
                format!("date: {DATE}"),
                "content-type: application/octet-stream".into(),
                "content-length: 2".into(),
                format!("access_token: {TOKEN}"),
                "x-shenanigans: none".into(),
                "x-content-type-options: nosniff".into(),
                "x-xss-protection: 1; mode=block".into(),
            ]
        );
        assert_eq!(reply.text(), "OK");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_opens_the_salaries() {
    let server = server().await;
    for (prefix, host) in WAYS {
        let head = format!("POST {prefix}/bearer\nAuthorization: Bearer {TOKEN}\n{host}");
        let reply = ask(server.port(), &head, "");
        assert_eq!(reply.status, 200, "{prefix} {host}");
        assert_eq!(
            headers(&reply),
            [
                format!("date: {DATE}"),
                "content-type: application/json".into(),
                "content-length: 84".into(),
                "x-shenanigans: none".into(),
                "x-content-type-options: nosniff".into(),
                "x-xss-protection: 1; mode=block".into(),
            ]
        );
        assert_eq!(
            reply.text(),
            r#"[{"username":"jdoe","salary":"$2000.00"},{"username":"mturner","salary":"$2500.00"}]"#
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_may_come_as_json_form_or_query_and_must_be_right() {
    let server = server().await;
    let form = "POST /jwt\nContent-Type: application/x-www-form-urlencoded";
    let json = "POST /jwt\nContent-Type: application/json";
    let table = [
        (form, "username=twilio&password=ahoy", 200),
        ("GET /jwt?username=twilio&password=ahoy", "", 200),
        ("POST /jwt?username=twilio&password=ahoy", "", 200),
        (form, "username=twilio&password=Ahoy", 401),
        (form, "username=twilio", 401),
        (form, "username=twilio&username=twilio&password=ahoy", 401),
        (json, r#"{"username":"twilio","password":["ahoy"]}"#, 401),
        (json, r#"{"username":"twilio","password":"ahoy "}"#, 401),
        ("POST /jwt", "", 401),
    ];
    for (head, body, status) in table {
        let reply = ask(server.port(), head, body);
        assert_eq!(reply.status, status, "{head} {body}");
        if status == 401 {
            assert_eq!(reply.text(), "Username or password is incorrect");
            assert_eq!(
                reply.names(),
                ["date", "content-type", "content-length", "x-shenanigans"]
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_that_holds_opens_the_salaries() {
    let server = server().await;
    let token = |exp: u64, secret: &str| {
        let claims = serde_json::json!({ "sub": "twilio", "exp": exp });
        jwt::sign(&claims, secret, jwt::Algorithm::HS512).expect("a token")
    };
    let table = [
        (format!("Bearer {}", token(ISSUED + 1, "secret_key")), 200),
        (format!("bearer {TOKEN} and more"), 200),
        (format!("BEARER {TOKEN}"), 200),
        (format!("Bearer {}", token(ISSUED, "secret_key")), 401),
        (format!("Bearer {}", token(ISSUED + 1, "secret")), 401),
        (format!("Bearer  {TOKEN}"), 401),
        (format!("Basic {TOKEN}"), 401),
        (TOKEN.to_string(), 401),
        ("Bearer".to_string(), 401),
        (String::new(), 401),
    ];
    for (authorization, status) in table {
        let head = format!("GET /bearer\nAuthorization: {authorization}");
        let reply = ask(server.port(), &head, "");
        assert_eq!(reply.status, status, "{authorization}");
    }
}
