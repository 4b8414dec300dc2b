//! What lies where, who can read it, and whose it is.

use super::*;
use tempfile::TempDir;

/// A project `p` with a folder `p/functions`, and a place for run files.
fn project() -> (TempDir, PathBuf, Place) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("p");
    fs::create_dir_all(project.join("functions")).unwrap();
    let place = Place::at(folder.path().join("run"));
    (folder, project, place)
}

fn server(folder: &Path, port: u16) -> RunFile {
    RunFile {
        pid: std::process::id(),
        folder: folder.to_path_buf(),
        service_url: format!("http://localhost:{port}"),
        public_url: None,
        console_url: None,
        token: Token::random().unwrap(),
        started: format!("2026-01-01T00:00:{port:02}Z"),
    }
}

fn found(place: &Place, folder: &Path) -> Option<String> {
    let found = RunFile::find_in(place, folder).unwrap().into_iter().next();
    found.map(|found| found.service_url)
}

#[test]
fn a_public_url_that_changes_is_found_until_a_newer_server_comes() {
    let (_folder, project, place) = project();
    let mut older = server(&project, 1).publish_in(&place).unwrap();
    let url = |place: &Place| {
        let found = RunFile::find_in(place, &project).unwrap().swap_remove(0);
        (found.service_url, found.public_url)
    };
    for told in [Some("https://a.example"), Some("https://b.example"), None] {
        older.set_public_url(told).unwrap();
        let wanted = ("http://localhost:1".to_string(), told.map(str::to_string));
        assert_eq!(url(&place), wanted);
    }
    let _newer = server(&project, 2).publish_in(&place).unwrap();
    older.set_public_url(Some("https://c.example")).unwrap();
    assert_eq!(url(&place), ("http://localhost:2".to_string(), None));
}

#[test]
fn a_server_is_found_from_its_folder_and_from_those_below() {
    let (_folder, project, place) = project();
    assert_eq!(found(&place, &project), None);
    let published = server(&project, 1).publish_in(&place).unwrap();
    let wanted = Some("http://localhost:1".to_string());
    for folder in [
        project.clone(),
        project.join("functions"),
        project.join("functions/../functions"),
        project.join("functions/not-there"),
    ] {
        assert_eq!(found(&place, &folder), wanted, "{folder:?}");
    }
    assert_eq!(found(&place, project.parent().unwrap()), None);
    drop(published);
    assert_eq!(found(&place, &project), None);
}

#[test]
fn two_servers_for_a_folder_are_both_found_the_newer_first() {
    let (_folder, project, place) = project();
    let found = |place: &Place| {
        let found = RunFile::find_in(place, &project).unwrap().into_iter();
        found.map(|found| found.service_url).collect::<Vec<_>>()
    };
    // Whichever file is written first.
    let newer = server(&project, 2).publish_in(&place).unwrap();
    let older = server(&project, 1).publish_in(&place).unwrap();
    let above = project.parent().unwrap();
    let other = server(above, 3).publish_in(&place).unwrap();
    assert_eq!(found(&place), ["http://localhost:2", "http://localhost:1"]);
    drop(newer);
    assert_eq!(found(&place), ["http://localhost:1"]);
    drop(older);
    assert_eq!(found(&place), ["http://localhost:3"]);
    drop(other);
    assert!(found(&place).is_empty());
}

#[cfg(unix)]
#[test]
fn the_file_of_a_dead_server_counts_for_nothing_and_is_replaced() {
    let (_folder, project, place) = project();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let mut dead = server(&project, 1);
    dead.pid = child.id();
    let dead = dead.publish_in(&place).unwrap();
    assert!(dead.path().exists());
    assert_eq!(found(&place, &project), None);
    let _alive = server(&project, 2).publish_in(&place).unwrap();
    assert_eq!(
        found(&place, &project).as_deref(),
        Some("http://localhost:2")
    );
    assert!(!dead.path().exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, project, place) = project();
    let published = server(&project, 1).publish_in(&place).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(published.path()), 0o600);
    let run = folder.path().join("run");
    assert_eq!(mode(&run), 0o700);
    let names = fs::read_dir(&run).unwrap().map(|e| e.unwrap().file_name());
    assert_eq!(names.count(), 2, "the run file and the lock");
}

#[cfg(unix)]
#[test]
fn a_place_that_others_can_write_to_is_not_trusted() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, project, place) = project();
    let run = folder.path().join("run");
    drop(server(&project, 1).publish_in(&place).unwrap());
    fs::set_permissions(&run, fs::Permissions::from_mode(0o777)).unwrap();
    let error = RunFile::find_in(&place, &project).unwrap_err().to_string();
    assert!(error.contains("not a folder of yours alone"), "{error}");
    assert!(server(&project, 1).publish_in(&place).is_err());
    // Nor is a link, wherever it leads.
    fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&run, &link).unwrap();
    assert!(RunFile::find_in(&Place::at(link), &project).is_err());
}

#[test]
fn what_is_no_run_file_counts_for_nothing() {
    let (_folder, project, place) = project();
    let published = server(&project, 1).publish_in(&place).unwrap();
    for text in ["", "{}", "[1]", &"[".repeat(100_000)] {
        fs::write(published.path(), text).unwrap();
        assert_eq!(found(&place, &project), None);
    }
}
