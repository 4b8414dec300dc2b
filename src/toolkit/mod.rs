//! What a Serverless Toolkit project says on disk: its functions, assets and settings.
//!
//! A folder laid out for `twilio-run` must work here as it stands, so file names are read by the
//! Toolkit's convention ([`route`]) and its configuration file is honoured ([`Rc`]). Where the
//! Toolkit would fail as a whole over one bad name, only that file is left out, with a
//! [`Diagnostic`] that says how to rename it.
//!
//! Everything is read in one go and returned as values: nothing here keeps state, so a reload is
//! another call.

pub(crate) mod engines;
mod folders;
mod json;
mod lock;
mod name;
mod package;
mod rc;
mod text;
mod walk;

use crate::diagnostic::Diagnostic;
use crate::{InvalidPath, RoutePath, Visibility};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use folders::Folders;
pub use lock::brought_along;
pub use name::{Kind, route};
pub use package::{Dependency, Package, RUNTIME_HANDLER, exact, service_name};
pub use rc::{Rc, RuntimeAsked};

/// A JavaScript file that answers under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionFile {
    /// Where it answers.
    pub path: RoutePath,
    /// Who may call it.
    pub visibility: Visibility,
    /// The file, below the folder that was scanned.
    pub file: Arc<Path>,
}

/// A file that is served as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetFile {
    /// Where it answers.
    pub path: RoutePath,
    /// Who may fetch it.
    pub visibility: Visibility,
    /// The file, below the folder that was scanned.
    pub file: Arc<Path>,
}

/// What the folders of a project hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Each on a path of its own, in the order of their file names.
    pub functions: Vec<FunctionFile>,
    /// Each on a path of its own that no function has, in the order of their file names.
    pub assets: Vec<AssetFile>,
    /// What was left out, and why.
    pub diagnostics: Vec<Diagnostic>,
    /// Every folder that was read, those scanned included: a change in any of them may change the
    /// scan.
    pub folders: Vec<PathBuf>,
    /// Folders that are not there: the scan changes when one of them appears.
    pub absent: Vec<PathBuf>,
}

/// Reads the names of all files in `folders`.
///
/// Diagnostics name files relative to `project`, the folder of the project, where they lie below it;
/// links may lead to whatever does. The files themselves are not opened. Of two files on one path the
/// first is served, functions before assets.
pub fn scan(folders: &Folders, project: &Path) -> Scan {
    let mut scan = Scan {
        absent: folders.absent.clone(),
        ..Scan::default()
    };
    let mut taken: HashMap<RoutePath, Arc<Path>> = HashMap::new();
    for (kind, folder) in [
        (Kind::Function, &folders.functions),
        (Kind::Asset, &folders.assets),
    ] {
        let Some(folder) = folder else { continue };
        if !folder.is_dir() {
            scan.absent.push(folder.clone());
            scan.diagnostics.push(missing(kind, shown(folder, project)));
            continue;
        }
        let mut walk = walk::walk(kind, folder, &folders.root, project);
        scan.folders.append(&mut walk.folders);
        scan.diagnostics.append(&mut walk.diagnostics);
        taken.reserve(walk.files.len());
        let typescript = scan.functions.iter().any(|f| is_typescript(&f.file));
        for (relative, file) in walk.files {
            let (mut path, visibility) = route(&relative, kind);
            if typescript && kind == Kind::Asset && visibility == Visibility::Private {
                path = compiled(path, &file);
            }
            scan.add(
                kind,
                &relative,
                (path, visibility),
                file,
                &mut taken,
                project,
            );
        }
    }
    scan
}

impl Scan {
    fn add(
        &mut self,
        kind: Kind,
        relative: &str,
        (path, visibility): (String, Visibility),
        file: Arc<Path>,
        taken: &mut HashMap<RoutePath, Arc<Path>>,
        shown_from: &Path,
    ) {
        let path = match RoutePath::new(path) {
            Ok(path) => path,
            Err(invalid) => {
                let fault = Diagnostic::error("invalid-path", invalid.to_string())
                    .in_file(
                        shown(&file, shown_from),
                        format!("this {} is left out", kind.as_str()),
                    )
                    .help(renaming(relative, &invalid));
                self.diagnostics.push(fault);
                return;
            }
        };
        if let Some(first) = taken.get(&path) {
            let fault = Diagnostic::error("duplicate-path", format!("two files answer at {path}"))
                .in_file(shown(&file, shown_from), "left out")
                .in_file(shown(first, shown_from), "served")
                .help("rename one of them: a marker such as `.protected` is no part of the path");
            self.diagnostics.push(fault);
            return;
        }
        if visibility != Visibility::Private
            && let Some(asked) = path.unreachable()
        {
            let fault = unreachable(&path, &asked).in_file(shown(&file, shown_from), "");
            self.diagnostics.push(fault);
        }
        taken.insert(path.clone(), Arc::clone(&file));
        match kind {
            Kind::Function => self.functions.push(FunctionFile {
                path,
                visibility,
                file,
            }),
            Kind::Asset => self.assets.push(AssetFile {
                path,
                visibility,
                file,
            }),
        }
    }
}

/// Whether a file's name is that of TypeScript.
pub(crate) fn is_typescript(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "ts")
}

/// Where `Runtime.getAssets()` has a private asset of a project whose functions are TypeScript and
/// run as they are: what they load is named as what it is compiled to, where that is not there.
fn compiled(path: String, file: &Path) -> String {
    match path.strip_suffix(".ts") {
        Some(stem) if !stem.ends_with(".d") && !file.with_extension("js").exists() => {
            format!("{stem}.js")
        }
        _ => path,
    }
}

/// Nobody can ask for `path`, since what arrives is `asked`.
pub(crate) fn unreachable(path: &RoutePath, asked: &str) -> Diagnostic {
    let title = format!("nobody can ask for {path}: a request for it names {asked}");
    Diagnostic::warning("unreachable-path", title)
        .help("paths match as they arrive; name it with letters, digits, `-`, `_` and `.` alone")
}

fn missing(kind: Kind, folder: PathBuf) -> Diagnostic {
    Diagnostic::error(
        "missing-folder",
        format!("the folder for {}s does not exist", kind.as_str()),
    )
    .in_file(folder, "no such folder")
    .help(
        "if a build makes it, such as `npm run build`, run that; else create it, or name another one \
         in the project's configuration",
    )
}

fn renaming(relative: &str, invalid: &InvalidPath) -> String {
    match invalid {
        InvalidPath::TooLong(_) => "shorten its name or those of its folders".to_owned(),
        _ => {
            let valid = relative.replace(|c| crate::route::FORBIDDEN.contains(c), "-");
            format!("rename it, for example to {valid}")
        }
    }
}

/// `path` as it is shown: relative to `from` where it lies below it.
fn shown(path: &Path, from: &Path) -> PathBuf {
    path.strip_prefix(from).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests;
