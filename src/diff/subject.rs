//! What a fact or finding is about, wherever the package lay and however its file was named.

use crate::facts::families::configuration::Configuration;
use crate::facts::{Fact, OfKind, Packages, Whereabouts};
use crate::rules::without_version;
use std::collections::HashMap;
use zip_audit::Place;

/// Folders below which paths are the same in a package and in a tree.
const CONTENT: [&str; 2] = ["jcr_root/", "META-INF/vault/"];

/// What something is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Subject {
    /// The PID of a configuration, else the repository path of a node, else the path in the package.
    pub key: String,
    /// When it is active: alternatives, each such as `author.-prod`; empty if it always is.
    pub run_modes: Vec<String>,
}

/// The subjects of a scan.
pub(super) struct Subjects<'f> {
    packages: &'f Packages,
    known: HashMap<(&'f Place, Option<&'f str>), Known<'f>>,
}

/// What is known of a node or file.
struct Known<'f> {
    pid: Option<&'f str>,
    fact: &'f Fact,
}

impl<'f> Subjects<'f> {
    pub(super) fn new(facts: &'f [Fact], packages: &'f Packages) -> Self {
        let mut known: HashMap<(&Place, Option<&str>), Known<'_>> = HashMap::new();
        for fact in facts {
            let pid = Configuration::of(fact).map(|configuration| configuration.pid.as_str());
            let entry = known.entry((&fact.place, fact.path.as_deref())).or_insert(Known { pid: None, fact });
            if pid.is_some() && entry.pid.is_none() {
                *entry = Known { pid, fact };
            }
        }
        Self { packages, known }
    }

    /// What a fact is about.
    pub(super) fn of_fact(&self, fact: &Fact) -> Subject {
        let mut subject = self.at(&fact.place, fact.path.as_deref());
        subject.run_modes = fact.run_modes.alternatives();
        subject
    }

    /// What is at a place that a report points at.
    pub(super) fn of_location(&self, location: &Whereabouts) -> Subject {
        self.at(&location.place, location.node.as_deref())
    }

    fn at(&self, place: &Place, node: Option<&str>) -> Subject {
        let known = self.known.get(&(place, node));
        let run_modes = known.map(|known| known.fact.run_modes.alternatives()).unwrap_or_default();
        let key = match (known.and_then(|known| known.pid), node) {
            (Some(pid), Some(_)) => pid.to_owned(),
            (_, Some(node)) => node.to_owned(),
            (_, None) => self.path_in_package(place),
        };
        Subject { key, run_modes }
    }

    /// The path of a file in its package or tree; of an archive on disk the group and name of the package that it is, or else
    /// its name without a version.
    pub(super) fn path_in_package(&self, place: &Place) -> String {
        if place.inside.is_empty() && !is_content(&place.file) {
            if let Some(package) = self.packages.around(place) {
                return format!("{}:{}", package.group, package.name);
            }
            return without_version(last_segment(&place.file));
        }
        let names: Vec<&str> = std::iter::once(&place.file).chain(place.inside.iter()).map(AsRef::as_ref).collect();
        let start = names.iter().rposition(|name| is_content(name));
        let shown = names.get(start.unwrap_or(1)..).unwrap_or_default();
        let shown = shown.iter().enumerate().map(|(index, name)| {
            let name = if index == 0 && start.is_some() { content(name) } else { name };
            without_version(name)
        });
        shown.collect::<Vec<_>>().join("!/")
    }
}

fn is_content(name: &str) -> bool {
    content_start(name).is_some()
}

/// The part of a path from the folder of content on.
fn content(name: &str) -> &str {
    content_start(name).and_then(|start| name.get(start..)).unwrap_or(name)
}

fn content_start(name: &str) -> Option<usize> {
    let starts = CONTENT.into_iter().filter_map(|folder| {
        let at = |at: &usize| *at == 0 || name.as_bytes().get(at - 1) == Some(&b'/');
        name.match_indices(folder).map(|(start, _)| start).find(at)
    });
    starts.min()
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').find(|name| !name.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_in_the_package() {
        let packages = Packages::default();
        let subjects = Subjects::new(&[], &packages);
        let zip = Place::on_disk("out/all-1.0.zip");
        let bundle = zip.entry("jcr_root/apps/x/install/core-1.0.jar").entry("SLING-INF/a.json");
        for (place, expected) in [
            (zip.clone(), "all.zip"),
            (zip.entry("jcr_root/a.pem"), "jcr_root/a.pem"),
            (zip.entry("jcr_root/sub-2.zip").entry("META-INF/vault/filter.xml"), "META-INF/vault/filter.xml"),
            (bundle, "jcr_root/apps/x/install/core.jar!/SLING-INF/a.json"),
            (zip.entry("lib/core-1.0.jar").entry("a.json"), "lib/core.jar!/a.json"),
            (Place::on_disk("/tmp/x/jcr_root/a.pem"), "jcr_root/a.pem"),
            (Place::on_disk("x/jcr_root/install/core-3.jar").entry("a.json"), "jcr_root/install/core.jar!/a.json"),
        ] {
            assert_eq!(subjects.path_in_package(&place), expected, "{place}");
        }
    }
}
