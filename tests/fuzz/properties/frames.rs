//! What workers send. The first byte is the size of the pieces in which the rest comes.

use switchboard::worker_frames::take;

/// Bytes before a frame's head.
const HEADER: usize = 16;

pub(super) fn hold(data: &[u8]) {
    let Some((piece, bytes)) = data.split_first() else {
        return;
    };
    let whole = take(bytes, usize::MAX);
    // However it is cut, the same frames come out.
    let cut = take(bytes, usize::from(*piece));
    assert_eq!(cut.frames, whole.frames);
    assert_eq!(cut.malformed, whole.malformed);
    // They are all that was sent, in order, and nothing is left out between.
    let mut at = 0;
    for (kind, id, flags, head, body, _) in &whole.frames {
        let end = at + HEADER + head.len() + body.len();
        let frame = &bytes[at..end];
        assert_eq!(frame[..4], ((end - at - 4) as u32).to_be_bytes());
        assert_eq!(frame[4..8], id.to_be_bytes());
        assert_eq!(frame[8..10], [*kind, *flags]);
        assert_eq!(frame[12..HEADER], (head.len() as u32).to_be_bytes());
        assert_eq!(&frame[HEADER..HEADER + head.len()], head);
        assert_eq!(&frame[HEADER + head.len()..], body);
        at = end;
    }
    assert!(whole.malformed.is_some() || whole.left == bytes.len() - at);
}
