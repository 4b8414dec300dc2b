//! The answer to one request for a file whose state is known.

use super::condition::{self, Validators, Verdict};
use super::range::{self, Wanted};
use super::stamp::Stamp;
use super::stream::FileStream;
use super::{Served, content_type};
use crate::body::Body;
use crate::clock::http_date;
use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED,
    RANGE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// Express's default: it may be kept, and is to be asked for again each time. Without it browsers
/// guess how long an asset stays good, and show an old one after it is saved.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, max-age=0");

/// What the headers say of one state of a file, made once for each.
pub(super) struct Description {
    length: u64,
    validators: Validators,
    content_type: HeaderValue,
    content_length: HeaderValue,
    etag: HeaderValue,
    last_modified: HeaderValue,
}

/// Where the bytes come from.
pub(super) enum Content {
    /// All of the file, in memory.
    Memory(Bytes),
    /// The open file, as it was when its description was made.
    File(File, Stamp),
}

impl Description {
    /// Describes the file named `path` in the state `stamp`.
    pub(super) fn new(path: &Path, stamp: &Stamp) -> Self {
        let validators = stamp.validators();
        let modified = UNIX_EPOCH + Duration::from_secs(validators.modified);
        Description {
            length: stamp.length,
            content_type: content_type::of(path),
            content_length: stamp.length.into(),
            etag: ascii(&validators.etag),
            last_modified: ascii(&http_date(modified)),
            validators,
        }
    }

    /// Answers a request with `method` and `headers`.
    pub(super) fn answer(&self, method: &Method, headers: &HeaderMap, content: Content) -> Served {
        match condition::judge(headers, &self.validators) {
            Verdict::Failed => return refusal(StatusCode::PRECONDITION_FAILED),
            Verdict::NotModified => return self.not_modified(),
            Verdict::Send => {}
        }
        match self.wanted(headers) {
            Wanted::Unsatisfiable => {
                let mut served = refusal(StatusCode::RANGE_NOT_SATISFIABLE);
                let range = ascii(&format!("bytes */{}", self.length));
                served.headers.push((CONTENT_RANGE, range));
                served
            }
            Wanted::Part(part) => {
                let (first, last) = (part.start, part.end - 1);
                let range = ascii(&format!("bytes {first}-{last}/{}", self.length));
                let length = (part.end - part.start).into();
                let mut served = self.content(StatusCode::PARTIAL_CONTENT, length);
                served.headers.push((CONTENT_RANGE, range));
                served.with(method, content, part)
            }
            Wanted::Whole => self
                .content(StatusCode::OK, self.content_length.clone())
                .with(method, content, 0..self.length),
        }
    }

    fn wanted(&self, headers: &HeaderMap) -> Wanted {
        match headers.get(RANGE).map(HeaderValue::to_str) {
            Some(Ok(range)) if condition::range_holds(headers, &self.validators) => {
                range::wanted(range, self.length)
            }
            _ => Wanted::Whole,
        }
    }

    fn content(&self, status: StatusCode, length: HeaderValue) -> Served {
        let mut headers = Vec::with_capacity(7);
        headers.push((CONTENT_TYPE, self.content_type.clone()));
        headers.push((CONTENT_LENGTH, length));
        self.describe(&mut headers);
        Served {
            status,
            headers,
            body: Body::empty(),
        }
    }

    fn not_modified(&self) -> Served {
        let mut headers = Vec::with_capacity(4);
        self.describe(&mut headers);
        Served {
            status: StatusCode::NOT_MODIFIED,
            headers,
            body: Body::empty(),
        }
    }

    fn describe(&self, headers: &mut Vec<(http::HeaderName, HeaderValue)>) {
        headers.push((ACCEPT_RANGES, HeaderValue::from_static("bytes")));
        headers.push((CACHE_CONTROL, REVALIDATE));
        headers.push((ETAG, self.etag.clone()));
        headers.push((LAST_MODIFIED, self.last_modified.clone()));
    }
}

impl Served {
    fn with(mut self, method: &Method, content: Content, part: Range<u64>) -> Self {
        if method != Method::HEAD {
            self.body = content.part(part);
        }
        self
    }
}

impl Content {
    fn part(self, part: Range<u64>) -> Body {
        match self {
            Content::Memory(bytes) => {
                // The range was made for these bytes; what it names is in them.
                let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                bytes.slice(index(part.start)..index(part.end)).into()
            }
            Content::File(file, stamp) => Body::stream(FileStream::new(file, stamp, part)),
        }
    }
}

/// A refusal has no text: why it is one stands in the request, and Express's page would tell a
/// stranger no more.
fn refusal(status: StatusCode) -> Served {
    Served {
        status,
        headers: vec![(CONTENT_LENGTH, HeaderValue::from_static("0"))],
        body: Body::empty(),
    }
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("tags, dates and ranges are made of visible ASCII")
}
