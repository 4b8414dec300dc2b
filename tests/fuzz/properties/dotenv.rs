//! `.env` files.

use std::collections::BTreeMap;
use switchboard::dotenv::parse;

fn variables(text: &str) -> BTreeMap<String, String> {
    let variables = parse(text).variables;
    let count = variables.len();
    let map: BTreeMap<_, _> = variables.into_iter().map(|v| (v.name, v.value)).collect();
    assert_eq!(map.len(), count, "each name is there once");
    map
}

/// JavaScript's white space: to it U+0085, which Rust's `trim` takes away, is a character like others.
fn is_space(c: char) -> bool {
    c == '\u{feff}' || (c != '\u{85}' && c.is_whitespace())
}

pub(super) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parsed = parse(text);
    let lines = 1 + text.bytes().filter(|b| matches!(b, b'\n' | b'\r')).count();
    for variable in &parsed.variables {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        assert!(!variable.name.is_empty() && variable.name.chars().all(plain));
        assert!((1..=lines).contains(&variable.line));
    }
    let mut last = 0;
    for difference in &parsed.differences {
        assert!(last <= difference.line && difference.line <= lines);
        last = difference.line;
        assert!(!difference.why.to_string().is_empty());
    }
    // A line is read, told of as read by one version alone, or passed over: never two of them.
    let mut taken: Vec<usize> = parsed.variables.iter().map(|v| v.line).collect();
    taken.extend(parsed.differences.iter().map(|d| d.line));
    assert!(parsed.passed_over.is_sorted_by(|a, b| a < b));
    for line in &parsed.passed_over {
        assert!(*line <= lines && !taken.contains(line));
        let text = text.split('\n').nth(line - 1).unwrap_or_default();
        let text = text.trim_matches(is_space);
        assert!(!text.is_empty() && !text.starts_with('#'));
    }
    // A file is its lines: two halves say what the whole says, and the later one wins.
    let whole = variables(text);
    for (at, _) in text.match_indices('\n') {
        let mut halves = variables(&text[..at]);
        halves.extend(variables(&text[at + 1..]));
        assert_eq!(halves, whole, "cut at {at}");
        if at > 2000 {
            break;
        }
    }
    // What is written again in quotes is read as it was, where it fits into a line.
    for (name, value) in &whole {
        if value.contains(['\n', '\r', '\\']) || value.trim() != value {
            continue;
        }
        assert_eq!(
            variables(&format!("{name}='{value}'")).get(name),
            Some(value)
        );
    }
}
