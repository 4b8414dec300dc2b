//! The project that is served, in a temporary folder.

use crate::npm;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// What signs requests for it.
pub(crate) const AUTH_TOKEN: &str = "12345678901234567890123456789012";

/// A folder that goes when this is dropped.
pub(crate) struct Project(PathBuf);

impl Project {
    pub(crate) fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("switchboard-bench-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Project(folder)
    }

    /// `tests/bench/project`, with the packages that it asks for and an asset of 100 KiB.
    pub(crate) fn javascript() -> Self {
        let project = Project::empty();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/project");
        let functions = fs::read_dir(source.join("functions")).expect("it is committed");
        for file in functions {
            let file = file.expect("readable").path();
            let name = file.strip_prefix(&source).expect("it lies in there");
            project.write(name, &fs::read_to_string(&file).expect("text"));
        }
        let package = fs::read_to_string(source.join("package.json")).expect("text");
        project.write("package.json", &package);
        project.write(".env", &format!("AUTH_TOKEN={AUTH_TOKEN}\n"));
        project.write("assets/asset.txt", &"0123456789abcdef".repeat(6400));
        let modules = npm::install("oracle/twilio-run", "oracle-twilio-run").join("node_modules");
        std::os::unix::fs::symlink(modules, project.0.join("node_modules")).expect("a link");
        project
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, text: &str) {
        let file = self.0.join(name);
        fs::create_dir_all(file.parent().expect("it has a folder")).expect("writable");
        fs::write(file, text).expect("writable");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("text")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
