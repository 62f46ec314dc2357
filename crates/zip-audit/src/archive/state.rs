//! An archive that is being read, as its workers share it.

use super::directory::{Directory, Record};
use crate::bytes::Source;
use crate::causes::{Limit, UnreadCause};
use crate::ledger::Ledger;
use crate::nested::Nested;
use crate::session::Session;
use crate::types::Container;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Most entries of an archive of which the end of every packed text is looked for.
const MAX_SMALL_ENTRIES: usize = 64;
/// Most packed bytes of a text of such an archive whose end is looked for.
const MAX_SMALL_STREAM_BYTES: usize = 64 << 10;

/// Work that an archive gives.
pub(crate) enum Work {
    /// Some of its entries.
    Chunk(Arc<Archive>, Range<usize>),
    /// An archive in it.
    Nested(Nested),
}

/// Where work goes.
pub(crate) type Emit<'e> = &'e mut dyn FnMut(Work);

/// An archive that is being read.
pub(crate) struct Archive {
    pub(crate) ledger: Arc<Ledger>,
    pub(super) source: Source,
    pub(super) directory: Directory,
    /// Chunks that are not done.
    pub(super) pending: AtomicUsize,
    /// Ranges that no entry explains.
    pub(super) gaps: Mutex<Vec<Gap>>,
    /// The number of entries, or the inflated total, reached its limit here; noted once.
    pub(super) stopped: AtomicBool,
}

/// A range that no entry explains.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Bytes may lie here without a record among them: a comment, or a part of an entry's own data.
    pub(super) free: bool,
}

impl Archive {
    pub(super) fn container(&self) -> &Arc<Container> {
        &self.ledger.container
    }

    /// Whether the packed bytes of entries that nobody wants are searched: where they are at hand, and in an archive in an
    /// archive, which is what gets read from front to back.
    pub(super) fn searches_packed(&self, session: &Session) -> bool {
        self.source.in_memory() || self.container().depth > 1 || session.options.search_packed
    }

    /// Whether the end of every packed text is looked for, to see what lies behind it: where that was asked for, and in
    /// archives that are so small that the second, slower inflater costs nothing.
    pub(super) fn measures_streams(&self, session: &Session, packed: usize) -> bool {
        session.options.search_packed
            || self.directory.records.len() <= MAX_SMALL_ENTRIES && packed <= MAX_SMALL_STREAM_BYTES
    }

    pub(super) fn gap(&self, Range { start, end }: Range<u64>, free: bool) {
        if start < end {
            self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(Gap { start, end, free });
        }
    }

    /// The ranges that were not explained so far.
    pub(super) fn take_gaps(&self) -> Vec<Gap> {
        std::mem::take(&mut *self.gaps.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes once that the rest of the archive is left out because of a limit of the run.
    pub(super) fn stop(&self, cause: UnreadCause, limit: Limit) {
        if !self.stopped.swap(true, Ordering::AcqRel) {
            self.ledger.unread("", cause, Some(limit));
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// The bytes from the first of some entries to the next one, of an archive in memory.
    pub(super) fn in_memory(&self, range: Range<usize>) -> &[u8] {
        let records = &self.directory.records;
        let Some(first) = records.get(range.start) else { return &[] };
        let start = first.claim.header;
        let end = self.boundary(start, records.get(range.end));
        self.source.slice(start, end.saturating_sub(start)).unwrap_or_default()
    }

    /// The first byte after `at` that the directory explains: a local header or a structure.
    pub(super) fn boundary(&self, at: u64, next: Option<&Record>) -> u64 {
        let structures = self.directory.structures.iter().map(|structure| structure.start);
        structures
            .chain(next.map(|next| next.claim.header))
            .filter(|&start| start >= at)
            .min()
            .unwrap_or(self.source.len())
    }
}
