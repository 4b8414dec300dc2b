//! The other servers that Switchboard's program is compared with, and its program itself, each as
//! its users start it.

use crate::npm;
use crate::program;
use crate::project::Project;
use crate::side::Side;
use std::path::{Path, PathBuf};
use std::process::Command;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench")
}

/// Bare `node:http`.
pub(crate) fn node_http() -> Side {
    Side::other("node:http", "/", |port| {
        let mut node = Command::new("node");
        node.arg(here().join("bare.js")).arg(port.to_string());
        node
    })
}

/// The program, for that project; without a line for each request, as the others print none.
pub(crate) fn switchboard(project: &Project, path: &str) -> Side {
    Side::other("switchboard", path, |port| {
        let mut switchboard = Command::new(program());
        switchboard
            .args(["start", "--no-logs", "--port", &port.to_string()])
            .arg(project.folder());
        switchboard
    })
}

/// twilio-run: with `flags`, or with its own defaults.
pub(crate) fn twilio_run(name: &'static str, project: &Project, flags: &[&str]) -> Side {
    let modules = npm::install("oracle/twilio-run", "oracle-twilio-run").join("node_modules");
    Side::other(name, "/hello", |port| {
        let mut node = Command::new("node");
        node.arg(modules.join("twilio-run/bin/twilio-run.js"))
            .args(["start", "--port", &port.to_string()])
            .args(flags)
            .current_dir(project.folder());
        node
    })
}

/// Google's functions-framework for Node.
pub(crate) fn functions_framework() -> Side {
    let installed = npm::install("bench/functions-framework", "bench-functions-framework");
    let framework = "node_modules/@google-cloud/functions-framework/build/src/main.js";
    Side::other("functions-framework", "/", |port| {
        let mut node = Command::new("node");
        node.arg(installed.join(framework))
            .args(["--target=bench", "--signature-type=http"])
            .arg(format!("--port={port}"))
            .arg(format!(
                "--source={}",
                here().join("functions-framework").display()
            ));
        node
    })
}

/// nginx from Debian, serving `folder`: two processes, as many as this machine has processors.
pub(crate) fn nginx(folder: &Path) -> Side {
    let folder = folder.to_path_buf();
    Side::other("nginx", "/asset.txt", |port| {
        let configuration = format!(
            "daemon off; worker_processes auto; pid {0}/nginx.pid; error_log /dev/null;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n\
             open_file_cache max=100; default_type text/plain;\n\
             server {{ listen 127.0.0.1:{port}; root {0}; }} }}\n",
            folder.display()
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration).expect("the temporary folder is writable");
        let mut nginx = Command::new("nginx");
        nginx.arg("-c").arg(file);
        nginx
    })
}
