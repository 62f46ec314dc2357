//! What is around a file that is to be edited: the archives that it lies in, and the files beside it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use zip_audit::Place;
use zip_splice::{Archive, SpliceError};

/// What is around a file.
#[derive(Clone, Debug)]
pub(crate) enum Surroundings {
    /// It lies in a tree, in this folder.
    Folder(PathBuf),
    /// It lies in an archive that may be changed.
    Archive {
        /// The names of the entries.
        names: Vec<String>,
        /// Those that can be read and written anew.
        readable: BTreeSet<String>,
    },
    /// It lies in an archive that must not be changed: why, as a clause.
    Fixed(String),
}

impl Surroundings {
    /// What is around the file at `place`; `path` is where the file on disk is.
    pub(crate) fn of(place: &Place, path: &Path) -> Self {
        let Some((_, around)) = place.inside.split_last() else {
            return Self::Folder(path.parent().unwrap_or(path).to_owned());
        };
        let regular = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
        if !regular {
            return Self::Fixed(
                "its package is not a regular file, and links are neither followed nor replaced".to_owned(),
            );
        }
        Self::of_archive(around, path)
            .unwrap_or_else(|error| Self::Fixed(format!("the package around it is left as it is: {error}")))
    }

    fn of_archive(around: &[std::sync::Arc<str>], path: &Path) -> Result<Self, SpliceError> {
        let mut outer = Archive::open(File::open(path)?)?;
        let Some((first, rest)) = around.split_first() else { return Ok(Self::entries(&outer)) };
        let mut content = outer.read(outer.find(first)?)?;
        for name in rest {
            let mut archive = Archive::open(Cursor::new(content))?;
            content = archive.read(archive.find(name)?)?;
        }
        Ok(Self::entries(&Archive::open(Cursor::new(content))?))
    }

    fn entries<R: Read + Seek>(archive: &Archive<R>) -> Self {
        let names: Vec<String> = archive.names().map(std::borrow::Cow::into_owned).collect();
        let readable = names.iter().filter(|name| archive.is_readable(name)).cloned().collect();
        Self::Archive { names, readable }
    }

    /// Why the file at `place` must not be changed, as a clause; `None` if it may.
    pub(crate) fn refusal(&self, place: &Place) -> Option<String> {
        match self {
            Self::Fixed(reason) => Some(reason.clone()),
            Self::Archive { readable, .. } if !place.inside.last().is_some_and(|name| readable.contains(&**name)) => {
                Some("it is encrypted, or packed by a method other than deflate".to_owned())
            }
            Self::Folder(_) | Self::Archive { .. } => None,
        }
    }

    /// Whether there are other files in the folder of the file at `place`, at any depth: what is below a node.
    pub(crate) fn has_others(&self, place: &Place) -> bool {
        match (self, place.inside.last()) {
            (Self::Folder(folder), None) => {
                let name = place.file.rsplit('/').next().unwrap_or(&place.file);
                let own = folder.join(name);
                files_below(folder).any(|file| file != own)
            }
            (Self::Archive { names, .. }, Some(own)) => {
                let prefix = format!("{}/", own.rsplit_once('/').map_or("", |(folder, _)| folder));
                names.iter().any(|name| name.starts_with(&prefix) && !name.ends_with('/') && **name != **own)
            }
            _ => false,
        }
    }
}

/// The files below a folder; links are not followed.
fn files_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut open = vec![folder.to_owned()];
    std::iter::from_fn(move || {
        loop {
            let path = open.pop()?;
            if !path.is_dir() || path.is_symlink() {
                return Some(path);
            }
            open.extend(std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::testing::pack;

    #[test]
    fn a_signed_package_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.zip");
        let inner = pack(&[("a.config", b"old"), ("META-INF/X.RSA", b"")]);
        std::fs::write(&path, pack(&[("sub.zip", &inner), ("a.config", b"")])).unwrap();
        let refusal = |place: &Place, path: &Path| Surroundings::of(place, path).refusal(place);
        let place = Place::on_disk("all.zip");
        let reason = refusal(&place.entry("sub.zip").entry("a.config"), &path);
        assert_eq!(reason.as_deref(), Some("the package around it is left as it is: it is signed"));
        assert_eq!(refusal(&place.entry("a.config"), &path), None);
        assert!(refusal(&place.entry("b.config"), &path).is_some());
        #[cfg(unix)]
        {
            let link = folder.path().join("link.zip");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(refusal(&place.entry("a.config"), &link).unwrap().contains("regular file"));
        }
    }

    #[test]
    fn what_is_below_a_node_lies_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x/page/.content.xml");
        std::fs::create_dir_all(folder.path().join("x/page/below")).unwrap();
        std::fs::write(&path, "").unwrap();
        let place = Place::on_disk("x/page/.content.xml");
        let has_others = || Surroundings::of(&place, &path).has_others(&place);
        assert!(!has_others());
        std::fs::write(folder.path().join("x/page/below/a"), "").unwrap();
        assert!(has_others());
        let archive = folder.path().join("all.zip");
        std::fs::write(&archive, pack(&[("x/", b""), ("x/a", b""), ("y/a", b""), ("y/b/c", b"")])).unwrap();
        let has_others = |name: &str| {
            let place = Place::on_disk("all.zip").entry(name);
            Surroundings::of(&place, &archive).has_others(&place)
        };
        assert!(!has_others("x/a") && has_others("y/a"));
    }
}
