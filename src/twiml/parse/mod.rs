//! XML as Twilio reads it: strict, without document types, with the place of everything.
//!
//! Not a general reader of XML: no document types and so no entities but XML's own five (which
//! closes the known attacks by expansion), and no name spaces: `amazon:effect` is a name like any
//! other, as it is to Twilio, which never sees its prefix declared.
//!
//! Sources: XML 1.0, fifth edition; Twilio docs, errors 12100, 12102 and 11750 (read November 2026). That
//! a document type is refused is our choice: no source says what Twilio does with one.

mod cursor;
mod element;
mod prolog;
mod reference;
#[cfg(test)]
mod tests;

use super::{Document, Fault, Position};
use cursor::Cursor;

/// A document's greatest size in bytes: error 11750.
pub const LARGEST: usize = 64 * 1024;

/// "Document parse failure".
const PARSE_FAILURE: u32 = 12100;

/// "The root element must be Response".
const WRONG_ROOT: u32 = 12102;

/// "TwiML response body too large".
const TOO_LARGE: u32 = 11750;

type Parsed<T> = Result<T, Fault>;

/// Reads a document.
///
/// # Errors
///
/// The first fault at which Twilio would stop: the text is over [`LARGEST`] bytes (11750), is not
/// well-formed XML (12100), has another root than `<Response>` (12102), or is nested deeper than 64
/// (ours).
pub fn parse(text: &str) -> Result<Document, Fault> {
    if text.len() > LARGEST {
        return Err(too_large(text.len()));
    }
    // No part of the document, and so of no column: XML 1.0, section 4.3.3.
    let mut cursor = Cursor::new(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let encoding = prolog::declaration(&mut cursor)?;
    prolog::skip_misc(&mut cursor)?;
    let at = cursor.at();
    if cursor.begins_with("<!") {
        return Err(declared_type(at));
    }
    match cursor.peek() {
        Some('<') => {}
        Some(c) => {
            let text =
                format!("the document begins with `{c}` and not with an element: is it TwiML?");
            return Err(malformed(at, text));
        }
        None => {
            let text = "there is no element: write `<Response/>` where there is nothing to do";
            return Err(malformed(at, text));
        }
    }
    let root = element::read(&mut cursor)?;
    prolog::skip_misc(&mut cursor)?;
    if !cursor.is_at_end() {
        let text = format!("nothing may stand after `</{}>`: remove it", root.name());
        return Err(malformed(cursor.at(), text));
    }
    if root.name() != "Response" {
        let hint = match root.name().eq_ignore_ascii_case("response") {
            true => "upper and lower case matter",
            false => "put the verbs into one",
        };
        let text = format!(
            "the root is `<{}>` and must be `<Response>`: {hint}",
            root.name()
        );
        return Err(Fault::error(WRONG_ROOT, at, text));
    }
    Ok(Document { root, encoding })
}

/// An answer has so many `bytes`, which are over [`LARGEST`].
pub(crate) fn too_large(bytes: usize) -> Fault {
    let text = format!(
        "the document has {bytes} bytes, and Twilio reads 65,536 at most: split it with `<Redirect>`"
    );
    Fault::error(TOO_LARGE, Position::START, text)
}

fn malformed(at: Position, text: impl Into<String>) -> Fault {
    Fault::error(PARSE_FAILURE, at, text.into())
}

fn declared_type(at: Position) -> Fault {
    malformed(
        at,
        "a document type (`<!DOCTYPE …>`) has no place in TwiML: remove it",
    )
}
