//! `exec`: a server for as long as a command runs.

use super::run::{PAIR, program, project};
use crate::oracle;
use snapbox::str;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn exec(folder: &Path, arguments: &[&str]) -> snapbox::cmd::OutputAssert {
    program(folder).arg("exec").args(arguments).assert()
}

/// What a shell prints that is run beside a server of `folder`.
fn shell(folder: &Path, flags: &[&str], script: &str) -> String {
    let told = program(folder)
        .arg("exec")
        .args(flags)
        .args(["--", "sh", "-c", script])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{stderr}");
    String::from_utf8(told.stdout).unwrap()
}

#[test]
fn a_javascript_test_suite_passes_beside_its_server() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/node-test");
    let scratch = TempDir::new().unwrap();
    let log = scratch.path().join("log");
    let told = exec(
        &example,
        &[
            "--quiet",
            "--log",
            log.to_str().unwrap(),
            "--",
            "node",
            "--test",
        ],
    );
    let told = told.success();
    let printed = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
    assert!(
        printed.contains("pass 4") && printed.contains("fail 0"),
        "{printed}"
    );
    assert!(told.get_output().stderr.is_empty());
}

#[test]
fn the_command_finds_the_server_and_a_variable_for_each_service() {
    let folder = project(&[(
        "services.toml",
        "default_service = \"one\"\n[services.one.functions]\n\
         \"/jwt\" = { handler = \"rust:jwt\" }\n[services.two-b]\n\
         [services.two-b.functions]\n\"/jwt\" = { handler = \"rust:jwt\" }\n",
    )]);
    let printed = shell(
        folder.path(),
        &["-q"],
        "echo $SWITCHBOARD_URL $SWITCHBOARD_URL_ONE $SWITCHBOARD_URL_TWO_B",
    );
    let urls: Vec<&str> = printed.split_whitespace().collect();
    let [url, one, two] = urls[..] else {
        panic!("three URLs in {printed}");
    };
    assert!(url.starts_with("http://localhost:"));
    assert_eq!(one, url);
    assert_eq!(two, format!("{url}/two-b"));
    let port: u16 = url.rsplit(':').next().unwrap().parse().unwrap();
    // It has ended with the command.
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn it_ends_as_the_command_ends() {
    let folder = project(&[("services.toml", PAIR)]);
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)] {
        exec(folder.path(), &["-q", "--", "sh", "-c", script])
            .code(code)
            .stderr_eq("");
    }
    exec(folder.path(), &["--", "no-such-program"])
        .code(127)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: no program `no-such-program` on PATH
  help: [..]

"#]]);
    exec(folder.path(), &["--", "./services.toml"]).code(126);
    exec(folder.path(), &["nowhere", "--", "true"]).code(1);
    exec(folder.path(), &[]).code(2);
}

#[test]
fn what_the_server_tells_goes_to_standard_error_or_nowhere() {
    let folder = project(&[("services.toml", PAIR)]);
    let script = "
                  node -e \"fetch(process.env.SWITCHBOARD_URL + '/bearer', { method: 'POST' })\
                  .then((r) => console.log(r.status))\"";
    exec(folder.path(), &["--", "sh", "-c", script])
        .success()
        .stdout_eq("401\n")
        .stderr_eq("[..] 401 POST /bearer [..]\n...\n");
    exec(folder.path(), &["--quiet", "--", "sh", "-c", script])
        .success()
        .stdout_eq("401\n")
        .stderr_eq("");
}

#[test]
fn the_development_token_is_given_and_any_other_is_asked_for() {
    let folder = project(&[
        ("services.toml", PAIR),
        ("test.env", "AUTH_TOKEN=0123456789abcdef0123456789abcdef\n"),
    ]);
    let script = "echo \"<$SWITCHBOARD_AUTH_TOKEN><$SWITCHBOARD_AUTH_TOKEN_AUTH>\"";
    let development = shell(folder.path(), &["-q"], script);
    assert!(development.starts_with("<switchboard-development-token"));
    let own = ["-q", "--env", "test.env"];
    assert_eq!(shell(folder.path(), &own, script), "<><>\n");
    let asked = ["-q", "--env", "test.env", "--with-token"];
    let token = "<0123456789abcdef0123456789abcdef>";
    assert_eq!(
        shell(folder.path(), &asked, script),
        format!("{token}{token}\n")
    );
}

#[test]
fn variables_of_an_outer_server_are_not_taken_for_this_ones() {
    let folder = project(&[("services.toml", PAIR)]);
    let told = program(folder.path())
        .env("SWITCHBOARD_URL_OTHER", "http://outer")
        .env("SWITCHBOARD_LOG", "outer.log")
        .args(["exec", "-q", "--", "sh", "-c"])
        .arg("echo \"<$SWITCHBOARD_URL_OTHER><$SWITCHBOARD_LOG>\"");
    told.assert().success().stdout_eq("<><>\n");
}

/// Sends a signal to an `exec` whose command has printed a line, and returns how it ended and what
/// it printed then.
fn signalled(folder: &Path, signal: &str, script: &str) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .current_dir(folder)
        .args(["exec", "-q", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let sent = Command::new("kill")
        .args([format!("-{signal}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    (child.wait().unwrap().code(), rest)
}

#[test]
fn a_signal_to_it_alone_is_passed_on() {
    let folder = project(&[("services.toml", PAIR)]);
    for signal in ["TERM", "HUP"] {
        if signal == "HUP" && crate::orphans::is_to_outlive_its_terminal() {
            continue;
        }
        let script =
            format!("trap 'echo told; exit 5' {signal}; echo ready; while :; do sleep 0.05; done");
        let ended = signalled(folder.path(), signal, &script);
        assert_eq!(ended, (Some(5), "told\n".to_string()), "{signal}");
    }
}

#[test]
fn the_log_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project(&[("services.toml", PAIR)]);
    let printed = shell(
        folder.path(),
        &["-q", "--log", "what.log"],
        "cd / && cat \"$SWITCHBOARD_LOG\" && echo \"$SWITCHBOARD_LOG\"",
    );
    let log = folder.path().join("what.log");
    let shown = fs::canonicalize(printed.trim()).unwrap();
    assert_eq!(shown, fs::canonicalize(&log).unwrap());
    let mode = fs::metadata(log).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    exec(folder.path(), &["--log", "no/such/folder", "--", "true"]).code(1);
}

#[test]
fn a_suite_of_a_project_with_an_account_sends_nothing() {
    let folder = project(&[
        (
            ".env",
            "ACCOUNT_SID=ACffffffffffffffffffffffffffffffff\n\
             AUTH_TOKEN=0123456789abcdef0123456789abcdef\n",
        ),
        (
            "functions/send.js",
            "exports.handler = async (context, event, callback) => {
                const message = { to: '+14155550100', from: '+15005550006', body: 'Ahoy' };
                const { status, accountSid } = await context.getTwilioClient().messages.create(message);
                callback(null, [status, accountSid === context.ACCOUNT_SID]);
            };",
        ),
    ]);
    let modules = oracle::installed().join("node_modules");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).unwrap();
    let script = "
                  node -e \"fetch(process.env.SWITCHBOARD_URL + '/send')\
                  .then(async (r) => console.log(await r.text()))\"";
    let told = shell(folder.path(), &["-q", "--local-api"], script);
    assert_eq!(told, "[\"queued\",true]\n");
}
