//! What Twilio would do with an answer, and what its debugger would show.
//!
//! Sources: Twilio docs, "Error and Warning Dictionary" (11200, 11216, 11217, 11750, 12300, 15003,
//! 81017, 82001, 82002); support article 43761237850779 (status callbacks may answer with JSON).
//! Which error a refused recording callback or event leaves behind is not documented: they have the
//! general one. How an answer with instructions is taken is decided in `taken`.

use super::kind::Expects;
use super::performed::{one_line, performed, quoted};
use super::{Heard, Kind, Taken, Unreached, succeeded};
use crate::dictionary;
use crate::twiml::{Checked, Fault, LARGEST, Medium, Severity};

/// How it ended for Twilio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As meant.
    Done,
    /// Not: somebody gets no answer, or a callback is lost.
    Failed,
}

/// A line of Twilio's debugger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Twilio's number for it.
    pub code: u32,
    /// Whether Twilio stopped.
    pub severity: Severity,
    /// Twilio's title for it.
    pub title: &'static str,
}

impl Logged {
    fn new(code: u32, severity: Severity) -> Self {
        Logged {
            code,
            severity,
            // A test holds that all have one.
            title: dictionary::title(code).unwrap_or_default(),
        }
    }
}

/// What comes of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended.
    pub outcome: Outcome,
    /// What the debugger would show.
    pub logged: Vec<Logged>,
    /// What Twilio would do, a sentence each.
    pub says: Vec<String>,
    /// What is wrong with the TwiML, in the order of the text.
    pub faults: Vec<Fault>,
}

/// Bytes of a result that Studio takes. Source: Studio docs, "Run Function".
const LONGEST_RESULT: usize = 64 * 1024;

impl Verdict {
    fn done(says: impl Into<String>) -> Self {
        Verdict {
            outcome: Outcome::Done,
            logged: Vec::new(),
            says: vec![says.into()],
            faults: Vec::new(),
        }
    }

    fn failed(code: u32, why: impl Into<String>) -> Self {
        Verdict {
            outcome: Outcome::Failed,
            logged: vec![Logged::new(code, Severity::Error)],
            says: vec![why.into()],
            faults: Vec::new(),
        }
    }

    fn and_logged(mut self, code: u32, severity: Severity) -> Self {
        if !self.logged.iter().any(|logged| logged.code == code) {
            self.logged.push(Logged::new(code, severity));
        }
        self
    }

    /// The same, with what is wrong with the addresses in the TwiML; it fails where Twilio stops.
    #[must_use]
    pub fn with_links(mut self, faults: Vec<Fault>) -> Self {
        for fault in &faults {
            let (Severity::Error, Some(code)) = (fault.severity, fault.code) else {
                continue;
            };
            self.outcome = Outcome::Failed;
            self = self.and_logged(code, Severity::Error);
        }
        self.faults.extend(faults);
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self
    }

    fn and(mut self, says: impl Into<String>) -> Self {
        self.says.push(says.into());
        self
    }
}

/// What Twilio would do where a request of `kind` has no answer.
pub fn unreached(kind: Kind, why: Unreached) -> Verdict {
    let code = why.code();
    let why = match why {
        Unreached::Host => "The host is not known.".to_string(),
        Unreached::Connection => "Nobody answers there.".to_string(),
        Unreached::Time => format!("Twilio waits {} s.", kind.patience().as_secs()),
        Unreached::Protocol => "What answers there is not HTTP.".to_string(),
        Unreached::Tls
        | Unreached::CertificateName
        | Unreached::CertificateExpired
        | Unreached::CertificateUntrusted => {
            "Twilio sends nothing over a connection that is not secure.".to_string()
        }
        Unreached::Redirects => format!(
            "Twilio follows {} redirects in a row.",
            super::MOST_REDIRECTS
        ),
        Unreached::Redirect => {
            "Twilio follows 301, 302, 303 and 307 to a URL in Location.".to_string()
        }
    };
    Verdict::failed(code, why).and(lost(kind))
}

/// What Twilio would do with the answer `heard` to a request of `kind`.
pub fn judge(kind: Kind, heard: Heard<'_>) -> Verdict {
    match kind.expects() {
        Expects::Messaging => instructed(kind, Medium::Messaging, heard),
        Expects::Voice => instructed(kind, Medium::Voice, heard),
        _ if !succeeded(heard.status) => refused(kind, heard.status),
        Expects::Nothing => Verdict::done(match kind {
            Kind::Json => "Twilio would take the event as delivered, whatever the body.",
            _ => "Twilio would take note; the body of a callback's answer means nothing.",
        }),
        Expects::Result => result(kind, heard),
    }
}

/// What an error means to those who wait for an answer.
fn lost(kind: Kind) -> &'static str {
    match (kind, kind.expects()) {
        (_, Expects::Messaging) => {
            "The sender would get no reply, unless a fallback URL gives one."
        }
        (_, Expects::Voice) => {
            "The caller would hear that an application error has occurred and be hung up on, \
             unless a fallback URL answers."
        }
        (_, Expects::Result) => "The flow would go on by the widget's Fail transition.",
        (Kind::Json, _) => "Twilio would try again later.",
        _ => "The callback would be lost; what it tells of goes on.",
    }
}

fn refused(kind: Kind, status: u16) -> Verdict {
    let why = match status {
        403 => "403: the Function answers so, or it is protected and the signature is not right."
            .into(),
        404 => "404: the Function answers so, or there is no such route, or it is private.".into(),
        504 => "504: the Function took longer than it may, or answers so.".into(),
        _ => format!("{status}: Twilio takes that for a failure."),
    };
    let verdict = match kind {
        Kind::CallStatus => Verdict {
            outcome: Outcome::Failed,
            logged: vec![Logged::new(15003, Severity::Warning)],
            says: vec![why],
            faults: Vec::new(),
        },
        Kind::Studio => Verdict::failed(81017, why),
        Kind::Json => Verdict::failed(11217, why),
        _ => Verdict::failed(11200, why),
    };
    // What the Functions service itself logs, beside the product that called.
    let verdict = match status {
        400..=499 => verdict.and_logged(82001, Severity::Warning),
        500..=599 => verdict.and_logged(82002, Severity::Error),
        _ => verdict,
    };
    verdict.and(lost(kind))
}

/// The answer to "what am I to do".
fn instructed(kind: Kind, medium: Medium, heard: Heard<'_>) -> Verdict {
    match heard.taken(medium) {
        Taken::Failure => refused(kind, heard.status),
        Taken::TooLarge => {
            let why = format!("{} bytes: Twilio takes {LARGEST}.", heard.body.len());
            Verdict::failed(11750, why).and(lost(kind))
        }
        Taken::Nothing => Verdict::done(match medium {
            Medium::Voice => "The answer is empty: Twilio would have nothing to say and hang up.",
            Medium::Messaging => "The answer is empty: Twilio would send no reply.",
        }),
        Taken::Twiml(checked) => instructions(kind, checked),
        Taken::Plain(text) => {
            let would = match medium {
                Medium::Voice => "read the text aloud and hang up",
                Medium::Messaging => "reply with the text",
            };
            Verdict::done(format!("Twilio would {would}: {}", quoted(&text)))
        }
        Taken::Audio(audio) => Verdict::done(format!(
            "Twilio would play the {audio} to the caller, and hang up."
        )),
        Taken::Unknown(Some(other)) => {
            wrong_type(kind, &format!("{other} is nothing that Twilio takes here."))
        }
        Taken::Unknown(None) => wrong_type(kind, "There is no Content-Type."),
    }
}

fn wrong_type(kind: Kind, why: &str) -> Verdict {
    let taken = match kind.expects() {
        Expects::Voice => "Answer with text/xml (TwiML), text/plain, or audio.",
        _ => "Answer with text/xml (TwiML) or text/plain.",
    };
    Verdict::failed(12300, format!("{why} {taken}")).and(lost(kind))
}

/// What comes of TwiML: with a fault that Twilio stops at nothing, else all that has no fault.
fn instructions(kind: Kind, checked: Checked) -> Verdict {
    let stops = checked.has_errors();
    let says = match &checked.document {
        Some(document) if !stops => performed(kind.expects(), document, &checked.faults),
        _ => vec![
            "Twilio would not follow the TwiML.".to_string(),
            lost(kind).to_string(),
        ],
    };
    let mut verdict = Verdict {
        outcome: match stops {
            true => Outcome::Failed,
            false => Outcome::Done,
        },
        logged: Vec::new(),
        says,
        faults: Vec::new(),
    };
    for fault in &checked.faults {
        if let Some(code) = fault.code {
            verdict = verdict.and_logged(code, fault.severity);
        }
    }
    verdict.faults = checked.faults;
    verdict
}

fn result(kind: Kind, heard: Heard<'_>) -> Verdict {
    if heard.body.len() > LONGEST_RESULT {
        let why = format!(
            "{} bytes: a widget takes {LONGEST_RESULT}.",
            heard.body.len()
        );
        return Verdict::failed(81017, why).and(lost(kind));
    }
    let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(heard.body);
    match object {
        Ok(members) if members.is_empty() => {
            Verdict::done("The widget's result would be an empty object.")
        }
        Ok(members) => {
            let names: Vec<String> = members
                .keys()
                .take(MOST_NAMES)
                .map(|name| format!("widgets.NAME.parsed.{}", one_line(name)))
                .collect();
            let more = match members.len() > MOST_NAMES {
                true => ", …",
                false => "",
            };
            Verdict::done(format!("The flow would find {}{more}.", names.join(", ")))
        }
        Err(_) => Verdict::done("The flow would find the text as widgets.NAME.body."),
    }
}

/// Names that are listed.
const MOST_NAMES: usize = 10;
