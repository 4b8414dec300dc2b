//! Requests before and after.

use super::*;
use crate::signature::HEADER;

fn request(method: Method, target: &str, headers: &[(&str, &str)]) -> RequestHead {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        map.append(name, HeaderValue::try_from(*value).unwrap());
    }
    RequestHead {
        method,
        uri: target.parse().unwrap(),
        headers: map,
    }
}

fn set(name: &str, value: &str) -> Edits {
    Edits {
        set: vec![(name.to_string(), value.to_string())],
        ..Edits::default()
    }
}

fn prepared(head: &RequestHead, body: &str, edits: &Edits) -> Prepared {
    Prepared::new(head, &Bytes::from(body.to_string()), edits).unwrap()
}

const FORM_TYPE: (&str, &str) = (
    "content-type",
    "application/x-www-form-urlencoded; charset=utf-8",
);

#[test]
fn without_edits_it_is_the_request_without_what_belonged_to_its_connection() {
    let head = request(
        Method::POST,
        "/a?b=%20",
        &[
            ("host", "h"),
            FORM_TYPE,
            ("connection", "close"),
            ("transfer-encoding", "chunked"),
            ("x-twilio-signature", "old"),
            ("cookie", "c=1"),
        ],
    );
    let same = prepared(&head, "Body=a%20b", &Edits::default());
    assert_eq!(same.target, "/a?b=%20");
    assert_eq!(same.body, "Body=a%20b");
    let names: Vec<_> = same.headers.keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["host", "content-type", "cookie"]);
}

#[test]
fn a_parameter_is_set_where_the_request_has_its_parameters() {
    let post = request(Method::POST, "/a?b=1", &[FORM_TYPE]);
    let edited = prepared(&post, "Body=x&From=1", &set("Body", "y z"));
    assert_eq!(
        (&*edited.target, &edited.body[..]),
        ("/a?b=1", &b"Body=y+z&From=1"[..])
    );
    let get = request(Method::GET, "/a?b=1", &[]);
    assert_eq!(prepared(&get, "", &set("b", "2")).target, "/a?b=2");
    let bare = request(Method::POST, "/a", &[]);
    let edited = prepared(&bare, "", &set("b", "2"));
    assert_eq!((&*edited.target, &edited.body[..]), ("/a", &b"b=2"[..]));
    assert_eq!(edited.headers[CONTENT_TYPE], FORM);
    let json = request(Method::POST, "/a", &[("content-type", "application/json")]);
    let refused = Prepared::new(&json, &Bytes::from_static(b"{}"), &set("b", "2"));
    assert!(matches!(refused, Err(EditError::NoForm)));
}

#[test]
fn a_parameter_is_removed_wherever_it_is() {
    let head = request(Method::POST, "/a?x=1&y=2", &[FORM_TYPE]);
    let edits = Edits {
        remove: vec!["x".to_string()],
        ..Edits::default()
    };
    let edited = prepared(&head, "x=3&z=4", &edits);
    assert_eq!((&*edited.target, &edited.body[..]), ("/a?y=2", &b"z=4"[..]));
}

#[test]
fn another_method_takes_the_parameters_along() {
    let head = request(Method::POST, "/a?x=1", &[FORM_TYPE]);
    let edits = Edits {
        method: Some("get".to_string()),
        ..Edits::default()
    };
    let edited = prepared(&head, "y=2", &edits);
    assert_eq!(edited.method, Method::GET);
    assert_eq!(edited.target, "/a?x=1&y=2");
    assert!(edited.body.is_empty() && !edited.headers.contains_key(CONTENT_TYPE));
}

#[test]
fn the_target_can_be_another() {
    let head = request(Method::GET, "/sms?x=1", &[]);
    let target = |text: &str| Edits {
        target: Some(text.to_string()),
        remove: vec!["gone".to_string()],
        ..Edits::default()
    };
    let edited = prepared(&head, "", &target("/voice?gone=1&y=2"));
    assert_eq!(edited.target, "/voice?y=2");
    for text in ["", "voice", "https://h/", "/a b"] {
        let refused = Prepared::new(&head, &Bytes::new(), &target(text));
        assert!(matches!(refused, Err(EditError::Target)), "{text}");
    }
}

#[test]
fn headers_are_set_replaced_and_removed() {
    let head = request(Method::GET, "/", &[("a", "1"), ("a", "2"), ("b", "1")]);
    let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
    let edits = Edits {
        headers: vec![
            pair("A", "3"),
            pair("b", ""),
            pair("c", "4"),
            pair("C", "5"),
        ],
        ..Edits::default()
    };
    let edited = prepared(&head, "", &edits);
    let told: Vec<_> = edited
        .headers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_bytes()))
        .collect();
    assert_eq!(told, [("a", &b"3"[..]), ("c", b"4"), ("c", b"5")]);
    for (name, value) in [("a b", "1"), ("a", "1\r\nb: 2"), ("", "1")] {
        let edits = Edits {
            headers: vec![pair(name, value)],
            ..Edits::default()
        };
        let refused = Prepared::new(&head, &Bytes::new(), &edits);
        assert!(matches!(refused, Err(EditError::Header(_))), "{name}");
    }
}

#[test]
fn the_signature_is_that_of_the_edited_request() {
    let signer = Signer::new("12345");
    let head = request(
        Method::POST,
        "/sms?x=1",
        &[FORM_TYPE, ("x-twilio-signature", "old")],
    );
    let mut edited = prepared(&head, "Body=a", &set("Body", "b c"));
    edited.sign("http://localhost:3000", &signer);
    let signature = edited.headers[&HEADER].to_str().unwrap();
    let parameters = [("Body".to_string(), "b c".to_string())];
    assert!(signer.verify(signature, "http://localhost:3000/sms?x=1", &parameters));
}

#[test]
fn the_hash_of_a_body_is_renewed() {
    let signer = Signer::new("12345");
    let head = request(
        Method::POST,
        "/j?bodySHA256=00",
        &[("content-type", "application/json")],
    );
    let edits = Edits {
        body: Some("{}".to_string()),
        ..Edits::default()
    };
    let mut edited = prepared(&head, "[]", &edits);
    edited.sign("http://h", &signer);
    assert_eq!(
        edited.target,
        format!("/j?bodySHA256={}", body_sha256(b"{}"))
    );
    let url = format!("http://h{}", edited.target);
    assert!(signer.verify(edited.headers[&HEADER].to_str().unwrap(), &url, &[]));
}
