//! What the documents say is tested, is; and secrets are compared in constant time.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The tests that a document names: words in backticks with `::` in them, in rows of tables and in
/// text, whose last part is several words.
fn named(document: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).expect("a document");
    let words = text.split('`').skip(1).step_by(2);
    let is_test = |word: &&str| {
        let mut parts = word.split("::");
        word.contains("::")
            && parts.all(|part| {
                part.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            })
    };
    words.filter(is_test).map(str::to_string).collect()
}

/// The files in which a test of that chapter can stand.
fn files(chapter: &[&str]) -> Vec<PathBuf> {
    let path = chapter.join("/");
    let places = [
        format!("tests/it/{path}.rs"),
        format!("src/{path}.rs"),
        format!("src/{path}/mod.rs"),
        format!("src/{path}/tests.rs"),
    ];
    let places = places.iter().map(|place| root().join(place));
    places.filter(|place| place.is_file()).collect()
}

fn is_there(test: &str) -> bool {
    let parts: Vec<&str> = test.split("::").collect();
    let Some((name, chapter)) = parts.split_last() else {
        return false;
    };
    let head = format!("fn {name}(");
    // The fuzz targets are made by a macro from their names.
    if chapter == ["fuzz"] {
        let text = fs::read_to_string(root().join("tests/it/fuzz.rs")).expect("the targets");
        let list = text.split("targets!(").nth(1).unwrap_or_default();
        return list
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == *name);
    }
    files(chapter).iter().any(|file| {
        let text = fs::read_to_string(file).expect("a source");
        let Some(at) = text.find(&head) else {
            return false;
        };
        // Right above it, but for other attributes.
        let above = &text[..at];
        let above = &above[above.rfind("}\n").unwrap_or(0)..];
        above.contains("#[test]") || above.contains("#[tokio::test")
    })
}

#[test]
fn each_test_that_a_document_names_is_there() {
    for (document, least) in [("docs/security.md", 30), ("README.md", 12)] {
        let named = named(document);
        assert!(
            named.len() >= least,
            "{document} names {} tests",
            named.len()
        );
        let missing: Vec<_> = named.iter().filter(|test| !is_there(test)).collect();
        assert!(
            missing.is_empty(),
            "{document} names what is not there: {missing:#?}"
        );
    }
    assert!(!is_there("security::something_else") && !is_there("nothing::at_all"));
}

#[test]
fn each_threat_has_a_guard_or_says_that_it_has_none() {
    let text = fs::read_to_string(root().join("docs/security.md")).expect("a document");
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let mut threats = 0;
    for row in rows.filter(|row| !row.starts_with("| could try to")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() >= 2, "{row}");
        let tested = cells.last().is_some_and(|tests| tests.starts_with('`'));
        let unguarded = cells[1].starts_with("nothing");
        assert!(
            tested || unguarded,
            "neither guarded nor said to be open: {row}"
        );
        threats += 1;
    }
    assert!(threats > 20, "{threats}");
}

/// Secrets are compared by what takes as long wherever two texts differ. What is measured here is
/// the source: clocks of shared machines tell nothing.
#[test]
fn secrets_are_compared_in_constant_time() {
    for (file, by) in [
        ("src/signature/mod.rs", "verify_slice(digest)"),
        ("src/jwt/provider.rs", "verify_slice(signature)"),
        ("src/token.rs", "digest(&self.0) == digest(given)"),
        (
            "functions/jwt.rs",
            "same(known[0], name) & same(known[1], password)",
        ),
    ] {
        let text = fs::read_to_string(root().join(file)).expect("a source");
        assert!(text.contains(by), "{file} compares by {by} no longer");
    }
    // And by nothing else: neither half of a comparison is a secret's name.
    let secret = ["token", "signature", "digest", "secret", "password"];
    let mut folders = vec![
        root().join("src/signature"),
        root().join("src/jwt"),
        root().join("src/web_console"),
        root().join("src/gateway"),
        root().join("functions"),
    ];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "rs") || path.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            looked_at += 1;
            let compares = |line: &&str| {
                (line.contains("==") || line.contains("!="))
                    && !line.contains(".len()")
                    && !line.contains(".count()")
            };
            for line in code.lines().filter(compares) {
                // Without texts in quotation marks.
                let code: String = line.split('"').step_by(2).collect();
                let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
                let found = words.find(|word| secret.contains(word));
                assert_eq!(found, None, "{}: {}", path.display(), line.trim());
            }
        }
    }
    assert!(looked_at > 30, "{looked_at} sources");
}
