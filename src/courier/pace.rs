//! How many messages leave in a second.
//!
//! A number of Twilio's sends so many a second and lets the others wait; without a measure, a function
//! whose status callback sends the next message would keep the machine busy until somebody noticed.
//!
//! Source: Twilio support, "Understanding Twilio Rate Limits and Message Queues": 100 a second from a
//! short code, 1 from a long one. Here the most of these holds for all numbers together, so that what
//! a function sends to a few people is not held up.

use std::time::Duration;
use tokio::time::Instant;

/// Messages that leave in a second.
pub(super) const MOST: u32 = 100;
/// What counts as one.
const SECOND: Duration = Duration::from_secs(1);

/// Counts the messages of the present second.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    sent: u32,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Pace {
            since: now,
            sent: 0,
        }
    }

    /// When the next message may leave, if that is not `now`. It counts as sent.
    pub(super) fn next(&mut self, now: Instant) -> Option<Instant> {
        if now.saturating_duration_since(self.since) >= SECOND {
            *self = Pace::new(now);
        } else if self.sent == MOST {
            *self = Pace::new(self.since + SECOND);
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
