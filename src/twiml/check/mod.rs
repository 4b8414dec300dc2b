//! What Twilio would complain about in a document, before it does.

mod content;
mod order;
#[cfg(test)]
mod tests;
mod value;

use super::document::{Document, Element};
use super::schema::{self, Kind, SCHEMA, Verb};
use super::{Fault, Link, Medium, Position, Severity, links, parse};
use crate::dictionary::severity;
use crate::spelling;

/// A document may have more faults than anybody reads.
const MOST_FAULTS: usize = 100;

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The document, unless the text is none.
    pub document: Option<Document>,
    /// What it was checked for: as asked, else as its verbs tell, else a call.
    pub medium: Medium,
    /// Every fault, by line and column, at most 100.
    pub faults: Vec<Fault>,
    /// Every address in it: see [`links`].
    pub links: Vec<Link>,
}

impl Checked {
    /// Whether Twilio would write an error into its debugger.
    pub fn has_errors(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| fault.severity == Severity::Error)
    }
}

/// The number in the attribute `name` of a verb of a call, if it is one that the attribute can have:
/// whoever acts on it takes what is warned of for none.
pub(crate) fn whole(verb: &Element, name: &str) -> Option<u32> {
    let known = schema::response(Medium::Voice).child(verb.name())?;
    match known.rule(name)?.kind {
        Kind::Whole(least, most) | Kind::WholeOrAuto(least, most) => {
            value::number(verb.value(name)?, least, most)
        }
        _ => None,
    }
}

/// Checks an answer: form, verbs, attributes, nesting and values.
///
/// `medium` is what the answer is for, or `None` to let its verbs tell.
pub fn check(text: &str, medium: impl Into<Option<Medium>>) -> Checked {
    let asked = medium.into();
    let document = match parse(text) {
        Ok(document) => document,
        Err(fault) => {
            return Checked {
                document: None,
                medium: asked.unwrap_or(Medium::Voice),
                faults: vec![fault],
                links: Vec::new(),
            };
        }
    };
    let medium = asked.or(Medium::of(&document)).unwrap_or(Medium::Voice);
    let mut faults = Faults(Vec::new());
    if text.starts_with('\u{FEFF}') {
        let text = "the document begins with a byte order mark, at which some readers stop: save \
                    it without one";
        faults.warn(None, Position::START, text);
    }
    encoding(&document, &mut faults);
    element(
        document.root(),
        schema::response(medium),
        medium,
        &mut faults,
    );
    order::check(document.root(), medium, &mut faults);
    let Faults(mut faults) = faults;
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults.truncate(MOST_FAULTS);
    Checked {
        links: links(&document),
        document: Some(document),
        medium,
        faults,
    }
}

/// The faults found so far.
struct Faults(Vec<Fault>);

impl Faults {
    /// A fault with a code of Twilio's is as grave as Twilio's dictionary says.
    fn push(&mut self, code: u32, at: Position, text: impl Into<String>) {
        let mut fault = Fault::error(code, at, text.into());
        fault.severity = severity(code).unwrap_or(Severity::Warning);
        self.add(fault);
    }

    /// Something without a code that stops nothing, or with one and less grave here.
    fn warn(&mut self, code: Option<u32>, at: Position, text: impl Into<String>) {
        let mut fault = Fault::error(code, at, text.into());
        fault.severity = Severity::Warning;
        self.add(fault);
    }

    fn add(&mut self, fault: Fault) {
        // Twice what is shown, since they are sorted at the end.
        if self.0.len() < 2 * MOST_FAULTS {
            self.0.push(fault);
        }
    }
}

fn encoding(document: &Document, faults: &mut Faults) {
    let Some(declared) = &document.encoding else {
        return;
    };
    let known = ["UTF-8", "US-ASCII"];
    if !known
        .iter()
        .any(|name| declared.name.eq_ignore_ascii_case(name))
    {
        let text = format!(
            "the XML declaration says `{}`, and functions answer in UTF-8: write `encoding=\"UTF-8\"`",
            declared.name
        );
        faults.warn(None, declared.at, text);
    }
}

/// Checks an element that is where it may be, and all that is in it.
///
/// Recursive: [`parse`] bounds the depth.
fn element(element: &Element, verb: &'static Verb, medium: Medium, faults: &mut Faults) {
    attributes(element, verb, faults);
    content::check(element, verb, faults);
    for child in element.elements() {
        match verb.child(child.name()) {
            Some(verb) => self::element(child, verb, medium, faults),
            None => misplaced(child, element, verb, medium, faults),
        }
    }
}

fn attributes(element: &Element, verb: &Verb, faults: &mut Faults) {
    for attribute in element.attributes() {
        let name = attribute.name();
        let Some(rule) = verb.rule(name) else {
            unknown_attribute(element, attribute.at(), name, verb, faults);
            continue;
        };
        if let Some(problem) = value::problem(rule.kind, attribute.value()) {
            let text = format!("`{name}` of `<{}>` {problem}", element.name());
            faults.push(rule.code, attribute.at(), text);
        }
    }
}

fn unknown_attribute(
    element: &Element,
    at: Position,
    name: &str,
    verb: &Verb,
    faults: &mut Faults,
) {
    // Of XML itself, as editors and libraries add them.
    if name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:") {
        return;
    }
    if verb.name == "Response" && name == "version" {
        let text = "`<Response>` needs no `version`, and Twilio stops at one it does not know: \
                    remove it";
        faults.push(12101, at, text);
        return;
    }
    let known = verb.attributes.iter().map(|rule| rule.name);
    let help = match known.clone().next() {
        Some(_) => spelling::help(name, known, "it has"),
        None => "it has none".into(),
    };
    let name = spelling::quoted(name);
    let text = format!("`<{}>` has no attribute {name}: {help}", element.name());
    faults.push(SCHEMA, at, text);
}

fn misplaced(child: &Element, parent: &Element, verb: &Verb, medium: Medium, faults: &mut Faults) {
    let name = child.name();
    let at_root = verb.name == "Response";
    let shown = spelling::quoted(&format!("<{name}>"));
    let other = schema::response(medium.other());
    let known = || verb.children.iter().map(|child| child.name);
    let text = if at_root && other.child(name).is_some() {
        let hint = match medium {
            Medium::Voice => "in a call, `<Sms>` sends a message",
            Medium::Messaging => "write `<Message>` to reply",
        };
        format!(
            "{shown} is for answers to {}, and this one is to {}: {hint}",
            medium.other().noun(),
            medium.noun()
        )
    } else if let Some(near) = spelling::nearest(name, known()) {
        let case = match near.eq_ignore_ascii_case(name) {
            true => " (upper and lower case matter)",
            false => "",
        };
        format!("{shown} is not known here: did you mean `<{near}>`?{case}")
    } else if let Some(place) = place_of(name, medium) {
        format!(
            "{shown} may not stand in `<{}>`: put it into `<{place}>`",
            parent.name()
        )
    } else if verb.children.is_empty() {
        format!(
            "{shown} may not stand in `<{}>`, which has no elements in it",
            parent.name()
        )
    } else {
        let known: Vec<String> = known().map(|name| format!("`<{name}>`")).collect();
        format!(
            "{shown} may not stand in `<{}>`: it may have {}",
            parent.name(),
            known.join(", ")
        )
    };
    faults.push(verb.misplaced, child.at(), text);
}

/// Where an element of this name belongs, if it belongs anywhere.
fn place_of(name: &str, medium: Medium) -> Option<&'static str> {
    let response = schema::response(medium);
    if response.child(name).is_some() {
        return Some(response.name);
    }
    let mut verbs = response.children.iter();
    verbs
        .find(|verb| verb.child(name).is_some())
        .map(|verb| verb.name)
}
