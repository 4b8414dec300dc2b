//! The one response body of the program.
//!
//! Nearly every answer is whole before its first byte leaves (a function's result, a refusal, a
//! small asset), so that case is a plain [`Bytes`] without a box; what is read bit by bit is
//! behind a pointer. One concrete type, and not `BoxBody` everywhere, keeps the common answer free
//! of an allocation and of a virtual call for each poll.

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What [`Body::Stream`] holds.
pub type BoxStream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = io::Error> + Send>>;

/// The body of a response.
pub enum Body {
    /// All of it at once; `None` once it is sent, or where there is none.
    Full(Option<Bytes>),
    /// Read while it is sent. An error from it ends the connection, as the status has left.
    Stream(BoxStream),
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Body::Full(None)
    }

    /// A body that is produced while it is sent.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error = io::Error> + Send + 'static,
    {
        Body::Stream(Box::pin(body))
    }
}

impl Default for Body {
    fn default() -> Self {
        Body::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        // An empty frame is no end of stream to hyper: it would be sent as a chunk.
        Body::Full((!bytes.is_empty()).then_some(bytes))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Body::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Body::Stream(stream) => stream.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Full(bytes) => bytes.is_none(),
            Body::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Full(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Body::Stream(stream) => stream.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Full(bytes) => f.debug_tuple("Full").field(bytes).finish(),
            Body::Stream(_) => f.write_str("Stream(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Body as _;
    use http_body_util::BodyExt;

    fn collected(body: Body) -> Result<Bytes, io::Error> {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(async { Ok(body.collect().await?.to_bytes()) })
    }

    /// A stream of `frames`, without the crate for streams.
    struct Frames(std::vec::IntoIter<io::Result<&'static str>>);

    impl http_body::Body for Frames {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
            Poll::Ready(
                self.0.next().map(|frame| {
                    frame.map(|text| Frame::data(Bytes::from_static(text.as_bytes())))
                }),
            )
        }
    }

    #[test]
    fn the_size_of_whole_bytes_is_exact_and_shrinks_to_nothing_when_sent() {
        let body = Body::from(Bytes::from_static(b"hello"));
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream());
        assert_eq!(collected(body).unwrap(), "hello");
    }

    #[test]
    fn no_bytes_end_at_once() {
        for body in [Body::empty(), Body::default(), Bytes::new().into()] {
            assert!(body.is_end_stream());
            assert_eq!(body.size_hint().exact(), Some(0));
            assert_eq!(collected(body).unwrap(), "");
        }
    }

    #[test]
    fn a_stream_gives_its_frames_and_its_error() {
        let body = Body::stream(Frames(vec![Ok("a"), Ok("b")].into_iter()));
        assert_eq!(body.size_hint().exact(), None);
        assert_eq!(collected(body).unwrap(), "ab");
        let broken = vec![Ok("a"), Err(io::Error::other("torn"))];
        let broken = Body::stream(Frames(broken.into_iter()));
        assert_eq!(collected(broken).unwrap_err().to_string(), "torn");
    }
}
