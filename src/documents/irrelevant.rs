//! The quick look at what most files are: ordinary content, of which nothing can make a fact.

use super::prefilter::Prefilter;
use super::{embedded, initial_content, keys, sling_xml};
use zip_audit::{ContainerKind, File};

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What a quick look at a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing that [`super::read`] makes of it can matter.
    Irrelevant,
    /// It is an XML file in which something can matter.
    Matters,
    /// It has to be read to know.
    Open,
}

/// A quick look at what most files are, before anything is made of their names: ordinary content of an archive.
pub(super) fn look(file: &File<'_>, prefilter: &Prefilter) -> Look {
    // The path of a directory that is walked may itself lead into a content tree.
    if file.container.kind != ContainerKind::Archive {
        return Look::Open;
    }
    let base = file.name.get(memchr::memrchr(b'/', file.name.as_bytes()).map_or(0, |at| at + 1)..).unwrap_or_default();
    let ends_with = |end: &str| {
        let tail = base.len().checked_sub(end.len()).and_then(|at| base.as_bytes().get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
    };
    if ends_with(".xml") {
        let is_content = file.name.starts_with("jcr_root/");
        return if is_metadata(base, file.name) {
            Look::Open
        } else if prefilter.can_matter(file.bytes) || !is_content && sling_xml::may_join_texts(file.bytes) {
            Look::Matters
        } else if names_something(file.name, prefilter) {
            Look::Open
        } else {
            Look::Irrelevant
        };
    }
    let feature_model = || embedded::mentions_configurations(file.bytes);
    let ordinary_json = ends_with(".json")
        && !ends_with(".cfg.json")
        // What it stands for may end otherwise.
        && !base.contains('%')
        && !keys::is_key_name(base)
        && !prefilter.can_matter_as_text(file.bytes, || initial_content::mentions_nodes(file.bytes))
        && !feature_model()
        && !embedded::is_configurator_resource(file.name);
    if ordinary_json { Look::Irrelevant } else { Look::Open }
}

/// Whether a file is the metadata of a package, by the last segment of its name and its name.
fn is_metadata(base: &str, name: &str) -> bool {
    matches!(base, "filter.xml" | "properties.xml") && name.contains("META-INF/")
}

/// Whether nothing is made of an entry of an archive with this name if the prefilter says that nothing in it
/// [can matter](Prefilter::can_matter): an XML file of content whose path makes no fact by itself.
pub fn is_ordinary(name: &str, prefilter: &Prefilter) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let is_xml =
        base.len().checked_sub(4).and_then(|at| base.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(".xml"));
    let is_content = name.starts_with("jcr_root/");
    is_content
        && is_xml
        && !prefilter.parses_everything()
        && !is_metadata(base, name)
        && !names_something(name, prefilter)
}

/// Whether nothing can matter in this content of an [ordinary](is_ordinary) file, whatever its name is. Such a file lies below
/// `jcr_root`, where no reader joins the texts around a comment.
pub fn holds_nothing(bytes: &[u8], prefilter: &Prefilter) -> bool {
    prefilter.may_skip(bytes)
}

/// Whether the path of an entry, as it is or as the repository path that it stands for, makes a fact by itself.
fn names_something(name: &str, prefilter: &Prefilter) -> bool {
    prefilter.mentions(name)
        || is_encoded(name) && prefilter.mentions(&jcr_filevault::names::path_to_repository(name, true))
}

/// The end of the name of a directory that holds what is below a file.
static BELOW_FILE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".dir/"));

/// Whether a path may stand for another one in the repository.
fn is_encoded(name: &str) -> bool {
    let name = name.as_bytes();
    let mut marks = memchr::memchr2_iter(b'_', b'%', name);
    marks.any(|at| name.get(at) == Some(&b'%') || at == 0 || name.get(at - 1) == Some(&b'/'))
        || BELOW_FILE.find(name).is_some()
}
