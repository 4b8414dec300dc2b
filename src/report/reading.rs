//! What an exchange means, as the library reads it: for who looks at one, and not for each of a list,
//! since it costs more.

use crate::event::{Event, form};
use crate::journal::Exchange;
use crate::media_type;
use crate::parity::{CloudRule, Rule};
use crate::twiml::{self, Medium};
use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Bodies over this many bytes are not read as TwiML: Twilio takes none that is so long.
const LONGEST_TWIML: usize = twiml::LARGEST;

/// What a request holds, what its answer says, and what the cloud's rules are about it.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// The query's parameters, decoded, in their order.
    pub query: Vec<(String, String)>,
    /// The same of a form; `None` where the body is none.
    pub form: Option<Vec<(String, String)>>,
    /// What the function sees of both, as `event` without its `request`; `None` where the body
    /// cannot be read as what it says it is.
    pub parameters: Option<Map<String, Value>>,
    /// The answer, if it is TwiML.
    pub twiml: Option<TwimlReading>,
    /// The rules that the warnings are about, each once.
    pub rules: Vec<RuleReading>,
}

/// TwiML, indented, with its faults.
#[derive(Clone, Debug, Serialize)]
pub struct TwimlReading {
    /// `voice` or `messaging`.
    pub medium: &'static str,
    /// The document on several lines; as it came if it is not well-formed.
    pub text: String,
    /// Its faults, by their place in `text`.
    pub faults: Vec<FaultReading>,
}

/// A fault of a TwiML document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultReading {
    /// Twilio's number for it.
    pub code: Option<u32>,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The line in the text, from 1; `None` where it is not about a line.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// What is wrong and what to do.
    pub text: String,
}

/// A row of docs/parity.md.
#[derive(Clone, Debug, Serialize)]
pub struct RuleReading {
    /// The stable name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: String,
    /// What the cloud does with what breaks it.
    pub verdict: String,
}

impl Reading {
    /// Reads `exchange`.
    pub fn new(exchange: &Exchange) -> Self {
        let request = &exchange.request;
        let event = Event::from_request(Arc::clone(request), &exchange.request_body);
        let mut rules: Vec<Rule> = exchange.warnings.iter().map(|w| w.rule).collect();
        rules.sort_unstable_by_key(|rule| rule.name());
        rules.dedup();
        Reading {
            query: form::pairs(request.uri.query().unwrap_or_default().as_bytes()),
            form: has_form(exchange).then(|| form::pairs(&exchange.request_body)),
            parameters: event.ok().map(|event| event.parameters().clone()),
            twiml: TwimlReading::of_answer(exchange),
            rules: rules
                .into_iter()
                .filter_map(|rule| rule.cloud_rule().map(RuleReading::new))
                .collect(),
        }
    }
}

fn has_form(exchange: &Exchange) -> bool {
    let content_type = exchange.request.headers.get(CONTENT_TYPE);
    media_type::is_form(content_type) && !exchange.request_body.is_empty()
}

impl TwimlReading {
    /// What Twilio would take for TwiML, or what was meant as such.
    fn of_answer(exchange: &Exchange) -> Option<Self> {
        let content_type = exchange.headers.get(CONTENT_TYPE);
        let kind = content_type.map_or(&b""[..], |value| media_type::essence(value.as_bytes()));
        let xml = [&b"text/xml"[..], b"application/xml"];
        let body = std::str::from_utf8(&exchange.body).ok()?;
        let start = body.trim_start_matches('\u{FEFF}').trim_start();
        let meant = start.starts_with("<Response")
            || (start.starts_with("<?xml") && start.contains("<Response"));
        let told = xml.iter().any(|xml| kind.eq_ignore_ascii_case(xml)) && !start.is_empty();
        (body.len() <= LONGEST_TWIML && (told || meant)).then(|| TwimlReading::new(body))
    }

    /// Reads a document. Its faults are those of the indented form, where they have a place that
    /// the eye finds; those that only the original has are named without one.
    pub fn new(body: &str) -> Self {
        let original = twiml::check(body, None);
        let medium = match original.medium {
            Medium::Voice => "voice",
            Medium::Messaging => "messaging",
        };
        let Some(document) = &original.document else {
            let faults = original.faults.iter().map(FaultReading::new).collect();
            return TwimlReading {
                medium,
                text: body.to_string(),
                faults,
            };
        };
        let text = document.to_indented();
        let indented = twiml::check(&text, original.medium);
        let mut faults: Vec<FaultReading> = Vec::new();
        let mut there = indented
            .faults
            .iter()
            .map(|f| (f.code, &f.text))
            .collect::<Vec<_>>();
        for fault in &original.faults {
            match there
                .iter()
                .position(|found| *found == (fault.code, &fault.text))
            {
                Some(at) => drop(there.swap_remove(at)),
                None => faults.push(FaultReading {
                    line: None,
                    column: None,
                    ..FaultReading::new(fault)
                }),
            }
        }
        faults.extend(indented.faults.iter().map(FaultReading::new));
        TwimlReading {
            medium,
            text,
            faults,
        }
    }
}

impl FaultReading {
    fn new(fault: &twiml::Fault) -> Self {
        FaultReading {
            code: fault.code,
            severity: fault.severity.as_str(),
            line: Some(fault.line),
            column: Some(fault.column),
            text: fault.text.clone(),
        }
    }
}

impl RuleReading {
    /// The row of `rule`.
    pub fn new(rule: &'static CloudRule) -> Self {
        RuleReading {
            name: rule.name,
            says: rule.says,
            source: rule.source,
            confidence: rule.confidence.to_string(),
            verdict: rule.verdict.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twiml_is_indented_and_its_faults_are_marked_where_they_then_stand() {
        let reading = TwimlReading::new(
            "<?xml version=\"1.0\"?><Response><Say loud=\"yes\">Hi</Say><Play>a.mp3</Play></Response>",
        );
        assert_eq!(
            reading.text,
            "<Response>\n  <Say loud=\"yes\">Hi</Say>\n  <Play>a.mp3</Play>\n</Response>\n"
        );
        assert_eq!(reading.medium, "voice");
        let [fault] = reading.faults.as_slice() else {
            panic!("{:?}", reading.faults);
        };
        assert_eq!(
            (fault.line, fault.code),
            (Some(2), Some(12200)),
            "{fault:?}"
        );
    }

    #[test]
    fn what_is_not_well_formed_stays_as_it_came() {
        let reading = TwimlReading::new("<Response>\n<Say>Hi</Response>");
        assert_eq!(reading.text, "<Response>\n<Say>Hi</Response>");
        assert_eq!(reading.faults[0].severity, "error");
        assert_eq!(reading.faults[0].line, Some(2));
    }

    #[test]
    fn a_fault_of_what_is_left_out_is_named_without_a_place() {
        let reading = TwimlReading::new("\u{FEFF}<Response/>");
        let found = reading
            .faults
            .iter()
            .find(|f| f.text.contains("byte order mark"));
        assert_eq!(found.map(|fault| fault.line), Some(None), "{reading:?}");
    }
}
