//! Ranges and conditions for `tests/fuzz`, which sees only what is public. Nothing else uses it.

use super::condition::{self, Validators, Verdict};
use super::range::{self, Wanted};
use http::HeaderMap;
use std::ops::Range;

/// What a `Range` header asks of a file of `length` bytes: `Ok(None)` the whole of it, `Err` what
/// cannot be had.
#[expect(clippy::result_unit_err, reason = "there is nothing to say of it")]
pub fn wanted(header: &str, length: u64) -> Result<Option<Range<u64>>, ()> {
    match range::wanted(header, length) {
        Wanted::Whole => Ok(None),
        Wanted::Part(range) => Ok(Some(range)),
        Wanted::Unsatisfiable => Err(()),
    }
}

/// The status that the conditions in `headers` come to, for a file with that tag, changed so many
/// seconds after 1970; and whether a range is to be heeded.
pub fn judged(headers: &HeaderMap, etag: &str, modified: u64) -> (u16, bool) {
    let file = Validators {
        etag: etag.to_string(),
        modified,
    };
    let status = match condition::judge(headers, &file) {
        Verdict::Send => 200,
        Verdict::NotModified => 304,
        Verdict::Failed => 412,
    };
    (status, condition::range_holds(headers, &file))
}
