//! Requests that Twilio makes on its way through a document, and how it takes their answers.

use crate::twiml::{Document, Fault, Medium, Method, Position, Severity, check};

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
    /// The verb that asks; `None` for the first request.
    pub verb: Option<String>,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Twilio goes on with what it says.
    Instructions,
    /// Nothing: the call is over.
    Nothing,
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

/// What Twilio makes of an answer.
pub(super) enum Heard {
    /// TwiML, with what it complains about without stopping.
    Document(Document, Vec<Fault>),
    /// A file to be played.
    Audio,
    /// Text to be read out, or to be sent.
    Plain(String),
    /// Nothing at all: a message stays without a reply.
    Nothing,
}

/// "HTTP retrieval failure".
const RETRIEVAL: u32 = 11200;

/// "Invalid Content-Type".
const CONTENT_TYPE: u32 = 12300;

/// A request that got no answer. `why` says what happened, in a few words.
pub(super) fn unanswered(fetch: &Fetch, why: &str) -> Fault {
    let text = format!("{} {} got no answer: {why}", fetch.method, fetch.url);
    Fault::error(RETRIEVAL, Position::START, text)
}

/// How Twilio takes an answer.
///
/// Source: Twilio docs, "TwiML for Programmable Voice", "Twilio's request to your application";
/// errors 11200 and 12300.
pub(super) fn hear(fetch: &Fetch, answer: &Answer, medium: Medium) -> Result<Heard, Fault> {
    let Fetch { method, url, .. } = fetch;
    if !(200..300).contains(&answer.status) {
        let text = format!(
            "{method} {url} answered {}, and Twilio needs 200: see the function's log",
            answer.status
        );
        return Err(Fault::error(RETRIEVAL, Position::START, text));
    }
    let content_type = answer.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    if medium == Medium::Messaging && answer.body.trim().is_empty() {
        return Ok(Heard::Nothing);
    }
    match essence.as_str() {
        "text/xml" | "application/xml" | "text/html" => read(answer, medium),
        // TwiML if it is some, and else read out, or sent: a text may begin with a `<`.
        "text/plain" => {
            Ok(read(answer, medium).unwrap_or_else(|_| Heard::Plain(answer.body.clone())))
        }
        _ if essence.starts_with("audio/") && medium == Medium::Voice => Ok(Heard::Audio),
        _ => {
            let has = match essence.is_empty() {
                true => "no Content-Type".to_string(),
                false => format!("the Content-Type `{essence}`"),
            };
            let text = format!(
                "{method} {url} answered with {has}, which is none of TwiML's: answer with \
                 `text/xml`"
            );
            Err(Fault::error(CONTENT_TYPE, Position::START, text))
        }
    }
}

fn read(answer: &Answer, medium: Medium) -> Result<Heard, Fault> {
    let checked = check(&answer.body, medium);
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
