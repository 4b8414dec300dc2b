//! From a file's name to its route and visibility: the Toolkit's convention, quirks included.
//!
//! Pure, and kept to the letter even where the original is plainly wrong (`x.publication.js`
//! answers at `/xation`), because the same files deploy to these very paths. Whether the path is
//! valid is [`RoutePath`](crate::RoutePath)'s business.
//!
//! Source: serverless-api `src/utils/fs.ts`, `getPathAndAccessFromFileInfo`; the path functions are
//! those of Node's `path` and of `upath`.

use crate::Visibility;
use crate::dotenv::is_space;
use serde::{Deserialize, Serialize};

/// The two kinds of resource, and of file in a Toolkit project; they differ in whether the extension
/// stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// JavaScript: `.js` is no part of the path.
    Function,
    /// Any file: its path ends with the extension.
    Asset,
}

impl Kind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Function => "function",
            Kind::Asset => "asset",
        }
    }
}

/// The path and visibility of the file at `relative`, a path below the functions or assets folder
/// with `/` between its parts.
///
/// ```
/// use switchboard::{Visibility, toolkit::{Kind, route}};
/// let (path, visibility) = route("sms/reply.protected.js", Kind::Function);
/// assert_eq!((path.as_str(), visibility), ("/sms/reply", Visibility::Protected));
/// ```
pub fn route(relative: &str, kind: Kind) -> (String, Visibility) {
    let (folder, file) = relative.rsplit_once('/').unwrap_or(("", relative));
    let extension = extension(file);
    let base = &file[..file.len() - extension.len()];

    // The original looks in the whole relative path, so a folder's name counts too.
    let marked = |v: &Visibility| {
        let mut marks = relative.match_indices(mark(*v));
        marks.any(|(at, mark)| relative[at + mark.len()..].starts_with(extension))
    };
    let visibility = [Visibility::Protected, Visibility::Private]
        .into_iter()
        .find(marked)
        .unwrap_or(Visibility::Public);
    // ... and takes away the first `.public` wherever it stands in the base.
    let base = base.replacen(mark(visibility), "", 1);

    let mut path = format!("/{}", join(folder, &base));
    // TypeScript is beyond the Toolkit: as what it is compiled to.
    if kind == Kind::Asset || !matches!(extension, ".js" | ".ts") {
        path.push_str(extension);
    }
    (to_unix(&path), visibility)
}

/// What marks a file as of that visibility.
fn mark(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => ".public",
        Visibility::Protected => ".protected",
        Visibility::Private => ".private",
    }
}

/// Node's `path.extname` of a file name: from the last dot on, unless that is the first character.
fn extension(file: &str) -> &str {
    match file.rfind('.') {
        Some(dot) if dot > 0 && file != ".." => &file[dot..],
        _ => "",
    }
}

/// Node's `path.join`, for a folder that holds no `..`.
fn join(folder: &str, base: &str) -> String {
    let parts = folder.split('/').chain([base]);
    let parts: Vec<&str> = parts
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.is_empty() {
        return ".".to_owned();
    }
    parts.join("/")
}

/// A dash for each space, and `upath.toUnix`: slashes, and one for several.
fn to_unix(path: &str) -> String {
    let mut unix = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '/' | '\\' if unix.ends_with('/') => {}
            '/' | '\\' => unix.push('/'),
            c if is_space(c) => unix.push('-'),
            c => unix.push(c),
        }
    }
    unix
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{Asset, Function};
    use Visibility::{Private, Protected, Public};

    #[test]
    fn names_give_the_paths_that_the_toolkit_gives_them() {
        // Each row was run through the published `getPathAndAccessFromFileInfo`.
        let table: &[(Kind, &str, &str, Visibility)] = &[
            (Function, "hello.js", "/hello", Public),
            (Function, "sms/reply.protected.js", "/sms/reply", Protected),
            (Function, "util.private.js", "/util", Private),
            (Function, "foo.public.js", "/foo", Public),
            (Function, "index.js", "/index", Public),
            (Function, "nested/index.js", "/nested/index", Public),
            (Function, "my fn.js", "/my-fn", Public),
            (Function, "x.publication.js", "/xation", Public),
            (Function, "a.protected.private.js", "/a.protected", Private),
            (Function, "a.private.b.js", "/a.private.b", Public),
            (Function, "x.PROTECTED.js", "/x.PROTECTED", Public),
            (Function, "a  b.js", "/a--b", Public),
            (Function, "é.js", "/é", Public),
            (Function, "a+b.js", "/a+b", Public),
            (Function, "x.private.js/f.js", "/x.private.js/f", Private),
            (Function, "a\u{feff}\u{a0}b.js", "/a--b", Public),
            (Function, "a\u{85}b.js", "/a\u{85}b", Public),
            (Function, "a.public.public.js", "/a.public", Public),
            (Function, "d.private/f.js", "/d.private/f", Public),
            (Function, "a.b.js", "/a.b", Public),
            (Asset, "index.html", "/index.html", Public),
            (Asset, "logo.private.png", "/logo.png", Private),
            (Asset, "noext", "/noext", Public),
            (Asset, "foo.protected", "/foo.protected", Public),
            (Asset, "dir.private/noext", "/dir.private/noext", Private),
            (Asset, "app.js", "/app.js", Public),
            (Asset, "x.protected.", "/x.", Protected),
            (Asset, "a.tar.gz", "/a.tar.gz", Public),
            (Asset, "a.b.private.tar.gz", "/a.b.private.tar.gz", Public),
            (Asset, "a b/c d.txt", "/a-b/c-d.txt", Public),
            (Asset, "a\\\\b.txt", "/a/b.txt", Public),
            (Asset, "\\b.txt", "/b.txt", Public),
        ];
        for (kind, file, path, visibility) in table {
            assert_eq!(
                route(file, *kind),
                ((*path).to_owned(), *visibility),
                "{file}"
            );
        }
    }
}
