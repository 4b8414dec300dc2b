//! `.twilioserverlessrc`: the settings that `twilio-run start` would take from a project.
//!
//! Where they stand is what cosmiconfig 8 says: a list of places, looked through in each folder
//! from the project's upward to the home folder (or the root), the first one found counts. The
//! forms that need YAML or a JavaScript engine are not read; one that would count is told of and
//! ends the search, because settings of a place behind it would be the wrong ones.
//!
//! `commands.start` beats the keys at the top. `environments` and `projects` hold for `deploy`
//! alone: `start` names no environment (`"*"` stands for production) and no account, so they are
//! accepted and change nothing here.
//!
//! Source: twilio-run `src/config/global.ts`, `src/config/start.ts`, `src/flags.ts`; cosmiconfig 8.

mod settings;

use super::{shown, text};
use crate::diagnostic::{Diagnostic, Label};
use settings::Reading;
use std::path::{Path, PathBuf};

/// The settings found, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rc {
    /// The file that they come from, if there is one.
    pub file: Option<PathBuf>,
    /// Where functions are, relative to the project folder.
    pub functions_folder: Option<PathBuf>,
    /// Where assets are, relative to the project folder.
    pub assets_folder: Option<PathBuf>,
    /// The file with the variables, relative to the project folder or absolute.
    pub env: Option<PathBuf>,
    /// The port to listen on; 0 means any free one.
    pub port: Option<u16>,
    /// Whether functions also see the variables of the shell.
    pub load_local_env: Option<bool>,
    /// Which Node `deploy` would ask for, wherever the file says so.
    pub runtimes: Vec<RuntimeAsked>,
    /// Whether `deploy` takes the service's name or SID from the file.
    pub names_service: bool,
    /// Faults in the file, the first twenty at most.
    pub diagnostics: Vec<Diagnostic>,
}

/// A `runtime` of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeAsked {
    /// As it stands there: `node22`.
    pub runtime: String,
    /// The place of its key.
    pub label: Label,
}

#[derive(Clone, Copy)]
enum Form {
    /// The key `twilioserverless` of a `package.json`.
    Package,
    Json5,
    /// YAML or JavaScript.
    Unread,
}

/// Where cosmiconfig looks in each folder, in its order.
const PLACES: [(&str, Form); 18] = [
    ("package.json", Form::Package),
    (".twilioserverlessrc", Form::Json5),
    (".twilioserverlessrc.json", Form::Json5),
    (".twilioserverlessrc.yaml", Form::Unread),
    (".twilioserverlessrc.yml", Form::Unread),
    (".twilioserverlessrc.js", Form::Unread),
    (".twilioserverlessrc.ts", Form::Unread),
    (".twilioserverlessrc.cjs", Form::Unread),
    (".config/twilioserverlessrc", Form::Json5),
    (".config/twilioserverlessrc.json", Form::Json5),
    (".config/twilioserverlessrc.yaml", Form::Unread),
    (".config/twilioserverlessrc.yml", Form::Unread),
    (".config/twilioserverlessrc.js", Form::Unread),
    (".config/twilioserverlessrc.ts", Form::Unread),
    (".config/twilioserverlessrc.cjs", Form::Unread),
    ("twilioserverless.config.js", Form::Unread),
    ("twilioserverless.config.ts", Form::Unread),
    ("twilioserverless.config.cjs", Form::Unread),
];

impl Rc {
    /// The settings for the project in the folder `project`; empty if it has none.
    ///
    /// Diagnostics name files relative to `shown_from` where they lie below it.
    pub fn read(project: &Path, shown_from: &Path) -> Rc {
        Rc::search(project, std::env::home_dir().as_deref(), shown_from)
    }

    /// As [`Rc::read`], with `last` as the last folder that is looked into.
    fn search(project: &Path, last: Option<&Path>, shown_from: &Path) -> Rc {
        let project = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
        for folder in project.ancestors() {
            for (name, form) in PLACES {
                if let Some(rc) = Rc::found(folder.join(name), form, shown_from) {
                    return rc;
                }
            }
            if Some(folder) == last {
                break;
            }
        }
        Rc::default()
    }

    /// What the file says, unless it is not there, empty, or `null`.
    fn found(file: PathBuf, form: Form, shown_from: &Path) -> Option<Rc> {
        let place = shown(&file, shown_from);
        let mut rc = Rc::default();
        match text::read(&file, shown_from) {
            Ok(None) => return None,
            Ok(Some(source)) if source.trim().is_empty() => return None,
            Ok(Some(source)) => {
                let mut reading = Reading {
                    prefix: Vec::new(),
                    source,
                    place,
                    rc: &mut rc,
                };
                if !reading.whole(form) {
                    return None;
                }
            }
            // A broken package.json is told of where it is read for itself.
            Err(_) if matches!(form, Form::Package) => return None,
            Err(unreadable) => rc.diagnostics.push(unreadable),
        }
        rc.file = Some(file);
        Some(rc)
    }
}

#[cfg(test)]
mod tests;
