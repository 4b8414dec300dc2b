//! Secrets stand in many places of a project and of a request. Each is planted here with a mark, and
//! everything that the program shows, stores or lets others see is searched for the mark.

use super::run::{Server, program, project};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Part of every secret here; what is searched for.
const MARK: &str = "pl4nted";

const SERVICES: &str = r#"
default_service = "app"
[services.app]
root = "."
auth_token = "pl4nted-auth-token"
env = { API_KEY = "pl4nted-env" }
[services.app.functions]
"/jwt" = { handler = "rust:jwt", visibility = "protected" }
"/bearer" = { handler = "rust:bearer" }
[services.broken]
root = "broken"
auth_tokne = "pl4nted-misspelt"
[services.other]
root = "other"
"#;

const FILES: [(&str, &str); 9] = [
    (
        "services.toml",
        "", // Written by each test.
    ),
    (
        ".env",
        "JWT_SECRET=pl4nted-dotenv\nexport TOKEN=pl4nted-export\nBROKEN pl4nted-line\nKEY=\"-----BEGIN\npl4nted-pem\n-----\"\n",
    ),
    ("other/.env", "AUTH_TOKEN=pl4nted-other\n"),
    ("assets/users.private.json", "{\"ada\":\"pl4nted-asset\"}"),
    (
        "functions/throws.js",
        "exports.handler = (context) => { const secret = context.API_KEY; secret.fail(); };",
    ),
    (
        "functions/exits.js",
        "exports.handler = (context) => { process.exit(context.API_KEY.length); };",
    ),
    (
        "functions/good.js",
        "exports.handler = (context, event, callback) => callback(null, typeof context.API_KEY);",
    ),
    (
        "functions/broken.js",
        "exports.handler = (context => 'syntax';",
    ),
    (
        "broken/functions/a.js",
        "exports.handler = (c, e, cb) => cb();",
    ),
];

fn planted(services: &str) -> tempfile::TempDir {
    let folder = project(&FILES);
    fs::write(folder.path().join("services.toml"), services).unwrap();
    folder
}

fn holds_none(what: &str, text: &str) {
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(MARK)).collect();
    assert!(
        lines.is_empty(),
        "{what} shows a secret:\n{}",
        lines.join("\n")
    );
}

/// Heads of requests that carry secrets, each to be refused or failed in another way.
fn heads() -> Vec<String> {
    let secrets = "Authorization: Bearer pl4nted-bearer\nCookie: session=pl4nted-cookie\n\
         X-Api-Key: pl4nted-header\nX-Twilio-Signature: pl4nted-signature=======";
    let first = [
        "GET /good HTTP/1.1",
        "GET /throws HTTP/1.1",
        "GET /exits HTTP/1.1",
        "GET /broken HTTP/1.1",
        "POST /bearer HTTP/1.1",
        "POST /nothing HTTP/1.1",
        "GET /other/nothing HTTP/1.1",
        "GET /users.json HTTP/1.1",
        "PROPFIND /good HTTP/1.1",
    ];
    let mut heads: Vec<String> = first.map(|line| format!("{line}\n{secrets}")).to_vec();
    let form = "Content-Type: application/json";
    heads.push(format!("POST /good HTTP/1.1\n{secrets}\n{form}"));
    heads
}

/// The command lines of all processes of a group of processes: what `ps` shows to everybody.
fn command_lines() -> String {
    let entries = fs::read_dir("/proc").unwrap();
    let lines = entries.filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
    let text: Vec<u8> = lines
        .flat_map(|mut line| {
            line.push(b'\n');
            line
        })
        .collect();
    String::from_utf8_lossy(&text).replace('\0', " ")
}

/// What the console's API answers.
fn console(run_file: &Value, path: &str) -> String {
    use std::io::Read;
    let url = run_file["console_url"].as_str().unwrap();
    let port = url.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let token = run_file["token"].as_str().unwrap();
    let head =
        format!("GET {path} HTTP/1.1\nHost: localhost:{port}\nAuthorization: Bearer {token}");
    super::run::send(&mut stream, &head, "");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn run_file(server: &Server) -> Value {
    let folder = server.runtime().join("switchboard");
    let mut files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let file = files.find(|f| f.extension().is_some()).unwrap();
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn secrets_stay_where_they_are_while_a_server_runs() {
    let good = SERVICES.replace("auth_tokne = \"pl4nted-misspelt\"\n", "");
    for format in ["pretty", "json"] {
        let folder = planted(&good);
        let server = Server::start_with(
            folder.path(),
            &["--format", format, "--detailed-logs", "--load-local-env"],
            &[
                ("SHELL_SECRET", "pl4nted-shell"),
                ("TWILIO_AUTH_TOKEN", "pl4nted-twilio"),
            ],
        );
        let first = server.first_line.clone();
        for head in heads() {
            // Answers, error pages among them, are the callers'.
            holds_none(&head, &server.ask(&head, ""));
        }
        let refused = server.ask("POST /jwt HTTP/1.1\nX-Twilio-Signature: bm8=", "");
        assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
        holds_none("the process list", &command_lines());
        holds_none(
            "the ready file",
            &fs::read_to_string(&server.ready_file).unwrap(),
        );
        let run_file = run_file(&server);
        let token = run_file["token"].as_str().unwrap().to_string();
        // The run's own key is a secret as well.
        assert!(!command_lines().contains(&token));
        let mut exported = String::new();
        for path in ["server", "services", "entries", "entries?status=5xx"] {
            exported.push_str(&console(&run_file, &format!("/api/1/{path}")));
        }
        for number in 1..=heads().len() + 1 {
            exported.push_str(&console(&run_file, &format!("/api/1/exchanges/{number}")));
        }
        assert!(exported.contains("/throws") && exported.contains("(hidden)"));
        // A signature is good for one request, and is what an exchange is looked at for.
        let exported = exported.replace("pl4nted-signature", "");
        holds_none("the console", &exported);
        assert!(!exported.contains(&token));
        let logs = program(folder.path())
            .env("XDG_RUNTIME_DIR", server.runtime())
            .args(["logs"])
            .output()
            .unwrap();
        holds_none("logs", &String::from_utf8(logs.stdout).unwrap());
        // A broken file that is full of secrets is told of, line and caret.
        fs::write(
            folder.path().join("services.toml"),
            format!("{SERVICES}\nport = ["),
        )
        .unwrap();
        let mut server = server;
        let reloaded = server.read_until("services.toml");
        server.signal("INT");
        let (_, rest) = server.end();
        // Shown cut to what a refusal is about: the signature that came.
        let told = format!("{first}{reloaded}{rest}").replace("pl4nted-signature", "");
        assert!(told.contains("/throws"), "{told}");
        holds_none(&format!("the terminal ({format})"), &told);
        assert!(!told.contains(&token));
    }
}

fn shown(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder)
        .env("TWILIO_AUTH_TOKEN", "pl4nted-twilio")
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn no_command_shows_a_secret_of_a_project_good_or_broken() {
    let unclosed = SERVICES.replace("pl4nted-auth-token\"", "pl4nted-auth-token");
    let unquoted = SERVICES.replace("\"pl4nted-env\"", "pl4nted-env");
    let wrong_type = SERVICES.replace("\"pl4nted-auth-token\"", "[\"pl4nted-auth-token\"]");
    let doubled = format!("{SERVICES}[services.app]\nauth_token = \"pl4nted-twice\"\n");
    let good = SERVICES.replace("auth_tokne = \"pl4nted-misspelt\"\n", "");
    for services in [&good, SERVICES, &unclosed, &unquoted, &wrong_type, &doubled] {
        let folder = planted(services);
        for arguments in [
            &["list"][..],
            &["list", "--format", "json"],
            &["check"],
            &["check", "--format", "json"],
            &["access"],
            &["access", "--format", "json"],
            &["doctor"],
            &["sign", "/jwt"],
            &["sign", "/jwt", "--curl"],
            &[
                "start",
                "--port",
                "0",
                "--env",
                "nothing/here",
                "--host",
                "nonsense",
            ],
            &["exec", "--", "true"],
            &["send", "sms", "app:/good"],
        ] {
            let text = shown(folder.path(), arguments);
            assert!(!text.is_empty() || arguments[0] == "exec", "{arguments:?}");
            holds_none(&format!("{arguments:?}"), &text);
        }
    }
}
