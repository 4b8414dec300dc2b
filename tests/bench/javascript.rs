//! JavaScript functions beside bare `node:http`, twilio-run and functions-framework.

use crate::FORM;
use crate::peers;
use crate::project::{AUTH_TOKEN, Project};
use crate::rust;
use crate::side::{Load, Side};
use crate::table::compare;
use switchboard::signature::Signer;

/// An event of some 250 bytes.
const EVENT: &str = r#"{"name":"Ada","items":[1,2,3],"text":"a text of some length, as events have them","nested":{"a":1,"b":[true,false,null]},"more":"0123456789012345678901234567890123456789"}"#;

pub(crate) fn measure() {
    let project = Project::javascript();
    let node = peers::node_http();
    let ours = peers::switchboard(&project, "/hello");
    let floor = Side::start("hyper and Node, no more", "floor");
    let each = Side::start("the same, answers one by one", "floor-each");
    let in_one = ["--no-fork-process", "--no-live"];
    let theirs = peers::twilio_run("twilio-run, without fork", &project, &in_one);
    let forks = peers::twilio_run("twilio-run", &project, &[]);
    let google = peers::functions_framework();
    let hello = |side| (side, Load::get("/hello"));
    for connections in [1, 8, 64] {
        compare(
            "hello",
            connections,
            &[
                hello(&node),
                hello(&ours),
                hello(&floor),
                hello(&each),
                hello(&theirs),
                hello(&google),
            ],
        );
    }
    for connections in [8, 64] {
        let json = |side| (side, Load::post("/json", EVENT));
        compare(
            "a POST of JSON",
            connections,
            &[
                json(&node),
                json(&ours),
                json(&floor),
                json(&each),
                json(&theirs),
                json(&google),
            ],
        );
    }
    compare(
        "hello, a process for each request",
        8,
        &[hello(&forks), hello(&ours)],
    );
    signed(&node, &ours);
    // 1 MB is over the cloud's limit for requests, headers included.
    let large = format!(r#"{{"name":"{}","items":[]}}"#, "x".repeat(1_000_000));
    let large = Load::post("/json", &large);
    compare(
        "a POST of 1 MB",
        8,
        &[(&node, large.clone()), (&ours, large)],
    );
    memory(&ours, &theirs, &google);
}

fn signed(node: &Side, ours: &Side) {
    let host = format!("localhost:{}", ours.port());
    let form = FORM.map(|(name, value)| (name.to_string(), value.to_string()));
    let signature = Signer::new(AUTH_TOKEN).sign(&format!("http://{host}/signed"), &form);
    let load = Load::form("/signed", &rust::form(), &signature).header("Host", &host);
    let sides = [(node, Load::get("/hello")), (ours, load)];
    compare(
        "a protected function, a signed form, beside a hello",
        8,
        &sides,
    );
}

fn memory(ours: &Side, theirs: &Side, google: &Side) {
    println!("\nresident after load, MiB: the server, and all processes that it has started");
    for side in [ours, theirs, google] {
        let (server, others) = side.memory();
        println!("{:28} {server:10.1} {others:9.1}", side.name);
    }
}
