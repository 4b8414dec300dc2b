//! Another visibility for a route: tried out, taken back, written to the file.

use super::{TOKEN, console, project, services, told, with};
use crate::http::ask;
use crate::project::{Project, Site};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use switchboard::journal::{Entry, Notice};
use switchboard::web_console::ConsolePort;
use switchboard::{Callback, Context, Event, Handlers, Outcome, Token, Visibility};

async fn ok(_: Context, _: Event, callback: Callback) -> Outcome {
    callback.success("OK")
}

/// Comments everywhere, and each way of writing a table.
const SERVICES: &str = "\
# The project. ünïcode
default_service = \"app\" # first

[services.app] # the app
root = \"app\"   # its folder

# Functions of the app.
[services.app.functions]
# the first
\"/one\" = { handler = \"rust:ok\" } # one
\"/two\" = { handler = \"rust:ok\", visibility = \"public\" } # two

# Another one.
[services.other]
visibility.\"/three.txt\" = 'protected' # three
assets_folder = \"other\"
# The end.
";

fn files(services: &str) -> Project {
    let files = [
        ("services.toml", services),
        ("app/assets/x.txt", "x"),
        ("other/three.txt", "3"),
        ("other/four.txt", "4"),
    ];
    project(&files).handlers(Handlers::new().with("ok", ok))
}

fn wish(site: &Site, method: &str, service: &str, body: Value) -> (u16, Value) {
    send(
        site,
        &format!("{method} /api/1/services/{service}/visibility"),
        &body.to_string(),
    )
}

fn save(site: &Site, service: &str, body: Value) -> (u16, Value) {
    send(
        site,
        &format!("POST /api/1/services/{service}/visibility/save"),
        &body.to_string(),
    )
}

fn send(site: &Site, head: &str, body: &str) -> (u16, Value) {
    let reply = console(
        site,
        &format!("{head}\nContent-Type: application/json"),
        body,
    );
    (reply.status, told(&reply))
}

fn error(answer: &(u16, Value)) -> &str {
    answer.1["error"].as_str().expect("an error")
}

fn said(site: &Site) -> Vec<String> {
    let entries = site.running().journal().since(0, usize::MAX);
    let notices = entries.into_iter().filter_map(|(_, entry)| match entry {
        Entry::Notice(notice) => Some(notice),
        Entry::Exchange(_) => None,
    });
    let texts = notices.filter_map(|notice| match &*notice {
        Notice::Said { text } => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visibility_is_tried_out_until_the_files_or_the_user_say_so_too() {
    let mut site = files(SERVICES).start_watching().await;
    assert_eq!(site.status("GET /one"), 200);
    let (status, answer) = wish(
        &site,
        "PUT",
        "app",
        json!({ "path": "/one", "visibility": "protected" }),
    );
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["overridden"], &answer["written"]),
        (&json!(true), &json!("public"))
    );
    assert_eq!(site.status("GET /one"), 403);
    assert_eq!(
        said(&site),
        ["/one of app is protected until the next restart; its files say public"]
    );
    let all = services(&site, "");
    let route = with(
        &with(&all["services"], "name", "app")["routes"],
        "path",
        "/one",
    );
    assert_eq!(
        json!([route["visibility"], route["overridden"], route["written"]]),
        json!(["protected", true, "public"])
    );
    // An asset, and a path that is hidden from everybody.
    wish(
        &site,
        "PUT",
        "other",
        json!({ "path": "/four.txt", "visibility": "private" }),
    );
    assert_eq!(site.status("GET /other/four.txt"), 404);

    // Other saves change nothing about it.
    site.change(
        "services.toml",
        &SERVICES.replace("# The end.", "# The end!"),
    );
    site.change("app/assets/y.txt", "y");
    site.until(|registry| registry.service("app").unwrap().route("/y.txt").is_some())
        .await;
    assert_eq!(site.status("GET /one"), 403);
    assert_eq!(site.status("GET /other/four.txt"), 404);
    // Nor does a path that goes and comes back.
    fs::remove_file(site.path("other/four.txt")).unwrap();
    site.until(|registry| {
        registry
            .service("other")
            .unwrap()
            .route("/four.txt")
            .is_none()
    })
    .await;
    site.change("other/four.txt", "4");
    site.until(|registry| {
        registry
            .service("other")
            .unwrap()
            .route("/four.txt")
            .is_some()
    })
    .await;
    assert_eq!(site.status("GET /other/four.txt"), 404);

    // What the files come to say is tried out no more: then they say something else again.
    let protected = SERVICES.replace(
        "\"rust:ok\" } # one",
        "\"rust:ok\", visibility = \"protected\" }",
    );
    site.change("services.toml", &protected);
    site.until(|registry| registry.overrides.get("app", "/one").is_none())
        .await;
    assert_eq!(site.status("GET /one"), 403);
    site.change("services.toml", SERVICES);
    let is_public = |visibility| visibility == Visibility::Public;
    site.until(|registry| {
        is_public(
            registry
                .service("app")
                .unwrap()
                .route("/one")
                .unwrap()
                .visibility,
        )
    })
    .await;

    let (status, answer) = wish(&site, "DELETE", "other", json!({ "path": "/four.txt" }));
    assert_eq!((status, &answer["visibility"]), (200, &json!("public")));
    assert_eq!(site.status("GET /other/four.txt"), 200);
    // Once more is no news.
    let generation = site.registry().generation;
    assert_eq!(
        wish(&site, "DELETE", "other", json!({ "path": "/four.txt" })).0,
        200
    );
    assert_eq!(site.registry().generation, generation);
    site.reloaded().await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_no_wish_is_refused_with_the_way_out() {
    let site = files(SERVICES).start().await;
    let good = json!({ "path": "/one", "visibility": "protected" });
    let generation = site.registry().generation;
    for (service, body, status, text) in [
        (
            "nobody",
            good.clone(),
            404,
            "the services are `app`, `other`",
        ),
        ("ap", good.clone(), 404, "did you mean `app`?"),
        (
            "app",
            json!({ "path": "/on", "visibility": "public" }),
            404,
            "did you mean `/one`?",
        ),
        (
            "app",
            json!({ "path": "", "visibility": "public" }),
            404,
            "nothing at",
        ),
        (
            "app",
            json!({ "path": "/one", "visibility": "secret" }),
            400,
            "unknown variant",
        ),
        (
            "app",
            json!({ "path": "/one", "visibility": 1 }),
            400,
            "visibility",
        ),
        (
            "app",
            json!({ "path": "/one", "visibilty": "public" }),
            400,
            "unknown field",
        ),
        (
            "app",
            json!({ "path": "/one" }),
            400,
            "public, protected or private",
        ),
        ("app", json!([]), 400, "the body is to be"),
        ("app", json!("/one"), 400, "the body is to be"),
    ] {
        let answer = wish(&site, "PUT", service, body.clone());
        assert_eq!(answer.0, status, "{body}: {answer:?}");
        assert!(error(&answer).contains(text), "{body}: {answer:?}");
    }
    let place = "/api/1/services/app/visibility";
    assert_eq!(send(&site, &format!("PUT {place}"), "{\"path\":").0, 400);
    assert_eq!(
        send(
            &site,
            &format!("PUT {place}"),
            &" ".repeat(5 * 1024 * 1024 + 1)
        )
        .0,
        413
    );
    assert_eq!(send(&site, &format!("POST {place}"), "{}").0, 405);
    assert_eq!(send(&site, &format!("PUT {place}/save"), "{}").0, 405);
    assert_eq!(wish(&site, "PUT", "..%2fapp", good.clone()).0, 404);
    // Neither without the token, nor for another site's page.
    let url = site.running().console_url().unwrap();
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    for (head, status) in [
        (format!("PUT {place}"), 401),
        (
            format!("PUT {place}\nAuthorization: Bearer {TOKEN}\nOrigin: https://evil.example"),
            403,
        ),
        (format!("POST {place}/save\nAuthorization: Bearer x"), 401),
    ] {
        assert_eq!(ask(port, &head, &good.to_string()).status, status, "{head}");
    }
    assert_eq!(site.registry().generation, generation);
    assert_eq!(
        fs::read_to_string(site.path("services.toml")).unwrap(),
        SERVICES
    );
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_out_is_written_and_nothing_else_in_the_file_changes() {
    let mut site = files(SERVICES).start_watching().await;
    wish(
        &site,
        "PUT",
        "app",
        json!({ "path": "/one", "visibility": "protected" }),
    );
    let (status, answer) = save(&site, "app", json!({ "path": "/one" }));
    assert_eq!(
        (status, &answer["visibility"]),
        (200, &json!("protected")),
        "{answer}"
    );
    let one = SERVICES.replace(
        "{ handler = \"rust:ok\" } # one",
        "{ handler = \"rust:ok\", visibility = \"protected\" } # one",
    );
    assert_eq!(fs::read_to_string(site.path("services.toml")).unwrap(), one);
    // The files say it now: nothing is tried out any more.
    site.until(|registry| registry.overrides.get("app", "/one").is_none())
        .await;
    site.reloaded().await;
    assert_eq!(site.status("GET /one"), 403);

    // What was never tried out; what is in `visibility` already; what is in neither.
    for (service, path, visibility, from, to) in [
        (
            "app",
            "/two",
            "private",
            "visibility = \"public\" } # two",
            "visibility = \"private\" } # two",
        ),
        (
            "other",
            "/three.txt",
            "public",
            "'protected' # three",
            "\"public\" # three",
        ),
        (
            "app",
            "/x.txt",
            "protected",
            "# two\n",
            "# two\n\n[services.app.visibility]\n\"/x.txt\" = \"protected\"\n",
        ),
    ] {
        let before = fs::read_to_string(site.path("services.toml")).unwrap();
        let (status, answer) = save(
            &site,
            service,
            json!({ "path": path, "visibility": visibility }),
        );
        assert_eq!(status, 200, "{answer}");
        let after = fs::read_to_string(site.path("services.toml")).unwrap();
        assert_eq!(after, before.replace(from, to));
        site.until(|registry| {
            let route = registry.service(service).unwrap().route(path).unwrap();
            route.visibility.as_str() == visibility
                && registry.overrides.get(service, path).is_none()
        })
        .await;
    }
    let texts = said(&site);
    assert!(
        texts.contains(&"services.toml says now that /two of app is private".to_string()),
        "{texts:?}"
    );
    let left = fs::read_dir(site.path(".")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().ends_with(".new")),
        "{left:?}"
    );
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn line_ends_mode_and_link_stay() {
    let site = files(&SERVICES.replace('\n', "\r\n")).start().await;
    let real = site.path("real.toml");
    fs::rename(site.path("services.toml"), &real).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.toml", site.path("services.toml")).unwrap();
    let (status, answer) = save(
        &site,
        "other",
        json!({ "path": "/four.txt", "visibility": "private" }),
    );
    assert_eq!(status, 200, "{answer}");
    assert!(site.path("services.toml").is_symlink());
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let wanted = SERVICES.replace(
        "# three\n",
        "# three\nvisibility.\"/four.txt\" = \"private\"\n",
    );
    assert_eq!(
        fs::read_to_string(&real).unwrap(),
        wanted.replace('\n', "\r\n")
    );
    // Nothing watches here, and it holds all the same.
    assert_eq!(site.status("GET /other/four.txt"), 404);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saves_at_the_same_time_all_come_into_the_file() {
    let paths: Vec<String> = (0..12).map(|n| format!("/f{n}")).collect();
    let mut text = "[services.app.functions]\n".to_string();
    for path in &paths {
        text.push_str(&format!("\"{path}\" = {{ handler = \"rust:ok\" }}\n"));
    }
    let site = std::sync::Arc::new(files(&text).start_watching().await);
    let saves: Vec<_> = paths
        .iter()
        .map(|path| {
            let (site, path) = (std::sync::Arc::clone(&site), path.clone());
            tokio::task::spawn_blocking(move || {
                save(
                    &site,
                    "app",
                    json!({ "path": path, "visibility": "protected" }),
                )
            })
        })
        .collect();
    for saved in saves {
        let (status, answer) = saved.await.unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    let wanted = text.replace("\"rust:ok\" }", "\"rust:ok\", visibility = \"protected\" }");
    assert_eq!(
        fs::read_to_string(site.path("services.toml")).unwrap(),
        wanted
    );
    for path in &paths {
        assert_eq!(site.status(&format!("GET {path}")), 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_refused_and_the_file_stays() {
    let site = files(SERVICES).start().await;
    let file = site.path("services.toml");
    let body = || json!({ "path": "/one", "visibility": "private" });
    let refused = |text: &str, why: &str| {
        fs::write(&file, text).unwrap();
        let answer = save(&site, "app", body());
        assert_eq!(answer.0, 409, "{answer:?}");
        assert!(error(&answer).contains(why), "{answer:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    };
    refused("[services.app\n", "mend them first");
    refused(
        &SERVICES.replace("root", "rot"),
        "`rot` is no key of a service",
    );
    refused(&SERVICES.replace("/one", "/uno"), "changed meanwhile");
    refused(
        &SERVICES
            .replace("services.app", "services.apps")
            .replace("\"app\" #", "\"apps\" #"),
        "changed meanwhile",
    );
    fs::write(&file, SERVICES).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    refused_read_only(&site, &save(&site, "app", body()));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    for (service, path) in [("nobody", "/one"), ("app", "/nothing")] {
        assert_eq!(
            save(
                &site,
                service,
                json!({ "path": path, "visibility": "public" })
            )
            .0,
            404
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), SERVICES);
    assert_eq!(site.status("GET /one"), 200);
    // Saving what the file says already changes nothing.
    assert_eq!(
        save(
            &site,
            "app",
            json!({ "path": "/two", "visibility": "public" })
        )
        .0,
        200
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), SERVICES);
    site.stop().await;
}

fn refused_read_only(site: &Site, answer: &(u16, Value)) {
    assert_eq!(answer.0, 409, "{answer:?}");
    assert!(error(answer).contains("read-only"), "{answer:?}");
    assert_eq!(
        fs::read_to_string(site.path("services.toml")).unwrap(),
        SERVICES
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_file_one_is_offered_that_keeps_the_services() {
    let site = project(&[("package.json", r#"{"name":"app"}"#), ("assets/x.txt", "x")])
        .start()
        .await;
    let answer = save(
        &site,
        "app",
        json!({ "path": "/x.txt", "visibility": "protected" }),
    );
    assert_eq!(answer.0, 409, "{answer:?}");
    let (_, offered) = error(&answer).split_once("\n\n").expect("a file");
    site.stop().await;
    // It is served as it was, and as was wished.
    let site = project(&[
        ("package.json", r#"{"name":"app"}"#),
        ("assets/x.txt", "x"),
        ("services.toml", offered),
    ])
    .start()
    .await;
    assert_eq!(site.status("GET /x.txt"), 403);
    site.stop().await;
    // What a program adds is in no file.
    let site = Project::new()
        .file(
            "services.toml",
            "[services.app.functions]\n\"/a\" = { handler = \"rust:ok\" }\n",
        )
        .handler("ok", ok)
        // The project's handlers take the place of the builder's.
        .handler("app/added", ok)
        .with(|builder| {
            builder
                .console(ConsolePort::Given(0), Token::given(TOKEN))
                .function("app", "/added", Visibility::Public, ok)
        })
        .start()
        .await;
    let answer = save(
        &site,
        "app",
        json!({ "path": "/added", "visibility": "private" }),
    );
    assert_eq!(answer.0, 409, "{answer:?}");
    assert!(error(&answer).contains("the program"), "{answer:?}");
    assert_eq!(
        wish(
            &site,
            "PUT",
            "app",
            json!({ "path": "/added", "visibility": "private" })
        )
        .0,
        200
    );
    assert_eq!(site.status("GET /added"), 404);
    site.stop().await;
}
