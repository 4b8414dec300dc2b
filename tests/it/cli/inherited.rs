//! What the processes that functions start have of the server's: nothing. Seen from outside, since a
//! test's own process has other numbers for its files than the program has.

use super::run::{Server, project};
use std::process::Command;

const LISTED: &str = "exports.handler = (context, event, callback) =>
    callback(null, require('child_process').execFileSync('ls', ['/proc/self/fd']).toString());";

const FORKED: &str = "
    const cluster = require('cluster');
    exports.handler = (context, event, callback) => {
        cluster.setupPrimary({ exec: __dirname + '/forked.txt.js', silent: true });
        const child = cluster.fork();
        child.on('exit', (code) => callback(null, `ended with ${code}`));
    };";

#[test]
fn no_descriptor_of_the_server_is_left_to_what_functions_start() {
    let folder = project(&[
        ("functions/listed.js", LISTED),
        (
            "functions/exit.js",
            "exports.handler = () => process.exit(1);",
        ),
        ("functions/forked.js", FORKED),
        ("functions/forked.txt.js", "process.exit(7);"),
    ]);
    let server = Server::start(folder.path(), &["--no-watch"]);
    // What whoever runs the tests has left open to all.
    let left = Command::new("ls").arg("/proc/self/fd").output().unwrap();
    let left = String::from_utf8(left.stdout).unwrap();
    // Each in a process of its own: the later ones of a server have higher numbers to spare.
    for _ in 0..4 {
        let listed = server.ask("GET /listed HTTP/1.1", "");
        let numbers = listed.split("\r\n\r\n").last().unwrap().lines();
        let of_the_servers = numbers.filter(|number| !left.lines().any(|known| known == *number));
        assert_eq!(of_the_servers.collect::<Vec<_>>(), [""; 0], "{listed}");
        let ended = server.ask("GET /exit HTTP/1.1", "");
        assert!(ended.starts_with("HTTP/1.1 500"), "{ended}");
    }
    let forked = server.ask("GET /forked HTTP/1.1", "");
    assert!(forked.ends_with("ended with 7"), "{forked}");
}
