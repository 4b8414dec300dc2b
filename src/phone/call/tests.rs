use super::*;
use crate::phone::fetch::Answer;
use crate::phone::step::Callback;
use crate::webhook::Unreached;

/// What the site answers at a path: status, content type, body, cookie.
struct Page(u16, &'static str, String, &'static str);

fn twiml(verbs: &str) -> Page {
    Page(200, "text/xml", format!("<Response>{verbs}</Response>"), "")
}

/// Walks a call that begins with `POST /start`, and returns what happens, one thing a line.
///
/// Paths without a page answer with an empty `<Response>`. `inputs` are given in turn to whatever
/// asks: keys, `say TEXT`, seconds for a recording with a key behind them, a status for a dialled
/// party with seconds behind it, `hangup`. When they run out, nobody does anything.
fn walk(pages: &[(&str, Page)], inputs: &[&str]) -> Vec<String> {
    let mut inputs = inputs.iter();
    let mut trace = Vec::new();
    let call = Call::new("test", "AC1").most_documents(20);
    let mut turn = call.begin(Method::Post, "http://t/start");
    loop {
        turn = match turn {
            CallTurn::Fetch(fetching) => {
                let fetch = fetching.fetch();
                if fetch.verb.is_some() || trace.iter().any(|line: &String| !line.starts_with('#'))
                {
                    trace.push(asked(fetch));
                } else {
                    trace.push(format!("#{}", asked(fetch)));
                }
                let path = fetch.url.strip_prefix("http://t").unwrap_or(&fetch.url);
                let page = pages.iter().find(|(at, _)| *at == path);
                match page.map(|(_, page)| page) {
                    Some(Page(0, why, ..)) => fetching.failed(Unreached::Connection, why),
                    Some(Page(status, content_type, body, cookie)) => {
                        let answer = Answer {
                            url: None,
                            status: *status,
                            content_type: (!content_type.is_empty())
                                .then(|| content_type.to_string()),
                            set_cookies: cookie.split('|').map(String::from).collect(),
                            body: body.clone(),
                        };
                        fetching.answered(&answer)
                    }
                    None => fetching.answered(&Answer {
                        status: 200,
                        content_type: Some("text/xml".into()),
                        body: "<Response/>".into(),
                        ..Answer::default()
                    }),
                }
            }
            CallTurn::Step(playing) => {
                if !matches!(playing.step().action, Action::Read { .. }) {
                    trace.push(shown(playing.step()));
                }
                playing.done()
            }
            CallTurn::Gather(gathering) => {
                let prompts: Vec<_> = gathering.gather().prompts.iter().map(shown).collect();
                trace.push(format!("gather[{}]", prompts.join(", ")));
                match inputs.next().copied().unwrap_or_default() {
                    "" => gathering.silence(),
                    "hangup" => gathering.hang_up(),
                    input => match input.strip_prefix("say ") {
                        Some(text) => gathering.speech(text, 0.5),
                        None => gathering.keys(input),
                    },
                }
            }
            CallTurn::Record(recording) => {
                trace.push("record".into());
                let input = inputs.next().copied().unwrap_or_default();
                let (word, rest) = input.split_once(' ').unwrap_or((input, ""));
                let seconds = |text: &str| Duration::from_secs(text.parse().unwrap_or(0));
                match word {
                    "" => recording.silence(),
                    "hangup" => recording.hang_up(seconds(rest)),
                    word => recording.spoken(seconds(word), rest.chars().next()),
                }
            }
            CallTurn::Dial(dialling) => {
                let parties = dialling.dial().parties.iter();
                let parties: Vec<_> = parties
                    .map(|p| format!("{} {}", p.noun, p.address))
                    .collect();
                trace.push(format!("dial[{}]", parties.join(", ")));
                let input = inputs.next().copied().unwrap_or("no-answer");
                let (word, rest) = input.split_once(' ').unwrap_or((input, "0"));
                let talked = Duration::from_secs(rest.parse().expect("seconds"));
                match DialStatus::named(word) {
                    Some(status) => dialling.ended(status, talked),
                    None => dialling.hang_up(talked),
                }
            }
            CallTurn::Ring(_) => unreachable!("nobody places a call here"),
            CallTurn::End(end) => {
                trace.push(match end.ending {
                    Ending::NothingLeft => "over".into(),
                    Ending::Hangup => "hangup".into(),
                    Ending::Rejected { reason } => format!("rejected {reason}"),
                    Ending::CallerHungUp => "caller hung up".into(),
                    Ending::Unanswered(why) => why.as_str().into(),
                    Ending::Failed(fault) => format!("failed {fault}"),
                });
                trace.push(format!("{:?}", end.elapsed));
                return trace;
            }
        };
    }
}

/// A request without the site's name, the status of every request, and the digits of SIDs.
fn asked(fetch: &Fetch) -> String {
    let parameters = fetch.parameters.iter();
    let parameters = parameters
        .filter(|(name, value)| name != "CallStatus" || value != "in-progress")
        .map(|(name, value)| {
            let value = match value.len() {
                34 => &value[..2],
                _ => value.as_str(),
            };
            match value.rsplit_once("/RE") {
                Some((before, _)) => format!("{name}={before}/RE"),
                None => format!("{name}={value}"),
            }
        });
    let parameters: Vec<_> = parameters.collect();
    let url = fetch.url.strip_prefix("http://t").unwrap_or(&fetch.url);
    let cookies = fetch
        .cookies
        .as_ref()
        .map_or(String::new(), |c| format!("({c})"));
    let parts = [fetch.method.as_str(), url, &parameters.join("&"), &cookies];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

fn shown(step: &Step) -> String {
    match &step.action {
        Action::Read { url, .. } => format!("read {url}"),
        Action::Say { text, times: 1, .. } => format!("say {text}"),
        Action::Say { text, times, .. } => format!("say {text} x{times}"),
        Action::Play { url, times: 1 } => format!("play {url}"),
        Action::Play { url, times } => format!("play {url} x{times}"),
        Action::Tones { keys } => format!("tones {keys}"),
        Action::Pause => format!("pause {:?}", step.lasts.counted()),
        Action::Sms { to, body, .. } => format!("sms {body} to {to:?}"),
        Action::NotSupported { verb } => format!("not supported: {verb}"),
    }
}

/// A walk through one document, on one line.
fn one(verbs: &str, inputs: &[&str]) -> String {
    let trace = walk(&[("/start", twiml(verbs))], inputs);
    let last = trace.len() - 1;
    trace[1..last].join(" | ")
}

#[test]
fn one_document() {
    let mut wrong = Vec::new();
    for (verbs, inputs, expected) in [
        ("", &[][..], "over"),
        ("<Say>Hello</Say>", &[], "say Hello | over"),
        (
            "<Say>\n  a\n  <break time='1s'/>b <emphasis>c</emphasis>\n</Say>",
            &[],
            "say a b c | over",
        ),
        ("<Say loop='3'>a</Say><Say/>", &[], "say a x3 | over"),
        ("<Say loop='x'>a</Say>", &[], "say a | over"),
        (
            "<Play>a.mp3</Play><Play loop='0'>http://x/b.mp3</Play>",
            &[],
            "play http://t/a.mp3 | play http://x/b.mp3 x0 | over",
        ),
        ("<Play digits='ww1'/><Play/>", &[], "tones ww1 | over"),
        (
            "<Pause/><Pause length='10'/><Pause length='x'/>",
            &[],
            "pause 1s | pause 10s | pause 1s | over",
        ),
        ("<Say>a</Say><Hangup/><Say>b</Say>", &[], "say a | hangup"),
        ("<Reject/>", &[], "rejected rejected"),
        ("<Reject reason='busy'/><Say>a</Say>", &[], "rejected busy"),
        ("<Say>a</Say><Reject/>", &[], "say a | hangup"),
        ("<Foo/><say>a</say><Say>b</Say>", &[], "say b | over"),
        // Redirect.
        (
            "<Redirect>/next</Redirect><Say>a</Say>",
            &[],
            "POST /next | over",
        ),
        (
            "<Redirect method='GET'>next?a=1&amp;b=2</Redirect>",
            &[],
            "GET /next?a=1&b=2 | over",
        ),
        (
            "<Redirect> \n /next#rc=3 </Redirect>",
            &[],
            "POST /next | over",
        ),
        (
            "<Redirect>//other/x</Redirect>",
            &[],
            "POST http://other/x | over",
        ),
        (
            "<Redirect>ftp://x/y</Redirect>",
            &[],
            "failed 1:11: 11100: `ftp://x/y` cannot be asked: write an http or https address",
        ),
        // Gather.
        (
            "<Gather/>",
            &["1#"],
            "gather[] | POST /start Digits=1&FinishedOnKey=# | gather[] | over",
        ),
        (
            "<Gather action='/a'/>",
            &["12#3"],
            "gather[] | POST /a Digits=12&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a'/>",
            &["12"],
            "gather[] | POST /a Digits=12&FinishedOnKey= | over",
        ),
        (
            "<Gather action='/a' numDigits='1'/>",
            &["123"],
            "gather[] | POST /a Digits=1&FinishedOnKey= | over",
        ),
        (
            "<Gather action='/a' numDigits='4'/>",
            &["12#"],
            "gather[] | POST /a Digits=12&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a' finishOnKey='*'/>",
            &["1#*"],
            "gather[] | POST /a Digits=1#&FinishedOnKey=* | over",
        ),
        (
            "<Gather action='/a' finishOnKey=''/>",
            &["1#*"],
            "gather[] | POST /a Digits=1#*&FinishedOnKey= | over",
        ),
        (
            "<Gather action='/a' method='GET'/>",
            &["1#"],
            "gather[] | GET /a Digits=1&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a'/><Say>b</Say>",
            &[""],
            "gather[] | say b | over",
        ),
        (
            "<Gather action='/a'/><Say>b</Say>",
            &["#"],
            "gather[] | say b | over",
        ),
        (
            "<Gather action='/a'/><Say>b</Say>",
            &["abc"],
            "gather[] | say b | over",
        ),
        (
            "<Gather action='/a' actionOnEmptyResult='true'/>",
            &[""],
            "gather[] | POST /a Digits=&FinishedOnKey= | over",
        ),
        (
            "<Gather action='/a' actionOnEmptyResult='true'/>",
            &["#"],
            "gather[] | POST /a Digits=&FinishedOnKey= | over",
        ),
        (
            "<Gather action='/a'/>",
            &["#12#"],
            "gather[] | POST /a Digits=12&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a' input='speech' partialResultCallback='p'/>",
            &["say see you soon"],
            "gather[] | POST /p SequenceNumber=0&UnstableSpeechResult=see&Stability=0.9 | POST /p SequenceNumber=1&UnstableSpeechResult=see you&Stability=0.9 | POST /p SequenceNumber=2&UnstableSpeechResult=see you soon&Stability=0.9 | POST /a SpeechResult=see you soon&Confidence=0.5 | over",
        ),
        (
            "<Gather action='/a' input='speech' actionOnEmptyResult='true'/>",
            &[""],
            "gather[] | POST /a SpeechResult= | over",
        ),
        (
            "<Gather action='/a' input='speech'/>",
            &["say hello"],
            "gather[] | POST /a SpeechResult=hello&Confidence=0.5 | over",
        ),
        (
            "<Gather action='/a' input='dtmf speech' hints='x'/>",
            &["say hello"],
            "gather[] | POST /a SpeechResult=hello&Confidence=0.5 | over",
        ),
        (
            "<Gather action='/a' input='dtmf speech'/>",
            &["1#"],
            "gather[] | POST /a Digits=1&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a' input='speech'/><Say>b</Say>",
            &["1#"],
            "gather[] | say b | over",
        ),
        (
            "<Gather action='/a'/><Say>b</Say>",
            &["say hello"],
            "gather[] | say b | over",
        ),
        (
            "<Gather action='/a' input='voice' numDigits='0'/>",
            &["1#"],
            "gather[] | POST /a Digits=1&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a'><Say>x</Say><Pause length='2'/><Play>y</Play><Hangup/></Gather>",
            &["1#"],
            "gather[say x, pause 2s, play http://t/y] | POST /a Digits=1&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='/a'/>",
            &["hangup"],
            "gather[] | caller hung up",
        ),
        (
            "<Gather/><Gather action='/b'/>",
            &["", "2#"],
            "gather[] | gather[] | POST /b Digits=2&FinishedOnKey=# | over",
        ),
        (
            "<Gather action='mailto:x'/>",
            &["1#"],
            "gather[] | failed 1:11: 11100: `mailto:x` cannot be asked: write an http or https address",
        ),
        // Record.
        (
            "<Record action='/r'/><Say>b</Say>",
            &["7"],
            "record | POST /r RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=7&Digits= | over",
        ),
        (
            "<Record action='/r' method='GET'/>",
            &["7 #"],
            "record | GET /r RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=7&Digits=# | over",
        ),
        (
            "<Record action='/r' finishOnKey='#' maxLength='5'/>",
            &["7 1"],
            "record | POST /r RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=5&Digits= | over",
        ),
        (
            "<Record action='/r'/>",
            &["hangup 3"],
            "record | POST /r CallStatus=completed&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=3&Digits=hangup | caller hung up",
        ),
        (
            "<Record action='/r'/>",
            &["hangup 0"],
            "record | caller hung up",
        ),
        (
            "<Record action='/r'/><Say>b</Say>",
            &[""],
            "record | say b | over",
        ),
        (
            "<Record action='/r'/><Say>b</Say>",
            &["0"],
            "record | say b | over",
        ),
        (
            "<Record action='/r' recordingStatusCallback='c' recordingStatusCallbackEvent='in-progress completed' recordingStatusCallbackMethod='GET'/>",
            &["7"],
            "record | POST /r RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=7&Digits= | GET /c RecordingSid=RE&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingStatus=in-progress&RecordingSource=RecordVerb | GET /c RecordingSid=RE&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingStatus=completed&RecordingSource=RecordVerb&RecordingDuration=7 | over",
        ),
        (
            "<Record action='/r' recordingStatusCallback='c' recordingStatusCallbackEvent='absent'/><Say>b</Say>",
            &[""],
            "record | POST /c RecordingStatus=absent&RecordingDuration=0&RecordingSource=RecordVerb | say b | over",
        ),
        (
            "<Record action='/r' recordingStatusCallback='c'/>",
            &["hangup 3"],
            "record | POST /r CallStatus=completed&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingSid=RE&RecordingDuration=3&Digits=hangup | POST /c RecordingSid=RE&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingStatus=completed&RecordingSource=RecordVerb&RecordingDuration=3 | caller hung up",
        ),
        // Dial.
        (
            "<Dial><Number statusCallback='c' statusCallbackEvent='initiated ringing answered completed'>+1 415</Number></Dial>",
            &["completed 90"],
            "POST /c CallSid=CA&Direction=outbound-dial&CallStatus=initiated&SequenceNumber=0&To=+1415 | dial[Number +1 415] | POST /c CallSid=CA&Direction=outbound-dial&CallStatus=ringing&SequenceNumber=1&To=+1415 | POST /c CallSid=CA&Direction=outbound-dial&SequenceNumber=2&To=+1415 | POST /c CallSid=CA&Direction=outbound-dial&CallStatus=completed&SequenceNumber=3&To=+1415&CallDuration=90&Duration=2 | over",
        ),
        (
            "<Dial action='/d' callerId='+9'><Client statusCallback='c'>joe</Client></Dial>",
            &["no-answer"],
            "dial[Client joe] | POST /c CallSid=CA&Direction=outbound-dial&CallStatus=no-answer&SequenceNumber=0&To=client:joe&From=+9&CallDuration=0&Duration=0 | POST /d DialCallStatus=no-answer&DialCallSid=CA&DialBridged=false | over",
        ),
        (
            "<Dial><Sip statusCallback='c' statusCallbackMethod='GET' statusCallbackEvent='ringing completed'>sip:a@b</Sip></Dial>",
            &["busy"],
            "dial[Sip sip:a@b] | GET /c CallSid=CA&Direction=outbound-dial&CallStatus=busy&SequenceNumber=0&To=sip:a@b&CallDuration=0&Duration=0 | over",
        ),
        (
            "<Dial><Number>1</Number><Number statusCallback='c'>2</Number></Dial>",
            &["completed 5"],
            "dial[Number 1, Number 2] | POST /c CallSid=CA&Direction=outbound-dial&CallStatus=canceled&SequenceNumber=0&To=2&CallDuration=0&Duration=0 | over",
        ),
        (
            "<Dial callerId='+9'><Client url='w?a=1' method='get' statusCallback='c' statusCallbackEvent='answered'>joe</Client><Sip url='x'>sip:a@b</Sip></Dial>",
            &["completed 5"],
            "dial[Client joe, Sip sip:a@b] | POST /c CallSid=CA&Direction=outbound-dial&SequenceNumber=0&To=client:joe&From=+9 | GET /w?a=1 CallSid=CA&Direction=outbound-dial&To=client:joe&From=+9 | over",
        ),
        (
            "<Dial><Number url='w'>1</Number></Dial>",
            &["busy"],
            "dial[Number 1] | over",
        ),
        (
            "<Dial><Conference url='w' statusCallback='c'>Room</Conference></Dial>",
            &["answered 5"],
            "dial[Conference Room] | over",
        ),
        (
            "<Dial action='/d' record='true' recordingStatusCallback='c'>1</Dial>",
            &["completed 3"],
            "dial[Number 1] | POST /d DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=3&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE | POST /c RecordingSid=RE&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE&RecordingStatus=completed&RecordingSource=DialVerb&RecordingDuration=3 | over",
        ),
        (
            "<Dial>+1 415 555 0100</Dial><Say>b</Say>",
            &["completed 30"],
            "dial[Number +1 415 555 0100] | say b | over",
        ),
        (
            "<Dial action='/d'>1</Dial><Say>b</Say>",
            &["completed 30"],
            "dial[Number 1] | POST /d DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=30 | over",
        ),
        (
            "<Dial action='/d' method='GET'>1</Dial>",
            &["busy"],
            "dial[Number 1] | GET /d DialCallStatus=busy&DialCallSid=CA&DialBridged=false | over",
        ),
        (
            "<Dial action='/d'>1</Dial>",
            &[],
            "dial[Number 1] | POST /d DialCallStatus=no-answer&DialCallSid=CA&DialBridged=false | over",
        ),
        (
            "<Dial>1</Dial><Say>b</Say>",
            &["failed"],
            "dial[Number 1] | say b | over",
        ),
        (
            "<Dial action='/d' timeLimit='10'>1</Dial>",
            &["completed 30"],
            "dial[Number 1] | POST /d DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=10 | over",
        ),
        (
            "<Dial action='/d' record='record-from-answer'>1</Dial>",
            &["completed 3"],
            "dial[Number 1] | POST /d DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=3&RecordingUrl=https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE | over",
        ),
        (
            "<Dial action='/d' record='do-not-record'>1</Dial>",
            &["completed 3"],
            "dial[Number 1] | POST /d DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=3 | over",
        ),
        (
            "<Dial action='/d'>1</Dial>",
            &["hangup 5"],
            "dial[Number 1] | POST /d CallStatus=completed&DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=5 | caller hung up",
        ),
        (
            "<Dial action='/d'>1</Dial>",
            &["hangup"],
            "dial[Number 1] | POST /d CallStatus=completed&DialCallStatus=canceled&DialCallSid=CA&DialBridged=false | caller hung up",
        ),
        (
            "<Dial>1</Dial>",
            &["hangup 5"],
            "dial[Number 1] | caller hung up",
        ),
        (
            "<Dial><Number>1</Number><Client><Identity>joe</Identity></Client><Sip>sip:a@b</Sip></Dial>",
            &[],
            "dial[Number 1, Client joe, Sip sip:a@b] | over",
        ),
        (
            "<Dial><Conference>Room 1</Conference></Dial>",
            &["answered 60"],
            "dial[Conference Room 1] | over",
        ),
        ("<Dial/><Say>b</Say>", &[], "say b | over"),
        // The others.
        (
            "<Sms to='+1'>Hi</Sms><Say>b</Say>",
            &[],
            "sms Hi to Some(\"+1\") | say b | over",
        ),
        (
            "<Sms action='/s'>Hi</Sms><Say>b</Say>",
            &[],
            "sms Hi to None | POST /s SmsSid=SM&SmsStatus=sent | over",
        ),
        (
            "<Sms action='/s' statusCallback='c'>Hi</Sms>",
            &[],
            "sms Hi to None | POST /s SmsSid=SM&SmsStatus=sent | POST /c MessageSid=SM&SmsSid=SM&MessageStatus=queued&SmsStatus=queued | POST /c MessageSid=SM&SmsSid=SM&MessageStatus=sent&SmsStatus=sent | POST /c MessageSid=SM&SmsSid=SM&MessageStatus=delivered&SmsStatus=delivered | over",
        ),
        (
            "<Connect><Stream url='wss://x'/></Connect><Say>b</Say>",
            &[],
            "not supported: Connect Stream | say b | over",
        ),
        (
            "<Enqueue>q</Enqueue><Leave/><Pay/><Refer/><Echo/><Start/><Stop/><Queue/><Prompt/>",
            &[],
            "not supported: Enqueue | not supported: Leave | not supported: Pay | not supported: Refer | not supported: Echo | not supported: Start | not supported: Stop | not supported: Queue | not supported: Prompt | over",
        ),
    ] {
        let found = one(verbs, inputs);
        if found != expected {
            wrong.push(format!(
                "{verbs} {inputs:?}\n   found {found}\nexpected {expected}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_documents() {
    let menu = || {
        vec![
            (
                "/start",
                twiml(
                    "<Gather action='menu/choose' numDigits='1'><Say>1 or 2</Say></Gather><Redirect>/start</Redirect>",
                ),
            ),
            (
                "/menu/choose",
                twiml("<Say>chosen</Say><Redirect method='GET'>../end?x</Redirect>"),
            ),
            (
                "/end?x",
                twiml("<Dial action='?y'><Number url='w'>1</Number></Dial>"),
            ),
            ("/end?y", twiml("<Hangup/>")),
        ]
    };
    let trace = walk(&menu(), &["", "1", "completed 9"]);
    assert_eq!(
        trace[..trace.len() - 1],
        [
            "#POST /start CallStatus=ringing",
            "gather[say 1 or 2]",
            "POST /start",
            "gather[say 1 or 2]",
            "POST /menu/choose Digits=1&FinishedOnKey=",
            "say chosen",
            "GET /end?x",
            "dial[Number 1]",
            "POST /w CallSid=CA&Direction=outbound-dial&To=1",
            "POST /end?y DialCallStatus=completed&DialCallSid=CA&DialBridged=true&DialCallDuration=9",
            "hangup",
        ]
    );
}

#[test]
fn answers_that_are_no_documents() {
    let page = |status, content_type, body: &str| Page(status, content_type, body.into(), "");
    for (page, expected) in [
        (
            page(404, "text/html", "x"),
            "failed 1:1: 11200: POST http://t/start answered 404",
        ),
        (page(500, "text/xml", "<Response/>"), "failed 1:1: 11200: "),
        (
            page(302, "text/xml", "<Response/>"),
            "failed 1:1: 11200: POST http://t/start answered 302: Twilio follows",
        ),
        (
            page(0, "connection refused", ""),
            "failed 1:1: 11205: POST http://t/start got no answer: connection refused (HTTP",
        ),
        (
            page(200, "application/json", "{}"),
            "failed 1:1: 12300: POST http://t/start answered with the Content-Type `application/json`",
        ),
        (
            page(200, "application/octet-stream", "<Response/>"),
            "failed 1:1: 12300: ",
        ),
        (
            page(200, "", "<Response/>"),
            "failed 1:1: 12300: POST http://t/start answered with no Content-Type",
        ),
        (
            page(200, "text/xml", ""),
            "failed 1:1: 12100: there is no element",
        ),
        (
            page(200, "text/xml", "<Response><Say>"),
            "failed 1:11: 12100: ",
        ),
        (page(200, "text/html", "<html/>"), "failed 1:1: 12102: "),
        (page(204, "", ""), "over"),
        (page(200, "", ""), "over"),
        (page(200, "text/plain", ""), "over"),
        (page(200, "application/json", ""), "failed 1:1: 12300: "),
        (
            page(
                200,
                "Text/XML; charset=utf-8",
                "<Response><Say>a</Say></Response>",
            ),
            "say a",
        ),
        (
            page(200, "text/plain", "<Response><Say>a</Say></Response>"),
            "say a",
        ),
        (
            page(200, "text/plain;charset=utf8", "Hello  there"),
            "say Hello there",
        ),
        (page(200, "text/plain", "<3 you"), "say <3 you"),
        (page(200, "audio/mpeg", "…"), "play http://t/start"),
    ] {
        let Page(status, content_type, body, _) = &page;
        let told = format!("{status} {content_type} {body}");
        let trace = walk(&[("/start", page)], &[]);
        assert!(trace[1].starts_with(expected), "{told}: {trace:?}");
    }
}

#[test]
fn the_end_of_a_call_is_told() {
    for (verbs, expected) in [
        ("<Pause length='61'/>", "completed 61 2"),
        ("<Reject/>", "no-answer 0 0"),
        ("<Reject reason='busy'/>", "busy 0 0"),
        ("<Redirect>ftp://x</Redirect>", "completed 0 0"),
    ] {
        let call = Call::new("s", "AC1").status_callback(Method::Get, "http://t/status");
        let mut turn = call.begin(Method::Post, "http://t/");
        let mut told = None;
        turn = loop {
            turn = match turn {
                CallTurn::Fetch(fetching) if fetching.fetch().verb.is_some() => panic!("{verbs}"),
                CallTurn::Fetch(fetching) => {
                    let fetch = fetching.fetch().clone();
                    if fetch.attribute.is_some() {
                        assert_eq!(
                            (fetch.method, &*fetch.url),
                            (Method::Get, "http://t/status")
                        );
                        let noted = |status| {
                            let answer = Answer {
                                status,
                                ..Answer::default()
                            };
                            fetching.aside(&answer).faults
                        };
                        assert_eq!(noted(500)[0].code, Some(15003));
                        assert_eq!(noted(204), []);
                        let value = |name: &str| {
                            let found = fetch.parameters.iter().find(|(n, _)| n == name);
                            found.map_or(String::new(), |(_, value)| value.clone())
                        };
                        let names = ["CallStatus", "CallDuration", "Duration"];
                        told = Some(names.map(value).join(" "));
                        fetching.failed(Unreached::Connection, "refused")
                    } else {
                        fetching.answered(&Answer {
                            status: 200,
                            content_type: Some("text/xml".into()),
                            body: format!("<Response>{verbs}</Response>"),
                            ..Answer::default()
                        })
                    }
                }
                CallTurn::Step(playing) => playing.done(),
                end => break end,
            }
        };
        assert!(matches!(turn, CallTurn::End(_)), "{turn:?}");
        assert_eq!(told.as_deref(), Some(expected), "{verbs}");
    }
}

#[test]
fn a_loop_has_an_end() {
    let trace = walk(&[("/start", twiml("<Redirect/>"))], &[]);
    let fetched = trace.iter().filter(|line| line.contains("/start")).count();
    assert_eq!(fetched, 20);
    assert!(
        trace[20].starts_with("failed 1:11: the call has asked for 20 documents"),
        "{trace:?}"
    );

    let ping = (
        "/start",
        twiml("<Gather timeout='1'/><Redirect>/pong</Redirect>"),
    );
    let pong = ("/pong", twiml("<Redirect>/start</Redirect>"));
    let trace = walk(&[ping, pong], &[]);
    assert!(
        trace[trace.len() - 2].contains("is there a loop"),
        "{trace:?}"
    );
}

#[test]
fn cookies_last_as_long_as_the_call() {
    let with = |verbs: &str, cookie| {
        Page(
            200,
            "text/xml",
            format!("<Response>{verbs}</Response>"),
            cookie,
        )
    };
    let trace = walk(
        &[
            (
                "/start",
                with("<Redirect>/b</Redirect>", "visits=1; Path=/|who=ada"),
            ),
            ("/b", with("<Redirect>/c</Redirect>", "visits=2")),
            (
                "/c",
                with("<Redirect>http://other/</Redirect>", "who=; Max-Age=0"),
            ),
            ("http://other/", twiml("<Redirect>http://t/d</Redirect>")),
        ],
        &[],
    );
    assert_eq!(
        trace[..5],
        [
            "#POST /start CallStatus=ringing",
            "POST /b (visits=1; who=ada)",
            "POST /c (visits=2; who=ada)",
            "POST http://other/",
            "POST /d (visits=2)",
        ]
    );
}

#[test]
fn time_is_counted_and_not_spent() {
    for (verbs, inputs, seconds) in [
        ("", &[][..], 0),
        ("<Pause length='3600'/><Pause/>", &[], 3601),
        ("<Say>123456789012345</Say>", &[], 1),
        ("<Say loop='10'>123456789012345</Say>", &[], 10),
        ("<Play>a</Play><Say loop='0'>a</Say>", &[], 0),
        ("<Play digits='ww11'/><Play digits='w'/>", &[], 2),
        ("<Gather><Pause length='7'/></Gather>", &[], 12),
        (
            "<Gather timeout='20' action='/a'><Pause length='7'/></Gather>",
            &["12"],
            20,
        ),
        (
            "<Gather action='/a'><Pause length='7'/></Gather>",
            &["1#"],
            0,
        ),
        ("<Record/>", &[], 5),
        ("<Record timeout='9' action='/a'/>", &["7"], 7),
        ("<Dial>1</Dial>", &[], 30),
        ("<Dial timeout='10'>1</Dial>", &[], 10),
        // What cannot be is as if it were not there.
        ("<Dial timeout='99999'>1</Dial>", &[], 30),
        ("<Record timeout='0'/>", &[], 5),
        ("<Pause length='+7'/>", &[], 1),
        ("<Pause length='99999999999'/>", &[], 1),
        ("<Dial>1</Dial>", &["completed 90"], 90),
        ("<Dial>1</Dial>", &["busy"], 0),
    ] {
        let trace = walk(&[("/start", twiml(verbs))], inputs);
        let found = trace.last().expect("a length");
        assert_eq!(
            *found,
            format!("{:?}", Duration::from_secs(seconds)),
            "{verbs}"
        );
    }
}

#[test]
fn no_length_is_too_long() {
    let verb = "<Say loop='4294967295'>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</Say>";
    let verbs = format!("{}<Redirect/>", verb.repeat(1000));
    let trace = walk(&[("/start", twiml(&verbs))], &[]);
    assert!(trace[trace.len() - 2].contains("is there a loop"));
}

#[test]
fn steps_tell_when_where_and_to_whom() {
    let mut turn = Call::new("s", "AC1").begin(Method::Get, "http://t/a/b");
    let CallTurn::Fetch(fetching) = turn else {
        panic!("a request is first: {turn:?}");
    };
    assert_eq!(fetching.fetch().method, Method::Get);
    let body = "<Response>\n<Pause length='2'/>\n<Sms statusCallback='c'>a</Sms>\n\
                <Dial recordingStatusCallback='/r' recordingStatusCallbackMethod='GET' callerId='+1'>\
                <Number statusCallback='n' url='w' method='GET'>1</Number></Dial><Foo/></Response>";
    turn = fetching.answered(&Answer {
        url: Some("http://t/x/y".into()),
        status: 200,
        content_type: Some("text/xml".into()),
        body: body.into(),
        ..Answer::default()
    });
    let mut steps = Vec::new();
    while let CallTurn::Step(playing) = turn {
        steps.push(playing.step().clone());
        turn = playing.done();
    }
    let Action::Read { url, faults } = &steps[0].action else {
        panic!("{steps:?}");
    };
    assert_eq!(
        (url.as_str(), faults.len(), faults[0].code),
        ("http://t/x/y", 1, Some(12200))
    );
    assert_eq!(steps[2].at.expect("a place").to_string(), "3:1");
    assert_eq!(steps[2].begins, Duration::from_secs(2));
    let callback = |attribute: &str, url: &str, method| Callback {
        attribute: attribute.into(),
        url: url.into(),
        method,
    };
    assert_eq!(
        steps[2].callbacks,
        [callback("statusCallback", "http://t/x/c", Method::Post)]
    );
    let CallTurn::Dial(dialling) = turn else {
        panic!("{turn:?}");
    };
    let dial = dialling.dial();
    let heard_first = callback("url", "http://t/x/w", Method::Get);
    assert_eq!(dial.parties[0].url, Some(heard_first));
    assert_eq!(dial.caller_id.as_deref(), Some("+1"));
    assert_eq!(
        dial.callbacks,
        [
            callback("recordingStatusCallback", "http://t/r", Method::Get),
            callback("statusCallback", "http://t/x/n", Method::Post),
        ]
    );
}

#[test]
fn what_a_called_party_hears_first_is_judged() {
    for (status, body, expected, hears) in [
        (
            200,
            "<Response><Say>Hi</Say><Pause/><Gather><Play>a.mp3</Play></Gather><Hangup/><Say>no</Say></Response>",
            // What stands behind <Hangup> is never reached.
            &[None][..],
            &["say Hi", "play http://t/a.mp3"][..],
        ),
        (
            200,
            "<Response><Dial>1</Dial></Response>",
            &[Some(13201)],
            &[],
        ),
        (
            200,
            "<Response><Message>1</Message></Response>",
            &[Some(12200)],
            &[],
        ),
        (200, "<Response>", &[Some(12100)], &[]),
        (204, "", &[], &[]),
        (500, "<Response/>", &[Some(11200)], &[]),
    ] {
        let answer = |status, body: &str| Answer {
            status,
            content_type: Some("text/xml".into()),
            body: body.into(),
            ..Answer::default()
        };
        let dial = "<Response><Dial><Number url='/w'>1</Number></Dial></Response>";
        let mut turn = Call::new("s", "AC1").begin(Method::Post, "http://t/");
        let mut noted = None;
        let ending = loop {
            turn = match turn {
                CallTurn::Fetch(fetching) if fetching.fetch().answer == Use::CalledParty => {
                    let answer = answer(status, body);
                    let aside = fetching.aside(&answer);
                    let codes = aside.faults.into_iter().map(|fault| fault.code);
                    noted = Some(codes.collect::<Vec<_>>());
                    let heard = aside.heard.iter().map(|action| match action {
                        Action::Say { text, .. } => format!("say {text}"),
                        Action::Play { url, .. } => format!("play {url}"),
                        other => format!("{other:?}"),
                    });
                    assert_eq!(heard.collect::<Vec<_>>(), hears, "{body}");
                    fetching.answered(&answer)
                }
                CallTurn::Fetch(fetching) => fetching.answered(&answer(200, dial)),
                CallTurn::Step(playing) => playing.done(),
                CallTurn::Dial(dialling) => {
                    dialling.ended(DialStatus::Completed, Duration::from_secs(1))
                }
                CallTurn::End(end) => break end.ending,
                other => panic!("{other:?}"),
            };
        };
        assert_eq!(noted.as_deref(), Some(expected), "{status} {body}");
        assert_eq!(ending, Ending::NothingLeft, "the call goes on");
    }
}

#[test]
fn one_seed_gives_one_set_of_sids() {
    let ask = |seed: &str| {
        let call = Call::new(seed, "AC1").begin(Method::Post, "http://t/");
        let CallTurn::Fetch(fetching) = call else {
            panic!()
        };
        let answer = Answer {
            status: 200,
            content_type: Some("text/xml".into()),
            body: "<Response><Dial action='/d'>1</Dial></Response>".into(),
            ..Answer::default()
        };
        let CallTurn::Step(playing) = fetching.answered(&answer) else {
            panic!()
        };
        let CallTurn::Dial(dialling) = playing.done() else {
            panic!()
        };
        match dialling.ended(DialStatus::Busy, Duration::ZERO) {
            CallTurn::Fetch(fetching) => fetching.fetch().parameters.clone(),
            turn => panic!("{turn:?}"),
        }
    };
    assert_eq!(ask("a"), ask("a"));
    assert_ne!(ask("a"), ask("b"));
}
