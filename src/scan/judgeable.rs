//! Whether there was anything to judge: a run that finds nothing to judge must not look like one that finds no fault.

use crate::documents::{Content, Document, Location, NoContent};
use crate::facts::walked::{Cause, NotAnalysed};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use zip_audit::{File, Outcome, Place};

/// Set once a package, a bundle, content of either or of a source tree, or a configuration was seen.
#[derive(Debug, Default)]
pub(super) struct Judgeable(AtomicBool);

impl Judgeable {
    /// Notes that there is something to judge.
    fn found(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_found(&self) -> bool {
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

    /// Notes that a file gave facts.
    pub(super) fn look_at_facts(&self, number: usize) {
        if number > 0 {
            self.found();
        }
    }

    /// What to say of the inputs, by their places, if there was nothing to judge in any of them. Of an input of which
    /// something is said to be unread there is no more to say.
    pub(super) fn nothing(&self, inputs: &[Place], outcome: &Outcome) -> Vec<NotAnalysed> {
        if self.is_found() || outcome.content_files > 0 {
            return Vec::new();
        }
        let told: BTreeSet<u32> = outcome.unread.iter().map(|unread| unread.input).collect();
        let numbered = (0..).zip(inputs).filter(|(input, _)| !told.contains(input));
        let not_analysed = |(input, place): (u32, &Place)| NotAnalysed {
            place: place.clone(),
            cause: Cause::NothingToJudge {
                names: outcome.excluded_names.clone(),
                excluded: outcome.excluded.saturating_sub(outcome.excluded_by_default),
            },
            limit: None,
            input,
        };
        numbered.map(not_analysed).collect()
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
