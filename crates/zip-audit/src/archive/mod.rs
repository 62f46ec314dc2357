//! One archive: its directory is read, its entries are visited in chunks by many workers, and when the last chunk is
//! done every byte that no entry explained is examined.
//!
//! The steps for one archive are [`open`], then [`chunk`] for each chunk, then [`finish`] by whoever finishes last.

mod cross_check;
mod directory;
mod entry;
mod odd_names;
#[cfg(test)]
mod proptests;
pub(super) mod records;
mod state;
#[cfg(test)]
mod tests;
mod trailing_deflate;
mod unclaimed;
mod windows;

use super::bytes::Source;
use super::causes::{AnomalyKind, LimitKind, UnreadCause};
use super::inflate::Scratch;
use super::ledger::{Ledger, brief};
use super::session::Session;
use directory::{Directory, Record};
use entry::{Buffers, Reader, View};
use state::Emit;
pub(super) use state::{Archive, Work};
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use windows::MAX_WINDOW_BYTES;

/// Entries of a chunk, at most.
const CHUNK: usize = 64;

/// Reads the directory of an archive and hands its entries out in chunks.
pub(super) fn open(session: &Session, source: Source, ledger: Arc<Ledger>, emit: Emit) {
    let mut directory = match Directory::read(&source, session.limits().memory / 2) {
        Ok(directory) => directory,
        Err(error) => return ledger.unread("", UnreadCause::CannotRead(error.to_string()), None),
    };
    ledger.anomalies(std::mem::take(&mut directory.notes));
    odd_names::note(&directory, &ledger, |name| session.relies_on_names(name));
    let stopped = AtomicBool::new(false);
    let allowed = session.take_entries(directory.records.len() as u64);
    let mut archive =
        Archive { ledger, source, pending: AtomicUsize::new(1), gaps: Mutex::default(), stopped, directory };
    if archive.directory.too_large {
        archive.stop(UnreadCause::DirectoryTooLarge, (LimitKind::Memory, session.limits().memory));
    }
    if (allowed as usize) < archive.directory.records.len() {
        archive.directory.records.truncate(allowed as usize);
        archive.stop(UnreadCause::TooManyEntries, session.entries_limit());
    }
    outer_gaps(&archive);
    let archive = Arc::new(archive);
    let chunks = chunks(&archive.directory.records);
    archive.pending.fetch_add(chunks.len(), Ordering::AcqRel);
    let alone = chunks.len() == 1;
    for range in chunks {
        if alone {
            chunk(session, &archive, range, emit);
        } else {
            emit(Work::Chunk(archive.clone(), range));
        }
    }
    done(session, &archive, emit);
}

/// Ranges before, between and after the structures that no entry can explain.
fn outer_gaps(archive: &Archive) {
    let first = archive.directory.records.first();
    archive.gap(0..archive.boundary(0, first), false);
    archive.gap(archive.directory.comment.clone(), true);
    for structure in &archive.directory.structures {
        // The first record behind the structure, if any.
        let next = archive.directory.records.partition_point(|record| record.claim.header < structure.end);
        archive.gap(structure.end..archive.boundary(structure.end, archive.directory.records.get(next)), false);
    }
}

/// Splits the entries into pieces of work of about the same size.
fn chunks(records: &[Record]) -> Vec<Range<usize>> {
    let mut chunks = Vec::with_capacity(records.len() / CHUNK + 1);
    let (mut start, mut bytes) = (0, 0);
    for (at, record) in records.iter().enumerate() {
        bytes += record.claim.packed.min(MAX_WINDOW_BYTES);
        if at + 1 - start >= CHUNK || bytes >= MAX_WINDOW_BYTES {
            chunks.push(start..at + 1);
            (start, bytes) = (at + 1, 0);
        }
    }
    if start < records.len() {
        chunks.push(start..records.len());
    }
    chunks
}

/// Visits the entries of one chunk.
pub(super) fn chunk(session: &Session, archive: &Arc<Archive>, range: Range<usize>, emit: Emit) {
    let bytes = archive
        .directory
        .records
        .get(range.clone())
        .map_or(0, |records| records.iter().map(|record| record.claim.packed).fold(0, u64::saturating_add));
    let work = || Scratch::lend(|scratch| visit(session, archive, range, emit, scratch));
    if std::panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
        archive.ledger.unread("", UnreadCause::InternalError, None);
    }
    if archive.container().depth == 1 {
        session.progress(bytes);
    }
    done(session, archive, emit);
}

/// Counts one piece of work as done; the last one settles the archive.
fn done(session: &Session, archive: &Arc<Archive>, emit: Emit) {
    if archive.pending.fetch_sub(1, Ordering::AcqRel) == 1 {
        finish(session, archive, emit);
    }
}

/// Reads a chunk window by window and visits its entries.
fn visit(session: &Session, archive: &Arc<Archive>, range: Range<usize>, emit: Emit, scratch: &mut Scratch) {
    let records = &archive.directory.records;
    let Scratch { inflater, out, window, spare, header } = scratch;
    let mut reader = Reader::new(session, archive, emit, Buffers { inflater, out, spare, header });
    windows::announce(session, archive, range.clone());
    let mut at = range.start;
    while at < range.end {
        let (view_end, stop) =
            if archive.source.in_memory() { (0, range.end) } else { windows::extent(session, archive, at..range.end) };
        let start = records.get(at).map_or(0, |record| record.claim.header);
        let bytes = if archive.source.in_memory() {
            archive.in_memory(at..stop)
        } else if view_end > start {
            archive.source.read(start, view_end - start, window).unwrap_or_default()
        } else {
            &[]
        };
        let view = View { source: &archive.source, start, bytes };
        for index in at..stop {
            let Some(record) = records.get(index).filter(|record| !record.overlaps) else { continue };
            if !reader.may_go_on() {
                return;
            }
            let name = archive.directory.name(record);
            let end = match archive.directory.other_names.get(&record.claim.header) {
                Some(other) => reader.entry(&view, &record.claim, &[name, other], true),
                None => reader.entry(&view, &record.claim, &[name], true),
            };
            let next = records.iter().skip(index + 1).find(|record| !record.overlaps);
            if let Some(next) = next.filter(|next| next.claim.header.saturating_add(2) < end) {
                let why = || format!("{} runs into {}", brief(name), brief(archive.directory.name(next)));
                archive.ledger.anomaly(AnomalyKind::Overlap, record.claim.header, why);
            }
            archive.gap(end..archive.boundary(end, next), false);
        }
        at = stop;
    }
}

/// Everything is visited: what was left over is examined, and an archive that contradicts itself is read once more,
/// by an independent reader.
fn finish(session: &Session, archive: &Arc<Archive>, emit: Emit) {
    if archive.container().depth == 1 && archive.source.changed() {
        archive.ledger.unread("", UnreadCause::Changed, None);
    }
    examine_rest(session, archive, emit);
    // Whatever could not be read, by whom and for what: most readers take no bytes for the end.
    if let Some(error) = archive.source.failure(0, archive.source.len()) {
        archive.ledger.unread("", UnreadCause::CannotRead(error), None);
    }
}

/// Examines what no entry explains.
fn examine_rest(session: &Session, archive: &Arc<Archive>, emit: Emit) {
    let mut left = archive.take_gaps();
    let overlapping = archive.directory.records.iter().any(|record| record.overlaps);
    if archive.is_stopped() || left.is_empty() && !overlapping && !archive.ledger.has_anomaly() {
        return;
    }
    left.sort();
    windows::announce_gaps(archive, &left);
    Scratch::lend(|scratch| {
        let Scratch { inflater, out, window, spare, header } = scratch;
        let mut reader = Reader::new(session, archive, emit, Buffers { inflater, out, spare, header });
        unclaimed::overlapping(&mut reader);
        let mut seen = unclaimed::examine(&mut reader, left, window);
        if archive.ledger.has_anomaly() && !archive.searches_packed(session) {
            reader.search_unwanted();
            let mut found = archive.take_gaps();
            found.sort();
            windows::announce_gaps(archive, &found);
            seen.append(&mut unclaimed::examine(&mut reader, found, window));
        }
        if archive.ledger.has_anomaly() && !archive.is_stopped() {
            cross_check::visit(&mut reader, &mut seen);
        }
    });
}
