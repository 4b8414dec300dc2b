//! References (`&amp;`, `&#160;`) and the characters that XML allows.

use super::cursor::Cursor;
use super::{Parsed, malformed};

/// The longest name that is worth reading behind an `&`.
const LONGEST: usize = 32;

/// What stands for the reference that comes next; its `&` is still to be read.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Parsed<char> {
    let at = cursor.at();
    cursor.take("&");
    let mut name = String::new();
    while let Some(c) = cursor.peek().filter(|c| is_of_reference(*c)) {
        name.push(c);
        cursor.next();
        if name.len() > LONGEST {
            break;
        }
    }
    if name.is_empty() || !cursor.take(";") {
        return Err(malformed(at, "an `&` must be written `&amp;`"));
    }
    let numbered = match name.strip_prefix('#') {
        Some(number) => number,
        None => {
            return predefined(&name).ok_or_else(|| {
                let hint = "XML knows `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;` alone; write \
                            the character itself or its number, as in `&#160;`";
                malformed(at, format!("`&{name};` is not defined: {hint}"))
            });
        }
    };
    let number = match numbered.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => numbered.parse(),
    };
    number
        .ok()
        // `parse` would take a sign.
        .filter(|_| numbered.chars().all(|c| c.is_ascii_alphanumeric()))
        .and_then(char::from_u32)
        .filter(|c| is_allowed(*c))
        .ok_or_else(|| malformed(at, format!("`&{name};` is no character that XML allows")))
}

fn is_of_reference(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '#' | '_' | '-' | '.' | ':')
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// XML 1.0, section 2.2.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// XML 1.0, section 2.3: what a name may begin with.
pub(super) fn begins_name(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0, section 2.3: what a name may go on with.
pub(super) fn continues_name(c: char) -> bool {
    begins_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
