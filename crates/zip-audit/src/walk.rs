//! The driver: a queue of jobs, worked off by one thread or many.
//!
//! Nothing here recurses into what it reads. A job that finds more work queues it; the newest is done first, so few
//! archives are in memory at one time. Threads start only when the queue shows that there is work for them.

use super::archive::{self, Archive};
use super::budget::Budget;
use super::bytes::Source;
use super::causes::{Limit, LimitKind, UnreadCause};
use super::ledger::{Ledger, unread};
use super::nested::{self, Kept, Nested};
use super::tree::{self, Directory, Files};
use super::types::{
    Container, ContainerKind, File, InputError, Limits, Options, Outcome, Place, Start, Unread, Visitor,
};
use rayon::Scope;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// Opening an archive costs about as much as this many entries.
const ARCHIVE_COST: u64 = 32;
/// Files up to this size are read whole.
const WHOLE: u64 = 8 << 20;
/// Stack of a worker thread.
const STACK: usize = 8 << 20;
/// Weight of queued work above which threads are worth their start, in bytes.
const THREADS_PAY: u64 = 768 << 10;
/// What a file of a tree weighs beside its bytes.
const FILE_WEIGHT: u64 = 8 << 10;

/// A piece of work.
pub(super) enum Job {
    /// An archive on disk: its path and what it is called.
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

/// An archive on disk.
pub(super) struct Package {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    pub(super) input: u32,
    pub(super) len: u64,
    pub(super) start: Option<Arc<Start>>,
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
pub(super) type Spawn<'j> = &'j mut dyn FnMut(Job);

/// The state of one walk, shared by all workers.
pub(super) struct Walk<'v> {
    visitor: &'v dyn Visitor,
    pub(super) options: &'v Options,
    started: Instant,
    entries: AtomicU64,
    inflated: AtomicU64,
    budget: Budget,
    files: AtomicU64,
    excluded: AtomicU64,
    done: AtomicU64,
    total: AtomicU64,
    ledgers: Mutex<Vec<Arc<Ledger>>>,
    unread: Mutex<Vec<Unread>>,
    put_off: Mutex<Vec<Nested>>,
    large: Mutex<()>,
    /// Set when threads may be worth while.
    threads: OnceLock<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Walks the inputs and hands every file that the visitor wants to it.
///
/// The order of visits is not defined; [`Outcome`] is sorted. See the [module](crate) for what is visited.
///
/// # Errors
/// All inputs that cannot be walked at all; then nothing was visited.
pub fn walk(inputs: &[PathBuf], options: &Options, visitor: &dyn Visitor) -> Result<Outcome, Vec<InputError>> {
    let walk = Walk::new(options, visitor);
    let mut jobs = Vec::new();
    let mut errors = Vec::new();
    for (index, input) in (0..).zip(inputs) {
        match tree::start(&walk, input, index) {
            Ok(started) => jobs.extend(started),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    // The queue is worked off from its end: the largest first.
    jobs.sort_by_key(Job::weight);
    walk.drive(jobs);
    Ok(walk.outcome())
}

/// Walks one archive that is in memory, as [`walk`] would if it were the file `name` on disk.
///
/// Bytes that hold no archive are [unread](Outcome::unread).
pub fn walk_bytes(name: &str, bytes: Vec<u8>, options: &Options, visitor: &dyn Visitor) -> Outcome {
    let walk = Walk::new(options, visitor);
    let source = Source::memory(bytes);
    walk.add_total(source.len());
    walk.drive(vec![Job::Memory(source, Place::on_disk(name))]);
    walk.outcome()
}

impl<'v> Walk<'v> {
    fn new(options: &'v Options, visitor: &'v dyn Visitor) -> Self {
        Self {
            visitor,
            options,
            started: Instant::now(),
            entries: AtomicU64::new(0),
            inflated: AtomicU64::new(0),
            budget: Budget::new(options.limits.memory),
            files: AtomicU64::new(0),
            excluded: AtomicU64::new(0),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            ledgers: Mutex::default(),
            unread: Mutex::default(),
            put_off: Mutex::default(),
            large: Mutex::default(),
            threads: OnceLock::new(),
        }
    }

    fn drive(&self, jobs: Vec<Job>) {
        let mut pool = None;
        self.work_off(jobs, &mut pool);
        // What did not fit into memory, one after the other now; those that come from one archive together.
        let mut kept = None;
        while let Some(mut nested) = self.next_put_off(kept.as_ref()) {
            nested.bring_back(self, &mut kept);
            let mut found = Vec::new();
            self.guarded(Job::Nested(nested), &mut |job| found.push(job));
            self.work_off(found, &mut pool);
        }
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
            let one = self.options.threads == Some(1);
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
        *self.threads.get_or_init(|| self.options.threads.unwrap_or_else(cores))
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
            Job::Nested(nested) => nested::run(self, nested, spawn),
            Job::Chunk(archive, range) => archive::chunk(self, &archive, range, spawn),
            Job::Directory(directory) => tree::list(self, directory, spawn),
            Job::Files(files) => tree::read(self, &files, spawn),
        };
        if std::panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
            self.unread(unread(place, UnreadCause::InternalError, None, input));
        }
    }

    /// Opens an archive on disk.
    fn package(&self, package: &Package, spawn: Spawn) {
        let Package { place, input, .. } = package;
        let say = |cause| self.unread(unread(place.clone(), cause, None, *input));
        let (file, len) = match tree::open(&package.path) {
            Ok(opened) => opened,
            Err(cause) => return say(cause),
        };
        let source = if len <= WHOLE {
            match tree::read_whole(file, len) {
                Ok((bytes, None)) => Source::memory(bytes),
                Ok((bytes, Some(cause))) => {
                    say(cause);
                    Source::memory(bytes)
                }
                Err(error) => return say(UnreadCause::CannotRead(error.to_string())),
            }
        } else {
            Source::file(file, len)
        };
        self.archive(source, place, *input, package.start.clone(), spawn);
    }

    /// Opens the archive of an input.
    fn archive(&self, source: Source, place: &Place, input: u32, start: Option<Arc<Start>>, spawn: Spawn) {
        let say = |cause, limit| self.unread(unread(place.clone(), cause, limit, input));
        if !nested::looks_like_archive(&source) {
            return say(UnreadCause::NotAnArchive, None);
        }
        if self.limits().depth == 0 {
            return say(UnreadCause::NestedTooDeep, Some((LimitKind::Depth, 0)));
        }
        if self.take_entries(ARCHIVE_COST) < ARCHIVE_COST {
            return say(UnreadCause::TooManyArchives, Some(self.entries_limit()));
        }
        let kind = ContainerKind::Archive;
        let container = Container { place: place.clone(), parent: None, kind, depth: 1, input, start };
        let ledger = Ledger::new(Arc::new(container));
        self.opened(&ledger);
        archive::open(self, source, ledger, spawn);
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// Waits until this is the only text of its size in memory. What reads it takes some times its size, so that the
    /// number of threads must not multiply that.
    pub(super) fn alone_with_large_text(&self) -> MutexGuard<'_, ()> {
        lock(&self.large)
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(super) fn archive_cost(&self) -> u64 {
        ARCHIVE_COST
    }

    pub(super) fn wants(&self, name: &[u8]) -> bool {
        self.visitor.wants(name)
    }

    /// Hands a file to the visitor; `failed` is told when that panics.
    pub(super) fn visit(
        &self,
        container: &Arc<Container>,
        name: &str,
        bytes: &[u8],
        partial: bool,
        failed: impl FnOnce(),
    ) {
        let file = File { container, name, bytes, partial };
        if std::panic::catch_unwind(AssertUnwindSafe(|| self.visitor.file(file))).is_err() {
            failed();
        }
    }

    /// Takes up to `wanted` entries from the limit; gives how many there were.
    pub(super) fn take_entries(&self, wanted: u64) -> u64 {
        let before = self.entries.fetch_add(wanted, Ordering::Relaxed);
        wanted.min(self.limits().entries.saturating_sub(before))
    }

    pub(super) fn entries_limit(&self) -> Limit {
        (LimitKind::Entries, self.limits().entries)
    }

    pub(super) fn add_inflated(&self, bytes: u64) {
        self.inflated.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds what a reader inflated and how many files it saw.
    pub(super) fn count(&self, inflated: u64, files: u64) {
        self.add_inflated(inflated);
        self.files.fetch_add(files, Ordering::Relaxed);
    }

    /// The limit of the whole run that is reached, and the cause for the things left out.
    pub(super) fn exhausted(&self) -> Option<(UnreadCause, Limit)> {
        if let Some(enough) = self.inflated_enough() {
            return Some(enough);
        }
        let limits = self.limits();
        if self.started.elapsed() >= limits.time {
            return Some((UnreadCause::OutOfTime, (LimitKind::Time, limits.time.as_secs())));
        }
        None
    }

    /// As [`exhausted`](Self::exhausted), without asking the clock.
    pub(super) fn inflated_enough(&self) -> Option<(UnreadCause, Limit)> {
        let limit = self.limits().inflated;
        (self.inflated.load(Ordering::Relaxed) >= limit)
            .then_some((UnreadCause::InflatedTooMuch, (LimitKind::Inflated, limit)))
    }

    pub(super) fn count_excluded(&self) {
        self.excluded.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_total(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn progress(&self, bytes: u64) {
        let total = self.total.load(Ordering::Relaxed);
        let done = self.done.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.visitor.progress(done.min(total), total);
    }

    pub(super) fn opened(&self, ledger: &Arc<Ledger>) {
        lock(&self.ledgers).push(ledger.clone());
    }

    pub(super) fn unread(&self, unread: Unread) {
        lock(&self.unread).push(unread);
    }

    /// Keeps a nested archive until nothing else is running.
    pub(super) fn put_off(&self, nested: Nested) {
        lock(&self.put_off).push(nested);
    }

    fn outcome(self) -> Outcome {
        let mut outcome = Outcome {
            unread: self.unread.into_inner().unwrap_or_else(PoisonError::into_inner),
            files: self.files.into_inner(),
            excluded: self.excluded.into_inner(),
            ..Outcome::default()
        };
        for ledger in self.ledgers.into_inner().unwrap_or_else(PoisonError::into_inner) {
            ledger.drain(&mut outcome.anomalies, &mut outcome.unread);
            outcome.archives.push(ledger.container.clone());
        }
        outcome.archives.sort_by(|a, b| (a.input, &a.place).cmp(&(b.input, &b.place)));
        outcome.unread.sort();
        outcome.unread.dedup();
        outcome.anomalies.sort();
        outcome.anomalies.dedup();
        outcome
    }
}
