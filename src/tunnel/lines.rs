//! An agent's output, line by line and bounded.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// The longest line that is looked at; what is longer is cut.
const LONGEST: usize = 64 * 1024;

/// The next line, without its end, as far as it is text; `None` at the end of the output.
pub(super) async fn next<R: AsyncBufRead + Unpin>(from: &mut R) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let read = from.fill_buf().await.ok()?;
        if read.is_empty() {
            return (!line.is_empty()).then(|| text(&line));
        }
        let end = read.iter().position(|byte| *byte == b'\n');
        let piece = &read[..end.unwrap_or(read.len())];
        let room = LONGEST - line.len();
        line.extend_from_slice(&piece[..piece.len().min(room)]);
        let used = piece.len() + usize::from(end.is_some());
        from.consume(used);
        if end.is_some() {
            return Some(text(&line));
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_string()
}
