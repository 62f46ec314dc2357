//! The central directory and what is behind it.

use crate::entry::Entry;
use crate::error::SpliceError;
use crate::little_endian::{put, u16_at, u32_at, u64_at};
use std::io::{Read, Seek, SeekFrom};

/// The length of an end record without its comment.
const END_BYTES: usize = 22;
/// The longest comment of an archive.
const MAX_COMMENT_BYTES: u64 = u16::MAX as u64;
/// The length of the ZIP64 locator.
const LOCATOR_BYTES: u64 = 20;
/// The longest directory that is read.
const MAX_DIRECTORY_BYTES: u64 = 1 << 30;

/// The directory of an archive.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) entries: Vec<Entry>,
    /// Bytes before the archive proper, which offsets do not count.
    pub(crate) prefix: u64,
    /// Where the directory is in the file.
    pub(crate) start: u64,
    /// What is behind it: the ZIP64 end record and its locator, the end record, the comment.
    tail: Vec<u8>,
    /// Where the end record is in the tail.
    end: usize,
    /// Whether the ZIP64 end record is there.
    zip64: bool,
}

impl Directory {
    pub(crate) fn read(file: &mut (impl Read + Seek)) -> Result<Self, SpliceError> {
        let length = file.seek(SeekFrom::End(0))?;
        let end = find_end(file, length)?;
        let record = read_at(file, end, length - end)?;
        if u16_at(&record, 4)? != 0 || u16_at(&record, 6)? != 0 || u16_at(&record, 8)? != u16_at(&record, 10)? {
            return Err(SpliceError::Ambiguous("it is split over several disks"));
        }
        let mut count = u64::from(u16_at(&record, 10)?);
        let mut size = u64::from(u32_at(&record, 12)?);
        let mut offset = u64::from(u32_at(&record, 16)?);
        let locator = match end.checked_sub(LOCATOR_BYTES) {
            Some(at) => Some(read_at(file, at, LOCATOR_BYTES)?).filter(|locator| locator.starts_with(b"PK\x06\x07")),
            None => None,
        };
        let mut behind = end;
        if let Some(locator) = &locator {
            // Its offset counts from the archive proper, whose beginning is not known yet: the record is right before.
            let at = end.checked_sub(LOCATOR_BYTES + 56).ok_or(SpliceError::Damaged("the ZIP64 record is cut off"))?;
            let record = read_at(file, at, 56)?;
            if !record.starts_with(b"PK\x06\x06") || u64_at(&record, 4)? != 44 || u32_at(locator, 16)? != 1 {
                return Err(SpliceError::Ambiguous("its ZIP64 end record is not where it is looked for"));
            }
            let own = [(32, count, 0xFFFF), (40, size, 0xFFFF_FFFF), (48, offset, 0xFFFF_FFFF)];
            for (at, short, mark) in own {
                if short != mark && u64_at(&record, at)? != short {
                    return Err(SpliceError::Ambiguous("its two end records contradict each other"));
                }
            }
            (count, size, offset) = (u64_at(&record, 32)?, u64_at(&record, 40)?, u64_at(&record, 48)?);
            behind = at;
        }
        let start = behind.checked_sub(size).ok_or(SpliceError::Damaged("its directory is cut off"))?;
        let prefix = start
            .checked_sub(offset)
            .ok_or(SpliceError::Ambiguous("its directory is not where the end record says"))?;
        if size > MAX_DIRECTORY_BYTES {
            return Err(SpliceError::Damaged("its directory is too large"));
        }
        let bytes = read_at(file, start, size)?;
        let mut entries = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let entry = Entry::read(rest)?;
            rest = rest.get(entry.central.len()..).unwrap_or_default();
            entries.push(entry);
        }
        if entries.len() as u64 != count {
            return Err(SpliceError::Ambiguous(
                "its directory holds another number of entries than the end record says",
            ));
        }
        let tail = read_at(file, behind, length - behind)?;
        let end = usize::try_from(end - behind).map_err(|_| SpliceError::NotExpressible)?;
        Ok(Self { entries, prefix, start, tail, end, zip64: locator.is_some() })
    }

    /// What is behind a directory of `count` entries and `size` bytes that begins at `start` of the file.
    pub(crate) fn tail_for(&self, count: usize, start: u64, size: u64) -> Result<Vec<u8>, SpliceError> {
        let mut tail = self.tail.clone();
        let (count, offset) = (count as u64, start - self.prefix);
        if self.zip64 {
            put(&mut tail, 24, &count.to_le_bytes())?;
            put(&mut tail, 32, &count.to_le_bytes())?;
            put(&mut tail, 40, &size.to_le_bytes())?;
            put(&mut tail, 48, &offset.to_le_bytes())?;
            // The locator says where the ZIP64 end record is: right behind the directory.
            put(&mut tail, 56 + 8, &(offset + size).to_le_bytes())?;
        }
        let end = self.end;
        let old = [(8, 2), (10, 2), (12, 4), (16, 4)];
        for ((at, bytes), value) in old.into_iter().zip([count, count, size, offset]) {
            let field = tail.get(end + at..end + at + bytes).unwrap_or_default();
            // Where the value is in the ZIP64 record only, that stays so.
            if self.zip64 && field.iter().all(|byte| *byte == 0xFF) {
                continue;
            }
            let most = if bytes == 2 { 0xFFFF } else { 0xFFFF_FFFF };
            if value >= most {
                return Err(SpliceError::NotExpressible);
            }
            put(&mut tail, end + at, value.to_le_bytes().get(..bytes).unwrap_or_default())?;
        }
        Ok(tail)
    }
}

/// Where the end record is. There must be one that reaches to the end of the file, and no other that does.
fn find_end(file: &mut (impl Read + Seek), length: u64) -> Result<u64, SpliceError> {
    let window = length.min(END_BYTES as u64 + MAX_COMMENT_BYTES);
    let bytes = read_at(file, length - window, window)?;
    let reaches = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        u16_at(rest, 20).is_ok_and(|comment| END_BYTES + usize::from(comment) == rest.len())
    };
    let mut found = memchr::memmem::find_iter(&bytes, b"PK\x05\x06").filter(reaches);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(length - window + at as u64),
        (Some(_), Some(_)) => Err(SpliceError::Ambiguous("it has two end records")),
        _ => Err(SpliceError::Damaged("it has no end record")),
    }
}

/// Bytes of a file.
pub(crate) fn read_at(file: &mut (impl Read + Seek), at: u64, length: u64) -> Result<Vec<u8>, SpliceError> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(SpliceError::Damaged("it is cut off")) }
}
