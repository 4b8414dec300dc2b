//! Whether a version of Node is one of those that `engines.node` names.
//!
//! The forms that projects write: `18`, `20.x`, `^18.2`, `~20.1.0`, `>=18 <23`, `18 - 22`, and
//! several with `||`. What else npm knows (prereleases) is not understood, which is said. A crate
//! for it was not worth a dependency.

/// `None` where the range is not understood.
pub(crate) fn admits(range: &str, version: &str) -> Option<bool> {
    let version = Partial::parse(version.trim_start_matches('v'))?.lowest();
    let mut admitted = false;
    for alternative in range.split("||") {
        admitted |= all(alternative.trim(), version)?;
    }
    Some(admitted)
}

type Version = [u64; 3];

/// The comparisons of one alternative, which all must hold.
fn all(text: &str, version: Version) -> Option<bool> {
    if let Some((from, to)) = text.split_once(" - ") {
        let (from, to) = (Partial::parse(from.trim())?, Partial::parse(to.trim())?);
        return Some(version >= from.lowest() && to.above().is_none_or(|above| version < above));
    }
    // `>= 18` is one comparison.
    let mut joined = text.to_string();
    for operator in [">=", "<=", ">", "<", "=", "^", "~"] {
        joined = joined.replace(&format!("{operator} "), operator);
    }
    let mut holds = true;
    for comparison in joined.split_whitespace() {
        holds &= one(comparison, version)?;
    }
    Some(holds)
}

fn one(comparison: &str, version: Version) -> Option<bool> {
    let operators = [">=", "<=", ">", "<", "=", "^", "~"];
    let (operator, rest) = operators
        .into_iter()
        .find_map(|operator| Some((operator, comparison.strip_prefix(operator)?)))
        .unwrap_or(("", comparison));
    let partial = Partial::parse(rest.trim_start_matches('v'))?;
    let from = version >= partial.lowest();
    let below = |above: Option<Version>| above.is_none_or(|above| version < above);
    Some(match operator {
        ">=" => from,
        ">" => !below(partial.above()),
        "<" => !from,
        "<=" => below(partial.above()),
        "^" => from && below(partial.next_at(0)),
        "~" => from && below(partial.next_at(1)),
        _ => from && below(partial.above()),
    })
}

/// A version of which the last parts may be open: `18`, `18.x`, `18.2`, `*`.
struct Partial(Vec<u64>);

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::with_capacity(3);
        let mut open = false;
        for part in text.split('.') {
            match part {
                "x" | "X" | "*" => open = true,
                _ if open => return None,
                part => parts.push(part.parse().ok()?),
            }
        }
        (parts.len() <= 3).then_some(Partial(parts))
    }

    fn lowest(&self) -> Version {
        std::array::from_fn(|at| self.0.get(at).copied().unwrap_or(0))
    }

    /// The first version above all that it stands for; `None` if it stands for all.
    fn above(&self) -> Option<Version> {
        self.next_at(self.0.len().checked_sub(1)?)
    }

    /// The next version in which the part `at`, or the last given one before it, is one higher.
    fn next_at(&self, at: usize) -> Option<Version> {
        let at = at.min(self.0.len().checked_sub(1)?);
        let lowest = self.lowest();
        Some(std::array::from_fn(|part| match part.cmp(&at) {
            std::cmp::Ordering::Less => lowest[part],
            std::cmp::Ordering::Equal => lowest[part].saturating_add(1),
            std::cmp::Ordering::Greater => 0,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_admit_as_npm_has_them() {
        for (range, version, admitted) in [
            ("18", "v18.20.1", Some(true)),
            ("18", "v19.0.0", Some(false)),
            ("18.x", "v18.0.0", Some(true)),
            ("18.x.x", "v18.9.9", Some(true)),
            ("*", "v30.0.0", Some(true)),
            ("", "v30.0.0", Some(true)),
            (">=18", "v20.0.0", Some(true)),
            (">= 18", "v17.9.9", Some(false)),
            (">18", "v18.9.9", Some(false)),
            (">18.2.0", "v18.2.1", Some(true)),
            ("<20", "v20.0.0", Some(false)),
            ("<=20", "v20.9.9", Some(true)),
            ("<=20", "v21.0.0", Some(false)),
            (">=18 <21", "v20.20.2", Some(true)),
            (">=18 <20", "v20.20.2", Some(false)),
            ("^18.2", "v18.1.0", Some(false)),
            ("^18.2", "v18.9.0", Some(true)),
            ("^18.2", "v19.0.0", Some(false)),
            ("~20.1", "v20.1.7", Some(true)),
            ("~20.1", "v20.2.0", Some(false)),
            ("16 || 18 || >=22", "v20.0.0", Some(false)),
            ("16 || 18 || >=22", "v22.1.0", Some(true)),
            ("18 - 20", "v20.9.0", Some(true)),
            ("18 - 20", "v21.0.0", Some(false)),
            ("=20.1.0", "v20.1.0", Some(true)),
            ("lts/*", "v20.0.0", None),
            ("20.0.0-rc.1", "v20.0.0", None),
            ("18", "not a version", None),
        ] {
            assert_eq!(admits(range, version), admitted, "{range} {version}");
        }
    }
}
