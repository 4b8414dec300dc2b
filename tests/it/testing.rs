//! A test suite of a user's own, in Rust: port 0, signed calls, what was printed, a fresh journal.

use crate::http::{Reply, ask};
use switchboard::{
    Callback, Context, Event, Outcome, Running, SignedCall, Switchboard, Twiml, Visibility,
};

/// The function under test.
async fn reply(context: Context, event: Event, callback: Callback) -> Outcome {
    let body = event.text("Body").unwrap_or_default();
    context.console().log(format!("asked: {body}"));
    callback.success(Twiml::new(format!(
        "<Response><Message>You wrote: {body}</Message></Response>"
    )))
}

async fn server() -> Running {
    Switchboard::builder()
        .function("demo", "/sms/reply", Visibility::Protected, reply)
        .function("other", "/sms/reply", Visibility::Protected, reply)
        .port(0)
        .start()
        .await
        .expect("a server")
}

/// Any HTTP client will do; this one is the tests' own.
fn send(server: &Running, call: &SignedCall) -> Reply {
    let path = call.url.splitn(4, '/').nth(3).unwrap_or_default();
    let mut head = format!("POST /{path}\n");
    for (name, value) in &call.headers {
        head.push_str(&format!("{name}: {value}\n"));
    }
    ask(server.port(), &head, &call.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_call_is_answered_with_twiml_and_told_in_the_journal() {
    let server = server().await;
    let params = [("From", "+14155550100"), ("Body", "Ahoy & ümlaut")];
    for (service, path) in [("demo", "/sms/reply"), ("other", "/sms/reply?a=1&b=%20")] {
        let call = server.signed(service, path, &params).expect("a service");
        let answer = send(&server, &call);
        assert_eq!(answer.status, 200, "{service}");
        assert!(answer.text().contains("<Message>You wrote: Ahoy & ümlaut"));
        let exchanges = server.journal().exchanges();
        let [exchange] = exchanges.as_slice() else {
            panic!("one exchange, not {}", exchanges.len());
        };
        assert_eq!(exchange.service.as_deref(), Some(service));
        let printed: Vec<&str> = exchange.console.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(printed, ["asked: Ahoy & ümlaut"]);
        server.journal().clear();
        assert!(server.journal().exchanges().is_empty());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_changed_after_signing_is_refused() {
    let server = server().await;
    let mut call = server
        .signed("demo", "/sms/reply", &[("Body", "Ahoy")])
        .expect("a service");
    call.body = "Body=Goodbye".to_string();
    assert_eq!(send(&server, &call).status, 403);
    assert_eq!(server.signed("nobody", "/sms/reply", &[]), None);
    assert!(!format!("{call:?}").contains("Goodbye"));
    server.stop().await;
}
