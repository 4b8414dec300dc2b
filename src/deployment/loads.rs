//! What functions and private assets with code load, by the text of their files.

use super::Found;
use crate::config::{AssetResource, Code, FunctionResource, ServiceConfig};
use crate::diagnostic::Diagnostic;
use crate::javascript::{self, Loaded};
use crate::parity::{self, Beside, Load, ParityWarning};
use crate::toolkit::is_typescript;
use crate::visibility::Visibility;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A larger file is no code that a person wrote, and is passed over.
const LARGEST: u64 = 1024 * 1024;

/// What `require` tries behind a name, in its order. Source: Node's docs, "Modules".
const ENDINGS: [&str; 7] = [
    "",
    ".js",
    ".json",
    ".node",
    "/index.js",
    "/index.json",
    "/index.node",
];

pub(super) fn is_javascript(function: &FunctionResource) -> bool {
    matches!(function.code, Code::JavaScript(_))
}

/// Reads every file of `service` that the cloud runs.
pub(super) fn examine(service: &ServiceConfig, found: &mut Found<'_>) {
    let names = names(service);
    let functions = service.functions.iter().filter_map(|f| f.code.file());
    // A function may load a private asset as code; what others are for is not known.
    let assets = service.assets.iter().filter(|asset| is_code(asset));
    let mut seen = HashSet::new();
    for file in functions.chain(assets.map(|asset| &*asset.file)) {
        if seen.insert(file) {
            examine_file(file, service, &names, found);
        }
    }
}

/// A function of `service` that uses what the package `twilio` has.
pub(crate) fn user_of_twilio(service: &ServiceConfig) -> Option<&Path> {
    let mut files = service.functions.iter().filter_map(|f| f.code.file());
    files.find(|file| text_of(file).is_some_and(|text| javascript::read(&text).uses_twilio))
}

fn is_code(asset: &AssetResource) -> bool {
    asset.visibility == Visibility::Private && asset.file.extension().is_some_and(|ext| ext == "js")
}

/// The files that `Runtime` leads to.
fn names(service: &ServiceConfig) -> BTreeMap<&Path, Beside> {
    let functions = service.functions.iter().filter_map(|f| match &f.code {
        Code::JavaScript(file) => {
            let name = f.path.as_str().trim_start_matches('/');
            Some((&**file, Beside::Function(name.to_string())))
        }
        Code::Rust(_) => None,
    });
    let private = service
        .assets
        .iter()
        .filter(|a| a.visibility == Visibility::Private);
    let assets = private.map(|a| (&*a.file, Beside::Asset(a.path.to_string())));
    assets.chain(functions).collect()
}

/// The text of a file of code, if it has one that is looked at.
pub(super) fn text_of(file: &Path) -> Option<Arc<str>> {
    // A pipe or a device is not opened: that could wait for ever.
    let small = fs::metadata(file).is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
    let text = small.then(|| fs::read_to_string(file).ok()).flatten()?;
    Some(text.into())
}

fn examine_file(
    file: &Path,
    service: &ServiceConfig,
    names: &BTreeMap<&Path, Beside>,
    found: &mut Found<'_>,
) {
    let Some(text) = text_of(file) else {
        return;
    };
    let shown = found.shown(file);
    let by = shown.display().to_string();
    let read = javascript::read(&text);
    let mut tell = |warning: ParityWarning, span: Range<usize>| {
        // What happens, and what to do about it.
        let (title, help) = match warning.text.split_once(": ") {
            Some((title, help)) => (title, Some(help)),
            None => (warning.text.as_str(), None),
        };
        let fault = Diagnostic::warning(warning.rule.name(), title).at(&shown, &text, span, "");
        found.push(match help {
            Some(help) => fault.help(help),
            None => fault,
        });
    };
    if is_typescript(file) {
        tell(parity::typescript(&by), 0..0);
    } else if let Some(span) = read.module_syntax {
        tell(parity::es_module(&by), span);
    }
    for load in read.loads {
        let judged = match load.what {
            Loaded::Module(request) => judge(&by, request, file, service, names),
            Loaded::Asset(path) if path.ends_with(".js") || path.ends_with(".cjs") => None,
            Loaded::Asset(path) if holds(service, &path) => Some(parity::asset_as_code(&by, &path)),
            Loaded::Asset(_) => None,
        };
        if let Some(warning) = judged {
            tell(warning, load.span);
        }
    }
}

fn judge(
    by: &str,
    request: String,
    file: &Path,
    service: &ServiceConfig,
    names: &BTreeMap<&Path, Beside>,
) -> Option<ParityWarning> {
    let beside = match parity::is_relative(&request) {
        // What is not there fails here as well, and is no matter of parity.
        true => Some(beside(file, &request, names)?),
        false => None,
    };
    let load = Load {
        by: by.to_string(),
        request,
        beside,
    };
    load.judge(service.packages.as_ref())
}

/// Whether `path` is a private asset.
fn holds(service: &ServiceConfig, path: &str) -> bool {
    let mut assets = service.assets.iter();
    assets.any(|a| a.visibility == Visibility::Private && a.path.as_str() == path)
}

/// What `request` finds from `file`.
fn beside(file: &Path, request: &str, names: &BTreeMap<&Path, Beside>) -> Option<Beside> {
    let target = joined(file.parent()?, request);
    let mut candidates = ENDINGS.iter().map(|ending| {
        let mut path = target.clone().into_os_string();
        path.push(ending);
        PathBuf::from(path)
    });
    let found = candidates.find(|path| path.is_file())?;
    Some(names.get(found.as_path()).cloned().unwrap_or(Beside::File))
}

/// `folder` and the relative `request` as one path without dots.
fn joined(folder: &Path, request: &str) -> PathBuf {
    let mut path = folder.to_path_buf();
    for part in Path::new(request).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}
