//! The query string as an object, nested and with arrays.
//!
//! A port in our own words of npm qs 6.16.2 with the options that Express 4.22 gives its
//! "extended" query parser: depth 5, 1000 parameters, arrays up to 1000 items, names of
//! `Object.prototype` allowed. Nothing is refused: what exceeds a limit is read in the original's
//! way, so time and memory are bounded by the length of the query.
//!
//! Source: qs 6.16.2 `lib/parse.js`; express 4.22.3 `lib/utils.js` (`parseExtendedQueryString`).

mod tree;

use super::object::sort_key;
use super::percent::decode_uri_component;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use tree::{Node, Record};

/// The parameters read; those after them are dropped.
const PARAMETER_LIMIT: usize = 1000;

/// The bracket groups of a name that nest; the rest of the name is one literal key.
const DEPTH: usize = 5;

/// Reads a query string, without its `?`.
pub(super) fn parse(query: &str) -> Map<String, Value> {
    let mut root = Record::default();
    for (name, values) in parameters(query) {
        if let Some(source) = expand(&name, leaf(values)) {
            root.merge(source);
        }
    }
    root.into_map()
}

/// The decoded parameters, each name once with all its values, in the order in which JavaScript
/// lists the properties of the object that qs gathers them in.
fn parameters(query: &str) -> Vec<(String, Vec<String>)> {
    let mut parameters: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for part in unescape_brackets(query).split('&').take(PARAMETER_LIMIT) {
        let (name, value) = match part.find("]=") {
            Some(bracket) => (&part[..=bracket], &part[bracket + 2..]),
            None => part.split_once('=').unwrap_or((part, "")),
        };
        let (name, value) = (decode(name), decode(value));
        match places.get(&name) {
            Some(place) => parameters[*place].1.push(value),
            None => {
                places.insert(name.clone(), parameters.len());
                parameters.push((name, vec![value]));
            }
        }
    }
    parameters.sort_by_key(|(name, _)| sort_key(name));
    parameters
}

/// Encoded brackets count as brackets, before anything is split or decoded.
fn unescape_brackets(query: &str) -> Cow<'_, str> {
    if !query.contains("%5") {
        return Cow::Borrowed(query);
    }
    let replaced = query.replace("%5B", "[").replace("%5b", "[");
    Cow::Owned(replaced.replace("%5D", "]").replace("%5d", "]"))
}

/// A component that does not decode as a whole stays encoded, but for its `+`.
fn decode(component: &str) -> String {
    let spaced = component.replace('+', " ");
    match decode_uri_component(&spaced) {
        Some(Cow::Owned(decoded)) => decoded,
        Some(Cow::Borrowed(_)) | None => spaced,
    }
}

fn leaf(mut values: Vec<String>) -> Node {
    match values.len() {
        1 => Node::Text(values.remove(0)),
        _ => Node::List(values.into_iter().map(Node::Text).collect()),
    }
}

/// `a[b][]` with `leaf` as `{a: {b: [leaf]}}`; `None` for an empty name.
fn expand(name: &str, leaf: Node) -> Option<Node> {
    let nested = segments(name)
        .into_iter()
        .rev()
        .fold(leaf, |leaf, segment| match segment {
            Segment::Push => leaf.into_items(),
            Segment::Key(key) | Segment::Bracketed(key) if key == "__proto__" => {
                Node::Record(Record::default())
            }
            Segment::Key(key) => Node::Record(Record::with_entry(key, leaf)),
            Segment::Bracketed(key) => match tree::canonical_integer(&key) {
                Some(index) => Node::at_index(index, leaf),
                None => Node::Record(Record::with_entry(key, leaf)),
            },
        });
    (!name.is_empty()).then_some(nested)
}

/// One step of a name.
#[derive(Debug, PartialEq)]
enum Segment {
    /// What stands before the first bracket: always a key.
    Key(String),
    /// The content of a bracket group: an index or a key.
    Bracketed(String),
    /// `[]`.
    Push,
}

/// Splits `a[b][c[]]` into `a`, `b`, `c[]`. What stands between two groups is dropped; a group
/// that is not closed, or is beyond [`DEPTH`], is one key with all that follows it.
fn segments(name: &str) -> Vec<Segment> {
    let first = name.find('[');
    let mut segments = Vec::new();
    let parent = &name[..first.unwrap_or(name.len())];
    if !parent.is_empty() {
        segments.push(Segment::Key(parent.to_string()));
    }
    let mut open = first;
    let mut groups = 0;
    while let Some(start) = open {
        let close = if groups < DEPTH {
            closing_bracket(name, start)
        } else {
            None
        };
        let Some(close) = close else {
            segments.push(Segment::Bracketed(name[start..].to_string()));
            break;
        };
        segments.push(match &name[start + 1..close] {
            "" => Segment::Push,
            content => Segment::Bracketed(content.to_string()),
        });
        groups += 1;
        open = name[close..].find('[').map(|next| close + next);
    }
    segments
}

/// The bracket that closes the one at `open`, inner pairs counted.
fn closing_bracket(name: &str, open: usize) -> Option<usize> {
    let mut level = 0;
    for (at, byte) in name.bytes().enumerate().skip(open) {
        match byte {
            b'[' => level += 1,
            b']' => level -= 1,
            _ => {}
        }
        if level == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_for_queries() {
        for (query, expected) in [
            ("a=1&a=2", r#"{"a":["1","2"]}"#),
            ("b[c]=3", r#"{"b":{"c":"3"}}"#),
            ("d[]=1", r#"{"d":["1"]}"#),
            ("k[0]=x", r#"{"k":["x"]}"#),
            ("k[1]=x&k[0]=y", r#"{"k":["y","x"]}"#),
            ("__proto__[x]=1&__proto__=2", "{}"),
            ("a[__proto__]=1", r#"{"a":{}}"#),
            ("flag", r#"{"flag":""}"#),
            ("flag=", r#"{"flag":""}"#),
            ("a+b=c%20d+e", r#"{"a b":"c d e"}"#),
            (
                "a[b][c][d][e][f][g]=1",
                r#"{"a":{"b":{"c":{"d":{"e":{"f":{"[g]":"1"}}}}}}}"#,
            ),
            ("a[999]=x", r#"{"a":["x"]}"#),
            ("a[1000]=x", r#"{"a":{"1000":"x"}}"#),
            ("a.b=1", r#"{"a.b":"1"}"#),
            ("a=1,2", r#"{"a":"1,2"}"#),
            ("=x", "{}"),
            ("a%5Bb%5D=1", r#"{"a":{"b":"1"}}"#),
            ("a[b=c", r#"{"a":{"[b":"c"}}"#),
            ("a]=1", r#"{"a]":"1"}"#),
            ("a[b]c[d]=1", r#"{"a":{"b":{"d":"1"}}}"#),
            ("[]=1&[]=2", r#"{"0":"1","1":"2"}"#),
            ("b=1&1=2&0=3", r#"{"0":"3","1":"2","b":"1"}"#),
            (
                "toString=1&a[hasOwnProperty]=2",
                r#"{"toString":"1","a":{"hasOwnProperty":"2"}}"#,
            ),
            ("a=%ff&b=%&c=%41%", r#"{"a":"%ff","b":"%","c":"%41%"}"#),
            ("a=1&a[b]=2", r#"{"a":["1",{"b":"2"}]}"#),
            ("a[b]=1&a=2", r#"{"a":[{"b":"1"},"2"]}"#),
            ("a[b]=1&a=", r#"{"a":{"b":"1"}}"#),
            ("a[][b]=1&a[][c]=2", r#"{"a":[{"b":"1","c":"2"}]}"#),
            ("", "{}"),
        ] {
            assert_eq!(Value::Object(parse(query)).to_string(), expected, "{query}");
        }
    }

    #[test]
    fn hostile_queries_are_bounded() {
        let many: String = (0..100_000).map(|i| format!("p{i}=1&")).collect();
        assert_eq!(parse(&many).len(), PARAMETER_LIMIT);
        let deep = format!("a{}=1", "[b]".repeat(10_000));
        assert!(Value::Object(parse(&deep)).to_string().len() < 31_000);
        let open = format!("a{}=1", "[".repeat(100_000));
        assert_eq!(parse(&open).len(), 1);
        let sparse: String = (0..1000)
            .map(|i| format!("p{i}[999][999][999]=1&"))
            .collect();
        assert_eq!(parse(&sparse).len(), 1000);
    }
}
