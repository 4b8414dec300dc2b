//! Requests that Twilio makes on its way through a document, and how it takes their answers.

use super::instructions::askable;
use super::step::{self, Action, Callback};
use crate::dictionary;
use crate::twiml::{
    Checked, Document, Element, Fault, Medium, Method, Position, Severity, too_large,
};
use crate::webhook::{self, Kind, Taken, Unreached, succeeded};
use std::time::Duration;

/// A request to be performed. The parameters that every request of the call or the message has
/// (`CallSid`, `From`, …) are added by whoever performs it, and so is the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// How to ask: `GET` puts parameters into the query, `POST` into a form.
    pub method: Method,
    /// What to ask: an absolute http or https address without fragment.
    pub url: String,
    /// What to add to the parameters; one of the same name is replaced.
    pub parameters: Vec<(String, String)>,
    /// The `Cookie` header, if there are cookies for the host.
    pub cookies: Option<String>,
    /// What becomes of the answer.
    pub answer: Use,
    /// The verb or noun that asks; `None` for the first request and for what was not written in a
    /// document.
    pub verb: Option<String>,
    /// The attribute with the address of what is told: `statusCallback`.
    pub attribute: Option<String>,
    /// When, counted from the beginning of the call.
    pub at: Duration,
}

impl Fetch {
    /// Twilio tells `callback` of what has happened; `None` where its address cannot be asked, of
    /// which the check has told.
    pub(super) fn told(
        callback: &Callback,
        kind: Kind,
        verb: Option<&str>,
        parameters: Vec<(String, String)>,
        at: Duration,
    ) -> Option<Fetch> {
        Some(Fetch {
            method: callback.method,
            url: askable(&callback.url)?,
            parameters,
            cookies: None,
            answer: Use::Told(kind),
            verb: verb.map(String::from),
            attribute: Some(callback.attribute.clone()),
            at,
        })
    }
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Twilio goes on with what it says.
    Instructions,
    /// Nothing: Twilio tells of something, in requests of this kind.
    Told(Kind),
    /// A called party hears it before the two are connected; the call goes on all the same.
    CalledParty,
}

/// An answer, redirects followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Where it came from, if redirects led away from the URL asked.
    pub url: Option<String>,
    /// The status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Each `Set-Cookie` header.
    pub set_cookies: Vec<String>,
    /// The body as text.
    pub body: String,
}

/// What a walk goes on with.
pub(super) enum Heard {
    /// TwiML, with what it complains about without stopping.
    Document(Document, Vec<Fault>),
    /// A file to be played.
    Audio,
    /// Text to be read out, or to be sent.
    Plain(String),
    /// Nothing at all: a message stays without a reply, a call is over.
    Nothing,
}

/// "HTTP retrieval failure".
const RETRIEVAL: u32 = 11200;

/// "Dial: Cannot dial out from a Dial Call Segment".
const DIAL_FOR_CALLED_PARTY: u32 = 13201;

/// "Invalid Content-Type".
const CONTENT_TYPE: u32 = 12300;

/// A request that got no answer, for `cause`; `why` says what happened, in a few words.
pub(super) fn unanswered(fetch: &Fetch, cause: Unreached, why: &str) -> Fault {
    let code = cause.code();
    let mut text = format!("{} {} got no answer: {why}", fetch.method, fetch.url);
    if let Some(title) = dictionary::title(code) {
        text.push_str(&format!(" ({title})"));
    }
    Fault::error(code, Position::START, text)
}

/// What comes of an answer on which the call does not depend.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aside {
    /// What the called party hears first: each `Say`, `Play` and `Tones`, up to where its own keys or
    /// another document would lead on.
    pub heard: Vec<Action>,
    /// What Twilio notes.
    pub faults: Vec<Fault>,
}

/// Source: Twilio docs, "Number", attribute `url`, for what a called party may not hear.
pub(super) fn aside(fetch: &Fetch, answer: &Answer) -> Aside {
    let noted = |faults| Aside {
        faults,
        ..Aside::default()
    };
    if fetch.answer != Use::CalledParty {
        return noted(lost(fetch, answer.status).into_iter().collect());
    }
    let from = answer.url.as_deref().unwrap_or(&fetch.url);
    let played = |url: &str| Action::Play {
        url: url.to_string(),
        times: 1,
    };
    match hear(fetch, answer, Medium::Voice) {
        Ok(Heard::Document(document, faults)) => first_heard(&document, faults, from),
        Ok(Heard::Audio) => Aside {
            heard: vec![played(from)],
            ..Aside::default()
        },
        Ok(Heard::Plain(text)) => Aside {
            heard: vec![step::say(&text).0],
            ..Aside::default()
        },
        Ok(Heard::Nothing) => Aside::default(),
        Err(fault) => noted(vec![fault]),
    }
}

fn first_heard(document: &Document, mut faults: Vec<Fault>, from: &str) -> Aside {
    let verbs = || document.root().elements();
    let dials = verbs().filter(|verb| verb.name() == "Dial").map(|dial| {
        let text = "a called party cannot call others: <Dial> is refused here";
        Fault::error(DIAL_FOR_CALLED_PARTY, dial.at(), text.to_string())
    });
    faults.extend(dials);
    let leads_on = |verb: &&Element| matches!(verb.name(), "Redirect" | "Hangup" | "Dial");
    let mut heard = Vec::new();
    for verb in verbs().take_while(|verb| !leads_on(verb)) {
        // What is asked is heard; nobody answers here.
        let asks = verb.name() == "Gather";
        let prompts = verb.elements().filter(|_| asks);
        let spoken = prompts.chain((!asks).then_some(verb));
        let actions = spoken.filter_map(|verb| step::heard(verb, from));
        heard.extend(actions.map(|(action, _)| action).filter(is_audible));
    }
    Aside { heard, faults }
}

fn is_audible(action: &Action) -> bool {
    !matches!(action, Action::Pause)
}

/// What is wrong with the answer to what was told, if anything: the call goes on all the same.
///
/// Sources: errors 15003 and 11200.
pub(super) fn lost(fetch: &Fetch, status: u16) -> Option<Fault> {
    if succeeded(status) {
        return None;
    }
    let code = match fetch.answer {
        Use::Told(Kind::CallStatus) => 15003,
        _ => RETRIEVAL,
    };
    let text = format!(
        "{} {} answered {status}: {}; nothing waits for it, but what it tells of is lost",
        fetch.method,
        fetch.url,
        hint(status)
    );
    Some(Fault {
        severity: Severity::Warning,
        ..Fault::error(code, Position::START, text)
    })
}

/// What a status means that Twilio takes for a failure.
fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => "Twilio follows 301, 302, 303 and 307 with a Location",
        403 => {
            "the function answers so, or it is protected, and its service's token did not make the \
             signature"
        }
        404 => "the function answers so, or there is no such route, or it is private",
        429 => "too many invocations run at once",
        504 => "the function took longer than it may, or answers so",
        500..=599 => "see the function's log",
        _ => "Twilio needs 200",
    }
}

/// What is made of an answer, as Twilio takes it.
pub(super) fn hear(fetch: &Fetch, answer: &Answer, medium: Medium) -> Result<Heard, Fault> {
    let Fetch { method, url, .. } = fetch;
    let status = answer.status;
    let taken = webhook::Heard {
        status,
        content_type: answer.content_type.as_deref(),
        body: answer.body.as_bytes(),
    }
    .taken(medium);
    let (code, text) = match taken {
        Taken::Nothing => return Ok(Heard::Nothing),
        Taken::Audio(_) => return Ok(Heard::Audio),
        Taken::Plain(text) => return Ok(Heard::Plain(text)),
        Taken::Twiml(checked) => return read(checked),
        Taken::TooLarge => return Err(too_large(answer.body.len())),
        Taken::Failure => {
            let text = format!("{method} {url} answered {status}: {}", hint(status));
            (RETRIEVAL, text)
        }
        Taken::Unknown(media_type) => {
            let has = match media_type {
                None => "no Content-Type".to_string(),
                Some(media_type) => format!("the Content-Type `{media_type}`"),
            };
            let text = format!(
                "{method} {url} answered with {has}, which is none of TwiML's: answer with \
                 `text/xml`"
            );
            (CONTENT_TYPE, text)
        }
    };
    Err(Fault::error(code, Position::START, text))
}

fn read(checked: Checked) -> Result<Heard, Fault> {
    match checked.document {
        Some(document) => Ok(Heard::Document(document, checked.faults)),
        None => {
            let stops = |fault: &Fault| fault.severity == Severity::Error;
            let fault = checked.faults.into_iter().find(stops);
            // A text that is no document has the fault that makes it none.
            Err(fault.unwrap_or_else(|| {
                Fault::error(None, Position::START, "the answer is no document".into())
            }))
        }
    }
}
