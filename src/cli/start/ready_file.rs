//! `--ready-file`: tells scripts where the server is, once it listens.
//!
//! Whoever sees it sees all of it.

use super::Announcement;
use crate::cli::exit::Failure;
use crate::put::{self, Readers};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The file; dropping this removes it.
#[derive(Debug)]
pub(super) struct ReadyFile(PathBuf);

impl ReadyFile {
    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn write(path: &Path, announcement: &Announcement) -> Result<Self, Failure> {
        let text = format!("{:#}\n", content(announcement));
        match put::file(path, text.as_bytes(), Readers::Usual) {
            Ok(()) => Ok(ReadyFile(path.to_path_buf())),
            Err(error) => Err(Failure::at_fault(format!(
                "cannot write the ready file {}: {error}",
                path.display()
            ))
            .help("name a file in a folder that exists and can be written to")),
        }
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Somebody else may have removed it, which is as well.
        let _ = fs::remove_file(&self.0);
    }
}

fn content(announcement: &Announcement) -> Value {
    let services: Map<String, Value> = announcement
        .services
        .iter()
        .map(|service| {
            let urls = json!({
                "url": service.url,
                "domain_url": service.domain_url,
                "public_url": service.public_url,
            });
            (service.name.clone(), urls)
        })
        .collect();
    json!({
        "url": announcement.url,
        "port": announcement.port,
        "pid": std::process::id(),
        "console_url": announcement.console_url,
        "services": services,
    })
}
