//! One visibility changed in the text of a `services.toml`, and nothing else: comments, layout, line
//! ends stay as they were.

use crate::visibility::Visibility;
use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, Value};

/// Why a text is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    /// It is no TOML.
    #[error("it is no valid TOML: {0}")]
    Invalid(String),
    /// It has no such service.
    #[error("it has no service `{0}`")]
    NoService(String),
    /// It would have come out as something else than was wished.
    #[error("it is written in a way that cannot be changed without harm")]
    Unsafe,
}

/// `text` with that visibility for what is at `path` of `service`: where one is written for the path
/// already, else beside its handler if it is under `functions`, else under `visibility`.
///
/// # Errors
///
/// When it cannot be done without changing anything else.
pub fn with_visibility(
    text: &str,
    service: &str,
    path: &str,
    visibility: Visibility,
) -> Result<String, EditFault> {
    // The mark that some editors begin a file with is no part of it.
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let mut wanted = plain(text)?;
    let invalid = |error: toml_edit::TomlError| EditFault::Invalid(error.message().to_string());
    let mut document: DocumentMut = text.parse().map_err(invalid)?;
    let services = document.get_mut("services");
    let found = services.and_then(|services| child(services, service));
    let found = found.ok_or_else(|| EditFault::NoService(service.to_string()))?;
    let keys = set(found, path, visibility);
    let edited = with_lines_of(text, &document.to_string());
    // What is written is read again: no layout is trusted to have been understood.
    let mut place = wanted.entry("services").or_insert_with(empty);
    for key in [service].into_iter().chain(keys) {
        let inside = place.as_table_mut().ok_or(EditFault::Unsafe)?;
        place = inside.entry(key).or_insert_with(empty);
    }
    *place = visibility.as_str().into();
    match plain(&edited) {
        Ok(after) if after == wanted => Ok(format!("{mark}{edited}")),
        _ => Err(EditFault::Unsafe),
    }
}

/// The text as values alone.
fn plain(text: &str) -> Result<toml::Table, EditFault> {
    toml::from_str(text).map_err(|error| EditFault::Invalid(error.message().to_string()))
}

fn empty() -> toml::Value {
    toml::Value::Table(toml::Table::new())
}

/// What `item` has under that key, if it is a table of whatever kind.
fn child<'i>(item: &'i mut Item, key: &str) -> Option<&'i mut Item> {
    item.as_table_like_mut()?.get_mut(key)
}

/// The same, if it is a table too.
fn table<'i>(item: &'i mut Item, key: &str) -> Option<&'i mut Item> {
    child(item, key).filter(|child| child.is_table_like())
}

/// Writes it, and returns the keys that lead there within `service`.
fn set<'p>(service: &mut Item, path: &'p str, visibility: Visibility) -> Vec<&'p str> {
    if let Some(visibilities) = table(service, "visibility")
        && let Some(written) = child(visibilities, path)
    {
        put(written, visibility);
        return vec!["visibility", path];
    }
    if let Some(functions) = table(service, "functions")
        && let Some(function) = table(functions, path)
    {
        match child(function, "visibility") {
            Some(written) => put(written, visibility),
            None => add(function, "visibility", visibility.as_str().into()),
        }
        return vec!["functions", path, "visibility"];
    }
    match table(service, "visibility") {
        Some(visibilities) => add(visibilities, path, visibility.as_str().into()),
        None => match service {
            Item::Table(service) => {
                let mut visibilities = Table::new();
                visibilities.decor_mut().set_prefix("\n");
                visibilities.insert(path, visibility.as_str().into());
                service.insert("visibility", Item::Table(visibilities));
            }
            service => {
                let visibilities = InlineTable::from_iter([(path, visibility.as_str())]);
                add(service, "visibility", Value::InlineTable(visibilities));
            }
        },
    }
    vec!["visibility", path]
}

/// Puts another value in a value's place; what stands around it stays.
fn put(written: &mut Item, visibility: Visibility) {
    let mut value = Value::from(visibility.as_str());
    if let Some(before) = written.as_value() {
        *value.decor_mut() = before.decor().clone();
    }
    *written = Item::Value(value);
}

/// Adds a key at the end of a table, in the manner of the one before.
fn add(item: &mut Item, key: &str, mut value: Value) {
    match item {
        Item::Table(table) => {
            let mut key = Key::new(key);
            let before = table.iter().last().map(|(before, _)| before.to_string());
            let before = before.and_then(|before| table.key(&before).map(indentation));
            key.leaf_decor_mut().set_prefix(before.unwrap_or_default());
            // Formatted, lest it be put in the manner of all others.
            table.insert_formatted(&key, Item::Value(value));
        }
        Item::Value(Value::InlineTable(table)) => {
            let mut key = Key::new(key);
            match last(table) {
                Some((before, last)) => {
                    // White space before the brace, or a comment there, stays before the brace.
                    let decor = last.decor_mut();
                    if let Some(suffix) = decor.suffix().cloned() {
                        decor.set_suffix("");
                        value.decor_mut().set_suffix(suffix);
                    }
                    value.decor_mut().set_prefix(" ");
                    let prefix = before.filter(|prefix| !prefix.trim().contains('#'));
                    key.leaf_decor_mut()
                        .set_prefix(prefix.unwrap_or_else(|| " ".to_string()));
                    key.leaf_decor_mut().set_suffix(" ");
                }
                None => table.set_trailing(""),
            }
            table.insert_formatted(&key, value);
        }
        _ => {}
    }
}

/// The white space at the beginning of the line of a key.
fn indentation(key: &Key) -> String {
    let prefix = key.leaf_decor().prefix().and_then(|prefix| prefix.as_str());
    let line = prefix.and_then(|prefix| prefix.rsplit('\n').next());
    line.filter(|line| line.trim().is_empty())
        .unwrap_or_default()
        .to_string()
}

/// What is written last in an inline table, and what stands before its key.
fn last(table: &mut InlineTable) -> Option<(Option<String>, &mut Value)> {
    let name = table.iter().last().map(|(name, _)| name.to_string())?;
    let prefix = table
        .key(&name)
        .and_then(|key| key.leaf_decor().prefix()?.as_str());
    let prefix = prefix.map(str::to_string);
    let is_dotted = |inner: &InlineTable| inner.is_dotted() && !inner.is_empty();
    if table.get(&name)?.as_inline_table().is_some_and(is_dotted) {
        return last(table.get_mut(&name)?.as_inline_table_mut()?);
    }
    Some((prefix, table.get_mut(&name)?))
}

/// `edited`, in which the lines that it begins and ends with as `text` does are those of `text` to
/// the byte, and the others have its line ends. The editor of TOML writes line feeds alone.
fn with_lines_of(text: &str, edited: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let new: Vec<&str> = edited.split_inclusive('\n').collect();
    let same = |(old, new): &(&&str, &&str)| bare(old) == bare(new);
    let begin = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - begin;
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take(rest).take_while(same).count();
    let crlf = old.iter().filter(|line| line.ends_with("\r\n")).count();
    let ended = old.iter().filter(|line| line.ends_with('\n')).count();
    let line_end = if crlf * 2 > ended { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = old[..begin].iter().map(|line| line.to_string()).collect();
    for line in &new[begin..new.len() - end] {
        // The last line of the text may have had no end.
        if let Some(before) = lines.last_mut()
            && !before.ends_with('\n')
        {
            before.push_str(line_end);
        }
        lines.push(format!("{}{line_end}", bare(line)));
    }
    lines.extend(old[old.len() - end..].iter().map(|line| line.to_string()));
    lines.concat()
}

fn bare(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, path: &str) -> String {
        with_visibility(text, "a", path, Visibility::Protected)
            .unwrap_or_else(|fault| panic!("{fault}: {text}"))
    }

    #[test]
    fn one_key_changes_and_all_else_stays_as_it_is_written() {
        for (text, wanted) in [
            // There already: in a table, with quotes of the other kind, a comment behind it.
            (
                "[services.a.visibility]\n  \"/x\"  =  'public'   # why\n\n# end\n",
                "[services.a.visibility]\n  \"/x\"  =  \"protected\"   # why\n\n# end\n",
            ),
            // There with others: after them, as far in.
            (
                "[services.a.visibility]\n  '/y' = \"public\" # y\n# of b\n[services.b]\n",
                "[services.a.visibility]\n  '/y' = \"public\" # y\n  \"/x\" = \"protected\"\n\
                 # of b\n[services.b]\n",
            ),
            // No such table: one of its own, before the next service and its comment.
            (
                "# top\n[services.a]\nroot = \".\" # here\n\n# of b\n[services.b]\nroot = \"b\"",
                "# top\n[services.a]\nroot = \".\" # here\n\n[services.a.visibility]\n\
                 \"/x\" = \"protected\"\n\n# of b\n[services.b]\nroot = \"b\"",
            ),
            // A handler that is written: beside it, in each way of writing it.
            (
                "[services.a.functions]\n\"/x\" = { handler = \"rust:x\" } # x\n",
                "[services.a.functions]\n\"/x\" = { handler = \"rust:x\", visibility = \"protected\" } # x\n",
            ),
            (
                "[services.a.functions]\n\"/x\" = { visibility=\"public\",handler = \"rust:x\"}\n",
                "[services.a.functions]\n\"/x\" = { visibility=\"protected\",handler = \"rust:x\"}\n",
            ),
            (
                "[services.a.functions.\"/x\"]\nhandler = \"rust:x\"\n",
                "[services.a.functions.\"/x\"]\nhandler = \"rust:x\"\nvisibility = \"protected\"\n",
            ),
            (
                "[services.a]\nfunctions.\"/x\".handler = \"rust:x\"\nroot = \".\"\n",
                "[services.a]\nfunctions.\"/x\".handler = \"rust:x\"\n\
                 functions.\"/x\".visibility = \"protected\"\nroot = \".\"\n",
            ),
            // `visibility` beats what is beside the handler.
            (
                "[services.a]\nvisibility = { \"/x\" = \"public\" }\n\
                 functions = { \"/x\" = { handler = \"rust:x\" } }\n",
                "[services.a]\nvisibility = { \"/x\" = \"protected\" }\n\
                 functions = { \"/x\" = { handler = \"rust:x\" } }\n",
            ),
            // Inline tables and dotted keys all the way.
            (
                "services = { a = { root = \".\" } }\n",
                "services = { a = { root = \".\", visibility = { \"/x\" = \"protected\" } } }\n",
            ),
            (
                "[services.a]\nvisibility = {}\n",
                "[services.a]\nvisibility = { \"/x\" = \"protected\" }\n",
            ),
            (
                "services.a.root = \".\" # a\nport = 1\n",
                "services.a.root = \".\" # a\nport = 1\n\n[services.a.visibility]\n\"/x\" = \"protected\"\n",
            ),
            (
                "[services]\na.root = \".\"\nb.root = \"b\"\n",
                "[services]\na.root = \".\"\nb.root = \"b\"\n\n[services.a.visibility]\n\"/x\" = \"protected\"\n",
            ),
            (
                "services.a = { functions.\"/x\".handler = \"rust:x\" }\n",
                "services.a = { functions.\"/x\".handler = \"rust:x\", \
                 functions.\"/x\".visibility = \"protected\" }\n",
            ),
            // Line ends of Windows, none at the end, and both kinds in one file.
            (
                "[services.a]\r\nroot = \".\"",
                "[services.a]\r\nroot = \".\"\r\n\r\n[services.a.visibility]\r\n\"/x\" = \"protected\"\r\n",
            ),
            (
                "\u{feff}# a\r\n[services.a.visibility]\n\"/x\" = \"public\"\n# b\r\n",
                "\u{feff}# a\r\n[services.a.visibility]\n\"/x\" = \"protected\"\n# b\r\n",
            ),
        ] {
            assert_eq!(edited(text, "/x"), wanted, "{text}");
            // Again, it is there already.
            assert_eq!(edited(wanted, "/x"), wanted);
        }
    }

    #[test]
    fn a_path_is_whatever_it_is() {
        let text = "[services.a]\nroot = \".\"\n";
        for path in [
            "/é",
            "/a\"b",
            "/a'b",
            "/a\\b",
            "/a b.c",
            "/\u{1}",
            "/]\n[services.b]",
            "/",
        ] {
            let table: toml::Table = toml::from_str(&edited(text, path)).unwrap();
            let visibility = &table["services"]["a"]["visibility"];
            assert_eq!(visibility[path].as_str(), Some("protected"));
        }
    }

    #[test]
    fn what_cannot_be_changed_is_refused() {
        for (text, fault) in [
            ("[services.b]\n", EditFault::NoService("a".into())),
            ("", EditFault::NoService("a".into())),
            ("services = 1\n", EditFault::NoService("a".into())),
            ("[[services]]\na = 1\n", EditFault::NoService("a".into())),
        ] {
            let refused = with_visibility(text, "a", "/x", Visibility::Public);
            assert_eq!(refused, Err(fault), "{text}");
        }
        let refused = with_visibility("[services.a\n", "a", "/x", Visibility::Public);
        assert!(matches!(refused, Err(EditFault::Invalid(_))), "{refused:?}");
        for text in [
            "[services]\na = 1\n",
            "[services.a]\nvisibility = 1\n",
            "[[services.a]]\n",
            "[[services.a.visibility]]\n",
        ] {
            let refused = with_visibility(text, "a", "/x", Visibility::Public);
            assert_eq!(refused, Err(EditFault::Unsafe), "{text}");
        }
    }
}
