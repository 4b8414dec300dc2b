//! Kept inputs: one file for each target, one input a line, bytes that are no plain character
//! escaped as Rust escapes them. Hundreds of small files would be noise in every listing.

use std::path::{Path, PathBuf};

/// The file of a target's inputs.
pub(crate) fn file(target: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Of the project, or of the package of the targets in it.
    let own = root.join("corpus");
    let folder = if own.is_dir() {
        own
    } else {
        root.join("tests/fuzz/corpus")
    };
    folder.join(format!("{target}.txt"))
}

/// The inputs that are kept for `target`.
pub(crate) fn read(target: &str) -> Vec<Vec<u8>> {
    let file = file(target);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.lines().map(unescaped).collect()
}

/// An input as a line.
#[allow(dead_code, reason = "the tests only read")]
pub(crate) fn escaped(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = line.bytes();
    let mut input = Vec::with_capacity(line.len());
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            input.push(byte);
            continue;
        }
        input.push(match bytes.next() {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'x') => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(), digit());
                let (high, low) = high.zip(low).expect("two digits");
                (high * 16 + low) as u8
            }
            Some(byte) => byte,
            None => panic!("a line that ends with a backslash"),
        });
    }
    input
}
