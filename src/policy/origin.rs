//! Where what a configuration says stands in it, and what its globs are relative to.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The name of the file that is looked for.
pub(super) const FILE_NAME: &str = "aemlint.toml";

/// Where an entry of a configuration stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    /// The file, as the user would name it.
    pub file: Arc<str>,
    /// The line that it starts in.
    pub line: u32,
    /// The directory of a file that another one extends, absolute: globs of the entry are relative to it if the project lies
    /// in it. `None` for the configuration of the project itself, and for what is packed.
    pub(super) directory: Option<Arc<Path>>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A configuration file: what it is called, where its lines are, and what its globs are relative to.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) name: Arc<str>,
    pub(super) directory: Option<Arc<Path>>,
    line_ends: Vec<usize>,
}

impl Source {
    pub(super) fn new(name: Arc<str>, text: &str, directory: Option<Arc<Path>>) -> Self {
        Self { name, directory, line_ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// The place of what begins at `offset` of the text.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        let before = self.line_ends.partition_point(|&end| end < offset);
        let line = u32::try_from(before + 1).unwrap_or(u32::MAX);
        Origin { file: self.name.clone(), line, directory: self.directory.clone() }
    }
}
