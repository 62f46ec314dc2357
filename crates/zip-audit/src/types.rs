//! The types of the interface: places and containers, what a visitor receives, options, and the outcome.

use crate::causes::{AnomalyKind, Limit, UnreadCause};
use crate::layout::{ArchivesOnly, Layout};
use crate::opener::Opener;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The chain of containers that leads to a file: a file on disk, then entries of archives.
///
/// `Display` writes it as `vendor/all.zip!/jcr_root/apps/x/install/sub.zip!/jcr_root/apps/x/config/a.config`, raw:
/// names come from strangers, every output escapes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file on disk: relative to [`Options::root`] when it lies below, else as it was given, separators `/`. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub file: Arc<str>,
    /// The chain of archive entries, outermost first; empty for a file on disk itself.
    pub inside: Arc<[Arc<str>]>,
}

impl Place {
    /// A file on disk.
    pub fn on_disk(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), inside: Arc::from([]) }
    }

    /// The entry `name` of the archive at this place.
    pub fn entry(&self, name: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        let inside = self.inside.iter().chain([&name]).cloned().collect();
        Self { file: self.file.clone(), inside }
    }

    /// The place itself and whatever can hold it, from the inside out: the archives around it, then the directories on disk, of
    /// which the last is `.`.
    pub fn around(&self) -> impl Iterator<Item = Self> + '_ {
        let archives = (0..=self.inside.len())
            .rev()
            .map(|depth| Self { file: self.file.clone(), inside: self.inside.iter().take(depth).cloned().collect() });
        let ends = self.file.rmatch_indices('/').map(|(end, _)| if end == 0 { "/" } else { &self.file[..end] });
        archives.chain(ends.chain(["."]).map(Self::on_disk))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.inside.iter().try_for_each(|name| write!(f, "!/{name}"))
    }
}

/// What holds files: a directory that was walked, or an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Where it is. For a directory: its path on disk.
    pub place: Place,
    /// The archive that this one is an entry of.
    pub parent: Option<Arc<Container>>,
    /// Directory or archive.
    pub kind: ContainerKind,
    /// How many archives are around this one's files: 0 for a directory, 1 for a zip on disk, 2 for a zip in it.
    pub depth: u32,
    /// The index of the path argument that led here, which is its deployment.
    pub input: u32,
    /// For a directory, and for what lies on disk in it: set when paths are shown relative to a directory inside of it.
    pub start: Option<Arc<Start>>,
}

/// A folder of content that paths are shown from the middle of: the directory that they are relative to lies in it.
///
/// What lies below that directory is shown from there, as `x/config/a.config`; what it means depends on the directories
/// above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The absolute path of the directory that holds the folder.
    pub base: Arc<str>,
    /// The directory that paths are relative to, seen from there: `content/apps`.
    pub name: Arc<str>,
}

impl Container {
    /// The place of the file `name` in a directory or archive.
    pub fn place_of(&self, name: &str) -> Place {
        if self.kind == ContainerKind::Archive {
            return self.place.entry(name);
        }
        if let Some(start) = &self.start
            && let Some(below) = name.strip_prefix(&*start.name).and_then(|below| below.strip_prefix('/'))
        {
            return Place::on_disk(below);
        }
        match self.place.file.as_ref() {
            "." => Place::on_disk(name),
            directory => Place::on_disk(format!("{}/{name}", directory.trim_end_matches('/'))),
        }
    }

    /// The path of something on disk, with all directories that say what it is: that of its place, unless paths are shown
    /// from the middle of the tree.
    pub fn path_on_disk(&self, place: &Place) -> Arc<str> {
        match &self.start {
            Some(start) if !place.file.starts_with('/') => {
                format!("{}/{}/{}", start.base.trim_end_matches('/'), start.name, place.file).into()
            }
            _ => place.file.clone(),
        }
    }
}

/// What a [`Container`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// A directory on disk.
    Directory,
    /// A zip archive, by content: package, bundle or anything else.
    Archive,
}

/// One file, handed to the [`Visitor`] while its bytes are at hand.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// What it lies in.
    pub container: &'a Arc<Container>,
    /// Its path inside the container, separators `/`, bytes that are not UTF-8 replaced by U+FFFD.
    pub name: &'a str,
    /// Its content, inflated; of a damaged one what could be read.
    pub bytes: &'a [u8],
    /// Set when `bytes` is not all of it; the same is in [`Outcome::unread`].
    pub partial: bool,
}

impl File<'_> {
    /// The place of this file.
    pub fn place(&self) -> Place {
        self.container.place_of(self.name)
    }
}

/// Bytes of a file that are looked at to see what it is.
pub const BEGINNING: usize = 64;

/// Who receives the files. Called from many threads at once, in no certain order.
pub trait Visitor: Sync {
    /// Decides by the raw name alone whether the content of a file can matter. Archives are entered whatever this says.
    fn wants(&self, name: &[u8]) -> bool;

    /// Where content lies, by names.
    fn layout(&self) -> &dyn Layout {
        &ArchivesOnly
    }

    /// What files begin with whose content can matter whatever their names are. Asked once; the fewer files begin with the
    /// first two bytes of one, the less it costs.
    fn beginnings(&self) -> &[&[u8]] {
        &[]
    }

    /// Whether a file of this name, which [`wants`](Self::wants) refuses, can matter whatever it begins with.
    fn wants_look(&self, _name: &[u8]) -> bool {
        false
    }

    /// Decides by the raw name and the first [`BEGINNING`] bytes (fewer of a shorter file) whether the content of a file
    /// can matter that [`wants`](Self::wants) refuses: one that begins with one of [`beginnings`](Self::beginnings), or that
    /// [`wants_look`](Self::wants_look) asks to look at. Asked of fewer bytes first, two at least: what is refused then is refused
    /// however it goes on, unless it begins with one of the beginnings.
    fn wants_beginning(&self, _name: &[u8], _first: &[u8]) -> bool {
        false
    }

    /// Whether nothing is made of a file of this name in that archive if its content [holds nothing](Self::holds_nothing).
    /// Asked before the content is read. Content of ordinary files that held nothing is not read again where it is
    /// repeated.
    fn is_ordinary(&self, _archive: &Arc<Container>, _name: &str) -> bool {
        false
    }

    /// Whether nothing in this content of an [ordinary](Self::is_ordinary) file can matter, whatever the name is. Then
    /// the file is not handed over.
    fn holds_nothing(&self, _bytes: &[u8]) -> bool {
        false
    }

    /// Receives a file that [`wants`](Self::wants) or [`wants_beginning`](Self::wants_beginning) asked for.
    fn file(&self, file: File<'_>);

    /// Told of what is neither handed over nor looked into as an archive, unless it is [unread](Outcome::unread). `place` says
    /// where it is. A directory stands for all that is in it.
    fn passed_by(&self, _place: &dyn Fn() -> Place, _why: PassedBy) {}

    /// Called now and then with the number of bytes of the inputs that are done, for a progress bar.
    fn progress(&self, _done: u64, _total: u64) {}
}

/// Why something is not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PassedBy {
    /// [`Options::exclude`] names it.
    Excluded,
    /// A directory that [`Options::default_excludes`] leaves out.
    ExcludedByDefault,
    /// The layout says that it is a [sidecar](Layout::is_sidecar).
    Sidecar,
    /// It lies in no folder of content and is not named like an archive.
    NoContent,
    /// The visitor does not [want](Visitor::wants) files of this name.
    Unwanted,
}

/// How a walk is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where reading ends rather than go on without bounds.
    pub limits: Limits,
    /// The directory that paths on disk are shown relative to; `None` is the working directory. What lies outside of it
    /// keeps the path that was given.
    pub root: Option<PathBuf>,
    /// Leave out directories named `.git`, `node_modules` and `target`.
    pub default_excludes: bool,
    /// Further paths to leave out, matched against the path as [`Place`] shows it.
    pub exclude: globset::GlobSet,
    /// Number of worker threads; `None` is one a core.
    pub threads: Option<usize>,
    /// Read and search the packed bytes of every file, also of one that nobody wants in an archive on disk that is too large
    /// to be read whole. An entry can be hidden there, behind the end of the stream that covers it, from all readers but
    /// those that read an archive from front to back. An archive in an archive, and one that contradicts itself elsewhere,
    /// is searched in any case. Also look for the end of the packed stream of every wanted file, to see what lies behind it;
    /// in archives of few entries that is done in any case, elsewhere only where much seems to lie there.
    pub search_packed: bool,
    /// Opens inputs that are no paths of the file system; `None` if there are none.
    pub opener: Option<Arc<dyn Opener>>,
}

impl Default for Options {
    /// The usual limits, and one thread a core.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            root: None,
            default_excludes: true,
            exclude: globset::GlobSet::empty(),
            threads: None,
            search_packed: false,
            opener: None,
        }
    }
}

/// Where reading ends. Reaching one is never silent: the thing left out is in [`Outcome::unread`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Archives within archives.
    pub depth: u32,
    /// Entries, all archives of the run together. An archive itself counts as 32: that is what opening one costs.
    pub entries: u64,
    /// Inflated bytes of one text entry.
    pub text: u64,
    /// Inflated bytes of the whole run.
    pub inflated: u64,
    /// Inflated to packed bytes of one entry; only looked at above 16 MiB, since text packs 50 : 1 legitimately.
    pub ratio: u64,
    /// Bytes of nested archives held in memory at one time, all workers together; and bytes of the values to judge.
    pub memory: u64,
    /// Wall time of the whole run.
    pub time: Duration,
}

impl Limits {
    /// The most that [`Limits::text`] can be raised to, so that spans fit into 32 bits.
    pub const MAX_TEXT: u64 = 1 << 31;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            entries: 2_000_000,
            text: 64 << 20,
            inflated: 16 << 30,
            ratio: 1_000,
            memory: 256 << 20,
            time: Duration::from_secs(600),
        }
    }
}

/// Something that was not analysed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What was not read, or not to its end.
    pub place: Place,
    /// Why.
    pub cause: UnreadCause,
    /// The limit that was reached.
    pub limit: Option<Limit>,
    /// The input that led here.
    pub input: u32,
}

/// A way in which two readers of one archive can see different things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anomaly {
    /// The archive.
    pub place: Place,
    /// Which way.
    pub kind: AnomalyKind,
    /// The first cases that were found, with names and offsets, and the number of the others.
    pub detail: String,
    /// The input that led here.
    pub input: u32,
}

/// A file on disk, or what an [`Opener`] opened, that was read as an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveFile {
    /// The input that led here.
    pub input: u32,
    /// What it is called.
    pub place: Place,
    /// Where it is: a path, or the input that an [`Opener`] opened.
    pub path: PathBuf,
    /// Bytes of it, if an [`Opener`] opened it.
    pub opened_bytes: Option<u64>,
}

/// What a walk did beside visiting. Every list is sorted, whatever the number of threads.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// All archives that were opened.
    pub archives: Vec<Arc<Container>>,
    /// The files on disk that were read as archives, whether or not they turned out to be some.
    pub archive_files: Vec<ArchiveFile>,
    /// What was not analysed.
    pub unread: Vec<Unread>,
    /// How archives contradict themselves.
    pub anomalies: Vec<Anomaly>,
    /// Number of files and entries seen, visited or not, archives not counted.
    pub files: u64,
    /// Number of files and entries of content trees on disk, visited or not.
    pub content_files: u64,
    /// Of [`excluded`](Self::excluded), the directories that were left out by default.
    pub excluded_by_default: u64,
    /// Names of directories that were left out by default and could hold something, each once, sorted.
    pub excluded_names: Vec<String>,
    /// Directories left out by default (`node_modules`, `target`) or by `--exclude`, and files left out by it.
    pub excluded: u64,
    /// Which globs of [`Options::exclude`] left something out: their numbers in the set, sorted.
    pub matched_excludes: Vec<usize>,
}
