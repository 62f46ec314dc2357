//! Whether there was anything to judge: a run that finds nothing to judge must not look like one that finds no fault.

use crate::documents::{Content, Document, Location, NoContent};
use crate::facts::{FileFacts, Kind};
use std::sync::atomic::{AtomicBool, Ordering};
use zip_audit::File;

/// Set once a package, a bundle, content of either or of a source tree, or a configuration was seen.
#[derive(Debug, Default)]
pub(super) struct Judgeable(AtomicBool);

impl Judgeable {
    /// Notes that there is something to judge.
    fn found(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_found(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Looks at where a file of a container lies.
    pub(super) fn look_at_place(&self, file: &File<'_>) {
        if !self.is_found() && is_part_of_package(&Location::of(file.container, file.name, &file.place())) {
            self.found();
        }
    }

    /// Looks at what a file holds, and whether it gave facts.
    pub(super) fn look_at_content(&self, document: &Document<'_>) {
        if self.is_found() {
            return;
        }
        let is_one = match &document.content {
            Content::Configurations(configurations) => !configurations.is_empty(),
            Content::DocView { configurations, .. } => !configurations.is_empty(),
            Content::Filter(_) | Content::PackageProperties(_) | Content::Keys(_) => true,
            Content::Manifest(manifest) => manifest.symbolic_name.is_some(),
            Content::Raw => false,
        };
        if is_one {
            self.found();
        }
    }

    /// Notes that a file gave facts other than those of nodes.
    pub(super) fn look_at_facts(&self, facts: &FileFacts) {
        let mut facts = facts.sources.iter().flat_map(|source| &source.facts);
        if facts.any(|fact| fact.kind() != Kind::Node) {
            self.found();
        }
    }
}

/// Whether a file lies in a package or content tree, or where one would be if it were not in another folder.
fn is_part_of_package(location: &Location) -> bool {
    match location {
        Location::Content { .. } => true,
        Location::MetaInf { below, .. } => below.starts_with("vault/"),
        Location::NoContent { below, why, .. } => below.is_some() && *why != NoContent::Sidecar,
        Location::Elsewhere { .. } => false,
    }
}
