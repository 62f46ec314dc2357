//! Puts edited files in place.

use super::plan::PlannedFile;
use crate::edits::Edited;
use crate::policy::files;
use crate::scan::moved;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file was not written. What comes after it was not touched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// It is not what it was when it was read.
    #[error("{0} changed since it was read")]
    Changed(String),
    /// It is a link, or something else that must not be replaced.
    #[error("{0} is not a regular file, and links are neither followed nor replaced")]
    NotRegular(String),
    /// There is a file of the new name.
    #[error("{0} is there already")]
    Exists(String),
    /// The system refuses.
    #[error("{0} cannot be written: {1}")]
    System(String, io::Error),
}

/// Writes the files of trees on disk. `path` leads from a path as it is shown to where the file is.
///
/// All files are looked at before the first is written. Each then takes its place as a whole: who reads it sees the old
/// content or the new, never a part.
///
/// # Errors
/// The first file that cannot be written.
pub(crate) fn write_tree(planned: &[PlannedFile], path: &dyn Fn(&str) -> PathBuf) -> Result<(), WriteError> {
    for file in planned {
        check(file, &path(&file.place.file))?;
        if let Edited::Moved(name, _) = &file.edited {
            let target = moved(&file.place, name);
            if fs::symlink_metadata(path(&target.file)).is_ok() {
                return Err(WriteError::Exists(target.to_string()));
            }
        }
    }
    for file in planned {
        let system = |error| WriteError::System(file.place.to_string(), error);
        let here = path(&file.place.file);
        // Another program may have written it while the files before were.
        check(file, &here)?;
        match &file.edited {
            Edited::Content(bytes) => files::write(&here, bytes).map_err(system)?,
            Edited::Moved(name, bytes) => {
                let target = path(&moved(&file.place, name).file);
                files::write(&target, bytes).map_err(system)?;
                if let Ok(metadata) = fs::metadata(&here) {
                    fs::set_permissions(&target, metadata.permissions()).map_err(system)?;
                }
                fs::remove_file(&here).map_err(system)?;
            }
            Edited::Gone => {
                fs::remove_file(&here).map_err(system)?;
                remove_empty_folders(&here);
            }
        }
        sync_folder(&here);
    }
    Ok(())
}

/// Whether a file is still what it was.
fn check(file: &PlannedFile, path: &Path) -> Result<(), WriteError> {
    let name = || file.place.to_string();
    let metadata = fs::symlink_metadata(path).map_err(|error| WriteError::System(name(), error))?;
    if !metadata.is_file() {
        return Err(WriteError::NotRegular(name()));
    }
    let bytes = fs::read(path).map_err(|error| WriteError::System(name(), error))?;
    if bytes == file.original { Ok(()) } else { Err(WriteError::Changed(name())) }
}

/// Removes the folders in which nothing is left: a build would pack them, and FileVault make nodes of them.
fn remove_empty_folders(path: &Path) {
    let mut folders = path.ancestors().skip(1).take_while(|folder| !folder.ends_with("jcr_root"));
    // Only an empty folder can be removed so.
    let _ = folders.try_for_each(fs::remove_dir);
}

/// Makes sure that a new name outlives a loss of power, where the system can do that.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // Not every system can open a folder.
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip_audit::Place;

    fn planned(name: &str, original: &str, edited: Edited) -> PlannedFile {
        PlannedFile { place: Place::on_disk(name), original: original.into(), edited }
    }

    #[test]
    fn all_files_are_written_or_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a", "b", "c"] {
            fs::write(at(name), name).unwrap();
        }
        let content = |text: &str| Edited::Content(text.into());
        let files = [
            planned("a", "a", content("1")),
            planned("b", "b", Edited::Moved("d".into(), "2".into())),
            planned("c", "c", Edited::Gone),
        ];
        write_tree(&files, &|name| at(name)).unwrap();
        assert_eq!(fs::read(at("a")).unwrap(), b"1");
        assert_eq!(fs::read(at("d")).unwrap(), b"2");
        assert!(!at("b").exists() && !at("c").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        // The first is right, the second is not what it was.
        let files = [planned("a", "1", content("9")), planned("d", "x", content("9"))];
        let error = write_tree(&files, &|name| at(name)).unwrap_err();
        assert_eq!(error.to_string(), "d changed since it was read");
        assert_eq!(fs::read(at("a")).unwrap(), b"1");
        let files = [planned("a", "1", Edited::Moved("d".into(), "9".into()))];
        assert!(matches!(write_tree(&files, &|name| at(name)), Err(WriteError::Exists(_))));
    }

    #[test]
    fn a_folder_goes_with_the_last_file_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["jcr_root/a/b/c", "jcr_root/a/d"] {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            fs::write(at(name), "x").unwrap();
        }
        write_tree(&[planned("jcr_root/a/b/c", "x", Edited::Gone)], &|name| at(name)).unwrap();
        assert!(at("jcr_root/a").is_dir() && !at("jcr_root/a/b").exists());
        write_tree(&[planned("jcr_root/a/d", "x", Edited::Gone)], &|name| at(name)).unwrap();
        assert!(at("jcr_root").is_dir() && !at("jcr_root/a").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_followed_nor_replaced_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real"), "a").unwrap();
        fs::set_permissions(at("real"), fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(at("real"), at("link")).unwrap();
        let edited = || Edited::Content("b".into());
        let error = write_tree(&[planned("link", "a", edited())], &|name| at(name)).unwrap_err();
        assert!(matches!(error, WriteError::NotRegular(_)), "{error}");
        write_tree(&[planned("real", "a", edited())], &|name| at(name)).unwrap();
        assert_eq!(fs::metadata(at("real")).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
