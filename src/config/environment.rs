//! A service's variables.
//!
//! What beats what, from weak to strong: the process's variables (`--load-local-env`), the env file,
//! `env`. That is twilio-run's order with `services.toml` on top. Sizes: Twilio's docs, "Environment
//! variables", and error 82006.

use super::load::Loader;
use super::parity::oversize;
use super::service::ServiceLayout;
use super::source::Source;
use super::text::Unreadable;
use super::{Origin, ServiceConfig, Variable, Variables, file, secrets, sources, text};
use crate::diagnostic::{Diagnostic, Severity};
use crate::parity::Rule;
use crate::spelling::quoted;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use toml::Spanned;

/// The longest name of a variable that Twilio takes, in bytes.
pub(super) const LONGEST_NAME: usize = 128;
/// The longest value of a variable that Twilio takes, in bytes.
pub(super) const LONGEST_VALUE: usize = 450;

/// An env file that was read.
pub(super) struct EnvFile {
    source: Source,
    /// With the line of each.
    variables: Vec<crate::dotenv::Variable>,
}

impl Loader<'_> {
    /// All variables of a service.
    pub(super) fn variables(
        &mut self,
        source: &Source,
        written: &file::Service,
        layout: &ServiceLayout,
    ) -> Variables {
        let mut all: Vec<Variable> = Vec::new();
        let from_process = match self.options.load_local_env || layout.settings.load_local_env {
            true => self.options.process_variables.as_slice(),
            false => &[],
        };
        for (name, value) in from_process {
            all.push(Variable {
                name: name.clone(),
                value: value.clone(),
                origin: Origin::Process,
            });
        }
        if let Some(env_file) = self.env_file_of(source, written, layout) {
            for variable in &env_file.variables {
                all.push(Variable {
                    name: variable.name.clone(),
                    value: variable.value.clone(),
                    origin: Origin::EnvFile(super::Place {
                        file: env_file.source.file.clone(),
                        line: variable.line,
                    }),
                });
            }
        }
        for (name, value) in &written.env {
            if self.is_variable(source, name, value) {
                all.push(Variable {
                    name: name.get_ref().clone(),
                    value: value.get_ref().clone(),
                    origin: Origin::ServicesToml(source.place(name.span().start)),
                });
            }
        }
        all.into_iter().collect()
    }

    /// Whether a process can have the variable at all.
    fn is_variable(
        &mut self,
        source: &Source,
        name: &Spanned<String>,
        value: &Spanned<String>,
    ) -> bool {
        let text = name.get_ref();
        let fault = if text.is_empty() || text.contains(['=', '\0']) {
            let title = format!("{} cannot name a variable", quoted(text));
            let fault = source.error("invalid-variable", title, name.span(), "");
            fault.help("a name has at least one character, and no `=` among them")
        } else if value.get_ref().contains('\0') {
            let title = format!("the value of {} has a NUL character", quoted(text));
            let fault = source.error("invalid-variable", title, name.span(), "");
            fault.help("no process can have such a variable; encode it, as base64 for one")
        } else {
            warn_of_size(self, source, text, value.get_ref(), name.span());
            return true;
        };
        self.faults.push(fault);
        false
    }

    /// The env file that a service uses, if there is one.
    fn env_file_of(
        &mut self,
        source: &Source,
        written: &file::Service,
        layout: &ServiceLayout,
    ) -> Option<Rc<EnvFile>> {
        if let Some(given) = &self.options.env_file {
            let missing = Diagnostic::warning("missing-env-file", "");
            return self.env_file(&self.folder.join(given), Some(missing));
        }
        if let Some(named) = &written.env_file {
            let missing = source.error("missing-env-file", "", named.span(), "");
            return self.env_file(&self.folder.join(named.get_ref()), Some(missing));
        }
        if let Some(named) = &layout.settings.env_file {
            let missing = Diagnostic::warning("missing-env-file", "");
            return self.env_file(named, Some(missing));
        }
        let root = layout.root.as_deref().unwrap_or(self.folder);
        self.env_file(&root.join(".env"), None)
    }

    /// Reads the env file at `path`, once. `missing` is what to report, its title and help apart, if
    /// there is none.
    fn env_file(&mut self, path: &Path, missing: Option<Diagnostic>) -> Option<Rc<EnvFile>> {
        let pointed_at = missing.as_ref().is_some_and(|m| !m.labels.is_empty());
        if let Some(known) = self.env_files.get(path)
            && (known.is_some() || !pointed_at)
        {
            return known.clone();
        }
        self.watched.push(path.to_path_buf());
        let shown = self.shown(path);
        let read = match text::read(path) {
            Ok(text) => Some(Rc::new(self.parsed_env_file(&shown, &text))),
            Err(Unreadable::Absent) if missing.is_none() => None,
            Err(why) => {
                // A `.env` that nobody named may be a folder of something else, such as Python's.
                let harmless = missing.is_none() && matches!(why, Unreadable::Folder);
                let mut fault = missing.unwrap_or_else(|| Diagnostic::warning("", ""));
                if !matches!(why, Unreadable::Absent) {
                    fault.code = "unreadable-file";
                    if !harmless {
                        fault.severity = Severity::Error;
                    }
                }
                if fault.labels.is_empty() {
                    fault = fault.in_file(&shown, "");
                }
                fault.title = format!("the env file `{}` {why}", shown.display());
                self.faults.push(fault.help(why.help()));
                None
            }
        };
        self.env_files.insert(path.to_path_buf(), read.clone());
        read
    }

    fn parsed_env_file(&mut self, shown: &Path, text: &str) -> EnvFile {
        let source = Source::new(shown.to_path_buf(), secrets::mask_env(text));
        let parsed = sources::env_file(text);
        for difference in &parsed.differences {
            let title = difference.why.to_string();
            let span = source.line(difference.line);
            let fault = source.warning("env-file-differs", title, span, "");
            self.faults
                .push(fault.help("Twilio's tools read the file with dotenv 6, and so does this"));
        }
        if let Some(first) = parsed.passed_over.first() {
            let title = match parsed.passed_over.len() {
                1 => "this line sets no variable".to_string(),
                count => format!("{count} lines set no variable; this is the first"),
            };
            let fault = source.warning("env-file-line", title, source.line(*first), "");
            self.faults.push(fault.help(
                "write NAME=value, the name in letters, digits, `_`, `.` and `-`; a remark begins with `#`",
            ));
        }
        for variable in &parsed.variables {
            let span = source.line(variable.line);
            warn_of_size(self, &source, &variable.name, &variable.value, span);
        }
        EnvFile {
            source,
            variables: parsed.variables,
        }
    }

    /// Warns if the context that a service's functions get is larger than the cloud's.
    pub(super) fn check_context_size(&mut self, service: &ServiceConfig, limit: Option<usize>) {
        let variables = &service.variables;
        let size = context_size(variables);
        let own = variables.iter().filter(|v| v.origin.file().is_some());
        let largest = own.max_by_key(|v| v.name.len() + v.value.len());
        let (Some(limit), Some(largest)) = (limit, largest) else {
            return;
        };
        if size <= limit {
            return;
        }
        let title = format!(
            "the variables of {} come to {size} bytes; a context has at most {limit}",
            quoted(service.name.as_str())
        );
        let mut fault = Diagnostic::warning(Rule::ContextSize.name(), title);
        if let Some(file) = largest.origin.file() {
            fault = fault.in_file(file, "");
        }
        let help = format!(
            "the cloud answers with error 82006; the largest is {}: move it to a private asset",
            quoted(&largest.name)
        );
        self.faults.push(fault.help(help));
    }
}

/// Bytes of `variables` as JSON. Those of the process count not: the cloud has them not.
pub(super) fn context_size(variables: &Variables) -> usize {
    let own = variables.iter().filter(|v| v.origin != Origin::Process);
    // Two braces, and for each a colon and, the last one apart, a comma.
    let size = |text: &str| serde_json::to_string(text).map_or(0, |json| json.len());
    own.map(|v| size(&v.name) + size(&v.value) + 2)
        .sum::<usize>()
        + 1
}

fn warn_of_size(
    loader: &mut Loader<'_>,
    source: &Source,
    name: &str,
    value: &str,
    span: Range<usize>,
) {
    let Some((what, size, most)) = oversize(name, value) else {
        return;
    };
    let title = format!("the {what} of {} has {size} bytes", quoted(name));
    let fault = source.warning(Rule::VariableSize.name(), title, span, "");
    let help = format!("Twilio takes {most} at most; move it to a private asset");
    loader.faults.push(fault.help(help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contexts_size_is_that_of_its_json() {
        let variable = |name: &str, origin| Variable {
            name: name.into(),
            value: "x\"\n".into(),
            origin,
        };
        let place = super::super::Place {
            file: "f".into(),
            line: 1,
        };
        let variables = [
            variable("A", Origin::ServicesToml(place.clone())),
            variable("BC", Origin::EnvFile(place)),
            variable("HOME", Origin::Process),
        ];
        assert_eq!(
            context_size(&variables.into_iter().collect()),
            r#"{"A":"x\"\n","BC":"x\"\n"}"#.len()
        );
    }
}
