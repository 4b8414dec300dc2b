//! The tunnel from inside of the process, against a stand-in of ngrok's service.

use super::ngrok_service::{Refusals, Service, URL};
use super::run::{PAIR, Server, failing, project};
use super::tunnel::{Agent, OPEN, until};
use std::fs;
use std::path::Path;
use switchboard::signature::Signer;
use tempfile::TempDir;

const SECRET: &str = "2abcDEF_s3cretOfMine";

/// The server, with a token, behind that service.
fn start(service: &Service, folder: &Path, arguments: &[&str]) -> Server {
    let variables = service.variables();
    let mut variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    variables.push(("NGROK_AUTHTOKEN", SECRET));
    Server::start_with(folder, arguments, &variables)
}

/// Whether the server takes a request that is signed for the service's URL.
fn takes_signed(server: &Server) -> bool {
    let signer = Signer::new("switchboard-development-token-00");
    let signature = signer.sign(&format!("{URL}/guarded"), &[]);
    let head = format!("POST /guarded HTTP/1.1\nx-twilio-signature: {signature}");
    !server.ask(&head, "").starts_with("HTTP/1.1 403")
}

#[test]
fn the_tunnel_is_opened_from_inside_and_carries_requests() {
    let echo =
        "exports.handler = (context, event, callback) => callback(null, context.DOMAIN_NAME);";
    let folder = project(&[
        ("functions/echo.js", echo),
        ("functions/guarded.protected.js", echo),
        ("assets/large.txt", &"x".repeat(3_000_000)),
    ]);
    let service = Service::start(Refusals::default());
    let server = start(&service, folder.path(), &["--ngrok"]);
    let port = server.ready["port"].clone();
    let session = service.authenticated();
    assert_eq!(session["Extra"]["AuthToken"], SECRET);
    let tunnel = service.bound();
    assert_eq!(tunnel["Proto"], "https");
    assert_eq!(tunnel["Opts"]["Domain"], "");
    // The service port, and this machine's.
    assert_eq!(tunnel["ForwardsTo"], format!("http://127.0.0.1:{port}/"));
    assert!(server.ready.to_string().contains(URL), "{}", server.ready);

    let carried = |request: &str, headers: &str| {
        service.carry(&format!(
            "{request} HTTP/1.1\r\nHost: abc.ngrok-free.app\r\n{headers}Connection: close\r\n\r\n"
        ))
    };
    let answer = carried("GET /echo", "");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(body.contains("abc.ngrok-free.app"), "{body}");

    // Far more than the window of a stream.
    let answer = carried("GET /large.txt", "");
    assert!(answer.ends_with(&"x".repeat(3_000_000)), "{}", answer.len());

    // What Twilio signs is the public URL.
    let signer = Signer::new("switchboard-development-token-00");
    let signed = |url: &str, more: &str| {
        let signature = signer.sign(&format!("{url}/guarded"), &[]);
        let headers = format!("X-Twilio-Signature: {signature}\r\nContent-Length: 0\r\n{more}");
        carried("POST /guarded", &headers)
    };
    assert!(signed(URL, "").starts_with("HTTP/1.1 200"));
    let other = "https://other.example";
    assert!(signed(other, "").starts_with("HTTP/1.1 403"));
    // These are kept, and believed of loopback alone: that is where the request comes from.
    let forwarded = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: other.example\r\n";
    assert!(signed(other, forwarded).starts_with("HTTP/1.1 200"));

    server.signal("TERM");
    let (code, told) = server.end();
    assert_eq!(code, Some(0));
    assert!(told.contains(&format!("public URL  {URL}")), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    // The URL is given back.
    assert_eq!(service.unbound()["Id"], "tunnel-1");
}

#[test]
fn a_domain_is_asked_of_the_service() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let server = start(&service, folder.path(), &["--ngrok=mine.ngrok.app"]);
    service.authenticated();
    assert_eq!(service.bound()["Opts"]["Domain"], "mine.ngrok.app");
    let url = &server.ready["services"]["auth"]["public_url"];
    assert_eq!(url, "https://mine.ngrok.app");
}

#[test]
fn each_refusal_of_the_service_is_named_and_says_what_to_do() {
    let folder = project(&[("services.toml", PAIR)]);
    for (auth, bind, name, help) in [
        (
            "The authtoken you specified is properly formed, but it is invalid.\nYour authtoken: \
             2abcDEF_s3cretOfMine\r\n\r\nERR_NGROK_107\r\n",
            "",
            "ngrok does not take the authtoken in NGROK_AUTHTOKEN (ERR_NGROK_107)",
            "copy it anew",
        ),
        (
            "Your account is limited to 1 simultaneous ngrok agent sessions.\n\nERR_NGROK_108",
            "",
            "taken by another agent (ERR_NGROK_108)",
            "stop the other agent",
        ),
        (
            "",
            "The endpoint 'https://mine.ngrok.app' is already online.\n\nERR_NGROK_334",
            "taken by another agent (ERR_NGROK_334)",
            "--ngrok=DOMAIN",
        ),
        (
            "",
            "This domain is reserved for another account.\n\nERR_NGROK_320",
            "was refused: This domain is reserved for another account. (ERR_NGROK_320)",
            "--public-url",
        ),
    ] {
        let service = Service::start(Refusals { auth, bind });
        let variables = service.variables();
        let mut variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        variables.push(("NGROK_AUTHTOKEN", SECRET));
        let told = failing(folder.path(), &["--ngrok"], &variables);
        assert!(told.contains(name) && told.contains(help), "{told}");
    }
}

#[test]
fn a_service_with_another_certificate_is_told_nothing() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let server = service.address();
    let variables = [
        ("SWITCHBOARD_NGROK_SERVER", server.as_str()),
        ("NGROK_AUTHTOKEN", SECRET),
    ];
    let told = failing(folder.path(), &["--ngrok"], &variables);
    assert!(told.contains(&format!("service at {server} cannot be reached")));
    assert!(told.contains("invalid peer certificate"), "{told}");
    assert!(told.contains("a proxy that reads TLS"), "{told}");
    assert!(service.is_quiet());
}

#[test]
fn without_a_token_the_installed_program_is_asked_and_else_the_token_is_missed() {
    let folder = project(&[("services.toml", PAIR)]);
    let agent = Agent::new("ngrok", &format!("{OPEN}\nstay"));
    let mut server = agent.start(folder.path(), &["--ngrok"]);
    let told = server.read_until("the installed `ngrok` opened the tunnel");
    assert!(told.contains("NGROK_AUTHTOKEN is not set"), "{told}");
    let url = &server.ready["services"]["auth"]["public_url"];
    assert_eq!(url, "https://abc.ngrok-free.app");
    let empty = TempDir::new().unwrap();
    let nowhere = empty.path().display().to_string();
    for token in ["", "  "] {
        let variables = [("PATH", nowhere.as_str()), ("NGROK_AUTHTOKEN", token)];
        let told = failing(folder.path(), &["--ngrok"], &variables);
        assert!(told.contains("NGROK_AUTHTOKEN is not set"), "{told}");
        assert!(told.contains("get one at https://dashboard"), "{told}");
    }
}

#[test]
fn a_connection_that_is_lost_is_made_again_under_the_same_url() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let mut server = start(&service, folder.path(), &["--ngrok"]);
    service.authenticated();
    service.bound();
    service.cut();
    server.read_until("is lost; trying again until it is back");
    service.authenticated();
    let again = service.bound();
    assert_eq!(again["Id"], "tunnel-1");
    assert_eq!(again["Extra"]["Token"], "tunnel-token");
    until("a request by the new connection", || {
        let get = "GET /jwt HTTP/1.1\r\nHost: abc.ngrok-free.app\r\nConnection: close\r\n\r\n";
        service.carry(get).starts_with("HTTP/1.1 ")
    });
    assert!(takes_signed(&server));
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
    assert_eq!(service.unbound()["Id"], "tunnel-1");
}

#[test]
fn a_token_that_is_revoked_later_takes_the_url_with_it() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let mut server = start(&service, folder.path(), &["--ngrok"]);
    assert!(takes_signed(&server));
    service.refuse(Refusals {
        auth: "It was reset.\nYour authtoken: 2abcDEF_s3cretOfMine\n\nERR_NGROK_107",
        bind: "",
    });
    service.cut();
    let told = server.read_until("there is no public URL any more");
    assert!(told.contains("ngrok does not take the authtoken"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    assert!(!takes_signed(&server));
}

#[test]
fn a_tunnel_that_the_service_ends_takes_its_url_with_it() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let mut server = start(&service, folder.path(), &["--ngrok"]);
    service.stop_tunnel("Stopped from the dashboard.");
    let told = server.read_until("there is no public URL any more");
    assert!(
        told.contains("`ngrok` was refused: Stopped from the dashboard."),
        "{told}"
    );
    assert!(!takes_signed(&server));
}

#[test]
fn a_service_that_is_gone_does_not_hold_up_the_end() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let mut server = start(&service, folder.path(), &["--ngrok"]);
    drop(service);
    server.read_until("is lost; trying again until it is back");
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn the_run_file_and_the_ready_file_hold_no_token() {
    let folder = project(&[("services.toml", PAIR)]);
    let service = Service::start(Refusals::default());
    let server = start(&service, folder.path(), &["--ngrok"]);
    let mut folders = vec![server.runtime().to_path_buf(), folder.path().to_path_buf()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                    assert!(!text.contains("s3cret"), "{}", path.display());
                    read += 1;
                }
            }
        }
    }
    // The two, and the project's own.
    assert!(read >= 3, "{read}");
}
