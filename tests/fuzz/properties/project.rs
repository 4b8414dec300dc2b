//! Files of a project, which are read where they lie.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use switchboard::config::{Options, load};
use switchboard::diagnostic::{Colour, Diagnostic, render, to_json};
use switchboard::toolkit::Rc;
use tempfile::TempDir;

/// What no line of a diagnostic may hold.
const SECRET: &str = "S3CR3T";

thread_local! {
    /// A folder for each thread: making one for each input would be most of the work.
    static FOLDER: RefCell<TempDir> = RefCell::new(TempDir::new().expect("a folder"));
}

fn with_file(name: &str, content: &[u8], then: impl FnOnce(&Path)) {
    FOLDER.with_borrow(|folder| {
        let file = folder.path().join(name);
        fs::write(&file, content).expect("a file");
        then(folder.path());
        fs::remove_file(file).expect("it was there");
    });
}

/// Faults lie within their files, can be shown, and are not shown at any length.
fn can_be_shown(diagnostics: &[Diagnostic]) -> String {
    for diagnostic in diagnostics {
        assert!(!diagnostic.title.is_empty());
        for excerpt in diagnostic.labels.iter().filter_map(|l| l.excerpt.as_ref()) {
            let (start, end) = (excerpt.span.start, excerpt.span.end);
            assert!(start <= end && end <= excerpt.source.len());
        }
    }
    let shown = render(diagnostics, Colour::Never);
    format!("{shown}{}", to_json(diagnostics))
}

/// `services.toml`, with secrets at its end: whatever stands before, they are not shown.
pub(super) fn services_hold(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if text.contains("S3CR3T") {
        return;
    }
    let secret = format!(
        "{text}\n[services.zz]\nauth_token = \"{SECRET}\"\nenv = {{ KEY = \"{SECRET}\" }}\n"
    );
    for text in [text, &secret] {
        with_file("services.toml", text.as_bytes(), |folder| {
            let loaded = load(folder, &Options::default(), &["jwt", "bearer"]);
            let shown = can_be_shown(&loaded.diagnostics);
            assert!(!shown.contains(SECRET), "{text}\n\n{shown}");
            let errors = loaded.diagnostics.iter().any(Diagnostic::is_error);
            assert!(loaded.config.is_some() || errors, "refused without a word");
            let again = load(folder, &Options::default(), &["jwt", "bearer"]);
            assert_eq!(again.diagnostics, loaded.diagnostics);
        });
    }
}

/// `.twilioserverlessrc`.
pub(super) fn rc_holds(data: &[u8]) {
    with_file(".twilioserverlessrc", data, |folder| {
        let rc = Rc::read(folder, folder);
        can_be_shown(&rc.diagnostics);
        assert!(rc.diagnostics.len() <= 21);
        assert_eq!(Rc::read(folder, folder), rc);
    });
}
