//! Calls that functions place with the development account, by the real package `twilio`.

use crate::console::{TOKEN, console, console_port};
use crate::http::ask;
use crate::project::{Project, Site, within};
use crate::rest::{self, stopped_while_asked};
use serde_json::{Value, json};
use switchboard::web_console::ConsolePort;
use switchboard::{Level, Token};

/// A function that does `body` with `client` and `event`, and answers with what that returns, or with the
/// error.
fn asking(body: &str) -> String {
    format!(
        "exports.handler = async (context, event, callback) => {{
            const client = context.getTwilioClient();
            const at = (path) => `https://${{context.DOMAIN_NAME}}${{path}}`;
            try {{
                callback(null, await (async () => {{ {body} }})());
            }} catch (error) {{
                callback(null, [error.status, error.code, error.message]);
            }}
        }};"
    )
}

const PLACE: &str = "
    const { sid, status, direction } = await client.calls.create({
        to: '+14155550100', from: '+15005550006', url: at('/voice'), timeout: 20,
        statusCallback: at('/told'), statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
    return [sid, status, direction];";

const FETCH: &str = "
    const { status, duration, answeredBy, endTime } = await client.calls(event.sid).fetch();
    return [status, duration, answeredBy, endTime instanceof Date];";

const END: &str = "
    const { sid } = await client.calls(event.sid).update({ status: event.status });
    return [sid];";

const VOICE: &str = "exports.handler = (context, event, callback) => {
    console.log(['voice', event.CallStatus, event.Direction, event.From, event.To, event.Digits].join());
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits) twiml.say(`You pressed ${event.Digits}.`);
    else twiml.gather({ numDigits: 1, action: '/voice' }).say('Press a key.');
    callback(null, twiml);
};";

/// Who is told of a call's end finds it over.
const TOLD: &str = "exports.handler = async (context, event, callback) => {
    const { CallSid, CallStatus, SequenceNumber, Direction, From, To, CallDuration } = event;
    const { status } = await context.getTwilioClient().calls(CallSid).fetch();
    const isSame = CallStatus === status || CallStatus === 'initiated';
    console.log([CallStatus, SequenceNumber, Direction, From, To, CallDuration, isSame ? '' : status].join());
    callback(null);
};";

/// A project whose functions place calls, with `more` files, and as many phones as there are `numbers`.
async fn site(numbers: &[&str], more: &[(&str, &str)]) -> Site {
    let project = Project::new()
        .packages()
        .file("functions/place.js", &asking(PLACE))
        .file("functions/fetch.js", &asking(FETCH))
        .file("functions/end.js", &asking(END))
        .file("functions/voice.protected.js", VOICE)
        .file("functions/told.protected.js", TOLD)
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)));
    let files = more.iter();
    let project = files.fold(project, |project, (path, text)| project.file(path, text));
    let site = project.start().await;
    for number in numbers {
        let wish = json!({ "number": number }).to_string();
        let added = console(&site, "POST /api/1/phone/phones", &wish);
        assert_eq!(added.status, 201);
    }
    site
}

fn json_at(site: &Site, target: &str) -> Value {
    rest::json_at(site, &format!("GET {target}"))
}

/// Places a call, and returns its SID.
fn place(site: &Site) -> String {
    let placed = json_at(site, "/place");
    let sid = placed[0].as_str().expect("a SID").to_string();
    assert!(sid.starts_with("CA") && sid.len() == 34, "{placed}");
    assert_eq!(placed, json!([sid, "queued", "outbound-api"]));
    sid
}

/// The latest talk of the first phone, once it is `fit`.
async fn talk(site: &Site, fit: impl Fn(&Value) -> bool) -> Value {
    let asked = async {
        loop {
            let told = console(site, "GET /api/1/phone", "");
            let told: Value = serde_json::from_slice(&told.body).expect("JSON");
            let talks = told["phones"][0]["talks"].as_array().cloned();
            match talks.unwrap_or_default().pop() {
                Some(talk) if fit(&talk) => return talk,
                _ => tokio::task::yield_now().await,
            }
        }
    };
    within(asked).await
}

/// The latest talk of the first phone, once it rings.
async fn ringing(site: &Site) -> Value {
    talk(site, |talk| talk["wanted"]["kind"] == "ring").await
}

fn act(site: &Site, talk: &Value, what: &Value) -> Value {
    let path = format!("POST /api/1/phone/talks/{}/acts", talk["id"]);
    let reply = console(site, &path, &what.to_string());
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// What `count` requests that Twilio made of `path` printed, once they have come.
async fn printed(site: &Site, path: &str, count: usize) -> Vec<String> {
    let journal = site.running().journal();
    let told = async {
        loop {
            let latest = journal.latest();
            let exchanges = journal.exchanges();
            let of_path = exchanges.iter().filter(|e| e.request.uri.path() == path);
            let told: Vec<String> = of_path
                .map(|e| {
                    assert_eq!(e.status.as_u16(), 200);
                    e.console[0].text.clone()
                })
                .collect();
            if told.len() >= count {
                return told;
            }
            journal.newer_than(latest).await;
        }
    };
    within(told).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_is_answered_and_goes_on() {
    let site = site(&["+14155550100"], &[]).await;
    let sid = place(&site);
    let exchanges = site.running().journal().exchanges();
    let exchange = exchanges.iter().find(|e| e.request.uri.path() == "/place");
    let exchange = exchange.expect("it is kept");
    let (level, said) = (exchange.console[0].level, &exchange.console[0].text);
    assert_eq!(level, Level::Info);
    let expected = format!(
        "call {sid} from +15005550006 to +14155550100: POST https://localhost:{}/voice (queued; it stays on this machine)",
        site.port()
    );
    assert_eq!(*said, expected);
    let rings = ringing(&site).await;
    assert_eq!(
        [
            &rings["kind"],
            &rings["incoming"],
            &rings["sid"],
            &rings["target"],
            &rings["from"]
        ],
        [
            &json!("call"),
            &json!(true),
            &json!(sid),
            &json!("functions/place.js"),
            &json!("+15005550006")
        ]
    );
    assert_eq!(
        rings["wanted"],
        json!({ "kind": "ring", "timeout_ms": 20_000 })
    );
    let fetch = format!("/fetch?sid={sid}");
    assert_eq!(
        json_at(&site, &fetch),
        json!(["ringing", null, null, false])
    );

    let asked = act(&site, &rings, &json!({ "do": "answer" }));
    assert_eq!(asked["wanted"]["kind"], "gather", "{asked}");
    assert_eq!(json_at(&site, &fetch)[0], "in-progress");
    // What is answered cannot be answered again, nor taken back.
    let again = act(&site, &rings, &json!({ "do": "answer" }));
    assert_eq!(
        again["error"],
        "nothing rings: the call is answered already"
    );

    let over = act(&site, &rings, &json!({ "do": "press", "keys": "7" }));
    assert_eq!(over["ended"]["why"], "nothing-left", "{over}");
    let steps = over["steps"].as_array().expect("steps");
    let said = steps.iter().filter(|step| step["kind"] == "say");
    let said: Vec<&Value> = said.map(|step| &step["text"]).collect();
    assert_eq!(said, ["Press a key.", "You pressed 7."]);
    assert_eq!(
        printed(&site, "/voice", 2).await,
        [
            "voice,in-progress,outbound-api,+15005550006,+14155550100,",
            "voice,in-progress,outbound-api,+15005550006,+14155550100,7",
        ]
    );
    let ends = "outbound-api,+15005550006,+14155550100";
    let told = printed(&site, "/told", 4).await;
    let duration = json_at(&site, &fetch)[1].clone();
    let duration = duration.as_str().expect("a duration");
    assert_eq!(
        told,
        [
            format!("initiated,0,{ends},,"),
            format!("ringing,1,{ends},,"),
            format!("in-progress,2,{ends},,"),
            format!("completed,3,{ends},{duration},"),
        ]
    );
    assert_eq!(
        json_at(&site, &fetch),
        json!(["completed", duration, null, true])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_where_no_phone_has_the_number() {
    let mut site = site(&["+14155550199"], &[]).await;
    let sid = place(&site);
    assert_eq!(
        site.said().await,
        format!(
            "nobody answers call {sid}: add a phone with the number +14155550100 in the console"
        )
    );
    let ends = "outbound-api,+15005550006,+14155550100";
    assert_eq!(
        printed(&site, "/told", 3).await,
        [
            format!("initiated,0,{ends},,"),
            format!("ringing,1,{ends},,"),
            format!("no-answer,2,{ends},0,"),
        ]
    );
    let fetched = json_at(&site, &format!("/fetch?sid={sid}"));
    assert_eq!(fetched, json!(["no-answer", null, null, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_declined_or_left_ringing() {
    let site = site(&["+14155550100"], &[]).await;
    for (what, why, status) in [
        ("hang-up", "busy", "busy"),
        ("time-out", "no-answer", "no-answer"),
    ] {
        let sid = place(&site);
        let rings = ringing(&site).await;
        let over = act(&site, &rings, &json!({ "do": what }));
        assert_eq!(over["ended"]["why"], why, "{over}");
        let fetched = json_at(&site, &format!("/fetch?sid={sid}"));
        assert_eq!(fetched, json!([status, null, null, false]));
    }
    let told = printed(&site, "/told", 6).await;
    assert!(
        told[2].starts_with("busy,2") && told[5].starts_with("no-answer,2"),
        "{told:?}"
    );
    assert!(
        site.running()
            .journal()
            .exchanges()
            .iter()
            .all(|e| e.request.uri.path() != "/voice")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_ends_a_call() {
    let site = site(&["+14155550100"], &[]).await;
    // While it rings it is taken back.
    let sid = place(&site);
    ringing(&site).await;
    assert_eq!(
        json_at(&site, &format!("/end?sid={sid}&status=canceled")),
        json!([sid])
    );
    let over = talk(&site, |talk| talk["ended"]["why"] == "canceled").await;
    assert_eq!(over["ended"]["text"], "the API has taken the call back");
    assert!(printed(&site, "/told", 3).await[2].starts_with("canceled,2"));
    // Answered, it is hung up; and only then it is over.
    let sid = place(&site);
    let rings = ringing(&site).await;
    act(&site, &rings, &json!({ "do": "answer" }));
    let end = format!("/end?sid={sid}&status=canceled");
    assert_eq!(json_at(&site, &end), json!([sid]));
    assert_eq!(
        json_at(&site, &format!("/fetch?sid={sid}"))[0],
        "in-progress"
    );
    let end = format!("/end?sid={sid}&status=completed");
    assert_eq!(json_at(&site, &end), json!([sid]));
    let over = talk(&site, |talk| talk["ended"]["why"] == "hangup").await;
    assert_eq!(over["ended"]["text"], "the API has ended the call");
    assert!(printed(&site, "/told", 7).await[6].starts_with("completed,3"));
    let refused = json!([400, 21220, "Call is not in-progress. Cannot redirect."]);
    assert_eq!(json_at(&site, &end), refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_leads_a_call_elsewhere() {
    let lead = "
        const { sid, status } = await client.calls(event.sid).update(
            event.url ? { url: at(event.url), method: 'GET' } : { twiml: '<Response><Say>Goodbye</Say></Response>' });
        return [sid, status];";
    let site = site(&["+14155550100"], &[("functions/lead.js", &asking(lead))]).await;
    let sid = place(&site);
    let rings = ringing(&site).await;
    // Nobody has answered yet.
    let refused = json!([400, 21220, "Call is not in-progress. Cannot redirect."]);
    let elsewhere = format!("/lead?sid={sid}&url=/voice?Digits=4");
    assert_eq!(json_at(&site, &elsewhere), refused);
    act(&site, &rings, &json!({ "do": "answer" }));
    let again = format!("/lead?sid={sid}&url=/voice");
    assert_eq!(json_at(&site, &again), json!([sid, "in-progress"]));
    let asked_again = |talk: &Value| {
        let steps = talk["steps"].as_array().expect("steps");
        steps.iter().filter(|step| step["kind"] == "gather").count() == 2
    };
    talk(&site, asked_again).await;
    let goodbye = format!("/lead?sid={sid}");
    assert_eq!(json_at(&site, &goodbye), json!([sid, "in-progress"]));
    let over = talk(&site, |talk| talk["ended"]["why"] == "nothing-left").await;
    let steps = over["steps"].as_array().expect("steps");
    let said = steps.iter().filter(|step| step["kind"] == "say");
    let said: Vec<&Value> = said.map(|step| &step["text"]).collect();
    assert_eq!(said, ["Press a key.", "Press a key.", "Goodbye"]);
    assert_eq!(json_at(&site, &goodbye), refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_removed_ends_its_calls() {
    let site = site(&["+14155550100"], &[]).await;
    let sid = place(&site);
    ringing(&site).await;
    let told = console(&site, "GET /api/1/phone", "");
    let told: Value = serde_json::from_slice(&told.body).expect("JSON");
    let path = format!("DELETE /api/1/phone/phones/{}", told["phones"][0]["id"]);
    assert_eq!(console(&site, &path, "").status, 204);
    assert!(printed(&site, "/told", 3).await[2].starts_with("busy,2"));
    let fetched = json_at(&site, &format!("/fetch?sid={sid}"));
    assert_eq!(fetched, json!(["busy", null, null, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn twiml_comes_with_the_call_itself() {
    let body = "
        const { sid } = await client.calls.create({
            to: '+14155550100', from: '+15005550006', machineDetection: 'Enable',
            twiml: `<Response><Say>Ahoy</Say><Redirect>${at('/voice')}?Digits=9</Redirect></Response>`,
        });
        return [sid];";
    let site = Project::new()
        .packages()
        .file("functions/place.js", &asking(body))
        .file(
            "functions/voice.js",
            "exports.handler = (context, event, callback) => {
                const twiml = new Twilio.twiml.VoiceResponse();
                twiml.say(`${event.AnsweredBy} ${event.Digits}`);
                callback(null, twiml);
            };",
        )
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    let phone = console(
        &site,
        "POST /api/1/phone/phones",
        r#"{"number":"+14155550100"}"#,
    );
    assert_eq!(phone.status, 201);
    json_at(&site, "/place");
    let over = act(&site, &ringing(&site).await, &json!({ "do": "answer" }));
    let steps = over["steps"].as_array().expect("steps");
    let said = steps.iter().filter(|step| step["kind"] == "say");
    let said: Vec<&Value> = said.map(|step| &step["text"]).collect();
    assert_eq!(said, ["Ahoy", "human 9"], "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_listed_and_deleted() {
    let body = "
        const place = (to) => client.calls.create({ to, from: '+15005550006', twiml: '<Response/>' });
        const { sid } = await place('+14155550101');
        await place('(415) 555-0102');
        const numbers = async (options) => (await client.calls.list(options)).map(({ to }) => to);
        const over = async () => {
            for (;;) if ((await client.calls.list({ status: 'no-answer' })).length === 2) return;
        };
        await over();
        const all = await numbers({ pageSize: 1 });
        const one = await numbers({ to: '+14155550101', startTimeAfter: new Date(0) });
        const none = await numbers({ status: 'busy' });
        const ended = await numbers({ endTimeAfter: new Date(0) });
        const removed = await client.calls(sid).remove();
        const gone = await client.calls(sid).fetch().catch(({ status, code }) => [status, code]);
        return [all, one, none, ended, removed, gone, await numbers()];";
    let mut site = Project::new()
        .packages()
        .file("functions/list.js", &asking(body))
        .start()
        .await;
    assert_eq!(
        json_at(&site, "/list"),
        json!([
            ["+14155550102", "+14155550101"],
            ["+14155550101"],
            [],
            [],
            true,
            [404, 20404],
            ["+14155550102"],
        ])
    );
    for _ in 0..2 {
        let said = site.said().await;
        assert!(
            said.ends_with(": phones ring in the console, and it is left out"),
            "{said}"
        );
    }
}

/// A function that answers once the file `go` is there.
const SLOW: &str = "const fs = require('fs');
exports.handler = (context, event, callback) => {
    const go = Runtime.getAssets()['/folder.txt'].open();
    const look = () => {
        if (fs.existsSync(`${go}/go`)) callback(null, new Twilio.twiml.VoiceResponse());
        else setTimeout(look, 1);
    };
    fs.appendFileSync(`${go}/asked`, '.');
    look();
};";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_removed_while_a_function_is_asked_lets_it_be_asked_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text");
    let place = PLACE.replace("/voice", "/slow");
    let site = site(
        &["+14155550100"],
        &[
            ("functions/slowly.js", &asking(&place)),
            ("functions/slow.js", SLOW),
            ("assets/folder.private.txt", path),
        ],
    )
    .await;
    let placed = json_at(&site, "/slowly");
    let sid = placed[0].as_str().expect("a SID");
    let rings = ringing(&site).await;
    let answered = format!("POST /api/1/phone/talks/{}/acts", rings["id"]);
    std::thread::scope(|scope| {
        scope.spawn(|| console(&site, &answered, r#"{"do":"answer"}"#));
        while !folder.path().join("asked").exists() {
            std::thread::yield_now();
        }
        let phone = "DELETE /api/1/phone/phones/1";
        assert_eq!(console(&site, phone, "").status, 204);
        std::fs::write(folder.path().join("go"), "").expect("written");
    });
    let told = printed(&site, "/told", 4).await;
    assert!(told[3].starts_with("completed,3"), "{told:?}");
    assert_eq!(json_at(&site, &format!("/fetch?sid={sid}"))[0], "completed");
    let asked = std::fs::read_to_string(folder.path().join("asked"));
    assert_eq!(asked.expect("it was asked"), ".");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_a_phone_waits_for_is_waited_for_at_the_end() {
    let menu = "exports.handler = (context, event, callback) => {
        require('fs').writeFileSync('begun', '');
        setTimeout(() => callback(null, new Twilio.twiml.VoiceResponse()), 700);
    };";
    let phone = ["+14155550100"];
    let site = site(&phone, &[("functions/menu.js", menu)]).await;
    // By a thread of its own: it is answered at the end, or not at all.
    let port = console_port(&site);
    let call = format!("POST /api/1/phone/phones/1/calls\nAuthorization: Bearer {TOKEN}");
    std::thread::spawn(move || ask(port, &call, r#"{"target":"/menu"}"#));
    assert_eq!(stopped_while_asked(site, "/menu").await, [200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_beyond_what_a_phone_has_are_answered_by_nobody() {
    let mut site = site(&["+1 (415) 555-0100"], &[]).await;
    let sids: Vec<String> = (0..25).map(|_| place(&site)).collect();
    // Each is told of its end, but for those that ring.
    let told = printed(&site, "/told", 20 * 2 + 5 * 3).await;
    let unanswered = told.iter().filter(|line| line.starts_with("no-answer"));
    assert_eq!(unanswered.count(), 5);
    let said = site.said().await;
    assert!(
        said.ends_with(": 20 calls go on at the phone +14155550100 already: answer or decline one"),
        "{said}"
    );
    let status = |sid: &String| json_at(&site, &format!("/fetch?sid={sid}"))[0].clone();
    let ring = sids.iter().filter(|sid| status(sid) == "ringing").count();
    assert_eq!(ring, 20);
    // What else comes to the phone takes none of them away.
    for _ in 0..60 {
        let wish = json!({ "target": "/nowhere", "body": "Ahoy" }).to_string();
        let sent = console(&site, "POST /api/1/phone/phones/1/texts", &wish);
        assert_eq!(sent.status, 201);
    }
    let ended = sids.iter().find(|sid| status(sid) == "ringing");
    let ended = ended.expect("one that rings");
    json_at(&site, &format!("/end?sid={ended}&status=completed"));
    printed(&site, "/told", 20 * 2 + 5 * 3 + 1).await;
    assert_eq!(status(ended), "canceled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_callback_is_told_as_is_wished() {
    let body = "
        const { sid } = await client.calls.create({
            to: '+14155550101', from: '+15005550006', twiml: '<Response/>', machineDetection: 'Enable',
            statusCallback: at('/told'), statusCallbackMethod: 'GET',
            statusCallbackEvent: ['ringing', 'complete'],
        });
        return [sid];";
    let told = "exports.handler = (context, event, callback) => {
        console.log([event.CallStatus, event.SequenceNumber, event.AnsweredBy].join());
        callback(null);
    };";
    let site = site(
        &[],
        &[
            ("functions/other.js", &asking(body)),
            ("functions/told.protected.js", told),
        ],
    )
    .await;
    let sid = json_at(&site, "/other")[0].clone();
    // Nobody has answered, and so no person has; the end is not wished for.
    assert_eq!(printed(&site, "/told", 1).await, ["ringing,0,"]);
    let exchanges = site.running().journal().exchanges();
    let of = |path: &str| exchanges.iter().find(|e| e.request.uri.path() == path);
    assert_eq!(of("/told").expect("told").request.method, "GET");
    let line = &of("/other").expect("asked").console[0];
    assert_eq!(line.level, Level::Warning);
    assert!(
        line.text.ends_with(
            "; StatusCallbackEvent is initiated, ringing, answered or completed, and not complete (21626)"
        ),
        "{}",
        line.text
    );
    let status = format!("/fetch?sid={}", sid.as_str().expect("a SID"));
    while json_at(&site, &status)[0] != "no-answer" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sends_a_text_to_another_phone() {
    let body = "
        const { sid } = await client.calls.create({
            to: '+14155550100', from: '+15005550006',
            twiml: '<Response><Sms to=\"+14155550101\">For Ada</Sms></Response>',
        });
        return [sid];";
    let site = site(
        &["+1 (415) 555-0101", "+14155550100"],
        &[("functions/texting.js", &asking(body))],
    )
    .await;
    json_at(&site, "/texting");
    let told = || -> Value {
        let told = console(&site, "GET /api/1/phone", "");
        serde_json::from_slice(&told.body).expect("JSON")
    };
    let rings = async {
        loop {
            let talk = told()["phones"][1]["talks"][0].clone();
            if talk["wanted"]["kind"] == "ring" {
                return talk;
            }
            tokio::task::yield_now().await;
        }
    };
    let rings = within(rings).await;
    act(&site, &rings, &json!({ "do": "answer" }));
    let text = &told()["phones"][0]["talks"][0];
    assert_eq!(
        [&text["kind"], &text["body"], &text["from"]],
        ["received", "For Ada", "+15005550006"]
    );
}
