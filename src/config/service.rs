//! Checking one service: its name, its domain, its folders.

use super::account::secondary;
use super::load::Loader;
use super::resources::Where;
use super::sources::{self, Settings};
use super::{ServiceConfig, ServiceName, domain, file, source::Source};
use crate::RoutePath;
use crate::spelling::quoted;
use crate::toolkit::Folders;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A service that is checked by itself, with what the checks across services need to point at.
pub(super) struct Draft {
    pub(super) config: ServiceConfig,
    /// The domain's place, or the name's if the domain was made from it.
    pub(super) domain_span: Range<usize>,
    /// Where each path comes from.
    pub(super) places: HashMap<RoutePath, Where>,
}

/// The folders of a service.
#[derive(Default)]
pub(super) struct ServiceLayout {
    pub(super) root: Option<PathBuf>,
    pub(super) folders: Folders,
    pub(super) settings: Settings,
}

impl Loader<'_> {
    /// Checks the service `name`; `None` if it has no valid name to go by.
    pub(super) fn service(
        &mut self,
        source: &Source,
        name: &Spanned<String>,
        written: &file::Service,
        layout: ServiceLayout,
    ) -> Option<Draft> {
        let valid_name = ServiceName::new(name.get_ref());
        if let Err(why) = &valid_name {
            let title = format!("{} cannot name a service", quoted(name.get_ref()));
            let fault = source.error("invalid-name", title, name.span(), "");
            self.faults.push(fault.help(why.to_string()));
        }
        self.warn_if_empty(source, name, written, &layout);
        let (domain, domain_span) = self.domain(source, name, written);
        let variables = self.variables(source, written, &layout);
        let credentials = self.credentials(source, written, &variables);
        let resources = self.resources(source, written, &layout.folders);
        let (parity, packages) = self.parity(&variables, layout.root.as_deref(), &resources);
        Some(Draft {
            config: ServiceConfig {
                name: valid_name.ok()?,
                domain,
                root: layout.root,
                secondary_auth_token: secondary(written, &variables),
                variables,
                auth_token: credentials.auth_token,
                auth_token_origin: credentials.auth_token_origin,
                account_sid: credentials.account_sid,
                account_sid_origin: credentials.account_sid_origin,
                functions: resources.functions,
                assets: resources.assets,
                parity,
                packages,
            },
            domain_span,
            places: resources.places,
        })
    }

    fn domain(
        &mut self,
        source: &Source,
        name: &Spanned<String>,
        written: &file::Service,
    ) -> (String, Range<usize>) {
        let Some(domain) = &written.domain else {
            return (domain::default_for(name.get_ref()), name.span());
        };
        if let Some(why) = domain::fault(domain.get_ref()) {
            let title = format!("{} cannot be a domain", quoted(domain.get_ref()));
            let fault = source.error("invalid-domain", title, domain.span(), "");
            self.faults.push(fault.help(why));
        }
        (domain.get_ref().to_ascii_lowercase(), domain.span())
    }

    fn warn_if_empty(
        &mut self,
        source: &Source,
        name: &Spanned<String>,
        written: &file::Service,
        layout: &ServiceLayout,
    ) {
        let folders = [
            &written.root,
            &written.functions_folder,
            &written.assets_folder,
        ];
        if written.functions.is_empty()
            && folders.iter().all(|folder| folder.is_none())
            && layout.root.is_none()
        {
            let title = format!("the service {} serves nothing", quoted(name.get_ref()));
            let help = "give it a `root`, a `functions_folder`, an `assets_folder` or `functions`";
            let fault = source.warning("empty-service", title, name.span(), "");
            self.faults.push(fault.help(help));
        }
    }

    /// The folders that `written` names.
    pub(super) fn layout_of(&mut self, source: &Source, written: &file::Service) -> ServiceLayout {
        let root = written.root.as_ref();
        let root = root.and_then(|root| self.written_folder(source, root));
        let mut layout = match root {
            Some(root) => self.layout_in(&root, None, None),
            None => ServiceLayout {
                folders: Folders {
                    root: self.folder.to_path_buf(),
                    ..Folders::default()
                },
                ..ServiceLayout::default()
            },
        };
        if let Some(folder) = &written.functions_folder {
            layout.folders.functions = self.written_folder(source, folder);
        }
        if let Some(folder) = &written.assets_folder {
            layout.folders.assets = self.written_folder(source, folder);
        }
        layout
    }

    /// The Toolkit's layout of the folder `root`, with folders that the command line names.
    pub(super) fn layout_in(
        &mut self,
        root: &Path,
        functions: Option<&Path>,
        assets: Option<&Path>,
    ) -> ServiceLayout {
        let layout = sources::layout(root, functions, assets, self.folder);
        for diagnostic in layout.diagnostics {
            self.faults.push_local(diagnostic);
        }
        self.watched.extend(layout.watched);
        ServiceLayout {
            root: Some(root.to_path_buf()),
            folders: layout.folders,
            settings: layout.settings,
        }
    }

    /// A folder named in `services.toml`.
    fn written_folder(&mut self, source: &Source, written: &Spanned<String>) -> Option<PathBuf> {
        let path = self.folder.join(written.get_ref());
        self.watched.push(path.clone());
        if path.is_dir() {
            return Some(path);
        }
        let (title, help) = not_a_folder(&path, &quoted(written.get_ref()));
        let fault = source.error("missing-folder", title, written.span(), "");
        self.faults.push(fault.help(help));
        None
    }
}

fn not_a_folder(path: &Path, name: &str) -> (String, &'static str) {
    match path.exists() {
        true => (format!("{name} is no folder"), "name a folder"),
        false => (
            format!("the folder {name} does not exist"),
            "make it, or correct its name; paths are relative to the project folder",
        ),
    }
}
