//! The requests that `send` makes, compared with npm twilio 6.2.0: what is signed here is accepted
//! there, and what is signed there is let in here.

#![allow(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use crate::http::Client;
use crate::oracle::ask;
use crate::project::Project;
use crate::signature::{Params, Random, object};
use serde_json::{Value, json};
use switchboard::signature::{Signer, body_sha256};
use switchboard::webhook::{Content, Kind, Method, Moment, Webhook, Wishes, compose};
use switchboard::{Callback, Context, Event, Outcome};

/// Cases each way.
const CASES: usize = 2000;

const TOKEN: &str = "12345678901234567890123456789012";

const NAMES: &[&str] = &[
    "Body",
    "From",
    "To",
    "FromCity",
    "Fro",
    "CallSid",
    "é",
    "👋",
    "\u{ffff}",
    "a b",
    "a=b&c",
    "AddOns",
    "MediaUrl0",
    "10",
    "9",
    "x[]",
    "x[y]",
    "a.b",
    "%41",
];

const VALUES: &[&str] = &[
    "",
    " ",
    " two  words ",
    "It's amazing!",
    "+14155550100",
    "Olá 👋",
    "\u{ffff}",
    "日本語",
    "a&b=c",
    "100%",
    "%2B",
    "*-._~",
    "line\r\nend",
    "{\"a\":[1]}",
    "\u{0}",
];

fn text(random: &mut Random) -> String {
    random.several(VALUES, 3)
}

fn some(random: &mut Random) -> Option<String> {
    (random.below(3) > 0).then(|| text(random))
}

/// Anything that a person can wish of a request of `kind`.
fn wishes(random: &mut Random, kind: Kind) -> Wishes {
    let mut wishes = Wishes {
        parameters: (0..random.below(6))
            .map(|_| (random.pick(NAMES).to_string(), text(random)))
            .collect(),
        ..Wishes::default()
    };
    if !matches!(kind, Kind::Studio | Kind::Json) && random.below(3) == 0 {
        wishes.method = Some(Method::Get);
    }
    match kind {
        Kind::Sms | Kind::Mms | Kind::Whatsapp => wishes.body = some(random),
        Kind::Gather => wishes.digits = Some(random.several(&["1", "*", "#", "0"], 5)),
        _ => {}
    }
    if matches!(kind, Kind::Mms | Kind::Whatsapp) {
        wishes.media = (0..random.below(3)).map(|_| text(random)).collect();
    }
    if !matches!(kind, Kind::Studio | Kind::Recording) {
        (wishes.from, wishes.to) = (some(random), some(random));
    }
    if kind == Kind::Json {
        if random.below(2) == 0 {
            wishes = Wishes {
                body: Some(json!({ "text": text(random) }).to_string()),
                ..Wishes::default()
            };
        } else {
            wishes.parameters.truncate(1);
        }
    }
    wishes
}

fn base(random: &mut Random) -> String {
    [
        random.pick(&[
            "http://localhost:3000",
            "https://example.com",
            "https://x.ngrok.app:8443",
        ]),
        random.pick(&["/", "/sms/reply", "/a%20b", "/it's"]),
        random.pick(&["", "", "?", "?a=1", "?a=1&b=two+words", "?Body=x"]),
    ]
    .concat()
}

fn webhook(random: &mut Random, number: usize) -> Webhook {
    let kind = Kind::ALL[number % Kind::ALL.len()];
    let wishes = wishes(random, kind);
    let moment = Moment {
        seed: &number.to_string(),
        unix_seconds: 1_700_000_000,
        account_sid: "AC0123456789abcdef0123456789abcdef",
    };
    compose(kind, &wishes, moment).unwrap()
}

/// The parameters of a form as it goes over the wire.
fn received(form: &str) -> Params {
    form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect()
}

#[test]
fn whatever_is_sent_is_accepted_by_npm_twilio() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let signer = Signer::new(TOKEN);
    let (mut validate, mut bodies) = (Vec::new(), Vec::new());
    for number in 0..CASES {
        let webhook = webhook(&mut random, number);
        let url = webhook.url(&base(&mut random));
        let mut case = json!({
            "token": TOKEN, "signature": webhook.signature(&signer, &url), "url": url,
        });
        let body = webhook.body();
        match (&webhook.content, &body) {
            (Content::Json(_), Some(body)) => {
                case["body"] = json!(body.text);
                bodies.push(case);
            }
            (Content::Parameters(parameters), Some(body)) => {
                let received = received(&body.text);
                assert_eq!(&received, parameters);
                case["params"] = object(&received);
                validate.push(case);
            }
            (Content::Parameters(parameters), None) => {
                let query = url.split_once('?').map_or("", |(_, query)| query);
                assert!(received(query).ends_with(parameters), "{url}");
                case["params"] = json!({});
                validate.push(case);
            }
            (Content::Json(_), None) => panic!("JSON has a body"),
        }
    }
    assert!(bodies.len() > 100 && validate.len() > 1600);
    let cases = json!({ "sign": [], "validate": validate, "bodies": bodies });
    let answers = ask("signature.js", &cases);
    for question in ["validate", "bodies"] {
        let cases = cases[question].as_array().unwrap();
        let answers = answers[question].as_array().unwrap();
        assert_eq!(answers.len(), cases.len());
        for (case, answer) in cases.iter().zip(answers) {
            assert_eq!(*answer, json!(true), "{case}");
        }
    }
}

/// A request as somebody with npm twilio would make it.
struct Foreign {
    path: String,
    /// The parameters in the order in which they are sent; `None` for JSON.
    form: Option<Params>,
    json: String,
}

impl Foreign {
    fn any(random: &mut Random) -> Self {
        let query = random.pick(&["", "", "?", "?a=1", "?b=two+words&a=%2B", "?Body=x&Body="]);
        let path = format!("{}{query}", random.pick(&["/hook", "/app/hook"]));
        if random.below(6) == 0 {
            let json = json!({ "text": text(random) }).to_string();
            let joint = if query.is_empty() { "?" } else { "&" };
            let hash = body_sha256(json.as_bytes());
            return Foreign {
                path: format!("{path}{joint}bodySHA256={hash}"),
                form: None,
                json,
            };
        }
        let form = (0..random.below(12))
            .map(|_| (random.pick(NAMES).to_string(), text(random)))
            .collect();
        Foreign {
            path,
            form: Some(form),
            json: String::new(),
        }
    }

    fn wire(&self, port: u16, signature: &str) -> String {
        let (content_type, body) = match &self.form {
            Some(form) => (
                "application/x-www-form-urlencoded; charset=utf-8",
                form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(form)
                    .finish(),
            ),
            None => ("application/json", self.json.clone()),
        };
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: {content_type}\r\n\
             X-Twilio-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
            self.path,
            body.len()
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_npm_twilio_signs_is_let_in() {
    async fn hook(_context: Context, _event: Event, callback: Callback) -> Outcome {
        callback.success("in")
    }
    let services = format!(
        "default_service = \"app\"\n[services.app]\nauth_token = \"{TOKEN}\"\n\
         [services.app.functions]\n\"/hook\" = {{ handler = \"rust:hook\", visibility = \"protected\" }}\n"
    );
    let project = Project::new().file("services.toml", &services);
    let site = project.handler("hook", hook).start().await;
    let mut random = Random(0xDA94_2042_E4DD_58B5);
    let requests: Vec<Foreign> = (0..CASES).map(|_| Foreign::any(&mut random)).collect();
    let sign: Vec<Value> = requests
        .iter()
        .map(|request| {
            json!({
                "token": TOKEN,
                "url": format!("http://localhost:{}{}", site.port(), request.path),
                "params": request.form.as_ref().map_or(json!({}), object),
            })
        })
        .collect();
    let answers = ask(
        "signature.js",
        &json!({ "sign": sign, "validate": [], "bodies": [] }),
    );
    let signatures = answers["sign"].as_array().unwrap();
    assert_eq!(signatures.len(), requests.len());
    let mut client = Client::connect(site.port());
    for (request, signature) in requests.iter().zip(signatures) {
        let wire = request.wire(site.port(), signature.as_str().unwrap());
        let reply = client.send(&wire).read();
        assert_eq!((reply.status, reply.text().as_str()), (200, "in"), "{wire}");
    }
    // The signature of another request lets nobody in.
    let wire = requests[0].wire(site.port(), signatures[1].as_str().unwrap());
    assert_eq!(client.send(&wire).read().status, 403);
    site.stop().await;
}
