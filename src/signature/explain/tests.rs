//! One case for each fault that is recognised.

use super::*;
use crate::signature::{Arrival, Content, body_sha256};

const TOKEN: &str = "12345678901234567890123456789012";

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// A request to the service `auth` through its prefix.
fn arrival<'a>(path: &'a str, query: Option<&'a str>) -> Arrival<'a> {
    Arrival {
        scheme: "http",
        host: "localhost:3000",
        domain: Some("auth-4173-dev"),
        prefix: "/auth",
        path,
        query,
        ..Arrival::default()
    }
}

fn explained(arrival: Arrival<'_>, content: Content<'_>, signature: &str) -> Explanation {
    let other = Signer::new("another token");
    let secondary = Signer::new("secondary token");
    let request = SignedRequest {
        arrival,
        method: match content {
            Content::None => "GET",
            _ => "POST",
        },
        content,
        signatures: &[signature],
    };
    let others = [
        OtherToken {
            owner: TokenOwner::Service("demo".to_string()),
            signer: &other,
        },
        OtherToken {
            owner: TokenOwner::Secondary,
            signer: &secondary,
        },
    ];
    explain(&request, &Signer::new(TOKEN), &others).expect("the request is refused")
}

/// The causes found for a GET that was signed for `signed`.
fn get(path: &str, query: Option<&str>, signed: &str) -> Vec<Cause> {
    let signature = Signer::new(TOKEN).sign(signed, &[]);
    explained(arrival(path, query), Content::None, &signature).causes
}

/// The causes found for a form of which `text` was signed behind the URL.
fn post(params: &[(String, String)], text: &str) -> Vec<Cause> {
    let signature = Signer::new(TOKEN).sign_text("http://localhost:3000/auth/sms", text);
    explained(
        arrival("/auth/sms", None),
        Content::Form(params),
        &signature,
    )
    .causes
}

#[test]
fn mistakes_in_the_url_are_found() {
    let query_parameter = |name: &str| Cause::QueryParameterNotSigned { name: name.into() };
    for (path, query, signed, cause) in [
        (
            "/auth/a",
            None,
            "https://localhost:3000/auth/a",
            Cause::Scheme {
                signed: "https".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "http://auth-4173-dev.twil.io/a",
            Cause::Scheme {
                signed: "http".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "http://127.0.0.1:3000/auth/a",
            Cause::Host {
                signed: "127.0.0.1".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "http://localhost:8080/auth/a",
            Cause::Port {
                signed: "8080".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "https://auth-4173-dev.twil.io:3000/a",
            Cause::Port {
                signed: "3000".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "http://localhost:3000/a",
            Cause::Prefix {
                signed: "/a".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "https://auth-4173-dev.twil.io/auth/a",
            Cause::Prefix {
                signed: "/auth/a".into(),
            },
        ),
        (
            "/auth/a",
            None,
            "http://localhost:3000/auth/a/",
            Cause::TrailingSlash { signed: true },
        ),
        (
            "/auth/a/",
            Some("x=1"),
            "http://localhost:3000/auth/a?x=1",
            Cause::TrailingSlash { signed: false },
        ),
        (
            "/auth/a",
            None,
            "http://localhost:3000/auth/a?",
            Cause::QuestionMark { signed: true },
        ),
        (
            "/auth/a",
            Some(""),
            "http://localhost:3000/auth/a",
            Cause::QuestionMark { signed: false },
        ),
        (
            "/auth/a",
            Some("x=1&y=2"),
            "http://localhost:3000/auth/a",
            Cause::QueryNotSigned,
        ),
        (
            "/auth/a",
            Some("x=1&y=2&z=3"),
            "http://localhost:3000/auth/a?z=3&x=1&y=2",
            Cause::QueryOrder,
        ),
        (
            "/auth/a",
            Some("e=5&d=4&c=3&b=2&a=1"),
            "http://localhost:3000/auth/a?a=1&b=2&c=3&d=4&e=5",
            Cause::QueryOrder,
        ),
        (
            "/auth/a",
            Some("x=two+words"),
            "http://localhost:3000/auth/a?x=two words",
            Cause::QueryEncoding,
        ),
        (
            "/auth/a",
            Some("x=%2B1"),
            "http://localhost:3000/auth/a?x=%2b1",
            Cause::QueryEncoding,
        ),
        (
            "/auth/a",
            Some("x=1&y=2&added=3"),
            "http://localhost:3000/auth/a?x=1&y=2",
            query_parameter("added"),
        ),
    ] {
        assert_eq!(get(path, query, signed), [cause], "{signed}");
    }
}

#[test]
fn a_tunnel_that_ends_tls_and_keeps_the_host_is_found() {
    let signature = Signer::new(TOKEN).sign("https://x.ngrok.app/sms", &[]);
    let arrival = Arrival {
        scheme: "http",
        host: "x.ngrok.app",
        path: "/sms",
        ..Arrival::default()
    };
    let explanation = explained(arrival, Content::None, &signature);
    assert_eq!(
        explanation.causes,
        [Cause::Scheme {
            signed: "https".into()
        }]
    );
    assert!(explanation.advice().contains("--public-url"));
    assert_eq!(
        explanation.signed_url.as_deref(),
        Some("https://x.ngrok.app/sms")
    );
}

#[test]
fn a_host_that_nobody_named_leads_to_the_public_url() {
    let unknown = |public_url_known| [Cause::Unknown { public_url_known }];
    let signature = Signer::new(TOKEN).sign("https://x.ngrok.app/sms", &[]);
    let mut arrival = arrival("/sms", None);
    let explanation = explained(arrival, Content::None, &signature);
    assert_eq!(explanation.causes, unknown(false));
    assert!(explanation.advice().contains("--public-url"));
    assert!(explanation.complete);
    arrival.public_url = Some("https://y.ngrok.app");
    let explanation = explained(arrival, Content::None, &signature);
    assert_eq!(explanation.causes, unknown(true));
}

#[test]
fn a_host_in_another_case_is_no_mistake() {
    let signature = Signer::new(TOKEN).sign("https://example.com/sms", &[]);
    let request = SignedRequest {
        arrival: Arrival {
            public_url: Some("https://Example.COM"),
            scheme: "http",
            host: "localhost",
            path: "/sms",
            ..Arrival::default()
        },
        method: "GET",
        content: Content::None,
        signatures: &[&signature],
    };
    assert_eq!(explain(&request, &Signer::new(TOKEN), &[]), None);
}

#[test]
fn mistakes_in_the_parameters_are_found() {
    let named = |name: &str| name.to_string();
    let params = form(&[("b", "two words"), ("A", "it's"), ("a", "3"), ("a", "3")]);
    for (text, cause) in [
        ("", Cause::ParametersNotSigned),
        ("btwo wordsAit'sa3a3", Cause::ParameterOrder),
        ("Ait'sa3a3btwo words", Cause::ParameterOrder),
        ("Ait%27sa3btwo+words", Cause::ParameterEncoding),
        ("Ait%27sa3btwo%20words", Cause::ParameterEncoding),
        ("Ait'sa3btwo+words", Cause::ParameterEncoding),
        (
            "a3btwo words",
            Cause::ParameterNotSigned { name: named("A") },
        ),
        (
            "Ait'sFromCitya3btwo words",
            Cause::ParameterMissing {
                name: named("FromCity"),
            },
        ),
    ] {
        assert_eq!(post(&params, text), [cause], "{text}");
    }
    let lower_case_first = form(&[("B", "1"), ("a", "2")]);
    assert_eq!(post(&lower_case_first, "a2B1"), [Cause::ParameterOrder]);
    let spaced = form(&[("Body", " hi\r\nthere ")]);
    assert_eq!(
        post(&spaced, "Bodyhi\r\nthere"),
        [Cause::ParameterWhiteSpace]
    );
    assert_eq!(
        post(&spaced, "Body hi\nthere "),
        [Cause::ParameterWhiteSpace]
    );
}

#[test]
fn a_get_signed_as_a_form_is_found() {
    let signature = Signer::new(TOKEN).sign(
        "http://localhost:3000/auth/a",
        &form(&[("x", "two words"), ("b", "1")]),
    );
    let arrival = arrival("/auth/a", Some("x=two+words&b=1"));
    assert_eq!(
        explained(arrival, Content::None, &signature).causes,
        [Cause::QueryAsParameters]
    );
}

#[test]
fn mistakes_with_other_bodies_are_found() {
    let url = "http://localhost:3000/auth/a";
    let signer = Signer::new(TOKEN);
    let json = r#"{"to":"+1","count":2,"tags":["b","a"],"deep":{}}"#;
    let fields = form(&[
        ("to", "+1"),
        ("count", "2"),
        ("tags", "a"),
        ("tags", "b"),
        ("deep", "[object Object]"),
    ]);
    let hash = body_sha256(json.as_bytes());
    let hashed = format!("{url}?bodySHA256={hash}");
    for (body, signature, cause) in [
        (json, signer.sign(url, &fields), Cause::BodyFieldsSigned),
        (json, signer.sign_text(url, json), Cause::BodyTextSigned),
        (json, signer.sign(&hashed, &[]), Cause::BodyHashMissing),
        (
            "b=2&a=two+words",
            signer.sign(url, &form(&[("a", "two words"), ("b", "2")])),
            Cause::FormContentType,
        ),
    ] {
        let causes = explained(
            arrival("/auth/a", None),
            Content::Body(body.as_bytes()),
            &signature,
        )
        .causes;
        assert_eq!(causes, [cause], "{body}");
    }
    let query = format!("bodySHA256={hash}");
    let changed = format!("{json} ");
    let explanation = explained(
        arrival("/auth/a", Some(&query)),
        Content::Body(changed.as_bytes()),
        &signer.sign(&hashed, &[]),
    );
    assert_eq!(
        explanation.causes,
        [Cause::BodyChanged {
            named: hash,
            actual: body_sha256(changed.as_bytes())
        }]
    );
}

#[test]
fn other_tokens_are_found_alone_and_with_another_mistake() {
    let service = Cause::OtherToken {
        owner: TokenOwner::Service("demo".into()),
    };
    let secondary = Cause::OtherToken {
        owner: TokenOwner::Secondary,
    };
    let scheme = Cause::Scheme {
        signed: "https".into(),
    };
    for (token, url, causes) in [
        (
            "another token",
            "http://localhost:3000/auth/a",
            vec![service.clone()],
        ),
        (
            "secondary token",
            "https://auth-4173-dev.twil.io/a",
            vec![secondary],
        ),
        (
            "another token",
            "https://localhost:3000/auth/a",
            vec![service, scheme.clone()],
        ),
        (
            TOKEN,
            "https://localhost:3000/auth/a/",
            vec![scheme, Cause::TrailingSlash { signed: true }],
        ),
    ] {
        let signature = Signer::new(token).sign(url, &[]);
        let explanation = explained(arrival("/auth/a", None), Content::None, &signature);
        assert_eq!(explanation.causes, causes, "{url}");
        assert!(!explanation.to_string().contains(token));
    }
}

#[test]
fn what_is_no_signature_needs_no_search() {
    for (signatures, cause) in [
        (&[][..], Cause::NotSigned),
        (&["a", "b"][..], Cause::SignedTwice { count: 2 }),
        (&["not\u{1b}[2Jbase64"][..], Cause::NotASignature),
    ] {
        let request = SignedRequest {
            arrival: arrival("/auth/a", None),
            method: "GET",
            content: Content::None,
            signatures,
        };
        let explanation = explain(&request, &Signer::new(TOKEN), &[]).unwrap();
        assert_eq!(explanation.causes, [cause]);
        assert!(!explanation.to_string().contains('\u{1b}'));
    }
}

#[test]
fn the_lines_show_what_was_hashed_and_the_token_never() {
    let params = form(&[("b", "2"), ("a", "1")]);
    let signature = Signer::new(TOKEN).sign("http://localhost:3000/auth/sms/", &params);
    let explanation = explained(
        arrival("/auth/sms", None),
        Content::Form(&params),
        &signature,
    );
    let right = Signer::new(TOKEN).sign("http://localhost:3000/auth/sms", &params);
    let lines = explanation.to_string();
    for line in [
        "signature refused: the X-Twilio-Signature header is not the signature of this request"
            .to_string(),
        "  cause: signed with a slash at the path's end".to_string(),
        "  signed URL: http://localhost:3000/auth/sms/".to_string(),
        format!("  received: {signature}"),
        format!("  expected: {right} for http://localhost:3000/auth/sms (URL as received)"),
        "  followed by: a1\n  followed by: b2".to_string(),
    ] {
        assert!(lines.contains(&line), "{line}\n---\n{lines}");
    }
    let json = serde_json::to_string(&explanation).unwrap();
    assert!(!lines.contains(TOKEN) && !json.contains(TOKEN));
    assert!(json.contains(r#""causes":[{"kind":"trailing-slash","signed":true}]"#));
}

#[test]
fn a_hostile_request_is_explained_within_bounds() {
    let many: Vec<(String, String)> = (0..20_000)
        .map(|i| (format!("name{i}"), "x".repeat(50)))
        .collect();
    let query = (0..4000)
        .map(|i| format!("{i}=%zz"))
        .collect::<Vec<_>>()
        .join("&");
    let signature = Signer::new("nobody's").sign("http://localhost/", &[]);
    let explanation = explained(
        arrival("/auth/sms", Some(&query)),
        Content::Form(&many),
        &signature,
    );
    assert!(!explanation.complete);
    assert_eq!(explanation.parameters.len(), MAX_PARAMETERS);
    assert_eq!(explanation.parameters_not_listed, 20_000 - MAX_PARAMETERS);
    assert!(explanation.to_string().len() < 100_000);
    let body = "[".repeat(100_000);
    let content = Content::Body(body.as_bytes());
    let explanation = explained(arrival("/auth/sms", None), content, &signature);
    assert_eq!(
        explanation.causes,
        [Cause::Unknown {
            public_url_known: false
        }]
    );
}
