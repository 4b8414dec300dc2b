use super::*;
use std::fs;
use tempfile::TempDir;

fn project(files: &[&str]) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for name in files {
        let file = project.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    project
}

fn scanned(project: &TempDir) -> Scan {
    scan(&Folders::toolkit_layout(project.path()), project.path())
}

fn functions(scan: &Scan) -> Vec<&str> {
    scan.functions.iter().map(|f| f.path.as_str()).collect()
}

fn assets(scan: &Scan) -> Vec<&str> {
    scan.assets.iter().map(|a| a.path.as_str()).collect()
}

/// Code and the files shown, in their order.
fn faults(scan: &Scan) -> Vec<(&str, Vec<&str>)> {
    let faults = scan.diagnostics.iter().map(|fault| {
        assert!(fault.help.is_some(), "{fault:?}");
        let files = fault.labels.iter().map(|l| l.file.to_str().unwrap());
        (fault.code, files.collect())
    });
    faults.collect()
}

#[test]
fn files_become_functions_and_assets_in_the_order_of_their_names() {
    let project = project(&[
        "functions/b.js",
        "functions/a/z.protected.js",
        "functions/a.private.js",
        "assets/logo.private.png",
        "assets/app.js",
        "src/ignored.js",
    ]);
    let scan = scanned(&project);
    let function = |path: &str, visibility, file: &str| FunctionFile {
        path: RoutePath::new(path).unwrap(),
        visibility,
        file: project.path().join("functions").join(file).into(),
    };
    assert_eq!(
        scan.functions,
        [
            function("/a/z", Visibility::Protected, "a/z.protected.js"),
            function("/a", Visibility::Private, "a.private.js"),
            function("/b", Visibility::Public, "b.js"),
        ]
    );
    assert_eq!(assets(&scan), ["/app.js", "/logo.png"]);
    assert_eq!(scan.assets[1].visibility, Visibility::Private);
    assert_eq!(scan.diagnostics, []);
    let folders = ["functions", "functions/a", "assets"].map(|f| project.path().join(f));
    assert_eq!(scan.folders, folders);
    assert_eq!(scan.absent, [] as [PathBuf; 0]);
}

#[test]
fn a_project_without_folders_awaits_them() {
    let project = project(&[]);
    let scan = scanned(&project);
    assert_eq!(scan.absent.len(), 4);
    assert_eq!(scan.diagnostics, []);
}

#[test]
fn a_named_folder_that_is_missing_is_a_fault_and_awaited() {
    let project = project(&["functions/a.js"]);
    let root = project.path();
    let folders = Folders::of_project(root, None, Some(Path::new("public")));
    let scan = scan(&folders, root);
    assert_eq!(functions(&scan), ["/a"]);
    assert_eq!(faults(&scan), [("missing-folder", vec!["public"])]);
    assert_eq!(scan.absent, [root.join("public")]);
}

#[test]
fn dotfiles_and_other_files_are_no_routes() {
    let project = project(&[
        "functions/.DS_Store",
        "functions/.hidden.js",
        "functions/.git/a.js",
        "functions/mod.rs",
        "functions/data.json",
        "functions/types.d.ts",
        "functions/a.tsx",
        "functions/b.mjs",
        "functions/c.cjs",
        "functions/d.JS",
        "functions/node_modules/x/index.js",
        "assets/.env",
        "assets/node_modules/x.css",
    ]);
    let scan = scanned(&project);
    assert_eq!(functions(&scan), [] as [&str; 0]);
    assert_eq!(assets(&scan), ["/node_modules/x.css"]);
    assert_eq!(
        faults(&scan),
        [
            ("not-a-function", vec!["functions/a.tsx"]),
            ("not-a-function", vec!["functions/b.mjs"]),
            ("not-a-function", vec!["functions/c.cjs"]),
            ("not-a-function", vec!["functions/d.JS"]),
            ("node-modules", vec!["functions/node_modules"]),
            ("dotfile", vec!["assets/.env"]),
        ]
    );
    assert!(scan.diagnostics.iter().all(|fault| !fault.is_error()));
}

#[test]
fn typescript_answers_where_what_it_is_compiled_to_would() {
    let project = project(&[
        "functions/a.ts",
        "functions/sms/reply.protected.ts",
        "functions/built.js",
        "functions/built.ts",
        "functions/types.d.ts",
    ]);
    let scan = scanned(&project);
    assert_eq!(functions(&scan), ["/a", "/built", "/sms/reply"]);
    assert!(scan.diagnostics.is_empty(), "{:?}", scan.diagnostics);
}

#[test]
fn typescript_that_functions_load_is_named_as_what_it_is_compiled_to() {
    let files = [
        "assets/clip.ts",
        "assets/both.private.js",
        "assets/both.private.ts",
        "assets/lib/words.private.ts",
        "assets/types.private.d.ts",
    ];
    let in_typescript = project(&[&files[..], &["functions/a.ts"]].concat());
    let named = [
        "/both.js",
        "/both.ts",
        "/clip.ts",
        "/lib/words.js",
        "/types.private.d.ts",
    ];
    assert_eq!(assets(&scanned(&in_typescript)), named);
    // What is deployed as it is keeps its name.
    let in_javascript = project(&[&files[..], &["functions/a.js"]].concat());
    let named = [
        "/both.js",
        "/both.ts",
        "/clip.ts",
        "/lib/words.ts",
        "/types.private.d.ts",
    ];
    assert_eq!(assets(&scanned(&in_javascript)), named);
}

#[test]
fn an_invalid_path_leaves_out_that_file_alone() {
    let long = "x".repeat(200);
    let deep = format!("functions/{long}/{long}.js");
    let project = project(&["functions/a+b.js", "functions/ok.js", &deep]);
    let scan = scanned(&project);
    assert_eq!(functions(&scan), ["/ok"]);
    assert_eq!(
        faults(&scan),
        [
            ("invalid-path", vec!["functions/a+b.js"]),
            ("invalid-path", vec![deep.as_str()]),
        ]
    );
    let help = scan.diagnostics[0].help.as_deref();
    assert_eq!(help, Some("rename it, for example to a-b.js"));
    assert!(scan.diagnostics[0].is_error());
}

#[test]
fn a_path_that_nobody_can_ask_for_is_told() {
    let project = project(&["functions/é.js", "functions/è.private.js", "assets/ok.css"]);
    let scan = scanned(&project);
    assert_eq!(functions(&scan), ["/è", "/é"]);
    assert_eq!(
        faults(&scan),
        [("unreachable-path", vec!["functions/é.js"])]
    );
    assert!(!scan.diagnostics[0].is_error());
    let title = &scan.diagnostics[0].title;
    assert!(title.ends_with("a request for it names /%C3%A9"), "{title}");
}

#[test]
fn of_two_files_on_one_path_the_first_is_served() {
    let project = project(&[
        "functions/a.js",
        "functions/a.protected.js",
        "functions/logo.png.js",
        "assets/logo.png",
        "assets/logo.private.png",
        "assets/z.css",
    ]);
    let scan = scanned(&project);
    assert_eq!(functions(&scan), ["/a", "/logo.png"]);
    assert_eq!(scan.functions[0].visibility, Visibility::Public);
    assert_eq!(assets(&scan), ["/z.css"]);
    assert_eq!(
        faults(&scan),
        [
            (
                "duplicate-path",
                vec!["functions/a.protected.js", "functions/a.js"]
            ),
            (
                "duplicate-path",
                vec!["assets/logo.png", "functions/logo.png.js"]
            ),
            (
                "duplicate-path",
                vec!["assets/logo.private.png", "functions/logo.png.js"]
            ),
        ]
    );
}

#[test]
fn dotfiles_are_left_out_and_those_told_of_that_would_be_deployed() {
    let project = project(&[
        "assets/.env",
        "assets/.env.prod",
        "assets/.envrc",
        "assets/.gitkeep",
        "assets/.well-known/security.txt",
        "assets/a.txt",
        "functions/.env",
        "functions/f.js",
    ]);
    let scan = scan(&Folders::toolkit_layout(project.path()), project.path());
    let assets: Vec<&str> = scan.assets.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(assets, ["/a.txt"]);
    let told = ["assets/.env", "assets/.env.prod", "assets/.well-known"];
    assert_eq!(faults(&scan), told.map(|file| ("dotfile", vec![file])));
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_within_the_project_are_followed_and_loops_end() {
        let project = project(&["functions/a/f.js", "shared/g.js"]);
        let root = project.path();
        symlink(root.join("shared"), root.join("functions/b")).unwrap();
        symlink("../shared/g.js", root.join("functions/c.js")).unwrap();
        symlink("..", root.join("functions/a/up")).unwrap();
        symlink("../functions", root.join("shared/back")).unwrap();
        let scan = scanned(&project);
        assert_eq!(functions(&scan), ["/a/f", "/b/g", "/c"]);
        assert_eq!(
            faults(&scan),
            [
                ("link-loop", vec!["functions/a/up"]),
                ("link-loop", vec!["functions/b/back"]),
            ]
        );
    }

    #[test]
    fn services_of_a_project_share_files_by_links_and_none_of_others() {
        let outside = project(&["secret.js"]);
        let project = project(&["a/functions/own.js", "shared/x.js"]);
        let functions_folder = project.path().join("a/functions");
        symlink("../../shared/x.js", functions_folder.join("x.js")).unwrap();
        symlink("../../shared", functions_folder.join("all")).unwrap();
        let secret = outside.path().join("secret.js");
        symlink(secret, functions_folder.join("secret.js")).unwrap();
        let folders = Folders::toolkit_layout(&project.path().join("a"));
        let scan = scan(&folders, project.path());
        assert_eq!(functions(&scan), ["/all/x", "/own", "/x"]);
        let told = [("link-leads-out", vec!["a/functions/secret.js"])];
        assert_eq!(faults(&scan), told);
    }

    #[test]
    fn links_out_of_the_project_are_not_followed() {
        let outside = project(&["secret.js", "folder/f.js"]);
        let project = project(&["functions/a.js"]);
        let functions_folder = project.path().join("functions");
        symlink(
            outside.path().join("secret.js"),
            functions_folder.join("s.js"),
        )
        .unwrap();
        symlink(outside.path().join("folder"), functions_folder.join("d")).unwrap();
        symlink("nowhere", functions_folder.join("n.js")).unwrap();
        let scan = scanned(&project);
        assert_eq!(functions(&scan), ["/a"]);
        assert_eq!(
            faults(&scan),
            [
                ("link-leads-out", vec!["functions/d"]),
                ("unreadable", vec!["functions/n.js"]),
                ("link-leads-out", vec!["functions/s.js"]),
            ]
        );
    }

    #[test]
    fn a_folder_outside_of_the_project_is_read_when_named() {
        let outside = project(&["lib/f.js"]);
        symlink("f.js", outside.path().join("lib/g.js")).unwrap();
        let project = project(&[]);
        let folders = Folders::of_project(project.path(), Some(&outside.path().join("lib")), None);
        let scan = scan(&folders, project.path());
        assert_eq!(functions(&scan), ["/f", "/g"]);
        assert_eq!(scan.diagnostics, []);
    }

    #[test]
    fn names_that_are_not_utf8_are_told_and_left_out() {
        let project = project(&["functions/a.js"]);
        let name = OsStr::from_bytes(b"b\xff.js");
        fs::write(project.path().join("functions").join(name), "").unwrap();
        let scan = scanned(&project);
        assert_eq!(functions(&scan), ["/a"]);
        assert_eq!(scan.diagnostics[0].code, "name-not-utf8");
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("functions/{}f.js", "d/".repeat(40));
        let project = project(&["functions/a.js", &deep]);
        let scan = scanned(&project);
        assert_eq!(functions(&scan), ["/a"]);
        let codes: Vec<_> = scan.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, ["too-deep"]);
    }

    #[test]
    fn links_that_multiply_folders_end_at_the_bound_on_entries() {
        // 2^20 paths through 20 folders: each holds two links to the next.
        let project = project(&["functions/00/f.js"]);
        let folder = |level: usize| project.path().join(format!("functions/{level:02}"));
        for level in 0..20 {
            fs::create_dir_all(folder(level + 1)).unwrap();
            for link in ["x", "y"] {
                symlink(folder(level + 1), folder(level).join(link)).unwrap();
            }
        }
        let scan = scanned(&project);
        let codes: Vec<_> = scan.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, ["too-many-files"]);
    }
}
