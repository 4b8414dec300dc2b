//! The functions and assets of one service: those written, and those found in folders.

use super::load::Loader;
use super::source::Source;
use super::{AssetResource, Code, FunctionResource, file, sources};
use crate::diagnostic::Diagnostic;
use crate::spelling::{self, quoted};
use crate::toolkit::{self, Folders};
use crate::{RoutePath, Visibility};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;

/// Everything that a service serves.
#[derive(Default)]
pub(super) struct Resources {
    pub(super) functions: Vec<FunctionResource>,
    pub(super) assets: Vec<AssetResource>,
    /// Where each path comes from.
    pub(super) places: HashMap<RoutePath, Where>,
}

/// Where a path comes from.
#[derive(Clone)]
pub(super) enum Where {
    /// These bytes of `services.toml`; the JavaScript file, if it names one.
    Written(Range<usize>, Option<Arc<Path>>),
    /// A file in a folder.
    Found(Arc<Path>),
}

impl Loader<'_> {
    pub(super) fn resources(
        &mut self,
        source: &Source,
        written: &file::Service,
        folders: &Folders,
    ) -> Resources {
        let mut all = Resources::default();
        for (path, function) in &written.functions {
            self.written_function(source, &mut all, path, function);
        }
        let scan = sources::scan(folders, self.folder);
        for diagnostic in scan.diagnostics {
            self.faults.push_local(diagnostic);
        }
        self.watched
            .extend(scan.folders.into_iter().chain(scan.absent));
        all.places.reserve(scan.functions.len() + scan.assets.len());
        for found in scan.functions {
            if self.take(
                source,
                &mut all,
                &found.path,
                Where::Found(found.file.clone()),
            ) {
                all.functions.push(FunctionResource {
                    path: found.path,
                    visibility: found.visibility,
                    code: Code::JavaScript(found.file),
                    declared_in: None,
                });
            }
        }
        for found in scan.assets {
            if self.take(
                source,
                &mut all,
                &found.path,
                Where::Found(found.file.clone()),
            ) {
                all.assets.push(AssetResource {
                    path: found.path,
                    visibility: found.visibility,
                    file: found.file,
                });
            }
        }
        self.apply_visibility(source, written, &mut all);
        all
    }

    fn written_function(
        &mut self,
        source: &Source,
        all: &mut Resources,
        path: &Spanned<String>,
        function: &file::Function,
    ) {
        let code = self.code(source, &function.handler);
        let route = match RoutePath::new(path.get_ref().as_str()) {
            Ok(route) => route,
            Err(why) => {
                let title = format!("{} cannot be a path", quoted(path.get_ref()));
                let fault = source.error("invalid-path", title, path.span(), "");
                self.faults.push(fault.help(why.to_string()));
                return;
            }
        };
        let Some(code) = code else { return };
        let (file, marked) = match &code {
            Code::Rust(_) => (None, Visibility::default()),
            Code::JavaScript(file) => (Some(file.clone()), marked(file)),
        };
        if self.take(source, all, &route, Where::Written(path.span(), file)) {
            let visibility = function.visibility.unwrap_or(marked);
            if visibility != Visibility::Private
                && let Some(asked) = route.unreachable()
            {
                let fault = toolkit::unreachable(&route, &asked);
                self.faults.push(source.label(fault, path.span(), ""));
            }
            all.functions.push(FunctionResource {
                path: route,
                visibility,
                code,
                declared_in: Some(source.place(path.span().start)),
            });
        }
    }

    /// What `handler` names: `rust:NAME`, or a JavaScript file.
    fn code(&mut self, source: &Source, handler: &Spanned<String>) -> Option<Code> {
        let text = handler.get_ref().as_str();
        let span = handler.span();
        if let Some(name) = text.strip_prefix("rust:") {
            if self.rust_handlers.contains(&name) {
                return Some(Code::Rust(name.into()));
            }
            let title = format!("there is no Rust handler {}", quoted(name));
            let known = self.rust_handlers.iter().copied();
            let help = spelling::help(name, known, "the handlers are");
            let fault = source.error("unknown-handler", title, span, "");
            self.faults.push(fault.help(help));
            return None;
        }
        let fault = if !text.ends_with(".js") && !text.ends_with(".ts") {
            let title = format!("{} is neither `rust:NAME` nor a `.js` file", quoted(text));
            let help = match self.rust_handlers.contains(&text) {
                true => format!("did you mean `rust:{text}`?"),
                false => "a handler is the name of a Rust function or a JavaScript file".into(),
            };
            source.error("invalid-handler", title, span, "").help(help)
        } else {
            let file = self.folder.join(text);
            self.watched.push(file.clone());
            if file.is_file() {
                return Some(Code::JavaScript(file.into()));
            }
            let title = format!("there is no file {}", quoted(text));
            let help = "make it, or correct its name; paths are relative to the project folder";
            source.error("missing-file", title, span, "").help(help)
        };
        self.faults.push(fault);
        None
    }

    /// Whether `path` is still free; if so, it is taken.
    fn take(
        &mut self,
        source: &Source,
        all: &mut Resources,
        path: &RoutePath,
        place: Where,
    ) -> bool {
        let first = match all.places.entry(path.clone()) {
            Entry::Vacant(free) => {
                free.insert(place);
                return true;
            }
            Entry::Occupied(taken) => taken.into_mut(),
        };
        match (&*first, &place) {
            // A file that is found where it is written as well is one resource, as written.
            (Where::Written(_, Some(file)), Where::Found(found)) if file == found => {}
            (first, second) => {
                let title = format!("two resources have the path {}", quoted(path.as_str()));
                let mut fault = Diagnostic::error("duplicate-path", title);
                // The line with a caret goes first.
                let labels = match (first, second) {
                    (Where::Written(..), Where::Found(_)) => {
                        [(first, "here"), (second, "and here")]
                    }
                    _ => [(second, "here"), (first, "and here")],
                };
                for (place, text) in labels {
                    fault = self.label(source, fault, place, text);
                }
                let help = "a path leads to one function or asset: rename one of them";
                self.faults.push(fault.help(help));
            }
        }
        false
    }

    /// Adds the place where a path comes from to `fault`.
    pub(super) fn label(
        &self,
        source: &Source,
        fault: Diagnostic,
        place: &Where,
        text: &str,
    ) -> Diagnostic {
        match place {
            Where::Written(span, _) => source.label(fault, span.clone(), text),
            Where::Found(file) => fault.in_file(self.shown(file), text),
        }
    }

    fn apply_visibility(&mut self, source: &Source, written: &file::Service, all: &mut Resources) {
        let mut wanted: HashMap<&str, Visibility> = HashMap::new();
        for (path, visibility) in &written.visibility {
            let text = path.get_ref().as_str();
            if all.places.contains_key(text) {
                wanted.insert(text, *visibility);
                continue;
            }
            let title = format!("nothing has the path {}", quoted(text));
            let known = all.places.keys().map(RoutePath::as_str);
            let mut fault = source.error("unknown-path", title, path.span(), "");
            if self.faults.has_room() {
                fault = fault.help(spelling::help(text, known, "the paths are"));
            }
            self.faults.push(fault);
        }
        for function in &mut all.functions {
            if let Some(visibility) = wanted.get(function.path.as_str()) {
                function.visibility = *visibility;
            }
        }
        for asset in &mut all.assets {
            if let Some(visibility) = wanted.get(asset.path.as_str()) {
                asset.visibility = *visibility;
            }
        }
    }
}

/// The visibility that a JavaScript file's name says.
fn marked(file: &Path) -> Visibility {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let marks = [Visibility::Protected, Visibility::Private];
    let mark = marks
        .into_iter()
        .find(|v| name.ends_with(&format!(".{v}.js")) || name.ends_with(&format!(".{v}.ts")));
    mark.unwrap_or_default()
}
