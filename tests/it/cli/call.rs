//! `call`: a function is called, and its TwiML walked through, from the terminal.

use super::run::{Server, program, project};
use serde_json::Value;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const MENU: &str = r#"
exports.handler = (context, event, callback) => {
  const twiml = (verbs) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', 'text/xml');
    response.setBody(`<Response>${verbs}</Response>`);
    callback(null, response);
  };
  const { Digits, SpeechResult, DialCallStatus, RecordingDuration, Broken } = event;
  if (Broken) return twiml('<Say>');
  if (DialCallStatus) return twiml(`<Say>They were ${DialCallStatus}.</Say>`);
  if (RecordingDuration) return twiml(`<Say>You spoke for ${RecordingDuration} seconds.</Say>`);
  if (SpeechResult) return twiml(`<Say>You said ${SpeechResult}.</Say>`);
  if (Digits === '1') return twiml('<Redirect>/menu?Digits=4</Redirect>');
  if (Digits === '2') return twiml('<Dial action="/menu">+14155550111</Dial>');
  if (Digits === '3') return twiml('<Record action="/menu"/>');
  if (Digits === '4') return twiml(`<Say>Hello ${event.From}</Say><Hangup/>`);
  twiml('<Gather input="dtmf speech" numDigits="1" action="/menu"><Say>Press a key.</Say></Gather><Redirect>/menu</Redirect>');
};
"#;

fn files() -> TempDir {
    project(&[("functions/menu.protected.js", MENU)])
}

fn call(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    program(folder)
        .env("XDG_RUNTIME_DIR", server.runtime())
        .arg("call")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_menu_is_walked_through() {
    let folder = files();
    let server = Server::start(folder.path(), &["--console-port", "0"]);
    for (digits, says) in [
        ("1", "says “Hello +15005550006”"),
        ("2,answered 30", "says “They were completed.”"),
        ("2,no-answer", "says “They were no-answer.”"),
        ("3,7s", "says “You spoke for 7 seconds.”"),
        ("say three", "says “You said three.”"),
        ("wait,wait,1", "says “Hello +15005550006”"),
        ("hangup", "the caller hung up"),
    ] {
        let told = call(
            &server,
            folder.path(),
            &["/menu", "--from", "+15005550006", "--digits", digits],
        );
        let shown = text(&told.stdout);
        assert_eq!(
            told.status.code(),
            Some(0),
            "{digits}: {shown}{}",
            text(&told.stderr)
        );
        assert!(shown.contains(says), "{digits}: {shown}");
        assert!(
            shown.contains("says “Press a key.” about 0.8 s\n"),
            "{shown}"
        );
    }
    // Nobody is at the terminal: the caller gives up.
    let told = call(&server, folder.path(), &["/menu"]);
    let shown = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{shown}");
    assert!(shown.ends_with("the caller hung up\n"), "{shown}");
}

#[test]
fn each_step_has_the_number_of_its_exchange() {
    let folder = files();
    let server = Server::start(folder.path(), &["--console-port", "0"]);
    let told = call(
        &server,
        folder.path(),
        &["/menu", "--digits", "1", "--output", "json"],
    );
    let call: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(call["ended"]["why"], "hangup");
    let steps = call["steps"].as_array().unwrap();
    let numbers: Vec<u64> = steps
        .iter()
        .filter(|step| step["kind"] == "request")
        .map(|step| step["exchanges"][0].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
}

/// Calls somebody, who hears something first: it dials on, which is refused.
const LINE: &str = r#"
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  const own = event.ParentCallSid && event.ParentCallSid !== event.CallSid;
  if (!own) response.setBody('<Response><Dial><Number url="/line">+14155550111</Number></Dial></Response>');
  else if (event.Direction === 'outbound-dial' && event.To === '+14155550111') {
    response.setBody('<Response><Say>A caller</Say><Dial>1</Dial></Response>');
  } else response.setStatusCode(500);
  callback(null, response);
};
"#;

#[test]
fn what_a_called_party_hears_first_is_asked_for_and_judged() {
    let folder = project(&[("functions/line.protected.js", LINE)]);
    let server = Server::start(folder.path(), &["--console-port", "0"]);
    let arguments = ["/line", "--digits", "answered 3"];
    let told = call(&server, folder.path(), &arguments);
    let shown = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{shown}");
    let url = format!("{}/line", server.ready["url"].as_str().unwrap());
    for line in [
        format!("POST {url} (Number url) 200 #2"),
        "error 13201 at 1:30: a called party cannot call others".to_string(),
        "the called party hears “A caller”".to_string(),
    ] {
        assert!(shown.contains(&line), "{line}: {shown}");
    }
    let told = call(&server, folder.path(), &["/line", "--digits", "busy"]);
    let shown = text(&told.stdout);
    assert!(!shown.contains("Number url"), "nobody answers: {shown}");
}

#[test]
fn what_would_fail_in_the_cloud_fails_here() {
    let folder = files();
    let server = Server::start(folder.path(), &["--no-console"]);
    for (arguments, code, says) in [
        (
            &["/menu", "--param", "Broken=yes"][..],
            1,
            "error 12100 at 1:16",
        ),
        (&["/nowhere"], 1, "error 11200"),
        (&["/menu", "--digits", "x"], 0, "says “You said x.”"),
        (
            &["/menu", "--digits", "2,7"],
            2,
            "--digits: `7` is no outcome",
        ),
        (&["nobody:/menu"], 2, "there is no service `nobody`"),
    ] {
        let told = call(&server, folder.path(), arguments);
        let shown = format!("{}{}", text(&told.stdout), text(&told.stderr));
        assert_eq!(told.status.code(), Some(code), "{arguments:?}: {shown}");
        assert!(shown.contains(says), "{arguments:?}: {shown}");
    }
}
