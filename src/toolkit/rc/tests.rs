use super::*;
use crate::diagnostic::Severity;
use std::fs;
use tempfile::TempDir;

fn project(files: &[(&str, &str)]) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = project.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    project
}

/// Looks no further than the project folder: what lies above the temporary one is not ours.
fn read(files: &[(&str, &str)]) -> Rc {
    let project = project(files);
    let mut rc = Rc::search(project.path(), Some(project.path()), project.path());
    rc.file = rc.file.map(|file| shown(&file, project.path()));
    rc
}

/// Code, the text under the caret (`None` for a file as a whole), title.
fn faults(rc: &Rc) -> Vec<(&str, Option<&str>, &str)> {
    let faults = rc.diagnostics.iter().map(|fault| {
        let excerpt = fault.labels[0].excerpt.as_ref();
        let marked = excerpt.map(|excerpt| &excerpt.source[excerpt.span.clone()]);
        (fault.code, marked, fault.title.as_str())
    });
    faults.collect()
}

#[test]
fn a_project_without_settings_has_none() {
    assert_eq!(
        read(&[("package.json", "{\"name\": \"x\"}")]),
        Rc::default()
    );
}

#[test]
fn start_beats_the_top_and_environments_do_not_count() {
    let rc = read(&[(
        ".twilioserverlessrc",
        "{
            // as the Toolkit's template writes it
            functionsFolder: '/lib/functions', assetsFolder: 'public', port: '8080',
            env: '.env.dev', loadLocalEnv: true, serviceName: 'x',
            commands: { start: { port: 4000, assetsFolder: '', live: false }, deploy: { port: [] } },
            environments: { '*': { port: 1 }, dev: { port: 2, functionsFolder: 'no' } },
            projects: { AC1: { port: 3 } },
        }",
    )]);
    assert_eq!(
        rc,
        Rc {
            file: Some(".twilioserverlessrc".into()),
            functions_folder: Some("lib/functions".into()),
            assets_folder: None,
            env: Some(".env.dev".into()),
            port: Some(4000),
            load_local_env: Some(true),
            runtimes: Vec::new(),
            names_service: true,
            diagnostics: Vec::new(),
        }
    );
}

#[test]
fn the_first_place_counts() {
    let order: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
    for (index, (name, form)) in PLACES.iter().enumerate() {
        // Every place from here on, an empty file and a null before.
        let mut files = vec![];
        for earlier in &order[1..index.max(1)] {
            files.push((*earlier, " \n"));
        }
        files.push(("package.json", "{\"twilioserverless\": null}"));
        for later in &order[index..] {
            files.push((*later, "{\"port\": 1, \"twilioserverless\": {\"port\": 2}}"));
        }
        let rc = read(&files);
        assert_eq!(rc.file.as_deref(), Some(Path::new(name)));
        let expected = match form {
            Form::Package => Some(2),
            Form::Json5 => Some(1),
            Form::Unread => None,
        };
        assert_eq!(rc.port, expected, "{name}");
        let unread = rc.diagnostics.iter().any(|d| d.code == "unread-settings");
        assert_eq!(unread, expected.is_none(), "{name}");
    }
}

#[test]
fn folders_above_are_searched_up_to_the_last() {
    let outer = project(&[
        (".twilioserverlessrc", "{port: 1}"),
        ("home/a/b/x", ""),
        ("home/.twilioserverlessrc/x", "a folder is no settings file"),
    ]);
    let inner = outer.path().join("home/a/b");
    let search = |last: &str| Rc::search(&inner, Some(&outer.path().join(last)), outer.path());
    assert_eq!(search("home"), Rc::default());
    let found = search("");
    assert_eq!(found.port, Some(1));
    assert_eq!(found.file, Some(outer.path().join(".twilioserverlessrc")));
}

#[test]
fn each_fault_is_told_at_its_place() {
    let rc = read(&[(
        ".twilioserverlessrc",
        "{'functions-folder': 'x', colour: 1, password: 'secret', env: null, port: 70000,
          loadLocalEnv: 'yes', assetsFolder: ['a'], commands: {start: {port: -1}}}",
    )]);
    let number = "`port` must be a port number, 0 to 65535";
    assert_eq!(
        faults(&rc),
        [
            (
                "unknown-key",
                Some("'functions-folder'"),
                "the Toolkit has no setting `functions-folder`"
            ),
            (
                "unknown-key",
                Some("colour"),
                "the Toolkit has no setting `colour`"
            ),
            (
                "ignored-key",
                Some("password"),
                "`password` is never taken from a file"
            ),
            ("wrong-type", Some("env"), "`env` must be text"),
            ("wrong-type", Some("port"), number),
            (
                "wrong-type",
                Some("loadLocalEnv"),
                "`loadLocalEnv` must be true or false"
            ),
            (
                "wrong-type",
                Some("assetsFolder"),
                "`assetsFolder` must be text"
            ),
            ("wrong-type", Some("port"), number),
        ]
    );
    assert_eq!(rc.diagnostics[0].severity, Severity::Warning);
    assert_eq!(
        rc.diagnostics[0].help.as_deref(),
        Some("did you mean `functionsFolder`?")
    );
    let of_start = rc.diagnostics[7].labels[0].excerpt.as_ref().unwrap();
    assert_eq!(of_start.span.start, of_start.source.rfind("port").unwrap());
}

#[test]
fn faults_are_bounded() {
    let unknown: String = (0..5_000).map(|n| format!("k{n}:1,")).collect();
    let rc = read(&[(".twilioserverlessrc", &format!("{{{unknown} port: 1}}"))]);
    assert_eq!(rc.diagnostics.len(), crate::toolkit::json::MAX_FAULTS);
    assert_eq!(rc.port, Some(1));
}

#[test]
fn wrong_shapes_and_broken_text_are_told() {
    let table: &[(&str, &str, &str, Option<&str>)] = &[
        (".twilioserverlessrc", "[1]", "wrong-type", None),
        (
            ".twilioserverlessrc",
            "{commands: 1}",
            "wrong-type",
            Some("commands"),
        ),
        (
            ".twilioserverlessrc",
            "{commands: {start: []}}",
            "wrong-type",
            Some("start"),
        ),
        (
            ".twilioserverlessrc.json",
            "{port 1}",
            "invalid-json",
            Some("1"),
        ),
        (
            "package.json",
            "{\"port\": 1, \"twilioserverless\": {\"port\": true}}",
            "wrong-type",
            Some("\"port\""),
        ),
        (
            "package.json",
            "{\"twilioserverless\": 1}",
            "wrong-type",
            Some("\"twilioserverless\""),
        ),
    ];
    for (name, text, code, marked) in table {
        let rc = read(&[(name, text)]);
        let faults = faults(&rc);
        assert_eq!((faults[0].0, faults[0].1), (*code, *marked), "{text}");
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(rc.diagnostics[0].labels[0].file, Path::new(name));
    }
    let broken = read(&[("package.json", "{")]);
    assert_eq!(broken, Rc::default());
}
