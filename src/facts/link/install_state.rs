//! What AEM installs of each file: by the workspace filter of its package, the archives around it and its folder.

use super::archives::{Archives, Around};
use super::packages::Packages;
use crate::documents::source_tree::{self, watched_run_modes};
use crate::documents::{Location, Root, is_configurator_resource};
use crate::facts::about_file::{about_file, package_place};
use crate::facts::extract::SourceFacts;
use crate::facts::fact::{Fact, Kind, OfKind};
use crate::facts::families::install_hooks::InstallHook;
use crate::facts::families::package::Package as PackageFact;
use jcr_filevault::PackageProperties;
use osgi_config::{self, ConfigFolder, Format, RunModes, Target};
use std::collections::BTreeSet;
use std::sync::Arc;
use zip_audit::Container;

/// What decides whether AEM installs something.
pub(super) struct InstallState<'p, 'f> {
    packages: &'p Packages<'f>,
    archives: &'p Archives<'p, 'f>,
    target: Target,
}

/// What was decided last: files come in the order of their places, so that most of it holds for the next one, too.
#[derive(Default)]
pub(super) struct Recent {
    container: Option<(Arc<Container>, Around)>,
    folder: Option<Folder>,
}

/// A folder in an archive, and what it is to the configurations in it.
struct Folder {
    path: String,
    found: Option<Arc<ConfigFolder>>,
    /// When what lies in it is active: what the folder and the archives around it say.
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

impl<'p, 'f> InstallState<'p, 'f> {
    pub(super) fn new(packages: &'p Packages<'f>, archives: &'p Archives<'p, 'f>, target: Target) -> Self {
        Self { packages, archives, target }
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
                let around = self.archives.around(package.container);
                let mut fact = about_file(package_place(root), package.container.input, data);
                fact.not_installed = around.not_installed;
                fact.run_modes = around.run_modes;
                fact
            })
            .collect()
    }

    /// What becomes of a source of a file at `location`. The path that its first fact was read with is taken from it.
    pub(super) fn status(
        &self,
        recent: &mut Recent,
        container: &Arc<Container>,
        location: &Location,
        source: &mut SourceFacts,
    ) -> Status {
        // FileVault takes the archive of a hook from its package, wherever it lies.
        let container = match &container.parent {
            Some(package) if is_packed_hook(source) => package,
            _ => container,
        };
        let around = self.around(recent, container).not_installed.clone();
        let path = source.facts.first_mut().and_then(|fact| fact.path.take());
        let (path, own) = match location {
            Location::Content { root, .. } => {
                let why = path.as_deref().and_then(|path| self.packages.filtered(root, path));
                let is_sibling = path.as_deref().is_some_and(is_later_sibling);
                (path, why.or_else(|| is_sibling.then(|| LATER_SIBLING.to_owned())))
            }
            // A package whose metadata AEM refuses is installed no more than it is.
            Location::MetaInf { .. } if is_about_package(source) => (None, None),
            Location::MetaInf { .. } => (None, Some("package metadata is not installed as content".to_owned())),
            Location::NoContent { why, .. } => (None, Some(why.reason().to_owned())),
            Location::Elsewhere { root } => self.elsewhere(container, root, source, path),
        };
        let mut status = Status { path, not_installed: around.or(own), run_modes: RunModes::never(), folder: None };
        let watched = source.configuration.and_then(|_| watched_by_file_installer(container, location, source));
        let has_folder =
            source.configuration.is_some() && watched.is_none() && !is_for_configurator(container, location, source);
        if !has_folder || !self.configuration(recent, container, &mut status) {
            let around = &self.around(recent, container).run_modes;
            status.run_modes = watched.map_or_else(|| around.clone(), |watched| around.and(&watched));
        }
        let is_node = source.configuration == Some(Format::OsgiNode);
        if self.target == Target::Cloud && is_node && !is_own_file(location, &status) {
            let why = "the converter sees a sling:OsgiConfig node only as the root of an XML file of its own name";
            status.not_installed.get_or_insert_with(|| why.to_owned());
        }
        if self.target == Target::Cloud && is_file_by_another_name(location, source) {
            let why = "the converter takes configurations by the names of files as they are written";
            status.not_installed.get_or_insert_with(|| why.to_owned());
        }
        status
    }

    /// Where the folder of a configuration takes it. Returns whether it has one, which then tells its run modes, too.
    fn configuration(&self, recent: &mut Recent, container: &Arc<Container>, status: &mut Status) -> bool {
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

    /// A file that is neither content nor metadata of a package: initial content of a bundle, or no content at all.
    fn elsewhere(
        &self,
        container: &Container,
        root: &Root,
        source: &SourceFacts,
        path: Option<String>,
    ) -> (Option<String>, Option<String>) {
        let Some(fact) = source.facts.first() else { return (path, None) };
        if root.tree {
            let is_configuration = source.configuration.is_some();
            return (None, outside_content(&container.path_on_disk(&fact.place), is_configuration).map(str::to_owned));
        }
        let name = match &path {
            Some(path) => path.trim_start_matches('/'),
            None => fact.place.inside.last().map(AsRef::as_ref).unwrap_or_default(),
        };
        let entry = fact.place.inside.last().map(AsRef::as_ref).unwrap_or_default();
        match self.packages.get(root).and_then(|(_, package)| package.manifest) {
            Some(manifest) if is_configurator_resource(entry) && source.configuration.is_some() => {
                let why = "its bundle does not ask for the OSGi Configurator (Require-Capability in its manifest)";
                (None, (!manifest.asks_for_configurator).then(|| why.to_owned()))
            }
            Some(manifest) if path.is_some() && manifest.is_kept(entry) => {
                (None, Some("its bundle loads such files as files, not as nodes (ignoreImportProviders)".to_owned()))
            }
            Some(manifest) if manifest.symbolic_name.is_some() => match manifest.content_path(name) {
                Some(path) => (Some(path), None),
                None => (None, Some("it lies in a bundle whose Sling-Initial-Content does not cover it".to_owned())),
            },
            _ => (None, Some("it does not lie below jcr_root".to_owned())),
        }
    }

    /// What the archives around the files of a container do to them.
    fn around<'r>(&self, recent: &'r mut Recent, container: &Arc<Container>) -> &'r Around {
        let known = recent.container.take().filter(|(last, _)| Arc::ptr_eq(last, container));
        let known = known.unwrap_or_else(|| {
            // What is known of a folder was decided with another archive around it.
            recent.folder = None;
            (container.clone(), self.archives.around(container))
        });
        &recent.container.insert(known).1
    }
}

/// Whether a configuration stands in a resource of the OSGi Configurator, which knows no folders.
fn is_for_configurator(container: &Container, location: &Location, source: &SourceFacts) -> bool {
    let Location::Elsewhere { root } = location else { return false };
    let Some(fact) = source.facts.first() else { return false };
    if root.tree {
        let path = container.path_on_disk(&fact.place);
        return source_tree::entry_in_bundle(&path).is_some_and(is_configurator_resource);
    }
    fact.place.inside.last().is_some_and(|entry| is_configurator_resource(entry))
}

/// The run modes for which the file installer takes a configuration file, if it lies where that looks.
fn watched_by_file_installer(container: &Container, location: &Location, source: &SourceFacts) -> Option<RunModes> {
    match location {
        Location::Elsewhere { root } if root.tree => {
            watched_run_modes(&container.path_on_disk(&source.facts.first()?.place))
        }
        _ => None,
    }
}

/// Why a file of a source tree outside of content is not installed.
fn outside_content(path: &str, is_configuration: bool) -> Option<&'static str> {
    if is_configuration && watched_run_modes(path).is_some() {
        return None;
    }
    Some(match source_tree::entry_in_bundle(path) {
        Some(entry) if is_configurator_resource(entry) => {
            "it is in the sources of a bundle, which do not show whether the OSGi Configurator reads it"
        }
        Some(_) => "it is in the sources of a bundle, which do not show where it becomes content",
        None => "it does not lie below jcr_root",
    })
}

/// Whether a configuration is a file of another name than its entry has: one that is decoded, or its content has a file of
/// its own or stands in a docview file.
fn is_file_by_another_name(location: &Location, source: &SourceFacts) -> bool {
    let Location::Content { below, .. } = location else { return false };
    matches!(source.configuration, Some(Format::File(_)))
        && osgi_config::format_of(&below.to_ascii_lowercase()).is_none()
}

/// Whether the facts of a source are about the package that its file is metadata of.
fn is_about_package(source: &SourceFacts) -> bool {
    source.facts.iter().all(|fact| matches!(fact.kind(), Kind::RejectedFile | Kind::InstallHook))
}

/// Whether a source is an install hook that comes in an archive of its package.
fn is_packed_hook(source: &SourceFacts) -> bool {
    source.facts.iter().any(|fact| InstallHook::of(fact).is_some_and(|hook| hook.in_package))
}

/// Why the second of several siblings of one name is not installed.
const LATER_SIBLING: &str = "Oak has no siblings of one name, and FileVault leaves out all but the first";

/// Whether a path leads to, or below, the second or a later one of several siblings of one name.
fn is_later_sibling(path: &str) -> bool {
    path.contains('[')
        && path.split('/').any(|name| {
            let index = name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map(|(_, index)| index);
            index.and_then(|index| index.parse().ok()).is_some_and(|index: u32| index > 1)
        })
}

/// The paths of the nodes among the sources of a file that are configurations, if there may be one inside another.
pub(super) fn paths_of_configurations(sources: &[SourceFacts]) -> BTreeSet<String> {
    let nodes = sources.iter().filter(|source| source.configuration == Some(Format::OsgiNode));
    let paths = nodes.filter_map(|source| source.facts.first()?.path.clone());
    let paths: BTreeSet<String> = paths.collect();
    if paths.len() > 1 { paths } else { BTreeSet::new() }
}

/// Why a configuration at this path is not installed, if it lies in one of those at `paths`.
pub(super) fn inside_another(path: Option<&str>, paths: &BTreeSet<String>) -> Option<&'static str> {
    if paths.is_empty() {
        return None;
    }
    let path = path?;
    let around = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    around.into_iter().any(|around| paths.contains(around)).then_some(
        "it lies in another sling:OsgiConfig node, and the installer looks for no configurations inside of one",
    )
}

/// Whether a node is the root of a file `name.xml`, not of a `.content.xml` nor inside of either.
fn is_own_file(location: &Location, status: &Status) -> bool {
    let file = location.file_path();
    file.as_deref().and_then(|file| file.strip_suffix(".xml")) == status.path.as_deref()
}
