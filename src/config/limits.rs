//! The cloud's limits, each of which can be switched off or set in `[limits]`.
//!
//! Twilio writes "KB" and "MB" without saying whether they count in thousands or in 1024s. Here they
//! count in 1024s, the wider reading: what is refused here is refused in the cloud under either.
//! Source: runtime-spec 10; Twilio docs, "Request flow" and "Headers and cookies: limitations".

use super::Place;
use std::time::Duration;

/// Limits on one exchange; `None` means that one is switched off (`time_ms = false`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a function may run before the caller gets 504. 10 s.
    pub time: Option<Duration>,
    /// How many invocations of one service run at a time before the next gets 429. 30.
    pub concurrency: Option<usize>,
    /// Bytes of a request, its head included. 1 MB.
    pub request_bytes: Option<usize>,
    /// Bytes of a function's response body. 4 MB.
    pub response_bytes: Option<usize>,
    /// Bytes of all request headers, cookies included, before 431. 15 KB.
    pub header_bytes: Option<usize>,
    /// Number of request headers before 431. 90.
    pub headers: Option<usize>,
    /// Bytes of `context` as JSON before error 82006. 3 KB.
    pub context_bytes: Option<usize>,
}

/// Where limits were set. What is not told of has the cloud's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitsOrigin {
    /// Each by its key under `[limits]` in `services.toml`.
    ServicesToml(Vec<(&'static str, Place)>),
    /// The program that started the server set all of them.
    Program,
}

impl Default for LimitsOrigin {
    /// Nothing is set.
    fn default() -> Self {
        LimitsOrigin::ServicesToml(Vec::new())
    }
}

impl Default for Limits {
    /// The cloud's.
    fn default() -> Self {
        Limits {
            time: Some(Duration::from_secs(10)),
            concurrency: Some(30),
            request_bytes: Some(1024 * 1024),
            response_bytes: Some(4 * 1024 * 1024),
            header_bytes: Some(15 * 1024),
            headers: Some(90),
            context_bytes: Some(3 * 1024),
        }
    }
}

impl Limits {
    /// All of them off, as under a debugger.
    pub const NONE: Limits = Limits {
        time: None,
        concurrency: None,
        request_bytes: None,
        response_bytes: None,
        header_bytes: None,
        headers: None,
        context_bytes: None,
    };
}
