//! Changes to `a=1&b=2`, where what is not changed stays as it was written.

use form_urlencoded::{byte_serialize, parse};

/// `text` with the parameters `set` in the place of all of their names, and without those in
/// `remove`. A name that is not there yet comes at the end.
pub(super) fn edited(text: &str, set: &[(String, String)], remove: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut placed: Vec<&str> = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let name = parse(part.as_bytes())
            .next()
            .map_or_else(String::new, |(name, _)| name.into());
        if let Some((name, _)) = set.iter().find(|(set, _)| *set == name) {
            if !placed.contains(&name.as_str()) {
                placed.push(name);
                parts.extend(written(set, name));
            }
        } else if !remove.contains(&name) {
            parts.push(part.to_string());
        }
    }
    for (name, _) in set {
        if !placed.contains(&name.as_str()) {
            placed.push(name);
            parts.extend(written(set, name));
        }
    }
    parts.join("&")
}

/// All values that are set for `name`.
fn written<'s>(set: &'s [(String, String)], name: &'s str) -> impl Iterator<Item = String> + 's {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    set.iter()
        .filter(move |(other, _)| other == name)
        .map(move |(name, value)| format!("{}={}", encoded(name), encoded(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_stays_as_it_was_written() {
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = pairs.iter().map(|(a, b)| (a.to_string(), b.to_string()));
            owned.collect()
        };
        for (text, set, remove, result) in [
            ("", vec![], vec![], ""),
            ("", vec![("a", "1 +&é")], vec![], "a=1+%2B%26%C3%A9"),
            ("b=%20&a=1&c", vec![("a", "2")], vec![], "b=%20&a=2&c"),
            ("a=1&b=2&a=3", vec![("a", "4")], vec![], "a=4&b=2"),
            (
                "x=0&a=1",
                vec![("a", "2"), ("a", "3")],
                vec![],
                "x=0&a=2&a=3",
            ),
            ("a=1&%61=2&b", vec![], vec!["a"], "b"),
            ("a=1", vec![("a", "2")], vec!["a"], "a=2"),
        ] {
            let remove: Vec<String> = remove.into_iter().map(String::from).collect();
            assert_eq!(edited(text, &pairs(&set), &remove), result, "{text}");
        }
    }
}
