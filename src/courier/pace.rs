//! How many messages, and how many calls, leave in a second.
//!
//! A number of Twilio's sends so many a second and lets the others wait; without a measure, a function
//! whose status callback sends the next message would keep the machine busy until somebody noticed.
//!
//! Source: Twilio support, "Understanding Twilio Rate Limits and Message Queues": 100 a second from a
//! short code, 1 from a long one. Here the most of these holds for all numbers together, so that what
//! a function sends to a few people is not held up. Calls have as many for the same reason, where Twilio
//! places one a second unless more is agreed on (docs, "Calls resource").

use std::time::Duration;
use tokio::time::Instant;

/// Messages, or calls, that leave in a second.
pub(super) const MOST: u32 = 100;
/// What counts as one.
const SECOND: Duration = Duration::from_secs(1);

/// Counts those of the present second.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    sent: u32,
    /// Whether it has been said that some wait.
    told: bool,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Pace {
            since: now,
            sent: 0,
            told: false,
        }
    }

    /// Whether it has not been said yet that some wait. It counts as said.
    pub(super) fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }

    /// When the next one may leave, if that is not `now`. It counts as sent.
    pub(super) fn next(&mut self, now: Instant) -> Option<Instant> {
        if now.saturating_duration_since(self.since) >= SECOND {
            (self.since, self.sent) = (now, 0);
        } else if self.sent == MOST {
            (self.since, self.sent) = (self.since + SECOND, 0);
        }
        self.sent += 1;
        (self.since > now).then_some(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundredth_and_first_waits_for_the_next_second() {
        let began = Instant::now();
        let mut pace = Pace::new(began);
        let half = began + SECOND / 2;
        for _ in 0..MOST {
            assert_eq!(pace.next(half), None);
        }
        let second = began + SECOND;
        for _ in 0..MOST {
            assert_eq!(pace.next(half), Some(second));
        }
        assert_eq!(pace.next(second), Some(second + SECOND));
        assert_eq!(pace.next(second + SECOND * 2), None);
    }
}
