//! The one place where loading meets what else describes a project: the Toolkit's layout and files,
//! and env files.

use crate::diagnostic::Diagnostic;
use crate::dotenv::{self, Dotenv};
use crate::parity::Packages;
use crate::toolkit::{self, Folders, Package, Rc, Scan};
use std::path::{Path, PathBuf};

/// A folder in the Toolkit's layout, as it and its `.twilioserverlessrc` have it.
pub(super) struct Layout {
    pub(super) folders: Folders,
    /// What the rc file says.
    pub(super) settings: Settings,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Files that were read or looked for.
    pub(super) watched: Vec<PathBuf>,
}

/// What a `.twilioserverlessrc` says beside its folders.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) env_file: Option<PathBuf>,
    pub(super) port: Option<u16>,
    pub(super) load_local_env: bool,
}

/// Reads the layout of the folder `root`; `functions` and `assets`, relative to it, beat what its
/// rc file says.
pub(super) fn layout(
    root: &Path,
    functions: Option<&Path>,
    assets: Option<&Path>,
    shown_from: &Path,
) -> Layout {
    let rc = Rc::read(root, shown_from);
    let functions = functions.or(rc.functions_folder.as_deref());
    let assets = assets.or(rc.assets_folder.as_deref());
    let usual = [root.join("package.json"), root.join(".twilioserverlessrc")];
    Layout {
        folders: Folders::of_project(root, functions, assets),
        settings: Settings {
            env_file: rc.env.map(|file| root.join(file)),
            port: rc.port,
            load_local_env: rc.load_local_env.unwrap_or_default(),
        },
        diagnostics: rc.diagnostics,
        watched: usual.into_iter().chain(rc.file).collect(),
    }
}

/// The name that `root` has as a service.
pub(super) fn service_name(root: &Path, shown_from: &Path) -> (String, Vec<Diagnostic>) {
    let package = Package::read(root, shown_from);
    let name = toolkit::service_name(package.name.as_deref(), root);
    (name, package.diagnostics)
}

/// The packages that the `package.json` of `root` lists, if there is one that can be read, and whether
/// functions get no `event.request` by the runtime handler that they name.
pub(super) fn packages(root: &Path, shown_from: &Path) -> Option<(Packages, bool)> {
    let package = Package::read(root, shown_from);
    package.text.as_ref()?;
    let dependencies = package.dependencies.iter();
    let listed = Packages::new(
        dependencies.map(|d| (d.name.as_str(), d.version.as_str())),
        package.dev_dependencies.iter().map(|d| d.name.as_str()),
        toolkit::brought_along(root),
    );
    let lacks_request = !package.dependencies.is_empty() && package.lacks_request();
    Some((listed, lacks_request))
}

/// What lies in `folders`.
pub(super) fn scan(folders: &Folders, shown_from: &Path) -> Scan {
    toolkit::scan(folders, shown_from)
}

/// Reads the text of an env file.
pub(super) fn env_file(text: &str) -> Dotenv {
    dotenv::parse(text)
}
