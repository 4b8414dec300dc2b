//! Readers that ask again and again, each question answered when there is something newer.
//!
//! Between an answer and the next question such a reader has no connection. If the server ended just
//! then, it would miss the last entries, so the end waits a moment for those that are expected back.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// Who has not come back for so long has gone.
const GONE: Duration = Duration::from_secs(1);
/// How long the end waits for those who are expected.
const LAST_PATIENCE: Duration = Duration::from_millis(250);

/// Readers between two questions. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Followers(watch::Sender<Expected>);

#[derive(Debug, Default)]
struct Expected {
    readers: usize,
    /// When the latest of them was answered.
    since: Option<Instant>,
}

impl Followers {
    /// One has asked, and waits.
    pub(super) fn asked(&self) {
        self.0.send_modify(|expected| {
            expected.readers = expected.readers.saturating_sub(1);
        });
    }

    /// One was answered and will ask again.
    pub(super) fn answered(&self) {
        self.0.send_modify(|expected| {
            let gone = expected.since.is_none_or(|since| since.elapsed() > GONE);
            expected.readers = if gone { 1 } else { expected.readers + 1 };
            expected.since = Some(Instant::now());
        });
    }

    /// Waits for those who are expected, but not for long.
    pub(super) async fn all_back(&self) {
        let none = |expected: &Expected| {
            expected.readers == 0 || expected.since.is_none_or(|since| since.elapsed() > GONE)
        };
        let mut readers = self.0.subscribe();
        let _ = timeout(LAST_PATIENCE, readers.wait_for(none)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_who_is_expected_and_not_for_who_has_gone() {
        let waits = async |followers: &Followers| {
            let began = Instant::now();
            followers.all_back().await;
            began.elapsed()
        };
        let followers = Followers::default();
        assert_eq!(waits(&followers).await, Duration::ZERO);
        followers.answered();
        followers.answered();
        followers.asked();
        assert_eq!(waits(&followers).await, LAST_PATIENCE);
        followers.asked();
        assert_eq!(waits(&followers).await, Duration::ZERO);
        followers.answered();
        advance(GONE + Duration::from_millis(1)).await;
        assert_eq!(waits(&followers).await, Duration::ZERO);
    }
}
