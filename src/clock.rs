//! The time of day, as a value that tests can set.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time. Clones tell the same time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Given(Arc<dyn Fn() -> SystemTime + Send + Sync>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Clock(Source::System)
    }

    /// A clock that stands still, `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// ```
    /// assert_eq!(switchboard::Clock::fixed(1_628_032_595).unix_seconds(), 1_628_032_595);
    /// ```
    pub fn fixed(seconds: u64) -> Self {
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(seconds))
    }

    /// A clock that asks `now` each time.
    pub fn from_fn(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Clock(Source::Given(Arc::new(now)))
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        match &self.0 {
            Source::System => SystemTime::now(),
            Source::Given(now) => now(),
        }
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down as `Math.floor(Date.now() / 1000)`;
    /// 0 for a clock set before that.
    pub fn unix_seconds(&self) -> i64 {
        self.now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs().try_into().unwrap_or(i64::MAX))
    }
}

/// `time` as HTTP writes it. The format has four digits for the year and begins with 1970; a time
/// beyond that, of a clock or a file that is wrong, is the nearest one within.
pub(crate) fn http_date(time: SystemTime) -> String {
    /// 9999-12-31T23:59:59Z.
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    httpdate::fmt_http_date(time.clamp(UNIX_EPOCH, UNIX_EPOCH + LAST))
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock::system()",
            Source::Given(_) => "Clock::from_fn(..)",
        })
    }
}
