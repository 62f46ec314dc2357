//! Packages with edited files: only the records that change are written anew, in packages in packages, too.

use super::plan::PlannedFile;
use crate::edits::Edited;
use crate::scan::sibling;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use zip_audit::Place;
use zip_splice::{Archive, Change, SpliceError};

/// Why a package cannot be changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// An archive cannot be changed.
    #[error("{0}: {1}")]
    Archive(Place, SpliceError),
    /// A file in it is not what it was when it was read.
    #[error("{0} changed since it was read")]
    Changed(Place),
}

/// What becomes of an entry: an edit, or edits of what is in it.
#[derive(Default)]
struct Node<'p> {
    planned: Option<&'p PlannedFile>,
    inner: BTreeMap<Arc<str>, Node<'p>>,
}

/// Writes the package at `path`, which is shown as `file`, with the planned edits of files in it.
///
/// # Errors
/// An archive that cannot be changed, and where it is.
pub(crate) fn write_package(
    file: &Arc<str>,
    path: &Path,
    planned: &[&PlannedFile],
    out: &mut impl Write,
) -> Result<(), PackageError> {
    let mut root = Node::default();
    for planned in planned {
        let mut node = &mut root;
        for name in planned.place.inside.iter() {
            node = node.inner.entry(name.clone()).or_default();
        }
        node.planned = Some(planned);
    }
    let place = Place::on_disk(file.clone());
    let failed = |error| PackageError::Archive(place.clone(), error);
    let source = File::open(path).map_err(|error| failed(error.into()))?;
    let mut archive = Archive::open(source).map_err(failed)?;
    splice(&mut archive, &place, &root, out)
}

/// Writes an archive with the edits made. Packages are nested a few times at most.
fn splice<R: Read + Seek>(
    archive: &mut Archive<R>,
    place: &Place,
    node: &Node<'_>,
    out: &mut impl Write,
) -> Result<(), PackageError> {
    let failed = |error| PackageError::Archive(place.clone(), error);
    let mut changes = BTreeMap::new();
    for (name, inner) in &node.inner {
        let index = archive.find(name).map_err(failed)?;
        if let Some(planned) = inner.planned
            && archive.read(index).map_err(failed)? != planned.original
        {
            return Err(PackageError::Changed(planned.place.clone()));
        }
        let change = match inner.planned.map(|planned| &planned.edited) {
            Some(Edited::Gone) => Change::Remove,
            Some(Edited::Content(content)) => Change::replace(content.clone()),
            Some(Edited::Moved(to, content)) => {
                Change::Replace { name: Some(sibling(name, to)), content: content.clone() }
            }
            None => {
                let content = archive.read(index).map_err(failed)?;
                let inner_place = place.entry(name.clone());
                let mut nested = Archive::open(Cursor::new(content))
                    .map_err(|error| PackageError::Archive(inner_place.clone(), error))?;
                let mut changed = Vec::new();
                // Generic over the writer, so that the calls end somewhere.
                splice_nested(&mut nested, &inner_place, inner, &mut changed)?;
                Change::replace(changed)
            }
        };
        changes.insert(index, change);
    }
    for name in empty_folders(archive, &changes) {
        let index = archive.find(&name).map_err(failed)?;
        changes.insert(index, Change::Remove);
    }
    archive.splice(&changes, out).map_err(failed)
}

/// The entries of folders in which nothing is left: FileVault would make a node of an empty one.
fn empty_folders<R: Read + Seek>(archive: &Archive<R>, changes: &BTreeMap<usize, Change>) -> Vec<String> {
    let names: Vec<String> = archive.names().map(std::borrow::Cow::into_owned).collect();
    let is_gone = |index: usize| changes.get(&index) == Some(&Change::Remove);
    let kept: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(index, name)| !is_gone(*index) && !name.ends_with('/'))
        .map(|(_, name)| name.as_str())
        .collect();
    let gone: Vec<&str> =
        names.iter().enumerate().filter(|(index, _)| is_gone(*index)).map(|(_, name)| name.as_str()).collect();
    let is_emptied = |folder: &&String| {
        folder.ends_with('/')
            && gone.iter().any(|name| name.starts_with(folder.as_str()))
            && !kept.iter().any(|name| name.starts_with(folder.as_str()))
    };
    names.iter().filter(is_emptied).cloned().collect()
}

fn splice_nested(
    archive: &mut Archive<Cursor<Vec<u8>>>,
    place: &Place,
    node: &Node<'_>,
    out: &mut Vec<u8>,
) -> Result<(), PackageError> {
    splice(archive, place, node, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::testing::pack;

    #[test]
    fn a_file_in_a_package_in_a_package_is_edited() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.zip");
        let inner = pack(&[("a.config", b"old"), ("b.config", b"b"), ("c", b"c")]);
        std::fs::write(&path, pack(&[("x", b"x"), ("sub.zip", &inner)])).unwrap();
        let file: Arc<str> = "all.zip".into();
        let planned = |name: &str, edited| PlannedFile {
            place: Place::on_disk(file.clone()).entry("sub.zip").entry(name),
            original: if name == "a.config" { b"old".to_vec() } else { name[..1].into() },
            edited,
        };
        let planned = [
            planned("a.config", Edited::Content(b"new".to_vec())),
            planned("b.config", Edited::Moved("d.config".into(), b"d".to_vec())),
            planned("c", Edited::Gone),
        ];
        let mut out = Vec::new();
        write_package(&file, &path, &planned.iter().collect::<Vec<_>>(), &mut out).unwrap();
        let mut outer = Archive::open(Cursor::new(out)).unwrap();
        let inner = outer.read(outer.find("sub.zip").unwrap()).unwrap();
        let mut inner = Archive::open(Cursor::new(inner)).unwrap();
        assert_eq!(inner.read(inner.find("a.config").unwrap()).unwrap(), b"new");
        assert_eq!(inner.read(inner.find("d.config").unwrap()).unwrap(), b"d");
        assert!(!inner.contains("c") && !inner.contains("b.config"));
        let stale = PlannedFile { original: b"older".to_vec(), ..planned[0].clone() };
        let error = write_package(&file, &path, &[&stale], &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "all.zip!/sub.zip!/a.config changed since it was read");
    }

    #[test]
    fn a_folder_goes_with_the_last_file_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.zip");
        let entries: [(&str, &[u8]); 6] =
            [("x/", b""), ("x/a/", b""), ("x/a/b", b"b"), ("x/c/", b""), ("x/c/d", b"d"), ("x/e/", b"")];
        std::fs::write(&path, pack(&entries)).unwrap();
        let file: Arc<str> = "all.zip".into();
        let place = Place::on_disk(file.clone()).entry("x/a/b");
        let planned = PlannedFile { place, original: b"b".to_vec(), edited: Edited::Gone };
        let mut out = Vec::new();
        write_package(&file, &path, &[&planned], &mut out).unwrap();
        let names: Vec<String> =
            Archive::open(Cursor::new(out)).unwrap().names().map(std::borrow::Cow::into_owned).collect();
        assert_eq!(names, ["x/", "x/c/", "x/c/d", "x/e/"]);
    }
}
