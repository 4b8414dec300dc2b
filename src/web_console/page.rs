//! The page: standard modules, styles, and one library, all served from the binary as they lie in
//! `page/`; there is no build step. How a view is added stands at the head of `page/router.js`.
//!
//! lit-html (`page/vendor`, BSD-3-Clause, version and hash in `tests/browser/package-lock.json`) is
//! what draws: 7 KiB, one module, no dependency, and it sets values as text and never as markup. A
//! test compares the copy with the package. Larger frameworks were turned down, since they need a
//! build; none at all, since the page would then be made of a hand-written one.
//!
//! Nothing in the page is inline, so that the policy can forbid all scripts and styles but these
//! files; and Trusted Types keep even those from making markup of a text.

use super::answer;
use crate::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};

/// `blob:` is what the page itself makes of a body, for a picture or a recording.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' blob:; media-src blob:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html",
);

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// A file of the page: its path below the console's root, its type, its text.
struct File(&'static str, &'static str, &'static str);

/// Lists files of `page/` by their type.
macro_rules! files {
    ($($kind:ident: $($path:literal)+;)+) => {
        [$($(File($path, $kind, include_str!(concat!("page/", $path))),)+)+]
    };
}

/// The page itself.
const PAGE: File = File("", HTML, include_str!("page/index.html"));

/// All that it is made of.
const FILES: &[File] = &files! {
    SCRIPT:
        "again.js" "api.js" "app.js" "banner.js" "body.js" "compare.js" "copy.js"
        "detail.js" "draw.js" "filter.js" "kept.js" "keys.js" "list.js" "live.js"
        "phone.js" "phones.js" "requests.js" "router.js" "served.js" "services.js"
        "signature.js" "stored.js" "stream.js" "sync.js" "talk.js" "timeline.js" "tree.js"
        "turn.js" "twiml.js" "vendor/lit-html.js" "words.js";
    STYLE:
        "style/base.css" "style/detail.css" "style/phone.css" "style/requests.css"
        "style/services.css" "style/sync.css";
    PICTURE:
        "icon.svg";
};

/// The file at `path`, if it is one of the page's. None of them holds the token, since whoever reaches
/// this machine's loopback can read them: other users, and a function that fetches what it is told
/// to. The page has it from the link by which it was opened.
pub(super) fn file(path: &str) -> Option<Response<Body>> {
    let path = path.strip_prefix('/')?;
    let File(_, content_type, text) = match path {
        "" => &PAGE,
        path => FILES.iter().find(|file| file.0 == path)?,
    };
    let text = Bytes::from_static(text.as_bytes());
    let mut response = answer::whole(StatusCode::OK, content_type, text);
    let headers = response.headers_mut();
    headers.insert("content-security-policy", POLICY);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// In two parts, since no source of ours has the word.
    const LOOSE: &str = concat!("un", "safe-");

    #[test]
    fn every_file_of_the_folder_is_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web_console/page");
        let mut there = BTreeSet::new();
        for folder in ["", "style", "vendor"] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_file() {
                    let path = entry.path();
                    let path = path.strip_prefix(&root).unwrap().to_str().unwrap();
                    there.insert(path.to_string());
                }
            }
        }
        // The page itself, and a text that is for readers of the sources.
        assert!(there.remove("index.html") && there.remove("vendor/lit-html.LICENSE"));
        let served: BTreeSet<String> = FILES.iter().map(|file| file.0.to_string()).collect();
        assert_eq!(served, there);
        let File(.., page) = PAGE;
        for File(path, kind, _) in FILES {
            let linked = page.contains(&format!("\"/{path}\""));
            assert!(*kind != STYLE || linked, "{path} is not in index.html");
        }
    }

    #[test]
    fn it_costs_the_binary_no_more_than_the_docs_say() {
        let size: usize = FILES.iter().map(|file| file.2.len()).sum();
        assert!(size < 160 * 1024, "{size} bytes");
        let docs = include_str!("../../docs/console.md");
        assert!(docs.contains("less than 160 KiB"));
    }

    #[test]
    fn nothing_is_inline_and_nothing_is_from_elsewhere() {
        for File(path, _, text) in FILES.iter().filter(|file| !file.0.starts_with("vendor/")) {
            for word in [" style=", "<style", "<script", LOOSE, "innerHTML", "eval("] {
                let explained = *path == "router.js" && word == "<style";
                assert!(explained || !text.contains(word), "{path} has {word}");
            }
            // A name of a language, and an example.
            let hosts = text.replace("http://www.w3.org/2000/svg", "");
            let hosts = hosts.replace("https://HOST", "");
            assert!(!hosts.contains("://"), "{path} names another host");
        }
        assert!(!POLICY.to_str().unwrap().contains(LOOSE));
    }
}
