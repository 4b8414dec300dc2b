//! Tags, attributes and text.

use super::cursor::Cursor;
use super::{Parsed, malformed, prolog, reference};
use crate::twiml::document::{Attribute, Element, Node, Text};
use crate::twiml::{Fault, Position};
use std::collections::HashSet;

/// The deepest nesting read. TwiML needs five levels; a reader has to have an end somewhere.
pub(super) const DEEPEST: usize = 64;

/// The element that is next, with all that is in it; its `<` is still to be read.
///
/// A list of open elements and no recursion: the depth of a document is the sender's choice.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Parsed<Element> {
    let mut open: Vec<Element> = Vec::new();
    loop {
        let at = cursor.at();
        let mut ended = if cursor.begins_with("</") {
            let end = end_tag(cursor)?;
            match open.pop() {
                Some(element) if element.name == end => Some(element),
                Some(element) => return Err(crossed(&element, &end, at)),
                None => return Err(malformed(at, format!("`</{end}>` ends nothing"))),
            }
        } else if cursor.begins_with("<!--") {
            let comment = Node::Comment(prolog::comment(cursor)?);
            push(&mut open, comment);
            None
        } else if cursor.begins_with("<?") {
            prolog::instruction(cursor)?;
            None
        } else if cursor.begins_with("<![CDATA[") {
            cdata(cursor, &mut open)?;
            None
        } else if cursor.begins_with("<") {
            if open.len() == DEEPEST {
                let text = format!("elements are nested deeper than {DEEPEST}: write them flat");
                return Err(Fault::error(None, at, text));
            }
            let (element, tag) = start_tag(cursor)?;
            match tag {
                Tag::Open => {
                    open.push(element);
                    None
                }
                Tag::Empty => Some(element),
            }
        } else {
            match (cursor.is_at_end(), open.last()) {
                (true, Some(element)) => return Err(unclosed(element)),
                _ => characters(cursor, &mut open)?,
            }
            None
        };
        if let Some(element) = ended.take() {
            if open.is_empty() {
                return Ok(element);
            }
            push(&mut open, Node::Element(element));
        }
    }
}

fn crossed(element: &Element, end: &str, at: Position) -> Fault {
    let Element {
        name, at: start, ..
    } = element;
    let hint = match name.eq_ignore_ascii_case(end) {
        true => format!("upper and lower case matter: write `</{name}>`"),
        false => format!("write `</{name}>` before it"),
    };
    malformed(
        at,
        format!(
            "`</{end}>` stands where `<{name}>` of line {} is still open: {hint}",
            start.line
        ),
    )
}

fn unclosed(element: &Element) -> Fault {
    let name = &element.name;
    malformed(
        element.at,
        format!("`<{name}>` is never closed: add `</{name}>`"),
    )
}

fn push(open: &mut [Element], node: Node) {
    if let Some(element) = open.last_mut() {
        element.children.push(node);
    }
}

/// Adds a character to the text that is last in the innermost element.
fn push_char(open: &mut [Element], c: char, at: Position) {
    let Some(element) = open.last_mut() else {
        return;
    };
    match element.children.last_mut() {
        Some(Node::Text(text)) => text.value.push(c),
        _ => element.children.push(Node::Text(Text {
            value: c.to_string(),
            at,
        })),
    }
}

fn characters(cursor: &mut Cursor<'_>, open: &mut [Element]) -> Parsed<()> {
    while let Some(next) = cursor.peek() {
        let at = cursor.at();
        let c = match next {
            '<' => break,
            '&' => reference::read(cursor)?,
            _ if cursor.begins_with("]]>") => {
                return Err(malformed(at, "`]]>` must be written `]]&gt;` in a text"));
            }
            _ => allowed(cursor.next().unwrap_or(next), at)?,
        };
        push_char(open, c, at);
    }
    Ok(())
}

fn cdata(cursor: &mut Cursor<'_>, open: &mut [Element]) -> Parsed<()> {
    let start = cursor.at();
    cursor.take("<![CDATA[");
    while !cursor.take("]]>") {
        let at = cursor.at();
        match cursor.next() {
            Some(c) => push_char(open, allowed(c, at)?, at),
            None => return Err(malformed(start, "the CDATA section has no end: add `]]>`")),
        }
    }
    Ok(())
}

/// `c`, if XML allows it.
pub(super) fn allowed(c: char, at: Position) -> Parsed<char> {
    match reference::is_allowed(c) {
        true => Ok(c),
        false => Err(malformed(
            at,
            format!(
                "the character U+{:04X} is not allowed in XML: remove it",
                u32::from(c)
            ),
        )),
    }
}

enum Tag {
    Open,
    Empty,
}

fn start_tag(cursor: &mut Cursor<'_>) -> Parsed<(Element, Tag)> {
    let at = cursor.at();
    cursor.take("<");
    if cursor.begins_with("!") {
        return Err(super::declared_type(at));
    }
    let name = name(cursor)
        .ok_or_else(|| malformed(at, "a `<` must be written `&lt;` where no element begins"))?;
    let mut element = Element {
        name,
        at,
        attributes: Vec::new(),
        children: Vec::new(),
    };
    let mut seen = HashSet::new();
    loop {
        let spaced = cursor.skip_space();
        let at = cursor.at();
        if cursor.take("/>") {
            return Ok((element, Tag::Empty));
        }
        if cursor.take(">") {
            return Ok((element, Tag::Open));
        }
        let name = &element.name;
        match cursor.peek() {
            None | Some('<') => {
                return Err(malformed(
                    element.at,
                    format!("the tag `<{name}` has no end: add `>`"),
                ));
            }
            Some(c) if !spaced => {
                let text =
                    format!("`{c}` is not expected in the tag `<{name}`: is a space missing?");
                return Err(malformed(at, text));
            }
            Some(_) => {}
        }
        let (attribute, value) = attribute(cursor)?;
        // A set, since a hostile document may have thousands.
        if !seen.insert(attribute.clone()) {
            let text = format!("`<{name}>` has the attribute `{attribute}` twice: remove one");
            return Err(malformed(at, text));
        }
        element.attributes.push(Attribute {
            name: attribute,
            value,
            at,
        });
    }
}

fn end_tag(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let at = cursor.at();
    cursor.take("</");
    let name = name(cursor).ok_or_else(|| malformed(at, "`</` needs the name of an element"))?;
    cursor.skip_space();
    match cursor.take(">") {
        true => Ok(name),
        false => Err(malformed(
            at,
            format!("the tag `</{name}` has no end: add `>`"),
        )),
    }
}

fn name(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.peek().filter(|c| reference::begins_name(*c))?;
    Some(cursor.take_while(reference::continues_name))
}

/// `name="value"`, with white space around the `=` if there is any.
pub(super) fn attribute(cursor: &mut Cursor<'_>) -> Parsed<(String, String)> {
    let at = cursor.at();
    let Some(name) = name(cursor) else {
        let text = match cursor.peek() {
            Some(c) => format!("`{c}` does not begin the name of an attribute"),
            None => "the document ends within a tag".into(),
        };
        return Err(malformed(at, text));
    };
    cursor.skip_space();
    if !cursor.take("=") {
        let text = format!("the attribute `{name}` has no value: write `{name}=\"…\"`");
        return Err(malformed(at, text));
    }
    cursor.skip_space();
    let Some(quote) = cursor.peek().filter(|c| matches!(c, '"' | '\'')) else {
        let text = format!("the value of `{name}` must stand in quotes: `{name}=\"…\"`");
        return Err(malformed(cursor.at(), text));
    };
    cursor.next();
    let mut value = String::new();
    while let Some(next) = cursor.peek() {
        let at = cursor.at();
        match next {
            '<' => {
                let text = format!("a `<` in the value of `{name}` must be written `&lt;`");
                return Err(malformed(at, text));
            }
            '&' => value.push(reference::read(cursor)?),
            _ => {
                cursor.next();
                match next {
                    _ if next == quote => return Ok((name, value)),
                    // XML 1.0, section 3.3.3; one for `\r\n`, which the cursor has taken as one.
                    '\t' | '\n' | '\r' => value.push(' '),
                    _ => value.push(allowed(next, at)?),
                }
            }
        }
    }
    Err(malformed(
        at,
        format!("the value of `{name}` has no end: add a closing quote"),
    ))
}
