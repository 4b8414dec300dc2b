//! The names of all files below a functions or assets folder, in a fixed order.
//!
//! The Toolkit's walk follows every symbolic link, for ever where links form a circle, and makes
//! routes of `node_modules`. This one ends on any file tree, stays within the project, and says
//! what it passed over. Dotfiles are the exception: the Toolkit lists them and answers 404, so they
//! are left out, without a word but for those that a deployment had better not, or should, publish.
//!
//! Source: serverless-api `src/utils/fs.ts`, `getDirContent`.

use super::{Kind, shown};
use crate::diagnostic::Diagnostic;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many folders may lie in each other: far more than the 255 characters of a path leave room
/// for, with names of usual length.
const MAX_DEPTH: usize = 32;

/// How many files and folders are looked at. The cloud takes 1000 functions and 1000 assets of
/// each visibility in a build.
const MAX_ENTRIES: usize = 20_000;

/// Extensions of scripts that the Toolkit passes over in a functions folder.
const OTHER_SCRIPTS: [&str; 7] = ["cjs", "cts", "jsx", "mjs", "mts", "ts", "tsx"];

/// What a walk met.
#[derive(Default)]
pub(super) struct Walk {
    /// Each file with its path below the folder, parts divided by `/`; a folder's entries in the
    /// order of their names.
    pub(super) files: Vec<(String, Arc<Path>)>,
    /// Every folder read, the first one included.
    pub(super) folders: Vec<PathBuf>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Walks `folder` of the service in `root`, which is one of `project`, from where files are shown;
/// links may lead to places within any of the three: services share files.
pub(super) fn walk(kind: Kind, folder: &Path, root: &Path, project: &Path) -> Walk {
    let bounds = [project, root, folder].into_iter();
    let mut walker = Walker {
        kind,
        shown_from: project,
        bounds: bounds.filter_map(|path| path.canonicalize().ok()).collect(),
        within: Vec::new(),
        entries_left: MAX_ENTRIES,
        full: false,
        found: Walk::default(),
    };
    match folder.canonicalize() {
        Ok(real) => walker.enter(folder, real, ""),
        Err(error) => walker.unreadable(folder, &error),
    }
    walker.found
}

struct Walker<'a> {
    kind: Kind,
    shown_from: &'a Path,
    /// The real folders that links may lead into.
    bounds: Vec<PathBuf>,
    /// The real folders from the first one down to the one being read.
    within: Vec<PathBuf>,
    entries_left: usize,
    /// Whether it was said that there are too many.
    full: bool,
    found: Walk,
}

impl Walker<'_> {
    /// Reads `folder`, which is `real` once links are resolved.
    fn enter(&mut self, folder: &Path, real: PathBuf, relative: &str) {
        if self.within.contains(&real) {
            return self.note(
                Diagnostic::warning("link-loop", "a symbolic link leads back to its own folder"),
                folder,
                "not followed",
                "remove the link",
            );
        }
        if self.within.len() == MAX_DEPTH {
            return self.note(
                Diagnostic::error(
                    "too-deep",
                    format!("more than {MAX_DEPTH} folders lie in each other"),
                ),
                folder,
                "left out",
                "move its files up, or out of the project",
            );
        }
        let entries = match self.entries(folder) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(folder, &error),
        };
        self.found.folders.push(folder.to_owned());
        self.within.push(real.clone());
        for (name, kind) in entries {
            self.visit(folder, &name, kind, &real, relative);
        }
        self.within.pop();
    }

    /// The entries of `folder` by name, as many as the walk may still look at.
    fn entries(&mut self, folder: &Path) -> io::Result<Vec<(OsString, io::Result<FileType>)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if self.entries_left == 0 {
                if std::mem::replace(&mut self.full, true) {
                    break;
                }
                self.note(
                    Diagnostic::error(
                        "too-many-files",
                        format!("more than {MAX_ENTRIES} files and folders"),
                    ),
                    folder,
                    "files from here on are left out",
                    "move what is not served out of the functions and assets folders",
                );
                break;
            }
            self.entries_left -= 1;
            // Most file systems tell what it is along with its name. Asking for each was most of a walk.
            entries.push((entry.file_name(), entry.file_type()));
        }
        entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(entries)
    }

    /// Takes in what is called `name` in `folder`, which is `real` once links are resolved.
    fn visit(
        &mut self,
        folder: &Path,
        name: &OsStr,
        kind: io::Result<FileType>,
        real: &Path,
        relative: &str,
    ) {
        if name.as_encoded_bytes().starts_with(b".") {
            return self.pass_over(&folder.join(name), name);
        }
        let path = folder.join(name);
        let Some(name) = name.to_str() else {
            return self.note(
                Diagnostic::error("name-not-utf8", "a file name is not valid UTF-8"),
                &path,
                "left out",
                "rename it",
            );
        };
        let followed = match kind {
            Ok(kind) if kind.is_symlink() => match self.follow(&path) {
                Ok(Some((real, kind))) => Ok((Some(real), kind)),
                Ok(None) => return,
                Err(error) => Err(error),
            },
            kind => kind.map(|kind| (None, kind)),
        };
        let (elsewhere, kind) = match followed {
            Ok(followed) => followed,
            Err(error) => return self.unreadable(&path, &error),
        };
        let relative = match relative {
            "" => name.to_owned(),
            above => format!("{above}/{name}"),
        };
        if kind.is_dir() {
            if self.kind == Kind::Function && name == "node_modules" {
                return self.note(
                    Diagnostic::warning("node-modules", "packages lie in the functions folder"),
                    &path,
                    "left out; the Toolkit would make a function of every file",
                    "install packages in the project folder instead",
                );
            }
            let real = elsewhere.unwrap_or_else(|| real.join(name));
            self.enter(&path, real, &relative);
        } else if kind.is_file() && self.is_wanted(name, &path) {
            self.found.files.push((relative, path.into()));
        }
    }

    /// Passes over the dotfile `name` at `path`. The Toolkit answers 404 for it here and deploys it all
    /// the same: an env file among the assets would be for everybody to read.
    fn pass_over(&mut self, path: &Path, name: &OsStr) {
        if self.kind != Kind::Asset {
            return;
        }
        let (title, help) = match name.to_str() {
            Some(name) if name == ".env" || name.starts_with(".env.") => (
                "a deployment would publish an env file",
                "move it out of the assets folder",
            ),
            Some(".well-known") => (
                "a deployment would publish files that are not served here",
                "the Toolkit answers 404 for dotfiles on this machine, too; try them under another name",
            ),
            _ => return,
        };
        let warning = Diagnostic::warning("dotfile", title);
        self.note(warning, path, "left out here", help);
    }

    /// Where the link at `path` leads, and what is there; `None` if it may not be followed, which
    /// was said.
    fn follow(&mut self, path: &Path) -> io::Result<Option<(PathBuf, FileType)>> {
        let real = path.canonicalize()?;
        if !self.bounds.iter().any(|bound| real.starts_with(bound)) {
            self.note(
                Diagnostic::warning("link-leads-out", "a symbolic link leads out of the project"),
                path,
                "not followed",
                "copy what it points to into the project",
            );
            return Ok(None);
        }
        let kind = fs::metadata(&real)?.file_type();
        Ok(Some((real, kind)))
    }

    /// Whether the file is of the kind sought; a script that looks like a function but is none is
    /// told of.
    fn is_wanted(&mut self, name: &str, path: &Path) -> bool {
        let extension = Path::new(name).extension().and_then(OsStr::to_str);
        let (Kind::Function, extension) = (self.kind, extension.unwrap_or_default()) else {
            return true;
        };
        // Beyond the cloud; where it was compiled beside itself, what came of it is served.
        if extension == "ts" && !name.ends_with(".d.ts") {
            return !path.with_extension("js").exists();
        }
        let lower = extension.to_ascii_lowercase();
        let script = lower == "js" || OTHER_SCRIPTS.contains(&lower.as_str());
        // Declarations hold no code that anyone could mean to serve.
        if extension != "js" && script && !name.ends_with(".d.ts") {
            self.note(
                Diagnostic::warning(
                    "not-a-function",
                    format!("a .{extension} file is not a route in the cloud"),
                ),
                path,
                "left out",
                "compile or rename it to a .js file",
            );
        }
        extension == "js"
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let fault = Diagnostic::unreadable(error, "a file or folder");
        match fault.is_of_machine() {
            true => {
                let place = shown(path, self.shown_from);
                self.found
                    .diagnostics
                    .push(fault.in_file(place, "not read"));
            }
            false => {
                let help = "check that it exists and that you may read it";
                self.note(fault, path, "left out", help);
            }
        }
    }

    fn note(&mut self, diagnostic: Diagnostic, path: &Path, what: &str, help: &str) {
        let place = shown(path, self.shown_from);
        let diagnostic = diagnostic.in_file(place, what).help(help);
        self.found.diagnostics.push(diagnostic);
    }
}
