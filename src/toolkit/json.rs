//! JSON5 text as a value, and the places of keys in it.
//!
//! The `json5` crate knows where it is only while it reads; so a key's place is found by a second
//! reading that fails on purpose at that key. Parsers that keep places in their tree were turned
//! down: the maintained ones (`jsonc-parser`) read less than JSON5, which is what the Toolkit reads.

use json5::{Deserializer, Position};
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::ops::Range;

/// How many objects and lists may lie in each other; the crate itself knows no limit.
const MAX_DEPTH: usize = 64;

/// How many faults of one file are told. Finding the place of each reads the file again, so that
/// without a bound a large file of nothing but faults would take minutes.
pub(super) const MAX_FAULTS: usize = 20;

/// Why a text is not JSON5.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The bytes of the text where it shows; not empty unless the text is.
    pub(super) span: Range<usize>,
    /// A few words, without the place.
    pub(super) message: String,
}

/// Reads `source` as JSON5. Of two equal keys the last wins; `NaN` and the infinities, which no
/// setting can mean, become null.
pub(super) fn parse(source: &str) -> Result<Value, Fault> {
    json5::from_str::<Shallow>(source)
        .map(|Shallow(value)| value)
        .map_err(|error| {
            let message = error.to_string();
            let message = message
                .rsplit_once(" at line ")
                .map_or(message.as_str(), |(message, _)| message);
            Fault {
                span: match error.position() {
                    Some(position) => token(source, word_start(source, offset(source, position))),
                    None => last_char(source),
                },
                message: message.to_owned(),
            }
        })
}

/// Where the key `path[n]` of the object `path[0]`.`path[1]`… stands in `source`: its bytes,
/// quotes included. `source` is text that [`parse`] could read.
pub(super) fn place(source: &str, path: &[&str]) -> Option<Range<usize>> {
    let error = Seek(path)
        .deserialize(&mut Deserializer::from_str(source))
        .err()?;
    // Only an error of ours: the crate's own would mean that the path is not there.
    let position = error.position().filter(|_| error.code().is_none())?;
    Some(token(source, offset(source, position)))
}

/// The byte that the crate's line and column mean: its lines end as JSON5's do, its columns count
/// characters.
fn offset(source: &str, position: Position) -> usize {
    let (mut line, mut column) = (0, 0);
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if (line, column) == (position.line, position.column) {
            return at;
        }
        if matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
            if c == '\r' {
                chars.next_if(|(_, next)| *next == '\n');
            }
            (line, column) = (line + 1, 0);
        } else {
            column += 1;
        }
    }
    source.len()
}

/// The crate names the first wrong letter of a word; the word itself is what was misspelt.
fn word_start(source: &str, at: usize) -> usize {
    if !source[at..].starts_with(char::is_alphanumeric) {
        return at;
    }
    source[..at].trim_end_matches(char::is_alphanumeric).len()
}

/// The word, quoted text or single mark that starts at `start`.
fn token(source: &str, start: usize) -> Range<usize> {
    let rest = &source[start..];
    let Some(first) = rest.chars().next() else {
        return last_char(source);
    };
    let length = if matches!(first, '"' | '\'') {
        let mut escaped = false;
        let close = rest.char_indices().skip(1).find(|&(_, c)| {
            let closes = (c == first && !escaped) || c == '\n';
            escaped = c == '\\' && !escaped;
            closes
        });
        close.map_or(rest.len(), |(at, c)| at + usize::from(c == first))
    } else {
        rest.find(|c: char| c.is_whitespace() || "{}[],:/'\"".contains(c))
            .unwrap_or(rest.len())
            .max(first.len_utf8())
    };
    start..start + length
}

fn last_char(source: &str) -> Range<usize> {
    let last = source.trim_end().chars().next_back();
    let end = source.trim_end().len();
    end - last.map_or(0, char::len_utf8)..end
}

/// A value that is at most [`MAX_DEPTH`] deep.
struct Shallow(Value);

impl<'de> de::Deserialize<'de> for Shallow {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(0).deserialize(deserializer).map(Shallow)
    }
}

/// Builds the value of something that lies in so many others.
struct Depth(usize);

impl Depth {
    fn deeper<E: de::Error>(&self) -> Result<usize, E> {
        if self.0 == MAX_DEPTH {
            return Err(E::custom(format!(
                "more than {MAX_DEPTH} objects and lists in each other"
            )));
        }
        Ok(self.0 + 1)
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON5 value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Depth(depth))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut values = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            values.insert(key, object.next_value_seed(Depth(depth))?);
        }
        Ok(Value::Object(values))
    }
}

/// Fails at the key to which the path leads.
struct Seek<'p>(&'p [&'p str]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let [wanted, deeper @ ..] = self.0 else {
            return Err(de::Error::custom("an empty path leads to no key"));
        };
        while let Some(matches) = object.next_key_seed(Key {
            wanted,
            last: deeper.is_empty(),
        })? {
            if matches {
                object.next_value_seed(Seek(deeper))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Whether a key is the one wanted; if that is the last one wanted, an error at its place.
struct Key<'p> {
    wanted: &'p str,
    last: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        if self.last && key == self.wanted {
            return Err(E::custom("found"));
        }
        Ok(key == self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json5_is_read_in_all_its_forms() {
        let source = "\u{feff}// remark\n{a: 'x\\\ny', \"b\": [+1, .5, 0x1F, -2,], /**/ c: NaN, d: {}, d: null,}";
        let value = json!({"a": "xy", "b": [1, 0.5, 31, -2], "c": null, "d": null});
        assert_eq!(parse(source), Ok(value));
    }

    #[test]
    fn faults_show_their_place() {
        let table = [
            ("{a 1}", "1", "expected colon"),
            ("{é: 'ü', b: nope}", "nope", "expected null"),
            ("{a: 1", "{", "EOF parsing object"),
            ("{a: 1} x", "x", "trailing characters"),
            ("", "", "EOF parsing value"),
            ("  [1,\r\n 'a", "[", "EOF parsing string"),
        ];
        for (source, shown, message) in table {
            let fault = parse(source).unwrap_err();
            assert_eq!(
                (&source[fault.span], fault.message.as_str()),
                (shown, message),
                "{source}"
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let fault = parse(&"[".repeat(500_000)).unwrap_err();
        assert_eq!(fault.span, MAX_DEPTH..MAX_DEPTH + 1);
        assert!(fault.message.starts_with("more than 64"), "{fault:?}");
    }

    #[test]
    fn keys_are_found_where_they_stand() {
        let source = "{x: {b: 1}, // é\r\n 'a': {\"b\": 2, c: 3}}";
        assert_eq!(
            place(source, &["a", "c"]),
            source.find("c:").map(|at| at..at + 1)
        );
        let quoted = source.find("\"b\"").unwrap();
        assert_eq!(place(source, &["a", "b"]), Some(quoted..quoted + 3));
        assert_eq!(place(source, &["a", "d"]), None);
        assert_eq!(place(source, &["a", "b", "c"]), None);
        assert_eq!(place("[]", &["a"]), None);
    }
}
