//! From a project folder to a [`Config`], or to every reason why not.

use super::environment::EnvFile;
use super::faults::Faults;
use super::file::{self, File};
use super::source::Source;
use super::text::{self, Unreadable};
use super::{Config, LimitsOrigin, secrets, sources, walk};
use crate::diagnostic::Diagnostic;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use toml::de::DeTable;

/// The name of the file that describes a project.
const FILE_NAME: &str = "services.toml";

/// After this many lines with broken TOML the rest is consequences.
const MOST_SYNTAX_FAULTS: usize = 10;

/// What the command line says about loading. Paths are relative to the project folder.
#[derive(Clone, Default)]
pub struct Options {
    /// `--env`: the env file of every service, whatever `services.toml` says. Without such a file
    /// there is a warning and nothing else, as in twilio-run.
    pub env_file: Option<PathBuf>,
    /// `--functions-folder`, for a project without `services.toml`.
    pub functions_folder: Option<PathBuf>,
    /// `--assets-folder`, for a project without `services.toml`.
    pub assets_folder: Option<PathBuf>,
    /// `--load-local-env`: every service begins with [`Options::process_variables`]. A project's
    /// `.twilioserverlessrc` can ask for it as well.
    pub load_local_env: bool,
    /// The variables of the process, which nothing here reads for itself.
    pub process_variables: Vec<(String, String)>,
}

/// What loading comes to.
pub struct Loaded {
    /// The project; `None` if an error keeps it from being served. Errors that harm one file alone
    /// (a name that is no path) leave that file out, and the rest is here.
    pub config: Option<Config>,
    /// Everything that was found, in the order in which it was read.
    pub diagnostics: Vec<Diagnostic>,
    /// The files and folders that were read or looked for: a change to one means to load again.
    /// Some may not exist. Each is there once.
    pub watched: Vec<PathBuf>,
}

/// Loads the project in `folder`: its `services.toml`, or without one the folder itself as one
/// service in the Toolkit's layout. `rust_handlers` are the names that `rust:NAME` may use.
///
/// Never fails and never stops at a fault: see [`Loaded`].
pub fn load(folder: &Path, options: &Options, rust_handlers: &[&str]) -> Loaded {
    let mut loader = Loader {
        folder,
        options,
        rust_handlers,
        faults: Faults::default(),
        watched: Vec::new(),
        env_files: HashMap::new(),
    };
    let config = loader.project();
    let config = config.filter(|_| !loader.faults.fatal());
    let mut watched = loader.watched;
    watched.sort();
    watched.dedup();
    Loaded {
        config,
        diagnostics: loader.faults.into_diagnostics(),
        watched,
    }
}

/// One run of [`load`]; its other methods stand beside what they check.
pub(super) struct Loader<'a> {
    pub(super) folder: &'a Path,
    pub(super) options: &'a Options,
    pub(super) rust_handlers: &'a [&'a str],
    pub(super) faults: Faults,
    pub(super) watched: Vec<PathBuf>,
    /// Env files that were read, so that one shared by services is read and reported once.
    pub(super) env_files: HashMap<PathBuf, Option<Rc<EnvFile>>>,
}

/// What is said where a file is no TOML.
const TOML_HELP: &str = "a table begins with `[name]`, a key is `name = value`, text stands in quotes, and \
    nothing is named twice";

impl Loader<'_> {
    fn project(&mut self) -> Option<Config> {
        let path = self.folder.join(FILE_NAME);
        self.watched.push(path.clone());
        if !self.folder.is_dir() {
            let title = match self.folder.exists() {
                true => format!("`{}` is no folder", self.folder.display()),
                false => format!("there is no folder `{}`", self.folder.display()),
            };
            let help = "name the folder of a project, or make one with `switchboard init NAME`";
            self.faults
                .push(Diagnostic::error("missing-folder", title).help(help));
            return None;
        }
        match text::read(&path) {
            Ok(text) => self.services_toml(path, &text),
            Err(Unreadable::Absent) => self.toolkit_layout(),
            Err(why) => {
                self.faults.push(
                    Diagnostic::error("unreadable-file", format!("`{FILE_NAME}` {why}"))
                        .in_file(FILE_NAME, "")
                        .help(why.help()),
                );
                None
            }
        }
    }

    fn services_toml(&mut self, path: PathBuf, text: &str) -> Option<Config> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            self.report_syntax(text, &errors);
            return None;
        }
        let shown = secrets::mask_services(text, root.get_ref());
        let source = Source::new(FILE_NAME.into(), shown);
        let file = walk::walk(root.get_ref(), &source, &mut self.faults);
        self.warn_of_folder_flags();
        let mut drafts = Vec::new();
        for (name, written) in &file.services {
            let layout = self.layout_of(&source, written);
            drafts.extend(self.service(&source, name, written, layout));
        }
        let default_service = self.across(&source, &file, &drafts);
        Some(Config {
            folder: self.folder.to_path_buf(),
            file: Some(path),
            default_service,
            port: file.port,
            limits: file.limits,
            cloud: cloud(&file),
            limits_origin: LimitsOrigin::ServicesToml(file.limit_places),
            services: drafts.into_iter().map(|draft| draft.config).collect(),
        })
    }

    /// The folder alone, as one service.
    fn toolkit_layout(&mut self) -> Option<Config> {
        let (name, diagnostics) = sources::service_name(self.folder, self.folder);
        for diagnostic in diagnostics {
            self.faults.push_local(diagnostic);
        }
        let functions = self.options.functions_folder.as_deref();
        let assets = self.options.assets_folder.as_deref();
        let layout = self.layout_in(self.folder, functions, assets);
        let port = layout.settings.port;
        // Nothing is written, so nothing ever points into this text.
        let source = Source::new(FILE_NAME.into(), "");
        let file = File {
            services: vec![(toml::Spanned::new(0..0, name), file::Service::default())],
            ..File::default()
        };
        let (name, written) = &file.services[0];
        let draft = self.service(&source, name, written, layout)?;
        let flags = [functions, assets];
        if draft.config.functions.is_empty()
            && draft.config.assets.is_empty()
            && flags.iter().all(Option::is_none)
        {
            let fault =
                Diagnostic::warning("no-routes", "nothing is served: no function, no asset");
            self.faults.push(fault.help(
                "functions lie in functions/ or src/, assets in assets/ or static/; \
                 `switchboard init NAME` makes a project to begin with",
            ));
        }
        let drafts = [draft];
        let default_service = self.across(&source, &file, &drafts);
        let [draft] = drafts;
        Some(Config {
            folder: self.folder.to_path_buf(),
            file: None,
            default_service,
            port,
            limits: file.limits,
            limits_origin: LimitsOrigin::default(),
            cloud: cloud(&file),
            services: vec![draft.config],
        })
    }

    fn report_syntax(&mut self, text: &str, errors: &[toml::de::Error]) {
        let source = Source::new(FILE_NAME.into(), secrets::mask_broken(text));
        let mut last_line = 0;
        let mut reported = 0;
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let line = source.place(span.start).line;
            // What follows on one line is mostly a consequence of its first fault.
            if line == last_line {
                continue;
            }
            last_line = line;
            let fault = source.error("invalid-toml", error.message(), span, "");
            self.faults.push(fault.help(TOML_HELP));
            reported += 1;
            if reported == MOST_SYNTAX_FAULTS {
                break;
            }
        }
    }

    fn warn_of_folder_flags(&mut self) {
        for (flag, key, given) in [
            (
                "--functions-folder",
                "functions_folder",
                &self.options.functions_folder,
            ),
            (
                "--assets-folder",
                "assets_folder",
                &self.options.assets_folder,
            ),
        ] {
            if given.is_some() {
                let title = format!("`{flag}` does nothing in a project with {FILE_NAME}");
                let help = format!("write `{key}` in the service that you mean");
                self.faults
                    .push(Diagnostic::warning("ignored-flag", title).help(help));
            }
        }
    }

    /// `path` as people are shown it: relative to the project folder where it lies in it.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(self.folder).unwrap_or(path) {
            inside if inside.as_os_str().is_empty() => ".".into(),
            inside => inside.to_path_buf(),
        }
    }
}

fn cloud(file: &File) -> super::Cloud {
    let default = super::Cloud::default();
    super::Cloud {
        protected_status: file
            .cloud
            .protected_status
            .unwrap_or(default.protected_status),
        method_status: file.cloud.method_status.unwrap_or(default.method_status),
        cors: file.cloud.cors.unwrap_or(default.cors),
    }
}
