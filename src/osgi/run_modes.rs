//! Run modes: placeholder of the contract, to be replaced by the real reader.

use std::fmt;

/// A run-mode condition: alternatives of conjunctions. The default is no condition: always active.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunModes(Vec<String>);

impl RunModes {
    /// Reads a spec such as `author.prod`.
    pub fn parse(spec: &str) -> Self {
        Self(spec.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect())
    }

    /// The alternatives, each written `author.-prod`; empty if there is no condition.
    pub fn alternatives(&self) -> Vec<String> {
        self.0.clone()
    }

    /// Whether some set of run modes satisfies both.
    pub fn can_be_active_with(&self, _other: &Self) -> bool {
        true
    }
}

impl fmt::Display for RunModes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}
