//! Where a file stands in its package: which package it belongs to, and the repository path of what it holds.

use jcr_filevault::names;
use std::sync::Arc;
use zip_audit::{Container, ContainerKind, Place};

/// A package: a container and the folder in it that holds `jcr_root` and `META-INF`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root {
    /// The archive; for a tree, the folder on disk with an empty chain.
    pub place: Place,
    /// The folder inside the archive, without a final `/`; empty for its top and for trees.
    pub folder: String,
    /// Whether it is a folder on disk.
    pub tree: bool,
}

/// Where a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Below `jcr_root`.
    Content {
        /// The package.
        root: Root,
        /// The path below `jcr_root`, as the file names say it, without a leading `/`.
        below: String,
    },
    /// Below `META-INF`.
    MetaInf {
        /// The package.
        root: Root,
        /// The path below `META-INF`, without a leading `/`.
        below: String,
    },
    /// Anywhere else: the rest of a bundle, of a project, of an archive that is no package.
    Elsewhere {
        /// The archive or the folder on disk.
        root: Root,
    },
}

impl Location {
    /// The location of the file `name` in `container`, which is at `place`.
    pub fn of(container: &Container, name: &str, place: &Place) -> Self {
        // The path of an argument may itself lead into a tree: `check ui.apps/src/main/content/jcr_root/apps`.
        let tree = container.kind == ContainerKind::Directory;
        let on_disk = container.path_on_disk(place);
        let path = if tree { on_disk.as_ref() } else { name };
        let root = |folder: &str| {
            if tree {
                Root { place: Place::on_disk(folder), folder: String::new(), tree }
            } else {
                Root { place: container.place.clone(), folder: folder.to_owned(), tree }
            }
        };
        if let Some((folder, below)) = split_at_folder(path, "jcr_root") {
            return Self::Content { root: root(folder), below: below.to_owned() };
        }
        match split_at_folder(path, "META-INF") {
            Some((folder, below)) => Self::MetaInf { root: root(folder), below: below.to_owned() },
            None => Self::Elsewhere { root: root("") },
        }
    }

    /// The package or container.
    pub fn root(&self) -> &Root {
        match self {
            Self::Content { root, .. } | Self::MetaInf { root, .. } | Self::Elsewhere { root } => root,
        }
    }

    /// The folder on disk that holds `jcr_root`, if the file belongs to a content module of a source tree.
    pub(crate) fn module(&self) -> Option<&str> {
        let is_content = match self {
            Self::Content { .. } => true,
            Self::MetaInf { below, .. } => below.starts_with("vault/"),
            Self::Elsewhere { .. } => false,
        };
        (is_content && self.root().tree).then(|| self.root().place.file.as_ref())
    }

    /// The folder on disk that holds `jcr_root`, of a module in which the archive that `container` is, or lies in, is a file.
    pub(crate) fn module_around(container: &Container) -> Option<Arc<str>> {
        let mut outermost = container;
        while let Some(parent) = &outermost.parent {
            outermost = parent;
        }
        let path = outermost.path_on_disk(&outermost.place);
        split_at_folder(&path, "jcr_root").map(|(folder, _)| folder.into())
    }

    /// The repository path of the file itself, as FileVault names it (`nt:file`).
    pub fn file_path(&self) -> Option<String> {
        match self {
            Self::Content { below, .. } => Some(repository_path(below)),
            _ => None,
        }
    }
}

/// The repository path of the file at `below` under `jcr_root`.
fn repository_path(below: &str) -> String {
    match below.rsplit_once('/') {
        Some((folder, name)) => {
            let (folder, name) = (names::path_to_repository(folder, true), names::to_repository(name));
            ["/", folder.trim_matches('/'), "/", &name].concat()
        }
        None => format!("/{}", names::to_repository(below)),
    }
}

/// Splits a path at its first segment of that name: what is before, without a final `/`, and what is below.
fn split_at_folder<'p>(path: &'p str, folder: &str) -> Option<(&'p str, &'p str)> {
    let mut at = 0;
    for segment in path.split('/') {
        let end = at + segment.len();
        if segment == folder {
            return Some((path.get(..at)?.trim_end_matches('/'), path.get(end + 1..)?));
        }
        at = end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(kind: ContainerKind, file: &str) -> Container {
        Container { place: Place::on_disk(file), parent: None, kind, depth: 0, input: 0, start: None }
    }

    #[test]
    fn a_tree_is_found_in_the_path_on_disk() {
        let directory = container(ContainerKind::Directory, "ui.apps/src/main/content");
        let place = Place::on_disk("ui.apps/src/main/content/jcr_root/apps/x/config.author/a.config");
        let location = Location::of(&directory, "jcr_root/apps/x/config.author/a.config", &place);
        assert_eq!(location.root().place.file.as_ref(), "ui.apps/src/main/content");
        assert_eq!(location.file_path().as_deref(), Some("/apps/x/config.author/a.config"));
        let filter = Place::on_disk("ui.apps/src/main/content/META-INF/vault/filter.xml");
        let location = Location::of(&directory, "META-INF/vault/filter.xml", &filter);
        assert_eq!(location.root().place.file.as_ref(), "ui.apps/src/main/content");
    }

    #[test]
    fn a_module_is_content_or_its_metadata_on_disk() {
        let directory = container(ContainerKind::Directory, "ui");
        let module = |name: &str| {
            let location = Location::of(&directory, name, &directory.place_of(name));
            location.module().map(str::to_owned)
        };
        assert_eq!(module("a/jcr_root/x.xml").as_deref(), Some("ui/a"));
        assert_eq!(module("a/META-INF/vault/filter.xml").as_deref(), Some("ui/a"));
        assert_eq!((module("core/META-INF/MANIFEST.MF"), module("pom.xml")), (None, None));
        let archive = container(ContainerKind::Archive, "ui/a/jcr_root/apps/x/install/b.zip");
        let location = Location::of(&archive, "jcr_root/x.xml", &archive.place_of("jcr_root/x.xml"));
        assert_eq!(location.module(), None);
        let nested = Container { parent: Some(Arc::new(archive.clone())), ..container(ContainerKind::Archive, "x") };
        for container in [&archive, &nested] {
            assert_eq!(Location::module_around(container).as_deref(), Some("ui/a"));
        }
        assert_eq!(Location::module_around(&container(ContainerKind::Archive, "a.zip")), None);
    }

    #[test]
    fn an_archive_is_its_own_package() {
        let archive = container(ContainerKind::Archive, "a.zip");
        let name = "jcr_root/conf/_jcr_content/a%3ab.dir/x.config";
        let location = Location::of(&archive, name, &archive.place.entry(name));
        assert_eq!(location.root(), &Root { place: Place::on_disk("a.zip"), folder: String::new(), tree: false });
        assert_eq!(location.file_path().as_deref(), Some("/conf/jcr:content/a:b/x.config"));
        let name = "project/jcr_root/a";
        assert_eq!(Location::of(&archive, name, &archive.place.entry(name)).root().folder, "project");
    }

    #[test]
    fn a_name_that_only_looks_alike_is_elsewhere() {
        let archive = container(ContainerKind::Archive, "a.jar");
        for name in ["jcr_root", "my_jcr_root/x", "OSGI-INF/x.xml"] {
            let location = Location::of(&archive, name, &archive.place.entry(name));
            assert!(matches!(location, Location::Elsewhere { .. }), "{name}");
        }
    }
}
