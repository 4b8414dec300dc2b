//! The addresses that a document makes Twilio ask.

use super::document::{Document, Element};
use super::schema::{self, Content, Kind, Verb};
use super::{Medium, Position, Purpose};

/// The method of a request that Twilio makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Parameters in the query.
    Get,
    /// Parameters in the body, as a form.
    Post,
}

impl Method {
    /// The method that an attribute names, in either case; `None` for any other word.
    pub fn named(word: &str) -> Option<Method> {
        match word.trim() {
            word if word.eq_ignore_ascii_case("GET") => Some(Method::Get),
            word if word.eq_ignore_ascii_case("POST") => Some(Method::Post),
            _ => None,
        }
    }

    /// `GET` or `POST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// An address in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The element that has it.
    pub element: String,
    /// The attribute that has it; `None` where it is the element's text.
    pub attribute: Option<String>,
    /// The address as written, white space around it removed: absolute, or relative to the document's.
    pub url: String,
    /// How it is asked.
    pub method: Method,
    /// What Twilio does with the answer.
    pub purpose: Purpose,
    /// The line of the attribute or the element, from 1.
    pub line: u32,
    /// The column of the attribute or the element in characters, from 1.
    pub column: u32,
}

/// Every address in the document, in its order. Web sockets are none, for no function answers them;
/// neither is an empty address, which stands for the document's own or for nothing at all.
pub fn links(document: &Document) -> Vec<Link> {
    let medium = Medium::of(document).unwrap_or(Medium::Voice);
    let mut found = Vec::new();
    collect(document.root(), schema::response(medium), &mut found);
    found
}

/// The addresses of one verb of an answer for `medium`, with those of its nouns.
pub(crate) fn links_of(verb: &Element, medium: Medium) -> Vec<Link> {
    let mut found = Vec::new();
    if let Some(known) = schema::response(medium).child(verb.name()) {
        collect(verb, known, &mut found);
    }
    found
}

fn collect(element: &Element, verb: &Verb, found: &mut Vec<Link>) {
    for attribute in element.attributes() {
        if let Some(Kind::Url(purpose, by)) = verb.rule(attribute.name()).map(|rule| rule.kind) {
            let link = link(element, attribute.value(), purpose, by, attribute.at());
            found.extend(link.map(|link| Link {
                attribute: Some(attribute.name().to_string()),
                ..link
            }));
        }
    }
    if let Content::Url(purpose, by) = verb.content {
        found.extend(link(
            element,
            &element.own_text(),
            purpose,
            by,
            element.at(),
        ));
    }
    for child in element.elements() {
        if let Some(verb) = verb.child(child.name()) {
            collect(child, verb, found);
        }
    }
}

fn link(element: &Element, url: &str, purpose: Purpose, by: &str, at: Position) -> Option<Link> {
    let url = url.trim();
    let named = element.value(by).and_then(Method::named);
    (!url.is_empty()).then(|| Link {
        element: element.name().to_string(),
        attribute: None,
        url: url.to_string(),
        method: named.unwrap_or(match purpose {
            Purpose::Media => Method::Get,
            Purpose::Instructions | Purpose::Callback => Method::Post,
        }),
        purpose,
        line: at.line,
        column: at.column,
    })
}
