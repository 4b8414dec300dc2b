//! Which folders hold a service's functions and assets.
//!
//! Source: serverless-api `src/utils/fs.ts`, `getListOfFunctionsAndAssets`.

use std::path::{Path, PathBuf};

/// The Toolkit's own names, the first one that exists counts.
const FUNCTIONS: [&str; 2] = ["functions", "src"];
const ASSETS: [&str; 2] = ["assets", "static"];
/// The same for a project in TypeScript that is not built: beyond the Toolkit, which would take `src` itself
/// and find no JavaScript there.
const TYPESCRIPT_FUNCTIONS: [&str; 2] = ["functions", "src/functions"];
const TYPESCRIPT_ASSETS: [&str; 3] = ["assets", "static", "src/assets"];

/// The folders of one service, as they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The service's folder.
    pub root: PathBuf,
    /// Where functions are, if anywhere.
    pub functions: Option<PathBuf>,
    /// Where assets are, if anywhere.
    pub assets: Option<PathBuf>,
    /// Folders that do not exist and would be used instead if they did.
    pub absent: Vec<PathBuf>,
}

impl Folders {
    /// The Toolkit's names below `root`: the first of `functions` and `src` that is a folder, and
    /// the first of `assets` and `static`. Beside a `tsconfig.json` the folders `functions` and `assets`
    /// within `src` count, where there is `src/functions`.
    pub fn toolkit_layout(root: &Path) -> Self {
        Folders::of_project(root, None, None)
    }

    /// The folders that the configuration names, relative to `root`; the Toolkit's names for those
    /// that it does not.
    ///
    /// A named folder is taken as it is: that it does not exist is for [`scan`](super::scan) to say.
    pub fn of_project(root: &Path, functions: Option<&Path>, assets: Option<&Path>) -> Self {
        let mut folders = Folders {
            root: root.to_owned(),
            ..Folders::default()
        };
        let in_typescript =
            root.join("tsconfig.json").is_file() && root.join(TYPESCRIPT_FUNCTIONS[1]).is_dir();
        let (for_functions, for_assets): (&[&str], &[&str]) = match in_typescript {
            true => (&TYPESCRIPT_FUNCTIONS, &TYPESCRIPT_ASSETS),
            false => (&FUNCTIONS, &ASSETS),
        };
        folders.functions = folders.choose(functions, for_functions);
        folders.assets = folders.choose(assets, for_assets);
        folders
    }

    fn choose(&mut self, named: Option<&Path>, usual: &[&str]) -> Option<PathBuf> {
        if let Some(named) = named {
            return Some(self.root.join(named));
        }
        for name in usual {
            let folder = self.root.join(name);
            if folder.is_dir() {
                return Some(folder);
            }
            self.absent.push(folder);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_first_existing_name_counts_and_the_others_are_awaited() {
        let project = tempfile::tempdir().unwrap();
        let root = project.path();
        let none = Folders::toolkit_layout(root);
        assert_eq!((none.functions, none.assets), (None, None));
        let awaited = ["functions", "src", "assets", "static"].map(|name| root.join(name));
        assert_eq!(none.absent, awaited);

        fs::create_dir(root.join("src")).unwrap();
        fs::create_dir(root.join("assets")).unwrap();
        fs::write(root.join("functions"), "a file is no folder").unwrap();
        let some = Folders::toolkit_layout(root);
        assert_eq!(some.functions, Some(root.join("src")));
        assert_eq!(some.assets, Some(root.join("assets")));
        assert_eq!(some.absent, [root.join("functions")]);

        fs::remove_file(root.join("functions")).unwrap();
        fs::create_dir(root.join("functions")).unwrap();
        let both = Folders::toolkit_layout(root);
        assert_eq!(both.functions, Some(root.join("functions")));
        assert_eq!(both.absent, [] as [PathBuf; 0]);
    }

    #[test]
    fn a_named_folder_is_taken_as_it_is() {
        let project = tempfile::tempdir().unwrap();
        let folders = Folders::of_project(project.path(), Some(Path::new("lib")), None);
        assert_eq!(folders.functions, Some(project.path().join("lib")));
        assert_eq!(folders.assets, None);
    }

    #[test]
    fn a_project_in_typescript_has_its_folders_within_src() {
        let project = tempfile::tempdir().unwrap();
        let root = project.path();
        fs::create_dir_all(root.join("src/functions")).unwrap();
        fs::create_dir_all(root.join("src/assets")).unwrap();
        let plain = Folders::toolkit_layout(root);
        assert_eq!(
            (plain.functions, plain.assets),
            (Some(root.join("src")), None)
        );

        fs::write(root.join("tsconfig.json"), "{}").unwrap();
        let some = Folders::toolkit_layout(root);
        assert_eq!(some.functions, Some(root.join("src/functions")));
        assert_eq!(some.assets, Some(root.join("src/assets")));
        let built = Folders::of_project(root, Some(Path::new("dist")), None);
        assert_eq!(built.functions, Some(root.join("dist")));

        fs::create_dir(root.join("functions")).unwrap();
        let both = Folders::toolkit_layout(root);
        assert_eq!(both.functions, Some(root.join("functions")));
    }
}
