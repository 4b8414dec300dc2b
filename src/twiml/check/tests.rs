use super::*;
use crate::twiml::Purpose;
use Medium::{Messaging, Voice};

/// The faults of `<Response>…</Response>`, each as `column code`, `-` for no code, `!` for an error.
fn found(medium: Medium, verbs: &str) -> (String, Vec<Fault>) {
    let checked = check(&format!("<Response>{verbs}</Response>"), medium);
    let shown: Vec<_> = checked
        .faults
        .iter()
        .map(|fault| {
            let code = fault.code.map_or("-".to_string(), |code| code.to_string());
            let mark = if fault.severity == Severity::Error {
                "!"
            } else {
                ""
            };
            format!("{} {code}{mark}", fault.column)
        })
        .collect();
    (shown.join(", "), checked.faults)
}

#[test]
fn what_twilio_takes_has_no_fault() {
    let long = "x".repeat(1600);
    for (medium, verbs) in [
        (Voice, "<Say>Hello</Say>"),
        (
            Voice,
            "<Say voice=\"Polly.Joanna-Neural\" language=\"en-US\" loop=\"0\">Hi</Say>",
        ),
        (
            Voice,
            "<Say voice='Google.cmn-CN-Chirp3-HD-Aoede' language='cmn-Hans-CN'>Hi</Say>",
        ),
        (Voice, "<Say voice='alice' language='arb'>Hi</Say>"),
        (
            Voice,
            "<Say>a<break strength='weak' time='1s'/><emphasis level='strong'>b</emphasis></Say>",
        ),
        (
            Voice,
            "<Say><prosody rate='85%'>a <say-as interpret-as='date' format='mdy'>1/2</say-as></prosody></Say>",
        ),
        (
            Voice,
            "<Say><lang xml:lang='fr-FR'>a</lang><amazon:effect name='whispered'>b</amazon:effect></Say>",
        ),
        (Voice, "<Play>https://api.twilio.com/cowbell.mp3</Play>"),
        (Voice, "<Play loop='3'> /sound.mp3 </Play>"),
        (Voice, "<Play digits='wwww1234#*'/>"),
        (Voice, "<Pause/>"),
        (Voice, "<Pause length='0'/>"),
        (Voice, "<Gather/>"),
        (
            Voice,
            "<Gather input='dtmf speech' timeout='0' numDigits='1' finishOnKey='' action='/a' method='get'><Say>1</Say><Play>/x</Play><Pause/></Gather>",
        ),
        (
            Voice,
            "<Gather input='speech' speechTimeout='auto' timeout='auto' hints='a, $OPERAND' speechModel='phone_call' enhanced='true' bargeIn='false' profanityFilter='false' actionOnEmptyResult='true' language='pa-guru-IN' partialResultCallback='/p' partialResultCallbackMethod='POST' maxSpeechTime='60' debug='true'/>",
        ),
        (Voice, "<Record/>"),
        (
            Voice,
            "<Record timeout='10' maxLength='120' transcribe='true' transcribeCallback='/t' finishOnKey='1234567890*#' playBeep='false' trim='do-not-trim' recordingStatusCallback='/r' recordingStatusCallbackEvent='in-progress completed absent' recordingStatusCallbackMethod='GET'/>",
        ),
        (Voice, "<Dial>415-123-4567</Dial>"),
        (Voice, "<Dial>+1 (415) 123.4567</Dial>"),
        (
            Voice,
            "<Dial timeout='600' timeLimit='86400' callerId='+14155550100' record='true' answerOnBridge='true' ringTone='us-old' trim='trim-silence' sequential='true' hangupOnStar='true' action='/d' method='POST'><Number>+14155550100</Number><Client>joey</Client></Dial>",
        ),
        (
            Voice,
            "<Dial><Number sendDigits='wwww1928' url='/whisper' statusCallbackEvent='initiated ringing' machineDetection='Enable' machineDetectionTimeout='3'>+14155550100</Number></Dial>",
        ),
        (
            Voice,
            "<Dial><Client><Identity>joey</Identity><Parameter name='a' value='b'/></Client></Dial>",
        ),
        (
            Voice,
            "<Dial><Conference startConferenceOnEnter='false' beep='onEnter' waitUrl='' maxParticipants='250'>Room 1</Conference></Dial>",
        ),
        (
            Voice,
            "<Dial><Sip username='a' password='b'>sip:kate@example.com?x=1</Sip></Dial>",
        ),
        (
            Voice,
            "<Dial><Sip><Uri>sips:a@b</Uri><Headers><Header name='X-A' value='b'/></Headers></Sip></Dial>",
        ),
        (Voice, "<Dial><Queue url='/q'>support</Queue></Dial>"),
        (Voice, "<Dial><Sim>DE0123</Sim></Dial>"),
        (
            Voice,
            "<Dial><WhatsApp>whatsapp:+14155550100</WhatsApp></Dial>",
        ),
        (
            Voice,
            "<Dial><Application><ApplicationSid>AP1</ApplicationSid></Application></Dial>",
        ),
        (Voice, "<Enqueue waitUrl='/wait'>support</Enqueue>"),
        (
            Voice,
            "<Enqueue workflowSid='WW0123456789abcdef0123456789abcdef'><Task priority='5'>{}</Task></Enqueue>",
        ),
        (
            Voice,
            "<Redirect method='GET'>../menu?a=1&amp;b=2</Redirect>",
        ),
        (Voice, "<Reject reason='busy'/>"),
        (Voice, "<Hangup/>"),
        (Voice, "<Leave/>"),
        (Voice, "<Refer action='/r'><Sip>sip:a@b</Sip></Refer>"),
        (Voice, "<Sms to='+14155550100'>Hi</Sms>"),
        (
            Voice,
            "<Pay paymentConnector='x' chargeAmount='10.00'><Prompt for='security-code' attempt='1 2' errorType='timeout'><Say>a</Say></Prompt></Pay>",
        ),
        (
            Voice,
            "<Connect><Stream url='wss://example.com/a' track='inbound_track'><Parameter name='a' value='b'/></Stream></Connect>",
        ),
        (
            Voice,
            "<Connect action='/a'><ConversationRelay url='wss://example.com' welcomeGreeting='Hi'><Language code='en-US'/></ConversationRelay></Connect>",
        ),
        (
            Voice,
            "<Start><Transcription statusCallbackUrl='/t'/><Stream url='WSS://a'/></Start><Stop><Stream name='x'/></Stop>",
        ),
        (Voice, "<Start><Recording channels='mono'/></Start><Echo/>"),
        (Messaging, ""),
        (Messaging, "<Message>Hi</Message>"),
        (
            Messaging,
            "<Message to='+14155550100' from='+14155550101' action='/a' method='POST' statusCallback='/s'><Body>Hi</Body><Media>https://example.com/a.png</Media></Message>",
        ),
        (Messaging, "<Message><Media>/a.png</Media></Message>"),
        (Messaging, "<Sms>Hi</Sms><Redirect>/next</Redirect>"),
        (Messaging, &format!("<Message>{long}</Message>")),
        (Messaging, &"<Message>a</Message>".repeat(10)),
    ] {
        let (shown, faults) = found(medium, verbs);
        assert_eq!(shown, "", "{verbs}: {faults:?}");
    }
    let with_names =
        "<Response xmlns:xsi='x' xsi:noNamespaceSchemaLocation='y'><Hangup/></Response>";
    assert_eq!(check(with_names, Voice).faults, []);
}

#[test]
fn what_twilio_complains_about() {
    let long_voice = format!("<Say>{}</Say>", "x".repeat(4097));
    let long_polly = format!("<Say voice='Polly.Amy'>{}</Say>", "x".repeat(3001));
    let long_google = format!("<Say voice='Google.en-US-A'>{}</Say>", "x".repeat(5001));
    let long_message = format!("<Message>{}</Message>", "x".repeat(1601));
    let emoji = format!("<Message><Body>{}</Body></Message>", "😀".repeat(801));
    let eleven = "<Message>a</Message>".repeat(11);
    let parties = format!("<Dial>{}</Dial>", "<Client>a</Client>".repeat(11));
    let files = format!("<Message>{}</Message>", "<Media>/a</Media>".repeat(11));
    let mut wrong = Vec::new();
    for (medium, verbs, expected, says) in [
        // Verbs and nesting.
        (Voice, "", "1 -", "ends at once"),
        (
            Voice,
            "<say>Hi</say>",
            "11 12200",
            "did you mean `<Say>`? (upper and lower case matter)",
        ),
        (Voice, "<Sya>Hi</Sya>", "11 12200", "did you mean `<Say>`?"),
        (Voice, "<Foo/>", "11 12200", "it may have `<Connect>`"),
        (
            Voice,
            "<Message>Hi</Message>",
            "11 12200",
            "is for answers to a message",
        ),
        (
            Messaging,
            "<Say>Hi</Say>",
            "11 14110",
            "write `<Message>` to reply",
        ),
        (
            Messaging,
            "<message>Hi</message>",
            "11 14110",
            "did you mean `<Message>`?",
        ),
        (
            Messaging,
            "<Body>Hi</Body>",
            "11 14110",
            "put it into `<Message>`",
        ),
        (
            Messaging,
            "<Message><Say>Hi</Say></Message>",
            "11 14103, 20 12200",
            "nothing",
        ),
        (
            Voice,
            "<Number>1</Number>",
            "11 12200",
            "put it into `<Dial>`",
        ),
        (
            Voice,
            "<Gather><Dial>1</Dial></Gather>",
            "19 13320",
            "put it into `<Response>`",
        ),
        (
            Voice,
            "<Dial><Say>Hi</Say></Dial>",
            "17 13215",
            "put it into `<Response>`",
        ),
        (
            Voice,
            "<Say>a<b>c</b></Say>",
            "17 12200",
            "may not stand in `<Say>`",
        ),
        (
            Voice,
            "<Hangup><Say>a</Say></Hangup>",
            "19 12200",
            "put it into `<Response>`",
        ),
        (
            Voice,
            "<Pause><Foo/></Pause>",
            "18 12200",
            "which has no elements in it",
        ),
        (Voice, "Hello", "1 -, 11 12200", "put it into `<Say>`"),
        (
            Voice,
            "<Gather>Press 1</Gather>",
            "19 12200",
            "put it into `<Say>`",
        ),
        (Voice, "<Pause>1</Pause>", "18 12200", "remove it"),
        // Attributes.
        (
            Voice,
            "<Gather numdigits='1'/>",
            "19 12200",
            "did you mean `numDigits`?",
        ),
        (
            Voice,
            "<Say color='red'>a</Say>",
            "16 12200",
            "it has `voice`, `language`, `loop`",
        ),
        (Voice, "<Hangup now='true'/>", "19 12200", "it has none"),
        (
            Voice,
            "<Dial statusCallbackEvent='ringing'>1</Dial>",
            "17 12200",
            "no attribute",
        ),
        // Values.
        (
            Voice,
            "<Say voice='robot'>a</Say>",
            "16 13511",
            "Polly.Joanna",
        ),
        (
            Voice,
            "<Say voice='Polly.'>a</Say>",
            "16 13511",
            "Polly.Joanna",
        ),
        (
            Voice,
            "<Say language='english please'>a</Say>",
            "16 13512",
            "en-US",
        ),
        (
            Voice,
            "<Say loop='-1'>a</Say>",
            "16 13510",
            "a whole number from 0",
        ),
        (
            Voice,
            "<Say loop='two'>a</Say>",
            "16 13510",
            "a whole number from 0",
        ),
        (
            Voice,
            "<Gather><Say loop='x'>a</Say></Gather>",
            "24 13322",
            "a whole number",
        ),
        (
            Voice,
            "<Gather><Say voice='x'>a</Say></Gather>",
            "24 13321",
            "write `man`",
        ),
        (
            Voice,
            "<Play loop='1.5'>/a</Play>",
            "17 13410",
            "a whole number from 0",
        ),
        (Voice, "<Play digits='12x'/>", "17 13430", "`x`"),
        (
            Voice,
            "<Pause length='+1'/>",
            "18 13910",
            "a whole number from 0",
        ),
        (
            Voice,
            "<Pause length='99999999999'/>",
            "18 13910",
            "a whole number from 0 to 4294967295",
        ),
        (
            Voice,
            "<Gather method='PUT'/>",
            "19 13312",
            "`GET` or `POST`",
        ),
        (Voice, "<Gather timeout='-5'/>", "19 13313", "from 0"),
        (Voice, "<Gather finishOnKey='enter'/>", "19 13310", "`e`"),
        (Voice, "<Gather numDigits='0'/>", "19 13314", "from 1"),
        (
            Voice,
            "<Gather numDigits='99999999999'/>",
            "19 13314",
            "from 1",
        ),
        (
            Voice,
            "<Gather input='voice'/>",
            "19 13326",
            "it is one of `dtmf`, `speech`",
        ),
        (
            Voice,
            "<Gather input='dtmf,speech'/>",
            "19 13326",
            "it is one of",
        ),
        (
            Voice,
            "<Gather speechTimeout='soon'/>",
            "19 13327",
            "from 0",
        ),
        (
            Voice,
            "<Gather maxSpeechTime='61'/>",
            "19 13328",
            "from 1 to 60",
        ),
        (
            Voice,
            "<Gather actionOnEmptyResult='yes'/>",
            "19 13338!",
            "`true`, `false`",
        ),
        (
            Voice,
            "<Gather profanityFilter='True'/>",
            "19 13333",
            "did you mean `true`?",
        ),
        (Voice, "<Record method='x'/>", "19 13610", "`GET` or `POST`"),
        (Voice, "<Record maxLength='0'/>", "19 13612", "from 1"),
        (Voice, "<Record finishOnKey='a'/>", "19 13613", "`a`"),
        (
            Voice,
            "<Record transcribe='1'/>",
            "19 13614",
            "it is one of",
        ),
        (Voice, "<Record playBeep=''/>", "19 13616", "it is one of"),
        (Voice, "<Record trim='yes'/>", "19 13699", "`trim-silence`"),
        (
            Voice,
            "<Record transcribe='true' maxLength='121'/>",
            "37 13615",
            "120 seconds",
        ),
        (
            Voice,
            "<Record recordingStatusCallbackEvent='done'/>",
            "19 13621!",
            "it is one of",
        ),
        (
            Voice,
            "<Dial timeout='601'>1</Dial>",
            "17 13212",
            "from 1 to 600",
        ),
        (Voice, "<Dial timeLimit='0'>1</Dial>", "17 13216", "from 1"),
        (
            Voice,
            "<Dial record='yes'>1</Dial>",
            "17 13217",
            "it is one of",
        ),
        (
            Voice,
            "<Dial ringTone='xx'>1</Dial>",
            "17 13220",
            "it is one of",
        ),
        (
            Voice,
            "<Dial hangupOnStar='x'>1</Dial>",
            "17 13213",
            "it is one of",
        ),
        (
            Voice,
            "<Dial method='x'>1</Dial>",
            "17 13210",
            "`GET` or `POST`",
        ),
        (Voice, "<Dial/>", "11 13223", "calls nobody"),
        (
            Voice,
            "<Dial>CALL-ME</Dial>",
            "11 13223",
            "no telephone number",
        ),
        (
            Voice,
            "<Dial>1234567890123456</Dial>",
            "11 13223",
            "no telephone number",
        ),
        (
            Voice,
            "<Dial><Number></Number></Dial>",
            "17 13223",
            "no telephone number",
        ),
        (
            Voice,
            "<Dial><Number sendDigits='x'>1</Number></Dial>",
            "25 13222",
            "`x`",
        ),
        (
            Voice,
            "<Dial><Number byoc='x'>1</Number></Dial>",
            "25 12200",
            "`BY`",
        ),
        (
            Voice,
            "<Dial><Sip>kate@example.com</Sip></Dial>",
            "17 13243",
            "`sip:…`",
        ),
        (
            Voice,
            "<Dial><Conference/></Dial>",
            "17 13237",
            "needs a name",
        ),
        (
            Voice,
            "<Dial><Conference beep='loud'>a</Conference></Dial>",
            "29 13235",
            "it is one of",
        ),
        (
            Voice,
            "<Dial><Conference>a</Conference><Number>1</Number></Dial>",
            "17 13000",
            "cannot be mixed",
        ),
        (Voice, "<Dial><Queue/></Dial>", "17 14212!", "needs a name"),
        (Voice, parties.as_str(), "197 -", "10 at once"),
        (
            Voice,
            "<Enqueue method='x'>a</Enqueue>",
            "20 14201!",
            "`GET` or `POST`",
        ),
        (
            Voice,
            "<Enqueue workflowSid='WW1'/>",
            "20 14220!",
            "32 hexadecimal",
        ),
        (
            Voice,
            "<Redirect method='x'>/a</Redirect>",
            "21 13710",
            "`GET` or `POST`",
        ),
        (Voice, "<Reject reason='no'/>", "19 13810", "it is one of"),
        (
            Voice,
            "<Connect><Stream url='https://a'/></Connect>",
            "28 12200",
            "`wss://`",
        ),
        // Texts and addresses.
        (Voice, "<Say/>", "11 13520", "nothing to say"),
        (Voice, "<Say> \n </Say>", "11 13520", "nothing to say"),
        (Voice, long_voice.as_str(), "11 13521", "4096"),
        (Voice, long_polly.as_str(), "11 13521", "3000"),
        (Voice, long_google.as_str(), "11 13521", "5000"),
        (Voice, "<Play/>", "11 11100!", "address of a file"),
        (Voice, "<Play>my file.mp3</Play>", "11 11100!", "`%20`"),
        (
            Voice,
            "<Play>ftp://example.com/a.mp3</Play>",
            "11 11100!",
            "`http` and `https`",
        ),
        (Voice, "<Redirect/>", "11 -", "the same document again"),
        (Voice, "<Gather action='/a b'/>", "19 12200", "`%20`"),
        (
            Voice,
            "<Dial recordingStatusCallback='javascript:x'>1</Dial>",
            "17 13256",
            "`http`",
        ),
        (
            Messaging,
            "<Message/>",
            "11 14103",
            "neither a text nor a file",
        ),
        (
            Messaging,
            "<Message><Body> </Body></Message>",
            "11 14103",
            "neither",
        ),
        (Messaging, long_message.as_str(), "11 14103", "1600 at most"),
        (Messaging, emoji.as_str(), "11 14103", "1602 characters"),
        (Messaging, eleven.as_str(), "211 14109", "10 replies"),
        (Messaging, files.as_str(), "11 -", "11 files"),
        (
            Messaging,
            "<Message><Media/></Message>",
            "20 11100!",
            "address of a file",
        ),
        (
            Messaging,
            "<Message method='x'>a</Message>",
            "20 14104",
            "`GET` or `POST`",
        ),
        // Order.
        (
            Voice,
            "<Redirect>/a</Redirect><Say>b</Say>",
            "34 -",
            "never reached",
        ),
        (Voice, "<Hangup/><Say>b</Say>", "20 -", "never reached"),
        (
            Messaging,
            "<Redirect>/a</Redirect><Message>b</Message>",
            "34 -",
            "never reached",
        ),
        // Several at once, in order.
        (
            Voice,
            "<Gather numDigits='x' timeout='y'><Say loop='z'/></Gather>",
            "19 13314, 33 13313, 45 13520, 50 13322",
            "a whole number",
        ),
    ] {
        let (shown, faults) = found(medium, verbs);
        let told = faults.iter().any(|fault| fault.text.contains(says));
        if shown != expected || !told {
            wrong.push(format!("{verbs}: {shown}, expected {expected}: {faults:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whole_documents() {
    for (text, expected, says) in [
        ("", "1:1: 12100", "there is no element"),
        (
            "<Response><Say>Hi</Response>",
            "1:18: 12100",
            "write `</Say>`",
        ),
        ("<Responses/>", "1:1: 12102", "must be `<Response>`"),
        (
            "\u{FEFF}<Response><Hangup/></Response>",
            "1:1: ",
            "byte order mark",
        ),
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><Response><Hangup/></Response>",
            "1:21: ",
            "UTF-8",
        ),
        (
            "<Response version='2008-08-01'><Hangup/></Response>",
            "1:11: 12101",
            "needs no `version`",
        ),
        (
            "<Response lang='en'><Hangup/></Response>",
            "1:11: 12200",
            "it has none",
        ),
        (
            "<Response>\n  <Say>Hi</Say>\n  <Pasue/>\n</Response>",
            "3:3: 12200",
            "`<Pause>`",
        ),
    ] {
        let checked = check(text, None);
        let shown = checked
            .faults
            .iter()
            .map(Fault::to_string)
            .collect::<Vec<_>>();
        assert_eq!(shown.len(), 1, "{text}: {shown:?}");
        assert!(
            shown[0].starts_with(expected) && shown[0].contains(says),
            "{text}: {shown:?}"
        );
    }
    assert_eq!(
        check(
            "<?xml version='1.0' encoding='utf-8'?><Response><Hangup/></Response>",
            None
        )
        .faults,
        []
    );
}

#[test]
fn the_verbs_tell_the_medium() {
    for (verbs, medium) in [
        ("<Message>a</Message>", Messaging),
        ("<Redirect>/a</Redirect><Message>a</Message>", Messaging),
        ("<Say>a</Say>", Voice),
        ("<Sms>a</Sms>", Voice),
        ("<Redirect>/a</Redirect>", Voice),
        ("<Foo/><Message>a</Message>", Messaging),
        ("", Voice),
    ] {
        let checked = check(&format!("<Response>{verbs}</Response>"), None);
        assert_eq!(checked.medium, medium, "{verbs}");
    }
}

#[test]
fn faults_have_an_end() {
    let many = format!("<Response>{}</Response>", "<Foo/>".repeat(5000));
    assert_eq!(check(&many, Voice).faults.len(), MOST_FAULTS);
}

#[test]
fn links_are_listed_in_order() {
    let text = "<Response>\n<Gather action='/menu' partialResultCallback='/part' partialResultCallbackMethod='GET'><Play>a.mp3</Play></Gather>\n\
                <Dial action=''><Number url='https://x/w' method='get' statusCallback='/s'>1</Number></Dial>\n\
                <Connect><Stream url='wss://x'/></Connect>\n<Redirect> ../next </Redirect></Response>";
    let shown: Vec<_> = links(&parse(text).expect("XML"))
        .iter()
        .map(|link| {
            let Link {
                element,
                attribute,
                url,
                method,
                purpose,
                line,
                column,
            } = link;
            let attribute = attribute.as_deref().unwrap_or("-");
            format!("{element} {attribute} {method} {url} {purpose:?} {line}:{column}")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Gather action POST /menu Instructions 2:9",
            "Gather partialResultCallback GET /part Callback 2:24",
            "Play - GET a.mp3 Media 2:88",
            "Number url GET https://x/w Instructions 3:25",
            "Number statusCallback POST /s Callback 3:56",
            "Redirect - POST ../next Instructions 5:1",
        ]
    );
    let message = "<Response><Message action='/a'><Media>/b.png</Media></Message></Response>";
    let checked = check(message, None);
    let shown: Vec<_> = checked
        .links
        .iter()
        .map(|l| (l.url.as_str(), l.purpose))
        .collect();
    assert_eq!(
        shown,
        [("/a", Purpose::Instructions), ("/b.png", Purpose::Media)]
    );
}
