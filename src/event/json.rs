//! JSON as `JSON.parse` gives it.
//!
//! Our own parser, because the result must be what a JavaScript handler sees: properties in
//! JavaScript's order, the last of duplicates in the place of the first, numbers as doubles, lone
//! surrogates no error. `serde_json`'s reader refuses `1e400` and lone surrogates, keeps integers
//! that JavaScript rounds, and rounds decimals differently; mending its result afterwards would be
//! more code than reading.
//!
//! A `Value` cannot hold everything that JavaScript can. What is not finite becomes `null` and −0
//! becomes 0, which is how JavaScript prints them; a lone surrogate becomes U+FFFD; nesting beyond
//! [`MAX_DEPTH`] is refused. See the table in `event`.
//!
//! Source: ECMA-404; ECMA-262 `JSON.parse`.

use super::object::{array_index, in_javascript_order};
use serde_json::{Map, Number, Value};

/// The deepest nesting of arrays and objects that is read.
///
/// JavaScript has no limit. This one leaves room for what wraps the value within the 127 levels
/// that `serde_json` reads back, and keeps every later walk over the value off the stack's end.
pub const MAX_DEPTH: usize = 100;

/// A number without an exponent that has no more digits is no greater than a double can be.
const SURELY_FINITE: usize = 300;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at line {line}, column {column}")]
pub struct InvalidJson {
    /// What is wrong, in a few words.
    pub problem: &'static str,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, in characters, counted from 1.
    pub column: usize,
}

/// Reads a JSON text.
///
/// # Errors
///
/// The first place where the text is no JSON.
pub(super) fn parse(text: &str) -> Result<Value, InvalidJson> {
    let mut reader = Reader::<true>::new(text);
    reader.document().map_err(|problem| reader.locate(problem))
}

/// Reads a JSON text that must be an object or an array, as body-parser's strict mode wants.
///
/// # Errors
///
/// As [`parse`], and where the first character opens neither.
pub(super) fn parse_strictly(text: &str) -> Result<Value, InvalidJson> {
    let mut reader = Reader::<true>::new(text);
    reader.skip_whitespace();
    match reader.peek() {
        Some(b'{' | b'[') => parse(text),
        _ => Err(reader.locate("a JSON body must be an object or an array; found neither")),
    }
}

/// Where `text` is an object: what stands between its braces, if `JSON.parse` makes of it what
/// [`parse`] does. Nothing is built, which is what makes it quick.
///
/// # Errors
///
/// As [`parse`], where the text is an object.
pub(super) fn members(text: &str) -> Result<Option<&str>, InvalidJson> {
    let mut reader = Reader::<false>::new(text);
    reader.skip_whitespace();
    let start = reader.at + 1;
    if reader.peek() != Some(b'{') {
        return Ok(None);
    }
    let read = reader.document();
    read.map_err(|problem| reader.locate(problem))?;
    // The last character that is no space closes the object.
    let end = text.trim_end().len() - 1;
    Ok((!reader.odd).then(|| text[start..end].trim()))
}

type Read<T> = Result<T, &'static str>;

/// Reads a text, and where it is to `KEEP` what it reads, makes values of it; else the values that
/// it returns mean nothing.
struct Reader<'a, const KEEP: bool> {
    text: &'a str,
    at: usize,
    /// There may be a number among what was read that JavaScript has and JSON has not.
    odd: bool,
}

impl<'a, const KEEP: bool> Reader<'a, KEEP> {
    fn new(text: &'a str) -> Self {
        Reader {
            text,
            at: 0,
            odd: false,
        }
    }

    fn locate(&self, problem: &'static str) -> InvalidJson {
        // A problem may lie inside a character; the place is where that character starts.
        let before = &self.text[..self.text.floor_char_boundary(self.at)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        InvalidJson {
            problem,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        let eaten = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        if eaten {
            self.at += token.len();
        }
        eaten
    }

    fn document(&mut self) -> Read<Value> {
        let value = self.value(0)?;
        self.skip_whitespace();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err("unexpected text after the JSON value"),
        }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        self.skip_whitespace();
        match self.peek() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err("arrays and objects nest too deeply"),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            None => Err("unexpected end of the JSON text"),
            Some(_) if self.eat("true") => Ok(Value::Bool(true)),
            Some(_) if self.eat("false") => Ok(Value::Bool(false)),
            Some(_) if self.eat("null") => Ok(Value::Null),
            Some(_) => Err("expected a JSON value"),
        }
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        self.skip_whitespace();
        let mut items = Vec::new();
        if self.eat("]") {
            return Ok(Value::Array(items));
        }
        loop {
            let item = self.value(depth)?;
            if KEEP {
                items.push(item);
            }
            self.skip_whitespace();
            if self.eat("]") {
                return Ok(Value::Array(items));
            }
            if !self.eat(",") {
                return Err("expected ',' or ']'");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        self.skip_whitespace();
        let mut entries = Map::new();
        if self.eat("}") {
            return Ok(Value::Object(entries));
        }
        let mut indexed = false;
        loop {
            self.skip_whitespace();
            if self.peek() != Some(b'"') {
                return Err("expected a property name in double quotes");
            }
            let key = self.string()?;
            self.skip_whitespace();
            if !self.eat(":") {
                return Err("expected ':' after the property name");
            }
            let value = self.value(depth)?;
            if KEEP {
                indexed |= array_index(&key).is_some();
                entries.insert(key, value);
            }
            self.skip_whitespace();
            if self.eat("}") {
                break;
            }
            if !self.eat(",") {
                return Err("expected ',' or '}'");
            }
        }
        if indexed {
            entries = in_javascript_order(entries);
        }
        Ok(Value::Object(entries))
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        self.eat("-");
        if !self.eat("0") && self.digits() == 0 {
            return Err("expected a digit");
        }
        if self.eat(".") && self.digits() == 0 {
            return Err("expected a digit after the decimal point");
        }
        if (self.eat("e") || self.eat("E")) && {
            let _sign = self.eat("+") || self.eat("-");
            self.digits() == 0
        } {
            return Err("expected a digit in the exponent");
        }
        let digits = &self.text[start..self.at];
        if !KEEP {
            // 1e400, -0, and what only might be one.
            let long = digits.len() > SURELY_FINITE;
            self.odd |= long || digits.starts_with("-0") || digits.contains(['e', 'E']);
            return Ok(Value::Null);
        }
        let double = digits.parse();
        Ok(number(double.map_err(|_| "expected a number")?))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let plain = plain_length(&self.text.as_bytes()[self.at..]);
            if KEEP {
                string.push_str(&self.text[self.at..self.at + plain]);
            }
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    if KEEP {
                        string.push(character);
                    }
                }
                Some(_) => return Err("a control character in a string must be escaped"),
                None => return Err("unterminated string"),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        self.at += 1;
        let escaped = match self.peek() {
            Some(character @ (b'"' | b'\\' | b'/')) => char::from(character),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err("unknown escape in a string"),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode_escape(&mut self) -> Read<char> {
        let first = self.code_unit()?;
        if let 0xd800..=0xdbff = first
            && self.text.as_bytes()[self.at..].starts_with(b"\\u")
        {
            let after_first = self.at;
            self.at += 1;
            let second = self.code_unit()?;
            if let Some(Ok(character)) = char::decode_utf16([first, second]).next() {
                return Ok(character);
            }
            // Not the other half: it is read again, as a character of its own.
            self.at = after_first;
        }
        Ok(char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The four digits after the `u` that the reader stands on.
    fn code_unit(&mut self) -> Read<u16> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            unit = unit * 16 + digit.ok_or("expected four hexadecimal digits after \\u")?;
            self.at += 1;
        }
        Ok(unit as u16)
    }
}

/// How many bytes of a string come before the first that ends it or must be looked at. Sixteen at a
/// time, without a branch for each, for the sake of large bodies.
fn plain_length(bytes: &[u8]) -> usize {
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let (chunks, _) = bytes.as_chunks::<16>();
    let is_plain =
        |chunk: &&[u8; 16]| !chunk.iter().fold(false, |any, byte| any | is_special(byte));
    let whole = chunks.iter().take_while(is_plain).count() * 16;
    let rest = bytes[whole..].iter().take_while(|byte| !is_special(byte));
    whole + rest.count()
}

/// A double as the value that prints most like JavaScript prints it: without a fraction where it
/// is whole, `null` where it is not finite.
fn number(double: f64) -> Value {
    const EXACT: f64 = (1_u64 << 53) as f64;
    if double.fract() == 0.0 {
        if double.abs() <= EXACT {
            return (double as i64).into();
        }
        // Rust writes the shortest digits that give the double back, filled up with zeros, as
        // JavaScript does; a cast would show digits that JavaScript does not.
        let digits = double.to_string();
        let integer = digits.parse::<u64>().map(Value::from);
        if let Ok(integer) = integer.or_else(|_| digits.parse::<i64>().map(Value::from)) {
            return integer;
        }
    }
    Number::from_f64(double).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        match parse(text) {
            Ok(value) => value.to_string(),
            Err(invalid) => invalid.to_string(),
        }
    }

    #[test]
    fn values_are_javascripts() {
        for (text, expected) in [
            (
                r#" {"a":{"b":[1,null,true]}} "#,
                r#"{"a":{"b":[1,null,true]}}"#,
            ),
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"b":3,"a":2}"#),
            (
                r#"{"b":1,"10":2,"9":3,"01":4}"#,
                r#"{"9":3,"10":2,"b":1,"01":4}"#,
            ),
            (r#"{"__proto__":{"a":1}}"#, r#"{"__proto__":{"a":1}}"#),
            ("1.0", "1"),
            ("-0", "0"),
            ("1e400", "null"),
            ("-1e400", "null"),
            ("1e-400", "0"),
            ("12345678901234567890", "12345678901234567000"),
            ("9007199254740993", "9007199254740992"),
            ("1.50", "1.5"),
            (r#""\ud83d\udc4b""#, "\"👋\""),
            (r#""\ud83dx\udc4b""#, "\"\u{fffd}x\u{fffd}\""),
            (r#""\ud83d\u0041""#, "\"\u{fffd}A\""),
            (r#""\u2028\/\b""#, "\"\u{2028}/\\b\""),
        ] {
            assert_eq!(printed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        for (text, problem) in [
            ("", "unexpected end of the JSON text at line 1, column 1"),
            (
                "{\"é\": 1,\n é}",
                "expected a property name in double quotes at line 2, column 2",
            ),
            ("[1,]", "expected a JSON value at line 1, column 4"),
            ("[1 2]", "expected ',' or ']' at line 1, column 4"),
            (
                "{\"a\" 1}",
                "expected ':' after the property name at line 1, column 6",
            ),
            ("{\"a\":1;}", "expected ',' or '}' at line 1, column 7"),
            (
                "01",
                "unexpected text after the JSON value at line 1, column 2",
            ),
            (
                "1.",
                "expected a digit after the decimal point at line 1, column 3",
            ),
            (
                "1e+",
                "expected a digit in the exponent at line 1, column 4",
            ),
            ("-", "expected a digit at line 1, column 2"),
            (
                "\"\t\"",
                "a control character in a string must be escaped at line 1, column 2",
            ),
            ("\"\\x\"", "unknown escape in a string at line 1, column 3"),
            (
                "\"\\u12é\"",
                "expected four hexadecimal digits after \\u at line 1, column 6",
            ),
            ("\"", "unterminated string at line 1, column 2"),
            ("\u{a0}1", "expected a JSON value at line 1, column 1"),
        ] {
            assert_eq!(printed(text), problem, "{text}");
        }
    }

    #[test]
    fn members_are_what_the_object_holds() {
        for (text, expected) in [
            (" {\n} ", Some("")),
            (
                "{ \"a\" : [1.5, {\"b\":\"}\"}] , \"a\":null }\r\n",
                Some("\"a\" : [1.5, {\"b\":\"}\"}] , \"a\":null"),
            ),
            (
                r#"{"\ud83d":12345678901234567890}"#,
                Some(r#""\ud83d":12345678901234567890"#),
            ),
            ("{\"a\":1e400}", None),
            ("{\"a\":1E1}", None),
            ("{\"a\":[-0]}", None),
            ("[1]", None),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(members(text), Ok(expected), "{text}");
        }
        let long = format!("{{\"a\":{}}}", "1".repeat(301));
        assert_eq!(members(&long), Ok(None));
        for broken in ["{", "{\"a\":1,}", "{} {}", "{\"a\":\"\\x\"}", "{\"a\":tru}"] {
            assert_eq!(members(broken).err(), parse(broken).err(), "{broken}");
            assert!(members(broken).is_err(), "{broken}");
        }
        let deep = "{\"a\":".repeat(1_000_000);
        assert!(members(&deep).is_err());
    }

    #[test]
    fn strictly_only_objects_and_arrays() {
        assert!(parse_strictly(" [1]").is_ok() && parse_strictly("\n{}").is_ok());
        for scalar in ["1", "\"a\"", "true", "null", " ", "x"] {
            assert!(parse_strictly(scalar).is_err(), "{scalar}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_ends() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let refused = parse(&nested(1_000_000)).map_err(|invalid| invalid.problem);
        assert_eq!(refused, Err("arrays and objects nest too deeply"));
    }
}
