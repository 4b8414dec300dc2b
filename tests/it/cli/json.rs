//! `start --format json`.

use super::run::{PAIR, Server, project};
use serde_json::{Value, json};

#[test]
fn every_line_is_an_object_with_its_event() {
    let folder = project(&[("services.toml", PAIR)]);
    let server = Server::start(folder.path(), &["--format", "json"]);
    let start: Value = serde_json::from_str(&server.first_line).unwrap();
    assert_eq!(start["event"], "start");
    assert_eq!(start["url"], server.ready["url"]);
    assert_eq!(start["pid"], server.child.id());
    let route = &start["services"][0]["routes"][0];
    let url = format!("{}/bearer", server.ready["url"].as_str().unwrap());
    let wanted = json!({
        "path": "/bearer",
        "url": url,
        "visibility": "public",
        "kind": "function",
        "target": "rust:bearer",
    });
    assert_eq!(*route, wanted);
    server.ask("POST /bearer?token=s3cret HTTP/1.1", "");
    server.signal("TERM");
    let (code, rest) = server.end();
    assert_eq!(code, Some(0));
    assert!(!rest.contains("s3cret"), "{rest}");
    let events: Vec<Value> = rest
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [request, notice] = events.as_slice() else {
        panic!("{rest}");
    };
    assert!(request["duration_ms"].as_f64().unwrap() > 0.0);
    assert!(request["sid"].as_str().unwrap().starts_with("RQ"));
    assert!(request["at"].as_str().unwrap().ends_with('Z'));
    let mut request = request.clone();
    for changing in ["duration_ms", "sid", "at"] {
        request.as_object_mut().unwrap().remove(changing);
    }
    let wanted = json!({
        "event": "request",
        "id": 1,
        "method": "POST",
        "path": "/bearer",
        "status": 401,
        "service": "auth",
        "route": "/bearer",
        "visibility": "public",
        "admission": null,
        "target": "rust:bearer",
        "console": [],
        "warnings": [],
        "fault": null,
    });
    assert_eq!(request, wanted);
    assert_eq!(notice["event"], "notice");
    assert_eq!(notice["kind"], "said");
}
