//! What AEM installs: the packages of a run, their workspace filters, the packages around them.

use crate::documents::{Location, Manifest, Root, is_configurator_resource};
use crate::facts::about_file::{about_file, package_place};
use crate::facts::extract::{FileFacts, Role, SourceFacts};
use crate::facts::fact::{Fact, Kind};
use crate::facts::families::package::Package as PackageFact;
use crate::facts::link::deployment::MAX_COMPARED_FACTS;
use crate::workers::lock;
use jcr_filevault::{PackageProperties, Verdict, WorkspaceFilter};
use osgi_config::placeholders::{PlaceholderKind, find};
use osgi_config::{self, ConfigFolder, Format, RunModes, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use zip_audit::{Container, ContainerKind, Place};

/// The packages of a run.
pub(super) struct Packages<'f> {
    packages: BTreeMap<&'f Root, Package<'f>>,
    target: Target,
    /// What was decided about archives, by their places.
    archives: Mutex<HashMap<Place, Around>>,
    /// Packages of which a filter pattern was needed and could not be decided.
    undecided: Mutex<BTreeSet<Root>>,
}

/// What was decided last: files come in the order of their places, so that most of it holds for the next one, too.
#[derive(Default)]
pub(super) struct Recent<'p> {
    container: Option<(Arc<Container>, Around)>,
    package: Option<(&'p Root, &'p Package<'p>)>,
    folder: Option<Folder>,
}

/// A folder in an archive, and what it is to the configurations in it.
struct Folder {
    path: String,
    found: Option<Arc<ConfigFolder>>,
    /// When what lies in it is active: what the folder and the archives around it say.
    run_modes: RunModes,
}

/// What its metadata says about one package, bundle or tree.
struct Package<'f> {
    container: &'f Arc<Container>,
    filter: Option<&'f WorkspaceFilter>,
    properties: Option<&'f PackageProperties>,
    manifest: Option<&'f Manifest>,
    /// Whether it has `META-INF/vault`.
    vault: bool,
    /// Whether it has anything below `jcr_root`.
    content: bool,
}

/// What the archives around a file do to it.
#[derive(Clone, Debug, Default)]
struct Around {
    not_installed: Option<String>,
    run_modes: RunModes,
}

/// What becomes of a configuration, node or file.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// Repository path.
    pub(super) path: Option<String>,
    /// Why it is not installed.
    pub(super) not_installed: Option<String>,
    /// When it is active.
    pub(super) run_modes: RunModes,
    /// For a configuration: the folder that it is taken from, if it lies in one.
    pub(super) folder: Option<Arc<ConfigFolder>>,
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
    pub(super) fn new(files: &'f [FileFacts], target: Target) -> Self {
        let mut packages: BTreeMap<&Root, Package<'_>> = BTreeMap::new();
        // Files of one package are neighbours.
        for files in files.chunk_by(|a, b| a.location.root() == b.location.root()) {
            let Some(first) = files.first() else { continue };
            let package = packages.entry(first.location.root()).or_insert_with(|| Package {
                container: &first.container,
                filter: None,
                properties: None,
                manifest: None,
                vault: false,
                content: false,
            });
            files.iter().for_each(|file| package.add(file));
        }
        Self { packages, target, archives: Mutex::default(), undecided: Mutex::default() }
    }

    /// The facts of kind `package`.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let packages = self.packages.iter().filter(|(_, package)| package.vault);
        packages
            .map(|(root, package)| {
                let property =
                    |get: fn(&PackageProperties) -> Option<&str>| package.properties.and_then(get).map(str::to_owned);
                let data = PackageFact {
                    group: property(PackageProperties::group),
                    name: property(PackageProperties::name),
                    version: property(PackageProperties::version),
                    package_type: property(PackageProperties::package_type),
                    depth: package.container.depth.into(),
                };
                let around = self.decided(package.container);
                let mut fact = about_file(package_place(root), package.container.input, data);
                fact.not_installed = around.not_installed;
                fact.run_modes = around.run_modes;
                fact
            })
            .collect()
    }

    /// Group, name and version of a package, each empty where it has none.
    pub(super) fn coordinates(&self, root: &Root) -> (&str, &str, &str) {
        let properties = self.packages.get(root).and_then(|package| package.properties);
        let property = |get: fn(&PackageProperties) -> Option<&str>| properties.and_then(get).unwrap_or_default();
        (property(PackageProperties::group), property(PackageProperties::name), property(PackageProperties::version))
    }

    /// The version of a package.
    pub(super) fn version(&self, root: &Root) -> Option<&str> {
        self.packages.get(root).and_then(|package| package.properties?.version())
    }

    /// Whether the workspace filter of a package covers a path.
    pub(super) fn covers(&self, root: &Root, path: &str) -> bool {
        let package = self.packages.get(root);
        package.is_some_and(|package| package.filter.is_some()) && self.filtered(root, package, path).is_none()
    }

    /// Whether a pattern of the package's filter was needed and could not be decided.
    pub(super) fn is_undecided(&self, root: &Root) -> bool {
        lock(&self.undecided).contains(root)
    }

    /// What becomes of a source of a file at `location`. The path that its first fact was read with is taken from it.
    pub(super) fn status<'p>(
        &'p self,
        recent: &mut Recent<'p>,
        container: &Arc<Container>,
        location: &Location,
        source: &mut SourceFacts,
    ) -> Status {
        let around = self.around(recent, container).not_installed.clone();
        let path = source.facts.first_mut().and_then(|fact| fact.path.take());
        let (path, own) = match location {
            Location::Content { root, .. } => {
                let why = path.as_deref().and_then(|path| self.filtered(root, self.package(recent, root), path));
                (path, why)
            }
            // A package whose metadata AEM refuses is installed no more than it is.
            Location::MetaInf { .. } if is_about_package(source) => (None, None),
            Location::MetaInf { .. } => (None, Some("package metadata is not installed as content".to_owned())),
            Location::NoContent { why, .. } => (None, Some(why.reason().to_owned())),
            Location::Elsewhere { root } => self.elsewhere(root, source, path),
        };
        let mut status = Status { path, not_installed: around.or(own), run_modes: RunModes::never(), folder: None };
        let has_folder = source.configuration.is_some() && !is_for_configurator(location, source);
        if !has_folder || !self.configuration(recent, container, &mut status) {
            status.run_modes.clone_from(&self.around(recent, container).run_modes);
        }
        let is_node = source.configuration == Some(Format::OsgiNode);
        if self.target == Target::Cloud && is_node && !is_own_file(location, &status) {
            let why = "the converter sees a sling:OsgiConfig node only as the root of an XML file of its own name";
            status.not_installed.get_or_insert_with(|| why.to_owned());
        }
        status
    }

    /// Where the folder of a configuration takes it. Returns whether it has one, which then tells its run modes, too.
    fn configuration<'p>(&'p self, recent: &mut Recent<'p>, container: &Arc<Container>, status: &mut Status) -> bool {
        let Some(path) = &status.path else {
            let why = "it stands in a feature model, which AEM does not install from a package";
            status.not_installed.get_or_insert_with(|| why.to_owned());
            return false;
        };
        // It depends on the folder alone, and most folders hold several.
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let known = recent.folder.take().filter(|folder| folder.path == parent);
        let known = known.unwrap_or_else(|| {
            let found = osgi_config::config_folder(path, self.target);
            let around = &self.around(recent, container).run_modes;
            let run_modes = found.as_ref().map_or_else(|| around.clone(), |folder| around.and(&folder.run_modes));
            Folder { path: parent.to_owned(), found: found.map(Arc::new), run_modes }
        });
        let known = recent.folder.insert(known);
        status.run_modes.clone_from(&known.run_modes);
        match &known.found {
            Some(folder) => {
                status.folder = Some(Arc::clone(folder));
                if let Some(why) = &folder.unwatched {
                    status.not_installed.get_or_insert_with(|| why.clone());
                }
            }
            None => {
                let why =
                    "it does not lie in a folder that AEM takes configurations from (config or install below /apps)";
                status.not_installed.get_or_insert_with(|| why.to_owned());
            }
        }
        if status.not_installed.is_none() && status.run_modes.is_never() {
            status.not_installed = Some("no instance has the run modes that its folders ask for".to_owned());
        }
        true
    }

    /// The package of a root.
    fn package<'p>(&'p self, recent: &mut Recent<'p>, root: &Root) -> Option<&'p Package<'p>> {
        if let Some((_, package)) = recent.package.filter(|(last, _)| *last == root) {
            return Some(package);
        }
        let (&root, package) = self.packages.get_key_value(root)?;
        recent.package = Some((root, package));
        Some(package)
    }

    /// The workspace filter of a package, and where it is.
    fn filter_of<'a>(
        &'a self,
        root: &'a Root,
        package: Option<&'a Package<'f>>,
    ) -> Option<(&'a Root, &'f WorkspaceFilter)> {
        let own = package.and_then(|package| package.filter).map(|filter| (root, filter));
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
        self.filter_of(root, self.packages.get(root)).is_some_and(|(_, filter)| leaves_out(filter))
            && self.packages.values().filter_map(|package| package.filter).take(MAX_COMPARED_FACTS).all(leaves_out)
    }

    /// Why the workspace filter of a package leaves a path out.
    fn filtered(&self, root: &Root, package: Option<&Package<'_>>, path: &str) -> Option<String> {
        let (root, filter) = match self.filter_of(root, package) {
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

    /// A file that is neither content nor metadata of a package: initial content of a bundle, or no content at all.
    fn elsewhere(&self, root: &Root, source: &SourceFacts, path: Option<String>) -> (Option<String>, Option<String>) {
        let Some(fact) = source.facts.first() else { return (path, None) };
        if root.tree {
            return (None, Some("it does not lie below jcr_root".to_owned()));
        }
        let name = match &path {
            Some(path) => path.trim_start_matches('/'),
            None => fact.place.inside.last().map(AsRef::as_ref).unwrap_or_default(),
        };
        let entry = fact.place.inside.last().map(AsRef::as_ref).unwrap_or_default();
        match self.packages.get(root).and_then(|package| package.manifest) {
            Some(manifest) if is_configurator_resource(entry) && source.configuration.is_some() => {
                let why = "its bundle does not ask for the OSGi Configurator (Require-Capability in its manifest)";
                (None, (!manifest.asks_for_configurator).then(|| why.to_owned()))
            }
            Some(manifest) if path.is_some() && entry.ends_with(".json") && manifest.keeps_json(entry) => {
                (None, Some("its bundle loads JSON as files, not as nodes (ignoreImportProviders)".to_owned()))
            }
            Some(manifest) if manifest.symbolic_name.is_some() => match manifest.content_path(name) {
                Some(path) => (Some(path), None),
                None => (None, Some("it lies in a bundle whose Sling-Initial-Content does not cover it".to_owned())),
            },
            _ => (None, Some("it does not lie below jcr_root".to_owned())),
        }
    }

    /// What the archives around the files of a container do to them.
    fn around<'r>(&self, recent: &'r mut Recent<'_>, container: &Arc<Container>) -> &'r Around {
        let known = recent.container.take().filter(|(last, _)| Arc::ptr_eq(last, container));
        let known = known.unwrap_or_else(|| {
            // What is known of a folder was decided with another archive around it.
            recent.folder = None;
            (container.clone(), self.decided(container))
        });
        &recent.container.insert(known).1
    }

    fn decided(&self, container: &Arc<Container>) -> Around {
        // Outermost first, so that nesting costs no stack.
        let mut chain = vec![container];
        while let Some(parent) = chain.last().and_then(|last| last.parent.as_ref()) {
            chain.push(parent);
        }
        let mut around = Around::default();
        for container in chain.into_iter().rev() {
            let known = lock(&self.archives).get(&container.place).cloned();
            around = known.unwrap_or_else(|| {
                let entered = self.entered(container, around);
                lock(&self.archives).insert(container.place.clone(), entered.clone());
                entered
            });
        }
        around
    }

    /// What lies around the files of an archive, given what lies around the archive itself.
    fn entered(&self, archive: &Container, mut around: Around) -> Around {
        if archive.kind == ContainerKind::Directory {
            return around;
        }
        let Some(path) = self.archive_path(archive) else { return around };
        match path {
            Ok((root, path)) => {
                let install =
                    osgi_config::config_folder(&path, self.target).filter(|folder| folder.unwatched.is_none());
                let uploaded = path.starts_with("/etc/packages/");
                let why = match (&install, uploaded) {
                    (Some(folder), _) => {
                        around.run_modes = around.run_modes.and(&folder.run_modes);
                        None
                    }
                    (None, true) => None,
                    (None, false) => Some(
                        "the archive around it lies neither in an install folder nor below /etc/packages, so that AEM \
                         does not install it"
                            .to_owned(),
                    ),
                };
                let filtered = || self.filtered(&root, self.packages.get(&root), &path);
                let why = why
                    .or_else(|| filtered().map(|why| format!("the archive around it is not installed, since {why}")));
                around.not_installed = around.not_installed.or(why);
            }
            Err(why) => around.not_installed = around.not_installed.or(Some(why)),
        }
        around
    }

    /// The repository path of an archive and the package that brings it; `None` if nobody but the user brings it, an
    /// error if its package does not install it.
    fn archive_path(&self, archive: &Container) -> Option<Result<(Root, String), String>> {
        let outer = match &archive.parent {
            Some(parent) => parent.clone(),
            // On disk, perhaps in a source tree.
            None => Arc::new(Container {
                place: Place::on_disk("."),
                parent: None,
                kind: ContainerKind::Directory,
                depth: 0,
                input: 0,
                start: archive.start.clone(),
            }),
        };
        let name = archive.place.inside.last().unwrap_or(&archive.place.file);
        let location = Location::of(&outer, name, &archive.place);
        if let (Location::Content { root, .. }, Some(path)) = (&location, location.file_path()) {
            return Some(Ok((root.clone(), path)));
        }
        if let Location::NoContent { below: Some(_), .. } = location {
            return Some(Err("the archive around it is no content of a package".to_owned()));
        }
        let top = Root { place: outer.place.clone(), folder: String::new(), tree: false };
        let package = archive.parent.as_ref().and_then(|_| self.packages.get(&top))?;
        if let Some(manifest) = package.manifest.filter(|manifest| manifest.symbolic_name.is_some()) {
            // The bundle's own location decides about the bundle; what it loads has no filter.
            return match manifest.content_path(name) {
                Some(path) => Some(Ok((Root { tree: true, ..top }, path))),
                None => Some(Err("the archive around it lies in a bundle that does not install it".to_owned())),
            };
        }
        // An archive that is no package is only a way to hand packages over, as a directory of packages is.
        let is_package = package.vault || package.content;
        is_package.then(|| Err("the archive around it does not lie below jcr_root of its package".to_owned()))
    }
}

/// Whether a root of a filter holds a placeholder of the build that may come to cover a path: it begins as the path does.
fn placeholder_may_cover(filter: &WorkspaceFilter, path: &str) -> bool {
    filter.sets.iter().any(|set| {
        let first = find(set.root()).into_iter().find(|placeholder| placeholder.kind == PlaceholderKind::Build);
        first.and_then(|first| set.root().get(..first.range.start)).is_some_and(|before| path.starts_with(before))
    })
}

/// Whether a configuration stands in a resource of the OSGi Configurator, which knows no folders.
fn is_for_configurator(location: &Location, source: &SourceFacts) -> bool {
    let entry = || source.facts.first().and_then(|fact| fact.place.inside.last());
    matches!(location, Location::Elsewhere { root } if !root.tree)
        && entry().is_some_and(|entry| is_configurator_resource(entry))
}

/// Whether the facts of a source are about the package that its file is metadata of.
fn is_about_package(source: &SourceFacts) -> bool {
    source.facts.iter().all(|fact| fact.kind() == Kind::RejectedFile)
}

/// Whether a node is the root of a file `name.xml`, not of a `.content.xml` nor inside of either.
fn is_own_file(location: &Location, status: &Status) -> bool {
    let file = location.file_path();
    file.as_deref().and_then(|file| file.strip_suffix(".xml")) == status.path.as_deref()
}
