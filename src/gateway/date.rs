//! The `Date` header, formatted once a second and thread.

use crate::clock::http_date;
use http::HeaderValue;
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

thread_local! {
    static LAST: RefCell<(u64, HeaderValue)> =
        const { RefCell::new((u64::MAX, HeaderValue::from_static("now"))) };
}

/// `now` as a `Date` header. hyper would add one by itself, but last; the cloud's comes first.
pub(super) fn header(now: SystemTime) -> HeaderValue {
    let second = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    LAST.with_borrow_mut(|(last, value)| {
        if *last != second {
            // An HTTP date is ASCII, so that the fallback is never seen.
            *value = HeaderValue::from_str(&http_date(now))
                .unwrap_or(HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"));
            *last = second;
        }
        value.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn each_second_has_its_own_text() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(header(at(1_628_032_595)), "Tue, 03 Aug 2021 23:16:35 GMT");
        assert_eq!(header(at(1_628_032_596)), "Tue, 03 Aug 2021 23:16:36 GMT");
        assert_eq!(header(at(1_628_032_595)), "Tue, 03 Aug 2021 23:16:35 GMT");
        // Clocks that are wrong, by much.
        let before = UNIX_EPOCH - Duration::from_secs(5);
        assert_eq!(header(before), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(header(at(999_999_999_999)), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
