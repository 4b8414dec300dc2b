//! What workers print other than through `console`: native code, child processes, and what comes
//! when the answer is out already.

use crate::console::{Console, Kept, Level, Line};
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::io;
use tokio::net::unix::pipe::Receiver;

/// The longest line that is waited for; a longer one is told in pieces.
const LONGEST_LINE: usize = 16 * 1024;

/// How much of a pipe is read at a time.
const READ_ROOM: usize = 4 * 1024;

/// How often a pipe is read before others have their turn.
const READS: usize = 16;

/// How much of the end is kept to explain a death.
const TAIL: usize = 4 * 1024;

/// One of the file descriptors 1 and 2, cut into lines.
#[derive(Debug)]
pub(super) struct Native {
    level: Level,
    /// What one read brings; kept for its room, since it is looked for with every reply.
    chunk: Vec<u8>,
    partial: Vec<u8>,
    tail: VecDeque<u8>,
    ended: bool,
}

impl Native {
    pub(super) fn new(level: Level) -> Self {
        Native {
            level,
            chunk: Vec::new(),
            partial: Vec::new(),
            tail: VecDeque::new(),
            ended: false,
        }
    }

    /// Waits until there is something; for ever once there can be nothing more.
    pub(super) async fn readable(&self, pipe: &Receiver) {
        // Not its own `readable`, which takes a place in a list and leaves it again.
        let ready = poll_fn(|context| pipe.poll_read_ready(context));
        if self.ended || ready.await.is_err() {
            pending::<()>().await;
        }
    }

    /// The lines that have come, as far as they fit into one turn.
    pub(super) fn read(&mut self, pipe: &Receiver) -> Vec<(Level, String)> {
        let mut lines = Vec::new();
        for _ in 0..READS {
            self.chunk.clear();
            self.chunk.reserve(READ_ROOM);
            match pipe.try_read_buf(&mut self.chunk) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(_) => self.take(&mut lines),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.ended = true;
                    break;
                }
            }
        }
        lines
    }

    fn take(&mut self, lines: &mut Vec<(Level, String)>) {
        self.tail.extend(&self.chunk);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
        self.partial.extend_from_slice(&self.chunk);
        let whole = match self.partial.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if self.partial.len() > LONGEST_LINE => self.partial.len(),
            None => return,
        };
        let text: Vec<u8> = self.partial.drain(..whole).collect();
        let text = String::from_utf8_lossy(&text);
        lines.extend(text.lines().map(|line| self.line(line)));
    }

    /// Node's own warnings are warnings, though it writes them where errors go.
    fn line(&self, text: &str) -> (Level, String) {
        let is_warning = text.starts_with("(node:") || text.starts_with("(Use `node --trace");
        let level = if is_warning {
            Level::Warning
        } else {
            self.level
        };
        (level, text.to_string())
    }

    /// Tells what has no line end, since its invocation is over.
    pub(super) fn finish(&mut self, console: &Console) {
        if self.partial.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&self.partial).into_owned();
        self.partial.clear();
        console.write(self.level, text);
    }

    /// The last that came.
    pub(super) fn tail(&self) -> String {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// How many late lines are kept, of those that [`Kept`] has room for.
const LATE_LINES: usize = 200;

/// What an invocation printed after its answer. In the cloud such code runs on when the process is
/// woken for the next invocation, whose log then has it; so it is here.
///
/// Source: Twilio docs, "Function execution", on work after the callback.
#[derive(Debug, Default)]
pub(super) struct Late(Kept);

impl Late {
    pub(super) fn keep(&mut self, level: Level, text: String) {
        if self.0.len() == LATE_LINES {
            self.0.pop();
        }
        self.0.push(level, text);
    }

    /// What nobody was left to have.
    pub(super) fn take(&mut self) -> Vec<Line> {
        let lines = std::iter::from_fn(|| self.0.pop());
        lines.collect()
    }

    pub(super) fn hand_over(&mut self, console: &Console) {
        while let Some(Line { level, text }) = self.0.pop() {
            write_late(console, level, &text);
        }
    }
}

/// Writes what an earlier invocation printed to the one that runs now.
pub(super) fn write_late(console: &Console, level: Level, text: &str) {
    console.write(
        level,
        format!("(after an earlier invocation's answer) {text}"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(native: &mut Native, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        native.chunk = text.into();
        native.take(&mut lines);
        lines
            .into_iter()
            .map(|(level, text)| format!("{} {text}", level.as_str()))
            .collect()
    }

    #[test]
    fn lines_are_whole_and_nothing_is_lost() {
        let mut native = Native::new(Level::Error);
        assert_eq!(take(&mut native, "a"), [""; 0]);
        assert_eq!(
            take(&mut native, "b\r\nc\n\nd"),
            ["ERROR ab", "ERROR c", "ERROR "]
        );
        assert_eq!(
            take(&mut native, "\n(node:7) Warning: old\n"),
            ["ERROR d", "WARNING (node:7) Warning: old"]
        );
        assert_eq!(take(&mut native, &"x".repeat(LONGEST_LINE + 1)).len(), 1);
        assert_eq!(native.tail().len(), TAIL);
        take(&mut native, "end");
        let console = Console::default();
        native.finish(&console);
        native.finish(&console);
        assert_eq!(console.lines().len(), 1);
        assert_eq!(console.lines()[0].text, "end");
    }

    #[test]
    fn late_lines_take_no_more_memory_than_an_invocation_keeps() {
        let mut late = Late::default();
        for n in 0..10 {
            late.keep(Level::Info, n.to_string().repeat(100_000));
        }
        assert_eq!(late.0.len(), 2);
        late.keep(Level::Info, "x".repeat(1_000_000));
        let console = Console::default();
        late.hand_over(&console);
        assert_eq!(console.lines().len(), 1);
    }

    #[test]
    fn late_lines_go_to_the_next_invocation_in_bounded_number() {
        let mut late = Late::default();
        for n in 0..LATE_LINES + 5 {
            late.keep(Level::Info, n.to_string());
        }
        let console = Console::default();
        late.hand_over(&console);
        late.hand_over(&console);
        assert_eq!(console.lines().len(), LATE_LINES);
        assert_eq!(
            console.lines()[0].text,
            "(after an earlier invocation's answer) 5"
        );
    }
}
