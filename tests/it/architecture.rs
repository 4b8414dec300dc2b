//! The rules that the sources keep, read from the sources: floors, docs, lengths, no printing.
//!
//! The floors are those of the table in `src/lib.rs`, so that the table is true. A text search and
//! no parser: what rustfmt leaves is regular enough, and a rule that is read wrongly fails loudly.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a file may have, its tests not counted.
const MOST_LINES: usize = 400;

/// A source file below `src`, without its comments.
struct Source {
    /// Relative to `src`.
    path: PathBuf,
    /// As it stands.
    text: String,
    /// Without comments.
    code: String,
}

impl Source {
    /// The module of the crate's root that it belongs to; `None` for the root itself.
    fn module(&self) -> Option<String> {
        let first = self.path.iter().next()?.to_str()?;
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (!matches!(name, "lib" | "main")).then(|| name.to_string())
    }

    fn is_of_tests(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.iter().any(|part| part == "tests")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                sources.push(Source {
                    path: path.strip_prefix(&root).expect("below src").to_path_buf(),
                    code: without_comments(&text),
                    text,
                });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 50, "the sources were not found");
    sources
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        // A `//` within a string, as in a URL, has no space before it.
        _ => line.split(" // ").next().unwrap_or(line),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The floors of the table in `src/lib.rs`.
fn floors(root: &str) -> BTreeMap<String, u32> {
    let mut floors = BTreeMap::new();
    for row in root.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let mut cells = row.split(" | ");
        let (Some(floor), Some(modules)) = (cells.next(), cells.next()) else {
            continue;
        };
        let Ok(floor) = floor.parse() else {
            continue;
        };
        for name in modules.split('`').skip(1).step_by(2) {
            let before = floors.insert(name.to_string(), floor);
            assert_eq!(before, None, "`{name}` is on two floors");
        }
    }
    floors
}

/// The names that `pub use MODULE::{…}` brings into the crate's root, with their module.
fn reexports(root: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for item in root.split(';') {
        let Some(path) = item.trim_start().strip_prefix("pub use ") else {
            continue;
        };
        let (module, rest) = path.split_once("::").expect("of a module");
        for name in leaves(rest) {
            names.insert(name, module.to_string());
        }
    }
    names
}

/// The first segments of a use tree: `a::b` and `{a::b, c::{d, e}}` begin with `a`, and `c`.
fn leaves(tree: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        text[..end.unwrap_or(text.len())].to_string()
    };
    let Some(inside) = tree.strip_prefix('{') else {
        return vec![word(tree)];
    };
    let mut depth = 0;
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(word(inside[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// What a file names of the crate's root: all that stands behind `crate::`.
fn named(code: &str) -> BTreeSet<String> {
    let behind = code.match_indices("crate::");
    behind
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| "$_".contains(c) || c.is_alphanumeric()))
        .flat_map(|(at, found)| leaves(&code[at + found.len()..]))
        .collect()
}

#[test]
fn each_floor_imports_from_itself_and_below() {
    let sources = sources();
    let root = sources.iter().find(|s| s.path == Path::new("lib.rs"));
    let root = root.expect("src/lib.rs");
    let floors = floors(&root.text);
    let reexports = reexports(&root.code);
    let floor_of = |module: &str| floors.get(module).copied();
    let mut faults = Vec::new();
    for source in &sources {
        let Some(module) = source.module() else {
            continue;
        };
        let Some(own) = floor_of(&module) else {
            faults.push(format!(
                "`{module}` has no floor: give it one in src/lib.rs"
            ));
            continue;
        };
        for name in named(&source.code) {
            let target = reexports.get(&name).unwrap_or(&name);
            let shown = source.path.display();
            match floor_of(target) {
                Some(floor) if floor <= own => {}
                Some(floor) => faults.push(format!(
                    "src/{shown} is on floor {own} and uses `crate::{name}`, which is on {floor}"
                )),
                None => faults.push(format!(
                    "src/{shown} uses `crate::{name}`, which has no floor"
                )),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let gone: Vec<_> = floors
        .keys()
        .filter(|name| !sources.iter().any(|s| s.module().as_ref() == Some(name)))
        .filter(|name| name.as_str() != "cli")
        .collect();
    assert!(
        gone.is_empty(),
        "src/lib.rs gives floors to what is not there: {gone:?}"
    );
}

#[test]
fn use_trees_are_read_whole() {
    for (tree, expected) in [
        ("a::b;", vec!["a"]),
        ("{a, b::c, d::{e, f::{g}}, h};", vec!["a", "b", "d", "h"]),
        ("{\n    a::b,\n    c,\n};", vec!["a", "c"]),
        ("Type)", vec!["Type"]),
    ] {
        assert_eq!(leaves(tree), expected, "{tree}");
    }
    let code = "use crate::{a::X, b};\nfn f(c: crate::c::D) {} $crate::d my_crate::e";
    let expected = ["a", "b", "c"].map(String::from);
    assert_eq!(named(code), BTreeSet::from(expected));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|source| !source.is_of_tests() && !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "without a //! doc: {silent:?}");
}

#[test]
fn no_file_is_longer_than_a_reader_bears() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| !source.is_of_tests())
        .map(|source| {
            let own = source.text.split("\n#[cfg(test)]\nmod tests").next();
            (own.map_or(0, |own| own.lines().count()), source.path)
        })
        .filter(|(lines, _)| *lines > MOST_LINES)
        .collect();
    assert!(long.is_empty(), "over {MOST_LINES} lines: {long:?}");
}

#[test]
fn only_the_command_line_prints() {
    let prints = ["println!", "print!", "eprintln!", "eprint!", "dbg!"];
    let loud: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.module().is_none_or(|module| module != "cli"))
        .filter(|source| {
            let words = source
                .code
                .split(|c: char| !c.is_alphanumeric() && c != '!' && c != '_');
            words.into_iter().any(|word| prints.contains(&word))
        })
        .map(|source| source.path)
        .collect();
    assert!(loud.is_empty(), "they print: {loud:?}");
}

#[test]
fn nothing_is_unsafe_and_nothing_is_left_to_do() {
    for source in sources() {
        for word in source
            .code
            .split(|c: char| !c.is_alphanumeric() && c != '!' && c != '_')
        {
            let forbidden = matches!(word, "unsafe" | "todo!" | "unimplemented!");
            assert!(!forbidden, "src/{} has {word}", source.path.display());
        }
    }
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}
