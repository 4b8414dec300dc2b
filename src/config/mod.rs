//! `services.toml`, or a folder in the Serverless Toolkit's layout, as values that hold.
//!
//! Two phases, two types: what somebody wrote, and [`Config`], what can be served. A
//! [`Config`] has been checked as a whole (names, domains, paths, handlers, files), so that nothing
//! behind it checks again. [`load`] leads from one to the other; it reports every fault that it
//! finds and prints nothing.
//!
//! All paths here are absolute, or relative to the process's folder if the project folder was given
//! so; [`Place`]s are for people and relative to the project folder.

mod account;
mod across;
mod added;
mod cloud;
mod credentials;
mod domain;
mod edit;
mod environment;
mod faults;
mod file;
mod limits;
mod load;
mod name;
mod parity;
mod resources;
mod save;
#[cfg(test)]
mod schema;
mod secrets;
mod service;
mod source;
mod sources;
mod text;
mod values;
mod variables;
mod walk;

use crate::parity::{Packages, ParityWarning};
use crate::{RoutePath, Visibility};
pub use cloud::{Cloud, Cors};
pub use credentials::{
    AuthToken, CredentialOrigin, DEVELOPMENT_ACCOUNT_SID, DEVELOPMENT_AUTH_TOKEN,
};
pub use edit::{EditFault, with_visibility};
pub use limits::{Limits, LimitsOrigin};
pub use load::{Loaded, Options, load};
pub use name::{InvalidServiceName, ServiceName};
pub(crate) use parity::LACKS_REQUEST;
pub(crate) use save::{SaveFault, save_visibility};
use std::path::{Path, PathBuf};
use std::sync::Arc;
pub use variables::{Origin, Variable, Variables};

/// The JSON schema of `services.toml`, for editors.
pub const SCHEMA: &str = include_str!("services.schema.json");

/// A whole project, ready to be served.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The project folder.
    pub folder: PathBuf,
    /// Its `services.toml`; `None` for a folder in the Toolkit's layout alone.
    pub file: Option<PathBuf>,
    /// The service that answers where neither host nor path names one: as written, or the only
    /// service there is. One of [`Config::services`].
    pub default_service: Option<ServiceName>,
    /// The port to listen on as the project's files have it; 0 means any free one.
    pub port: Option<u16>,
    /// The cloud's limits, as far as they are kept here.
    pub limits: Limits,
    /// Where they were set.
    pub limits_origin: LimitsOrigin,
    /// Choices where no public source says what the cloud does.
    pub cloud: Cloud,
    /// The services, in the order in which they were written; no two share a name or a domain.
    pub services: Vec<ServiceConfig>,
}

/// One service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceConfig {
    /// Its name, which is also its first path segment on the shared port.
    pub name: ServiceName,
    /// What stands before `.twil.io` and `.localhost`, in lower case: `auth-4173-dev`.
    pub domain: String,
    /// The folder in the Toolkit's layout, if it has one.
    pub root: Option<PathBuf>,
    /// Its variables, which `context` shows.
    pub variables: Variables,
    /// Signs and verifies requests.
    pub auth_token: AuthToken,
    /// Where that was set.
    pub auth_token_origin: CredentialOrigin,
    /// The account's secondary token, if one is given: it lets nobody in, but a request that is signed
    /// with it can be told of.
    pub secondary_auth_token: Option<AuthToken>,
    /// The account: `AC` and 32 hexadecimal digits, unless something else was written.
    pub account_sid: String,
    /// Where that was set.
    pub account_sid_origin: CredentialOrigin,
    /// Its functions; no two resources of a service share a path.
    pub functions: Vec<FunctionResource>,
    /// Its assets.
    pub assets: Vec<AssetResource>,
    /// What in its files the cloud would take otherwise, whatever is asked for.
    pub parity: Vec<ParityWarning>,
    /// The packages that its `package.json` lists; `None` without one, or without JavaScript.
    pub(crate) packages: Option<Packages>,
}

/// A function of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionResource {
    /// Where it answers.
    pub path: RoutePath,
    /// Who may call it.
    pub visibility: Visibility,
    /// What runs.
    pub code: Code,
    /// The line of `services.toml` that names it; `None` if it was found in a folder.
    pub declared_in: Option<Place>,
}

/// What runs when a function is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// The handler `NAME` of `rust:NAME`, known to exist.
    Rust(String),
    /// A JavaScript file.
    JavaScript(Arc<Path>),
}

impl Code {
    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Code::Rust(_) => None,
            Code::JavaScript(file) => Some(file),
        }
    }
}

/// An asset of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetResource {
    /// Where it answers, its extension included.
    pub path: RoutePath,
    /// Who may fetch it.
    pub visibility: Visibility,
    /// The file.
    pub file: Arc<Path>,
}

/// A line of a file, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the project folder where it lies in it.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl Config {
    /// The service called `name`.
    pub fn service(&self, name: &str) -> Option<&ServiceConfig> {
        self.services.iter().find(|s| s.name.as_str() == name)
    }
}
