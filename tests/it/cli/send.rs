//! `send`: texting and calling a project as Twilio does, and functions that are deployed.

use super::deployed::Deployed;
use super::endpoint::{authority, leaf};
use super::run::{Server, program, project};
use serde_json::Value;
use snapbox::str;
use std::path::Path;
use std::process::Output;
use switchboard::config::DEVELOPMENT_AUTH_TOKEN;
use switchboard::signature::Signer;
use tempfile::TempDir;

/// A function that answers with a reply, and has more to say by other parameters.
const REPLY: &str = r#"
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', event.Type || 'text/xml');
  response.setBody(event.Answer || `<Response><Message>You wrote ${event.Body}</Message></Response>`);
  callback(null, response);
};
"#;

/// A function that sends its caller on.
const MOVED: &str = r#"
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.setStatusCode(Number(event.Status));
  response.appendHeader('Location', event.Location);
  callback(null, response);
};
"#;

/// What came of a request.
const TOLD: &str = r#"
exports.handler = (context, event, callback) => callback(null, event);
"#;

const SERVICES: &str = r#"
default_service = "texts"
[services.texts]
root = "."
env = { AUTH_TOKEN = "token-of-texts" }
[services.calls]
auth_token = "token-of-calls"
functions_folder = "calls"
"#;

fn files() -> TempDir {
    project(&[
        ("services.toml", SERVICES),
        ("functions/sms/reply.protected.js", REPLY),
        ("functions/moved.protected.js", MOVED),
        ("functions/told.protected.js", TOLD),
        (
            "functions/broken.protected.js",
            "exports.handler = () => { throw new Error('no'); };",
        ),
        ("functions/open.js", TOLD),
        ("calls/told.protected.js", TOLD),
    ])
}

/// Runs `send` in `folder` beside `server`.
fn send(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    program(folder)
        .env("XDG_RUNTIME_DIR", server.runtime())
        .arg("send")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The object that `send … --output json` prints.
fn object(server: &Server, folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--output", "json"]].concat();
    let told = send(server, folder, &arguments);
    assert!(told.stderr.is_empty(), "{}", text(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}

/// The body of the answer, as JSON.
fn answered(exchange: &Value) -> Value {
    let body = exchange["response"]["body"].as_str().unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{exchange}"))
}

#[test]
fn what_names_no_service_is_not_helped_by_a_token() {
    let folder = files();
    let server = Server::start(folder.path(), &["--no-watch"]);
    let told = send(
        &server,
        folder.path(),
        &["sms", "nobody:/x", "--auth-token", "x"],
    );
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(
        text(&told.stderr),
        "error: there is no service `nobody`\n  help: the project has texts, calls\n"
    );
}

#[test]
fn a_protected_function_is_texted() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let refused = server.ask("POST /sms/reply HTTP/1.1", "");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let told = send(
        &server,
        folder.path(),
        &["sms", "/sms/reply", "--body", "Olá 👋 it's"],
    );
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stdout));
    let shown = text(&told.stdout);
    for line in [
        &format!(
            "POST {}/sms/reply\n200 OK ",
            server.ready["url"].as_str().unwrap()
        ),
        "\ncontent-type: text/xml\n",
        "\n<Response>\n  <Message>You wrote Olá 👋 it's</Message>\n</Response>\n",
        "\nTwilio would send one message: “You wrote Olá 👋 it's”\n",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    for path in ["/sms/reply#a", "/sms reply"] {
        let told = send(&server, folder.path(), &["sms", path]);
        assert_eq!(told.status.code(), Some(2), "{path}");
    }
    // From a folder within the project, and not within it.
    let within = folder.path().join("functions/sms");
    let told = send(&server, &within, &["sms", "/sms/reply"]);
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    let elsewhere = project(&[]);
    let told = send(&server, elsewhere.path(), &["sms", "/sms/reply"]);
    assert_eq!(told.status.code(), Some(1));
    let said = text(&told.stderr);
    assert!(said.starts_with("error: no server runs for "), "{said}");
    assert!(said.contains("`switchboard start`"), "{said}");
}

#[test]
fn each_service_is_called_with_its_own_token() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    for (target, path) in [("calls:/told", "/calls/told"), ("texts:/told", "/told")] {
        let exchange = object(&server, folder.path(), &["voice", target]);
        let url = format!("{}{path}", server.ready["url"].as_str().unwrap());
        assert_eq!(exchange["request"]["url"], url);
        let event = answered(&exchange);
        assert_eq!(event["Caller"], event["From"]);
        assert_eq!(event["Called"], event["To"]);
        assert_eq!(event["CallStatus"], "ringing");
        // JSON is no answer to a call.
        assert_eq!(exchange["verdict"]["ok"], false);
        assert_eq!(exchange["verdict"]["logged"][0]["code"], 12300);
    }
    // By its URL it is the same; with another token nobody gets in.
    let url = format!("{}/calls/told", server.ready["url"].as_str().unwrap());
    let exchange = object(&server, folder.path(), &["call-status", &url]);
    assert_eq!(exchange["verdict"]["ok"], true, "{exchange}");
    let wrong = ["call-status", &url, "--auth-token", "wrong"];
    let exchange = object(&server, folder.path(), &wrong);
    assert_eq!(exchange["response"]["status"], 403);
    let codes = exchange["verdict"]["logged"].as_array().unwrap();
    let codes: Vec<&Value> = codes.iter().map(|logged| &logged["code"]).collect();
    assert_eq!(codes, [15003, 82001]);
}

#[test]
fn every_kind_gets_in_by_each_method() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    for kind in switchboard::webhook::Kind::ALL.map(|kind| kind.as_str()) {
        for method in ["POST", "GET"] {
            if matches!(kind, "studio" | "json") && method == "GET" {
                continue;
            }
            let asked = [kind, "/told?a=1", "-X", method, "--param", "é=ö +&"];
            let exchange = object(&server, folder.path(), &asked);
            assert_eq!(exchange["response"]["status"], 200, "{exchange}");
            let event = answered(&exchange);
            match kind {
                "json" => assert_eq!(event["0"]["data"]["é"], "ö +&", "{event}"),
                _ => assert_eq!(event["é"], "ö +&", "{event}"),
            }
        }
    }
}

#[test]
fn each_of_several_has_sids_of_its_own() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let asked = ["sms", "/told", "--count", "3", "--output", "json"];
    let told = text(&send(&server, folder.path(), &asked).stdout);
    let mut sids: Vec<String> = told
        .lines()
        .map(|line| answered(&serde_json::from_str(line).unwrap())["MessageSid"].to_string())
        .collect();
    sids.sort();
    sids.dedup();
    assert_eq!(sids.len(), 3, "{told}");
}

#[test]
fn what_twilio_would_refuse_is_said_and_ends_with_1() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let case = |kind: &str, target: &str, more: &[&str], code: u32, said: &str| {
        let told = send(&server, folder.path(), &[&[kind, target], more].concat());
        let shown = text(&told.stdout);
        assert_eq!(told.status.code(), Some(1), "{shown}");
        assert!(shown.contains(&format!("log error {code}: ")), "{shown}");
        assert!(shown.contains(said), "{shown}");
    };
    let json = ["--param", "Type=application/json"];
    case(
        "sms",
        "/sms/reply",
        &json,
        12300,
        "application/json is nothing",
    );
    let open = ["--param", "Answer=<Response>\n<Message>"];
    case("sms", "/sms/reply", &open, 12100, "\nTwiML 2:");
    case("studio", "/broken", &[], 81017, "Fail transition");
    case("voice", "/broken", &[], 82002, "hung up on");
    case("mms", "/nowhere", &[], 11200, "there is no such route");
    // A warning fails nothing.
    let odd = "Answer=<Response><Message colour=\"red\">x</Message></Response>";
    let told = send(
        &server,
        folder.path(),
        &["sms", "/sms/reply", "--param", odd],
    );
    let shown = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{shown}");
    assert!(shown.contains("log warning 12200: "), "{shown}");
    assert!(shown.contains("\nTwiML 1:20: "), "{shown}");
    // By Twilio's own title, to be searched for.
    let empty = "Answer=<Response><Message></Message></Response>";
    let told = send(
        &server,
        folder.path(),
        &["sms", "/sms/reply", "--param", empty],
    );
    let shown = text(&told.stdout);
    assert!(
        shown.contains("log warning 14103: Invalid Body "),
        "{shown}"
    );
}

#[test]
fn redirects_are_followed_and_signed_anew() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let moved = |status: &str, location: &str| {
        let (status, location) = (format!("Status={status}"), format!("Location={location}"));
        let asked = ["sms", "/moved", "--param", &status, "--param", &location];
        object(&server, folder.path(), &asked)
    };
    // As a browser does, by GET and without the parameters; 307 keeps both.
    let exchange = moved("302", "told?x=1");
    assert_eq!(exchange["redirects"][0]["method"], "GET");
    assert_eq!(answered(&exchange)["x"], "1");
    assert_eq!(answered(&exchange)["Body"], Value::Null);
    let exchange = moved("307", "/told");
    assert_eq!(exchange["redirects"][0]["method"], "POST");
    assert_eq!(answered(&exchange)["Body"], "Ahoy!");
    for (status, location, hops, code) in [
        ("307", "/moved", 10, 11215),
        ("308", "/told", 0, 11216),
        ("302", "ftp://localhost/", 0, 11216),
    ] {
        let exchange = moved(status, location);
        assert_eq!(exchange["redirects"].as_array().unwrap().len(), hops);
        assert_eq!(exchange["verdict"]["logged"][0]["code"], code, "{exchange}");
    }
}

#[test]
fn behind_a_tunnel_it_is_signed_for_the_public_url() {
    let folder = files();
    let server = Server::start(
        folder.path(),
        &["--public-url", "https://x.ngrok.app/hooks/"],
    );
    let exchange = object(&server, folder.path(), &["message-status", "calls:/told"]);
    let request = &exchange["request"];
    let local = format!("{}/calls/told", server.ready["url"].as_str().unwrap());
    assert_eq!(request["url"], local);
    assert_eq!(
        request["signed_url"],
        "https://x.ngrok.app/hooks/calls/told"
    );
    assert_eq!(exchange["verdict"]["ok"], true, "{exchange}");
}

#[test]
fn the_command_that_is_printed_gets_in() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let asked = [
        "sms",
        "/told",
        "--curl",
        "--body",
        "it's $HOME",
        "--param",
        "a b=c&d",
    ];
    let command = text(&send(&server, folder.path(), &asked).stdout);
    assert!(!command.contains("token-of-texts"), "{command}");
    let answer = std::process::Command::new("sh")
        .args(["-c", &command])
        .output()
        .unwrap();
    let answer = text(&answer.stdout);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body = answer.split("\r\n\r\n").last().unwrap();
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&event["Body"], &event["a b"]),
        (&"it's $HOME".into(), &"c&d".into())
    );
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let folder = project(&[]);
    // A port that is taken, but on which nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/x");
    let told = program(folder.path()).args(["send", "voice", &url, "--auth-token", "t"]);
    let told = told.output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    let shown = text(&told.stdout);
    assert!(shown.contains("Twilio would log error 11205: "), "{shown}");
    let unfit = program(folder.path()).args(["send", "studio", &url, "--to", "+1"]);
    unfit.assert().code(2).stderr_eq(str![[r#"
error: --to says nothing about `studio`
  help: `studio` takes --param NAME=VALUE; --to goes with sms, mms, whatsapp, voice, gather, dial-status, call-status, message-status, json

"#]]);
}

#[test]
fn a_deployed_function_is_texted_over_https() {
    let folder = project(&[]);
    let deployed = Deployed::start("<Response><Message>from the cloud</Message></Response>");
    let url = format!("https://localhost:{}/sms/reply?a=1", deployed.port());
    let roots = authority(folder.path());
    // The variable is for other machines: on this one the project's token is meant.
    for (arguments, token) in [
        (["--body", "Ahoy"], DEVELOPMENT_AUTH_TOKEN),
        (["--auth-token", "token-of-the-cloud"], "token-of-the-cloud"),
    ] {
        let told = program(folder.path())
            .env("SSL_CERT_FILE", &roots)
            .env("TWILIO_AUTH_TOKEN", "token-of-another-account")
            .args(["send", "sms", &url])
            .args(arguments)
            .output()
            .unwrap();
        let shown = text(&told.stdout);
        assert_eq!(told.status.code(), Some(0), "{shown}{}", text(&told.stderr));
        assert!(
            shown.contains("would send one message: “from the cloud”"),
            "{shown}"
        );
        check_request(&deployed.request(), &url, token);
    }
}

/// Whether it is what Twilio sends, signed with `token`.
fn check_request(request: &str, url: &str, token: &str) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /sms/reply?a=1 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains("\r\nUser-Agent: TwilioProxy/1.1\r\n"),
        "{head}"
    );
    let signature = head.split("X-Twilio-Signature: ").nth(1).unwrap();
    let signature = signature.lines().next().unwrap();
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(signature, Signer::new(token).sign(url, &form));
}

#[test]
fn a_token_that_no_other_machine_takes_is_not_tried() {
    let folder = project(&[]);
    let url = "https://reply-1234-dev.twil.io.invalid/sms";
    let told = program(folder.path()).args(["send", "sms", url]);
    told.assert().code(2).stderr_eq(str![[r#"
error: the project has no auth token of its own, and reply-1234-dev.twil.io.invalid will take no other
  help: set TWILIO_AUTH_TOKEN, or pass --auth-token TOKEN: that of the account it is deployed to

"#]]);
    // The variable has one.
    let told = program(folder.path())
        .env("TWILIO_AUTH_TOKEN", "token-of-the-cloud")
        .args(["send", "sms", url, "--curl"])
        .output()
        .unwrap();
    let command = text(&told.stdout);
    assert!(
        command.contains(url) && !command.contains("token-of-the-cloud"),
        "{command}"
    );
}

#[test]
fn a_certificate_that_is_not_right_is_refused_with_twilios_number() {
    let folder = project(&[]);
    let deployed = Deployed::start("");
    let roots = authority(folder.path());
    let other = leaf(folder.path());
    for (host, roots, code) in [("127.0.0.1", &roots, 11235), ("localhost", &other, 11237)] {
        let url = format!("https://{host}:{}/", deployed.port());
        let told = program(folder.path())
            .env("SSL_CERT_FILE", roots)
            .args(["send", "voice", &url, "--auth-token", "t"])
            .output()
            .unwrap();
        let shown = text(&told.stdout);
        assert_eq!(told.status.code(), Some(1), "{shown}");
        assert!(shown.contains(&format!("log error {code}: ")), "{shown}");
    }
}

#[test]
fn addresses_that_lead_nowhere_are_told_and_a_redirect_to_one_fails() {
    let folder = files();
    let server = Server::start(folder.path(), &[]);
    let verdict = |answer: &str| {
        let answer = format!("Answer=<Response>{answer}</Response>");
        let arguments = ["voice", "/sms/reply", "--param", &answer];
        let mut told = object(&server, folder.path(), &arguments);
        told["verdict"].take()
    };
    let sound = verdict("<Redirect>/told</Redirect>");
    assert_eq!(
        (&sound["ok"], &sound["faults"]),
        (&true.into(), &Value::Array(vec![]))
    );
    let gone = verdict("<Redirect>/gone</Redirect>");
    assert_eq!(gone["ok"], false);
    assert_eq!(gone["logged"][0]["code"], 11200);
    assert_eq!(
        gone["faults"][0]["text"],
        "<Redirect> leads to /gone, which is no route: Twilio would get 404"
    );
    let later = verdict("<Gather action='https://localhost:1/x'/><Gather action='/calls/x'/>");
    assert_eq!(later["ok"], true);
    let text = later["faults"][0]["text"].as_str().unwrap();
    assert_eq!(
        text,
        "the `action` of <Gather> leads to /calls/x, which is no route: Twilio would get 404"
    );
    let open = verdict("<Gather action='/open'/>");
    let text = open["faults"][0]["text"].as_str().unwrap();
    assert!(text.contains("/open, which is public"), "{text}");
}
