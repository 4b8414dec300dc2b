//! What functions ask of Twilio with the development account, by the real package `twilio`.

use crate::console::{TOKEN, console};
use crate::project::{Project, Site, within};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use switchboard::signature::Signer;
use switchboard::{Builder, Level, Token};

use switchboard::web_console::ConsolePort;

/// A function that does `body` with `client`, and answers with what that returns, or with the error.
pub(crate) fn asking(body: &str) -> String {
    format!(
        "exports.handler = async (context, event, callback) => {{
            const client = context.getTwilioClient();
            try {{
                callback(null, await (async () => {{ {body} }})());
            }} catch (error) {{
                callback(null, [error.constructor.name, error.status, error.code, error.message]);
            }}
        }};"
    )
}

const SEND: &str = "
    const { Body: body, To: to = '+14155550100', told } = event;
    const statusCallback = told && `https://${context.DOMAIN_NAME}${told}`;
    const { sid, status } = await client.messages.create({ to, from: '+15005550006', body, statusCallback });
    return [sid.slice(0, 2), status];";

pub(crate) fn json_at(site: &Site, head: &str) -> Value {
    let reply = site.ask(head, "");
    assert_eq!(
        reply.status,
        200,
        "{head}: {} {}",
        reply.text(),
        site.fault()
    );
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// What the last request printed.
pub(crate) fn said(site: &Site) -> Vec<(Level, String)> {
    let exchange = site.last();
    let lines = exchange.console.iter();
    lines.map(|line| (line.level, line.text.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_found_listed_changed_and_deleted() {
    let whole = "
        const send = (body) => client.messages.create({ to: '+14155550100', from: '+15005550006', body });
        const { sid, dateCreated, direction, numSegments } = await send('one');
        await send('two');
        await send('three');
        const bodies = async (options) => (await client.messages.list(options)).map(({ body }) => body);
        const { body } = await client.messages(sid).fetch();
        const pages = await bodies({ pageSize: 1 });
        const latest = await bodies({ limit: 2, to: '+14155550100' });
        const { body: redacted } = await client.messages(sid).update({ body: '' });
        const removed = await client.messages(sid).remove();
        const gone = await client.messages(sid).fetch().catch(({ status, code }) => [status, code]);
        return [dateCreated instanceof Date, direction, numSegments, body, pages, latest, redacted, removed, gone];";
    let site = Project::new()
        .packages()
        .file("functions/whole.js", &asking(whole))
        .start()
        .await;
    assert_eq!(
        json_at(&site, "GET /whole"),
        json!([
            true,
            "outbound-api",
            "1",
            "one",
            ["three", "two", "one"],
            ["three", "two"],
            "",
            true,
            [404, 20404]
        ])
    );
    let said = said(&site);
    let (level, text) = said.first().expect("a line");
    assert_eq!((said.len(), *level), (4, Level::Info), "{said:?}");
    assert!(
        text.contains(
            "from +15005550006 to +14155550100: “one” (queued; it stays on this machine)"
        ),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_refused_in_twilios_words_and_the_developer_is_told() {
    let site = Project::new()
        .packages()
        .file("functions/send.js", &asking(SEND))
        .file(
            "functions/look.js",
            &asking("await client.lookups.v2.phoneNumbers('+14155550100').fetch();"),
        )
        .start()
        .await;
    assert_eq!(
        json_at(&site, "GET /send?Body=Ahoy&To=%2B15005550009"),
        json!([
            "RestException",
            400,
            21614,
            "To number: +15005550009, is not a mobile number"
        ])
    );
    let refused =
        "Twilio would refuse it with 21614: To number: +15005550009, is not a mobile number";
    assert_eq!(said(&site), [(Level::Warning, refused.to_string())]);
    let Value::Array(looked) = json_at(&site, "GET /look") else {
        panic!("an array");
    };
    assert_eq!(looked[1], 501, "{looked:?}");
    let [(Level::Warning, text)] = &said(&site)[..] else {
        panic!("one warning: {:?}", said(&site));
    };
    assert!(
        text.contains(
            "/v2/PhoneNumbers/+14155550100: only messages, calls, verifications and Sync are answered here"
        ),
        "{text}"
    );
    assert!(
        text.contains("ACCOUNT_SID and AUTH_TOKEN in the .env file"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_message_is_to_be_told_of_hears_of_each_step_signed() {
    let mut site = Project::new()
        .packages()
        .file("functions/send.js", &asking(SEND))
        .file(
            "functions/told.protected.js",
            "exports.handler = (context, event, callback) => {
                console.log([event.MessageStatus, event.To, event.From, event.AccountSid === context.ACCOUNT_SID].join());
                callback(null);
            };",
        )
        .start()
        .await;
    assert_eq!(
        json_at(&site, "GET /send?Body=Ahoy&told=/told"),
        json!(["SM", "queued"])
    );
    // Where nobody listens, that is said.
    json_at(&site, "GET /send?Body=Ahoy&told=/nobody");
    for status in ["queued", "sent", "delivered"] {
        let text = site.said().await;
        assert!(
            text.contains("/nobody was to be told that message SM"),
            "{text}"
        );
        assert!(
            text.ends_with(&format!("is {status}, but answered 404 (11200)")),
            "{text}"
        );
    }
    let journal = site.running().journal();
    let told = async {
        loop {
            let latest = journal.latest();
            let exchanges = journal.exchanges();
            let told = exchanges.iter().filter(|e| e.request.uri.path() == "/told");
            let told: Vec<String> = told
                .map(|e| format!("{} {}", e.status.as_u16(), e.console[0].text))
                .collect();
            if told.len() == 3 {
                return told;
            }
            journal.newer_than(latest).await;
        }
    };
    let told = within(told).await;
    let step = |status: &str| format!("200 {status},+14155550100,+15005550006,true");
    assert_eq!(told, [step("queued"), step("sent"), step("delivered")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_over_a_hundred_a_second_wait_and_get_there() {
    let many = "
        const send = (statusCallback) =>
            client.messages.create({ to: '+14155550100', from: '+15005550006', body: 'Ahoy', statusCallback });
        await Promise.all(Array.from({ length: 300 }, () => send()));
        await send(event.told);";
    let mut site = Project::new()
        .packages()
        .file("functions/many.js", &asking(many))
        .start()
        .await;
    let told = format!("http://localhost:{}/nobody", site.port());
    assert_eq!(site.status(&format!("GET /many?told={told}")), 200);
    let text = site.said().await;
    assert!(
        text.starts_with("more than 100 messages were sent within a second"),
        "{text}"
    );
    // Once, and then the last of them.
    for status in ["queued", "sent", "delivered"] {
        let text = site.said().await;
        assert!(
            text.ends_with(&format!("is {status}, but answered 404 (11200)")),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_arrives_on_the_phone_that_it_is_for() {
    let site = Project::new()
        .packages()
        .file("functions/send.js", &asking(SEND))
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    for number in ["+14155550100", "+14155550101"] {
        let wish = json!({ "number": number }).to_string();
        assert_eq!(
            console(&site, "POST /api/1/phone/phones", &wish).status,
            201
        );
    }
    json_at(&site, "GET /send?Body=Ahoy");
    let talks = |phone: usize| {
        let told = console(&site, "GET /api/1/phone", "");
        let told: Value = serde_json::from_slice(&told.body).expect("JSON");
        told["phones"][phone]["talks"].clone()
    };
    // It comes by a task of its own.
    let arrived = async {
        while talks(0) == json!([]) {
            tokio::task::yield_now().await;
        }
    };
    within(arrived).await;
    let talk = &talks(0)[0];
    assert_eq!(
        [&talk["kind"], &talk["body"], &talk["from"], &talk["target"]],
        ["received", "Ahoy", "+15005550006", "functions/send.js"]
    );
    assert_eq!(talks(1), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_verify_comes_to_the_phone_and_is_right_once() {
    let verify = |body: &str| {
        asking(&format!(
            "const service = client.verify.v2.services('VA1'); {body}"
        ))
    };
    let tried = "const { status, valid } = await service.verificationChecks.create({ to: '+14155550100', code: event.code });
        return [status, valid];";
    let site = Project::new()
        .packages()
        .file(
            "functions/send.js",
            &verify("const { sid, status, sendCodeAttempts } = await service.verifications.create({ to: '+14155550100', channel: 'sms' });
                const found = await service.verifications(sid).fetch();
                return [sid.slice(0, 2), status, sendCodeAttempts.length, found.dateCreated instanceof Date, found.accountSid === context.ACCOUNT_SID];"),
        )
        .file("functions/check.js", &verify(tried))
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    let wish = json!({ "number": "+14155550100" }).to_string();
    let phone = console(&site, "POST /api/1/phone/phones", &wish);
    assert_eq!(phone.status, 201);
    assert_eq!(
        json_at(&site, "GET /send"),
        json!(["VE", "pending", 1, true, true])
    );
    let lines = said(&site);
    let [(Level::Info, text)] = &lines[..] else {
        panic!("one line: {lines:?}");
    };
    let code = text.split("the code is ").nth(1).expect("a code");
    let code = &code[..6];
    let arrived = async {
        loop {
            let told = console(&site, "GET /api/1/phone", "");
            let told: Value = serde_json::from_slice(&told.body).expect("JSON");
            if told["phones"][0]["talks"] != json!([]) {
                return told["phones"][0]["talks"][0].clone();
            }
            tokio::task::yield_now().await;
        }
    };
    let talk = within(arrived).await;
    assert_eq!(talk["body"], format!("Your verification code is: {code}"));
    assert_eq!(
        json_at(&site, "GET /check?code=0000000"),
        json!(["pending", false])
    );
    let right = format!("GET /check?code={code}");
    assert_eq!(json_at(&site, &right), json!(["approved", true]));
    assert_eq!(
        json_at(&site, &right),
        json!([
            "RestException",
            404,
            20404,
            "The requested resource /v2/Services/VA1/VerificationCheck was not found"
        ])
    );
}

/// A package `twilio` whose requests get no further.
const STAND_IN: &str = "
    module.exports = class RequestClient {
        async request({ password }) { return { statusCode: 299, body: `sent with ${password}` }; }
    };";

#[tokio::test(flavor = "multi_thread")]
async fn clients_with_credentials_and_clients_of_the_users_own_are_left_alone() {
    let function = "
        const RequestClient = require('twilio/lib/base/RequestClient');
        const url = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json';
        exports.handler = async (context, event, callback) => {
            const client = new RequestClient();
            const ask = (password) => client.request({ method: 'get', uri: url, username: 'AC1', password });
            const own = new (class extends RequestClient { request() { return { statusCode: 298 }; } })();
            callback(null, [
                (await ask('0123456789abcdef0123456789abcdef')).body,
                (await ask(context.AUTH_TOKEN)).statusCode,
                own.request({ password: context.AUTH_TOKEN }).statusCode,
                client.lastResponse.statusCode,
                (await new (require('alias/lib/base/RequestClient'))().request({ method: 'get', uri: url, password: context.AUTH_TOKEN })).statusCode,
            ]);
        };";
    let site = Project::new()
        .file("functions/ask.js", function)
        .file("node_modules/twilio/lib/base/RequestClient.js", STAND_IN)
        // As `npm i alias@npm:twilio` has it.
        .file("node_modules/alias/lib/base/RequestClient.js", STAND_IN)
        .start()
        .await;
    assert_eq!(
        json_at(&site, "GET /ask"),
        json!([
            "sent with 0123456789abcdef0123456789abcdef",
            200,
            298,
            200,
            200
        ])
    );
}

const REAL: &str = "ACCOUNT_SID=ACffffffffffffffffffffffffffffffff\n\
                    AUTH_TOKEN=0123456789abcdef0123456789abcdef\n";

#[tokio::test(flavor = "multi_thread")]
async fn with_the_local_api_nobody_is_sent_anything_whatever_the_account() {
    let whole = "
        const { ACCOUNT_SID: accountSid } = context;
        const to = '+14155550100', from = '+15005550006';
        const statusCallback = `https://${context.DOMAIN_NAME}/told`;
        const byKey = require('twilio')('SK00000000000000000000000000000001', 'secret', { accountSid });
        const message = await byKey.messages.create({ to, from, body: 'Ahoy', statusCallback });
        const call = await client.calls.create({ to, from, twiml: '<Response/>', statusCallback });
        const { accountSid: kept } = await Runtime.getSync().documents.create({ uniqueName: 'x' });
        return [message, call].map((one) => one.accountSid).concat(kept).map((sid) => sid === accountSid);";
    let told = "exports.handler = (context, event, callback) => {
        console.log(event.MessageStatus ?? event.CallStatus);
        callback(null);
    };";
    let site = Project::new()
        .packages()
        .file(".env", REAL)
        .file("functions/whole.js", &asking(whole))
        .file("functions/told.protected.js", told)
        .with(Builder::local_api)
        .start()
        .await;
    assert_eq!(json_at(&site, "GET /whole"), json!([true, true, true]));
    // Whom it is told to knows the account's own signature.
    let journal = site.running().journal();
    let told = async {
        loop {
            let latest = journal.latest();
            let told = journal.exchanges().into_iter();
            let told = told.filter(|exchange| exchange.request.uri.path() == "/told");
            let mut told: Vec<String> = told
                .map(|exchange| {
                    format!("{} {}", exchange.status.as_u16(), exchange.console[0].text)
                })
                .collect();
            if told.len() == 4 {
                told.sort();
                return told;
            }
            journal.newer_than(latest).await;
        }
    };
    let told = within(told).await;
    let expected = ["200 delivered", "200 no-answer", "200 queued", "200 sent"];
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_local_api_no_other_server_is_told_what_it_would_believe() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/status",
        elsewhere.local_addr().expect("an address")
    );
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = elsewhere.accept().expect("a connection");
        let (mut head, mut line) = (Vec::new(), String::new());
        let mut reader = BufReader::new(stream.try_clone().expect("the same"));
        while reader.read_line(&mut line).expect("a head") > 2 {
            head.push(std::mem::take(&mut line).to_ascii_lowercase());
        }
        let length = head
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.and_then(|length| length.trim().parse().ok());
        let mut body = vec![0; length.expect("a length")];
        reader.read_exact(&mut body).expect("a body");
        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        let signature = |line: &String| {
            Some(
                line.strip_prefix("x-twilio-signature: ")?
                    .trim()
                    .to_string(),
            )
        };
        (head.iter().find_map(signature).expect("a signature"), body)
    });
    let send = "await client.messages.create({
        to: '+14155550100', from: '+15005550006', body: 'Ahoy', statusCallback: event.url });
        return ['sent'];";
    let site = Project::new()
        .packages()
        .file(".env", REAL)
        .file("functions/send.js", &asking(send))
        .with(Builder::local_api)
        .start()
        .await;
    json_at(&site, &format!("GET /send?url={url}"));
    let (signature, body) = heard.join().expect("a request");
    let parameters: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let signed = |token: &str| {
        Signer::new(token)
            .sign(&url, &parameters)
            .to_ascii_lowercase()
    };
    assert_ne!(signature, signed("0123456789abcdef0123456789abcdef"));
    assert_eq!(signature, signed("switchboard-development-token-00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_development_account_signs_with_its_own_token_beside_a_service_that_has_another() {
    let services = "[services.a]\nroot = \"a\"\nauth_token = \"0123456789abcdef0123456789abcdef\"\n\
                    [services.b]\nroot = \"b\"\n";
    let site = Project::new()
        .packages()
        .file("services.toml", services)
        .file("a/functions/none.js", "")
        .file("b/functions/send.js", &asking(SEND))
        .file(
            "b/functions/told.protected.js",
            "exports.handler = (context, event, callback) => callback(null);",
        )
        .start()
        .await;
    json_at(&site, "GET /b/send?Body=Ahoy&told=/told");
    let journal = site.running().journal();
    let told = async {
        loop {
            let latest = journal.latest();
            let mut exchanges = journal.exchanges().into_iter();
            if let Some(told) = exchanges.find(|exchange| exchange.request.method == "POST") {
                return told.status.as_u16();
            }
            journal.newer_than(latest).await;
        }
    };
    assert_eq!(within(told).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_without_end_and_never_listens_is_ended() {
    let function = "
        const RequestClient = require('twilio/lib/base/RequestClient');
        const uri = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json';
        exports.handler = (context) => {
            const data = { To: '+14155550100', From: '+15005550006', Body: 'x'.repeat(1600) };
            while (true) new RequestClient().request({ method: 'post', uri, password: context.AUTH_TOKEN, data });
        };";
    // What it asks for grows until it ends the process: on a machine in use that can take longer than
    // a function may.
    let site = Project::new()
        .file(
            "services.toml",
            "[limits]\ntime_ms = 60000\n[services.app]\nroot = \".\"\n",
        )
        .file("functions/ask.js", function)
        .file(
            "functions/good.js",
            "exports.handler = (c, e, callback) => callback(null, 'good');",
        )
        .file("node_modules/twilio/lib/base/RequestClient.js", STAND_IN)
        .start()
        .await;
    assert_eq!(site.status("GET /ask"), 500);
    assert!(
        site.fault()
            .contains("answers to what it asked Twilio's REST API wait to be read"),
        "{}",
        site.fault()
    );
    assert_eq!(site.ask("GET /good", "").text(), "good");
}

/// Stops the server once a function has written the file `begun`, and returns the statuses of the requests
/// for `path`.
pub(crate) async fn stopped_while_asked(site: Site, path: &str) -> Vec<u16> {
    let begun = async {
        while !site.path("begun").exists() {
            tokio::task::yield_now().await;
        }
    };
    within(begun).await;
    let journal = site.running().journal().clone();
    site.stop().await;
    let exchanges = journal.exchanges();
    let asked = exchanges.iter().filter(|e| e.request.uri.path() == path);
    asked.map(|exchange| exchange.status.as_u16()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_a_status_callback_runs_is_waited_for_at_the_end() {
    let site = Project::new()
        .packages()
        .file("functions/send.js", &asking(SEND))
        .file(
            "functions/told.js",
            "exports.handler = (context, event, callback) => {
                require('fs').writeFileSync('begun', '');
                setTimeout(() => callback(null, 'done'), 700);
            };",
        )
        .start()
        .await;
    json_at(&site, "GET /send?Body=Ahoy&told=/told");
    assert_eq!(stopped_while_asked(site, "/told").await, [200]);
}
