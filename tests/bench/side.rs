//! A server process under load.

use crate::{http, processor};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing here takes so long to start unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// One server, in a process of its own, until it is dropped.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    process: Child,
    port: u16,
    token: String,
    signed: String,
}

/// What is asked for.
#[derive(Clone)]
pub(crate) struct Load {
    path: String,
    script: String,
}

/// What one turn gave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Half of the requests took no longer, in microseconds.
    pub(crate) median: f64,
    /// 99 of 100 took no longer.
    pub(crate) slow: f64,
    /// Microseconds of processor time for each request, of the server and all its processes.
    pub(crate) processor: f64,
    /// The same of who asks: of wrk.
    pub(crate) asking: f64,
}

impl Figures {
    /// How much of all processors the server and who asks it took, up to 1: at 1 a higher rate needs
    /// less work for each request.
    pub(crate) fn busy(&self) -> f64 {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        self.rate * (self.processor + self.asking) / 1e6 / processors as f64
    }
}

impl Load {
    /// A plain GET.
    pub(crate) fn get(path: &str) -> Self {
        Load {
            path: path.to_string(),
            script: String::new(),
        }
    }

    /// A POST of JSON.
    pub(crate) fn post(path: &str, json: &str) -> Self {
        Load::get(path)
            .line("wrk.method = 'POST'")
            .header("Content-Type", "application/json")
            .line(&format!("wrk.body = [[{json}]]"))
    }

    /// A form as Twilio posts it, with its signature.
    pub(crate) fn form(path: &str, body: &str, signature: &str) -> Self {
        Load::get(path)
            .line("wrk.method = 'POST'")
            .header(
                "Content-Type",
                "application/x-www-form-urlencoded; charset=UTF-8",
            )
            .header("X-Twilio-Signature", signature)
            .line(&format!("wrk.body = [[{body}]]"))
    }

    /// The same with another header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.line(&format!("wrk.headers['{name}'] = '{value}'"))
    }

    fn line(mut self, line: &str) -> Self {
        self.script.push_str(line);
        self.script.push('\n');
        self
    }
}

impl Side {
    /// Starts this program again as a server of that kind, and waits until it listens.
    pub(crate) fn start(name: &'static str, kind: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .arg(format!("--serve={kind}"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let mut line = || lines.next().expect("a line").expect("text");
        Side {
            name,
            port: line().parse().expect("a port"),
            token: line(),
            signed: line(),
            process,
        }
    }

    /// Starts the server that `command` makes for a port, and waits until it answers `path`.
    pub(crate) fn other(
        name: &'static str,
        path: &str,
        command: impl FnOnce(u16) -> Command,
    ) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = free.expect("a free port").port();
        let process = command(port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let side = Side {
            name,
            process,
            port,
            token: String::new(),
            signed: String::new(),
        };
        side.wait(path);
        side
    }

    fn wait(&self, path: &str) {
        let began = Instant::now();
        while http::ask(self.port, path).is_none_or(|answer| answer.status != 200) {
            let waited = began.elapsed();
            assert!(waited < PATIENCE, "{} does not answer {path}", self.name);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A token that `/bearer` takes.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// A signature that `/signed` takes for [`crate::FORM`].
    pub(crate) fn signature(&self) -> &str {
        &self.signed
    }

    /// The resident memory of the server, and of all processes that it has started, in MiB.
    pub(crate) fn memory(&self) -> (f64, f64) {
        processor::memory(self.process.id())
    }

    /// Puts it under load with that many connections. Any answer but a 2xx is a fault of the
    /// benchmark.
    pub(crate) fn measure(&self, load: &Load, connections: u32, seconds: u32) -> Figures {
        let script = std::env::temp_dir().join(format!("switchboard-bench-{}.lua", self.port));
        std::fs::write(&script, &load.script).expect("the temporary folder is writable");
        let before = processor::time(self.process.id());
        let ended = processor::ended();
        let output = Command::new("wrk")
            .args(["-t1", "--latency", "--timeout", "30s"])
            .args([format!("-c{connections}"), format!("-d{seconds}s")])
            .arg("-s")
            .arg(&script)
            .arg(format!("http://127.0.0.1:{}{}", self.port, load.path))
            .output()
            .expect("wrk is installed (apt-get install wrk)");
        let asking = processor::ended() - ended;
        let spent = processor::time(self.process.id()) - before;
        let _ = std::fs::remove_file(script);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            !text.contains("Non-2xx") && !text.contains("Socket errors"),
            "{}: {text}",
            self.name
        );
        let word = |sign: &str, at: usize| {
            let mut lines = text.lines().map(str::trim);
            let line = match sign {
                "requests in" => lines.find(|line| line.contains(sign)),
                _ => lines.find(|line| line.starts_with(sign)),
            };
            let word = line.and_then(|line| line.split_whitespace().nth(at));
            word.unwrap_or_else(|| panic!("wrk says no {sign}: {text}"))
                .to_string()
        };
        let requests: f64 = word("requests in", 0).parse().expect("a number");
        Figures {
            rate: word("Requests/sec:", 1).parse().expect("a number"),
            median: microseconds(&word("50%", 1)),
            slow: microseconds(&word("99%", 1)),
            processor: spent.as_secs_f64() * 1e6 / requests,
            asking: asking.as_secs_f64() * 1e6 / requests,
        }
    }
}

/// What wrk writes as `94.00us`, `1.20ms` or `2.00s`.
fn microseconds(text: &str) -> f64 {
    let units = [("us", 1.0), ("ms", 1e3), ("s", 1e6), ("m", 60e6)];
    let found = units.into_iter().find_map(|(unit, factor)| {
        let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
        Some(number * factor)
    });
    found.unwrap_or_else(|| panic!("wrk says no time: {text}"))
}

impl Drop for Side {
    fn drop(&mut self) {
        processor::end(&mut self.process);
    }
}
