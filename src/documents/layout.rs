//! Where a file stands in its package: which package it belongs to, and the repository path of what it holds.

use super::installed_name::repository_path;
use super::{source_tree, templates};
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

impl Root {
    /// The other folders of the module on disk where its build looks for the `META-INF/vault` of this package.
    pub fn other_metadata(&self) -> impl Iterator<Item = Self> {
        let folders = self.tree.then(|| source_tree::metadata_folders(&self.place.file));
        folders.into_iter().flatten().map(|folder| Self { place: Place::on_disk(folder), ..self.clone() })
    }
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
    /// Where content or metadata of a package could lie, but is not installed.
    NoContent {
        /// The archive or the folder on disk.
        root: Root,
        /// The path below `jcr_root`, without a leading `/`; none of what lies below `META-INF`.
        below: Option<String>,
        /// Why it is not installed.
        why: NoContent,
    },
    /// Anywhere else: the rest of a bundle, of a project, of an archive that is no package.
    Elsewhere {
        /// The archive or the folder on disk.
        root: Root,
    },
}

/// Why a file that looks like content of a package is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoContent {
    /// It lies below another folder of its archive: FileVault reads only what lies at the top.
    OtherFolder,
    /// macOS wrote it beside the content.
    Sidecar,
    /// It becomes content when a project is made from the template.
    Template,
    /// It is a file of the checkout that the `vlt` command keeps beside content (`Importer.isExcluded` of FileVault).
    Checkout,
}

impl NoContent {
    /// The reason as a clause.
    pub fn reason(self) -> &'static str {
        match self {
            Self::OtherFolder => {
                "it lies below another folder of its archive, where AEM reads only jcr_root and META-INF at the top"
            }
            Self::Sidecar => "it is a file that macOS writes beside others",
            Self::Template => "it is part of a template that projects are made from",
            Self::Checkout => "FileVault leaves out files and folders named .vlt and .vlt-…",
        }
    }
}

/// Whether an entry of this name shows that its archive is a package or a bundle, or would be one if the separators between
/// its names were right.
pub fn is_package_entry(name: &[u8]) -> bool {
    ["jcr_root", "META-INF"].iter().any(|folder| {
        let below = name.strip_prefix(folder.as_bytes());
        below.is_some_and(|below| matches!(below, [b'/' | b'\\', ..]))
    })
}

/// Whether a file is one that macOS writes beside others when it copies or packs them: `._name`, and all of `__MACOSX`.
pub fn is_sidecar(name: &[u8]) -> bool {
    let mut segments = name.rsplit(|byte| *byte == b'/');
    segments.next().is_some_and(|base| base.starts_with(b"._")) || segments.any(|folder| folder == b"__MACOSX")
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
        let content = split_at_content(path, tree);
        let is_content = content.is_some();
        let Some((folder, below)) = content.or_else(|| split_at_folder(path, |segment| segment == "META-INF")) else {
            return Self::Elsewhere { root: root("") };
        };
        let below = below.to_owned();
        match no_content(path, folder, tree) {
            Some(why) => Self::NoContent { root: root(""), below: is_content.then_some(below), why },
            None if is_content => Self::Content { root: root(folder), below },
            None => Self::MetaInf { root: root(folder), below },
        }
    }

    /// The package or container.
    pub fn root(&self) -> &Root {
        match self {
            Self::Content { root, .. }
            | Self::MetaInf { root, .. }
            | Self::NoContent { root, .. }
            | Self::Elsewhere { root } => root,
        }
    }

    /// The folder on disk that holds `jcr_root`, if the file belongs to a content module of a source tree.
    pub(crate) fn module(&self) -> Option<&str> {
        let is_content = match self {
            Self::Content { .. } => true,
            Self::MetaInf { below, .. } => below.starts_with("vault/"),
            Self::NoContent { .. } | Self::Elsewhere { .. } => false,
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
        split_at_content(&path, true).map(|(folder, _)| folder.into())
    }

    /// The path below `jcr_root`, as the file names say it, also of what is not installed.
    pub fn below_content(&self) -> Option<&str> {
        match self {
            Self::Content { below, .. } => Some(below),
            Self::NoContent { below, .. } => below.as_deref(),
            Self::MetaInf { .. } | Self::Elsewhere { .. } => None,
        }
    }

    /// The repository path of the file itself, as FileVault names it (`nt:file`), also of what is not installed. That of the
    /// file whose content it is, if it is only that.
    pub fn file_path(&self) -> Option<String> {
        self.below_content().map(repository_path)
    }
}

/// Why the file `path`, which lies in the `jcr_root` or `META-INF` of `folder`, is no content of a package.
fn no_content(path: &str, folder: &str, tree: bool) -> Option<NoContent> {
    let at_top = tree || folder.is_empty();
    if is_sidecar(path.as_bytes()) {
        Some(NoContent::Sidecar)
    } else if templates::is_template_path(path) || !at_top && templates::has_archetype_name(path) {
        Some(NoContent::Template)
    } else if !at_top {
        Some(NoContent::OtherFolder)
    } else {
        is_of_checkout(path).then_some(NoContent::Checkout)
    }
}

/// Whether a path leads to, or below, a file of the checkout of the `vlt` command.
fn is_of_checkout(path: &str) -> bool {
    path.contains(".vlt") && path.split('/').any(|name| name == ".vlt" || name.starts_with(".vlt-"))
}

/// Splits a path at `jcr_root`. In a tree that is also what a build may name so, such as `jcr_root-cloud`: of those,
/// only folders that are content are walked.
fn split_at_content(path: &str, tree: bool) -> Option<(&str, &str)> {
    let variant = |segment: &str| segment.starts_with("jcr_root");
    let metadata = || split_at_folder(path, |segment| segment == "META-INF").is_some();
    split_at_folder(path, |segment| segment == "jcr_root")
        .or_else(|| if tree && !metadata() { split_at_folder(path, variant) } else { None })
}

/// Splits a path at its first segment that `is_it`: what is before, without a final `/`, and what is below.
fn split_at_folder(path: &str, is_it: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut at = 0;
    for segment in path.split('/') {
        let end = at + segment.len();
        if is_it(segment) {
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
    fn packages_and_bundles_have_entries_of_these_names() {
        for name in ["jcr_root/a", "META-INF/MANIFEST.MF", "jcr_root\\apps\\a", "META-INF\\vault\\filter.xml"] {
            assert!(is_package_entry(name.as_bytes()), "{name}");
        }
        for name in ["jcr_root", "a/jcr_root/b", "META-INFO/a", ""] {
            assert!(!is_package_entry(name.as_bytes()), "{name}");
        }
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
    }

    #[track_caller]
    fn why(kind: ContainerKind, name: &str) -> Option<NoContent> {
        let container = container(kind, if kind == ContainerKind::Archive { "a.zip" } else { "." });
        match Location::of(&container, name, &container.place_of(name)) {
            Location::NoContent { why, .. } => Some(why),
            Location::Content { .. } | Location::MetaInf { .. } => None,
            Location::Elsewhere { .. } => panic!("{name} is elsewhere"),
        }
    }

    #[test]
    fn only_the_top_of_an_archive_is_content() {
        for name in ["jcr_root/a", "/jcr_root/a", "META-INF/vault/filter.xml", "jcr_root/apps/jcr_root/a"] {
            assert_eq!(why(ContainerKind::Archive, name), None, "{name}");
        }
        for name in ["project/jcr_root/a", "./jcr_root/a", "a/META-INF/vault/filter.xml", "META-INF/jcr_root/a"] {
            assert_eq!(why(ContainerKind::Archive, name), Some(NoContent::OtherFolder), "{name}");
        }
        assert_eq!(why(ContainerKind::Directory, "ui.apps/src/main/content/jcr_root/a"), None);
        let archive = container(ContainerKind::Archive, "a.zip");
        let name = "project/jcr_root/apps/x/_jcr_content";
        let location = Location::of(&archive, name, &archive.place.entry(name));
        assert_eq!(location.file_path().as_deref(), Some("/apps/x/jcr:content"));
    }

    #[test]
    fn what_macos_writes_is_no_content() {
        for name in ["jcr_root/apps/x/config/._a.config", "__MACOSX/jcr_root/._a", "__MACOSX/META-INF/vault/filter.xml"]
        {
            for kind in [ContainerKind::Archive, ContainerKind::Directory] {
                assert_eq!(why(kind, name), Some(NoContent::Sidecar), "{name}");
            }
        }
        for name in ["jcr_root/apps/._x/a.config", "jcr_root/MACOSX/a", "jcr_root/a._b"] {
            assert_eq!(why(ContainerKind::Archive, name), None, "{name}");
        }
    }

    #[test]
    fn what_vlt_keeps_is_no_content() {
        for name in ["jcr_root/apps/.vlt", "jcr_root/apps/x/.vlt-a/config/b.config", "jcr_root/apps/.vlt-x.config"] {
            for kind in [ContainerKind::Archive, ContainerKind::Directory] {
                assert_eq!(why(kind, name), Some(NoContent::Checkout), "{name}");
            }
        }
        for name in ["jcr_root/apps/x/.vltcpy", "jcr_root/apps/a.vlt/x", "jcr_root/.vltignore"] {
            assert_eq!(why(ContainerKind::Archive, name), None, "{name}");
        }
    }

    #[test]
    fn templates_are_no_content() {
        for name in
            ["{{app}}/jcr_root/a", "jcr_root/apps/{{ app }}/a", "jcr_root/apps/${appId}/a", "jcr_root/x-${b}.xml"]
        {
            for kind in [ContainerKind::Archive, ContainerKind::Directory] {
                assert_eq!(why(kind, name), Some(NoContent::Template), "{name}");
            }
        }
        let resources = "archetype-resources/ui.apps/jcr_root/apps/x/a";
        assert_eq!(why(ContainerKind::Archive, resources), Some(NoContent::Template));
        assert_eq!(why(ContainerKind::Archive, "ui/jcr_root/apps/__appId__/a"), Some(NoContent::Template));
        // Folders of tests are named so in packages.
        for name in ["jcr_root/apps/x/__tests__/a.json", "jcr_root/a/{b}/c", "jcr_root/a/$b/c"] {
            for kind in [ContainerKind::Archive, ContainerKind::Directory] {
                assert_eq!(why(kind, name), None, "{name}");
            }
        }
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
