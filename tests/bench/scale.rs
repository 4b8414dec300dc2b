//! What grows with the number of routes and services, and what must not.

use crate::http;
use crate::peers;
use crate::project::Project;
use crate::side::{Load, Side};
use crate::table::median;
use std::time::{Duration, Instant};

/// How often each is measured.
const TIMES: usize = 5;
/// Nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn measure() {
    println!(
        "\n{:24} {:>10} {:>10} {:>10} {:>10}",
        "routes", "start ms", "reload ms", "rate /s", "MiB"
    );
    for routes in [10, 100, 1_000, 10_000] {
        let project = Project::empty();
        for n in 1..routes {
            project.write(format!("assets/{}/{n}.txt", n % 100), "text");
        }
        row(&routes.to_string(), &project, 1);
    }
    println!(
        "\n{:24} {:>10} {:>10} {:>10} {:>10}",
        "services", "start ms", "reload ms", "rate /s", "MiB"
    );
    for services in [1, 10, 50] {
        let project = Project::empty();
        row(&services.to_string(), &project, services);
    }
    journal();
}

/// What the server does when its journal is new, and when it is full by each of its two bounds.
fn journal() {
    let project = Project::empty();
    project.write("assets/asset.txt", "text");
    let small = Load::get("/asset.txt");
    let large = Load::get(&format!("/asset.txt?{}", "x".repeat(8_000)));
    println!("\n{:24} {:>10} {:>10}", "journal", "rate /s", "MiB");
    let fills = [
        ("new", None),
        ("10,000 entries", Some(&small)),
        ("48 MiB", Some(&large)),
    ];
    for (name, fill) in fills {
        let mut rates = Vec::new();
        let mut memory = 0.0;
        for _ in 0..TIMES {
            let side = peers::switchboard(&project, "/asset.txt");
            if let Some(fill) = fill {
                side.measure(fill, 8, 2);
            }
            rates.push(side.measure(&small, 8, 1).rate);
            memory = side.memory().0;
        }
        println!("{name:24} {:10.0} {memory:10.1}", median(rates));
    }
}

fn row(name: &str, project: &Project, services: usize) {
    describe(project, services, "public");
    project.write("package.json", r#"{"name":"scale"}"#);
    project.write("assets/asset.txt", "text");
    let mut starts = Vec::new();
    let mut reloads = Vec::new();
    let mut rate = 0.0;
    let mut memory = 0.0;
    for _ in 0..TIMES {
        let began = Instant::now();
        let side = peers::switchboard(project, "/asset.txt");
        starts.push(milliseconds(began));
        memory = side.memory().0;
        // The first save may meet the watcher still being set up, which is not what is measured.
        save(project, &side, services, "private", 404);
        save(project, &side, services, "public", 200);
        reloads.push(save(project, &side, services, "private", 404));
        save(project, &side, services, "public", 200);
        rate = side.measure(&Load::get("/asset.txt"), 8, 1).rate;
    }
    println!(
        "{name:24} {:10.0} {:10.0} {rate:10.0} {memory:10.1}",
        median(starts),
        median(reloads)
    );
}

/// Writes `services.toml`, and returns how long it took until it held.
fn save(project: &Project, side: &Side, services: usize, visibility: &str, status: u16) -> f64 {
    let began = Instant::now();
    describe(project, services, visibility);
    while http::ask(side.port(), "/asset.txt").is_none_or(|answer| answer.status != status) {
        assert!(began.elapsed() < PATIENCE, "a save has no effect");
    }
    milliseconds(began)
}

fn describe(project: &Project, services: usize, visibility: &str) {
    let mut text = "default_service = \"service-0\"\n".to_string();
    for n in 0..services {
        let table = format!("services.service-{n}");
        text.push_str(&format!("[{table}]\nroot = \".\"\n[{table}.visibility]\n"));
        text.push_str(&format!("\"/asset.txt\" = \"{visibility}\"\n"));
    }
    project.write("services.toml", &text);
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
