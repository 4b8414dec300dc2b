//! `init`: what it makes is sound, and starts.

use super::run::{Server, program, project};
use std::fs;
use switchboard::Switchboard;

/// The Rust project's handlers, compiled as they are written.
#[path = "../../../src/cli/init/templates/rust/functions/mod.rs"]
#[allow(unreachable_pub, reason = "it is the root of a program there")]
mod template;

#[test]
fn a_javascript_project_has_no_faults_and_starts() {
    let folder = project(&[]);
    let told = program(folder.path()).args(["init", "Hello"]).assert();
    told.success().stdout_eq(snapbox::str![[r#"
made Hello
...

next
  cd Hello
  switchboard
  curl 'http://localhost:3000/hello?name=you'

"#]]);
    let made = folder.path().join("Hello");
    program(&made)
        .arg("check")
        .assert()
        .success()
        .stdout_eq("no faults\n");
    program(&made)
        .arg("list")
        .assert()
        .success()
        .stdout_eq(snapbox::str![[r#"
SERVICE        VISIBILITY  KIND      URL                               FILE OR HANDLER
hello-service  private     function  -                                 functions/greeting.private.js
hello-service  public      function  http://localhost:3000/hello       functions/hello.js
hello-service  public      asset     http://localhost:3000/index.html  assets/index.html
hello-service  protected   function  http://localhost:3000/sms/reply   functions/sms/reply.protected.js

"#]]);
    let server = Server::start(&made, &[]);
    let greeted = server.ask("GET /hello?name=you HTTP/1.1", "");
    assert!(greeted.ends_with("\r\n\r\nHello, you!"), "{greeted}");
    let refused = server.ask("POST /sms/reply HTTP/1.1", "");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let private = server.ask("POST /greeting HTTP/1.1", "");
    assert!(private.starts_with("HTTP/1.1 404"), "{private}");
}

#[test]
fn the_files_of_a_rust_project_are_served_by_its_handlers() {
    let folder = project(&[]);
    let told = program(folder.path())
        .args(["init", "hello", "--rust"])
        .output();
    assert!(told.unwrap().status.success());
    let made = folder.path().join("hello");
    let manifest = fs::read_to_string(made.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"hello-service\""), "{manifest}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = Switchboard::builder()
            .project(&made)
            .handlers(template::all())
            .port(0)
            .start()
            .await
            .unwrap();
        assert_eq!(server.diagnostics(), []);
        let routes = server.registry();
        assert!(routes.default_service().unwrap().route("/hello").is_some());
        server.stop().await;
    });
}

#[test]
fn what_cannot_be_made_is_told_with_a_way_out() {
    let folder = project(&[("afile", "")]);
    for (name, code) in [("afile", 1), ("afile/x", 1), ("/", 2)] {
        let told = program(folder.path()).args(["init", name]);
        let told = told.output().unwrap();
        assert_eq!(told.status.code(), Some(code), "{name}");
        let error = String::from_utf8(told.stderr).unwrap();
        assert!(error.contains("\n  help: "), "{name}: {error}");
    }
}

#[test]
fn the_way_into_the_folder_is_as_a_shell_takes_it() {
    let folder = project(&[]);
    for (name, cd) in [("-x", "cd ./-x"), ("a b/c", "cd 'a b/c'")] {
        let told = program(folder.path()).args(["init", "--", name]);
        let told = String::from_utf8(told.output().unwrap().stdout).unwrap();
        assert!(told.contains(&format!("\n  {cd}\n")), "{told}");
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = project(&[("hello/kept.txt", "kept")]);
    let told = program(folder.path()).args(["init", "hello"]).assert();
    told.code(1).stdout_eq("").stderr_eq(snapbox::str![[r#"
error: hello exists and is not empty
  help: choose another name, or empty the folder first

"#]]);
    let left: Vec<_> = fs::read_dir(folder.path().join("hello")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn an_empty_folder_is_filled() {
    let folder = project(&[]);
    let empty = folder.path().join("mine");
    fs::create_dir(&empty).unwrap();
    program(&empty).args(["init", "."]).assert().success();
    program(&empty).arg("check").assert().success();
}
