//! Collecting: which packages there are, and the bundle of each.

use super::directory::Directory;
use super::header::ReadingOptions;
use super::reader::summarize;
use super::writer::{self, Counts, Package};
use crate::documents::Location;
use crate::facts::walked::{self, Cause, NotAnalysed};
use crate::remote::{Connections, is_url};
use crate::scan::{self, Input, Reading, digest_file};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use zip_audit::{ArchiveFile, Container, ContainerKind, Limits, Place};

/// Packages up to this size are read by one thread each.
const SMALL_BYTES: u64 = 8 << 20;

/// One package or tree to be collected.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Where it is.
    path: PathBuf,
    /// What it is called.
    place: Place,
    kind: UnitKind,
}

#[derive(Debug)]
enum UnitKind {
    /// A file: a package, or one of a content tree.
    File {
        /// In bytes, where that is known.
        size: u64,
    },
    /// A directory with content modules, and all that lies in it.
    Project,
    /// What lies in a directory beside its packages.
    Beside,
    /// An object at a URL: a package.
    Object,
    /// There is nothing to collect.
    Nothing(NotAnalysed),
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The package as reports name it.
    pub(crate) path: String,
    /// Bytes; `None` if it could not be read.
    pub(crate) size: Option<u64>,
    /// SHA-256 in hexadecimal; `None` also for an object at a URL, of which not all bytes are read.
    pub(crate) sha256: Option<String>,
    /// What became of it.
    pub(crate) collected: Collected,
    /// Why it is partial or failed, as a clause about it.
    pub(crate) reason: Option<String>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// What became of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collected {
    /// Its bundle was written.
    Made(Counts),
    /// Its bundle was there.
    Kept(Counts),
    /// It has none.
    Failed,
}

impl Outcome {
    /// What is in the bundle; `None` if there is none.
    pub(crate) fn counts(&self) -> Option<&Counts> {
        match &self.collected {
            Collected::Made(counts) | Collected::Kept(counts) => Some(counts),
            Collected::Failed => None,
        }
    }

    /// `ok`, `partial` or `failed`.
    pub(crate) fn status(&self) -> &'static str {
        match self.counts() {
            None => "failed",
            Some(counts) if counts.unread > 0 => "partial",
            Some(_) => "ok",
        }
    }
}

/// Collects packages into a directory.
#[derive(Debug)]
pub(crate) struct Collector<'c> {
    /// Where bundles go.
    pub(crate) directory: &'c Directory,
    /// How packages are read.
    pub(crate) options: &'c scan::Options,
    /// What of that is noted in bundles.
    pub(crate) noted: &'c ReadingOptions,
    /// What leads to objects at URLs.
    pub(crate) connections: Connections,
}

/// The packages and trees that paths lead to, in their order, each once.
pub(crate) fn units(paths: &[PathBuf], options: &scan::Options) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        for unit in units_of(path, options) {
            let real = unit.path.canonicalize().unwrap_or_else(|_| unit.path.clone());
            let is_beside = matches!(unit.kind, UnitKind::Beside | UnitKind::Nothing(_));
            if seen.insert((real, is_beside)) {
                units.push(unit);
            }
        }
    }
    units
}

fn units_of(path: &Path, options: &scan::Options) -> Vec<Unit> {
    let paths = [path.to_owned()];
    let place = zip_audit::places(&paths, &options.walk).pop().unwrap_or_else(|| Place::on_disk("."));
    let unit = |kind| Unit { path: path.to_owned(), place: place.clone(), kind };
    if is_url(path) {
        return vec![unit(UnitKind::Object)];
    }
    let meta = fs::metadata(path);
    if !meta.as_ref().is_ok_and(fs::Metadata::is_dir) {
        let size = meta.map_or(0, |meta| meta.len());
        return vec![unit(UnitKind::File { size })];
    }
    let scan::Read { reading, archives } = list(path, options);
    if reading.is_project() || archives.iter().any(is_in_module) {
        return vec![unit(UnitKind::Project)];
    }
    let has_more = reading.seen.files > 0 || !reading.common.walked.unread.is_empty();
    let is_empty = archives.is_empty() && !has_more;
    let mut units: Vec<Unit> = archives
        .into_iter()
        .map(|ArchiveFile { place, path, .. }| {
            let size = fs::metadata(&path).map_or(0, |meta| meta.len());
            Unit { path, place, kind: UnitKind::File { size } }
        })
        .collect();
    if is_empty {
        let nothing = reading.nothing_to_judge().pop();
        units.extend(nothing.map(|nothing| unit(UnitKind::Nothing(nothing))));
    } else if has_more {
        units.push(unit(UnitKind::Beside));
    }
    units
}

/// Reads what lies in a directory, without opening an archive.
fn list(path: &Path, options: &scan::Options) -> scan::Read {
    let limits = Limits { depth: 0, ..options.walk.limits.clone() };
    let walk = zip_audit::Options { limits, ..options.walk.clone() };
    let listing = scan::Options { walk, ..options.clone() };
    let mut read = scan::read(&[path.to_owned()], &listing, scan::Digesting::Trees);
    let archives: HashSet<&Place> = read.archives.iter().map(|archive| &archive.place).collect();
    read.reading.common.walked.unread.retain(|unread| !archives.contains(&unread.place));
    read
}

/// Whether an archive is a file of a content module.
fn is_in_module(archive: &ArchiveFile) -> bool {
    let place = archive.place.clone();
    let container = Container { place, parent: None, kind: ContainerKind::Archive, depth: 1, input: 0, start: None };
    Location::module_around(&container).is_some()
}

impl Collector<'_> {
    /// Collects all of them, small ones at the same time, and says of each what became of it as soon as it is done.
    pub(crate) fn collect(&self, units: Vec<Unit>, done: &(dyn Fn(&Outcome) + Sync)) {
        // Of objects at URLs most of the time is spent waiting.
        let is_small = |unit: &Unit| match unit.kind {
            UnitKind::File { size } => size <= SMALL_BYTES,
            UnitKind::Object => true,
            _ => false,
        };
        let (small, large): (Vec<Unit>, Vec<Unit>) = units.into_iter().partition(is_small);
        let cores = || std::thread::available_parallelism().map_or(1, Into::into);
        let threads = self.options.walk.threads.unwrap_or_else(cores).min(small.len());
        let next = AtomicUsize::new(0);
        let walk = zip_audit::Options { threads: Some(1), ..self.options.walk.clone() };
        let options = scan::Options { walk, ..self.options.clone() };
        let alone = Collector { options: &options, connections: self.connections.clone(), ..*self };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let work = || {
                    while let Some(unit) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
                        done(&alone.one(unit));
                    }
                };
                // Where no thread can be started, those that there are do it all; the first is this one.
                let _ = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
            }
        });
        while let Some(unit) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
            done(&alone.one(unit));
        }
        for unit in &large {
            done(&self.one(unit));
        }
    }

    fn one(&self, unit: &Unit) -> Outcome {
        let started = Instant::now();
        let path = unit.place.file.to_string();
        let Read { size, sha256, done } = match &unit.kind {
            UnitKind::File { .. } => self.file(unit),
            UnitKind::Object => self.object(unit),
            UnitKind::Project => {
                let read = scan::read(std::slice::from_ref(&unit.path), self.options, scan::Digesting::All);
                self.tree(&unit.place, read.reading)
            }
            UnitKind::Beside => self.tree(&unit.place, list(&unit.path, self.options).reading),
            UnitKind::Nothing(nothing) => Read::failed(walked::reason(nothing)),
        };
        let (collected, reason) = match done {
            Ok(done) => done,
            Err(reason) => (Collected::Failed, Some(reason)),
        };
        Outcome { path, size, sha256, collected, reason, took: started.elapsed() }
    }

    fn file(&self, unit: &Unit) -> Read {
        let before = stamp(&unit.path);
        let (size, sha256) = match digest_file(&unit.path) {
            Ok(digest) => digest,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Read::failed("it does not exist".to_owned());
            }
            Err(error) => return Read::failed(format!("it cannot be read: {error}")),
        };
        let package = Package { path: unit.place.file.to_string(), size, sha256: sha256.clone() };
        let done = self.kept(&package).unwrap_or_else(|| {
            let reading = self.package(unit, self.options)?;
            if before.is_none() || stamp(&unit.path) != before {
                return Err(CHANGED.to_owned());
            }
            let digests = vec![Input::new(&package.path, package.size, &package.sha256)];
            self.write(&package, Reading { digests, ..reading })
        });
        Read { size: Some(size), sha256: Some(sha256), done }
    }

    /// Collects an object at a URL. Its bundle is named by the URL and the version of the object, since the SHA-256 of an object
    /// is known to nobody who did not read all of it.
    fn object(&self, unit: &Unit) -> Read {
        let limits = &self.options.walk.limits;
        let version = || {
            self.connections.version(&unit.path, limits.time).map_err(|cause| {
                let (place, cause) = (unit.place.clone(), Cause::NotRead(cause));
                walked::reason(&NotAnalysed { place, cause, limit: None, input: 0 })
            })
        };
        let before = match version() {
            Ok(version) => version,
            Err(reason) => return Read::failed(reason),
        };
        let path = unit.place.file.to_string();
        let named = format!("{path}\n{}\n", before.mark.as_deref().unwrap_or_default());
        let package = Package { path, size: before.size, sha256: scan::digest_of(named.as_bytes()) };
        let kept = if before.mark.is_some() { self.kept(&package) } else { None };
        let done = kept.unwrap_or_else(|| {
            let walk = zip_audit::Options { opener: self.connections.opener(limits.time), ..self.options.walk.clone() };
            let reading = self.package(unit, &scan::Options { walk, ..self.options.clone() })?;
            if version()? != before {
                return Err(CHANGED.to_owned());
            }
            let input = Input { path: package.path.clone(), size: Some(package.size), sha256: None };
            self.write(&package, Reading { digests: vec![input], ..reading })
        });
        Read { size: Some(before.size), sha256: None, done }
    }

    /// Reads a package.
    fn package(&self, unit: &Unit, options: &scan::Options) -> Result<Reading, String> {
        let scan::Read { reading, archives } =
            scan::read(std::slice::from_ref(&unit.path), options, scan::Digesting::None);
        if archives.is_empty() && reading.seen.files == 0 {
            let why = reading.common.walked.unread.first().map(walked::reason);
            return Err(why.unwrap_or_else(|| "there is nothing to judge".to_owned()));
        }
        Ok(reading)
    }

    fn tree(&self, place: &Place, reading: Reading) -> Read {
        let own = reading.digests.iter().find(|input| *input.path == *place.file);
        let known = own.and_then(|input| Some((input.size?, input.sha256.clone()?)));
        // A tree of which no file was read has no digest but that of nothing.
        let (size, sha256) = known.unwrap_or_else(|| (0, scan::digest_of(&[])));
        let package = Package { path: place.file.to_string(), size, sha256: sha256.clone() };
        let done = self.kept(&package).unwrap_or_else(|| self.write(&package, reading));
        Read { size: Some(size), sha256: Some(sha256), done }
    }

    /// What is said of a package whose bundle is there, if it is whole and was made in the same way.
    fn kept(&self, package: &Package) -> Option<Done> {
        let summary = summarize(&self.directory.bundle(&package.sha256)).ok()?;
        if summary.options != *self.noted || summary.end.is_passing {
            return None;
        }
        if let Err(error) = self.directory.note_path(&package.path, &package.sha256) {
            return Some(Err(cannot_write(&error)));
        }
        let counts = summary.end.counts;
        Some(Ok((Collected::Kept(counts), summary.end.reason)))
    }

    fn write(&self, package: &Package, reading: Reading) -> Done {
        let written = writer::write(package, self.noted, reading).and_then(|(bytes, end)| {
            self.directory.write_bundle(&package.sha256, &bytes)?;
            self.directory.note_path(&package.path, &package.sha256)?;
            Ok(end)
        });
        let end = written.map_err(|error| cannot_write(&error))?;
        Ok((Collected::Made(end.counts), end.reason))
    }
}

/// What became of a package and why it is not whole, or why there is no bundle.
type Done = Result<(Collected, Option<String>), String>;

/// Why a package that became another one meanwhile has no bundle.
const CHANGED: &str = "it changed while it was read";

/// A package that was read, or not.
struct Read {
    size: Option<u64>,
    sha256: Option<String>,
    done: Done,
}

impl Read {
    fn failed(reason: String) -> Self {
        Self { size: None, sha256: None, done: Err(reason) }
    }
}

/// The stack of a thread that reads packages.
const STACK_BYTES: usize = 8 << 20;

fn cannot_write(error: &std::io::Error) -> String {
    format!("its bundle cannot be written: {error}")
}

/// What changes when a file does.
fn stamp(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.len(), meta.modified().ok()))
}
