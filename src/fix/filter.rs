//! Workspace filters that follow files and nodes which get another name, so that the old ones are cleaned up.

use crate::documents::source_tree;
use config_edits::{add_cleanup_root, rename_root};
use jcr_filevault::{ImportMode, WorkspaceFilter, decode_xml};
use zip_audit::Place;

/// The places where the filter of a file of content can be, the nearest first.
pub(super) fn places(place: &Place) -> Vec<Place> {
    const FILTER: &str = "META-INF/vault/filter.xml";
    let Some((_, around)) = place.inside.split_last() else {
        let path = format!("/{}", place.file);
        let Some(at) = path.find("/jcr_root") else { return Vec::new() };
        let base = path.get(1..at).unwrap_or_default();
        let folders = std::iter::once(base.to_owned()).chain(source_tree::metadata_folders(base));
        let join = |folder: &str| if folder.is_empty() { FILTER.to_owned() } else { format!("{folder}/{FILTER}") };
        return folders.map(|folder| Place::on_disk(join(&folder))).collect();
    };
    vec![Place { file: place.file.clone(), inside: around.into() }.entry(FILTER)]
}

/// What becomes of the filter with the content `bytes` when the repository path `old` becomes `new`; `None` if nothing
/// does: the filter replaces the whole folder, which removes the old one.
///
/// # Errors
/// Why the filter cannot follow, as a clause.
pub(super) fn follow(bytes: &[u8], old: &str, new: &str) -> Result<Option<Vec<u8>>, String> {
    let parse = |bytes: &[u8]| WorkspaceFilter::parse(&decode_xml(bytes).text);
    let filter = parse(bytes);
    if !filter.contains(old).is_contained() {
        return Ok(None);
    }
    let changed = match rename_root(bytes, old, new).map_err(|error| format!("the workspace filter: {error}"))? {
        Some(changed) => Some(changed),
        None if filter.mode(old) == ImportMode::Replace => None,
        None => add_cleanup_root(bytes, old).map_err(|error| format!("the workspace filter: {error}"))?,
    };
    let after = changed.as_deref().map_or(filter, parse);
    if after.contains(new).is_contained() {
        Ok(changed)
    } else {
        Err("the workspace filter does not cover the new name, because of its patterns".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lies_beside_the_content_or_in_the_same_archive() {
        let names = |place: &Place| places(place).iter().map(ToString::to_string).collect::<Vec<_>>();
        let tree = Place::on_disk("ui/src/main/content/jcr_root/apps/x/a.config");
        assert_eq!(names(&tree).first().unwrap(), "ui/src/main/content/META-INF/vault/filter.xml");
        let nested = Place::on_disk("all.zip").entry("sub.zip").entry("jcr_root/a.config");
        assert_eq!(names(&nested), ["all.zip!/sub.zip!/META-INF/vault/filter.xml"]);
    }

    #[test]
    fn the_old_name_is_cleaned_up_where_the_filter_does_not_do_that_already() {
        let follow = |filters: &str| {
            let text = format!("<workspaceFilter>\n{filters}</workspaceFilter>");
            let changed = super::follow(text.as_bytes(), "/apps/x/a.1", "/apps/x/a-1");
            changed.map(|changed| changed.map(|bytes| String::from_utf8(bytes).unwrap()))
        };
        assert_eq!(follow("<filter root=\"/apps/x\"/>\n"), Ok(None));
        assert_eq!(follow("<filter root=\"/apps/y\"/>\n"), Ok(None));
        let merged = follow("<filter root=\"/apps/x\" mode=\"merge\"/>\n").unwrap().unwrap();
        assert!(merged.contains("<filter root=\"/apps/x/a.1\" type=\"cleanup\"/>"), "{merged}");
        let own = follow("<filter root=\"/apps/x/a.1\"/>\n").unwrap().unwrap();
        assert!(own.contains("<filter root=\"/apps/x/a-1\"/>"), "{own}");
        let patterns = "<filter root=\"/apps/x\"><include pattern=\"/apps/x/a[.]1\"/></filter>\n";
        assert!(follow(patterns).is_err());
    }
}
