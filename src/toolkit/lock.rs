//! npm's lock file: packages that come along with those that are listed.
//!
//! Source: `npm help package-lock.json`.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest that is read; one of thousands of packages has a few MiB.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What npm writes: beside `package.json`, and where it has installed.
const FILES: [&str; 2] = ["package-lock.json", "node_modules/.package-lock.json"];

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    extraneous: bool,
    #[serde(default)]
    link: bool,
}

/// The packages that a function in `project` can require and that are needed by those listed in
/// `dependencies`: these and all that come along with them. Empty where there is no lock file.
pub fn brought_along(project: &Path) -> BTreeSet<String> {
    let locks = FILES.iter().filter_map(|file| read(&project.join(file)));
    locks
        .flat_map(|lock| lock.packages)
        .filter(|(_, entry)| !entry.dev && !entry.extraneous && !entry.link)
        .filter_map(|(place, _)| {
            let name = place.strip_prefix("node_modules/")?;
            // Below another package nobody else finds it.
            (!name.contains("/node_modules/")).then(|| name.to_string())
        })
        .collect()
}

fn read(path: &Path) -> Option<Lock> {
    // A pipe is not opened: that could wait for ever.
    path.metadata().ok().filter(|data| data.is_file())?;
    let mut text = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_needed_by_what_is_listed_comes_along() {
        let project = tempfile::tempdir().unwrap();
        assert_eq!(brought_along(project.path()), BTreeSet::new());
        let lock = r#"{ "lockfileVersion": 3, "packages": {
            "": { "dependencies": { "axios": "^1" } },
            "node_modules/axios": { "version": "1.0.0" },
            "node_modules/form-data": { "version": "4.0.0" },
            "node_modules/@a/b": { "peer": true },
            "node_modules/axios/node_modules/own": {},
            "node_modules/jest": { "dev": true },
            "node_modules/left": { "extraneous": true },
            "node_modules/linked": { "link": true }
        } }"#;
        fs::write(project.path().join("package-lock.json"), lock).unwrap();
        let installed = project.path().join("node_modules");
        fs::create_dir(&installed).unwrap();
        fs::write(installed.join(".package-lock.json"), "{ broken").unwrap();
        let expected = ["@a/b", "axios", "form-data"].map(String::from);
        assert_eq!(brought_along(project.path()), BTreeSet::from(expected));
    }
}
