//! What in a service's files the cloud would take otherwise, told with each exchange.

use super::environment::{LONGEST_NAME, LONGEST_VALUE, context_size};
use super::load::Loader;
use super::resources::Resources;
use super::{Code, Origin, Variables, sources};
use crate::parity::{Bound, Packages, ParityWarning, Rule};
use crate::spelling::quoted;
use std::fs;
use std::path::Path;

/// How many variables are told of: every exchange bears them.
const MOST_VARIABLES: usize = 3;

impl Loader<'_> {
    /// The warnings about a service with these variables, and with a `package.json` in `root`; and the
    /// packages that it lists.
    pub(super) fn parity(
        &mut self,
        variables: &Variables,
        root: Option<&Path>,
        resources: &Resources,
    ) -> (Vec<ParityWarning>, Option<Packages>) {
        let mut warnings: Vec<_> = too_large(variables).take(MOST_VARIABLES).collect();
        warnings.extend(Bound::CONTEXT.judge(context_size(variables), None));
        let has_javascript = resources
            .functions
            .iter()
            .any(|function| matches!(function.code, Code::JavaScript(_)));
        if !has_javascript {
            return (warnings, None);
        }
        let folder = root.unwrap_or(self.folder);
        self.watched.push(folder.join("package.json"));
        let Some((packages, lacks_request)) = sources::packages(folder, self.folder) else {
            return (warnings, None);
        };
        if lacks_request && root.is_some() && reads_request(resources) {
            warnings.push(ParityWarning::new(Rule::RuntimeHandler, LACKS_REQUEST));
        }
        (warnings, Some(packages))
    }
}

/// How many functions are looked through for what they read of an event.
const MOST_READ: usize = 500;

/// Whether a function's text has `request` in it, as one must that reads headers or cookies. Where that
/// is not known, it counts as such.
fn reads_request(resources: &Resources) -> bool {
    let mut files = resources.functions.iter().filter_map(|f| f.code.file());
    let mut read = 0;
    files.any(|file| {
        read += 1;
        read > MOST_READ
            || fs::read(file).is_ok_and(|text| text.windows(7).any(|w| w == b"request"))
    })
}

/// What is said where a `package.json` names no runtime handler that has `event.request`.
pub(crate) const LACKS_REQUEST: &str = "package.json does not list @twilio/runtime-handler from 1.2.0 on: without \
    it the cloud takes a version of its own choice, and event.request, which a function reads, needs 1.2.0; \
    npm install --save-exact @twilio/runtime-handler";

/// What of a variable is longer than the cloud takes, in bytes, and how long it may be.
pub(super) fn oversize(name: &str, value: &str) -> Option<(&'static str, usize, usize)> {
    let sizes = [
        ("name", name.len(), LONGEST_NAME),
        ("value", value.len(), LONGEST_VALUE),
    ];
    sizes.into_iter().find(|(_, size, most)| size > most)
}

/// Variables that the cloud does not take. Those of the process count not: the cloud has them not.
fn too_large(variables: &Variables) -> impl Iterator<Item = ParityWarning> {
    let own = variables.iter().filter(|v| v.origin != Origin::Process);
    own.filter_map(|variable| {
        let (what, size, most) = oversize(&variable.name, &variable.value)?;
        let name = quoted(&variable.name);
        Some(ParityWarning::new(
            Rule::VariableSize,
            format!(
                "the {what} of the variable {name} has {size} bytes: Twilio takes at most {most}; \
                 move it to a private asset"
            ),
        ))
    })
}
