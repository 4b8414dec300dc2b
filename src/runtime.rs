//! `Runtime`: what a function may reach of its own service, whatever the visibility.
//!
//! Source: Twilio docs, "Runtime client"; shapes as runtime-handler's `internal/runtime.ts`.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The functions and the private assets of a service. Cheap to clone. As JSON it has their files by
/// name, under `functions` and `assets`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Runtime(Arc<Contents>);

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Contents {
    functions: BTreeMap<String, PathBuf>,
    assets: BTreeMap<String, PrivateAsset>,
}

/// A private asset, to be read by the service's own functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PrivateAsset {
    path: PathBuf,
}

impl PrivateAsset {
    /// The file that holds it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its text.
    ///
    /// # Errors
    ///
    /// When the file cannot be read. Bytes that are not UTF-8 become U+FFFD, as Node's
    /// `readFileSync(path, 'utf8')` makes them.
    pub fn open(&self) -> io::Result<String> {
        let bytes = fs::read(&self.path)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
    }
}

impl Runtime {
    /// A runtime over these functions (name without leading slash, such as `sms/reply`, and file)
    /// and these private assets (path with leading slash, such as `/users.json`, and file).
    pub fn new(
        functions: impl IntoIterator<Item = (String, PathBuf)>,
        private_assets: impl IntoIterator<Item = (String, PathBuf)>,
    ) -> Self {
        Runtime(Arc::new(Contents {
            functions: functions.into_iter().collect(),
            assets: private_assets
                .into_iter()
                .map(|(name, path)| (name, PrivateAsset { path }))
                .collect(),
        }))
    }

    /// The private assets by path (`/users.json`). Public and protected ones are not here, as in
    /// the cloud.
    pub fn get_assets(&self) -> &BTreeMap<String, PrivateAsset> {
        &self.0.assets
    }

    /// The files of the JavaScript functions, of any visibility, by name without leading slash.
    pub fn get_functions(&self) -> &BTreeMap<String, PathBuf> {
        &self.0.functions
    }
}
