//! What in a service's files the cloud would take otherwise, told with each exchange.

use super::environment::{LONGEST_NAME, LONGEST_VALUE, context_size};
use super::load::Loader;
use super::resources::Resources;
use super::{Code, Origin, Variables, sources};
use crate::parity::{Bound, ParityWarning, Rule};
use crate::spelling::quoted;
use std::path::Path;

/// How many variables are told of: every exchange bears them.
const MOST_VARIABLES: usize = 3;

impl Loader<'_> {
    /// The warnings about a service with these variables, and with a `package.json` in `root`.
    pub(super) fn parity(
        &self,
        variables: &Variables,
        root: Option<&Path>,
        resources: &Resources,
    ) -> Vec<ParityWarning> {
        let mut warnings: Vec<_> = too_large(variables).take(MOST_VARIABLES).collect();
        warnings.extend(Bound::CONTEXT.judge(context_size(variables), None));
        let has_javascript = resources
            .functions
            .iter()
            .any(|function| matches!(function.code, Code::JavaScript(_)));
        if let Some(root) = root
            && has_javascript
            && sources::lacks_runtime_handler(root, self.folder)
        {
            warnings.push(ParityWarning::new(
                Rule::RuntimeHandler,
                "package.json does not list @twilio/runtime-handler: the cloud takes a version of its \
                 own choice, and event.request needs 1.2.0; npm install --save-exact \
                 @twilio/runtime-handler",
            ));
        }
        warnings
    }
}

/// Variables that the cloud does not take. Those of the process count not: the cloud has them not.
fn too_large(variables: &Variables) -> impl Iterator<Item = ParityWarning> {
    let own = variables.iter().filter(|v| v.origin != Origin::Process);
    own.filter_map(|variable| {
        let (what, size, most) = match (variable.name.len(), variable.value.len()) {
            (name, _) if name > LONGEST_NAME => ("name", name, LONGEST_NAME),
            (_, value) if value > LONGEST_VALUE => ("value", value, LONGEST_VALUE),
            _ => return None,
        };
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
