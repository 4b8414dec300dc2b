//! The published and computed vectors, and twilio-node's accept/refuse matrix (runtime behaviour
//! that was measured with 6.2.0), through the same functions that judge requests.

use super::*;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../tests/fixtures/signature-vectors.json")).unwrap()
}

fn params(value: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_string();
    value
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|v| (name.clone(), text(v))).collect(),
            single => vec![(name.clone(), text(single))],
        })
        .collect()
}

/// Whether one of the forms of `url` has the signature.
fn accepts(signer: &Signer, signature: &str, url: &str, params: &[(String, String)]) -> bool {
    variants(url).any(|(_, form)| signer.verify(signature, &form, params))
}

/// The verdict on a POST with `body` to a URL of mycompany.com.
fn verdict(path: &str, query: &str, body: &[u8], signature: &str) -> Verdict {
    let request = SignedRequest {
        arrival: Arrival {
            scheme: "https",
            host: "mycompany.com",
            path,
            query: Some(query),
            ..Arrival::default()
        },
        method: "POST",
        content: Content::Body(body),
        signatures: &[signature],
    };
    check(&request, &Signer::new("12345"))
}

#[test]
fn all_vectors_come_out() {
    let vectors = vectors();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 31);
    for vector in vectors {
        let signer = Signer::new(vector["token"].as_str().unwrap());
        let url = vector["url"].as_str().unwrap();
        let mut params = params(&vector["params"]);
        for _ in 0..2 {
            let signature = signer.sign(url, &params);
            assert_eq!(signature, vector["expected"], "{}", vector["id"]);
            assert!(signer.verify(&signature, url, &params));
            params.reverse();
        }
    }
}

#[test]
fn twilio_nodes_matrix_holds() {
    const QUERY: &str =
        "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    const BODY: &[u8] = br#"{"property": "value", "boolean": true}"#;
    let longer = format!("foo=1&bar=2&{QUERY}");
    let v11 = "a9nBmqA0ju/hNViExpshrM61xv4=";
    let v13 = "y77kIzt2vzLz71DgmJGsen2scGs=";
    let mut spaced = BODY.to_vec();
    spaced.push(b' ');
    let matrix = vectors();
    let cases = matrix["acceptance"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    for case in cases {
        let id = case["id"].as_str().unwrap();
        // The last three of the list are about bodies, and name no request.
        let accepted = match id {
            "A18 body ok" => verdict("/myapp.php", &longer, BODY, v11).is_accepted(),
            "A19 body changed" => verdict("/myapp.php", &longer, &spaced, v11).is_accepted(),
            "A20 V13 alone" => verdict("/myapp.php", QUERY, BODY, v13).is_accepted(),
            _ => accepts(
                &Signer::new(case["token"].as_str().unwrap()),
                case["signature"].as_str().unwrap(),
                case["url"].as_str().unwrap(),
                &params(&case["params"]),
            ),
        };
        let expected = case
            .get("valid")
            .unwrap_or(&case["valid_in_twilio_node_6_2_0"]);
        assert_eq!(accepted, expected.as_bool().unwrap(), "{id}");
    }
}

#[test]
fn only_the_canonical_text_of_a_signature_counts() {
    let signer = Signer::new("12345678901234567890123456789012");
    let url = "https://auth-4173-dev.twil.io/bearer";
    let good = "rLt1epvVgEHAfkFU/JOXb9K/5l8=";
    assert!(signer.verify(good, url, &[]));
    for bad in [
        "",
        "rLt1epvVgEHAfkFU/JOXb9K/5l8",
        "rLt1epvVgEHAfkFU/JOXb9K/5l9=",
        "rLt1epvVgEHAfkFU_JOXb9K_5l8=",
        " rLt1epvVgEHAfkFU/JOXb9K/5l8=",
        "rLt1epvVgEHAfkFU/JOXb9K/5l8=\n",
        "rlt1epvVgEHAfkFU/JOXb9K/5l8=",
        "////////////////////////////",
    ] {
        assert!(!signer.verify(bad, url, &[]), "{bad:?}");
    }
}

#[test]
fn headers_that_are_no_signature_are_told_apart() {
    let signer = Signer::new("12345");
    let refusal = |signatures: &[&str]| {
        let request = SignedRequest {
            arrival: Arrival {
                scheme: "http",
                host: "localhost:3000",
                path: "/",
                ..Arrival::default()
            },
            method: "GET",
            content: Content::None,
            signatures,
        };
        match check(&request, &signer) {
            Verdict::Refused(refusal) => refusal,
            accepted => panic!("{accepted:?}"),
        }
    };
    assert_eq!(refusal(&[]), Refusal::Missing);
    assert_eq!(refusal(&[""]), Refusal::Missing);
    assert_eq!(refusal(&["a", "b"]), Refusal::Several { count: 2 });
    assert_eq!(refusal(&["not base64"]), Refusal::NotBase64);
    assert_eq!(
        refusal(&["////////////////////////////"]),
        Refusal::NotBase64
    );
    assert_eq!(refusal(&["rLt1epvVgEHAfkFU/JOXb9K/5l8="]), Refusal::Wrong);
}

#[test]
fn an_accepted_request_names_the_url_that_was_signed() {
    let signer = Signer::new("t");
    let form = [("Body".to_string(), "Ahoy".to_string())];
    let request = SignedRequest {
        arrival: Arrival {
            public_url: Some("https://x.ngrok.app"),
            scheme: "http",
            host: "localhost:3000",
            domain: Some("sms-1234-dev"),
            prefix: "/sms",
            path: "/sms/reply",
            ..Arrival::default()
        },
        method: "POST",
        content: Content::Form(&form),
        signatures: &[],
    };
    for (url, source, variant) in [
        (
            "https://x.ngrok.app/sms/reply",
            Source::Public,
            Variant::WithoutPort,
        ),
        (
            "https://x.ngrok.app:443/sms/reply",
            Source::Public,
            Variant::WithPort,
        ),
        (
            "http://localhost/sms/reply",
            Source::Received,
            Variant::WithoutPort,
        ),
        (
            "https://sms-1234-dev.twil.io/reply",
            Source::Domain,
            Variant::WithoutPort,
        ),
        (
            "http://sms-1234-dev.localhost:3000/reply",
            Source::Domain,
            Variant::WithPort,
        ),
    ] {
        let signature = signer.sign(url, &form);
        let request = SignedRequest {
            signatures: &[&signature],
            ..request
        };
        match check(&request, &signer) {
            Verdict::Accepted {
                candidate,
                variant: found,
            } => assert_eq!((candidate.source, found), (source, variant), "{url}"),
            refused => panic!("{url}: {refused:?}"),
        }
    }
    // A GET's parameters stand in its URL alone.
    let signature = signer.sign("http://localhost:3000/sms/reply", &[]);
    let request = SignedRequest {
        signatures: &[&signature],
        method: "GET",
        ..request
    };
    assert!(check(&request, &signer).is_accepted());
}

#[test]
fn a_missing_body_may_be_hashed_as_an_empty_object() {
    let signer = Signer::new("12345");
    for (body, hashed, accepted) in [
        (&b""[..], &b"{}"[..], true),
        (b"", b"", true),
        (b"{}", b"{}", true),
        (b"{}", b"", false),
    ] {
        let query = format!("bodySHA256={}", body_sha256(hashed));
        let signature = signer.sign(&format!("https://mycompany.com/?{query}"), &[]);
        assert_eq!(
            verdict("/", &query, body, &signature).is_accepted(),
            accepted
        );
    }
}

#[test]
fn the_token_is_never_printed() {
    let shown = format!("{:?}", Signer::new("secret-token"));
    assert_eq!(shown, "Signer(…)");
}
