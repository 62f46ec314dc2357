//! The state of one walk that all workers share: limits, counters, the budget of memory, what was noted, the visitor.
//!
//! Knows nothing of the work itself.

use crate::archive_names::{named_archive, named_other_archive};
use crate::budget::{Budget, Permit};
use crate::bytes::Source;
use crate::causes::{Limit, LimitKind, UnreadCause};
use crate::file_tree::FileTree;
use crate::layout::{ContentFolder, Layout};
use crate::ledger::{self, Ledger, LeftOut};
use crate::opener::Opener;
use crate::repeats::Repeats;
use crate::shown_paths::ShownPaths;
use crate::sniff::{self, Beginnings};
use crate::types::{
    ArchiveFile, BEGINNING, Container, File, Limits, Options, Outcome, PassedBy, Place, Unread, Visitor,
};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Opening an archive costs about as much as this many entries.
const ARCHIVE_COST: u64 = 32;

/// Bytes of a beginning below which it says nothing: half of a byte order mark.
const LEAST_BYTES: usize = 2;

/// Of the memory that may be held, the part that is for what is noted.
const NOTES_SHARE: u64 = 4;
/// What an archive in an archive counts as a note, beside its name.
const ARCHIVE_NOTE_BYTES: u64 = 512;

/// The state of one walk.
pub(super) struct Session<'v> {
    visitor: &'v dyn Visitor,
    layout: &'v dyn Layout,
    pub(super) beginnings: Beginnings,
    pub(super) options: &'v Options,
    pub(super) paths: ShownPaths,
    pub(super) tree: &'v FileTree,
    started: Instant,
    entries: AtomicU64,
    inflated: AtomicU64,
    budget: Budget,
    files: AtomicU64,
    content_files: AtomicU64,
    excluded_names: Mutex<BTreeSet<String>>,
    excluded: AtomicU64,
    excluded_by_default: AtomicU64,
    matched_excludes: Mutex<BTreeSet<usize>>,
    done: AtomicU64,
    total: AtomicU64,
    ledgers: Mutex<Vec<Arc<Ledger>>>,
    archive_files: Mutex<Vec<ArchiveFile>>,
    unread: Mutex<Vec<Unread>>,
    /// What is noted of archives and files.
    notes: Budget,
    /// Of each input what is unread and not noted, for want of memory.
    unread_more: Mutex<BTreeMap<u32, u64>>,
    large: Mutex<LargeBuffers>,
    pub(super) repeats: Repeats,
}

/// The buffers for the one large text that is read at a time. They are kept: getting so much memory from the system for each
/// text takes longer than to read it.
#[derive(Default)]
pub(super) struct LargeBuffers {
    /// Inflated bytes, or the bytes of a file.
    pub(super) text: Vec<u8>,
    /// Packed bytes.
    pub(super) packed: Vec<u8>,
}

impl LargeBuffers {
    /// Takes the buffers of a worker back, as far as they are larger than those that it was given for them.
    pub(super) fn take_larger(&mut self, text: &mut Vec<u8>, packed: &mut Vec<u8>) {
        for (kept, own) in [(&mut self.text, text), (&mut self.packed, packed)] {
            if own.len() > kept.len() {
                std::mem::swap(own, kept);
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'v> Session<'v> {
    pub(super) fn new(options: &'v Options, visitor: &'v dyn Visitor, tree: &'v FileTree) -> Self {
        Self {
            visitor,
            layout: visitor.layout(),
            beginnings: Beginnings::new(visitor.beginnings()),
            options,
            paths: ShownPaths::new(options.root.as_deref()),
            tree,
            started: Instant::now(),
            entries: AtomicU64::new(0),
            inflated: AtomicU64::new(0),
            budget: Budget::new(options.limits.memory),
            files: AtomicU64::new(0),
            content_files: AtomicU64::new(0),
            excluded_names: Mutex::default(),
            excluded: AtomicU64::new(0),
            excluded_by_default: AtomicU64::new(0),
            matched_excludes: Mutex::default(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            ledgers: Mutex::default(),
            archive_files: Mutex::default(),
            unread: Mutex::default(),
            notes: Budget::new(options.limits.memory / NOTES_SHARE),
            unread_more: Mutex::default(),
            large: Mutex::default(),
            repeats: Repeats::default(),
        }
    }

    /// What opens an input that is no path of the file system, and what the input is called.
    pub(super) fn opener_of(&self, input: &Path) -> Option<(&Arc<dyn Opener>, String)> {
        let opener = self.options.opener.as_ref()?;
        opener.name(input).map(|name| (opener, name))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// Waits until this is the only text of its size in memory. What reads it takes some times its size, so that the
    /// number of threads must not multiply that. Gives the buffers that were used for the one before.
    pub(super) fn alone_with_large_text(&self) -> MutexGuard<'_, LargeBuffers> {
        lock(&self.large)
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Counts one more archive as entries; `false` when the limit leaves no room for it.
    pub(super) fn take_archive(&self) -> bool {
        self.take_entries(ARCHIVE_COST) == ARCHIVE_COST
    }

    pub(super) fn wants(&self, name: &[u8]) -> bool {
        self.visitor.wants(name)
    }

    pub(super) fn wants_look(&self, name: &[u8]) -> bool {
        self.visitor.wants_look(name)
    }

    /// Whether the content of a file is wanted, by its name or by what it begins with.
    pub(super) fn wants_content(&self, name: &[u8], bytes: &[u8]) -> bool {
        let first = bytes.get(..bytes.len().min(BEGINNING)).unwrap_or_default();
        self.wants(name)
            || (self.beginnings.begin(first) || self.wants_look(name)) && self.visitor.wants_beginning(name, first)
    }

    /// Whether a file outside of folders of content is wanted by its name.
    pub(super) fn wants_anywhere(&self, name: &[u8]) -> bool {
        self.layout.wants_anywhere(name)
    }

    /// Whether the content of a file can be wanted that begins with these few bytes, and with none of the beginnings.
    pub(super) fn may_want_beginning(&self, name: &[u8], first: &[u8]) -> bool {
        first.len() < LEAST_BYTES || self.wants_look(name) && self.visitor.wants_beginning(name, first)
    }

    /// Whether a file of this name has to be an archive, or a compressed file that matters, of whatever kind.
    pub(super) fn is_named_archive(&self, name: &[u8]) -> bool {
        self.is_named_zip(name) || self.is_other_archive(name)
    }

    /// Whether a file has to be a zip archive, by its name or by the one that it gets.
    pub(super) fn is_named_zip(&self, name: &[u8]) -> bool {
        let installed = || self.layout.installed_name(name).is_some_and(|name| named_archive(name.as_bytes()));
        named_archive(name) || installed()
    }

    /// Whether a file of this name is an archive that is not looked into, or a compressed file that matters.
    pub(super) fn is_other_archive(&self, name: &[u8]) -> bool {
        let is_one = |name: &[u8]| named_other_archive(name, |name| self.wants(name));
        is_one(name) || self.layout.installed_name(name).is_some_and(|name| is_one(name.as_bytes()))
    }

    /// Why what should be an archive, by its name at `place`, is none that can be looked into; `None` if it can.
    pub(super) fn not_an_archive(&self, source: &Source, place: &Place) -> Option<UnreadCause> {
        let name = place.inside.last().unwrap_or(&place.file);
        if self.is_other_archive(name.as_bytes()) {
            // An archive that it holds unpacked is no part of a zip archive.
            let mut buffer = Vec::new();
            let is_zip = source.read(0, 4, &mut buffer).is_ok_and(sniff::is_archive);
            (!is_zip).then_some(UnreadCause::OtherArchive)
        } else {
            let goes_on = || self.exhausted().is_none();
            (!sniff::looks_like_archive(source, goes_on)).then_some(UnreadCause::NotAnArchive)
        }
        .map(|cause| match source.failure(0, source.len()) {
            Some(error) => UnreadCause::CannotRead(error),
            None if sniff::holds_lfs_pointer(source) => UnreadCause::LfsPointer,
            None => cause,
        })
    }

    pub(super) fn is_sidecar(&self, name: &[u8]) -> bool {
        self.layout.is_sidecar(name)
    }

    pub(super) fn relies_on_names(&self, name: &[u8]) -> bool {
        self.layout.relies_on_names(name)
    }

    pub(super) fn is_content_folder(&self, directory: &Path, name: &str) -> bool {
        self.layout.is_content_folder(self.tree, directory, name)
    }

    pub(super) fn companion_folders(&self, base: &Path, name: &str) -> Vec<ContentFolder> {
        self.layout.companion_folders(base, name)
    }

    /// Whether nothing is made of a file of this name whose content [holds nothing](Self::holds_nothing).
    pub(super) fn is_ordinary(&self, container: &Arc<Container>, name: &str) -> bool {
        self.visitor.is_ordinary(container, name)
    }

    /// Whether nothing is in the content of an ordinary file.
    pub(super) fn holds_nothing(&self, bytes: &[u8]) -> bool {
        let look = || !sniff::is_lfs_pointer(bytes) && self.visitor.holds_nothing(bytes);
        std::panic::catch_unwind(AssertUnwindSafe(look)).unwrap_or(false)
    }

    /// Tells the visitor of what it does not get.
    pub(super) fn pass_by(&self, place: &dyn Fn() -> Place, why: PassedBy) {
        self.visitor.passed_by(place, why);
    }

    /// Hands a file to the visitor. `unread` is called when that panics, and when the file itself is not there.
    pub(super) fn visit(
        &self,
        container: &Arc<Container>,
        name: &str,
        bytes: &[u8],
        partial: bool,
        unread: impl FnOnce(UnreadCause),
    ) {
        if sniff::is_lfs_pointer(bytes) {
            return unread(UnreadCause::LfsPointer);
        }
        let file = File { container, name, bytes, partial };
        if std::panic::catch_unwind(AssertUnwindSafe(|| self.visitor.file(file))).is_err() {
            unread(UnreadCause::InternalError);
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

    /// Counts files of content trees.
    pub(super) fn count_content(&self, files: u64) {
        self.content_files.fetch_add(files, Ordering::Relaxed);
    }

    /// Counts something that is left out because it was asked for.
    pub(super) fn leave_out(&self) {
        self.excluded.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether a path, as a [`Place`] shows it, is to be left out. Notes which globs say so.
    pub(super) fn is_excluded(&self, path: &str) -> bool {
        let exclude = &self.options.exclude;
        if exclude.is_empty() || !exclude.is_match(path) {
            return false;
        }
        lock(&self.matched_excludes).extend(exclude.matches(path));
        true
    }

    /// Counts a directory that is left out unasked and could hold something.
    pub(super) fn leave_out_by_default(&self, name: &str) {
        self.leave_out();
        self.excluded_by_default.fetch_add(1, Ordering::Relaxed);
        lock(&self.excluded_names).insert(name.to_owned());
    }

    pub(super) fn add_total(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn progress(&self, bytes: u64) {
        let total = self.total.load(Ordering::Relaxed);
        let done = self.done.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.visitor.progress(done.min(total), total);
    }

    /// Notes a file on disk that is read as an archive.
    pub(super) fn opened_file(&self, file: ArchiveFile) {
        lock(&self.archive_files).push(file);
    }

    pub(super) fn opened(&self, ledger: &Arc<Ledger>) {
        lock(&self.ledgers).push(ledger.clone());
    }

    /// Notes what is unread and lies in no archive.
    pub(super) fn unread(&self, unread: Unread) {
        if self.notes.take(ledger::weight(&unread)) {
            lock(&self.unread).push(unread);
        } else {
            *lock(&self.unread_more).entry(unread.input).or_default() += 1;
        }
    }

    /// The memory for what is noted.
    pub(super) fn notes(&self) -> &Budget {
        &self.notes
    }

    /// Takes the memory to know of an archive in an archive by its name.
    pub(super) fn take_note_of_archive(&self, name: &[u8]) -> Option<Permit> {
        self.notes.try_take(ARCHIVE_NOTE_BYTES + name.len() as u64)
    }

    /// The limit on memory.
    pub(super) fn memory_limit(&self) -> Limit {
        (LimitKind::Memory, self.limits().memory)
    }

    /// What the walk of inputs at these places came to, sorted.
    pub(super) fn outcome(self, inputs: &[Place]) -> Outcome {
        let limit = self.memory_limit();
        let mut outcome = Outcome {
            unread: self.unread.into_inner().unwrap_or_else(PoisonError::into_inner),
            archive_files: self.archive_files.into_inner().unwrap_or_else(PoisonError::into_inner),
            files: self.files.into_inner(),
            content_files: self.content_files.into_inner(),
            excluded_names: lock(&self.excluded_names).iter().cloned().collect(),
            excluded: self.excluded.into_inner(),
            excluded_by_default: self.excluded_by_default.into_inner(),
            matched_excludes: lock(&self.matched_excludes).iter().copied().collect(),
            ..Outcome::default()
        };
        let mut left_out = LeftOut::default();
        for ledger in self.ledgers.into_inner().unwrap_or_else(PoisonError::into_inner) {
            ledger.drain(&mut outcome, &mut left_out, limit);
            outcome.archives.push(ledger.container.clone());
        }
        left_out.drain(limit, &mut outcome.unread);
        for (input, count) in self.unread_more.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let place = inputs.get(input as usize).cloned().unwrap_or_else(|| Place::on_disk("."));
            let cause = UnreadCause::MoreEntries(count);
            outcome.unread.push(Unread { place, cause, limit: Some(limit), input });
        }
        outcome.archives.sort_by(|a, b| (a.input, &a.place).cmp(&(b.input, &b.place)));
        outcome.archive_files.sort();
        outcome.archive_files.dedup();
        outcome.unread.sort();
        outcome.unread.dedup();
        outcome.anomalies.sort();
        outcome.anomalies.dedup();
        outcome
    }
}
