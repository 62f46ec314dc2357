//! The packages of a run: their metadata, workspace filters and versions.

use super::deployment::MAX_COMPARED_FACTS;
use crate::documents::{Location, Manifest, Root};
use crate::facts::extract::{FileFacts, Role};
use crate::instances::{Deployments, Origin, OriginKind, Versions};
use crate::workers::lock;
use jcr_filevault::{PackageProperties, Verdict, WorkspaceFilter};
use osgi_config::placeholders::{PlaceholderKind, find};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use zip_audit::Container;

/// The packages of a run.
pub(super) struct Packages<'f> {
    packages: BTreeMap<&'f Root, Package<'f>>,
    /// The roots of packages by the numbers that [`Versions`] knows them by.
    numbers: Vec<&'f Root>,
    versions: Versions,
    /// Packages of which a filter pattern was needed and could not be decided.
    undecided: Mutex<BTreeSet<Root>>,
}

/// What its metadata says about one package, bundle or tree.
pub(super) struct Package<'f> {
    pub(super) container: &'f Arc<Container>,
    pub(super) filter: Option<&'f WorkspaceFilter>,
    pub(super) properties: Option<&'f PackageProperties>,
    pub(super) manifest: Option<&'f Manifest>,
    /// Its number among the packages of the run.
    number: usize,
    /// Whether it has `META-INF/vault`.
    pub(super) vault: bool,
    /// Whether it has anything below `jcr_root`.
    pub(super) content: bool,
}

impl<'f> Package<'f> {
    /// Adds what one of its files says about it.
    fn add(&mut self, file: &'f FileFacts) {
        match &file.role {
            Role::Filter(filter) => self.filter = Some(filter.as_ref()),
            Role::Properties(properties) => self.properties = Some(properties.as_ref()),
            Role::Manifest(manifest) => self.manifest = Some(manifest.as_ref()),
            Role::Content => {}
        }
        match &file.location {
            Location::Content { .. } => self.content = true,
            Location::MetaInf { below, .. } => self.vault |= below.starts_with("vault/"),
            Location::NoContent { .. } | Location::Elsewhere { .. } => {}
        }
    }
}

impl<'f> Packages<'f> {
    /// The packages that these files belong to.
    pub(super) fn new(files: &'f [FileFacts], deployments: &Deployments) -> Self {
        let mut packages: BTreeMap<&Root, Package<'_>> = BTreeMap::new();
        // Files of one package are neighbours.
        for files in files.chunk_by(|a, b| a.location.root() == b.location.root()) {
            let Some(first) = files.first() else { continue };
            let package = packages.entry(first.location.root()).or_insert_with(|| Package {
                container: &first.container,
                number: 0,
                filter: None,
                properties: None,
                manifest: None,
                vault: false,
                content: false,
            });
            files.iter().for_each(|file| package.add(file));
        }
        let numbers: Vec<&Root> = packages.keys().copied().collect();
        for (number, package) in packages.values_mut().enumerate() {
            package.number = number;
        }
        let origins: Vec<Origin<'_>> = packages
            .iter()
            .map(|(root, package)| package.origin(root, deployments.of(package.container.input, &root.place.file)))
            .collect();
        let versions = Versions::new(&origins);
        Self { packages, numbers, versions, undecided: Mutex::default() }
    }

    /// All packages, bundles and trees with their roots, in the order of roots.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'f Root, &Package<'f>)> {
        self.packages.iter().map(|(root, package)| (*root, package))
    }

    /// The package of a root.
    pub(super) fn get(&self, root: &Root) -> Option<(&'f Root, &Package<'f>)> {
        self.packages.get_key_value(root).map(|(root, package)| (*root, package))
    }

    /// The packages of a higher version of the same group and name in the same deployment, the highest first.
    pub(super) fn higher_versions(&self, root: &Root) -> impl Iterator<Item = &'f Root> {
        let number = self.packages.get(root).map(|package| package.number);
        let numbers = number.into_iter().flat_map(|number| self.versions.of(number));
        numbers.filter_map(|number| self.numbers.get(number).copied())
    }

    /// Why what a lower version of a package brings is not installed, where this is the higher one.
    pub(super) fn describe_replacement(&self, higher: &Root) -> String {
        let version = self.packages.get(higher).and_then(|package| package.properties?.version()).unwrap_or_default();
        format!("version {version} of its package is there, too, and replaces it")
    }

    /// What a root brings its content as.
    pub(super) fn origin(&self, root: &Root, deployment: u32) -> Origin<'_> {
        match self.packages.get(root) {
            Some(package) => package.origin(root, deployment),
            None => Origin { deployment: deployment as usize, kind: OriginKind::Module },
        }
    }

    /// Whether the workspace filter of a package covers a path.
    pub(super) fn covers(&self, root: &Root, path: &str) -> bool {
        self.packages.get(root).is_some_and(|package| package.filter.is_some()) && self.filtered(root, path).is_none()
    }

    /// Whether a pattern of the package's filter was needed and could not be decided.
    pub(super) fn is_undecided(&self, root: &Root) -> bool {
        lock(&self.undecided).contains(root)
    }

    /// The workspace filter of a package, and where it is.
    fn filter_of<'a>(&'a self, root: &'a Root) -> Option<(&'a Root, &'f WorkspaceFilter)> {
        let own = self.packages.get(root).and_then(|package| package.filter).map(|filter| (root, filter));
        let of_module = |other: Root| {
            let (root, package) = self.packages.get_key_value(&other)?;
            package.filter.map(|filter| (*root, filter))
        };
        own.or_else(|| root.other_metadata().find_map(of_module))
    }

    /// Whether the package of a content file has a workspace filter, and neither that nor any other one of the run covers
    /// `path`: installing leaves alone what is there.
    pub(super) fn is_left_out(&self, location: &Location, path: &str) -> bool {
        let Location::Content { root, .. } = location else { return false };
        let leaves_out = |filter: &WorkspaceFilter| {
            filter.error.is_none()
                && matches!(filter.contains(path), Verdict::NotContained)
                && !placeholder_may_cover(filter, path)
        };
        self.filter_of(root).is_some_and(|(_, filter)| leaves_out(filter))
            && self.packages.values().filter_map(|package| package.filter).take(MAX_COMPARED_FACTS).all(leaves_out)
    }

    /// Why the workspace filter of a package leaves a path out.
    pub(super) fn filtered(&self, root: &Root, path: &str) -> Option<String> {
        let (root, filter) = match self.filter_of(root) {
            Some((root, filter)) => (root, Some(filter)),
            None => (root, None),
        };
        match filter {
            // FileVault takes a package without a filter for one that contains nothing. A tree without one gets its
            // filter from the build.
            None if root.tree || !root.folder.is_empty() => None,
            None => Some("its package has no workspace filter (META-INF/vault/filter.xml)".to_owned()),
            Some(WorkspaceFilter { error: Some(error), .. }) => {
                Some(format!("AEM rejects its package, since the workspace filter is not valid: {}", error.reason))
            }
            Some(filter) => match filter.contains(path) {
                Verdict::Contained => None,
                // What the build puts in may cover it.
                Verdict::NotContained if root.tree && placeholder_may_cover(filter, path) => None,
                Verdict::NotContained => Some("no workspace filter covers it".to_owned()),
                Verdict::Unknown { .. } => {
                    lock(&self.undecided).insert(root.clone());
                    None
                }
            },
        }
    }
}

/// Whether a root of a filter holds a placeholder of the build that may come to cover a path: it begins as the path does.
fn placeholder_may_cover(filter: &WorkspaceFilter, path: &str) -> bool {
    filter.sets.iter().any(|set| {
        let first = find(set.root()).into_iter().find(|placeholder| placeholder.kind == PlaceholderKind::Build);
        first.and_then(|first| set.root().get(..first.range.start)).is_some_and(|before| path.starts_with(before))
    })
}

impl Package<'_> {
    /// Group, name and version, each empty where it has none.
    fn origin(&self, root: &Root, deployment: u32) -> Origin<'_> {
        let property = |get: fn(&PackageProperties) -> Option<&str>| self.properties.and_then(get).unwrap_or_default();
        let kind = if root.tree {
            OriginKind::Module
        } else {
            OriginKind::Package {
                group: property(PackageProperties::group),
                name: property(PackageProperties::name),
                version: property(PackageProperties::version),
            }
        };
        Origin { deployment: deployment as usize, kind }
    }
}
