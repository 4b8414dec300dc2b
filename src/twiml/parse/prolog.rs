//! What may stand before and after the root: the XML declaration, comments, instructions.

use super::cursor::{Cursor, is_space};
use super::{Parsed, element, malformed};
use crate::twiml::document::Declared;

/// Reads `<?xml version="1.0" encoding="UTF-8"?>` if it is next. Returns the encoding it names.
pub(super) fn declaration(cursor: &mut Cursor<'_>) -> Parsed<Option<Declared>> {
    if !is_declaration(cursor) {
        return Ok(None);
    }
    let start = cursor.at();
    cursor.take("<?xml");
    let mut encoding = None;
    // The order is fixed, and each may come once: XML 1.0, section 2.8.
    let mut allowed = ["version", "encoding", "standalone"].as_slice();
    loop {
        let spaced = cursor.skip_space();
        let at = cursor.at();
        if cursor.take("?>") {
            break;
        }
        if cursor.is_at_end() {
            return Err(malformed(start, "the XML declaration has no end: add `?>`"));
        }
        let (name, value) = element::attribute(cursor)?;
        let Some(place) = allowed.iter().position(|known| *known == name) else {
            let text = "the XML declaration is written \
                        `<?xml version=\"1.0\" encoding=\"UTF-8\"?>`";
            return Err(malformed(
                at,
                format!("`{name}` is not expected here: {text}"),
            ));
        };
        if !spaced {
            return Err(malformed(at, format!("a space is missing before `{name}`")));
        }
        let missing_version = place > 0 && allowed[0] == "version";
        if missing_version {
            return Err(malformed(
                at,
                "the XML declaration begins with `version=\"1.0\"`",
            ));
        }
        match name.as_str() {
            "version" if !matches!(value.as_str(), "1.0" | "1.1") => {
                let text = format!("XML version `{value}` is not known: write `version=\"1.0\"`");
                return Err(malformed(at, text));
            }
            "encoding" if !is_encoding_name(&value) => {
                let text = format!("`{value}` is no name of an encoding: write `UTF-8`");
                return Err(malformed(at, text));
            }
            "standalone" if !matches!(value.as_str(), "yes" | "no") => {
                return Err(malformed(at, "`standalone` is `yes` or `no`: leave it out"));
            }
            "encoding" => encoding = Some(Declared { name: value, at }),
            _ => {}
        }
        allowed = &allowed[place + 1..];
    }
    if allowed.first() == Some(&"version") {
        return Err(malformed(
            start,
            "the XML declaration needs `version=\"1.0\"`",
        ));
    }
    Ok(encoding)
}

/// Whether the XML declaration is next; `<?xml-stylesheet …?>` is none.
fn is_declaration(cursor: &Cursor<'_>) -> bool {
    ["<?xml ", "<?xml\t", "<?xml\n", "<?xml\r", "<?xml?"]
        .iter()
        .any(|start| cursor.begins_with(start))
}

/// XML 1.0, section 4.3.3.
fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Steps over white space, comments and instructions.
pub(super) fn skip_misc(cursor: &mut Cursor<'_>) -> Parsed<()> {
    loop {
        cursor.skip_space();
        if cursor.begins_with("<!--") {
            comment(cursor)?;
        } else if cursor.begins_with("<?") {
            instruction(cursor)?;
        } else {
            return Ok(());
        }
    }
}

/// The text of the comment that is next.
pub(super) fn comment(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let start = cursor.at();
    cursor.take("<!--");
    let mut text = String::new();
    loop {
        let at = cursor.at();
        if cursor.take("-->") {
            return Ok(text);
        }
        if cursor.begins_with("--") {
            let text = "`--` is not allowed within a comment: write `- -`";
            return Err(malformed(at, text));
        }
        match cursor.next() {
            Some(c) => text.push(element::allowed(c, at)?),
            None => return Err(malformed(start, "the comment has no end: add `-->`")),
        }
    }
}

/// Steps over an instruction such as `<?xml-stylesheet …?>`, which Twilio has no use for.
pub(super) fn instruction(cursor: &mut Cursor<'_>) -> Parsed<()> {
    let start = cursor.at();
    cursor.take("<?");
    let name = cursor.take_while(|c| !is_space(c) && c != '?');
    if name.eq_ignore_ascii_case("xml") {
        let text = "the XML declaration must be the very first of the document: remove the blank \
                    or empty line, or whatever else stands before it";
        return Err(malformed(start, text));
    }
    loop {
        if cursor.take("?>") {
            return Ok(());
        }
        let at = cursor.at();
        match cursor.next() {
            Some(c) => element::allowed(c, at)?,
            None => return Err(malformed(start, "the instruction has no end: add `?>`")),
        };
    }
}
