//! "Did you mean …?"

/// How many known words a word is compared with.
const MOST: usize = 1000;

/// Words longer than this are no misspellings of anything here, and comparing takes a square of it.
const LONGEST: usize = 64;

/// Help for a word that is none of `known`: the nearest one if any is near, else all of them after
/// `otherwise` ("the keys are").
pub(crate) fn help<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let mut all = known.into_iter();
    let some: Vec<String> = all.by_ref().take(12).map(|k| format!("`{k}`")).collect();
    match (some.is_empty(), all.count()) {
        (true, _) => "there are none".into(),
        (false, 0) => format!("{otherwise} {}", some.join(", ")),
        (false, more) => format!("{otherwise} {} and {more} more", some.join(", ")),
    }
}

/// The word of `known` that `word` most probably means: at most a third of its
/// letters differ. Of very many words only the first ones are looked at.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= word.len().max(candidate.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, delete, change or swap with their neighbour; upper and lower case are one.
fn distance(a: &[char], b: &str) -> usize {
    let a: Vec<char> = a.iter().map(char::to_ascii_lowercase).collect();
    let b: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

/// `text` from the user's file for use in a sentence: at most 60 characters of it.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 4] = ["visibility", "handler", "env", "env_file"];

    #[test]
    fn the_nearest_word_is_found() {
        for (word, meant) in [
            ("visiblity", Some("visibility")),
            ("visibilty", Some("visibility")),
            ("hadnler", Some("handler")),
            ("ENV", Some("env")),
            ("envs", Some("env")),
            ("env-file", Some("env_file")),
            ("colour", None),
            ("", None),
            ("x", None),
            (&"v".repeat(100_000), None),
        ] {
            assert_eq!(nearest(word, KEYS), meant, "{word}");
        }
    }

    #[test]
    fn help_names_the_nearest_or_all() {
        assert_eq!(
            help("handlr", KEYS, "the keys are"),
            "did you mean `handler`?"
        );
        assert_eq!(
            help("colour", ["a", "b"], "the keys are"),
            "the keys are `a`, `b`"
        );
        assert_eq!(help("colour", [], "handlers"), "there are none");
        let many: Vec<String> = (0..20).map(|i| i.to_string()).collect();
        let help = help("colour", many.iter().map(String::as_str), "x");
        assert!(help.ends_with("`11` and 8 more"), "{help}");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(quoted("é"), "`é`");
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
    }
}
