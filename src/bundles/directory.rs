//! A directory of bundles, to which several processes may write at the same time.
//!
//! Every file in it is written under another name, flushed and renamed; none is ever changed. Which package lay at a path is a
//! file of its own, so that two directories are merged by copying one into the other.

use super::header::is_sha256;
use super::reader::{BundleError, summarize};
use crate::scan::hexadecimal;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How names of bundles end.
const EXTENSION: &str = "bundle";
/// The folder with a file for each path.
const PATHS: &str = "paths";
/// Bytes of the largest file that names a path.
const MAX_PATH_FILE_BYTES: u64 = 1 << 20;

/// A directory of bundles.
#[derive(Clone, Debug)]
pub(crate) struct Directory(PathBuf);

/// A package of which there is a bundle, or was said to be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shelved {
    /// The path under which it was collected last.
    pub(crate) path: String,
    /// Its SHA-256.
    pub(crate) sha256: String,
    /// The file of the bundle.
    pub(crate) bundle: PathBuf,
}

/// What lies in a directory of bundles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    /// The packages, by path.
    pub(crate) packages: Vec<Shelved>,
    /// The bundles that cannot be read, with why.
    pub(crate) damaged: Vec<(PathBuf, BundleError)>,
    /// The bundles of packages that lie no longer where they were collected, by their SHA-256.
    pub(crate) replaced: BTreeMap<String, PathBuf>,
}

impl Directory {
    /// The directory at this path, which need not exist.
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes it if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn create(&self) -> io::Result<()> {
        fs::create_dir_all(self.0.join(PATHS))
    }

    /// The file of the bundle of a package.
    pub(crate) fn bundle(&self, sha256: &str) -> PathBuf {
        self.0.join(format!("{sha256}.{EXTENSION}"))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The bundle of the package that was last collected at a path; `None` if there is none that a note names.
    pub(crate) fn bundle_at(&self, path: &str) -> Option<PathBuf> {
        let (noted, sha256) = read_note(&self.note(path))?;
        let bundle = self.bundle(&sha256);
        (noted == path && bundle.is_file()).then_some(bundle)
    }

    /// The bundles in it, by the names of their files alone.
    ///
    /// # Errors
    /// If it cannot be listed.
    pub(crate) fn bundles(&self) -> io::Result<Vec<PathBuf>> {
        let mut bundles = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                bundles.push(path);
            }
        }
        Ok(bundles)
    }

    /// The file that says which package lies at a path.
    fn note(&self, path: &str) -> PathBuf {
        let name = hexadecimal(Sha256::digest(path).as_slice());
        self.0.join(PATHS).join(format!("{name}.json"))
    }

    /// Writes the bundle of a package.
    ///
    /// # Errors
    /// If that cannot be done; then there is none, or the one before.
    pub(super) fn write_bundle(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        write_whole(&self.bundle(sha256), bytes)
    }

    /// Notes that a package lies at a path.
    ///
    /// # Errors
    /// If that cannot be written.
    pub(super) fn note_path(&self, path: &str, sha256: &str) -> io::Result<()> {
        let file = self.note(path);
        let text = format!("{}\n", json!({ "path": path, "sha256": sha256 }));
        if fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        write_whole(&file, text.as_bytes())
    }

    /// What lies in it.
    ///
    /// # Errors
    /// If it cannot be listed.
    pub(crate) fn shelf(&self) -> io::Result<Shelf> {
        let mut bundles: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut shelf = Shelf::default();
        for path in self.bundles()? {
            match path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_sha256(stem)) {
                Some(stem) => drop(bundles.insert(stem.to_owned(), path)),
                None => shelf.damaged.push((path, BundleError::OtherName)),
            }
        }
        let noted = self.noted_paths()?;
        let mut named: BTreeSet<&String> = BTreeSet::new();
        for (path, sha256) in &noted {
            if let Some(bundle) = bundles.get(sha256) {
                named.insert(sha256);
                shelf.packages.push(Shelved { path: path.clone(), sha256: sha256.clone(), bundle: bundle.clone() });
            }
        }
        for (sha256, bundle) in bundles.iter().filter(|(sha256, _)| !named.contains(sha256)) {
            match summarize(bundle) {
                // Whoever copied it here did not bring its path.
                Ok(summary) if !noted.contains_key(&summary.package.path) => {
                    let (path, sha256) = (summary.package.path, sha256.clone());
                    shelf.packages.push(Shelved { path, sha256, bundle: bundle.clone() });
                }
                Ok(_) => drop(shelf.replaced.insert(sha256.clone(), bundle.clone())),
                Err(error) => shelf.damaged.push((bundle.clone(), error)),
            }
        }
        shelf.packages.sort_unstable();
        shelf.damaged.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(shelf)
    }

    /// The SHA-256 of the package that was last collected at each path. What is no such note is left out: each can be made
    /// again.
    fn noted_paths(&self) -> io::Result<BTreeMap<String, String>> {
        let entries = match fs::read_dir(self.0.join(PATHS)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(error),
        };
        let mut noted = BTreeMap::new();
        for entry in entries {
            noted.extend(read_note(&entry?.path()));
        }
        Ok(noted)
    }
}

fn read_note(file: &Path) -> Option<(String, String)> {
    if file.extension()? != "json" {
        return None;
    }
    let mut text = String::new();
    File::open(file).ok()?.take(MAX_PATH_FILE_BYTES).read_to_string(&mut text).ok()?;
    let note: Json = serde_json::from_str(&text).ok()?;
    let text = |name: &str| note.get(name)?.as_str();
    let (path, sha256) = (text("path")?, text("sha256")?);
    (is_sha256(sha256) && !path.is_empty()).then(|| (path.to_owned(), sha256.to_owned()))
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let written = OpenOptions::new().write(true).create(true).truncate(true).open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        let _ = fs::remove_file(&temporary);
    } else if let Some(directory) = path.parent() {
        // Where directories cannot be flushed, the system does it in its own time.
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_package_at_a_path_counts() {
        let directory = tempfile::tempdir().unwrap();
        let bundles = Directory::new(directory.path());
        bundles.create().unwrap();
        let (old, new) = ("0".repeat(64), "1".repeat(64));
        bundles.note_path("a.zip", &old).unwrap();
        bundles.note_path("b.zip", &old).unwrap();
        bundles.note_path("a.zip", &new).unwrap();
        let noted = bundles.noted_paths().unwrap();
        assert_eq!(noted["a.zip"], new);
        assert_eq!(noted["b.zip"], old);
        fs::write(directory.path().join(PATHS).join("x.json"), "{").unwrap();
        assert_eq!(bundles.noted_paths().unwrap().len(), 2);
        fs::write(directory.path().join("other.bundle"), "x").unwrap();
        fs::write(bundles.bundle(&new), "x").unwrap();
        let shelf = bundles.shelf().unwrap();
        assert_eq!(shelf.damaged.len(), 1, "one that a path names is read when it is judged");
        assert_eq!(shelf.packages.len(), 1);
    }
}
