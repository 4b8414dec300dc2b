//! A server process under load.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// One server, in a process of its own, until it is dropped.
pub(crate) struct Side {
    process: Child,
    port: u16,
    token: String,
}

/// What is asked for.
pub(crate) struct Load {
    path: &'static str,
    script: String,
}

impl Load {
    /// A plain GET.
    pub(crate) fn get(path: &'static str) -> Self {
        Load {
            path,
            script: String::new(),
        }
    }

    /// A POST of JSON.
    pub(crate) fn post(path: &'static str, json: &str) -> Self {
        Load {
            path,
            script: format!(
                "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\n\
                 wrk.body = '{json}'\n"
            ),
        }
    }

    /// A GET with a token.
    pub(crate) fn bearer(path: &'static str, token: &str) -> Self {
        Load {
            path,
            script: format!("wrk.headers['Authorization'] = 'Bearer {token}'\n"),
        }
    }
}

impl Side {
    /// Starts this program again as a server of that kind, and waits until it listens.
    pub(crate) fn start(kind: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .arg(format!("--serve={kind}"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let mut line = || lines.next().expect("a line").expect("text");
        Side {
            port: line().parse().expect("a port"),
            token: line(),
            process,
        }
    }

    /// A token that `/bearer` takes.
    pub(crate) fn token(&self) -> String {
        self.token.clone()
    }

    /// Puts it under load with that many connections, and returns how many requests it answered a
    /// second. Any answer but a 2xx is a fault of the benchmark.
    pub(crate) fn requests_per_second(&self, load: &Load, connections: u32, seconds: u32) -> f64 {
        let script = std::env::temp_dir().join(format!("switchboard-bench-{}.lua", self.port));
        std::fs::write(&script, &load.script).expect("the temporary folder is writable");
        let output = Command::new("wrk")
            .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s")])
            .arg("-s")
            .arg(&script)
            .arg(format!("http://127.0.0.1:{}{}", self.port, load.path))
            .output()
            .expect("wrk is installed (apt-get install wrk)");
        let _ = std::fs::remove_file(script);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            !text.contains("Non-2xx") && !text.contains("Socket errors"),
            "{text}"
        );
        text.lines()
            .find_map(|line| line.trim().strip_prefix("Requests/sec:"))
            .and_then(|figure| figure.trim().parse().ok())
            .unwrap_or_else(|| panic!("wrk says no figure: {text}"))
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
