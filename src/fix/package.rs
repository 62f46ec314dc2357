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

/// Why the archives around the entry at `place` must not be changed, as a clause; `None` if they may. `path` is where the
/// outermost is.
pub(crate) fn refusal(place: &Place, path: &Path) -> Option<String> {
    let (_, around) = place.inside.split_last()?;
    let regular = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !regular {
        return Some("its package is not a regular file, and links are neither followed nor replaced".to_owned());
    }
    let opened = || -> Result<(), SpliceError> {
        let mut content = match around.split_first() {
            None => return Archive::open(File::open(path)?).map(|_| ()),
            Some((first, _)) => {
                let mut outer = Archive::open(File::open(path)?)?;
                let index = outer.find(first)?;
                outer.read(index)?
            }
        };
        for name in around.iter().skip(1) {
            let mut archive = Archive::open(Cursor::new(content))?;
            let index = archive.find(name)?;
            content = archive.read(index)?;
        }
        Archive::open(Cursor::new(content)).map(|_| ())
    };
    opened().err().map(|error| format!("the package around it is left as it is: {error}"))
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
    archive.splice(&changes, out).map_err(failed)
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
    use zip::write::SimpleFileOptions;

    fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

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
        assert_eq!(refusal(&planned[0].place, &path), None);
        let stale = PlannedFile { original: b"older".to_vec(), ..planned[0].clone() };
        let error = write_package(&file, &path, &[&stale], &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "all.zip!/sub.zip!/a.config changed since it was read");
    }

    #[test]
    fn a_signed_package_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.zip");
        let inner = pack(&[("a.config", b"old"), ("META-INF/X.RSA", b"")]);
        std::fs::write(&path, pack(&[("sub.zip", &inner), ("a.config", b"")])).unwrap();
        let place = Place::on_disk("all.zip");
        let reason = refusal(&place.entry("sub.zip").entry("a.config"), &path);
        assert_eq!(reason.as_deref(), Some("the package around it is left as it is: it is signed"));
        assert_eq!(refusal(&place.entry("a.config"), &path), None);
        #[cfg(unix)]
        {
            let link = folder.path().join("link.zip");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(refusal(&place.entry("a.config"), &link).unwrap().contains("regular file"));
        }
    }
}
