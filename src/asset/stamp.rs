//! Telling one state of a file from another by its metadata.
//!
//! Length and modification time alone are no proof: `touch -r` and archives set times back, and a
//! file swapped by a rename may have both. On Unix the inode and the change time are compared as
//! well, and the change time cannot be set by hand. What is left is two writes within one tick of
//! the file system's clock; therefore a file is remembered only once it is older than any such
//! tick ([`Stamp::is_settled`]), as `git` does with its index.

use super::condition::Validators;
use std::fs::Metadata;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The coarsest clock of a file system in use: FAT writes even seconds.
pub(super) const TICK: Duration = Duration::from_secs(2);

/// 31 December 9999, the last day that an HTTP date can hold.
const LAST_DATE: u64 = 253_402_300_799;

/// The state of a file; equal stamps, equal bytes (of a settled file).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes.
    pub(super) length: u64,
    pub(super) modified: SystemTime,
    identity: Identity,
}

/// Device, inode and change time (nanoseconds since 1970).
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    changed: i128,
}

/// The time of creation, which is new for a file that takes another's place.
#[cfg(not(unix))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    created: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of the file that `metadata` is of.
    ///
    /// # Errors
    ///
    /// The system keeps no modification times; no file could be told from its successor.
    pub(super) fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Stamp {
            length: metadata.len(),
            modified: metadata.modified()?,
            identity: Identity::of(metadata),
        })
    }

    /// Whether both are stamps of one file, be it in different states.
    #[cfg(unix)]
    pub(super) fn is_same_file(&self, other: &Stamp) -> bool {
        (self.identity.device, self.identity.inode) == (other.identity.device, other.identity.inode)
    }

    /// Whether both are stamps of one file, as far as can be told here.
    #[cfg(not(unix))]
    pub(super) fn is_same_file(&self, other: &Stamp) -> bool {
        self == other
    }

    /// Whether length and modification time are still the same. The change time is left out: it
    /// moves with a rename or a removal too, which leave the bytes alone.
    pub(super) fn has_same_content(&self, other: &Stamp) -> bool {
        (self.length, self.modified) == (other.length, other.modified)
    }

    /// Whether at `now` the last change is longer ago than `tick`, so that a change from now on
    /// must show in the stamp. A time in the future settles nothing.
    pub(super) fn is_settled(&self, now: SystemTime, tick: Duration) -> bool {
        now.duration_since(self.last_change())
            .is_ok_and(|age| age > tick)
    }

    #[cfg(unix)]
    fn last_change(&self) -> SystemTime {
        let changed = u64::try_from(self.identity.changed.max(0)).unwrap_or(u64::MAX);
        self.modified
            .max(UNIX_EPOCH + Duration::from_nanos(changed))
    }

    #[cfg(not(unix))]
    fn last_change(&self) -> SystemTime {
        self.modified
    }

    /// Tag and date as Express makes them: a weak tag of length and milliseconds in hexadecimal.
    /// Clients can thus miss a second save of the same length in the same millisecond; a finer tag
    /// was turned down, as a tag stored while the local Toolkit ran is to hold here too.
    /// Source: npm `etag` 1.8 `stattag`, Node's `Stats` (which rounds to the millisecond).
    pub(super) fn validators(&self) -> Validators {
        let milliseconds = milliseconds(self.modified);
        let sign = if milliseconds < 0 { "-" } else { "" };
        Validators {
            etag: format!(
                "W/\"{:x}-{sign}{:x}\"",
                self.length,
                milliseconds.unsigned_abs()
            ),
            // An HTTP date cannot lie before 1970 here; the tag still tells such files apart.
            modified: u64::try_from(milliseconds.max(0) / 1000)
                .unwrap_or(LAST_DATE)
                .min(LAST_DATE),
        }
    }
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Identity {
            device: metadata.dev(),
            inode: metadata.ino(),
            changed: i128::from(metadata.ctime()) * 1_000_000_000
                + i128::from(metadata.ctime_nsec()),
        }
    }

    #[cfg(not(unix))]
    fn of(metadata: &Metadata) -> Self {
        Identity {
            created: metadata.created().ok(),
        }
    }
}

/// Milliseconds since 1970, halves rounded up.
fn milliseconds(time: SystemTime) -> i128 {
    // A `Duration` has at most 2^64 seconds, so its nanoseconds fit in 94 bits.
    let nanoseconds = |d: Duration| i128::try_from(d.as_nanos()).unwrap_or(i128::MAX / 2);
    let since = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    };
    (since + 500_000).div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(length: u64, modified: SystemTime) -> Stamp {
        let folder = tempfile::tempdir().unwrap();
        let metadata = folder.path().metadata().unwrap();
        Stamp {
            length,
            modified,
            ..Stamp::of(&metadata).unwrap()
        }
    }

    #[test]
    fn tag_and_date_are_expresss() {
        let at = |nanoseconds| UNIX_EPOCH + Duration::from_nanos(nanoseconds);
        for (length, modified, etag, seconds) in [
            (0, at(0), "W/\"0-0\"", 0),
            (
                100,
                at(1_700_000_000_123_000_000),
                "W/\"64-18bcfe5687b\"",
                1_700_000_000,
            ),
            (1, at(1_499_999), "W/\"1-1\"", 0),
            (1, at(1_500_000), "W/\"1-2\"", 0),
            (1, at(999_600_000), "W/\"1-3e8\"", 1),
            (1, UNIX_EPOCH - Duration::from_secs(1), "W/\"1--3e8\"", 0),
        ] {
            let validators = stamp(length, modified).validators();
            assert_eq!(
                (validators.etag.as_str(), validators.modified),
                (etag, seconds)
            );
        }
    }

    #[test]
    fn a_date_beyond_http_is_the_last_one() {
        let far = UNIX_EPOCH + Duration::from_secs(LAST_DATE + 1_000);
        assert_eq!(stamp(1, far).validators().modified, LAST_DATE);
    }

    #[test]
    fn only_an_old_change_is_settled() {
        let recent = stamp(1, UNIX_EPOCH);
        let changed = recent.last_change();
        assert!(!recent.is_settled(changed, TICK));
        assert!(!recent.is_settled(changed + TICK, TICK));
        assert!(recent.is_settled(changed + TICK + Duration::from_nanos(1), TICK));
        assert!(!recent.is_settled(changed - TICK, Duration::ZERO));
    }
}
