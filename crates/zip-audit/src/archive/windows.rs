//! Which ranges of an archive its entries need: windows that are read at once, and what is announced of an archive whose
//! bytes lie far away.

use super::directory::Record;
use super::records::LOCAL_LEN;
use super::state::{Archive, Gap};
use crate::session::Session;
use std::ops::Range;

/// Bytes of a window that is read at once, at most.
pub(super) const MAX_WINDOW_BYTES: u64 = 1 << 20;
/// Gaps between needed ranges that are read along rather than skipped.
const MAX_READ_GAP_BYTES: u64 = 16 << 10;
/// How much is read of the data of an entry that is only sniffed, beside the room for its header: the first codes of its
/// stream.
const SNIFF_BYTES: u64 = 512 - SLACK_BYTES;
/// Room behind an entry's data for a descriptor, and in its local header for a longer extra field.
const SLACK_BYTES: u64 = 32;
/// What is read behind the data of an entry to see whether a descriptor stands there.
const DESCRIPTOR_BYTES: u64 = 24;

/// How many bytes, from its header on, an entry needs.
fn need(session: &Session, archive: &Archive, record: &Record, max_data: u64) -> u64 {
    let name = archive.directory.name(record);
    let head = LOCAL_LEN + name.len() as u64 + SLACK_BYTES;
    let wanted = session.wants(name) || record.claim.method != 0 && archive.searches_packed(session);
    if wanted && !session.is_named_zip(name) && record.claim.packed <= max_data {
        head.saturating_add(record.claim.packed).saturating_add(SLACK_BYTES)
    } else {
        head + record.claim.packed.min(SNIFF_BYTES)
    }
}

/// How far one window for the first of these records reaches, and which records it serves.
pub(super) fn extent(session: &Session, archive: &Archive, range: Range<usize>) -> (u64, usize) {
    let swallow = if archive.source.is_distant() { 0 } else { MAX_READ_GAP_BYTES };
    let mut stop = range.start;
    let (mut start, mut end) = (None, 0_u64);
    for record in archive.directory.records.get(range.clone()).unwrap_or_default() {
        let header = record.claim.header;
        let first = *start.get_or_insert(header);
        let need = header.saturating_add(need(session, archive, record, MAX_WINDOW_BYTES));
        if stop > range.start && (header > end.saturating_add(swallow) || need.saturating_sub(first) > MAX_WINDOW_BYTES)
        {
            break;
        }
        end = end.max(need);
        stop += 1;
    }
    (end, stop)
}

/// Announces what these records need, with the bytes around the end of each, where a descriptor can stand.
pub(super) fn announce(session: &Session, archive: &Archive, range: Range<usize>) {
    if !archive.source.is_distant() {
        return;
    }
    // Of a text that is larger than the limit, what is read is not known here.
    let max_data = session.limits().text;
    let records = archive.directory.records.get(range.clone()).unwrap_or_default();
    let mut ranges: Vec<Range<u64>> = Vec::with_capacity(records.len() + 1);
    for record in records {
        let header = record.claim.header;
        let end = header.saturating_add(need(session, archive, record, max_data));
        ranges.push(header.saturating_sub(DESCRIPTOR_BYTES)..end);
    }
    if let Some(last) = records.last() {
        let end = last.claim.header.saturating_add(LOCAL_LEN).saturating_add(last.claim.packed);
        let next = archive.boundary(end, archive.directory.records.get(range.end));
        ranges.push(next.saturating_sub(DESCRIPTOR_BYTES)..next.saturating_add(DESCRIPTOR_BYTES));
    }
    archive.source.announce(&ranges);
}

/// Announces ranges that no entry explains and that are about to be searched.
pub(super) fn announce_gaps(archive: &Archive, gaps: &[Gap]) {
    if archive.source.is_distant() {
        archive.source.announce(&gaps.iter().map(|gap| gap.start..gap.end).collect::<Vec<_>>());
    }
}
