//! The quick look at what most files are: ordinary content, of which nothing can make a fact.

use super::prefilter::Prefilter;
use super::{embedded, keys};
use crate::source::{ContainerKind, File};
use crate::vault;

/// A quick look at what most files are, before anything is made of their names: ordinary content of an archive.
///
/// Never says so of a file of which [`super::read`] makes something that matters.
pub(super) fn is_irrelevant(file: &File<'_>, prefilter: &Prefilter) -> bool {
    // The path of a directory that is walked may itself lead into a content tree.
    if file.container.kind != ContainerKind::Archive {
        return false;
    }
    let base = file.name.rsplit('/').next().unwrap_or_default();
    let ends_with = |end: &str| {
        let tail = base.len().checked_sub(end.len()).and_then(|at| base.as_bytes().get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
    };
    if ends_with(".xml") {
        let metadata = matches!(base, "filter.xml" | "properties.xml") && file.name.contains("META-INF/");
        !metadata && !prefilter.can_matter(file.bytes) && !names_something(file.name, prefilter)
    } else {
        let feature_model = || embedded::mentions_configurations(file.bytes);
        ends_with(".json")
            && !ends_with(".cfg.json")
            // What it stands for may end otherwise.
            && !base.contains('%')
            && !keys::is_key_name(base)
            && !prefilter.can_matter_as_text(file.bytes)
            && !feature_model()
    }
}

/// Whether the path of an entry, as it is or as the repository path that it stands for, makes a fact by itself.
fn names_something(name: &str, prefilter: &Prefilter) -> bool {
    let encoded = name.starts_with('_') || name.contains('%') || name.contains("/_") || name.contains(".dir/");
    prefilter.mentions(name) || encoded && prefilter.mentions(&vault::names::path_to_repository(name, true))
}
