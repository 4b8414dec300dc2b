//! Names of services.
//!
//! Source: Twilio docs, "Create a Service" (letters, digits and dashes, fewer than 50 characters).

use std::fmt;
use std::sync::Arc;

/// The longest name of a service, in characters.
const MAX_LENGTH: usize = 49;

/// A valid name of a service: ASCII letters, digits and dashes, 1 to 49 of them. Case
/// counts, as it does in the path that the name begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceName(Arc<str>);

/// Why a text is not a [`ServiceName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServiceName {
    /// Nothing at all.
    #[error("a service's name cannot be empty")]
    Empty,
    /// A character other than an ASCII letter, a digit or a dash.
    #[error("a service's name has letters, digits and dashes only; {0:?} is none of them")]
    ForbiddenCharacter(char),
    /// Longer than the cloud takes.
    #[error("a service's name has fewer than 50 characters; this one has {0}")]
    TooLong(usize),
}

impl ServiceName {
    /// Checks `name` against Twilio's rules.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks.
    pub fn new(name: &str) -> Result<Self, InvalidServiceName> {
        if let Some(c) = name
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '-')
        {
            return Err(InvalidServiceName::ForbiddenCharacter(c));
        }
        match name.len() {
            0 => Err(InvalidServiceName::Empty),
            1..=MAX_LENGTH => Ok(ServiceName(name.into())),
            longer => Err(InvalidServiceName::TooLong(longer)),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::borrow::Borrow<str> for ServiceName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilios_rules_decide() {
        for good in ["a", "A-1", "-", "auth", &"x".repeat(49)] {
            assert_eq!(
                ServiceName::new(good).map(|n| n.to_string()),
                Ok(good.into())
            );
        }
        for (bad, why) in [
            ("", InvalidServiceName::Empty),
            ("a b", InvalidServiceName::ForbiddenCharacter(' ')),
            ("a_b", InvalidServiceName::ForbiddenCharacter('_')),
            ("é", InvalidServiceName::ForbiddenCharacter('é')),
            ("a/b", InvalidServiceName::ForbiddenCharacter('/')),
            (&"x".repeat(50), InvalidServiceName::TooLong(50)),
        ] {
            assert_eq!(ServiceName::new(bad), Err(why));
        }
    }
}
