//! Masking values in files before a line of them is shown.
//!
//! Terminals are shared and logs are kept: no excerpt may quote a variable's value or a token. Masked
//! text is byte for byte as long as the original and keeps its line breaks, so that offsets, lines
//! and columns of ASCII files agree.
//!
//! A file that is not TOML cannot say which of its values are secret; of such a file only lines
//! whose key is known to be harmless are shown whole.

use super::walk::{FILE_KEYS, SERVICE_KEYS};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys whose values are secrets.
const SECRET: [&str; 3] = ["env", "auth_token", "secondary_auth_token"];

/// The text of a `services.toml` without the values of `env`, of `auth_token` and of keys that it
/// should not have (`auth_tokne` is a token as well).
pub(super) fn mask_services(text: &str, root: &DeTable<'_>) -> String {
    let mut mask = Mask::new(text);
    for (key, value) in root {
        if !FILE_KEYS.contains(&key.get_ref().as_ref()) {
            mask.value(value);
        }
    }
    let services = root.get("services").map(Spanned::get_ref);
    let services = services.and_then(DeValue::as_table);
    for service in services.into_iter().flat_map(|table| table.values()) {
        for (key, value) in service.get_ref().as_table().into_iter().flatten() {
            let key: &str = key.get_ref();
            if SECRET.contains(&key) || !SERVICE_KEYS.contains(&key) {
                mask.value(value);
            }
        }
    }
    mask.into_text()
}

/// The text of a `services.toml` that is not TOML.
pub(super) fn mask_broken(text: &str) -> String {
    let mut mask = Mask::new(text);
    let mut open_string = false;
    let mut in_secret_table = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let trimmed = line.trim_start();
        // Quotation marks may belong to the values of an array.
        let header = trimmed.starts_with('[') && !open_string && !line.contains(['=', '"', '\'']);
        if header {
            in_secret_table = mentions_secret(line);
        }
        let harmless = trimmed.is_empty() || has_harmless_key(trimmed);
        let shown = header || (harmless && !in_secret_table && !mentions_secret(line));
        if open_string {
            mask.range(start..end);
        } else if !shown {
            let value = line.find('=').map_or(start, |at| start + at + 1);
            mask.range(value..end);
        }
        let quotes = line.matches("\"\"\"").count() + line.matches("'''").count();
        open_string ^= quotes % 2 == 1;
        start = end;
    }
    mask.into_text()
}

fn mentions_secret(line: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.into_iter().any(|word| SECRET.contains(&word))
}

/// Whether a line begins with a key of `services.toml`, or with the path of a function.
fn has_harmless_key(line: &str) -> bool {
    let Some((key, _)) = line.split_once('=') else {
        return false;
    };
    let key = key.trim().trim_matches(['"', '\'']);
    key.starts_with('/') || FILE_KEYS.contains(&key) || SERVICE_KEYS.contains(&key)
}

/// The text of an env file: names alone. Lines without a name, and lines inside of a quotation that
/// an earlier line opened (a private key), are masked whole.
pub(super) fn mask_env(text: &str) -> String {
    let mut mask = Mask::new(text);
    let mut open: Option<char> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if let Some(quote) = open {
            mask.range(start..end);
            if line.contains(quote) {
                open = None;
            }
        } else if let Some((name, value)) = line.split_once(['=', ':']).filter(|(n, _)| is_name(n))
        {
            mask.range(start + name.len() + 1..end);
            let value = value.trim();
            let quote = value.chars().next().filter(|c| "\"'`".contains(*c));
            open = quote.filter(|q| !value[1..].contains(*q));
        } else {
            mask.range(start..end);
        }
        start = end;
    }
    mask.into_text()
}

/// Whether `text` can stand before the `=` of an env file's line: a name, `export NAME`, `# NAME`.
fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "_.-# \t".contains(c))
}

struct Mask {
    bytes: Vec<u8>,
}

impl Mask {
    fn new(text: &str) -> Self {
        Mask {
            bytes: text.as_bytes().to_vec(),
        }
    }

    /// Masks what is inside of a value: all leaves of a table.
    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            // Of a `[table]` the span is the header, which is no secret; of `{…}` it is all.
            DeValue::Table(table) => table.values().for_each(|value| self.value(value)),
            DeValue::Array(array) => array.iter().for_each(|value| self.value(value)),
            DeValue::String(_) => {
                // Quotation marks stay, so that the line still reads as TOML.
                let Range { start, end } = value.span();
                let inside = |b: &u8| !matches!(b, b'"' | b'\'');
                let text = self.bytes.get(start..end).unwrap_or_default();
                if let Some(first) = text.iter().position(inside) {
                    let last = text.iter().rposition(inside).unwrap_or(first);
                    self.range(start + first..start + last + 1);
                }
            }
            _ => self.range(value.span()),
        }
    }

    /// Replaces the bytes of `range`, white space apart from line breaks included.
    fn range(&mut self, range: Range<usize>) {
        for byte in self.bytes.get_mut(range).unwrap_or_default() {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }

    fn into_text(self) -> String {
        // Ranges begin and end between characters, so what is left is UTF-8; were one not to, the
        // text would be lost and the secret kept.
        String::from_utf8(self.bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask_services(text, DeTable::parse(text).unwrap().get_ref())
    }

    #[test]
    fn values_of_env_tokens_and_unknown_keys_are_masked() {
        for (text, shown) in [
            ("port = 1\nport2 = 'abc'\n", "port = 1\nport2 = '***'\n"),
            (
                "[services.a]\nroot = \"x\"\nenv = { A = \"s3\", B = 12, C = [\"é\"] }",
                "[services.a]\nroot = \"x\"\nenv = { A = \"**\", B = **, C = [\"**\"] }",
            ),
            (
                "[services.a.env]\nA = \"\"\"\ns\nt\"\"\"\nB = ''",
                "[services.a.env]\nA = \"\"\"\n*\n*\"\"\"\nB = ''",
            ),
            (
                "services.a.auth_token = \"s\"\nservices.a.auth_tokn = \"s\"",
                "services.a.auth_token = \"*\"\nservices.a.auth_tokn = \"*\"",
            ),
            ("services.a.env = 'A=b'", "services.a.env = '***'"),
            ("services = 3", "services = 3"),
        ] {
            assert_eq!(masked(text), shown);
            assert_eq!(masked(text).len(), text.len());
        }
    }

    #[test]
    fn of_a_broken_file_only_harmless_lines_are_shown() {
        for (text, shown) in [
            ("port = = 3", "port = = 3"),
            ("[services.a\n\"/a\" = {", "[services.a\n\"/a\" = {"),
            ("JWT_SECRET = s3", "JWT_SECRET =***"),
            ("env = { A = 's3 }", "env =************"),
            ("root = 'x', auth_token = s3", "root =*********************"),
            (
                "[a.env]\nroot = s3\n[b]\nroot = 's",
                "[a.env]\nroot =***\n[b]\nroot = 's",
            ),
            (
                "x = '''\n[a]\nport = s\n'''\nport = 1 2",
                "x =****\n***\n********\n***\nport = 1 2",
            ),
            ("c2VjcmV0", "********"),
        ] {
            assert_eq!(mask_broken(text), shown, "{text}");
        }
    }

    #[test]
    fn of_an_env_file_names_are_shown() {
        for (text, shown) in [
            ("A=b\nexport C = d e\n", "A=*\nexport C =****\n"),
            ("# A=b\nnone\n", "# A=*\n****\n"),
            ("K=\"x\ny=z\n\"\nA=b", "K=**\n***\n*\nA=*"),
            ("A='b' # 'c\nB=c", "A=********\nB=*"),
            ("A=b\r\n", "A=*\r\n"),
            ("A: b=c", "A:****"),
            ("a/b+c==", "*******"),
        ] {
            assert_eq!(mask_env(text), shown, "{text}");
        }
    }
}
