//! The `Range` header: the first two bytes make the file's length, the rest is the header.

use switchboard::asset::door::wanted;

pub(super) fn holds(data: &[u8]) {
    let Some((length, header)) = data.split_first_chunk::<2>() else {
        return;
    };
    let length = u64::from(u16::from_be_bytes(*length));
    let Ok(header) = std::str::from_utf8(header) else {
        return;
    };
    let asked = wanted(header, length);
    if let Ok(Some(range)) = &asked {
        assert!(range.start < range.end && range.end <= length, "{range:?}");
        // Asked for as it was answered, it is answered so again.
        let again = format!("bytes={}-{}", range.start, range.end - 1);
        assert_eq!(wanted(&again, length), Ok(Some(range.clone())));
        let suffix = format!("bytes=-{}", length - range.start);
        assert_eq!(wanted(&suffix, length), Ok(Some(range.start..length)));
    }
    // One plain range, by the words of RFC 9110, 14.1.2.
    let plain = header
        .strip_prefix("bytes=")
        .and_then(|set| set.split_once('-'));
    if let Some((first, last)) = plain
        && let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>())
        && !header.contains('+')
    {
        let (first, last) = (u64::from(first), u64::from(last));
        let expected = match first <= last && first < length {
            true => Ok(Some(first..length.min(last + 1))),
            false => Err(()),
        };
        assert_eq!(asked, expected, "{header:?} of {length}");
    }
}
