//! The console's phone: texts and calls by its API.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use crate::console::{TOKEN, console, console_port, told};
use crate::http::ask;
use crate::project::{Project, Site};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;
use switchboard::web_console::ConsolePort;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Response, Token};

fn twiml(callback: Callback, verbs: &str) -> Outcome {
    let mut response = Response::new();
    response
        .set_body(format!("<Response>{verbs}</Response>"))
        .append_header("Content-Type", "text/xml");
    callback.success(response)
}

async fn reply(_: Context, event: Event, callback: Callback) -> Outcome {
    let body = event.text("Body").unwrap_or_default();
    let verbs = match body {
        "picture" => "<Message><Body>Look</Body><Media>/owl.png</Media></Message>".to_string(),
        "broken" => "<Message>oops".to_string(),
        "on" => "<Redirect>/sms?Body=moved</Redirect>".to_string(),
        "ada" => "<Message to=\"+14155550101\">For Ada</Message>".to_string(),
        body => format!(
            "<Message statusCallback=\"/told\">{body} from {}, {} media</Message>",
            event.text("From").unwrap_or_default(),
            event.text("NumMedia").unwrap_or_default(),
        ),
    };
    twiml(callback, &verbs)
}

async fn menu(context: Context, event: Event, callback: Callback) -> Outcome {
    let verbs = match (event.text("Digits"), event.text("DialCallStatus")) {
        (_, Some(status)) => format!("<Say>They were {status}.</Say><Hangup/>"),
        (Some("1"), _) => "<Say>One.</Say>".to_string(),
        (Some("2"), _) => "<Dial action=\"/menu\"><Number statusCallback=\"/told\" \
            statusCallbackEvent=\"initiated completed\">+14155550111</Number></Dial>"
            .to_string(),
        (Some("3"), _) => {
            // An absolute address as functions make it of DOMAIN_NAME, with https.
            let host = context.domain_name();
            format!("<Redirect>https://{host}/menu?Digits=1</Redirect>")
        }
        _ => "<Gather numDigits=\"1\" action=\"/menu\"><Say>Press one.</Say></Gather>\
              <Say>Nothing.</Say>"
            .to_string(),
    };
    twiml(callback, &verbs)
}

async fn noted(_: Context, _: Event, callback: Callback) -> Outcome {
    callback.success("noted")
}

async fn moved(_: Context, _: Event, callback: Callback) -> Outcome {
    let mut response = Response::new();
    response
        .set_status_code(307)
        .append_header("Location", "/sms");
    callback.success(response)
}

const SERVICES: &str = "default_service = \"app\"\n\
        [services.app]\nauth_token = \"s3cret-auth-token\"\n[services.app.functions]\n\
        \"/sms\" = { handler = \"rust:reply\", visibility = \"protected\" }\n\
        \"/menu\" = { handler = \"rust:menu\", visibility = \"protected\" }\n\
        \"/told\" = { handler = \"rust:noted\", visibility = \"protected\" }\n\
        \"/moved\" = { handler = \"rust:moved\", visibility = \"protected\" }\n\
        [services.other]\nauth_token = \"s3cret-auth-token\"\n[services.other.functions]\n\
        \"/sms\" = { handler = \"rust:reply\", visibility = \"protected\" }\n\
        \"/menu\" = { handler = \"rust:menu\", visibility = \"protected\" }\n";

async fn site(public_url: Option<&'static str>) -> Site {
    project(public_url).start().await
}

fn project(public_url: Option<&'static str>) -> Project {
    let handlers = Handlers::new()
        .with("reply", reply)
        .with("menu", menu)
        .with("noted", noted)
        .with("moved", moved);
    Project::new()
        .file("services.toml", SERVICES)
        .handlers(handlers)
        .with(move |builder| {
            let builder = match public_url {
                Some(url) => builder.public_url(url),
                None => builder,
            };
            builder.console(ConsolePort::Given(0), Token::given(TOKEN))
        })
}

/// Asks the phone, and expects that status.
fn phone(site: &Site, request: &str, body: &Value, status: u16) -> Value {
    let (method, path) = request.split_once(' ').unwrap();
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let reply = console(site, &format!("{method} /api/1/phone{path}"), &body);
    assert_eq!(reply.status, status, "{request} {body}: {}", reply.text());
    match reply.body.is_empty() {
        true => Value::Null,
        false => told(&reply),
    }
}

/// A phone's id.
fn new_phone(site: &Site) -> u64 {
    let phone = phone(site, "POST /phones", &json!({}), 201);
    phone["id"].as_u64().unwrap()
}

fn text(site: &Site, id: u64, target: &str, body: &str) -> Value {
    let wish = json!({ "target": target, "body": body });
    phone(site, &format!("POST /phones/{id}/texts"), &wish, 201)
}

/// What happened, in a word and what tells most about it.
fn steps(talk: &Value) -> Vec<String> {
    let steps = talk["steps"].as_array().unwrap();
    let step = |step: &Value| {
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_string();
        match text("kind").as_str() {
            "request" => {
                let url = text("url");
                let path = url.splitn(4, '/').nth(3).unwrap_or_default().to_string();
                let told = if step["told"] == true {
                    "told"
                } else {
                    "asked"
                };
                format!("{told} /{path} {}", step["status"])
            }
            "message" => format!("message {} {}", text("body"), step["media"]),
            "say" | "did" => text("text"),
            "fault" => format!("fault {}", step["code"]),
            "end" => text("why"),
            kind => kind.to_string(),
        }
    };
    steps.iter().map(step).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_function_is_texted_and_each_step_has_its_exchange() {
    let site = site(None).await;
    let id = new_phone(&site);
    let talk = text(&site, id, "/sms", "Ahoy");
    assert_eq!(
        steps(&talk),
        [
            "asked /sms 200",
            "message Ahoy from +14155550100, 0 media []",
            "told /told 200",
            "told /told 200",
            "told /told 200",
            "nothing-left",
        ]
    );
    let number = talk["steps"][0]["exchanges"][0].as_u64().unwrap();
    let exchange = told(&console(
        &site,
        &format!("GET /api/1/exchanges/{number}"),
        "",
    ));
    assert_eq!(exchange["request"]["target"], "/sms");
    let sent = exchange["request"]["body"]["text"].as_str().unwrap();
    assert!(
        sent.contains("Body=Ahoy") && sent.contains("From=%2B14155550100"),
        "{sent}"
    );
    let callback = talk["steps"][2]["exchanges"][0].as_u64().unwrap();
    assert!(callback > number);

    let talk = text(&site, id, "other:/sms", "picture");
    let port = site.port();
    let owl = format!("message Look [\"http://localhost:{port}/owl.png\"]");
    assert_eq!(steps(&talk), ["asked /other/sms 200", &owl, "nothing-left"]);

    let wish = json!({ "target": "/sms", "body": "See", "media": ["https://example.com/a.png"] });
    let talk = phone(&site, &format!("POST /phones/{id}/texts"), &wish, 201);
    assert_eq!(steps(&talk)[1], "message See from +14155550100, 1 media []");
    let wish = json!({ "target": "/sms", "body": "Hi", "kind": "whatsapp" });
    let talk = phone(&site, &format!("POST /phones/{id}/texts"), &wish, 201);
    assert_eq!(
        steps(&talk)[1],
        "message Hi from whatsapp:+14155550100, 0 media []"
    );
    let talk = text(&site, id, "/sms", "on");
    assert_eq!(
        steps(&talk)[..2],
        ["asked /sms 200", "asked /sms?Body=moved 200"]
    );
    let talk = text(&site, id, "/moved", "Hop");
    assert_eq!(steps(&talk)[1], "message Hop from +14155550100, 0 media []");
    assert_eq!(talk["steps"][0]["exchanges"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_with_twilios_code() {
    let site = site(None).await;
    let id = new_phone(&site);
    for (target, body, expected) in [
        (
            "/sms",
            "broken",
            ["asked /sms 200", "fault 12100", "failed"],
        ),
        (
            "/nowhere",
            "x",
            ["asked /nowhere 404", "fault 11200", "failed"],
        ),
    ] {
        let talk = text(&site, id, target, body);
        assert_eq!(steps(&talk), expected, "{target}");
        assert_eq!(talk["ended"]["failed"], true);
    }
    for (wish, says) in [
        (json!({ "target": "nobody:/sms" }), "no service `nobody`"),
        (json!({ "target": "sms" }), "is no path"),
        (json!({ "target": "/a b" }), "cannot be requested"),
        (
            json!({ "target": "/sms", "body": "x".repeat(1601) }),
            "1600",
        ),
        (json!({ "target": "/sms", "method": "PUT" }), "GET or POST"),
        (json!({ "target": "/sms", "colour": "red" }), "colour"),
        (json!({}), "target"),
    ] {
        let reply = phone(&site, &format!("POST /phones/{id}/texts"), &wish, 400);
        assert!(reply["error"].as_str().unwrap().contains(says), "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_placed_and_walked_through() {
    let site = site(None).await;
    let id = new_phone(&site);
    let place = || {
        let wish = json!({ "target": "/menu", "status_callback": "/told" });
        phone(&site, &format!("POST /phones/{id}/calls"), &wish, 201)
    };
    let act = |call: &Value, act: Value, status: u16| {
        phone(
            &site,
            &format!("POST /talks/{}/acts", call["id"]),
            &act,
            status,
        )
    };
    let call = place();
    assert_eq!(steps(&call), ["asked /menu 200", "Press one.", "gather"]);
    assert_eq!(call["wanted"]["kind"], "gather");
    assert_eq!(call["wanted"]["speech"], false);
    act(&call, json!({ "do": "say", "text": "one" }), 409);
    act(&call, json!({ "do": "dance" }), 400);
    let call = act(&call, json!({ "do": "press", "keys": "2" }), 200);
    assert_eq!(
        call["wanted"]["parties"],
        json!([["Number", "+14155550111"]])
    );
    let call = act(
        &call,
        json!({ "do": "dial", "outcome": "answered", "seconds": 30 }),
        200,
    );
    let expected = [
        "asked /menu 200",
        "Press one.",
        "gather",
        "pressed 2",
        "asked /menu 200",
        "told /told 200",
        "dial",
        "the call: answered",
        "told /told 200",
        "asked /menu 200",
        "They were completed.",
        "told /told 200",
        "hangup",
    ];
    assert_eq!(steps(&call), expected);
    assert_eq!(call["steps"][12]["at_ms"].as_u64().unwrap() / 1000, 31);
    act(&call, json!({ "do": "time-out" }), 409);

    let call = act(&place(), json!({ "do": "time-out" }), 200);
    assert_eq!(steps(&call)[3..5], ["did nothing", "Nothing."]);
    let call = act(&place(), json!({ "do": "press", "keys": "3" }), 200);
    let says = steps(&call);
    assert_eq!(says[5..7], ["asked /menu?Digits=1 200", "One."], "{says:?}");
    let call = act(&place(), json!({ "do": "hang-up" }), 200);
    assert_eq!(call["ended"]["why"], "caller-hung-up");
    let again = phone(
        &site,
        &format!("GET /talks/{}", call["id"]),
        &Value::Null,
        200,
    );
    assert_eq!(again["ended"], call["ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_target_has_gone_goes_on_once_it_is_back_and_can_be_hung_up() {
    let site = project(None).start_watching().await;
    let id = new_phone(&site);
    let place = || {
        let wish = json!({ "target": "other:/menu" });
        phone(&site, &format!("POST /phones/{id}/calls"), &wish, 201)
    };
    let act = |call: &Value, act: Value, status: u16| {
        let acts = format!("POST /talks/{}/acts", call["id"]);
        phone(&site, &acts, &act, status)
    };
    let (call, other) = (place(), place());
    let (alone, _) = SERVICES.split_once("[services.other").unwrap();
    site.change("services.toml", alone);
    site.until(|registry| registry.service("other").is_none())
        .await;
    let press = json!({ "do": "press", "keys": "1" });
    for _ in 0..2 {
        let told = act(&call, press.clone(), 409)["error"].to_string();
        assert!(told.contains("the project has changed"), "{told}");
    }
    let hung_up = act(&other, json!({ "do": "hang-up" }), 200);
    assert_eq!(hung_up["ended"]["why"], "caller-hung-up");

    site.change("services.toml", SERVICES);
    site.until(|registry| registry.service("other").is_some())
        .await;
    let call = act(&call, press, 200);
    assert_eq!(steps(&call)[3..5], ["pressed 1", "asked /menu 200"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_tunnel_twilio_is_imitated_with_the_public_url() {
    let site = site(Some("https://x.ngrok.app")).await;
    let id = new_phone(&site);
    let talk = text(&site, id, "/sms", "Ahoy");
    assert_eq!(talk["steps"][0]["url"], "https://x.ngrok.app/sms");
    assert_eq!(
        steps(&talk)[..2],
        [
            "asked /sms 200",
            "message Ahoy from +14155550100, 0 media []"
        ]
    );
    assert_eq!(talk["steps"][2]["url"], "https://x.ngrok.app/told");
    assert_eq!(steps(&talk)[2], "told /told 200");
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_come_and_go_and_text_each_other() {
    let site = site(None).await;
    let (grace, ada) = (new_phone(&site), new_phone(&site));
    text(&site, grace, "/sms", "ada");
    let all = phone(&site, "GET ", &Value::Null, 200);
    let arrived = &all["phones"][1]["talks"][0];
    assert_eq!(all["phones"][1]["id"], ada);
    assert_eq!(arrived["kind"], "received");
    assert_eq!(arrived["body"], "For Ada");
    assert_eq!(arrived["from"], "+14155550199");
    phone(
        &site,
        &format!("DELETE /phones/{ada}/talks"),
        &Value::Null,
        204,
    );
    let all = phone(&site, "GET ", &Value::Null, 200);
    assert_eq!(all["phones"][1]["talks"], json!([]));

    let named = json!({ "number": "+447700900123", "name": "Bo" });
    assert_eq!(phone(&site, "POST /phones", &named, 201)["name"], "Bo");
    phone(&site, "POST /phones", &named, 409);
    phone(
        &site,
        "POST /phones",
        &json!({ "name": "x".repeat(101) }),
        400,
    );
    phone(&site, "POST /phones", &json!({ "name": "a\nb" }), 400);
    for _ in 0..9 {
        new_phone(&site);
    }
    phone(&site, "POST /phones", &json!({}), 429);
    phone(&site, &format!("DELETE /phones/{grace}"), &Value::Null, 204);
    phone(&site, &format!("DELETE /phones/{grace}"), &Value::Null, 404);
    phone(
        &site,
        &format!("POST /phones/{grace}/texts"),
        &json!({ "target": "/sms" }),
        404,
    );
    phone(&site, "POST /phones/x/texts", &json!({}), 404);
    phone(&site, "PUT /phones", &json!({}), 405);
    phone(
        &site,
        "POST /talks/99999/acts",
        &json!({ "do": "time-out" }),
        404,
    );
    // The oldest talks of a phone go.
    for number in 0..52 {
        text(&site, ada, "/sms", &number.to_string());
    }
    let all = phone(&site, "GET ", &Value::Null, 200);
    let ada = &all["phones"][0];
    assert_eq!(ada["talks"].as_array().unwrap().len(), 50);
    assert_eq!(ada["talks"][0]["body"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_has_the_guards_of_the_console() {
    let site = site(None).await;
    let port = console_port(&site);
    let good = format!("Authorization: Bearer {TOKEN}");
    for (head, status) in [
        (format!("{good}\nHost: rebound.example:{port}"), 403),
        (format!("{good}\nOrigin: https://evil.example"), 403),
        (format!("{good}\nSec-Fetch-Site: cross-site"), 403),
        (String::new(), 401),
        (format!("Authorization: Bearer {TOKEN}x"), 401),
    ] {
        for request in [
            "GET /api/1/phone",
            "POST /api/1/phone/phones",
            "GET /api/1/phone/events",
        ] {
            let reply = ask(port, &format!("{request}\n{head}"), "");
            assert_eq!(reply.status, status, "{request} {head}");
        }
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(64 * 1024));
    let reply = console(&site, "POST /api/1/phone/phones", &large);
    assert_eq!(reply.status, 413);
    assert_eq!(site.ask("GET /api/1/phone", "").status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_hear_of_each_change() {
    let site = site(None).await;
    // Of the phones alone, and of all that happens.
    let mut readers: Vec<_> = ["phone/events", "events?phones=true"]
        .into_iter()
        .map(|path| {
            let mut stream = TcpStream::connect(("127.0.0.1", console_port(&site))).unwrap();
            let patience = Some(Duration::from_secs(60));
            stream.set_read_timeout(patience).unwrap();
            let head = format!(
                "GET /api/1/{path} HTTP/1.1\r\nHost: localhost:{}\r\n\
                 Authorization: Bearer {TOKEN}\r\n\r\n",
                console_port(&site)
            );
            stream.write_all(head.as_bytes()).unwrap();
            BufReader::new(stream).lines()
        })
        .collect();
    let mut version = |reader: usize, wanted: u64| {
        let told = readers[reader].by_ref().find_map(|line| {
            let line = line.unwrap();
            let data = line.strip_prefix("data: ")?;
            let version = serde_json::from_str::<Value>(data).unwrap()["version"].as_u64()?;
            (version >= wanted).then_some(version)
        });
        told.expect("a version")
    };
    // Each is told at once where things stand.
    for reader in 0..2 {
        assert_eq!(version(reader, 0), 0);
    }
    new_phone(&site);
    for reader in 0..2 {
        assert_eq!(version(reader, 1), 1);
    }
    let id = new_phone(&site);
    text(&site, id, "/sms", "Ahoy");
    let now = phone(&site, "GET ", &Value::Null, 200)["version"]
        .as_u64()
        .unwrap();
    for reader in 0..2 {
        assert!(version(reader, now) >= now);
    }
}
