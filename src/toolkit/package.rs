//! `package.json`: the service's name and what it depends on.

use super::{json, shown, text};
use crate::diagnostic::Diagnostic;
use serde_json::Value;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A service's name has fewer than 50 characters in the cloud.
const MAX_NAME: usize = 49;

/// The package that calls functions in the cloud, in the version that `dependencies` names.
pub const RUNTIME_HANDLER: &str = "@twilio/runtime-handler";

/// What a project's `package.json` says; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name as it stands there.
    pub name: Option<String>,
    /// `dependencies`, in their order.
    pub dependencies: Vec<Dependency>,
    /// `devDependencies`, in their order.
    pub dev_dependencies: Vec<Dependency>,
    /// `engines.node`, as it stands there.
    pub node: Option<String>,
    /// The text, if there is one that could be read.
    pub text: Option<Arc<str>>,
    /// Faults in the file, the first twenty at most.
    pub diagnostics: Vec<Diagnostic>,
}

/// A package that the project depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its name, scope included.
    pub name: String,
    /// The versions that will do, as npm writes them: `^4.18.0`, `latest`, an address, …
    pub version: String,
}

impl Package {
    /// Reads the `package.json` in the folder `project`.
    ///
    /// Diagnostics name it relative to `shown_from` where it lies below that.
    pub fn read(project: &Path, shown_from: &Path) -> Package {
        let file = project.join("package.json");
        let mut package = Package::default();
        match text::read(&file, shown_from) {
            Ok(None) => {}
            Ok(Some(source)) => {
                package.take(&source, &shown(&file, shown_from));
                package.text = Some(source);
            }
            Err(unreadable) => package.diagnostics.push(unreadable),
        }
        package
    }

    /// Where the key `path[n]` of the object `path[0]`.`path[1]`… stands in the text, its quotes
    /// included.
    pub fn place(&self, path: &[&str]) -> Option<Range<usize>> {
        json::place(self.text.as_ref()?, path)
    }

    /// Whether the runtime handler that `dependencies` name gives functions no `event.request`: there is
    /// none, or one before 1.2.0. A range is not judged.
    pub fn lacks_request(&self) -> bool {
        let mut named = self.dependencies.iter();
        match named.find(|d| d.name == RUNTIME_HANDLER) {
            None => true,
            Some(handler) => {
                exact(&handler.version).is_some_and(|[major, minor, _]| (major, minor) < (1, 2))
            }
        }
    }

    fn take(&mut self, source: &Arc<str>, file: &Path) {
        // npm reads past a byte order mark.
        let body = source.trim_start_matches('\u{feff}');
        let value: Value = match serde_json::from_str(body) {
            Ok(value) => value,
            Err(error) => {
                let at = source.len() - body.len() + offset(body, error.line(), error.column());
                let end = source[at..]
                    .chars()
                    .next()
                    .map_or(at, |c| at + c.len_utf8());
                let message = error.to_string();
                let message = message
                    .rsplit_once(" at line ")
                    .map_or(message.as_str(), |(message, _)| message);
                let title = "package.json is not valid JSON";
                let invalid = Diagnostic::error("invalid-json", title)
                    .at(file, source, at..end, message)
                    .help("mend the text; npm and the Toolkit cannot read it either");
                return self.diagnostics.push(invalid);
            }
        };
        let mut wrong = |path: &[&str], title: String| {
            if self.diagnostics.len() == json::MAX_FAULTS {
                return;
            }
            let fault = Diagnostic::error("wrong-type", title);
            let fault = match json::place(source, path) {
                Some(span) => fault.at(file, source, span, "ignored"),
                None => fault.in_file(file, "ignored"),
            };
            self.diagnostics
                .push(fault.help("see `npm help package.json`"));
        };
        let Value::Object(mut keys) = value else {
            return wrong(&[], "package.json must be an object".to_owned());
        };
        match keys.remove("name") {
            None => {}
            Some(Value::String(name)) => self.name = Some(name),
            Some(_) => wrong(&["name"], "`name` must be text".to_owned()),
        }
        for (key, list) in [
            ("dependencies", &mut self.dependencies),
            ("devDependencies", &mut self.dev_dependencies),
        ] {
            match keys.remove(key) {
                None => {}
                Some(Value::Object(listed)) => {
                    for (name, version) in listed {
                        match version {
                            Value::String(version) => list.push(Dependency { name, version }),
                            _ => wrong(
                                &[key, &name],
                                format!("the version of `{name}` must be text"),
                            ),
                        }
                    }
                }
                Some(_) => wrong(&[key], format!("`{key}` must be an object")),
            }
        }
        // Other engines, and other forms, are npm's business.
        let node = keys.get("engines").and_then(|engines| engines.get("node"));
        self.node = node.and_then(Value::as_str).map(str::to_owned);
    }
}

/// The three numbers of a version that names one version; what may follow them says nothing here.
pub fn exact(version: &str) -> Option<[u64; 3]> {
    let version = version.trim().trim_start_matches(['v', '=']);
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Option<Vec<u64>> = numbers.split('.').map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// The byte that serde_json's line and column mean: both from 1, columns in bytes; a column of 0 is
/// the end of the line before.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    text.floor_char_boundary((before + column).saturating_sub(1).min(last))
}

/// The name under which a project is served: that of its `package.json` without the scope, else
/// its folder's, else `service`; with dashes for whatever a service's name may not hold.
///
/// ```
/// use switchboard::toolkit::service_name;
/// assert_eq!(service_name(Some("@scope/my_app"), "/projects/x".as_ref()), "my-app");
/// ```
pub fn service_name(package_name: Option<&str>, project: &Path) -> String {
    let unscoped = package_name.map(|name| match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').map_or(scoped, |(_, name)| name),
        None => name,
    });
    // `.` and `..` have no name of their own.
    let folder = project.canonicalize();
    let folder = folder.as_deref().unwrap_or(project).file_name();
    let folder = folder.map(|name| name.to_string_lossy());
    [unscoped, folder.as_deref()]
        .into_iter()
        .flatten()
        .map(dashed)
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "service".to_owned())
}

fn dashed(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut dashed = words.join("-");
    dashed.truncate(MAX_NAME);
    dashed.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(text: &str) -> Package {
        let project = tempfile::tempdir().unwrap();
        fs::write(project.path().join("package.json"), text).unwrap();
        Package::read(project.path(), project.path())
    }

    #[test]
    fn name_and_dependencies_are_read_in_order() {
        let package = read(
            "\u{feff}{\"name\": \"x\", \"dependencies\": {\"twilio\": \"^5\", \"a\": \"latest\"}}",
        );
        assert_eq!(package.name.as_deref(), Some("x"));
        let dependencies: Vec<_> = package
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.version.as_str()))
            .collect();
        assert_eq!(dependencies, [("twilio", "^5"), ("a", "latest")]);
        assert_eq!(package.diagnostics, []);
    }

    #[test]
    fn no_file_says_nothing() {
        let project = tempfile::tempdir().unwrap();
        let package = Package::read(project.path(), project.path());
        assert_eq!(package, Package::default());
    }

    #[test]
    fn faults_are_told_at_their_place() {
        let table: &[(&str, &str, Option<&str>)] = &[
            ("{\n  \"é\": tru}", "invalid-json", Some("}")),
            ("{\"a\": 1,\n}", "invalid-json", Some("}")),
            ("\u{feff}{\"a\" 1}", "invalid-json", Some("1")),
            ("{\"a\": 1", "invalid-json", Some("1")),
            ("", "invalid-json", Some("")),
            ("[]", "wrong-type", None),
            ("{\"name\": 1}", "wrong-type", Some("\"name\"")),
            (
                "{\"dependencies\": []}",
                "wrong-type",
                Some("\"dependencies\""),
            ),
            (
                "{\"dependencies\": {\"b\": 1}}",
                "wrong-type",
                Some("\"b\""),
            ),
        ];
        for (text, code, marked) in table {
            let package = read(text);
            let [fault] = package.diagnostics.as_slice() else {
                panic!("{text:?} has {:?}", package.diagnostics);
            };
            let excerpt = fault.labels[0].excerpt.as_ref();
            let shown = excerpt.map(|excerpt| &excerpt.source[excerpt.span.clone()]);
            assert_eq!((fault.code, shown), (*code, *marked), "{text:?}");
            assert_eq!(fault.labels[0].file, Path::new("package.json"));
        }
    }

    #[test]
    fn faults_are_bounded() {
        let wrong: Vec<String> = (0..5_000).map(|n| format!("\"{n}\":{n}")).collect();
        let package = read(&format!("{{\"dependencies\":{{{}}}}}", wrong.join(",")));
        assert_eq!(package.diagnostics.len(), json::MAX_FAULTS);
    }

    #[test]
    fn names_become_service_names() {
        let long = "a".repeat(48) + "-bc";
        let table = [
            (Some("@scope/my_app"), "my-app"),
            (Some("My.App 2"), "My-App-2"),
            (Some("--x--"), "x"),
            (Some("@only"), "only"),
            (Some("…"), "the-folder"),
            (Some(""), "the-folder"),
            (None, "the-folder"),
            (Some(long.as_str()), &long[..48]),
        ];
        for (package, service) in table {
            let name = service_name(package, Path::new("/no/such/the folder"));
            assert_eq!(name, service, "{package:?}");
        }
        assert_eq!(service_name(None, Path::new("/")), "service");
    }
}
