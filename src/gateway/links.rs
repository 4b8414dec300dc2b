//! Addresses in an answer's TwiML that lead nowhere: Twilio would find out with the next request.

use super::exchange::Draft;
use crate::media_type::essence;
use crate::parity::{ParityWarning, Rule};
use crate::registry::Registry;
use crate::response::answer::Answer;
use crate::twiml;

/// A longer answer Twilio does not take (error 11750).
const LONGEST: usize = 64 * 1024;
/// Warnings for one answer.
const MOST: usize = 3;
/// One of these stands in each document with an address: few others are read at all.
const MARKS: [&str; 7] = [
    "action", "allback", "Media", "Play", "Redirect", "Url=", "url=",
];

/// What Twilio would find wrong with the addresses in `answer`.
pub(super) fn judge(answer: &Answer, registry: &Registry, draft: &Draft<'_>) -> Vec<ParityWarning> {
    let Some(text) = twiml_with_addresses(answer) else {
        return Vec::new();
    };
    let Some(route) = draft.answered_by() else {
        return Vec::new();
    };
    let Some(service) = registry.service(&route.taken.service) else {
        return Vec::new();
    };
    let Ok(document) = twiml::parse(text) else {
        return Vec::new();
    };
    let path = route.path();
    let faults = registry.judge_links(service, path, &twiml::links(&document));
    // Without a code it is no matter of what Twilio would do.
    let coded = faults.into_iter().filter(|fault| fault.code.is_some());
    let warnings = coded.take(MOST).map(|fault| {
        let (line, column) = (fault.line, fault.column);
        ParityWarning::new(
            Rule::TwimlLink,
            format!("TwiML {line}:{column}: {}", fault.text),
        )
    });
    warnings.collect()
}

fn twiml_with_addresses(answer: &Answer) -> Option<&str> {
    let media_type = essence(answer.content_type.as_ref()?.as_bytes());
    let read = [&b"text/xml"[..], b"application/xml", b"text/html"];
    if !read
        .iter()
        .any(|read| media_type.eq_ignore_ascii_case(read))
        || answer.body.len() > LONGEST
    {
        return None;
    }
    let text = std::str::from_utf8(&answer.body).ok()?;
    MARKS.iter().any(|mark| text.contains(mark)).then_some(text)
}
