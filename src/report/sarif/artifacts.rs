//! The table of files that results point at, archives and their entries included.

use crate::escape;
use serde_sarif::sarif::{Artifact, ArtifactLocation};
use std::collections::HashMap;
use zip_audit::Place;

/// Characters of one name in a URI: an archive can hold names of 64 KiB.
const MAX_NAME_CHARS: usize = 4_096;

/// The artifacts in the order of their first mention; an entry after the archive it lies in.
#[derive(Default)]
pub(super) struct Artifacts {
    list: Vec<Artifact>,
    by_uri: HashMap<String, i64>,
}

impl Artifacts {
    /// The reference to a place, with its index in the table.
    ///
    /// An entry is written `all.zip!/entry`. The specification would have it relative to its parent with a leading
    /// slash, which code scanning and validators take for an absolute path.
    pub(super) fn location(&mut self, place: &Place) -> ArtifactLocation {
        let mut path = on_disk(&place.file, cfg!(windows));
        let mut index = self.add(escape::uri(&path), None);
        for name in place.inside.iter() {
            self.is_archive(index);
            path = path + "!/" + &escape::clip(name, MAX_NAME_CHARS);
            index = self.add(escape::uri(&path), Some(index));
        }
        ArtifactLocation::builder().uri(escape::uri(&path)).index(index).build()
    }

    /// What holds entries is a zip archive, whatever its name.
    fn is_archive(&mut self, index: i64) {
        if let Some(artifact) = usize::try_from(index).ok().and_then(|index| self.list.get_mut(index)) {
            artifact.mime_type = Some("application/zip".to_owned());
        }
    }

    fn add(&mut self, uri: String, parent: Option<i64>) -> i64 {
        if let Some(&index) = self.by_uri.get(&uri) {
            return index;
        }
        let index = i64::try_from(self.list.len()).unwrap_or(i64::MAX);
        let mut artifact =
            Artifact::builder().location(ArtifactLocation::builder().uri(uri.clone()).index(index).build()).build();
        artifact.parent_index = parent;
        artifact.roles = Some(vec!["analysisTarget".into()]);
        self.list.push(artifact);
        self.by_uri.insert(uri, index);
        index
    }

    /// The table, if something is in it.
    pub(super) fn into_list(self) -> Option<Vec<Artifact>> {
        (!self.list.is_empty()).then_some(self.list)
    }
}

/// A file's path without what is only true on this machine: of an absolute path the file name remains, and steps out of
/// the directory are left out. Drives, and `\` between names, are those of `windows`; elsewhere both are part of a name.
fn on_disk(file: &str, windows: bool) -> String {
    let clipped = escape::clip(file, MAX_NAME_CHARS);
    let file = if windows { clipped.replace('\\', "/") } else { clipped.into_owned() };
    let drive = windows && matches!(file.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    if file.starts_with('/') || drive {
        return file.rsplit('/').find(|name| !name.is_empty()).unwrap_or("input").to_owned();
    }
    let mut rest = file.as_str();
    while let Some(inner) = rest.strip_prefix("./").or_else(|| rest.strip_prefix("../")) {
        rest = inner;
    }
    if matches!(rest, "" | "." | "..") { "input".to_owned() } else { rest.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_machine_never_show() {
        for windows in [true, false] {
            assert_eq!(on_disk("/home/me/vendor/all.zip", windows), "all.zip");
            assert_eq!(on_disk("../../vendor/all.zip", windows), "vendor/all.zip");
            assert_eq!(on_disk("./vendor/all.zip", windows), "vendor/all.zip");
            assert_eq!(on_disk(".", windows), "input");
        }
        assert_eq!(on_disk("C:\\work\\all.zip", true), "all.zip");
    }

    #[test]
    fn a_colon_or_backslash_in_a_name_is_no_drive_and_no_folder() {
        for name in ["a:b/src/x.config", "a:/b/x.config", "c:\\d/x.config"] {
            assert_eq!(on_disk(name, false), name);
        }
        assert_eq!(on_disk("a:b/x.config", true), "a:b/x.config");
        let mut artifacts = Artifacts::default();
        let location = artifacts.location(&Place::on_disk("a:b/c\\d.zip").entry("e\\f"));
        assert_eq!(location.uri.as_deref(), Some("./a:b/c%5Cd.zip!/e%5Cf"));
    }

    #[test]
    fn an_entry_follows_its_archive() {
        let mut artifacts = Artifacts::default();
        let zip = Place::on_disk("v/all.zip");
        let inner = zip.entry("jcr_root/a b/sub.zip");
        let location = artifacts.location(&inner.entry("x.config"));
        assert_eq!(location.uri.as_deref(), Some("v/all.zip!/jcr_root/a%20b/sub.zip!/x.config"));
        assert_eq!(artifacts.location(&zip).index, Some(0));
        let parents: Vec<_> = artifacts.into_list().unwrap().iter().map(|artifact| artifact.parent_index).collect();
        assert_eq!(parents, [None, Some(0), Some(1)]);
    }
}
