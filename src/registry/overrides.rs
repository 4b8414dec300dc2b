//! Visibilities that are tried out, until the next restart, in place of those that the files say.

use crate::config::Config;
use crate::visibility::Visibility;
use std::collections::BTreeMap;

/// What is tried out, by service and path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(BTreeMap<(String, String), Override>);

/// One visibility that is tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Override {
    /// What holds.
    pub tried: Visibility,
    /// What the files say.
    pub written: Visibility,
}

impl Overrides {
    /// What is tried out there, if anything is.
    pub fn get(&self, service: &str, path: &str) -> Option<Override> {
        let key = (service.to_string(), path.to_string());
        self.0.get(&key).copied()
    }

    /// Tries out another visibility there, or no more.
    pub(crate) fn set(&mut self, service: &str, path: &str, tried: Option<Override>) {
        let key = (service.to_string(), path.to_string());
        match tried {
            Some(tried) => self.0.insert(key, tried),
            None => self.0.remove(&key),
        };
    }

    /// `config`, as the files have it, with what is tried out. What the files have come to say
    /// themselves is tried out no more; what is for a path that is not there waits for its return.
    pub(crate) fn apply(&mut self, config: &mut Config) {
        self.0.retain(
            |(service, path), tried| match visibility_in(config, service, path) {
                Some(written) => {
                    let is_other = *written != tried.tried;
                    tried.written = std::mem::replace(written, tried.tried);
                    is_other
                }
                None => true,
            },
        );
    }
}

/// The visibility of what is at `path` of `service`.
pub(crate) fn visibility_in<'c>(
    config: &'c mut Config,
    service: &str,
    path: &str,
) -> Option<&'c mut Visibility> {
    let mut services = config.services.iter_mut();
    let service = services.find(|known| known.name.as_str() == service)?;
    let functions = service.functions.iter_mut();
    let functions = functions.map(|function| (&function.path, &mut function.visibility));
    let assets = service.assets.iter_mut();
    let assets = assets.map(|asset| (&asset.path, &mut asset.visibility));
    let mut all = functions.chain(assets);
    all.find(|(known, _)| known.as_str() == path)
        .map(|(_, visibility)| visibility)
}
