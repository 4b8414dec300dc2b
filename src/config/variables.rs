//! A service's variables, each with the place where it was set.
//!
//! Values are secrets as often as not: `Debug` shows names and origins only, and whoever prints a
//! value does so on purpose.

use super::Place;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Names and values in order. Cloning is cheap.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(Arc<[Variable]>);

/// One variable.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name, as `context` has it.
    pub name: String,
    /// Its value: always text.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
}

/// Where a variable was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Under `env` in `services.toml`.
    ServicesToml(Place),
    /// In an env file.
    EnvFile(Place),
    /// In the environment of the server's own process (`--load-local-env`).
    Process,
}

impl Origin {
    /// The line that sets the variable, if it stands in a file.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Origin::ServicesToml(place) | Origin::EnvFile(place) => Some(place),
            Origin::Process => None,
        }
    }

    /// The file that sets the variable, if it is one.
    pub fn file(&self) -> Option<&Path> {
        self.place().map(|place| place.file.as_path())
    }
}

impl Variables {
    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|v| v.value.as_str())
    }

    /// The variable called `name`, with its origin.
    pub fn find(&self, name: &str) -> Option<&Variable> {
        self.0.iter().find(|v| v.name == name)
    }

    /// All of them, each name once, in the order in which the names first appeared (as JavaScript's
    /// `Object.assign` would have it).
    pub fn iter(&self) -> std::slice::Iter<'_, Variable> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A later variable beats an earlier one of the same name, and takes its place in the order.
impl FromIterator<Variable> for Variables {
    fn from_iter<I: IntoIterator<Item = Variable>>(variables: I) -> Self {
        let mut all: Vec<Variable> = Vec::new();
        let mut positions: HashMap<String, usize> = HashMap::new();
        for variable in variables {
            match positions.get(&variable.name) {
                Some(&position) => all[position] = variable,
                None => {
                    positions.insert(variable.name.clone(), all.len());
                    all.push(variable);
                }
            }
        }
        Variables(all.into())
    }
}

impl<'a> IntoIterator for &'a Variables {
    type Item = &'a Variable;
    type IntoIter = std::slice::Iter<'a, Variable>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=… ({:?})", self.name, self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> Variable {
        Variable {
            name: name.into(),
            value: value.into(),
            origin: Origin::Process,
        }
    }

    #[test]
    fn a_later_variable_beats_an_earlier_one_in_its_place() {
        let variables: Variables = [("A", "1"), ("B", "2"), ("A", "3")]
            .map(|(name, value)| variable(name, value))
            .into_iter()
            .collect();
        let pairs: Vec<_> = variables
            .iter()
            .map(|v| (v.name.as_str(), v.value.as_str()))
            .collect();
        assert_eq!(pairs, [("A", "3"), ("B", "2")]);
        assert_eq!(variables.get("A"), Some("3"));
        assert_eq!(variables.get("C"), None);
    }

    #[test]
    fn debug_output_hides_values() {
        let variables: Variables = [variable("JWT_SECRET", "s3cret")].into_iter().collect();
        assert_eq!(format!("{variables:?}"), "{JWT_SECRET=… (Process)}");
    }
}
