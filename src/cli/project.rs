//! Which project a command is about, and how its files are read.

use super::exit::Failure;
use super::number::{A_PORT, port};
use crate::app::DEFAULT_PORT;
use crate::clock::Clock;
use crate::config::{self, Loaded, Options};
use crate::diagnostic::Diagnostic;
use crate::handler::Handlers;
use crate::registry::{self, Overrides, Reach, Registry};
use clap::Args;
use std::path::{Path, PathBuf};

/// A project by its folder.
#[derive(Debug, Default, Args)]
pub(super) struct ProjectArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    pub(super) dir: PathBuf,
    #[command(flatten)]
    pub(super) files: FilesArgs,
}

/// How a project's files are found and read.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Project files")]
pub(super) struct FilesArgs {
    /// Take DIR from this folder and not from the current one
    #[arg(
        long,
        value_name = "FOLDER",
        default_value = ".",
        hide_default_value = true
    )]
    pub(super) cwd: PathBuf,
    /// Read variables from FILE, whatever services.toml says
    #[arg(long, value_name = "FILE")]
    pub(super) env: Option<PathBuf>,
    /// Where functions lie, in a project without services.toml
    #[arg(long, value_name = "FOLDER")]
    pub(super) functions_folder: Option<PathBuf>,
    /// Where assets lie, in a project without services.toml
    #[arg(long, value_name = "FOLDER")]
    pub(super) assets_folder: Option<PathBuf>,
    /// Give the variables of this process to every service
    #[arg(short = 'f', long)]
    pub(super) load_local_env: bool,
}

/// The variable that gives the port where no flag does.
const PORT_VARIABLE: &str = "PORT";

/// The port that URLs have.
#[derive(Debug, Default, Args)]
pub(super) struct PortArgs {
    /// Port; 0 takes any that is free [default: $PORT, else the project's, else 3000]
    #[arg(short, long, value_parser = port)]
    port: Option<u16>,
}

impl PortArgs {
    /// The flag's, or else the variable's. clap does not read the variable: it would for every
    /// command, since `start`'s flags stand without one, and many a machine has its own PORT.
    ///
    /// # Errors
    ///
    /// When the variable is needed, and is no port. An empty one is none.
    pub(super) fn wished(&self) -> Result<Option<u16>, Failure> {
        let given = std::env::var_os(PORT_VARIABLE).filter(|given| !given.is_empty());
        let (None, Some(given)) = (self.port, given) else {
            return Ok(self.port);
        };
        let read = given.to_str().and_then(|text| text.parse().ok());
        read.map(Some).ok_or_else(|| {
            Failure::usage(format!(
                "the variable {PORT_VARIABLE} is `{}`, and {A_PORT}",
                given.display()
            ))
            .help(format!("unset {PORT_VARIABLE}, or beat it with --port N"))
        })
    }
}

/// A project's folder with the wishes about it.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    pub(super) options: Options,
}

impl ProjectArgs {
    /// A single word that names no folder: without a command before it, most likely a misspelt one.
    pub(super) fn word_without_folder(&self) -> Option<&str> {
        let word = self.dir.to_str()?;
        let single = !word.contains(['/', '\\', '.']);
        (single && !self.files.cwd.join(word).exists()).then_some(word)
    }

    pub(super) fn project(&self) -> Project {
        self.files.project(&self.dir)
    }
}

impl FilesArgs {
    /// The project in `dir`.
    pub(super) fn project(&self, dir: &Path) -> Project {
        let folder = self.cwd.join(dir);
        Project {
            // Whole, since files that change are told of by their whole paths. Only a process
            // whose own folder is gone has none.
            folder: std::path::absolute(&folder).unwrap_or(folder),
            options: Options {
                env_file: self.env.clone(),
                functions_folder: self.functions_folder.clone(),
                assets_folder: self.assets_folder.clone(),
                load_local_env: self.load_local_env,
                process_variables: process_variables(),
            },
        }
    }
}

/// Those whose name and value are text; a variable cannot be anything else in `context`.
fn process_variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl Project {
    /// Reads its files.
    pub(super) fn load(&self, handlers: &Handlers) -> Loaded {
        let names: Vec<&str> = handlers.names().collect();
        config::load(&self.folder, &self.options, &names)
    }

    /// What would be served, without a socket, with what there is to say about the files.
    ///
    /// # Errors
    ///
    /// When its files cannot be served.
    pub(super) fn registry(
        &self,
        handlers: &Handlers,
        port: Option<u16>,
    ) -> Result<(Registry, Vec<Diagnostic>), Failure> {
        let loaded = self.load(handlers);
        let Some(config) = loaded.config else {
            return Err(Failure::project(&loaded.diagnostics));
        };
        let reach = Reach {
            port: port.or(config.port).unwrap_or(DEFAULT_PORT),
            public_url: None,
        };
        let none = Overrides::default();
        let registry = registry::build(&config, handlers, reach, none, &Clock::system(), None);
        Ok((registry, loaded.diagnostics))
    }
}
