//! The bytes that no directory explains, and the entries that share bytes with others.
//!
//! A gap is searched for the records of the zip format. A local header there is an entry that a reader of local headers
//! sees and a reader of the directory does not; the same search reads archives whose directory is lost.

use super::entry::{Reader, View};
use super::records::{CENTRAL, CENTRAL_LEN, Central, END, END64, EntryHeader, LOCAL, LOCATOR64, Local, local_len};
use super::records::{descriptor_len, u16_at, u32_at};
use super::state::Gap;
use crate::causes::{AnomalyKind, LimitKind, UnreadCause};
use crate::ledger::brief;
use flate2::{Decompress, FlushDecompress, Status};
use std::collections::BTreeSet;
use std::ops::Range;

/// What may be inflated of one archive without coming to a sound end, or from bytes that were read before.
const MAX_WASTED_BYTES: u64 = 256 << 20;
/// Pieces in which a gap is searched.
const PIECE_BYTES: u64 = 256 << 10;

/// The entries that were found outside the directory, by all that decides what is read of them: offset of the local
/// header, name, packed size and method.
pub(super) type Seen = BTreeSet<(u64, Vec<u8>, u64, u16)>;

/// What an entry is told apart by in [`Seen`].
pub(super) fn identity(claim: &EntryHeader, name: &[u8]) -> (u64, Vec<u8>, u64, u16) {
    let (packed, method) = claim.reading();
    (claim.header, name.to_vec(), packed, method)
}

/// Visits the entries that begin inside the bytes of others.
pub(super) fn overlapping(reader: &mut Reader) {
    let archive = reader.archive.clone();
    let directory = &archive.directory;
    let mut records = directory.records.iter().filter(|record| record.overlaps).peekable();
    while let Some(record) = records.next() {
        let mut names = vec![directory.name(record)];
        // The same bytes under many names are read once.
        while let Some(same) = records.next_if(|next| next.claim == record.claim) {
            names.push(directory.name(same));
        }
        let why = || format!("{} shares its bytes with another entry", brief(directory.name(record)));
        archive.ledger.anomaly(AnomalyKind::Overlap, record.claim.header, why);
        names.extend(directory.other_names.get(&record.claim.header).map(Vec::as_slice));
        if reader.wasted > MAX_WASTED_BYTES {
            return archive.stop(UnreadCause::SharedBytes, (LimitKind::SharedBytes, MAX_WASTED_BYTES));
        }
        if !reader.may_go_on() {
            return;
        }
        let view = View::without_window(&archive.source);
        let before = reader.inflated;
        reader.entry(&view, &record.claim, &names, true);
        reader.wasted += (reader.inflated - before) * names.len() as u64;
    }
}

/// Examines ranges, sorted by their start; visits the entries in them.
pub(super) fn examine(reader: &mut Reader, gaps: Vec<Gap>, window: &mut Vec<u8>) -> Seen {
    let mut search = Search { seen: Seen::new(), central: Vec::new() };
    let mut done = 0;
    reader.verify = true;
    for gap in gaps {
        let range = gap.start.max(done)..gap.end;
        if range.start < range.end && search.gap(reader, &range, gap.free, window).is_none() {
            break;
        }
        done = done.max(gap.end);
    }
    search.visit_central(reader);
    reader.verify = false;
    search.seen
}

struct Search {
    seen: Seen,
    /// Central records in gaps: their claim and name.
    central: Vec<(EntryHeader, Vec<u8>)>,
}

impl Search {
    /// `None` when a limit ended the search.
    fn gap(&mut self, reader: &mut Reader, gap: &Range<u64>, free: bool, window: &mut Vec<u8>) -> Option<()> {
        let archive = reader.archive.clone();
        let mut junk: Option<u64> = None;
        let mut at = gap.start;
        while at < gap.end {
            if !reader.may_go_on() {
                return None;
            }
            // Three bytes more, for a signature that lies across pieces.
            let len = PIECE_BYTES.min(gap.end - at);
            let bytes = archive.source.read(at, len + 3, window).unwrap_or_default();
            let found = memchr::memmem::find_iter(bytes, b"PK").find(|&found| signature(bytes, found).is_some());
            let found = found.filter(|&found| (found as u64) < len);
            let before = bytes.get(..found.unwrap_or(bytes.len().min(len as usize))).unwrap_or_default();
            if let Some(first) = before.iter().position(|&byte| byte != 0) {
                junk.get_or_insert(at + first as u64);
            }
            let Some(found) = found else {
                at += len;
                continue;
            };
            let kind = signature(bytes, found);
            at += found as u64;
            at += self.record(reader, at, kind.unwrap_or_default(), gap)?;
        }
        if let Some(junk) = junk.filter(|_| !free && archive.directory.found) {
            let last = archive.directory.structures.last().map_or(0, |last| last.end);
            let (kind, place) = match gap.start {
                0 => (AnomalyKind::PrefixData, "before the archive"),
                start if start >= last => (AnomalyKind::TrailingData, "after the end of the archive"),
                _ => (AnomalyKind::UnclaimedData, "that belong to no entry"),
            };
            archive.ledger.anomaly(kind, junk, || format!("there are bytes {place}, at offset {junk}"));
        }
        Some(())
    }

    /// Handles the record at `at`; gives the number of bytes that it explains.
    fn record(&mut self, reader: &mut Reader, at: u64, kind: [u8; 4], gap: &Range<u64>) -> Option<u64> {
        let archive = reader.archive.clone();
        let mut buffer = Vec::new();
        let directory = &archive.directory;
        let comment = directory.comment.contains(&at);
        if let Some(known) = directory.structures.iter().find(|known| known.contains(&at) && !comment) {
            // An entry whose size is a lie can reach over the directory itself.
            let end = if known.contains(&directory.comment.start) { directory.comment.start } else { known.end };
            return Some((end - at).max(4));
        }
        let len = match kind {
            LOCAL => return self.local(reader, at, gap),
            CENTRAL => {
                let fixed = archive.source.read(at, CENTRAL_LEN as u64, &mut buffer).unwrap_or_default();
                let field = |at| u16_at(fixed, at).map_or(0, u64::from);
                let len = CENTRAL_LEN as u64 + field(28) + field(30) + field(32);
                let record = archive.source.read(at, len, &mut buffer).unwrap_or_default();
                match Central::parse(record) {
                    Some(record) => {
                        self.central.push((record.claim, record.name.to_vec()));
                        len
                    }
                    None => 4,
                }
            }
            END => {
                if archive.directory.found {
                    let why = || format!("there is another end record at offset {at}");
                    archive.ledger.anomaly(AnomalyKind::SeveralEndRecords, at, why);
                }
                22
            }
            END64 => 56,
            LOCATOR64 => 20,
            _ => 4,
        };
        Some(len)
    }

    /// Visits the entry that begins at `at`.
    fn local(&mut self, reader: &mut Reader, at: u64, gap: &Range<u64>) -> Option<u64> {
        let archive = reader.archive.clone();
        let mut buffer = Vec::new();
        let len = local_len(archive.source.read(at, 30, &mut buffer).unwrap_or_default()).unwrap_or(30);
        let bytes = archive.source.read(at, len, &mut buffer).unwrap_or_default();
        let Some(local) = Local::parse(bytes, at) else { return Some(4) };
        if let Ok(known) = archive.directory.records.binary_search_by_key(&at, |record| record.claim.header) {
            // Listed, and visited already, because it shares bytes with another entry.
            let packed = archive.directory.records.get(known).map_or(0, |record| record.claim.packed);
            return Some(local.data.saturating_add(packed).saturating_sub(at));
        }
        if !reader.may_go_on() {
            return None;
        }
        if reader.wasted > MAX_WASTED_BYTES {
            archive.stop(UnreadCause::DamagedBytes, (LimitKind::DamagedBytes, MAX_WASTED_BYTES));
            return None;
        }
        if reader.session.take_entries(1) == 0 {
            archive.stop(UnreadCause::TooManyEntries, reader.session.entries_limit());
            return None;
        }
        if archive.directory.found {
            let why = || format!("{} is not listed in the directory", brief(local.name));
            archive.ledger.anomaly(AnomalyKind::HiddenEntry, at, why);
        }
        let claim = measured(reader, &local, gap.end);
        let name = local.name.to_vec();
        let view = View::without_window(&archive.source);
        let before = reader.inflated;
        reader.handled = false;
        let end = reader.entry(&view, &claim, &[&name], false);
        self.seen.insert(identity(&claim, &name));
        if reader.handled {
            return Some(end.saturating_sub(at).max(4));
        }
        // Its size cannot be trusted: what it claims as its data is searched too.
        reader.wasted += reader.inflated - before + (1 << 10);
        Some(4)
    }

    /// Central records outside the directory can give entries other names.
    fn visit_central(&mut self, reader: &mut Reader) {
        let archive = reader.archive.clone();
        for (mut claim, name) in std::mem::take(&mut self.central) {
            let mut buffer = Vec::new();
            claim.packed = claim.packed.min(archive.source.len());
            let known = archive.directory.lists(&claim, &name) || self.seen.contains(&identity(&claim, &name));
            let local = archive.source.read(claim.header, 4, &mut buffer).is_ok_and(|bytes| bytes == LOCAL);
            if !local || known || !reader.may_go_on() || reader.wasted > MAX_WASTED_BYTES {
                continue;
            }
            if archive.directory.found {
                let why = || format!("{} is listed only in a second directory", brief(&name));
                archive.ledger.anomaly(AnomalyKind::HiddenEntry, claim.header, why);
            }
            let view = View::without_window(&archive.source);
            let before = reader.inflated;
            reader.entry(&view, &claim, &[&name], true);
            reader.wasted += reader.inflated - before;
            self.seen.insert(identity(&claim, &name));
        }
    }
}

/// The signature at `at`, if it is one of the zip format.
fn signature(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    let found: [u8; 4] = *bytes.get(at..)?.first_chunk()?;
    [LOCAL, CENTRAL, END, END64, LOCATOR64, *b"PK\x07\x08", *b"PK00"].contains(&found).then_some(found)
}

/// The claim of a local header; where it leaves the sizes to a descriptor, they are found out.
fn measured(reader: &mut Reader, local: &Local, gap_end: u64) -> EntryHeader {
    let mut claim = local.claim;
    let unknown = local.streamed() && (claim.packed == 0 || claim.packed == u64::from(u32::MAX));
    if !unknown {
        return claim;
    }
    let archive = reader.archive.clone();
    let source = &archive.source;
    let mut buffer = Vec::new();
    if claim.method == 8 {
        let (packed, size) = measure(reader, local.data);
        (claim.packed, claim.size) = (packed, size);
    } else {
        // Stored data with a descriptor ends where a descriptor gives the length so far.
        let mut at = local.data;
        claim.packed = gap_end.saturating_sub(local.data);
        'search: while at < gap_end && reader.may_go_on() {
            let bytes = source.read(at, PIECE_BYTES + 12, &mut buffer).unwrap_or_default();
            for found in memchr::memmem::find_iter(bytes, b"PK\x07\x08") {
                let len = at + found as u64 - local.data;
                if bytes.get(found + 8..).and_then(|rest| u32_at(rest, 0)).map(u64::from) == Some(len) {
                    claim.packed = len;
                    break 'search;
                }
            }
            at += PIECE_BYTES;
        }
        claim.size = claim.packed;
    }
    let after = source.read(local.data.saturating_add(claim.packed), 24, &mut buffer).unwrap_or_default();
    let skip = if after.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    if let Some(crc) = after.get(skip..).and_then(|rest| u32_at(rest, 0)) {
        let with_crc = EntryHeader { crc, ..claim };
        if descriptor_len(after, &with_crc).is_some() {
            claim = with_crc;
        }
    }
    claim
}

/// How long the deflate stream at `start` is, packed and inflated.
fn measure(reader: &mut Reader, start: u64) -> (u64, u64) {
    let archive = reader.archive.clone();
    let mut inflater = Decompress::new(false);
    let mut buffer = Vec::new();
    let mut sink = vec![0; 64 << 10];
    loop {
        let (taken, given) = (inflater.total_in(), inflater.total_out());
        let input = archive.source.read(start + taken, 64 << 10, &mut buffer).unwrap_or_default();
        let status = inflater.decompress(input, &mut sink, FlushDecompress::None);
        let moved = inflater.total_in() > taken || inflater.total_out() > given;
        let more = matches!(status, Ok(Status::Ok | Status::BufError)) && moved && reader.may_go_on();
        if !more || inflater.total_out() > MAX_WASTED_BYTES {
            reader.count_inflated(inflater.total_out());
            return (inflater.total_in(), inflater.total_out());
        }
    }
}
