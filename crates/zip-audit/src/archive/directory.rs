//! The central directory, as the `java.util.zip.ZipFile` under FileVault would find it, and what it leaves unexplained.
//!
//! Written by hand, because the directory is the serial part of reading one huge package, and because a reader that
//! keys entries by name cannot account for every byte.

use super::records::{
    CENTRAL, CENTRAL_LEN, Central, END, END64, EntryHeader, Extra, LOCAL, LOCAL_LEN, LOCATOR64, u16_at, u32_at, u64_at,
};
use crate::bytes::Source;
use crate::causes::AnomalyKind;
use crate::ledger::{Contradictions, brief};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

/// Length of the end record before its comment.
const END_LEN: u64 = 22;
/// What is read of the end of an archive to find its end record: all that can follow one.
const MAX_TAIL_BYTES: u64 = END_LEN + u16::MAX as u64;
/// What is read first where a read costs much beside its bytes.
const MAX_SHORT_TAIL_BYTES: u64 = 1 << 10;
/// Length of the zip64 end record, without its extensible part, and of its locator.
const END64_LEN: u64 = 56;
const LOCATOR_LEN: u64 = 20;

/// One entry as the directory lists it.
pub(super) struct Record {
    pub(super) claim: EntryHeader,
    name_at: u32,
    name_len: u16,
    /// Begins inside the bytes that an earlier entry claims.
    pub(super) overlaps: bool,
}

/// A directory.
pub(super) struct Directory {
    /// The entries, by the offset of their local header; those of one header by what is read of them, then by name.
    pub(super) records: Vec<Record>,
    /// The bytes that names lie in.
    bytes: Source,
    /// Further names of entries, from Unicode Path fields that say otherwise, by the offset of the local header.
    pub(super) other_names: BTreeMap<u64, Vec<u8>>,
    /// Known structures: the directory, the end records. Sorted, apart.
    pub(super) structures: Vec<Range<u64>>,
    /// The comment at the end.
    pub(super) comment: Range<u64>,
    /// What is wrong: kind, offset, detail.
    pub(super) notes: Contradictions,
    /// Whether there is one at all.
    pub(super) found: bool,
    /// What must be added to the offsets in it, because something was put before the archive.
    pub(super) shift: u64,
    /// Directory not read to its end because of its size.
    pub(super) too_large: bool,
}

/// An end record, with what its zip64 twin says.
struct End {
    at: u64,
    /// Where the end structures begin: the zip64 record if there is one.
    structures: u64,
    count: u64,
    size: u64,
    offset: u64,
    comment: u64,
    wide: bool,
    note: Option<&'static str>,
}

impl Directory {
    /// Finds and reads the directory of an archive; `most` bounds the bytes held for it.
    pub(super) fn read(archive: &Source, most: u64) -> io::Result<Self> {
        let mut directory = Self {
            records: Vec::new(),
            bytes: archive.sub(0, 0),
            other_names: BTreeMap::new(),
            structures: Vec::new(),
            comment: archive.len()..archive.len(),
            notes: Contradictions::default(),
            found: false,
            shift: 0,
            too_large: false,
        };
        // Far away, the last bytes come alone: they hold the end record unless a long comment follows it.
        let tails = [MAX_SHORT_TAIL_BYTES, MAX_TAIL_BYTES];
        let tails = if archive.is_distant() { &tails[..] } else { &tails[1..] };
        let mut found = None;
        for &tail_len in tails {
            let tail_at = archive.len().saturating_sub(tail_len);
            let mut buffer = Vec::new();
            let tail = archive.read(tail_at, tail_len, &mut buffer)?;
            let mut ends =
                memchr::memmem::rfind_iter(tail, &END).filter_map(|at| End::parse(archive, tail, tail_at, at));
            found = ends.find_map(|end| end.locate(archive).map(|start| (end, start)));
            if found.is_some() {
                break;
            }
        }
        let Some((end, start)) = found else {
            let why = "there is no end record that leads to a central directory";
            directory.notes.add(AnomalyKind::DirectoryBroken, archive.len(), || why.to_owned());
            return Ok(directory);
        };
        directory.found = true;
        directory.parse(archive, &end, start, most)?;
        Ok(directory)
    }

    fn parse(&mut self, archive: &Source, end: &End, start: u64, most: u64) -> io::Result<()> {
        let room = end.structures - start;
        self.too_large = room > most;
        let room = room.min(most);
        self.bytes = archive.sub(start, room);
        if !archive.in_memory() {
            let mut bytes = Vec::new();
            let len = archive.read(start, room, &mut bytes)?.len();
            bytes.truncate(len);
            self.bytes = Source::memory(bytes);
        }
        // Java takes the directory to stand right before its end record, and shifts all offsets by the difference.
        self.shift = start.saturating_sub(end.offset);
        let bytes = self.bytes.clone();
        let bytes = bytes.slice(0, room).unwrap_or_default();
        self.records.reserve(bytes.len() / 90);
        let mut at = 0;
        while let Some(record) = bytes.get(at..).and_then(Central::parse) {
            self.add(&record, at);
            at += record.len;
        }
        let listed = self.records.len() as u64;
        let declared = end.size;
        if (at as u64) < declared.min(room) && !self.too_large {
            let why = || format!("record {} of the central directory cannot be read", listed + 1);
            self.notes.add(AnomalyKind::DirectoryBroken, start + at as u64, why);
        } else if at as u64 != declared && !self.too_large {
            let why = || format!("the end record gives {declared} bytes of directory, but its records take {at}");
            self.notes.add(AnomalyKind::CountMismatch, start, why);
        }
        let wraps = !end.wide && listed > u64::from(u16::MAX) && listed & 0xFFFF == end.count;
        if listed != end.count && !wraps && !self.too_large {
            let why = || format!("the end record counts {} entries, but the directory lists {listed}", end.count);
            self.notes.add(AnomalyKind::CountMismatch, end.at, why);
        }
        if let Some(why) = end.note {
            self.notes.add(AnomalyKind::Zip64Mismatch, end.at, || why.to_owned());
        }
        self.structures = vec![start..start + at as u64, end.structures..end.at + END_LEN + end.comment];
        self.comment = end.at + END_LEN..end.at + END_LEN + end.comment;
        self.decide_shift(archive)?;
        self.sort();
        self.find_duplicates();
        self.find_overlaps();
        Ok(())
    }

    fn add(&mut self, record: &Central, at: usize) {
        let header = record.claim.header;
        if record.wide_missing {
            let why = || format!("{} lacks the 64-bit sizes that it refers to", brief(record.name));
            self.notes.add(AnomalyKind::Zip64Mismatch, header, why);
        }
        if let Some(other) = Extra(record.extra).unicode_path().filter(|&other| other != record.name) {
            let why = || format!("{} has the Unicode name {}", brief(record.name), brief(other));
            self.notes.add(AnomalyKind::NameMismatch, header, why);
            self.other_names.insert(header, other.to_vec());
        }
        self.records.push(Record {
            claim: record.claim,
            name_at: u32::try_from(at + CENTRAL_LEN).unwrap_or(u32::MAX),
            name_len: u16::try_from(record.name.len()).unwrap_or(u16::MAX),
            overlaps: false,
        });
    }

    /// A launcher script before an archive may or may not have been counted into its offsets: the first header tells.
    fn decide_shift(&mut self, archive: &Source) -> io::Result<()> {
        if self.shift == 0 {
            return Ok(());
        }
        let first = self.records.iter().map(|record| record.claim.header).min().unwrap_or(0);
        let mut buffer = Vec::new();
        let shifted = archive.read(first.saturating_add(self.shift), 4, &mut buffer)? == LOCAL;
        if !shifted && archive.read(first, 4, &mut buffer)? == LOCAL {
            self.shift = 0;
            return Ok(());
        }
        for record in &mut self.records {
            record.claim.header = record.claim.header.saturating_add(self.shift);
        }
        self.other_names = std::mem::take(&mut self.other_names)
            .into_iter()
            .map(|(header, name)| (header.saturating_add(self.shift), name))
            .collect();
        Ok(())
    }

    /// The name of a record, raw.
    pub(super) fn name(&self, record: &Record) -> &[u8] {
        self.bytes.slice(u64::from(record.name_at), u64::from(record.name_len)).unwrap_or_default()
    }

    fn sort(&mut self) {
        if self.records.is_sorted_by(|a, b| a.claim.header < b.claim.header) {
            return;
        }
        let mut records = std::mem::take(&mut self.records);
        records.sort_by(|a, b| order(&a.claim, self.name(a)).cmp(&order(&b.claim, self.name(b))));
        self.records = records;
    }

    /// Whether an entry is listed, so that it was read as claimed here.
    pub(super) fn lists(&self, claim: &EntryHeader, name: &[u8]) -> bool {
        self.records.binary_search_by(|record| order(&record.claim, self.name(record)).cmp(&order(claim, name))).is_ok()
    }

    fn find_duplicates(&mut self) {
        let mut hashes: Vec<u64> = self.records.iter().map(|record| hash(self.name(record))).collect();
        hashes.sort_unstable();
        if hashes.windows(2).all(|pair| pair.first() != pair.last()) {
            return;
        }
        let mut order: Vec<&Record> = self.records.iter().collect();
        order.sort_by_key(|record| (self.name(record), record.claim.header));
        let mut notes = Contradictions::default();
        for (before, record) in order.iter().zip(order.iter().skip(1)) {
            let name = self.name(record);
            if self.name(before) == name && !name.ends_with(b"/") {
                let why = || format!("{} is listed more than once", brief(name));
                notes.add(AnomalyKind::DuplicateEntry, record.claim.header, why);
            }
        }
        self.notes.merge(notes);
    }

    fn find_overlaps(&mut self) {
        let mut end = 0;
        let structure = self.structures.first().map_or(u64::MAX, |structure| structure.start);
        for record in &mut self.records {
            let header = record.claim.header;
            // Real jars overlap by a byte or two.
            record.overlaps = header.saturating_add(2) < end;
            // The name in the local header may be shorter than the one here.
            let own = header.saturating_add(LOCAL_LEN).saturating_add(record.claim.packed);
            // An entry whose size runs into the directory is a lie about its size; it must not swallow the others.
            if own <= structure || header > structure {
                end = end.max(own);
            }
        }
    }
}

/// What entries are sorted by: where they are, what of the claim decides which bytes are read and how, and their name.
fn order<'n>(claim: &EntryHeader, name: &'n [u8]) -> (u64, (u64, u16), &'n [u8]) {
    (claim.header, claim.reading(), name)
}

impl End {
    fn parse(archive: &Source, tail: &[u8], tail_at: u64, at: usize) -> Option<Self> {
        let record = tail.get(at..)?;
        let comment = u64::from(u16_at(record, 20)?);
        let mut end = Self {
            at: tail_at + at as u64,
            structures: tail_at + at as u64,
            count: u64::from(u16_at(record, 10)?),
            size: u64::from(u32_at(record, 12)?),
            offset: u64::from(u32_at(record, 16)?),
            comment,
            wide: false,
            note: None,
        };
        if end.at + END_LEN + comment > archive.len() {
            return None;
        }
        end.widen(archive);
        Some(end)
    }

    /// Takes over the values of the zip64 end record where this one refers to it.
    fn widen(&mut self, archive: &Source) -> Option<()> {
        let refers =
            self.count == u64::from(u16::MAX) || self.size == u64::from(u32::MAX) || self.offset == u64::from(u32::MAX);
        let mut buffer = Vec::new();
        let locator_at = self.at.checked_sub(LOCATOR_LEN)?;
        let locator = archive.read(locator_at, LOCATOR_LEN, &mut buffer).ok()?;
        if !locator.starts_with(&LOCATOR64) {
            if refers && self.size == u64::from(u32::MAX) {
                self.note = Some("the end record refers to a zip64 end record, but no locator stands before it");
            }
            return None;
        }
        let declared = u64_at(locator, 8)?;
        self.structures = locator_at;
        let before = locator_at.checked_sub(END64_LEN);
        let mut record_buffer = Vec::new();
        for at in [Some(declared), before].into_iter().flatten() {
            let Ok(record) = archive.read(at, END64_LEN, &mut record_buffer) else { continue };
            let (Some(count), Some(size), Some(offset)) = (u64_at(record, 32), u64_at(record, 40), u64_at(record, 48))
            else {
                continue;
            };
            if !record.starts_with(&END64) {
                continue;
            }
            if Some(at) != before && at != declared {
                continue;
            }
            let narrow = |value: u64, top: u64, wide: u64| value == top || value == wide;
            let agree = narrow(self.count, 0xFFFF, count)
                && narrow(self.size, 0xFFFF_FFFF, size)
                && narrow(self.offset, 0xFFFF_FFFF, offset);
            if !agree {
                self.note = Some("the end record and the zip64 end record say different things");
            } else if at != declared {
                self.note = Some("the zip64 locator does not point at the zip64 end record");
            }
            if refers {
                (self.count, self.size, self.offset, self.wide) = (count, size, offset, true);
            }
            // The record may carry further data before the locator.
            self.structures = if at < locator_at { at } else { locator_at };
            return Some(());
        }
        self.note = Some("the zip64 locator does not point at a zip64 end record");
        None
    }

    /// Where the directory begins that this record speaks of; `None` when there is none.
    fn locate(&self, archive: &Source) -> Option<u64> {
        let mut buffer = Vec::new();
        let mut central = |at: u64| archive.read(at, 4, &mut buffer).is_ok_and(|bytes| bytes == CENTRAL);
        if self.size == 0 && self.count == 0 {
            return Some(self.structures);
        }
        let before = self.structures.checked_sub(self.size);
        if let Some(before) = before.filter(|_| archive.is_distant()) {
            archive.announce(std::slice::from_ref(&(before..self.structures)));
        }
        before.filter(|&at| central(at)).or_else(|| Some(self.offset).filter(|&at| at < self.structures && central(at)))
    }
}

/// A hash that is good enough to see that no two names are equal. Names that collide are compared.
fn hash(name: &[u8]) -> u64 {
    let (words, rest) = name.as_chunks::<8>();
    let mut last = [0; 8];
    if let Some(into) = last.get_mut(..rest.len()) {
        into.copy_from_slice(rest);
    }
    words.iter().chain([&last]).fold(name.len() as u64, |hash, word| {
        (hash.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}
