//! The differential test: one project, the same requests, through twilio-run 5.0.1 with
//! runtime-handler 2.1.0 and through Switchboard.
//!
//! Every part of every answer is compared: status, body, each header, and for requests that are
//! known to end or stall the original's server, what becomes of that. Where the two differ, the
//! case says how and names the reason in `docs/differences.md`; anything else fails, and so does a
//! listed difference that no longer occurs. The last run's answers are kept in
//! `target/tmp/differential.json`.

mod cases;
mod compare;
mod original;
mod wire;

use crate::oracle;
use cases::Case;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use switchboard::config::Limits;
use switchboard::{Running, Switchboard};
use tempfile::TempDir;
use wire::Answer;

/// The fewest cases that this comparison is worth its name with.
const FEWEST: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn every_difference_from_twilio_run_is_listed() {
    let cases = cases::all();
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "two cases have the same id");
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    let project = project();
    let server = serve(project.path(), Limits::default()).await;
    // For functions that never answer: the shortest time that no other has trouble with.
    let hasty = Limits {
        time: Some(Duration::from_secs(3)),
        ..Limits::default()
    };
    let hasty = serve(project.path(), hasty).await;
    let (port, hasty_port) = (server.port(), hasty.port());
    let (cases, originals, ours, project) = tokio::task::spawn_blocking(move || {
        let folder = project.path();
        let ours: Vec<Answer> = cases
            .iter()
            .map(|case| answer(case, port, hasty_port, folder))
            .collect();
        let originals = original::answers(folder, &cases);
        (cases, originals, ours, project)
    })
    .await
    .expect("the client does not panic");
    server.stop().await;
    hasty.stop().await;
    drop(project);
    keep(&cases, &originals, &ours);

    let everywhere = cases::everywhere();
    let mut used = BTreeSet::new();
    let mut wrong: Vec<String> = cases
        .iter()
        .zip(originals.iter().zip(&ours))
        .filter_map(|(case, (original, ours))| {
            compare::compare(case, original, ours, &everywhere, &mut used)
        })
        .collect();
    let gone = everywhere.iter().enumerate();
    wrong.extend(
        gone.filter(|(n, _)| !used.contains(n))
            .map(|(_, listed)| format!("\neverywhere.json: no answer differs as in {listed:?}\n")),
    );
    assert!(
        wrong.is_empty(),
        "{} of {} cases are not as listed\n{}",
        wrong.len(),
        cases.len(),
        wrong.concat()
    );
}

#[test]
fn every_reason_is_in_the_document_and_occurs() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/differences.md");
    let document = fs::read_to_string(document).expect("the document is committed");
    let mut documented = BTreeSet::new();
    for line in document.lines() {
        let Some((id, row)) = line.strip_prefix("| `").and_then(|l| l.split_once("` | ")) else {
            continue;
        };
        assert!(documented.insert(id.to_string()), "{id} is there twice");
        let cells: Vec<&str> = row
            .trim_end_matches('|')
            .split(" | ")
            .map(str::trim)
            .collect();
        assert!(
            cells.len() == 5 && cells.iter().all(|cell| !cell.is_empty()),
            "the row of {id} needs topic, twilio-run, Switchboard, source, confidence: {cells:?}"
        );
    }
    let of_cases = cases::all();
    let of_cases = of_cases.iter().flat_map(|case| &case.differs);
    let occur: BTreeSet<String> = of_cases
        .chain(&cases::everywhere())
        .map(|difference| difference.why.clone())
        .collect();
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| -> Vec<String> {
        here.difference(there).cloned().collect()
    };
    assert_eq!(only(&documented, &occur), [""; 0], "in no case");
    assert_eq!(only(&occur, &documented), [""; 0], "not in the document");
}

/// A copy of the fixture with the original's packages, for both servers.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&cases::folder().join("project"), folder.path());
    let modules = oracle::twilio_run().join("node_modules");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).expect("a link");
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("the fixture is committed") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("writable");
        }
    }
}

async fn serve(project: &Path, limits: Limits) -> Running {
    Switchboard::builder()
        .project(project)
        .limits(limits)
        .port(0)
        .start()
        .await
        .expect("the project starts")
}

/// Our answer; where the original's server gets a process of its own, also whether ours survives.
fn answer(case: &Case, port: u16, hasty: u16, project: &Path) -> Answer {
    let patience = Duration::from_secs(30);
    if !case.alone {
        return wire::ask(port, case, patience, project);
    }
    let mut answer = wire::ask(hasty, case, patience, project);
    let next = Case {
        ask: "GET /payload/string".to_string(),
        ..Case::default()
    };
    let lives = wire::ask(hasty, &next, patience, project)["status"] == "200";
    let fate = if lives { "lives" } else { "dies" };
    answer.insert("server".to_string(), fate.to_string());
    answer
}

/// Keeps all answers for who writes cases.
fn keep(cases: &[Case], originals: &[Answer], ours: &[Answer]) {
    let answers: Vec<_> = cases
        .iter()
        .zip(originals.iter().zip(ours))
        .map(|(case, (original, ours))| json!({"id": case.id, "original": original, "ours": ours}))
        .collect();
    let text = serde_json::to_string_pretty(&answers).expect("JSON");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential.json");
    fs::write(file, text).expect("target/ is writable");
}
