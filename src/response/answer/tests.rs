//! The table of what is sent for what was called back.

use super::*;
use crate::response::Twiml;
use serde_json::json;
use std::time::UNIX_EPOCH;

const CONDITIONS: Conditions<'_> = Conditions {
    host: "localhost",
    now: UNIX_EPOCH,
    body_bytes: Some(100),
    header_bytes: Some(200),
    header_count: Some(3),
};

/// Status, content type and body, in one line.
fn told(answer: &Answer) -> String {
    let content_type = answer
        .content_type
        .as_ref()
        .map_or("-", |value| value.to_str().unwrap());
    format!(
        "{} {content_type} {}",
        answer.status.as_u16(),
        String::from_utf8_lossy(&answer.body)
    )
}

fn response(edit: impl FnOnce(&mut Response)) -> Payload {
    let mut response = Response::new();
    edit(&mut response);
    response.into()
}

#[test]
fn each_payload_has_its_type() {
    let table: Vec<(Payload, &str)> = vec![
        ("OK".into(), "200 text/plain; charset=utf8 OK"),
        ("".into(), "200 text/plain; charset=utf8 "),
        (().into(), "200 - "),
        (Value::Null.into(), "200 - "),
        (json!("x").into(), "200 text/plain; charset=utf8 x"),
        (
            json!({"b": 1, "a": [true]}).into(),
            r#"200 application/json {"b":1,"a":[true]}"#,
        ),
        (json!([]).into(), "200 application/json []"),
        (json!(42).into(), "200 application/json 42"),
        (Payload::JsonText("[1]".into()), "200 application/json [1]"),
        (Payload::JsonText("42".into()), "200 application/json 42"),
        (json!(false).into(), "200 application/json false"),
        (Twiml::new("<Response/>").into(), "200 text/xml <Response/>"),
        (vec![b'a'].into(), "200 application/octet-stream a"),
        (
            response(|r| {
                r.set_body("OK");
            }),
            "200 application/octet-stream OK",
        ),
        (
            response(|r| {
                r.set_status_code(401).set_body("no");
            }),
            "401 application/octet-stream no",
        ),
        (
            response(|r| {
                r.set_body(json!({"a": 1}));
            }),
            r#"200 application/json {"a":1}"#,
        ),
        (
            response(|r| {
                r.set_body(Value::Null);
            }),
            "200 - ",
        ),
        (response(|_| ()), "200 - "),
        (
            response(|r| {
                r.set_body(vec![1u8]);
            }),
            "200 application/octet-stream \u{1}",
        ),
        (
            response(|r| {
                r.set_body("x").append_header("content-TYPE", "text/css");
            }),
            "200 text/css x",
        ),
        (
            response(|r| {
                r.set_body(json!("a"))
                    .append_header("Content-Type", "application/json");
            }),
            "200 application/json a",
        ),
        (
            response(|r| {
                r.set_status_code(204).set_body("x");
            }),
            "204 - ",
        ),
        (
            response(|r| {
                r.set_status_code(302).append_header("Location", "/x");
            }),
            "302 - ",
        ),
        (
            response(|r| {
                r.set_status_code(99);
            }),
            "500 text/plain; charset=utf8 RangeError: Invalid status code: 99",
        ),
        (
            response(|r| {
                r.set_status_code(101);
            }),
            "500 text/plain; charset=utf8 RangeError: Invalid status code: 101",
        ),
        (
            response(|r| {
                r.append_header("a b", "x");
            }),
            "500 text/plain; charset=utf8 TypeError [ERR_INVALID_HTTP_TOKEN]: Header name must be a valid HTTP token [\"a b\"]",
        ),
        (
            response(|r| {
                r.append_header("a", "x\r\nset-cookie: y");
            }),
            "500 text/plain; charset=utf8 TypeError [ERR_INVALID_CHAR]: Invalid character in header content [\"a\"]",
        ),
        (
            response(|r| {
                r.set_cookie("a", "1", &["Max-Age=86401"]);
            }),
            "400 text/plain Cookies max-age cannot be greater than a day",
        ),
        ("x".repeat(101).into(), "500 text/plain Response too large"),
        (
            response(|r| {
                for n in 0..4 {
                    r.append_header(&format!("x-{n}"), "1");
                }
            }),
            "500 text/plain Response headers or cookies too long",
        ),
        (
            response(|r| {
                r.append_header("x", "1".repeat(200));
            }),
            "500 text/plain Response headers or cookies too long",
        ),
    ];
    for (payload, expected) in table {
        let shown = format!("{payload:?}");
        assert_eq!(told(&success(payload, &CONDITIONS)), expected, "{shown}");
    }
}

#[test]
fn each_failure_is_a_500_with_its_text() {
    let table: Vec<(Failure, &str)> = vec![
        ("bad".into(), "500 text/plain; charset=utf8 bad"),
        (json!("bad").into(), "500 text/plain; charset=utf8 bad"),
        (json!(422).into(), "500 text/plain; charset=utf8 422"),
        (
            json!({"code": 1}).into(),
            r#"500 application/json {"code":1}"#,
        ),
        (
            Failure::Error {
                message: "Error: boom".into(),
                details: "at x".into(),
            },
            "500 text/plain; charset=utf8 Error: boom",
        ),
    ];
    for (fault, expected) in table {
        let answer = failure(&fault, &CONDITIONS);
        assert_eq!(told(&answer), expected);
        assert_eq!(answer.fault, Some(fault.to_string()));
    }
}

/// Name and value of every header, in order.
fn wire(payload: Payload) -> Vec<String> {
    success(payload, &CONDITIONS)
        .header_map(HeaderValue::from_static("now"))
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect()
}

#[test]
fn headers_leave_in_the_clouds_order() {
    let payload = response(|r| {
        r.set_body("OK")
            .append_header("access_token", "t")
            .append_header("X-A", "1");
    });
    assert_eq!(
        wire(payload),
        [
            "date: now",
            "content-type: application/octet-stream",
            "content-length: 2",
            "access_token: t",
            "x-a: 1",
            "x-shenanigans: none",
            "x-content-type-options: nosniff",
            "x-xss-protection: 1; mode=block",
        ]
    );
}

#[test]
fn an_answer_without_headers_of_its_own_has_the_same_order() {
    let ends = [
        "x-shenanigans: none",
        "x-content-type-options: nosniff",
        "x-xss-protection: 1; mode=block",
    ];
    let text = Payload::Text("hello".to_string());
    let begins = [
        "date: now",
        "content-type: text/plain; charset=utf8",
        "content-length: 5",
    ];
    assert_eq!(wire(text), [&begins[..], &ends].concat());
    let begins = ["date: now", "content-length: 0"];
    assert_eq!(wire(Payload::Empty), [&begins[..], &ends].concat());
}

#[test]
fn a_401_has_no_security_headers() {
    let payload = response(|r| {
        r.set_status_code(401)
            .append_header("WWW-Authenticate", "Bearer");
    });
    assert_eq!(
        wire(payload),
        [
            "date: now",
            "content-length: 0",
            "www-authenticate: Bearer",
            "x-shenanigans: none"
        ]
    );
}

#[test]
fn a_204_has_neither_type_nor_length() {
    let payload = response(|r| {
        r.set_status_code(204).append_header("Content-Type", "a/b");
    });
    assert_eq!(
        wire(payload),
        [
            "date: now",
            "x-shenanigans: none",
            "x-content-type-options: nosniff",
            "x-xss-protection: 1; mode=block",
        ]
    );
}

#[test]
fn what_only_the_gateway_may_set_is_dropped_and_said() {
    let payload = response(|r| {
        r.append_header("Connection", "close")
            .append_header("Date", "x")
            .append_header("X-Shenanigans", "many")
            .append_header("Content-Length", "7")
            .append_header("X-Content-Type-Options", "sniff")
            .append_header("X-B", "1")
            .append_header("x-b", "2");
    });
    let answer = success(payload, &CONDITIONS);
    let names: Vec<_> = answer
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["x-b", "x-b"]);
    let rules: Vec<_> = answer.warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(rules, [Rule::HeaderDropped; 4]);
}

#[test]
fn text_without_a_type_is_warned_of_by_what_it_looks_like() {
    for (body, warned) in [
        ("<Response/>", Some(Rule::TwimlContentType)),
        (
            "\n<?xml version=\"1.0\"?><Response/>",
            Some(Rule::TwimlContentType),
        ),
        ("<!doctype html>", Some(Rule::NoContentType)),
        (" {\"a\":1}", Some(Rule::NoContentType)),
        ("OK", None),
        ("", None),
    ] {
        let answer = success(
            response(|r| {
                r.set_body(body);
            }),
            &CONDITIONS,
        );
        let rules: Vec<_> = answer.warnings.iter().map(|w| w.rule).collect();
        assert_eq!(rules, Vec::from_iter(warned), "{body}");
    }
}
