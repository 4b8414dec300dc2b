//! How long the calls of a pool took lately. Noted with each call, so it must cost nothing: no lock,
//! a few relaxed stores.

use crate::journal::Run;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// How many calls of each kind are remembered.
const KEPT: usize = 64;

/// The latest times of a pool's calls.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Waits for a process or a file.
    cold: Latest,
    /// Runs that had nothing to wait for.
    warm: Latest,
}

/// The latest of some durations.
#[derive(Debug)]
struct Latest {
    count: AtomicU64,
    /// In microseconds.
    kept: [AtomicU32; KEPT],
}

/// What there is to tell of some durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// How many there were.
    pub(crate) count: u64,
    /// The newest.
    pub(crate) last: Option<Duration>,
    /// The middle one of the latest.
    pub(crate) median: Option<Duration>,
}

impl Times {
    /// A call has ended.
    pub(super) fn took(&self, run: &Run) {
        match run.worker {
            None => {}
            Some(_) if run.cold.is_zero() => self.warm.add(run.ran),
            Some(_) => self.cold.add(run.cold),
        }
    }

    pub(super) fn cold(&self) -> Summary {
        self.cold.summary()
    }

    pub(super) fn warm(&self) -> Summary {
        self.warm.summary()
    }
}

impl Default for Latest {
    fn default() -> Self {
        Latest {
            count: AtomicU64::new(0),
            kept: [const { AtomicU32::new(0) }; KEPT],
        }
    }
}

impl Latest {
    fn add(&self, time: Duration) {
        let micros = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.kept[place(count)].store(micros, Ordering::Relaxed);
    }

    fn summary(&self) -> Summary {
        let count = self.count.load(Ordering::Relaxed);
        let read = |kept: &AtomicU32| Duration::from_micros(kept.load(Ordering::Relaxed).into());
        let known = usize::try_from(count).map_or(KEPT, |count| count.min(KEPT));
        let mut times: Vec<Duration> = self.kept[..known].iter().map(read).collect();
        times.sort_unstable();
        Summary {
            count,
            last: count
                .checked_sub(1)
                .map(|last| read(&self.kept[place(last)])),
            median: times.get(known / 2).copied(),
        }
    }
}

/// Where the call of that number is kept.
fn place(number: u64) -> usize {
    (number % KEPT as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::WorkerTaken;

    fn run(cold: u64, ran: u64) -> Run {
        Run {
            queued: Duration::ZERO,
            cold: Duration::from_micros(cold),
            ran: Duration::from_micros(ran),
            worker: Some(WorkerTaken {
                number: 1,
                pid: 1,
                generation: 1,
            }),
        }
    }

    #[test]
    fn the_latest_of_each_kind_are_summed_up() {
        let times = Times::default();
        assert_eq!(times.cold(), Summary::default());
        // One that no worker ran counts for nothing.
        times.took(&Run::default());
        for cold in [30, 10, 20] {
            times.took(&run(cold, 1));
        }
        let micros = Duration::from_micros;
        let cold = times.cold();
        assert_eq!(
            (cold.count, cold.last, cold.median),
            (3, Some(micros(20)), Some(micros(20)))
        );
        assert_eq!(times.warm(), Summary::default());
        for ran in 1..=200 {
            times.took(&run(0, ran));
        }
        // 137 to 200 are kept.
        let warm = times.warm();
        assert_eq!(
            (warm.count, warm.last, warm.median),
            (200, Some(micros(200)), Some(micros(169)))
        );
    }
}
