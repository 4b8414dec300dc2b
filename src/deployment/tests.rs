//! Projects with one thing that the cloud would take otherwise, and what is said of them.

use super::examine;
use crate::config::{self, Config, Options};
use crate::diagnostic::Diagnostic;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const HANDLER: &str = "exports.handler = (context, event, callback) => callback(null, 'done');";

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn loaded(folder: &Path) -> Config {
    config::load(folder, &Options::default(), &[])
        .config
        .unwrap()
}

/// Each as `code file:text that is marked`.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let folder = project(files);
    examine(&loaded(folder.path())).iter().map(shown).collect()
}

fn shown(fault: &Diagnostic) -> String {
    assert!(!fault.is_error() && fault.help.is_some(), "{fault:?}");
    let label = fault.labels.first();
    let file = label.map_or(String::new(), |label| label.file.display().to_string());
    let marked = label.and_then(|label| label.excerpt.as_ref());
    let marked = marked.map_or("", |excerpt| &excerpt.source[excerpt.span.clone()]);
    format!("{} {file}:{marked}", fault.code)
}

/// What a project is told of whose package.json and one function are these.
fn told_of(package: &str, code: &str) -> Vec<String> {
    let function = format!("{code}\n{HANDLER}");
    told(&[("package.json", package), ("functions/a.js", &function)])
}

#[test]
fn a_sound_project_is_told_nothing() {
    let package = r#"{
        "name": "sound", "engines": { "node": ">=18" },
        "dependencies": { "twilio": "^5", "@twilio/runtime-handler": "2.0.1", "got": "^11" }
    }"#;
    let code = "const got = require('got'); const fs = require('node:fs/promises');
        const lib = require(Runtime.getFunctions()['lib'].path);
        const data = JSON.parse(Runtime.getAssets()['/data.json'].open());
        const code = require(Runtime.getAssets()['/code.js'].path);";
    let files = [
        ("package.json", package),
        ("functions/a.js", code),
        ("functions/lib.private.js", HANDLER),
        ("assets/data.private.json", "{}"),
        ("assets/code.private.js", "module.exports = 1"),
        ("assets/site.js", "import x from './y.js'"),
        (".env", "A=1"),
    ];
    assert_eq!(told(&files), [""; 0]);
}

#[test]
fn loads_that_the_cloud_would_refuse_are_found_in_the_files() {
    let package = r#"{ "dependencies": { "@twilio/runtime-handler": "2.0.1", "own": "file:../own" },
        "devDependencies": { "dev": "1" } }"#;
    let files = [
        ("package.json", package),
        (
            "functions/a.js",
            "require('./lib.private'); require('../shared'); require('own/x'); require('dev');\n\
             require('unlisted'); require('./gone'); require(Runtime.getAssets()['/data.json'].path);",
        ),
        (
            "functions/lib.private.js",
            "require('../assets/code.private')",
        ),
        ("functions/m.js", "export const handler = () => {};"),
        ("shared.js", "require('never-read')"),
        ("assets/data.private.json", "{}"),
        ("assets/code.private.js", "require('./data.private.json')"),
    ];
    let expected = [
        "local-dependency package.json:\"own\"",
        "relative-require functions/a.js:'./lib.private'",
        "relative-require functions/a.js:'../shared'",
        "local-dependency functions/a.js:'own/x'",
        "dev-dependency functions/a.js:'dev'",
        "unlisted-dependency functions/a.js:'unlisted'",
        "asset-require functions/a.js:'/data.json'",
        "relative-require functions/lib.private.js:'../assets/code.private'",
        "es-module functions/m.js:export",
        "relative-require assets/code.private.js:'./data.private.json'",
    ];
    assert_eq!(told(&files), expected);
    let folder = project(&files);
    let helps: Vec<_> = examine(&loaded(folder.path()))
        .into_iter()
        .filter_map(|fault| fault.help)
        .collect();
    for expected in [
        "Runtime.getFunctions()[\"lib\"].path",
        "require(Runtime.getAssets()[\"/code.js\"].path)",
        "private function or asset",
    ] {
        assert!(
            helps.iter().any(|help| help.contains(expected)),
            "{helps:?}"
        );
    }
}

#[test]
fn what_the_manifest_asks_of_the_cloud_is_checked() {
    let handler = r#""@twilio/runtime-handler""#;
    let many: Vec<String> = (0..100).map(|n| format!("\"p{n}\": \"1\"")).collect();
    let many = format!(
        r#"{{ "dependencies": {{ {handler}: "2.0.1", {} }} }}"#,
        many.join(",")
    );
    let table: &[(&str, &[&str])] = &[
        ("{}", &[]),
        (r#"{ "dependencies": { "twilio": "5.0.0" } }"#, &[]),
        (
            r#"{ "dependencies": { "@twilio/runtime-handler": "^2.0.1" } }"#,
            &["runtime-handler-version package.json:\"@twilio/runtime-handler\""],
        ),
        (
            r#"{ "devDependencies": { "@twilio/runtime-handler": "2.0.1" } }"#,
            &["runtime-handler-version package.json:\"@twilio/runtime-handler\""],
        ),
        (
            r#"{ "dependencies": { "@twilio/runtime-handler": "2.0.1-rc.1" } }"#,
            &[],
        ),
        (&many, &["dependency-count package.json:\"dependencies\""]),
        // The Toolkit deploys with the runtime of its own settings, and reads no engines.
        (r#"{ "engines": { "node": "16.x" } }"#, &[]),
        (
            r#"{ "name": "@scope/x" }"#,
            &["service-name package.json:\"name\""],
        ),
    ];
    for (package, expected) in table {
        assert_eq!(told_of(package, ""), *expected, "{package:.80}");
    }
    assert_eq!(
        told_of(
            r#"{ "dependencies": { "twilio": "5.0.0" } }"#,
            "const cookies = (event) => event.request.cookies;"
        ),
        ["runtime-handler package.json:\"dependencies\""],
    );
    for (settings, expected) in [
        ("{ runtime: 'node22' }", None),
        (
            "{ runtime: 'node18' }",
            Some("node-version .twilioserverlessrc:runtime"),
        ),
        (
            "{ commands: { deploy: { runtime: 'node16' } } }",
            Some("node-version .twilioserverlessrc:runtime"),
        ),
    ] {
        let files = [
            (".twilioserverlessrc", settings),
            ("functions/a.js", HANDLER),
        ];
        assert_eq!(told(&files), Vec::from_iter(expected), "{settings}");
    }
    let named = [
        ("package.json", r#"{ "name": "@scope/x" }"#),
        (".twilioserverlessrc", "{ serviceName: 'x' }"),
        ("functions/a.js", HANDLER),
    ];
    assert_eq!(told(&named), [""; 0]);
}

#[test]
fn a_package_that_is_compiled_is_told_of() {
    let package = r#"{ "dependencies": { "@twilio/runtime-handler": "2.0.1", "plain": "1", "native": "1" } }"#;
    let files = [
        ("package.json", package),
        ("functions/a.js", HANDLER),
        ("node_modules/plain/package.json", "{}"),
        ("node_modules/native/binding.gyp", "{}"),
    ];
    assert_eq!(told(&files), ["native-module package.json:\"native\""]);
}

#[test]
fn of_services_in_one_folder_any_may_read_the_request() {
    let service =
        |name: &str| format!("[services.{name}]\nroot = \".\"\nfunctions_folder = \"{name}\"\n");
    let services = format!("default_service = \"a\"\n{}{}", service("a"), service("b"));
    let files = [
        ("services.toml", services.as_str()),
        (
            "package.json",
            r#"{ "dependencies": { "twilio": "5.0.0" } }"#,
        ),
        ("a/plain.js", HANDLER),
        (
            "b/reads.js",
            "exports.handler = (c, event, done) => done(null, event.request);",
        ),
    ];
    assert_eq!(
        told(&files),
        ["runtime-handler package.json:\"dependencies\""]
    );
}

#[test]
fn a_variable_without_a_value_is_told_of() {
    let env = "SECRET=hush\n# a remark\nEMPTY=\nALSO=\"\"\nACCOUNT_SID=\nDOMAIN_NAME=\n";
    let files = [(".env", env), ("functions/a.js", HANDLER)];
    assert_eq!(told(&files), ["empty-variable .env:EMPTY="]);
    let folder = project(&files);
    let found = examine(&loaded(folder.path()));
    let text = crate::diagnostic::render(&found, crate::diagnostic::Colour::Never);
    assert!(
        text.contains(".env:3:1")
            && text.contains("`EMPTY`, `ALSO` have")
            && !text.contains("hush"),
        "{text}"
    );
}

#[test]
fn functions_and_assets_are_counted_and_measured() {
    let folder = project(&[]);
    let write = |path: String, bytes: u64| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Without content: a hole is as long as any.
        fs::File::create(path).unwrap().set_len(bytes).unwrap();
    };
    for number in 0..100 {
        write(format!("functions/f{number}.js"), 0);
    }
    for number in 0..50 {
        write(format!("assets/a{number}.private.txt"), 10 << 20);
    }
    write("assets/b.mp4".to_string(), 25 << 20);
    assert_eq!(examine(&loaded(folder.path())), []);
    write("functions/more.js".to_string(), 0);
    write("assets/more.private.txt".to_string(), (10 << 20) + 1);
    write("assets/more.mp4".to_string(), (25 << 20) + 1);
    write("assets/other.protected.mp4".to_string(), (25 << 20) + 1);
    let told: Vec<_> = examine(&loaded(folder.path())).iter().map(shown).collect();
    let expected = [
        "function-count :",
        "asset-size assets/more.mp4:",
        "asset-size assets/other.protected.mp4:",
        "asset-count :",
        "asset-size assets/more.private.txt:",
    ];
    assert_eq!(told, expected);
}

#[test]
fn services_are_counted() {
    let services = |count: usize| -> String {
        (0..count)
            .map(|n| format!("[services.s{n}]\nroot = \".\"\n"))
            .collect()
    };
    let told = |count| told(&[("services.toml", &services(count)), ("assets/a.txt", "")]);
    assert_eq!(told(50), [""; 0]);
    assert_eq!(told(51), ["service-count services.toml:"]);
}

#[test]
fn a_flood_is_counted_and_not_kept() {
    let code: String = (0..300).map(|n| format!("require('./x{n}');\n")).collect();
    let mut files = vec![("functions/a.js".to_string(), code)];
    files.extend((0..300).map(|n| (format!("functions/x{n}.js"), String::new())));
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let told = told(&files);
    assert_eq!(told.len(), 201);
    assert!(told[200].starts_with("more-faults"), "{}", told[200]);
}
