//! What an entry below `jcr_root` becomes in the repository.
//!
//! Follows FileVault's `Importer.prepare`.

use super::layout::repository_path;
use super::names;
use super::sniff::DOT_CONTENT_XML;

/// An entry and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// What it becomes.
    pub entry: Entry,
    /// Whether its path is spoofed; see [`super::layout::RepositoryPath`].
    pub spoofed: bool,
}

/// What an entry becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A docview file.
    DocView {
        /// The path of its root node.
        root_path: String,
    },
    /// A plain file, which becomes an `nt:file` node.
    File {
        /// The path of the node.
        path: String,
    },
    /// A node type definition: an `nt:file`, whose types are registered too if its path is one for that.
    Cnd {
        /// The path of the `nt:file`.
        path: String,
    },
    /// The value of a binary property.
    Binary {
        /// The path of the folder that it lies in; the property belongs to the nearest node at or above it.
        path: String,
        /// The property's name.
        property: String,
        /// Which of several values it is.
        index: Option<u32>,
    },
    /// A folder. Without a `.content.xml` it only becomes a node where none is.
    Directory {
        /// The path of the node.
        path: String,
    },
    /// Nothing: the importer skips bookkeeping of the `vlt` tool.
    Skipped,
}

impl Entry {
    /// The repository path of the node that the entry makes or belongs to.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::DocView { root_path: path }
            | Self::File { path }
            | Self::Cnd { path }
            | Self::Binary { path, .. }
            | Self::Directory { path } => Some(path),
            Self::Skipped => None,
        }
    }
}

/// Maps the entry at `path` below `jcr_root`; a final `/` makes it a folder. `is_docview` is asked only where it
/// matters: whether the content of an `.xml` file is docview ([`super::is_docview_bytes`]).
pub fn map(path: &str, is_docview: impl FnOnce() -> bool) -> Mapped {
    if path.split('/').any(is_skipped) {
        return Mapped { entry: Entry::Skipped, spoofed: false };
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = repository_path(folder);
    if file.is_empty() {
        return Mapped { entry: Entry::Directory { path: parent.path }, spoofed: parent.spoofed };
    }
    if file == DOT_CONTENT_XML {
        return Mapped { entry: Entry::DocView { root_path: parent.path }, spoofed: parent.spoofed };
    }
    let name = names::to_repository(file);
    let spoofed = parent.spoofed || name.contains('/') || matches!(name.as_ref(), "." | "..");
    let child = |name: &str| match parent.path.as_str() {
        "/" => format!("/{name}"),
        path => format!("{path}/{name}"),
    };
    let entry = match split_extension(&name) {
        (base, ".xml") if is_docview() => Entry::DocView { root_path: child(base) },
        (_, ".cnd") => Entry::Cnd { path: child(&name) },
        (base, ".binary") => {
            let (property, index) = split_index(base);
            Entry::Binary { path: parent.path, property: property.to_owned(), index }
        }
        _ => Entry::File { path: child(&name) },
    };
    Mapped { entry, spoofed }
}

/// Whether the importer leaves out files and folders of this name.
fn is_skipped(name: &str) -> bool {
    name == ".vlt" || name.starts_with(".vlt-")
}

/// Splits before the last dot, unless the name starts with it.
fn split_extension(name: &str) -> (&str, &str) {
    name.rfind('.').filter(|dot| *dot > 0).map_or((name, ""), |dot| name.split_at(dot))
}

/// Splits `name[0]`.
fn split_index(name: &str) -> (&str, Option<u32>) {
    let split = || {
        let (property, index) = name.strip_suffix(']')?.rsplit_once('[')?;
        Some((property, index.parse().ok()?))
    };
    split().map_or((name, None), |(property, index)| (property, Some(index)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, docview: bool) -> Entry {
        map(path, || docview).entry
    }

    #[test]
    fn maps_entries_as_the_importer() {
        let docview = |path: &str| Entry::DocView { root_path: path.into() };
        let file = |path: &str| Entry::File { path: path.into() };
        assert_eq!(entry("apps/x/.content.xml", false), docview("/apps/x"));
        assert_eq!(entry(".content.xml", false), docview("/"));
        assert_eq!(entry("apps/a.jpg.dir/.content.xml", false), docview("/apps/a.jpg"));
        assert_eq!(entry("apps/_cq_x.xml", true), docview("/apps/cq:x"));
        assert_eq!(entry("apps/_cq_x.xml", false), file("/apps/cq:x.xml"));
        assert_eq!(entry("a.xml", true), docview("/a"));
        assert_eq!(entry("apps/x.XML", true), file("/apps/x.XML"));
        assert_eq!(entry("apps/.xml", true), file("/apps/.xml"));
        assert_eq!(entry("apps/x.config", false), file("/apps/x.config"));
        assert_eq!(entry("apps/x/", false), Entry::Directory { path: "/apps/x".into() });
        assert_eq!(entry("apps/x/nodes.cnd", false), Entry::Cnd { path: "/apps/x/nodes.cnd".into() });
        assert_eq!(entry("apps/.vlt", false), Entry::Skipped);
        assert_eq!(entry("apps/.vlt-sync/x.xml", true), Entry::Skipped);
        let binary = |property: &str, index| Entry::Binary { path: "/apps/x".into(), property: property.into(), index };
        assert_eq!(entry("apps/x/_jcr_data.binary", false), binary("jcr:data", None));
        assert_eq!(entry("apps/x/data[2].binary", false), binary("data", Some(2)));
    }

    #[test]
    fn reports_spoofed_names() {
        assert!(map("apps/a%2fb.xml", || false).spoofed);
        assert!(map("apps/%2e%2e/b.xml", || false).spoofed);
        assert!(!map("apps/a.xml", || false).spoofed);
    }

    #[test]
    fn agrees_with_the_root_path_of_upstream() {
        for vector in crate::vectors::read("docview-doc.jsonl") {
            let (Some(path), text) = (vector.input["path"].as_str(), vector.input["text"].as_str().unwrap()) else {
                continue;
            };
            let mapped = map(path, || crate::is_docview(text)).entry;
            let root = match &mapped {
                Entry::DocView { root_path } => Some(root_path.as_str()),
                _ => None,
            };
            assert_eq!(root, vector.expected.as_str(), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(path in "[a-b_%./\\[\\]0-9fé]{0,20}(\\.xml|\\.binary|\\.cnd|\\.dir)?", docview: bool) {
            map(&path, || docview);
            crate::layout::locate(&path);
        }
    }
}
