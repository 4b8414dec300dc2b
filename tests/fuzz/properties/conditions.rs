//! `If-Match` and its kin: a line for each header, whose first byte says which one.

use http::header::{
    CACHE_CONTROL, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};
use http::{HeaderMap, HeaderValue};
use switchboard::asset::door::judged;

const ETAG: &str = "W/\"5-1\"";
const MODIFIED: u64 = 1_767_225_610;

pub(super) fn hold(data: &[u8]) {
    let names = [
        CACHE_CONTROL,
        IF_MATCH,
        IF_MODIFIED_SINCE,
        IF_NONE_MATCH,
        IF_RANGE,
        IF_UNMODIFIED_SINCE,
    ];
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Some((which, value)) = line.split_first()
            && let Ok(value) = HeaderValue::from_bytes(value)
        {
            headers.append(&names[usize::from(*which) % names.len()], value);
        }
    }
    let (status, _) = judged(&headers, ETAG, MODIFIED);
    let has = |name| headers.contains_key(name);
    assert!(status != 412 || has(IF_MATCH) || has(IF_UNMODIFIED_SINCE));
    assert!(status != 304 || has(IF_NONE_MATCH) || has(IF_MODIFIED_SINCE));
    // Whoever names the file as it is has it already, unless it asks to be told again, or asked for
    // another one before all.
    let mut named = headers.clone();
    named.insert(IF_NONE_MATCH, HeaderValue::from_static(ETAG));
    named.remove(CACHE_CONTROL);
    let (now, _) = judged(&named, ETAG, MODIFIED);
    assert!(now == 304 || now == 412);
    assert_eq!(now == 412, status == 412);
    named.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    assert_ne!(judged(&named, ETAG, MODIFIED).0, 304);
    // A range of the file as it is can be had, one of another cannot.
    headers.insert(IF_RANGE, HeaderValue::from_static(ETAG));
    assert!(judged(&headers, ETAG, MODIFIED).1);
    assert!(!judged(&headers, "W/\"5-2\"", MODIFIED).1);
}
