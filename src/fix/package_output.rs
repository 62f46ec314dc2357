//! Where changed packages go, and how they get there.

use super::package::{PackageError, write_package};
use super::plan::PlannedFile;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Where changed packages are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// `NAME.fixed.zip` beside `NAME.zip`.
    Beside,
    /// Into this directory, under the same name.
    Directory(PathBuf),
    /// In the place of the package, which stays as `NAME.zip.orig`.
    InPlace,
}

/// Why a changed package was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// It cannot be changed.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// It is not what it was when it was read.
    #[error("{0} changed since it was read")]
    Changed(String),
    /// The system refuses.
    #[error("{0} cannot be written: {1}")]
    System(String, io::Error),
    /// There is something else under the name that the package is to be kept under.
    #[error("{0} is there already, and is not the package as it is now")]
    OriginalTaken(String),
    /// It would replace the package that it is made from, or what another one became.
    #[error("{0} would replace a package that is read or written in this run")]
    Collision(String),
}

/// A changed package that is written in full beside its place, and not put there yet. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct PackageOutput {
    source: PathBuf,
    temporary: PathBuf,
    /// Where it goes.
    pub(crate) target: PathBuf,
    keeps_original: bool,
    is_placed: bool,
    /// Length and time of the package when it was read.
    state: (u64, Option<SystemTime>),
}

impl Output {
    /// Where the changed form of the package at `source` goes.
    pub(crate) fn target(&self, source: &Path) -> PathBuf {
        let name = source.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match self {
            Self::InPlace => source.to_owned(),
            Self::Directory(directory) => directory.join(name),
            Self::Beside => {
                let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, "zip"));
                source.with_file_name(format!("{stem}.fixed.{extension}"))
            }
        }
    }

    /// Writes the changed form of the package at `source`, which is shown as `file`. `taken` are the targets of others.
    ///
    /// # Errors
    /// A package that cannot be changed, a place that cannot be written to.
    pub(crate) fn prepare(
        &self,
        file: &Arc<str>,
        source: &Path,
        planned: &[&PlannedFile],
        taken: &[PathBuf],
    ) -> Result<PackageOutput, OutputError> {
        let target = self.target(source);
        let shown = target.display().to_string();
        let is_source =
            fs::canonicalize(&target).is_ok_and(|target| fs::canonicalize(source).is_ok_and(|s| s == target));
        if taken.contains(&target) || is_source && *self != Self::InPlace {
            return Err(OutputError::Collision(shown));
        }
        let system = |error| OutputError::System(shown.clone(), error);
        if *self == Self::InPlace {
            let original = original_of(source);
            let is_free = match fs::symlink_metadata(&original) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => true,
                _ => is_same_file_content(&original, source).map_err(system)?,
            };
            if !is_free {
                return Err(OutputError::OriginalTaken(original.display().to_string()));
            }
        }
        let state = state(source).map_err(system)?;
        let (temporary, out) = create_beside(&target).map_err(system)?;
        // From here on dropping it removes the temporary file.
        let output = PackageOutput {
            source: source.to_owned(),
            temporary,
            target,
            keeps_original: *self == Self::InPlace,
            is_placed: false,
            state,
        };
        let mut out = BufWriter::new(NotedWriter { inner: out, failure: None });
        if let Err(error) = write_package(file, source, planned, &mut out) {
            // A full disk is no fault of the package that is read.
            return Err(out.get_mut().failure.take().map_or_else(|| error.into(), system));
        }
        let out = out.into_inner().map_err(|error| system(error.into_error()))?.inner;
        out.sync_all().map_err(system)?;
        let permissions = fs::metadata(source).map_err(system)?.permissions();
        fs::set_permissions(&output.temporary, permissions).map_err(system)?;
        Ok(output)
    }
}

/// Remembers why it could not be written to.
struct NotedWriter<W> {
    inner: W,
    failure: Option<io::Error>,
}

impl<W: Write> Write for NotedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let copy = || io::Error::new(error.kind(), error.to_string());
                self.failure = Some(error.raw_os_error().map_or_else(copy, io::Error::from_raw_os_error));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl PackageOutput {
    /// Where it can be read until it is put in place.
    pub(crate) fn path(&self) -> &Path {
        &self.temporary
    }

    /// Puts the package in its place as a whole. There is a package under that name all the time, if there was one.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn place(mut self) -> Result<(), OutputError> {
        let system = |error| OutputError::System(self.target.display().to_string(), error);
        if state(&self.source).map_err(system)? != self.state {
            return Err(OutputError::Changed(self.source.display().to_string()));
        }
        if self.keeps_original {
            let original = original_of(&self.source);
            if fs::symlink_metadata(&original).is_err() {
                // Not every file system has links.
                fs::hard_link(&self.source, &original)
                    .or_else(|_| fs::copy(&self.source, &original).map(|_| ()))
                    .map_err(system)?;
            }
        }
        fs::rename(&self.temporary, &self.target).map_err(system)?;
        self.is_placed = true;
        Ok(())
    }
}

impl Drop for PackageOutput {
    fn drop(&mut self) {
        if !self.is_placed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// What tells a file that was written anew.
fn state(path: &Path) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// The name under which a package is kept that is changed in place.
fn original_of(source: &Path) -> PathBuf {
    let mut name = source.file_name().map(std::ffi::OsStr::to_os_string).unwrap_or_default();
    name.push(".orig");
    source.with_file_name(name)
}

/// Whether two files hold the same bytes.
fn is_same_file_content(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (io::BufReader::new(File::open(a)?), io::BufReader::new(File::open(b)?));
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let count = a.read(&mut left)?;
        if count == 0 {
            return Ok(b.read(&mut right)? == 0);
        }
        match b.read_exact(&mut right[..count]) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
            Ok(()) if left[..count] != right[..count] => return Ok(false),
            Ok(()) => {}
        }
    }
}

/// A new file beside `target` whose name no program takes for a package.
fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for attempt in 0..100 {
        let temporary = target.with_file_name(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((temporary, opened?)),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "temporary files of earlier runs are in the way"))
}

/// The files beside a package that say something about its bytes, and no longer do.
pub(crate) fn stale_companions(package: &Path) -> Vec<PathBuf> {
    let with = |extension: &str| {
        let mut name = package.file_name().map(std::ffi::OsStr::to_os_string).unwrap_or_default();
        name.push(extension);
        package.with_file_name(name)
    };
    [".sha1", ".sha256", ".sha512", ".md5", ".asc"].map(with).into_iter().filter(|path| path.exists()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edits::Edited;
    use std::io::Cursor;
    use zip_audit::Place;

    fn package(folder: &Path) -> PathBuf {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("a", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"old").unwrap();
        let path = folder.join("x.zip");
        fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
        path
    }

    fn planned() -> PlannedFile {
        let place = Place::on_disk("x.zip").entry("a");
        PlannedFile { place, original: b"old".to_vec(), edited: Edited::Content(b"new".to_vec()) }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_package_goes_beside_the_old_one_into_a_directory_or_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (path, planned) = (package(folder.path()), planned());
        let prepare = |output: &Output| output.prepare(&"x.zip".into(), &path, &[&planned], &[]);
        let old = fs::read(&path).unwrap();
        drop(prepare(&Output::Beside).unwrap());
        assert_eq!(names(folder.path()), ["x.zip"], "what is not put in place is removed");
        prepare(&Output::Beside).unwrap().place().unwrap();
        assert_eq!(names(folder.path()), ["x.fixed.zip", "x.zip"]);
        let directory = folder.path().join("out");
        assert!(prepare(&Output::Directory(directory.clone())).is_err());
        fs::create_dir(&directory).unwrap();
        prepare(&Output::Directory(directory.clone())).unwrap().place().unwrap();
        assert_eq!(names(&directory), ["x.zip"]);
        let same = Output::Directory(folder.path().to_owned());
        assert!(matches!(prepare(&same), Err(OutputError::Collision(_))));
        prepare(&Output::InPlace).unwrap().place().unwrap();
        assert_eq!(fs::read(folder.path().join("x.zip.orig")).unwrap(), old);
        assert_eq!(fs::read(&path).unwrap(), fs::read(directory.join("x.zip")).unwrap());
        assert!(matches!(prepare(&Output::InPlace), Err(OutputError::OriginalTaken(_))));
    }

    #[test]
    fn a_package_that_changed_in_between_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = package(folder.path());
        let output = Output::InPlace.prepare(&"x.zip".into(), &path, &[&planned()], &[]).unwrap();
        fs::write(&path, "new").unwrap();
        assert!(matches!(output.place(), Err(OutputError::Changed(_))));
        assert_eq!(names(folder.path()), ["x.zip"]);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    /// A device that is always full stands for the disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_of_the_file_that_is_written() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut out = NotedWriter { inner: full, failure: None };
        assert!(out.write_all(b"x").is_err());
        assert_eq!(out.failure.unwrap().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn what_says_something_about_the_old_bytes_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = package(folder.path());
        fs::write(folder.path().join("x.zip.sha1"), "").unwrap();
        assert_eq!(stale_companions(&path), [folder.path().join("x.zip.sha1")]);
    }
}
