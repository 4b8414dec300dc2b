//! Saving a file: the next request sees it, or the last good version serves on and says why.
//!
//! All through a watched server on a real folder; each test is named by what could go wrong.

use crate::http::Client;
use crate::project::{Project, Site, within};
use std::fs;
use std::sync::Arc;
use switchboard::journal::Notice;
use switchboard::registry::{Registry, Service};
use switchboard::{Callback, Context, Event, Outcome, Switchboard};
use tokio::sync::mpsc;

async fn say(context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success(context.get("SAY").unwrap_or("nothing"))
}

/// A project file with this service saying this.
fn saying(what: &str) -> String {
    format!(
        "default_service = \"one\"\n\
         [services.one]\nenv = {{ SAY = \"{what}\" }}\n\
         [services.one.functions]\n\"/say\" = {{ handler = \"rust:say\" }}\n\
         [services.two]\nenv = {{ SAY = \"two\" }}\n\
         [services.two.functions]\n\"/say\" = {{ handler = \"rust:say\" }}\n"
    )
}

async fn site() -> Site {
    Project::new()
        .file("services.toml", &saying("first"))
        .handler("say", say)
        .start_watching()
        .await
}

fn says(registry: &Registry, what: &str) -> bool {
    let service = registry.service("one");
    service.is_some_and(|service| service.config().variables.get("SAY") == Some(what))
}

fn service(registry: &Registry, name: &str) -> Arc<Service> {
    Arc::clone(registry.service(name).expect("the service is there"))
}

fn has_route(registry: &Registry, path: &str) -> bool {
    let service = registry.default_service();
    service.is_some_and(|service| service.route(path).is_some())
}

/// A project in the Toolkit's layout.
async fn toolkit() -> Site {
    Project::new()
        .file("functions/first.js", "")
        .file("package.json", "{\"name\":\"kit\"}")
        .start_watching()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_services_toml_keeps_serving_and_says_why() {
    let mut site = site().await;
    let before = service(&site.registry(), "one");
    site.change("services.toml", "[services.one\nenv = = 3");
    let why = site.rejected().await;
    assert!(!why.is_empty());
    assert_eq!(site.ask("GET /say", "").text(), "first");
    // What parses and cannot be served is the same.
    site.change(
        "services.toml",
        &saying("x").replace("rust:say", "rust:gone"),
    );
    let why = site.rejected().await;
    assert!(why[0].contains("gone"), "{why:?}");
    assert_eq!(site.ask("GET /say", "").text(), "first");
    assert!(Arc::ptr_eq(&before, &service(&site.registry(), "one")));
}

#[tokio::test(flavor = "multi_thread")]
async fn next_good_save_recovers() {
    let mut site = site().await;
    site.change("services.toml", "nonsense");
    site.rejected().await;
    site.change("services.toml", &saying("second"));
    assert_eq!(site.reloaded().await, ["one"]);
    assert_eq!(site.ask("GET /say", "").text(), "second");
    // Back to what it was, over another fault: that is said as well.
    site.change("services.toml", "nonsense");
    site.rejected().await;
    site.change("services.toml", &saying("second"));
    assert_eq!(site.reloaded().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_that_is_saved_beside_a_broken_services_toml_is_told_of() {
    let services = "[services.app]\nroot = \".\"\n";
    let answering =
        |text| format!("exports.handler = (context, event, callback) => callback(null, '{text}');");
    let mut site = Project::new()
        .file("services.toml", services)
        .file("functions/say.js", &answering("first"))
        .start_watching()
        .await;
    assert_eq!(site.ask("GET /say", "").text(), "first");
    site.change("services.toml", "nonsense");
    site.rejected().await;
    site.change("functions/say.js", &answering("second"));
    assert_eq!(site.reloaded().await, ["app"]);
    assert_eq!(site.ask("GET /say", "").text(), "second");
    // Only now all of it is served, which is said though nothing else has changed.
    site.change("services.toml", services);
    assert_eq!(site.reloaded().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_service_keeps_its_state() {
    let mut site = site().await;
    let before = site.registry();
    site.change("services.toml", &saying("second"));
    assert_eq!(site.reloaded().await, ["one"]);
    let after = site.registry();
    assert!(after.generation > before.generation);
    assert!(Arc::ptr_eq(
        &service(&before, "two"),
        &service(&after, "two")
    ));
    assert!(!Arc::ptr_eq(
        &service(&before, "one"),
        &service(&after, "one")
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn request_in_flight_keeps_its_generation() {
    let (sender, mut begun) = mpsc::unbounded_channel();
    let (go, gate) = tokio::sync::watch::channel(false);
    let slow = move |context: Context, _: Event, callback: Callback| {
        let (sender, mut gate) = (sender.clone(), gate.clone());
        async move {
            let _ = sender.send(());
            let _ = gate.wait_for(|open| *open).await;
            callback.success(context.get("SAY").unwrap_or_default())
        }
    };
    let site = Project::new()
        .file("services.toml", &saying("first"))
        .handler("say", slow)
        .start_watching()
        .await;
    let mut client = Client::connect(site.port());
    client.send("GET /say HTTP/1.1\r\nHost: a\r\n\r\n");
    within(begun.recv()).await.expect("it begins");
    site.change("services.toml", &saying("second"));
    site.until(|registry| says(registry, "second")).await;
    go.send_replace(true);
    assert_eq!(client.read().text(), "first");
    client.send("GET /say HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.read().text(), "second");
}

#[tokio::test(flavor = "multi_thread")]
async fn env_change_is_seen() {
    let text = "[services.one]\nroot = \".\"\n[services.one.functions]\n\
                \"/say\" = { handler = \"rust:say\" }";
    let site = Project::new()
        .file("services.toml", text)
        .handler("say", say)
        .start_watching()
        .await;
    assert_eq!(site.ask("GET /say", "").text(), "nothing");
    // Made, changed, removed.
    site.change(".env", "SAY=one");
    site.until(|registry| says(registry, "one")).await;
    assert_eq!(site.ask("GET /say", "").text(), "one");
    site.change(".env", "SAY=two");
    site.until(|registry| says(registry, "two")).await;
    fs::remove_file(site.path(".env")).expect("it is there");
    site.until(|registry| !says(registry, "two")).await;
    assert_eq!(site.ask("GET /say", "").text(), "nothing");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_links_are_followed_to_where_they_lie() {
    let site = Project::new()
        .file("real.toml", &saying("first"))
        .handler("say", say);
    let site = site
        .linked("services.toml", "real.toml")
        .start_watching()
        .await;
    // One could be seen by the look at the start, and one by that of a second later.
    for what in ["second", "third", "fourth"] {
        site.change("real.toml", &saying(what));
        site.until(|registry| says(registry, what)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asset_folder_created_later_is_found_with_all_in_it() {
    let site = toolkit().await;
    fs::create_dir_all(site.path("assets/deep/deeper")).expect("a folder");
    fs::write(site.path("assets/deep/deeper/a.txt"), "a").expect("a file");
    site.until(|registry| has_route(registry, "/deep/deeper/a.txt"))
        .await;
    // And one more, in a folder that is newer than the watch.
    site.change("assets/deep/later/b.txt", "b");
    site.until(|registry| has_route(registry, "/deep/later/b.txt"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_in_which_editors_save_is_seen() {
    let site = site().await;
    let file = site.path("services.toml");
    // Written in place.
    fs::write(&file, saying("in place")).expect("a file");
    site.until(|registry| says(registry, "in place")).await;
    // A new file renamed over the old one.
    site.change("services.toml", &saying("renamed over"));
    site.until(|registry| says(registry, "renamed over")).await;
    // Moved out of the way first and made anew, as vim does it with a backup.
    fs::rename(&file, site.path("services.toml~")).expect("it is there");
    fs::write(&file, saying("made anew")).expect("a file");
    fs::remove_file(site.path("services.toml~")).expect("it is there");
    site.until(|registry| says(registry, "made anew")).await;
    // Removed and made anew.
    fs::remove_file(&file).expect("it is there");
    fs::write(&file, saying("removed before")).expect("a file");
    site.until(|registry| says(registry, "removed before"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_folder_deleted_and_restored_is_followed() {
    let site = toolkit().await;
    for round in 0..5 {
        fs::remove_dir_all(site.path("functions")).expect("it is there");
        site.until(|registry| !has_route(registry, "/first")).await;
        site.change("functions/first.js", "");
        site.until(|registry| has_route(registry, "/first")).await;
        // At once, without waiting between.
        fs::remove_dir_all(site.path("functions")).expect("it is there");
        let name = format!("round{round}");
        site.change(&format!("functions/{name}.js"), "");
        site.change("functions/first.js", "");
        site.until(|r| has_route(r, &format!("/{name}")) && has_route(r, "/first"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_renamed_away_and_back_is_followed() {
    let site = toolkit().await;
    for round in 0..5 {
        fs::rename(site.path("functions"), site.path("elsewhere")).expect("it is there");
        site.until(|registry| !has_route(registry, "/first")).await;
        fs::rename(site.path("elsewhere"), site.path("functions")).expect("it is there");
        site.until(|registry| has_route(registry, "/first")).await;
        site.change(&format!("functions/round{round}.js"), "");
        site.until(|registry| has_route(registry, &format!("/round{round}")))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_files_at_once_are_all_there_in_the_end() {
    let site = toolkit().await;
    for n in 0..500 {
        let folder = site.path(&format!("functions/f{}", n % 10));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{n}.js")), "").expect("a file");
    }
    let all =
        |registry: &Registry| (0..500).all(|n| has_route(registry, &format!("/f{}/{n}", n % 10)));
    site.until(all).await;
    fs::remove_dir_all(site.path("functions")).expect("it is there");
    site.until(|registry| !has_route(registry, "/f0/0")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_quick_saves_the_second_wins() {
    let site = site().await;
    for n in 0..10 {
        site.change("services.toml", &saying(&format!("quick {n}")));
        site.change("services.toml", &saying(&format!("last {n}")));
        site.until(|registry| says(registry, &format!("last {n}")))
            .await;
        assert_eq!(site.ask("GET /say", "").text(), format!("last {n}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_port_is_said_and_the_rest_taken() {
    // One that is given beats the files', which may name any.
    for is_given in [false, true] {
        let project = Project::new()
            .file("services.toml", &format!("port = 0\n{}", saying("first")))
            .handler("say", say);
        let project = match is_given {
            true => project,
            false => project.with(|_| Switchboard::builder()),
        };
        let mut site = project.start_watching().await;
        site.change("services.toml", &format!("port = 1\n{}", saying("second")));
        let first = site.noticed(|notice| match notice {
            Notice::Said { text } => Some(text.clone()),
            Notice::Reloaded { .. } => Some(String::new()),
            _ => None,
        });
        let said = first.await;
        assert_eq!(
            said.contains("restart to listen on it"),
            !is_given,
            "{said}"
        );
        site.until(|registry| says(registry, "second")).await;
        assert_eq!(site.ask("GET /say", "").text(), "second");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_come_and_go() {
    let mut site = site().await;
    let text = saying("first").replace("services.two", "services.three");
    site.change("services.toml", &text);
    assert_eq!(site.reloaded().await, ["three", "two"]);
    assert_eq!(site.ask("GET /three/say", "").text(), "two");
    assert_eq!(site.status("GET /two/say"), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_without_a_file_may_get_one() {
    let site = Project::new()
        .file("functions/first.js", "")
        .handler("say", say)
        .start_watching()
        .await;
    assert!(has_route(&site.registry(), "/first"));
    site.change("services.toml", &saying("a file"));
    site.until(|registry| says(registry, "a file")).await;
    fs::remove_file(site.path("services.toml")).expect("it is there");
    site.until(|registry| has_route(registry, "/first")).await;
}
