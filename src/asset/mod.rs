//! Serving one file as an asset.
//!
//! The answers are those of the local Toolkit, which sends assets with Express's `sendFile`
//! (npm `send` 0.19): weak tag, `Last-Modified`, conditions, ranges. What the cloud's CDN adds or
//! leaves out is not public (not verified). Any method is answered like GET, and HEAD without the
//! body; which methods arrive here is the gateway's business, as is visibility.
//!
//! Small files are kept in memory and checked against the file's metadata on every request, so a
//! saved file is served at once and never an old one. A hit costs one `stat`, made on the async
//! thread: it takes about a microsecond, where handing it to another thread takes ten. All else
//! that touches files is done on the threads for blocking work.

mod answer;
mod cache;
mod condition;
mod content_type;
#[doc(hidden)]
pub mod door;
mod open;
mod range;
mod stamp;
mod stream;

use crate::body::Body;
use answer::{Content, Description};
use bytes::Bytes;
use cache::{Cache, Weigh};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use stamp::Stamp;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Files up to this many bytes are kept in memory.
const SMALL: u64 = 1024 * 1024;

/// All kept files together have at most this many bytes.
const KEPT: usize = 64 * 1024 * 1024;

/// A file being written all the time is read this often in the hope of a quiet moment.
const ATTEMPTS: usize = 3;

/// Where an asset lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetFile {
    /// The file; its name decides the content type.
    pub path: Arc<Path>,
    /// The project's folder: no link may lead the path out of it.
    pub folder: Arc<Path>,
}

/// The answer to a request for an asset.
#[derive(Debug)]
pub struct Served {
    /// 200, 206, 304, 412 or 416.
    pub status: StatusCode,
    /// In the order in which they are sent, `content-type` and `content-length` first. `date` and
    /// Twilio's own headers are the gateway's to add.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The file or the part of it; empty for HEAD and for what is not 200 or 206.
    pub body: Body,
}

/// Why an asset cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetFault {
    /// There is no regular file, or it is a hidden one (its name starts with a dot).
    #[error("there is no such file, or it is a folder, a device or a hidden file")]
    NotFound,
    /// The file is there and cannot be read.
    #[error("the file cannot be read; check its permissions")]
    Unreadable(#[source] io::Error),
    /// A link leads out of the project, to this file.
    #[error("the asset is a link to {0:?}, outside of the project; copy the file into the project")]
    LeavesFolder(PathBuf),
}

/// Serves files, and keeps the small ones in memory. Cheap to clone; clones share what they keep.
#[derive(Clone)]
pub struct AssetStore {
    kept: Arc<Cache<Arc<Path>, Kept>>,
    /// How long a file must have rested before it is kept.
    tick: Duration,
}

/// A small file in memory.
struct Kept {
    folder: Arc<Path>,
    stamp: Stamp,
    description: Description,
    bytes: Bytes,
}

/// A file that was just opened.
enum Loaded {
    Small(Kept),
    Large(Description, Content),
}

impl AssetStore {
    /// A store that has served nothing yet.
    pub fn new() -> Self {
        AssetStore {
            kept: Arc::new(Cache::new(KEPT)),
            tick: stamp::TICK,
        }
    }

    /// Answers a request for `asset` with `method` and `headers`.
    ///
    /// # Errors
    ///
    /// See [`AssetFault`]. A file that shrinks or changes while it is sent is an error of the
    /// body, and ends the connection.
    pub async fn serve(
        &self,
        asset: &AssetFile,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Served, AssetFault> {
        if is_hidden(&asset.path) {
            return Err(AssetFault::NotFound);
        }
        if let Some(kept) = self.kept(asset) {
            let content = Content::Memory(kept.bytes.clone());
            return Ok(kept.description.answer(method, headers, content));
        }
        let wanted = asset.clone();
        let loaded = tokio::task::spawn_blocking(move || load(&wanted))
            .await
            .map_err(|ended| AssetFault::Unreadable(io::Error::other(ended)))??;
        match loaded {
            Loaded::Large(description, content) => Ok(description.answer(method, headers, content)),
            Loaded::Small(file) => {
                let content = Content::Memory(file.bytes.clone());
                let served = file.description.answer(method, headers, content);
                if file.stamp.is_settled(SystemTime::now(), self.tick) {
                    self.kept.put(asset.path.clone(), Arc::new(file));
                }
                Ok(served)
            }
        }
    }

    /// The file from memory, if it is there and the one on disk is still the same.
    fn kept(&self, asset: &AssetFile) -> Option<Arc<Kept>> {
        let kept = self.kept.get(&*asset.path)?;
        let now = fs::metadata(&asset.path).and_then(|metadata| Stamp::of(&metadata));
        if kept.folder.as_os_str() == asset.folder.as_os_str()
            && now.is_ok_and(|now| now == kept.stamp)
        {
            return Some(kept);
        }
        self.kept.forget(&asset.path, &kept);
        None
    }
}

impl Default for AssetStore {
    fn default() -> Self {
        AssetStore::new()
    }
}

impl fmt::Debug for AssetStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssetStore").finish_non_exhaustive()
    }
}

impl Weigh for Kept {
    fn weight(&self) -> usize {
        self.bytes.len()
    }
}

impl From<io::Error> for AssetFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename => AssetFault::NotFound,
            _ => AssetFault::Unreadable(error),
        }
    }
}

/// Express's rule for `sendFile`: the name counts, not the folders above it.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// Opens the file, and reads it if it is small; blocks.
fn load(asset: &AssetFile) -> Result<Loaded, AssetFault> {
    for _ in 0..ATTEMPTS {
        let (file, stamp) = open::open(asset)?;
        let description = Description::new(&asset.path, &stamp);
        if stamp.length > SMALL {
            return Ok(Loaded::Large(description, Content::File(file, stamp)));
        }
        if let Some(bytes) = read(&file, &stamp)? {
            return Ok(Loaded::Small(Kept {
                folder: asset.folder.clone(),
                stamp,
                description,
                bytes,
            }));
        }
    }
    Err(AssetFault::Unreadable(io::Error::other(
        "the file changed each time it was read",
    )))
}

/// All of the file; `None` if it changed meanwhile.
fn read(file: &File, stamp: &Stamp) -> io::Result<Option<Bytes>> {
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.length).unwrap_or_default());
    // One byte more than there should be, so that growth shows and cannot fill the memory.
    file.take(stamp.length + 1).read_to_end(&mut bytes)?;
    let unchanged = bytes.len() as u64 == stamp.length && Stamp::of(&file.metadata()?)? == *stamp;
    Ok(unchanged.then(|| bytes.into()))
}

#[cfg(test)]
mod tests;
