//! The driver: a queue of jobs, worked off by one thread or many.
//!
//! Nothing here recurses into what it reads. A job that finds more work queues it; the newest is done first, so few
//! archives are in memory at one time. Threads start only when the queue shows that there is work for them.

use super::archive::{self, Archive};
use super::bytes::Source;
use super::causes::{LimitKind, UnreadCause};
use super::file_tree::FileTree;
use super::inputs;
use super::ledger::{Ledger, unread};
use super::nested::{self, Kept, Nested, Opened};
use super::opener::Opener;
use super::session::{Session, lock};
use super::shown_paths::ShownPaths;
use super::tree::{self, Directory, Files, Package};
use super::types::{ArchiveFile, Container, ContainerKind, Options, Outcome, Place, Start, Visitor};
use rayon::Scope;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// Files up to this size are read whole.
const MAX_WHOLE_BYTES: u64 = 8 << 20;
/// Stack of a worker thread.
const STACK: usize = 8 << 20;
/// Weight of queued work above which threads are worth their start, in bytes.
const THREADS_PAY: u64 = 768 << 10;
/// What a file of a tree weighs beside its bytes.
const FILE_WEIGHT: u64 = 8 << 10;

/// A piece of work.
pub(super) enum Job {
    /// An archive that lies in no other one: where it is and what it is called.
    Package(Package),
    /// An archive in memory and what it is called.
    Memory(Source, Place),
    /// An archive in an archive.
    Nested(Nested),
    /// Some entries of an archive.
    Chunk(Arc<Archive>, Range<usize>),
    /// A directory to list.
    Directory(Directory),
    /// Files of a tree.
    Files(Files),
}

impl Job {
    fn weight(&self) -> u64 {
        match self {
            Self::Package(package) => package.len.max(FILE_WEIGHT),
            Self::Memory(source, _) => source.len().max(FILE_WEIGHT),
            Self::Nested(nested) => nested.weight(),
            Self::Chunk(..) => 96 << 10,
            Self::Directory(_) => 4 * FILE_WEIGHT,
            Self::Files(files) => files.len() as u64 * FILE_WEIGHT,
        }
    }
}

/// Where a job puts further jobs.
type Spawn<'j> = &'j mut dyn FnMut(Job);

impl From<archive::Work> for Job {
    fn from(work: archive::Work) -> Self {
        match work {
            archive::Work::Chunk(archive, range) => Self::Chunk(archive, range),
            archive::Work::Nested(nested) => Self::Nested(nested),
        }
    }
}

impl From<tree::Work> for Job {
    fn from(work: tree::Work) -> Self {
        match work {
            tree::Work::Package(package) => Self::Package(package),
            tree::Work::Directory(directory) => Self::Directory(directory),
            tree::Work::Files(files) => Self::Files(files),
        }
    }
}

/// The queue side of one walk.
pub(super) struct Driver<'v> {
    session: Session<'v>,
    put_off: Mutex<Vec<Nested>>,
    /// Set when threads may be worth while.
    threads: OnceLock<usize>,
}

/// Walks the inputs and hands every file that the visitor wants to it.
///
/// What is named several times is walked once. An input that cannot be walked at all is [unread](Outcome::unread), and
/// the others are walked. The order of visits is not defined; [`Outcome`] is sorted. See the [module](crate) for what is
/// visited.
pub fn walk(inputs: &[PathBuf], options: &Options, visitor: &dyn Visitor) -> Outcome {
    let driver = Driver::new(options, visitor, &FileTree::DISK);
    let session = &driver.session;
    let mut jobs = Vec::new();
    for index in inputs::distinct(session, inputs) {
        let Some(input) = inputs.get(index) else { continue };
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        match inputs::start(session, input, number) {
            Ok(started) => jobs.extend(started.into_iter().map(Job::from)),
            Err(cause) => {
                let place = Place::on_disk(session.paths.show(input));
                session.unread(unread(place, cause, None, number));
            }
        }
    }
    // The queue is worked off from its end: the largest first.
    jobs.sort_by_key(Job::weight);
    driver.drive(jobs);
    driver.outcome(&places(inputs, options))
}

/// The places of the inputs themselves, as [`walk`] shows them.
pub fn places(inputs: &[PathBuf], options: &Options) -> Vec<Place> {
    let paths = ShownPaths::new(options.root.as_deref());
    let opened = |input: &PathBuf| options.opener.as_ref()?.name(input);
    inputs.iter().map(|input| Place::on_disk(opened(input).unwrap_or_else(|| paths.show(input)))).collect()
}

/// Whether a walk of `directory` comes to the file at `path` and reads it as content of a tree or as an archive.
pub fn is_read(directory: &Path, path: &Path, options: &Options, visitor: &dyn Visitor) -> bool {
    let driver = Driver::new(options, visitor, &FileTree::DISK);
    let real = |path: &Path| path.canonicalize().ok();
    real(directory).zip(real(path)).is_some_and(|(above, path)| inputs::is_found_below(&driver.session, &above, &path))
}

/// Walks one archive that is in memory, as [`walk`] would if it were the file `name` on disk.
///
/// Bytes that hold no archive are [unread](Outcome::unread).
pub fn walk_bytes(name: &str, bytes: Vec<u8>, options: &Options, visitor: &dyn Visitor) -> Outcome {
    walk_source(name, Source::memory(bytes), options, visitor)
}

/// As [`walk_bytes`], wherever the bytes are.
pub(super) fn walk_source(name: &str, source: Source, options: &Options, visitor: &dyn Visitor) -> Outcome {
    let driver = Driver::new(options, visitor, &FileTree::DISK);
    driver.session.add_total(source.len());
    let place = Place::on_disk(name);
    driver.drive(vec![Job::Memory(source, place.clone())]);
    driver.outcome(&[place])
}

impl<'v> Driver<'v> {
    pub(super) fn new(options: &'v Options, visitor: &'v dyn Visitor, tree: &'v FileTree) -> Self {
        Self { session: Session::new(options, visitor, tree), put_off: Mutex::default(), threads: OnceLock::new() }
    }

    /// Does the jobs and all that come from them.
    pub(super) fn drive(&self, jobs: Vec<Job>) {
        let mut pool = None;
        self.work_off(jobs, &mut pool);
        // What did not fit into memory, one after the other now; those that come from one archive together.
        let mut kept = None;
        while let Some(mut nested) = self.next_put_off(kept.as_ref()) {
            nested.bring_back(&self.session, &mut kept);
            let mut found = Vec::new();
            self.guarded(Job::Nested(nested), &mut |job| found.push(job));
            self.work_off(found, &mut pool);
        }
    }

    /// What the walk of inputs at these places came to.
    pub(super) fn outcome(self, inputs: &[Place]) -> Outcome {
        self.session.outcome(inputs)
    }

    fn next_put_off(&self, kept: Option<&Kept>) -> Option<Nested> {
        let mut waiting = lock(&self.put_off);
        let next = waiting.iter().position(|nested| !nested.needs_other_than(kept)).or(waiting.len().checked_sub(1))?;
        Some(waiting.swap_remove(next))
    }

    /// Does the jobs and all that come from them; starts the threads when it is worth while.
    fn work_off(&self, mut queue: Vec<Job>, pool: &mut Option<rayon::ThreadPool>) {
        loop {
            let heavy = || queue.iter().map(Job::weight).fold(0, u64::saturating_add) > THREADS_PAY;
            let one = self.session.options.threads == Some(1);
            if !one && queue.len() < 4096 && (pool.is_some() || heavy() && self.threads() > 1) {
                if pool.is_none() {
                    let builder = rayon::ThreadPoolBuilder::new().num_threads(self.threads()).stack_size(STACK);
                    *pool = builder.thread_name(|n| format!("walk-{n}")).build().ok();
                }
                if let Some(pool) = pool {
                    let jobs = std::mem::take(&mut queue);
                    pool.scope(|scope| jobs.into_iter().for_each(|job| self.spawn(scope, job)));
                    return;
                }
            }
            let Some(job) = queue.pop() else { return };
            self.guarded(job, &mut |job| queue.push(job));
        }
    }

    /// How many threads there are to be. Asking for the cores reads several files, which a small input need not pay.
    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, Into::into);
        *self.threads.get_or_init(|| self.session.options.threads.unwrap_or_else(cores))
    }

    fn spawn<'s>(&'s self, scope: &Scope<'s>, job: Job) {
        scope.spawn(move |scope| self.guarded(job, &mut |job| self.spawn(scope, job)));
    }

    /// Does one job; a panic in it ends only that job.
    fn guarded(&self, job: Job, spawn: Spawn) {
        let (place, input) = match &job {
            Job::Package(package) => (package.place.clone(), package.input),
            Job::Memory(_, place) => (place.clone(), 0),
            Job::Nested(nested) => nested.place(),
            Job::Chunk(archive, _) => (archive.ledger.container.place.clone(), archive.ledger.container.input),
            Job::Directory(directory) => directory.place(),
            Job::Files(files) => files.place(),
        };
        let work = || match job {
            Job::Package(package) => self.package(&package, spawn),
            Job::Memory(source, place) => self.archive(source, &place, 0, None, spawn),
            Job::Nested(nested) => self.nested(nested, spawn),
            Job::Chunk(archive, range) => {
                archive::chunk(&self.session, &archive, range, &mut |work| spawn(work.into()));
            }
            Job::Directory(directory) => tree::list(&self.session, directory, &mut |work| spawn(work.into())),
            Job::Files(files) => tree::read(&self.session, &files, &mut |work| spawn(work.into())),
        };
        if std::panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
            self.session.unread(unread(place, UnreadCause::InternalError, None, input));
        }
    }

    /// Opens an archive that lies in no other one.
    fn package(&self, package: &Package, spawn: Spawn) {
        match &package.opener {
            Some(opener) => self.opened_elsewhere(package, opener.as_ref(), spawn),
            None => self.on_disk(package, spawn),
        }
    }

    /// Opens an archive that is no file on disk. One that would be read whole from disk is read whole here, too: so the
    /// same is examined of it.
    fn opened_elsewhere(&self, package: &Package, opener: &dyn Opener, spawn: Spawn) {
        let Package { place, input, path, .. } = package;
        let say = |cause, limit| self.session.unread(unread(place.clone(), cause, limit, *input));
        if let Some((cause, limit)) = self.session.exhausted() {
            return say(cause, Some(limit));
        }
        let source = match opener.open(path) {
            Ok(reader) => Source::positioned(reader),
            Err(cause) => return say(cause, None),
        };
        let len = source.len();
        self.session.add_total(len);
        let (place, opened_bytes) = (place.clone(), Some(len));
        self.session.opened_file(ArchiveFile { input: *input, place, path: path.clone(), opened_bytes });
        let source = if len <= MAX_WHOLE_BYTES {
            source.announce(std::slice::from_ref(&(0..len)));
            let mut bytes = Vec::new();
            let read = match source.read(0, len, &mut bytes) {
                Ok(bytes) => bytes.len(),
                Err(error) => return say(UnreadCause::CannotRead(error.to_string()), None),
            };
            bytes.truncate(read);
            if read as u64 != len || source.changed() {
                say(UnreadCause::Changed, None);
            }
            Source::memory(bytes)
        } else {
            source
        };
        self.archive(source, &package.place, *input, None, spawn);
    }

    /// Opens an archive on disk.
    fn on_disk(&self, package: &Package, spawn: Spawn) {
        let Package { place, input, .. } = package;
        let say = |cause| self.session.unread(unread(place.clone(), cause, None, *input));
        let (file, len) = match self.session.tree.open(&package.path) {
            Ok(opened) => opened,
            Err(cause) => return say(cause),
        };
        let path = package.path.clone();
        let named = ArchiveFile { input: *input, place: place.clone(), path, opened_bytes: None };
        self.session.opened_file(named);
        let source = if len <= MAX_WHOLE_BYTES {
            match file.read_whole(len) {
                Ok((bytes, None)) => Source::memory(bytes),
                Ok((bytes, Some(cause))) => {
                    say(cause);
                    Source::memory(bytes)
                }
                Err(error) => return say(UnreadCause::CannotRead(error.to_string())),
            }
        } else {
            file.into_source(len)
        };
        self.archive(source, place, *input, package.start.clone(), spawn);
    }

    /// Opens the archive of an input.
    fn archive(&self, source: Source, place: &Place, input: u32, start: Option<Arc<Start>>, spawn: Spawn) {
        let say = |cause, limit| self.session.unread(unread(place.clone(), cause, limit, input));
        if let Some(cause) = self.session.not_an_archive(&source, place) {
            return say(cause, None);
        }
        if self.session.limits().depth == 0 {
            return say(UnreadCause::NestedTooDeep, Some((LimitKind::Depth, 0)));
        }
        if !self.session.take_archive() {
            return say(UnreadCause::TooManyArchives, Some(self.session.entries_limit()));
        }
        let kind = ContainerKind::Archive;
        let container = Container { place: place.clone(), parent: None, kind, depth: 1, input, start };
        let ledger = Ledger::new(Arc::new(container), self.session.notes(), None);
        self.session.opened(&ledger);
        archive::open(&self.session, source, ledger, &mut |work| spawn(work.into()));
    }

    /// Opens an archive in an archive, or puts it off.
    fn nested(&self, nested: Nested, spawn: Spawn) {
        match nested::open(&self.session, nested) {
            Opened::Archive(source, ledger) => {
                archive::open(&self.session, source, ledger, &mut |work| spawn(work.into()));
            }
            Opened::Later(nested) => self.put_off(nested),
            Opened::Nothing => {}
        }
    }

    /// Keeps a nested archive until nothing else is running.
    fn put_off(&self, nested: Nested) {
        lock(&self.put_off).push(nested);
    }
}
