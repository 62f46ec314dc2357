//! What has to follow a node that gets another name, or goes: the workspace filter, its copies in the vault definition and in
//! the manifest, and the list of nodes in the file of the folder.

use crate::documents::source_tree;
use crate::scan::sibling;
use config_edits::{add_cleanup_root, add_definition_root, add_manifest_root, empty_root, follow_child, rename_root};
use jcr_filevault::{ImportMode, WorkspaceFilter, decode_xml};
use std::collections::BTreeSet;
use zip_audit::Place;

const FILTER: &str = "META-INF/vault/filter.xml";
const DEFINITION: &str = "META-INF/vault/definition/.content.xml";
const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// What becomes of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its repository path before.
    pub(super) old: String,
    /// Its repository path afterwards; `None` if it goes.
    pub(super) new: Option<String>,
    /// Whether it fills a file: then the file of its folder may name it.
    pub(super) fills_file: bool,
}

impl Step {
    /// The step of the node `node`, which gets the name `name` or, without one, goes. The content of a page goes with it.
    pub(super) fn of(node: &str, name: Option<&str>, fills_file: bool) -> Self {
        let old = if name.is_none() { node.strip_suffix("/jcr:content").unwrap_or(node) } else { node };
        Self { old: old.to_owned(), new: name.map(|name| sibling(old, name)), fills_file }
    }
}

/// The files that say which part of the repository a package is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) filter: Place,
    /// The copies of the filter.
    pub(super) definition: Place,
    pub(super) manifest: Place,
}

/// Where the metadata of the package with the file at `place` can be, the nearest first.
pub(super) fn metadata(place: &Place) -> Vec<Metadata> {
    let Some((_, around)) = place.inside.split_last() else {
        let path = format!("/{}", place.file);
        let Some(at) = path.find("/jcr_root") else { return Vec::new() };
        let base = path.get(1..at).unwrap_or_default();
        let folders = std::iter::once(base.to_owned()).chain(source_tree::metadata_folders(base));
        let on_disk = |folder: &str, name: &str| {
            Place::on_disk(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
        };
        let of = |folder: String| Metadata {
            filter: on_disk(&folder, FILTER),
            definition: on_disk(&folder, DEFINITION),
            manifest: on_disk(&folder, MANIFEST),
        };
        return folders.map(of).collect();
    };
    let archive = Place { file: place.file.clone(), inside: around.into() };
    let [filter, definition, manifest] = [FILTER, DEFINITION, MANIFEST].map(|name| archive.entry(name));
    vec![Metadata { filter, definition, manifest }]
}

/// Whether the file at `place` is one of those that say which part of the repository a package is about.
pub(super) fn is_metadata(place: &Place) -> bool {
    let path = place.inside.last().unwrap_or(&place.file);
    [FILTER, DEFINITION, MANIFEST]
        .iter()
        .any(|name| path.strip_suffix(name).is_some_and(|base| base.is_empty() || base.ends_with('/')))
}

/// The file that may list the nodes of the folder of the file at `place`.
pub(super) fn folder_file(place: &Place) -> Option<Place> {
    const NODES: &str = ".content.xml";
    let path: &str = place.inside.last().unwrap_or(&place.file);
    let (folder, name) = path.rsplit_once('/')?;
    // The node of such a file has the name of its folder.
    let folder = if name == NODES { folder.rsplit_once('/')?.0 } else { folder };
    let path = format!("{folder}/{NODES}");
    Some(match place.inside.split_last() {
        None => Place::on_disk(path),
        Some((_, around)) => Place { file: place.file.clone(), inside: around.into() }.entry(path),
    })
}

/// A file with the properties of the file at `place` beyond its content, which would have to move along.
pub(super) fn companion(place: &Place) -> Place {
    let path: &str = place.inside.last().unwrap_or(&place.file);
    let path = format!("{path}.dir/.content.xml");
    match place.inside.split_last() {
        None => Place::on_disk(path),
        Some((_, around)) => Place { file: place.file.clone(), inside: around.into() }.entry(path),
    }
}

/// All places that may be needed when the node in the file at `place` takes a step.
pub(super) fn places(place: &Place) -> BTreeSet<Place> {
    let metadata = metadata(place).into_iter().flat_map(|found| [found.filter, found.definition, found.manifest]);
    metadata.chain(folder_file(place)).chain([companion(place)]).collect()
}

/// The content that a file has then, if it changes; or why it cannot follow, as a clause.
pub(super) type Followed = Result<Option<Vec<u8>>, String>;

/// A change of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterChange {
    pub(super) content: Vec<u8>,
    /// The root that was added; none if one became a cleanup root.
    added: Option<String>,
}

/// What becomes of the filter with the content `bytes` when a node takes a step; `None` if nothing does: the filter replaces the
/// whole folder, which removes the old node, or does not cover it.
///
/// # Errors
/// Why the filter cannot follow, as a clause.
pub(super) fn of_filter(bytes: &[u8], step: &Step) -> Result<Option<FilterChange>, String> {
    let failed = |error| format!("the workspace filter: {error}");
    let parse = |bytes: &[u8]| WorkspaceFilter::parse(&decode_xml(bytes).text);
    let filter = parse(bytes);
    let Step { old, new, .. } = step;
    if !filter.contains(old).is_contained() {
        return Ok(None);
    }
    let is_own = filter.sets.iter().any(|set| set.root() == old);
    let changed = match new {
        Some(new) if is_own => {
            let content = rename_root(bytes, old, new).map_err(failed)?;
            content.map(|content| FilterChange { content, added: Some(new.clone()) })
        }
        None if is_own => {
            let content = empty_root(bytes, old).map_err(failed)?;
            content.map(|content| FilterChange { content, added: None })
        }
        _ if filter.mode(old) == ImportMode::Replace => None,
        _ => {
            let content = add_cleanup_root(bytes, old).map_err(failed)?;
            content.map(|content| FilterChange { content, added: Some(old.clone()) })
        }
    };
    let after = changed.as_ref().map_or(filter, |changed| parse(&changed.content));
    if changed.is_some() && after.mode(old) != ImportMode::Replace {
        return Err("another root of the workspace filter covers the old name, and would keep it".to_owned());
    }
    if new.as_ref().is_none_or(|new| after.contains(new).is_contained()) {
        Ok(changed)
    } else {
        Err("the workspace filter does not cover the new name, because of its patterns".to_owned())
    }
}

/// What becomes of the copy of a filter in the vault definition when the filter changes; `None` if nothing does.
///
/// # Errors
/// Why it cannot follow, as a clause.
pub(super) fn of_definition(bytes: &[u8], change: &FilterChange, step: &Step) -> Followed {
    let Some(added) = &change.added else { return Ok(None) };
    add_definition_root(bytes, added, Some(&step.old)).map_err(|error| format!("the vault definition: {error}"))
}

/// What becomes of the manifest when the filter changes; `None` if nothing does.
///
/// # Errors
/// Why it cannot follow, as a clause.
pub(super) fn of_manifest(bytes: &[u8], change: &FilterChange, step: &Step) -> Followed {
    let Some(added) = &change.added else { return Ok(None) };
    add_manifest_root(bytes, added, Some(&step.old)).map_err(|error| format!("the manifest: {error}"))
}

/// What becomes of the file of a folder that may list a node which takes a step; `None` if nothing does.
///
/// # Errors
/// Why it cannot follow, as a clause.
pub(super) fn of_folder(bytes: &[u8], step: &Step) -> Followed {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let new = step.new.as_deref().map(name);
    follow_child(bytes, &name(&step.old), new.as_deref())
        .map_err(|error| format!("the list of nodes of its folder: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_lie_beside_the_content_or_in_the_same_archive() {
        let names = |place: &Place| metadata(place).iter().map(|found| found.filter.to_string()).collect::<Vec<_>>();
        let tree = Place::on_disk("ui/src/main/content/jcr_root/apps/x/a.config");
        assert_eq!(names(&tree).first().unwrap(), "ui/src/main/content/META-INF/vault/filter.xml");
        let nested = Place::on_disk("all.zip").entry("sub.zip").entry("jcr_root/a.config");
        assert_eq!(names(&nested), ["all.zip!/sub.zip!/META-INF/vault/filter.xml"]);
        assert!(
            metadata(&nested)
                .into_iter()
                .flat_map(|m| [m.filter, m.definition, m.manifest])
                .all(|place| is_metadata(&place))
        );
        assert!(!is_metadata(&Place::on_disk("x-META-INF/vault/filter.xml")));
    }

    #[test]
    fn the_file_of_a_folder_is_that_of_the_node_above() {
        let of = |path: &str| folder_file(&Place::on_disk(path)).map(|place| place.to_string());
        assert_eq!(of("jcr_root/apps/x/a.config").as_deref(), Some("jcr_root/apps/x/.content.xml"));
        assert_eq!(of("jcr_root/conf/page/.content.xml").as_deref(), Some("jcr_root/conf/.content.xml"));
        assert_eq!(of(".content.xml"), None);
    }

    #[test]
    fn the_old_name_is_cleaned_up_where_the_filter_does_not_do_that_already() {
        let follow = |filters: &str, name: Option<&str>| {
            let text = format!("<workspaceFilter>\n{filters}</workspaceFilter>");
            let changed = of_filter(text.as_bytes(), &Step::of("/apps/x/a.1", name, true));
            changed.map(|changed| changed.map(|changed| (String::from_utf8(changed.content).unwrap(), changed.added)))
        };
        assert_eq!(follow("<filter root=\"/apps/x\"/>\n", Some("a-1")), Ok(None));
        assert_eq!(follow("<filter root=\"/apps/y\"/>\n", Some("a-1")), Ok(None));
        for name in [Some("a-1"), None] {
            let (merged, added) = follow("<filter root=\"/apps/x\" mode=\"merge\"/>\n", name).unwrap().unwrap();
            assert!(merged.contains("<filter root=\"/apps/x/a.1\" type=\"cleanup\"/>"), "{merged}");
            assert_eq!(added.as_deref(), Some("/apps/x/a.1"));
        }
        let (own, added) = follow("<filter root=\"/apps/x/a.1\"/>\n", Some("a-1")).unwrap().unwrap();
        assert!(own.contains("<filter root=\"/apps/x/a-1\"/>"), "{own}");
        assert_eq!(added.as_deref(), Some("/apps/x/a-1"));
        let gone = follow("<filter root=\"/apps/x/a.1\"/>\n", None).unwrap().unwrap();
        assert!(gone.0.contains("<filter root=\"/apps/x/a.1\" type=\"cleanup\"/>") && gone.1.is_none(), "{gone:?}");
        let patterns = "<filter root=\"/apps/x\"><include pattern=\"/apps/x/a[.]1\"/></filter>\n";
        assert!(follow(patterns, Some("a-1")).is_err());
    }

    #[test]
    fn a_page_goes_with_its_content() {
        let step = Step::of("/conf/x/page/jcr:content", None, true);
        assert_eq!((step.old.as_str(), step.new), ("/conf/x/page", None));
        assert_eq!(Step::of("/apps/a.1", Some("a-1"), true).new.as_deref(), Some("/apps/a-1"));
    }
}
