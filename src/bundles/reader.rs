//! Reads a bundle, which may be damaged or hostile.
//!
//! Lines are read one by one; how long they are, how many bytes they inflate to and how much memory they take is bounded.

use super::causes::{read_ambiguity, read_unread};
use super::header::{HeaderError, MAX_HEADER_BYTES, ReadingOptions, read_first_line};
use super::writer::{End, MAX_LINE_BYTES, Package};
use crate::excerpts::Excerpts;
use crate::facts::Kinds;
use crate::facts::extract::{FileFacts, Relocation};
use crate::scan::{Extracted, Input, Kept, Reading};
use crate::stored::{Stored, array};
use flate2::bufread::GzDecoder;
use osgi_config::Target;
use serde_json::Value as Json;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use zip_audit::{Container, ContainerKind, Place, Start};

/// Bytes that a bundle may inflate to.
const MAX_INFLATED_BYTES: u64 = 8 << 30;
/// How many bytes of memory a byte of a line comes to, at most, where that is not known better.
const LINE_FACTOR: u64 = 4;
/// Containers around a file: so many are taken apart one in the other.
const MAX_DEPTH: u32 = 1 << 10;

/// Why a bundle is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BundleError {
    /// It cannot be opened or read, for this reason.
    CannotRead(String),
    /// It is no bundle, damaged or cut off.
    Damaged,
    /// This version wrote it.
    OtherVersion(String),
    /// It is that of another package than its name says.
    OtherName,
    /// What is in it takes more memory than the limit, in bytes.
    TooLarge(u64),
}

impl BundleError {
    /// A word for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CannotRead(_) => "cannot-read",
            Self::Damaged => "damaged-bundle",
            Self::OtherVersion(_) => "bundle-of-other-version",
            Self::OtherName => "bundle-of-other-package",
            Self::TooLarge(_) => "bundle-too-large",
        }
    }

    /// The reason as a clause about `it`.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::CannotRead(error) => format!("it cannot be read: {error}"),
            Self::Damaged => "it is no bundle, or a damaged one; collect its package again".to_owned(),
            Self::OtherVersion(version) if version == env!("CARGO_PKG_VERSION") => {
                "another build of this version of aemlint made it; collect its package again".to_owned()
            }
            Self::OtherVersion(version) => format!(
                "version {version} of aemlint made it, and this is {}; collect its package again",
                env!("CARGO_PKG_VERSION")
            ),
            Self::OtherName => "it is the bundle of another package than its name says".to_owned(),
            Self::TooLarge(limit) => format!("what is in it needs more memory than the limit of {limit} bytes"),
        }
    }
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Of the decoder: what is packed is wrong or ends too early.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::CannotRead(error.to_string()),
        }
    }
}

/// A bundle that was read.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// What it is about.
    pub(crate) package: Package,
    /// How the package was read.
    pub(crate) options: ReadingOptions,
    /// What was read.
    pub(crate) reading: Reading,
}

/// What a bundle says of itself, of which all bytes were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) package: Package,
    pub(crate) options: ReadingOptions,
    pub(crate) end: End,
}

/// What is wanted of a bundle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'w> {
    /// The path that its package is to have; none is the one that it was collected under.
    pub(crate) path: Option<&'w str>,
    /// The number of the input.
    pub(crate) input: u32,
    /// The consumer of configurations.
    pub(crate) target: Target,
    /// The kinds of facts.
    pub(crate) kinds: Kinds,
    /// The memory of the run.
    pub(crate) kept: &'w Kept,
}

/// Reads a bundle.
///
/// # Errors
/// Why it is not read.
pub(crate) fn read(file: &Path, wanted: Wanted<'_>) -> Result<Bundle, BundleError> {
    read_from(open(file)?, stem(file), wanted)
}

/// Reads a bundle whose name is this SHA-256.
pub(super) fn read_from(bytes: impl BufRead, name: &str, wanted: Wanted<'_>) -> Result<Bundle, BundleError> {
    let mut lines = Lines::new(bytes, name)?;
    let (package, options) = lines.package()?;
    let path = wanted.path.unwrap_or(&package.path).to_owned();
    let mut reader = Reader {
        wanted,
        relocation: Relocation::new(&package.path, &path),
        containers: Vec::new(),
        parts: Target::ALL.iter().map(|&target| (target, Extracted::default())).collect(),
        reading: Reading::default(),
        open: None,
        held: 0,
    };
    let end = loop {
        let json = lines.next()?;
        let Some((tag, values)) = json.as_array().and_then(|line| line.split_first()) else {
            return Err(BundleError::Damaged);
        };
        if tag == "z" {
            break values.first().and_then(End::read).ok_or(BundleError::Damaged)?;
        }
        let length = lines.line.len() as u64;
        reader.line(tag.as_str().unwrap_or_default(), values, length)?;
    };
    lines.end(&end)?;
    let mut reading = reader.finish(&end).ok_or(BundleError::Damaged)?;
    reading.inputs = vec![Place::on_disk(path)];
    reading.settle_target(wanted.target);
    Ok(Bundle { package, options, reading })
}

/// Looks at all bytes of a bundle, and returns what it says of itself.
///
/// # Errors
/// Why it is not read.
pub(crate) fn summarize(file: &Path) -> Result<Summary, BundleError> {
    summarize_from(open(file)?, stem(file))
}

/// The same of a bundle whose name is this SHA-256.
pub(super) fn summarize_from(bytes: impl BufRead, name: &str) -> Result<Summary, BundleError> {
    let mut lines = Lines::new(bytes, name)?;
    let (package, options) = lines.package()?;
    loop {
        let json = lines.next()?;
        let Some((tag, values)) = json.as_array().and_then(|line| line.split_first()) else {
            return Err(BundleError::Damaged);
        };
        if tag == "z" {
            let end = values.first().and_then(End::read).ok_or(BundleError::Damaged)?;
            lines.end(&end)?;
            return Ok(Summary { package, options, end });
        }
    }
}

fn open(path: &Path) -> Result<BufReader<File>, BundleError> {
    let file = File::open(path).map_err(|error| BundleError::CannotRead(error.to_string()))?;
    if !file.metadata().is_ok_and(|meta| meta.is_file()) {
        return Err(BundleError::Damaged);
    }
    Ok(BufReader::new(file))
}

/// The name of a bundle without its ending.
fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// The lines of a bundle.
struct Lines<R> {
    packed: BufReader<io::Take<GzDecoder<R>>>,
    /// The SHA-256 that the first line names.
    sha256: String,
    /// The last line that was read.
    line: Vec<u8>,
    count: u64,
}

impl<R: BufRead> Lines<R> {
    fn new(mut bytes: R, name: &str) -> Result<Self, BundleError> {
        let mut header = Vec::new();
        (&mut bytes).take(MAX_HEADER_BYTES).read_until(b'\n', &mut header)?;
        let header = std::str::from_utf8(&header).map_err(|_| BundleError::Damaged)?;
        let sha256 = read_first_line(header).map_err(|error| match error {
            HeaderError::NoBundle => BundleError::Damaged,
            HeaderError::OtherVersion(version) => BundleError::OtherVersion(version),
        })?;
        if sha256 != name {
            return Err(BundleError::OtherName);
        }
        let packed = BufReader::new(GzDecoder::new(bytes).take(MAX_INFLATED_BYTES));
        Ok(Self { packed, sha256: sha256.to_owned(), line: Vec::new(), count: 0 })
    }

    fn next(&mut self) -> Result<Json, BundleError> {
        self.line.clear();
        let most = MAX_LINE_BYTES as u64 + 1;
        (&mut self.packed).take(most).read_until(b'\n', &mut self.line)?;
        if self.line.last() != Some(&b'\n') {
            return Err(BundleError::Damaged);
        }
        self.count += 1;
        serde_json::from_slice(&self.line).map_err(|_| BundleError::Damaged)
    }

    /// The first line, which names the package.
    fn package(&mut self) -> Result<(Package, ReadingOptions), BundleError> {
        let json = self.next()?;
        let read = || {
            let [tag, path, size, sha256, options] = array(&json)?;
            let package =
                Package { path: Stored::read(path)?, size: Stored::read(size)?, sha256: Stored::read(sha256)? };
            let is_sound = tag == "p" && package.sha256 == self.sha256 && !package.path.is_empty();
            is_sound.then_some((package, ReadingOptions::read(options)?))
        };
        read().ok_or(BundleError::Damaged)
    }

    /// Sees to it that nothing follows, and that the checksum of all is right.
    fn end(mut self, end: &End) -> Result<(), BundleError> {
        let mut rest = [0];
        if end.lines + 1 != self.count || self.packed.read(&mut rest)? != 0 {
            return Err(BundleError::Damaged);
        }
        let mut file = self.packed.into_inner().into_inner().into_inner();
        if file.read(&mut rest)? == 0 { Ok(()) } else { Err(BundleError::Damaged) }
    }
}

/// A bundle while it is read.
struct Reader<'w> {
    wanted: Wanted<'w>,
    relocation: Relocation,
    containers: Vec<Arc<Container>>,
    parts: Vec<(Target, Extracted)>,
    reading: Reading,
    /// The file whose sources follow.
    open: Option<OpenFile>,
    /// Bytes that are held, about.
    held: u64,
}

struct OpenFile {
    target: u64,
    file: FileFacts,
    excerpts: Arc<Excerpts>,
}

impl Reader<'_> {
    fn line(&mut self, tag: &str, values: &[Json], length: u64) -> Result<(), BundleError> {
        match tag {
            "f" => {
                self.close();
                self.hold(length)?;
                self.open = Some(self.file(values).ok_or(BundleError::Damaged)?);
            }
            "s" => {
                let open = self.open.as_mut().ok_or(BundleError::Damaged)?;
                let [source] = values else { return Err(BundleError::Damaged) };
                let kinds = self.wanted.kinds;
                open.file.add_source(source, &open.excerpts, kinds).ok_or(BundleError::Damaged)?;
                if !open.file.sources.is_empty() {
                    self.hold(length)?;
                }
            }
            _ => {
                self.hold(length)?;
                self.other(tag, values).ok_or(BundleError::Damaged)?;
            }
        }
        Ok(())
    }

    fn hold(&mut self, length: u64) -> Result<(), BundleError> {
        self.held += LINE_FACTOR * length;
        let limit = self.wanted.kept.most();
        // What is kept of files is bounded by the run; this is what one bundle may come to before.
        if self.held / LINE_FACTOR > limit { Err(BundleError::TooLarge(limit)) } else { Ok(()) }
    }

    /// Keeps the file whose sources have all come.
    fn close(&mut self) {
        let Some(OpenFile { target, mut file, .. }) = self.open.take() else { return };
        if file.is_empty() || !self.is_wanted(target) || !self.wanted.kept.take_facts(&mut file, 0) {
            return;
        }
        if let Some(part) = self.part(target) {
            part.files.push(file);
        }
    }

    /// Whether lines with this number are for the wanted consumer.
    fn is_wanted(&self, target: u64) -> bool {
        target == 0 || target == super::writer::number_of(Some(self.wanted.target))
    }

    fn part(&mut self, target: u64) -> Option<&mut Extracted> {
        match usize::try_from(target).ok()?.checked_sub(1) {
            None => Some(&mut self.reading.common),
            Some(index) => self.parts.get_mut(index).map(|(_, part)| part),
        }
    }

    fn file(&mut self, values: &[Json]) -> Option<OpenFile> {
        let [target, file, excerpts] = values else { return None };
        let target = target.as_u64().filter(|target| *target <= self.parts.len() as u64)?;
        let file = FileFacts::read(file, &self.containers, &mut self.relocation)?;
        let excerpts = if excerpts.is_null() { Excerpts::default() } else { Excerpts::read(excerpts)? };
        Some(OpenFile { target, file, excerpts: Arc::new(excerpts) })
    }

    fn other(&mut self, tag: &str, values: &[Json]) -> Option<()> {
        let input = self.wanted.input;
        match (tag, values) {
            ("c", values) => {
                let container = self.container(values)?;
                self.containers.push(Arc::new(container));
            }
            ("u", [target, unread]) => {
                let unread = read_unread(unread, input, &mut self.relocation)?;
                self.part(target.as_u64()?)?.walked.unread.push(unread);
            }
            ("a", [target, ambiguity]) => {
                let ambiguity = read_ambiguity(ambiguity, input, &mut self.relocation)?;
                self.part(target.as_u64()?)?.walked.ambiguous.push(ambiguity);
            }
            ("m", [folder]) => {
                let folder = self.relocation.on_disk(folder.as_str()?);
                self.reading.modules.insert((input, folder));
            }
            ("d", [path, size, sha256]) => {
                let path = self.relocation.on_disk(path.as_str()?).to_string();
                let input = Input { path, size: Stored::read(size)?, sha256: Stored::read(sha256)? };
                self.reading.digests.push(input);
            }
            ("i", [place, comments]) => {
                let place = self.relocation.read_place(place)?;
                self.reading.comments.insert(place, Stored::read(comments)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn container(&mut self, values: &[Json]) -> Option<Container> {
        let [place, parent, is_archive, depth, start] = values else { return None };
        let parent: Option<u64> = Stored::read(parent)?;
        let parent = match parent {
            None => None,
            Some(number) => Some(self.containers.get(usize::try_from(number).ok()?)?.clone()),
        };
        let start: Option<(Arc<str>, Arc<str>)> = Stored::read(start)?;
        let kind = if bool::read(is_archive)? { ContainerKind::Archive } else { ContainerKind::Directory };
        let place = self.relocation.read_place(place)?;
        let around = parent.as_ref().map_or(0, |parent: &Arc<Container>| parent.depth);
        let depth = u32::read(depth).filter(|depth| *depth <= MAX_DEPTH && (parent.is_none() || *depth > around))?;
        let start = start.map(|(base, name)| Arc::new(Start { base, name }));
        Some(Container { place, parent, kind, depth, input: self.wanted.input, start })
    }

    /// What was read, when all lines are.
    fn finish(mut self, end: &End) -> Option<Reading> {
        self.close();
        let mut reading = self.reading;
        let (common, special) = end.judgeable.split_first()?;
        reading.common.is_judgeable = *common;
        reading.special = self.parts;
        for ((_, part), is_judgeable) in reading.special.iter_mut().zip(special) {
            part.is_judgeable = *is_judgeable;
        }
        reading.seen = end.seen.clone();
        Some(reading)
    }
}
