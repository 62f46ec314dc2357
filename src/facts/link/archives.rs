//! What the archives around a file do to it: when they are installed, if at all.

use super::packages::Packages;
use crate::documents::{Location, Root};
use crate::workers::lock;
use osgi_config::{RunModes, Target};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zip_audit::{Container, ContainerKind, Place};

/// What the archives around a file do to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    pub(super) not_installed: Option<String>,
    pub(super) run_modes: RunModes,
}

/// The archives of a run.
pub(super) struct Archives<'p, 'f> {
    packages: &'p Packages<'f>,
    target: Target,
    /// What was decided without regard to versions, by the places of archives.
    any_version: Mutex<HashMap<Place, Around>>,
    /// What was decided in the end.
    decided: Mutex<HashMap<Place, Around>>,
}

/// Whether an archive of a package counts of which a higher version is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lower {
    Counts,
    IsReplaced,
}

impl<'p, 'f> Archives<'p, 'f> {
    pub(super) fn new(packages: &'p Packages<'f>, target: Target) -> Self {
        Self { packages, target, any_version: Mutex::default(), decided: Mutex::default() }
    }

    /// What an archive, and those around it, do to what lies in it.
    pub(super) fn around(&self, container: &Arc<Container>) -> Around {
        self.decide(container, Lower::IsReplaced)
    }

    /// Whether a higher version of a package replaces what the lower one writes to `path`: it covers the path, and is
    /// installed wherever the other one is.
    ///
    /// Whether the higher one is itself in an archive that is replaced is not regarded, since that could go in circles.
    pub(super) fn replaces(&self, higher: &Root, lower: &Root, path: &str) -> bool {
        let around =
            |root: &Root| self.packages.get(root).map(|(_, package)| self.decide(package.container, Lower::Counts));
        self.packages.covers(higher, path)
            && around(higher).zip(around(lower)).is_some_and(|(higher, lower)| {
                higher.not_installed.is_none() && (higher.run_modes.is_always() || higher.run_modes == lower.run_modes)
            })
    }

    fn decide(&self, container: &Arc<Container>, lower: Lower) -> Around {
        // Outermost first, so that nesting costs no stack.
        let mut chain = vec![container];
        while let Some(parent) = chain.last().and_then(|last| last.parent.as_ref()) {
            chain.push(parent);
        }
        let known = match lower {
            Lower::Counts => &self.any_version,
            Lower::IsReplaced => &self.decided,
        };
        let mut around = Around::default();
        for container in chain.into_iter().rev() {
            let decided = lock(known).get(&container.place).cloned();
            around = decided.unwrap_or_else(|| {
                let entered = self.enter(container, around, lower);
                lock(known).insert(container.place.clone(), entered.clone());
                entered
            });
        }
        around
    }

    /// What lies around the files of an archive, given what lies around the archive itself.
    fn enter(&self, archive: &Container, mut around: Around, lower: Lower) -> Around {
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
                let filtered = || self.packages.filtered(&root, &path);
                let why = why
                    .or_else(|| filtered().map(|why| format!("the archive around it is not installed, since {why}")))
                    .or_else(|| {
                        let mut higher = self.packages.higher_versions(&root).filter(|_| lower == Lower::IsReplaced);
                        let higher = higher.find(|higher| self.replaces(higher, &root, &path))?;
                        let why = self.packages.describe_replacement(higher);
                        Some(format!("the archive around it is not installed, since {why}"))
                    });
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
        let (_, package) = archive.parent.as_ref().and_then(|_| self.packages.get(&top))?;
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
