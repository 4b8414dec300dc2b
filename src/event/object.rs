//! The order of a JavaScript object's properties, which handlers can see (`Object.keys`,
//! `JSON.stringify`, `for…in`): array indices ascending, then the rest as they were added.
//!
//! Source: ECMA-262, `OrdinaryOwnPropertyKeys`.

use serde_json::{Map, Value};

/// `key` as an array index: decimal without leading zeros, below 2³² − 1.
pub(super) fn array_index(key: &str) -> Option<u32> {
    let canonical = key == "0" || matches!(key.as_bytes(), [b'1'..=b'9', ..]);
    if !canonical || !key.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    key.parse().ok().filter(|index| *index < u32::MAX)
}

/// Puts the entries into JavaScript's order; those that are no indices keep theirs.
pub(super) fn in_javascript_order(map: Map<String, Value>) -> Map<String, Value> {
    if !map.keys().any(|key| array_index(key).is_some()) {
        return map;
    }
    let mut entries: Vec<(String, Value)> = map.into_iter().collect();
    entries.sort_by_key(|(key, _)| sort_key(key));
    entries.into_iter().collect()
}

/// Sorts keys into JavaScript's order, if the sort is stable.
pub(super) fn sort_key(key: &str) -> u32 {
    array_index(key).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_come_first_and_ascending() {
        let map = ["b", "10", "a", "9", "01", "-1", "4294967295", "4294967294"]
            .into_iter()
            .map(|key| (key.to_string(), Value::Null))
            .collect();
        let keys: Vec<String> = in_javascript_order(map).into_iter().map(|e| e.0).collect();
        assert_eq!(
            keys,
            ["9", "10", "4294967294", "b", "a", "01", "-1", "4294967295"]
        );
    }
}
