//! Relative addresses, resolved as RFC 3986, section 5.2 has it.

/// An address in its five parts: section 3.
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

/// The address that `reference` means in a document fetched from `base`; `None` if `base` is not
/// absolute.
///
/// Strict in the RFC's sense: a reference with a scheme is absolute, even with the base's own.
/// Nothing is escaped or unescaped; the fragment stays.
///
/// ```
/// let menu = switchboard::twiml::resolve("https://example.com/voice/start", "menu?level=1");
/// assert_eq!(menu.as_deref(), Some("https://example.com/voice/menu?level=1"));
/// ```
pub fn resolve(base: &str, reference: &str) -> Option<String> {
    let base = split(base);
    let scheme = base.scheme?;
    let reference = split(reference);
    let mut target = reference;
    let path;
    if reference.scheme.is_some() || reference.authority.is_some() {
        path = without_dots(reference.path);
    } else {
        target.authority = base.authority;
        if reference.path.is_empty() {
            path = base.path.to_string();
            target.query = reference.query.or(base.query);
        } else if reference.path.starts_with('/') {
            path = without_dots(reference.path);
        } else {
            path = without_dots(&merged(base, reference.path));
        }
    }
    let mut text = format!("{}:", reference.scheme.unwrap_or(scheme));
    for (mark, part) in [("//", target.authority), ("", Some(path.as_str()))] {
        push(&mut text, mark, part);
    }
    push(&mut text, "?", target.query);
    push(&mut text, "#", target.fragment);
    Some(text)
}

fn push(text: &mut String, mark: &str, part: Option<&str>) {
    if let Some(part) = part {
        text.push_str(mark);
        text.push_str(part);
    }
}

fn split(text: &str) -> Parts<'_> {
    let (text, fragment) = cut(text, '#');
    let (text, query) = cut(text, '?');
    let (scheme, rest) = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, text),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(authority), path)
        }
        None => (None, rest),
    };
    Parts {
        scheme,
        authority,
        path,
        query,
        fragment,
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Section 5.2.3.
fn merged(base: Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    let folder = base
        .path
        .rfind('/')
        .map_or("", |slash| &base.path[..=slash]);
    format!("{folder}{path}")
}

/// Section 5.2.4, segment by segment and not by the RFC's buffers.
fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 3986, sections 5.4.1 and 5.4.2.
    #[test]
    fn the_examples_of_the_rfc() {
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/./x", "http://a/b/c/g#s/./x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
            ("http:g", "http:g"),
        ] {
            let found = resolve("http://a/b/c/d;p?q", reference);
            assert_eq!(found.as_deref(), Some(expected), "{reference}");
        }
    }

    #[test]
    fn bases_of_other_forms() {
        for (base, reference, expected) in [
            ("http://a", "g", Some("http://a/g")),
            ("http://a?q", "g", Some("http://a/g")),
            ("http://a:3000/x/y?z=/1", "..", Some("http://a:3000/")),
            ("https://a/x", "https://b/./y/../z", Some("https://b/z")),
            ("/x/y", "z", None),
            ("", "http://a/", None),
            ("a b:c", "d", None),
        ] {
            assert_eq!(
                resolve(base, reference).as_deref(),
                expected,
                "{base} {reference}"
            );
        }
    }
}
