//! A large file, read while it is sent.
//!
//! Each chunk is read by a task of its own on tokio's threads for blocking work, one chunk ahead of
//! the connection, so at most two chunks are in memory. One long task that feeds a channel was
//! turned down: it would hold a thread for as long as the client takes, and a few hundred stalled
//! downloads would hold them all.
//!
//! The status and the length have left when the first chunk is read. If the file then shrinks or
//! changes, the body ends in an error and with it the connection: the client learns that it has
//! not got the file, where a mixture of two states would pass for one.

use super::stamp::Stamp;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes read at a time: enough to make the hop to another thread and back cheap.
const CHUNK: u64 = 128 * 1024;

/// Part of an open file as a response body.
pub(super) struct FileStream {
    reading: Reading,
    /// Bytes that have not been handed out yet.
    remaining: u64,
}

enum Reading {
    /// Nothing asked for yet, or nothing left to read.
    Idle(Option<Reader>),
    Chunk(JoinHandle<io::Result<(Bytes, Reader)>>),
}

/// The file and how much of it is to be read.
struct Reader {
    file: File,
    /// The file as it was when its headers were made.
    stamp: Stamp,
    /// Where the next chunk begins, and where the last one ends.
    rest: Range<u64>,
}

impl FileStream {
    /// The bytes `part` of `file`, which was in the state `stamp` when it was opened.
    pub(super) fn new(file: File, stamp: Stamp, part: Range<u64>) -> Self {
        FileStream {
            remaining: part.end.saturating_sub(part.start),
            reading: Reading::Idle(Some(Reader {
                file,
                stamp,
                rest: part,
            })),
        }
    }
}

impl Reader {
    /// Reads the next chunk; blocks.
    fn read(mut self) -> io::Result<(Bytes, Reader)> {
        let size = CHUNK.min(self.rest.end - self.rest.start);
        let mut chunk = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        self.file.seek(SeekFrom::Start(self.rest.start))?;
        Read::by_ref(&mut self.file)
            .take(size)
            .read_to_end(&mut chunk)?;
        if chunk.len() as u64 != size {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was sent",
            ));
        }
        // After the reading, so that a change during it is seen.
        if !Stamp::of(&self.file.metadata()?)?.has_same_content(&self.stamp) {
            return Err(io::Error::other("the file changed while it was sent"));
        }
        self.rest.start += size;
        Ok((chunk.into(), self))
    }
}

impl http_body::Body for FileStream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            match &mut self.reading {
                Reading::Idle(reader) => {
                    let Some(reader) = reader.take().filter(|reader| !reader.rest.is_empty())
                    else {
                        return Poll::Ready(None);
                    };
                    self.reading = Reading::Chunk(spawn_blocking(|| reader.read()));
                }
                Reading::Chunk(task) => {
                    let read = ready!(Pin::new(task).poll(cx));
                    let read = read.map_err(io::Error::other).flatten();
                    let (chunk, reader) = match read {
                        Ok(read) => read,
                        Err(error) => {
                            self.reading = Reading::Idle(None);
                            return Poll::Ready(Some(Err(error)));
                        }
                    };
                    self.remaining -= chunk.len() as u64;
                    self.reading = if reader.rest.is_empty() {
                        Reading::Idle(None)
                    } else {
                        Reading::Chunk(spawn_blocking(|| reader.read()))
                    };
                    return Poll::Ready(Some(Ok(Frame::data(chunk))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Body as _;
    use http_body_util::BodyExt;
    use std::fs::{self, OpenOptions};
    use std::path::PathBuf;

    /// Different bytes everywhere, four chunks and a bit.
    fn large() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.bin");
        let content: Vec<u8> = (0..4 * CHUNK as u32 + 77)
            .map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8)
            .collect();
        fs::write(&path, &content).unwrap();
        (folder, path, content)
    }

    fn stream(path: &PathBuf, part: Range<u64>) -> FileStream {
        let file = File::open(path).unwrap();
        let stamp = Stamp::of(&file.metadata().unwrap()).unwrap();
        FileStream::new(file, stamp, part)
    }

    #[tokio::test]
    async fn every_part_arrives_whole() {
        let (_folder, path, content) = large();
        let length = content.len() as u64;
        for part in [
            0..length,
            0..0,
            0..1,
            5..CHUNK + 5,
            CHUNK - 1..2 * CHUNK + 1,
            length - 1..length,
        ] {
            let body = stream(&path, part.clone());
            assert_eq!(body.size_hint().exact(), Some(part.end - part.start));
            let got = body.collect().await.unwrap().to_bytes();
            assert!(
                got == content[part.start as usize..part.end as usize],
                "{part:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_file_that_shrinks_or_changes_ends_in_an_error() {
        for (length, words) in [(10, "shorter"), (5 * CHUNK, "changed")] {
            let (_folder, path, content) = large();
            let mut body = stream(&path, 0..content.len() as u64);
            assert!(body.frame().await.unwrap().is_ok());
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(length).unwrap();
            let error = body.collect().await.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_removed_while_it_is_sent_is_sent_to_its_end() {
        let (_folder, path, content) = large();
        let mut body = stream(&path, 0..content.len() as u64);
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        fs::remove_file(&path).unwrap();
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!(first.len() + rest.len(), content.len());
    }
}
