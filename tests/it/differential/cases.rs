//! The cases, as data: requests, and how the two answers to each may differ.
//!
//! `tests/fixtures/differential/cases/*.json` holds one list for each topic; a case names the
//! parts in which its answers differ, with both values and the id of the reason in
//! `docs/differences.md`. What differs in the same way in most answers, such as `X-Powered-By`,
//! stands once in `everywhere.json`.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// One request to both servers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// Its name in failures; unique.
    pub(super) id: String,
    /// Method and target.
    pub(super) ask: String,
    /// Header lines beside `Host`, `Connection` and `Content-Length`.
    #[serde(default)]
    pub(super) headers: Vec<String>,
    /// The body.
    #[serde(default)]
    pub(super) body: String,
    /// This many bytes more of body.
    #[serde(default)]
    pub(super) fill: usize,
    /// Signed as Twilio does, with the project's token.
    #[serde(default)]
    pub(super) signed: bool,
    /// Harms the original's server, or waits for ever: it gets one of its own.
    #[serde(default)]
    pub(super) alone: bool,
    /// How the answers differ.
    #[serde(default)]
    pub(super) differs: Vec<Difference>,
}

/// One part of an answer in which the two servers differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Difference {
    /// The id of the reason, in `docs/differences.md`.
    pub(super) why: String,
    /// `status`, `body`, `server` or a header's name.
    pub(super) part: String,
    /// What twilio-run answers; `…` stands for any text, none for a part that is not there.
    pub(super) original: Option<String>,
    /// What Switchboard answers, likewise.
    pub(super) ours: Option<String>,
}

impl Difference {
    /// Whether this is how these two values differ.
    pub(super) fn explains(&self, original: Option<&str>, ours: Option<&str>) -> bool {
        fits(self.original.as_deref(), original) && fits(self.ours.as_deref(), ours)
    }
}

/// `tests/fixtures/differential`.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/differential")
}

/// All cases, in the order of the files' names.
pub(super) fn all() -> Vec<Case> {
    let files = fs::read_dir(folder().join("cases")).expect("the cases are committed");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.iter().flat_map(|file| read::<Case>(file)).collect()
}

/// What may differ in every answer.
pub(super) fn everywhere() -> Vec<Difference> {
    read(&folder().join("everywhere.json"))
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Vec<T> {
    let text = fs::read_to_string(file).expect("the file is committed");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn fits(pattern: Option<&str>, value: Option<&str>) -> bool {
    match (pattern, value) {
        (None, None) => true,
        (Some(pattern), Some(value)) => matches(pattern, value),
        _ => false,
    }
}

/// Whether `value` is `pattern`, in which `…` stands for any text.
fn matches(pattern: &str, value: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('…') else {
        return pattern == value;
    };
    let Some(mut value) = value.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('…').unwrap_or(("", rest));
    for piece in middle.split('…') {
        match value.find(piece) {
            Some(at) => value = &value[at + piece.len()..],
            None => return false,
        }
    }
    value.ends_with(end)
}

#[test]
fn an_ellipsis_stands_for_any_text() {
    for (pattern, value, expected) in [
        ("", "", true),
        ("a", "ab", false),
        ("…", "anything", true),
        ("a…c", "abc", true),
        ("a…c", "ab", false),
        ("a…a", "a", false),
        ("a…b…c", "a-b-c", true),
        ("a…b…c", "a-c-b", false),
        ("…b…b", "bb", true),
        ("…b…b", "b", false),
    ] {
        assert_eq!(matches(pattern, value), expected, "{pattern} {value}");
    }
}
